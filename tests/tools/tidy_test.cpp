// House rules that no compiler checks, over the text of every tracked source.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wakesim {
namespace {

namespace fs = std::filesystem;

struct Source {
  std::string path;  // From the root of the checkout.
  std::vector<std::string> lines;

  std::string folder() const { return path.substr(0, path.find('/')); }
  bool is_code() const { return path.ends_with(".h") || path.ends_with(".cpp"); }
};

std::vector<Source> read_sources() {
  const fs::path root = WAKESIM_SOURCE_DIR;
  std::vector<Source> sources;
  for (const char* folder :
       {"sim", "models", "properties", "tools", "tests", "cmake", "docs", "scenarios"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      Source source{fs::relative(entry.path(), root).string(), {}};
      if (source.path.find("/corpus/") != std::string::npos) continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) source.lines.push_back(line);
      sources.push_back(std::move(source));
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.path < b.path; });
  return sources;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = read_sources();
  return all;
}

// Fails for each line in which one of the words stands. Plain words: patterns take seconds.
template <class Applies>
void forbid(const std::vector<std::string>& words, const std::string& why, Applies applies) {
  for (const Source& source : sources()) {
    if (!applies(source)) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      const bool has_word = std::any_of(words.begin(), words.end(), [&line](const auto& word) {
        return line.find(word) != std::string::npos;
      });
      if (!has_word) continue;
      ADD_FAILURE() << source.path << ':' << i + 1 << ": " << why << "\n    " << line;
    }
  }
}

bool is_shipped_code(const Source& source) {
  static const std::set<std::string> kShipped = {"sim", "models", "properties", "tools"};
  return source.is_code() && kShipped.contains(source.folder());
}

// The folder of `#include "FOLDER/...`, or nothing.
std::string included_folder(const std::string& line) {
  constexpr std::string_view kInclude = "#include \"";
  if (!line.starts_with(kInclude)) return "";
  const std::size_t slash = line.find('/');
  return slash == std::string::npos ? "" : line.substr(kInclude.size(), slash - kInclude.size());
}

TEST(Tidy, IncludesFollowTheArrows) {
  const std::map<std::string, std::set<std::string>> seen = {
      {"sim", {"sim"}},
      {"models", {"models", "sim"}},
      {"properties", {"properties", "models", "sim"}},
      {"tools", {"tools", "properties", "models", "sim"}}};
  for (const Source& source : sources()) {
    const auto allowed = seen.find(source.folder());
    if (!source.is_code() || allowed == seen.end()) continue;
    for (const std::string& line : source.lines) {
      const std::string folder = included_folder(line);
      EXPECT_TRUE(folder.empty() || allowed->second.contains(folder))
          << source.path << ": " << line;
    }
  }
}

TEST(Tidy, TheOracleSharesNothingWithWhatItJudges) {
  forbid({"#include \"models/", "#include \"properties/", "#include \"tools/", "#include \"sim/"},
         "tests/oracle is a second opinion", [](const Source& source) {
           return source.path.starts_with("tests/oracle/") && source.is_code() &&
                  !source.path.ends_with("_test.cpp");
         });
}

// The line without comments and texts, which may give examples.
std::string code_of(const std::string& line) {
  std::string code;
  bool is_text = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') is_text = !is_text;
    if (!is_text && line.compare(i, 2, "//") == 0) break;
    if (!is_text) code += line[i];
  }
  return code;
}

TEST(Tidy, TheEngineNamesNoModel) {
  const std::vector<std::string> models = {"futex",    "Futex",  "eventfd", "Eventfd", "epoll",
                                           "Epoll",    "pipe_",  "Pipe",    "timerfd", "Timerfd",
                                           "signalfd", "kevent", "Kevent"};
  for (const Source& source : sources()) {
    if (source.folder() != "sim" || !source.is_code()) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string code = code_of(source.lines[i]);
      for (const std::string& model : models) {
        EXPECT_EQ(code.find(model), std::string::npos)
            << source.path << ':' << i + 1 << ": sim/ knows no kernel object\n    "
            << source.lines[i];
      }
    }
  }
}

TEST(Tidy, LibrariesAreSeenByTheFewWhoNeedThem) {
  const std::map<std::string, std::string> homes = {{"<yaml-cpp/", "sim/scenario/yaml.cpp"},
                                                    {"<CLI/", "tools/cli/arguments.cpp"}};
  for (const Source& source : sources()) {
    if (!is_shipped_code(source)) continue;
    for (const std::string& line : source.lines) {
      if (!line.starts_with("#include <")) continue;
      for (const auto& [header, home] : homes) {
        if (line.find(header) == std::string::npos) continue;
        EXPECT_EQ(source.path, home) << line;
      }
    }
  }
}

TEST(Tidy, NoStreamsOrLeftoverPrints) {
  forbid({std::string("#include <io") + "stream>"}, "it costs start-up time in every program",
         [](const Source& source) { return source.is_code(); });
  forbid({"std::cout", "std::cerr", "std::clog", "printf(stderr"}, "a leftover debug print?",
         [](const Source& source) {
           // These report our own failures; benchmarks talk to us alone.
           const bool is_reporter = source.path == "sim/assert.cpp" ||
                                    source.path == "sim/explore/verify.cpp" ||
                                    source.path.starts_with("tools/bench/");
           return is_shipped_code(source) && !is_reporter;
         });
}

TEST(Tidy, TheEngineDrawsNoLuck) {
  forbid({"std::random_device", "std::mt19937", "default_random_engine", "_distribution<",
          " rand()", "time(nullptr)"},
         "one seeded generator of our own", [](const Source& source) {
           return is_shipped_code(source) && source.folder() != "tools";
         });
}

TEST(Tidy, HeadersAreIncludedOnceAndSayWhatTheyAre) {
  for (const Source& source : sources()) {
    if (!source.path.ends_with(".h")) continue;
    ASSERT_FALSE(source.lines.empty()) << source.path;
    EXPECT_TRUE(source.lines.front().starts_with("// ")) << source.path << " begins without a word";
    EXPECT_NE(std::find(source.lines.begin(), source.lines.end(), "#pragma once"),
              source.lines.end())
        << source.path;
    EXPECT_FALSE(source.path.ends_with("/utils.h")) << "a helper gets a real name";
  }
}

TEST(Tidy, SourcesHaveNoTabsOrTrailingSpaces) {
  for (const Source& source : sources()) {
    if (!is_shipped_code(source)) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      EXPECT_EQ(line.find('\t'), std::string::npos) << source.path << ':' << i + 1;
      EXPECT_FALSE(line.ends_with(' ')) << source.path << ':' << i + 1;
    }
  }
}

TEST(Tidy, OpenWorkCarriesAnIssue) {
  const std::string word = std::string("TO") + "DO";
  for (const Source& source : sources()) {
    if (!source.is_code()) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::size_t at = source.lines[i].find(word);
      if (at == std::string::npos) continue;
      EXPECT_EQ(source.lines[i].compare(at + word.size(), 2, "(#"), 0)
          << source.path << ':' << i + 1 << ": of which issue?";
    }
  }
}

TEST(Tidy, NoFileKnowsTheMachineItWasWrittenOn) {
  forbid({std::string("/wo") + "rk/", std::string("../sha") + "red"}, "a path of one machine",
         [](const Source&) { return true; });
}

}  // namespace
}  // namespace wakesim
