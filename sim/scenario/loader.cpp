#include "sim/scenario/loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <system_error>
#include <vector>

#include "sim/scenario/fields.h"
#include "sim/scenario/includes.h"
#include "sim/scenario/instances.h"
#include "sim/scenario/sections.h"
#include "sim/scenario/text.h"
#include "sim/scenario/traps.h"
#include "sim/scenario/variants.h"
#include "sim/scenario/yaml.h"

namespace wakesim {
namespace {

// Sections whose entries have names and are replaced one by one.
constexpr std::string_view kNamedSections[] = {"constants", "types",   "objects",
                                               "functions", "threads", "properties"};

std::string megabytes(std::size_t bytes) {
  if (bytes % (1u << 20) == 0) return fmt::format("{} MiB", bytes >> 20);
  return fmt::format("{} bytes", bytes);
}

Location start_of_file(std::uint32_t file) { return {.file = file, .line = 1, .column = 1}; }

class Loader {
 public:
  Loader(const LoadOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics) {}

  ast::File load(std::string_view path, std::string_view text) {
    const Node* root = read(path, text);
    if (root && check_is_map(*root, "a scenario", diagnostics_)) {
      check_scenario(*root);
      Includes includes(
          options_, [this](const auto& from, const auto& part) { return read_include(from, part); },
          file_, diagnostics_);
      const IncludeLookup lookup = [&](const Node& scenario, const std::string& libc) {
        return includes.of(scenario, options_.libc.empty() ? libc : options_.libc);
      };
      // Also after errors: what is wrong inside the sections is reported in the same run.
      build_instances(*root, lookup, options_.constant, file_, diagnostics_);
    }
    diagnostics_.sort_by_place();
    if (!diagnostics_.has_errors()) return std::move(file_);
    ast::File sources_only;
    sources_only.sources = std::move(file_.sources);
    return sources_only;
  }

 private:
  // Parses one text; null if that fails. Its lines are kept for the diagnostics in any case.
  const Node* read(std::string_view path, std::string_view text) {
    const auto number = static_cast<std::uint32_t>(file_.sources.size());
    file_.sources.push_back({std::string(path), {}});
    if (text.size() > options_.input_bytes_max) {
      diagnostics_.error(
          {.file = number},
          fmt::format("the file has more than {}", megabytes(options_.input_bytes_max)),
          "--max-input BYTES raises the limit");
      return nullptr;
    }
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    file_.sources.back().lines = split_lines(text);
    if (!check_characters(text, number, diagnostics_)) return nullptr;
    const std::vector<std::string> lines = file_.sources.back().lines;
    auto node = parse_yaml(lines, number, diagnostics_);
    if (!node) {
      if (!diagnostics_.has_errors()) {
        diagnostics_.error(start_of_file(number), "the file is empty", "write  wakesim: 1");
      }
      return nullptr;
    }
    nodes_.push_back(std::make_unique<Node>(std::move(*node)));
    return nodes_.back().get();
  }

  void check_scenario(const Node& root) {
    const Keys keys = {"wakesim",    "name",      "about", "teaches",  "machine",   "include",
                       "matrix",     "constants", "types", "objects",  "functions", "threads",
                       "properties", "observe",   "judge", "variants", "expect"};
    check_version(root);
    check_map(root, "a scenario", keys, diagnostics_);
    file_.name = required_text(root, "name", "write  name: folder/situation");
    file_.about = required_text(root, "about", "write  about: why this file exists");
    check_name(root);
    check_sections(root);
    if (const Node* variants = root.find("variants")) check_variants(*variants);
  }

  void check_version(const Node& root) {
    const Node* version = root.find("wakesim");
    if (!version) {
      diagnostics_.error(start_of_file(root.where.file),
                         "this is no scenario: `wakesim:` is missing", "write  wakesim: 1");
    } else if (version->text != "1") {
      diagnostics_.error(version->where,
                         fmt::format("unknown version {} of the format", describe(*version)),
                         "write  wakesim: 1");
    }
  }

  std::string required_text(const Node& root, std::string_view key, std::string hint) {
    const Node* node = root.find(key);
    if (node) return read_prose(*node, key, diagnostics_);
    diagnostics_.error(start_of_file(root.where.file), fmt::format("`{}:` is missing", key),
                       std::move(hint));
    return {};
  }

  void check_name(const Node& root) {
    const bool is_good = std::all_of(file_.name.begin(), file_.name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("/_-.").find(c) != std::string_view::npos;
    });
    if (is_good) return;
    diagnostics_.error(root.find("name")->where,
                       "a name has letters, digits, `/`, `-`, `_` and `.`",
                       "write  name: folder/situation");
  }

  // The shape of what variants and includes have in common with the file itself.
  void check_sections(const Node& owner) {
    for (const std::string_view section : kNamedSections) {
      const Node* node = owner.find(section);
      if (node && check_is_map(*node, fmt::format("`{}:`", section), diagnostics_)) {
        check_names(*node, diagnostics_);
      }
    }
  }

  void check_variants(const Node& variants) {
    if (!check_is_map(variants, "`variants:`", diagnostics_)) return;
    if (variants.entries.empty()) {
      diagnostics_.error(variants.where, "`variants:` names no variant");
    }
    for (const auto& [key, value] : variants.entries) {
      check_label(key, "a variant", diagnostics_);
      if (value.kind == Node::Kind::Null) {
        diagnostics_.error(
            key.where, fmt::format("variant `{}` is empty", key.text),
            fmt::format("write  {}: {{}}  if it is the scenario as it stands", key.text));
        continue;
      }
      const Keys keys = {"about",   "machine",    "constants", "types", "objects", "functions",
                         "threads", "properties", "observe",   "judge", "expect"};
      if (check_map(value, fmt::format("variant `{}`", key.text), keys, diagnostics_)) {
        check_sections(value);
      }
    }
  }

  // ---- Includes --------------------------------------------------------------------------------

  const Node* read_include(const std::string& path, const std::string& text) {
    const Node* root = read(path, text);
    const Keys keys = {"wakesim", "name",    "about",     "include", "constants",
                       "types",   "objects", "functions", "variants"};
    if (!root || !check_map(*root, "an include", keys, diagnostics_)) return nullptr;
    check_version(*root);
    check_sections(*root);
    if (const Node* variants = root->find("variants")) check_libcs(*variants);
    return root;
  }

  // The parts of an include that are each for one libc.
  void check_libcs(const Node& variants) {
    if (!check_is_map(variants, "`variants:`", diagnostics_)) return;
    const Keys keys = {"about", "include", "constants", "types", "objects", "functions"};
    for (const auto& [libc, value] : variants.entries) {
      const std::string owner = fmt::format("variant `{}` of an include", libc.text);
      if (check_map(value, owner, keys, diagnostics_)) check_sections(value);
    }
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  ast::File file_;
  std::vector<std::unique_ptr<Node>> nodes_;  // Of every text read; pointers to them stay good.
};

// Nothing of a file that cannot be read; `problem` says why.
struct FileText {
  std::string text;
  std::string problem;
};

FileText read_file(const std::string& path, std::size_t bytes_max) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {{}, "is a directory, not a scenario"};
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return {{}, fmt::format("cannot be read: {}", std::generic_category().message(errno))};
  }
  // One byte more than allowed is enough to know that there is too much, also of endless devices.
  constexpr std::size_t kChunk = 16u << 10;
  std::string text;
  while (stream && text.size() <= bytes_max) {
    const std::size_t before = text.size();
    text.resize(before + std::min(kChunk, bytes_max + 1 - before));
    stream.read(text.data() + before, static_cast<std::streamsize>(text.size() - before));
    text.resize(before + static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return {{}, "cannot be read"};
  return {std::move(text), {}};
}

}  // namespace

ast::File load_scenario(std::string_view path, std::string_view text, const LoadOptions& options,
                        Diagnostics& diagnostics) {
  return Loader(options, diagnostics).load(path, text);
}

ast::File load_scenario_file(const std::string& path, const LoadOptions& options,
                             Diagnostics& diagnostics) {
  const FileText file = read_file(path, options.input_bytes_max);
  if (file.problem.empty()) return load_scenario(path, file.text, options, diagnostics);
  diagnostics.error({}, file.problem);
  ast::File sources_only;
  sources_only.sources.push_back({path, {}});
  return sources_only;
}

}  // namespace wakesim
