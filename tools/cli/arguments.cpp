#include "tools/cli/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <random>
#include <string_view>

#include "sim/scenario/diagnostic.h"
#include "tools/cli/quantities.h"

namespace wakesim {
namespace {

// Flags that come together. A command that does nothing with a flag does not have it.
struct FlagGroups {
  bool page = true;  // How a report for people looks.
  bool quiet = false;
  bool format = false;   // Text or JSON.
  bool program = false;  // Which program, and what is changed in it.
};

struct CommandRow {
  std::string_view name;
  Command command;
  std::string_view words;
  std::string_view about;
  int words_min;
  int words_max;  // -1: any number.
  FlagGroups has;
};

constexpr FlagGroups kPageOnly{};
constexpr FlagGroups kProgram{.program = true};
constexpr FlagGroups kReport{.format = true, .program = true};
constexpr FlagGroups kJudged{.quiet = true, .format = true, .program = true};
constexpr FlagGroups kFixedText{.page = false};

constexpr std::array kCommands = {
    CommandRow{"check", Command::Check, "FILE...",
               "every execution; proves, or gives the shortest counterexample", 1, -1, kJudged},
    CommandRow{"run", Command::Run, "FILE", "one execution, in virtual time", 1, 1, kJudged},
    CommandRow{"replay", Command::Replay, "FILE TOKEN", "the same execution again", 2, 2, kReport},
    CommandRow{"show", Command::Show, "FILE", "the program after includes, variants and matrix", 1,
               1, kProgram},
    CommandRow{"models", Command::Models, "[NAME]", "what a scenario can name", 0, 1, kPageOnly},
    CommandRow{"list", Command::List, "[WORD...]", "the scenarios at hand", 0, -1, kPageOnly},
    CommandRow{"schema", Command::Schema, "", "a JSON Schema of scenario files, for editors", 0, 0,
               kFixedText},
    CommandRow{"version", Command::Version, "", "which wakesim this is", 0, 0, kFixedText},
};

// Flags that the documents promise and nobody has built.
constexpr std::array<std::string_view, 4> kNotYet = {"--preemptions", "--exact", "--syntax",
                                                     "--runs"};

// Thrown while values are read, caught in parse_arguments().
struct UsageError {
  std::string text;
};

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string closest = closest_name(word, candidates);
  return closest.empty() ? "" : fmt::format("\nhint: did you mean {}?", closest);
}

std::string listed(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    text += words[i];
  }
  return text;
}

// The place of `value` among `choices`.
std::size_t choice(const std::string& option, const std::string& value,
                   const std::vector<std::string>& choices) {
  const auto found = std::find(choices.begin(), choices.end(), value);
  if (found == choices.end()) {
    throw UsageError{fmt::format("{} takes {}, not '{}'{}", option, listed(choices, "or"), value,
                                 did_you_mean(value, choices))};
  }
  return static_cast<std::size_t>(found - choices.begin());
}

template <class T>
T quantity(const std::string& option, const std::string& value, std::optional<T> parsed,
           const char* example) {
  if (parsed) return *parsed;
  throw UsageError{fmt::format("{} takes {}, not '{}'", option, example, value)};
}

std::pair<std::string, std::string> name_and_value(const std::string& option,
                                                   const std::string& text, const char* example,
                                                   const char* bare_value) {
  const std::size_t equals = text.find('=');
  const bool is_bare = equals == std::string::npos;
  if (text.empty() || equals == 0 || (is_bare && bare_value == nullptr) ||
      equals + 1 == text.size()) {
    throw UsageError{fmt::format("{} takes {}, not '{}'", option, example, text)};
  }
  if (is_bare) return {text, bare_value};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// One command's options, bound to Arguments.
class Parser {
 public:
  explicit Parser(const CommandRow& row)
      : row_(row), app_(std::string(row.about), fmt::format("wakesim {}", row.name)) {
    arguments_.command = row.command;
    app_.allow_extras();
    app_.get_formatter()->column_width(28);
    add_output();
    if (row.has.program) add_program();
    switch (row.command) {
      case Command::Check:
        add_search();
        break;
      case Command::Run:
        add_run();
        break;
      case Command::Replay:
        add_replay();
        break;
      case Command::Models:
        flag("--mutants", "the switches that are bugs, and the scenarios that catch them",
             &arguments_.is_mutants);
        break;
      case Command::Show:
      case Command::List:
      case Command::Schema:
      case Command::Version:
        break;
    }
  }

  Arguments parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // As CLI11 takes them.
    app_.parse(words);
    check_words(app_.remaining());
    check_question();
    if (arguments_.has_seed && !arguments_.is_random) {
      throw UsageError{
          "--seed has no meaning for a timed run: nothing in it is random\n"
          "hint: --strategy random"};
    }
    return arguments_;
  }

  std::string help() const {
    std::string text = fmt::format("{}\n\nUsage: wakesim {}{}{} [OPTION...]\n", row_.about,
                                   row_.name, row_.words.empty() ? "" : " ", row_.words);
    const std::string options = app_.help();
    const std::size_t start = options.find("Options:");
    return text + '\n' + (start == std::string::npos ? "" : options.substr(start));
  }

 private:
  using Setter = std::function<void(const std::string&)>;

  // `name` may be two: "-o,--output".
  void know(const std::string& name) {
    const std::size_t comma = name.find(',');
    if (comma != std::string::npos) names_.push_back(name.substr(0, comma));
    names_.push_back(name.substr(comma == std::string::npos ? 0 : comma + 1));
  }

  void value(const std::string& name, const std::string& type, const std::string& about,
             Setter set) {
    know(name);
    app_.add_option_function<std::string>(name, std::move(set), about)->type_name(type);
  }

  void values(const std::string& name, const std::string& type, const std::string& about,
              Setter set) {
    know(name);
    app_.add_option_function<std::vector<std::string>>(
            name,
            [set = std::move(set)](const std::vector<std::string>& all) {
              for (const std::string& one : all) set(one);
            },
            about)
        ->type_name(type)
        ->allow_extra_args(false);
  }

  void flag(const std::string& name, const std::string& about, bool* target) {
    know(name);
    app_.add_flag(name, *target, about);
  }

  void add_output();
  void add_page();
  void add_program();
  void add_find(const char* about);
  void add_reduction(const char* about);
  void add_search();
  void add_replay();
  void add_run();
  void set_seed(const std::string& text);
  void set_reduction(const std::string& text);
  void set_count(const std::string& text);
  void check_words(const std::vector<std::string>& words);
  void check_question() const;
  std::string unknown_option(const std::string& name) const;

  const CommandRow& row_;
  CLI::App app_;
  Arguments arguments_;
  std::vector<std::string> names_;  // Of all options.
};

void Parser::add_output() {
  if (row_.has.format) {
    value("--format", "text|json", "what the report is for: people or programs",
          [this](const std::string& text) {
            arguments_.format = static_cast<Format>(choice("--format", text, {"text", "json"}));
          });
  }
  value("-o,--output", "PATH", "write the report there; nothing half-written stays behind",
        [this](const std::string& text) { arguments_.output = text; });
  if (row_.has.page) add_page();
  if (!row_.has.quiet) return;
  flag("-q,--quiet", "print only what is not as expected; of --find nothing", &arguments_.is_quiet);
}

void Parser::add_page() {
  value(
      "--color", "auto|always|never", "auto: on a terminal, unless NO_COLOR is set",
      [this](const std::string& text) {
        arguments_.color = static_cast<When>(choice("--color", text, {"auto", "always", "never"}));
      });
  flag("--ascii", "no signs beyond ASCII", &arguments_.is_ascii);
  value("--width", "COLUMNS", "columns to fill; default: those of the terminal, else 80",
        [this](const std::string& text) {
          const auto columns = quantity("--width", text, parse_count(text), "a number of columns");
          if (columns < 40 || columns > 1000) {
            throw UsageError{"--width takes 40 to 1000 columns, not " + text};
          }
          arguments_.width = static_cast<int>(columns);
        });
}

void Parser::add_program() {
  value("--variant", "NAME", "only this variant",
        [this](const std::string& text) { arguments_.variant = text; });
  values("--only", "AXIS=VALUE", "only these cells of the matrix; may be repeated",
         [this](const std::string& text) {
           arguments_.only.push_back(name_and_value("--only", text, "AXIS=VALUE", nullptr));
         });
  value("--memory", "sc|tso", "memory model in place of the file's",
        [this](const std::string& text) {
          choice("--memory", text, {"sc", "tso"});
          arguments_.memory = text;
        });
  value("--kernel", "NAME", "kernel in place of the file's, such as linux-6.18",
        [this](const std::string& text) { arguments_.kernel = text; });
  value("--libc", "NAME", "libc in place of the file's, such as glibc-2.41",
        [this](const std::string& text) { arguments_.libc = text; });
  values("--set", "SWITCH=VALUE", "dialect switch in place of the file's; may be repeated",
         [this](const std::string& text) {
           arguments_.switches.push_back(name_and_value("--set", text, "SWITCH=VALUE", "on"));
         });
  value("--max-input", "BYTES", "refuse larger files (4MiB)", [this](const std::string& text) {
    arguments_.input_bytes_max =
        quantity("--max-input", text, parse_bytes(text), "a size such as 4MiB");
  });
}

void Parser::add_find(const char* about) {
  value("--find", "EXPR", about, [this](const std::string& text) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
      throw UsageError{"--find takes an expression such as 'asleep(waiter) && ready == 1'"};
    }
    arguments_.find = text;
  });
}

void Parser::add_reduction(const char* about) {
  value("--reduction", "none|raw", about, [this](const std::string& text) { set_reduction(text); });
}

// A token means the same only to the program and the steps that it was made of.
void Parser::add_replay() {
  add_find("whether the execution ends there");
  add_reduction("that of the check that gave the token");
}

void Parser::add_search() {
  add_find("can this happen, and how; other properties are not judged");
  flag("--all", "go on after the first violation", &arguments_.is_all);
  value("--traces", "all|first|none", "which counterexamples to print",
        [this](const std::string& text) {
          constexpr std::array kShown = {TracesShown::All, TracesShown::First, TracesShown::None};
          arguments_.traces = kShown[choice("--traces", text, {"all", "first", "none"})];
        });
  value("--max-states", "N", "stop after N states, such as 50M", [this](const std::string& text) {
    arguments_.states_max =
        quantity("--max-states", text, parse_count(text), "a count such as 50M");
  });
  value("--max-memory", "BYTES", "stop at this much memory (4GiB)",
        [this](const std::string& text) {
          arguments_.memory_max =
              quantity("--max-memory", text, parse_bytes(text), "a size such as 4GiB");
        });
  value("--time", "DURATION", "stop after this long, such as 90s", [this](const std::string& text) {
    arguments_.seconds_max =
        quantity("--time", text, parse_seconds(text), "a duration such as 90s");
  });
  add_reduction("raw: without collapsed steps and cleared dead data");
  values("--count", "schedules", "also count raw interleavings",
         [this](const std::string& text) { set_count(text); });
  value(
      "--jobs", "1", "threads to search with; never changes a result", [](const std::string& text) {
        const auto jobs = quantity("--jobs", text, parse_count(text), "a number of threads");
        if (jobs == 1) return;
        throw UsageError{fmt::format("--jobs {} is not supported yet: one thread searches", text)};
      });
  flag("--stats", "print time and memory, which differ from run to run",
       &arguments_.has_statistics);
  value("--progress", "auto|none", "the status line on stderr", [this](const std::string& text) {
    arguments_.has_progress = choice("--progress", text, {"auto", "none"}) == 0;
  });
}

void Parser::add_run() {
  value("--strategy", "timed|random", "which execution: that of a machine in virtual time, or any",
        [this](const std::string& text) {
          arguments_.is_random = choice("--strategy", text, {"timed", "random"}) == 1;
        });
  value("--max-steps", "N", "stop after N steps (10M)", [this](const std::string& text) {
    arguments_.steps_max = quantity("--max-steps", text, parse_count(text), "a count such as 50M");
    if (arguments_.steps_max == 0) throw UsageError{"--max-steps takes a count such as 50M, not 0"};
  });
  value("--seed", "N|random", "of `--strategy random`; `random` draws one and prints it",
        [this](const std::string& text) { set_seed(text); });
}

void Parser::set_seed(const std::string& text) {
  arguments_.has_seed = true;
  if (text != "random") {
    arguments_.seed = quantity("--seed", text, parse_seed(text), "a number or `random`");
    return;
  }
  std::random_device device;
  arguments_.seed = std::uint64_t{device()} << 32 | device();
  arguments_.is_seed_drawn = true;
}

void Parser::set_reduction(const std::string& text) {
  if (text == "full") {
    throw UsageError{"--reduction full is not supported yet; none and raw are"};
  }
  arguments_.reduction =
      choice("--reduction", text, {"none", "raw"}) == 0 ? Reduction::None : Reduction::Raw;
}

void Parser::set_count(const std::string& text) {
  if (text == "traces") throw UsageError{"--count traces is not supported yet; schedules is"};
  choice("--count", text, {"schedules"});
  arguments_.counts.schedules = true;
}

void Parser::check_question() const {
  if (arguments_.find.empty()) return;
  const char* useless = arguments_.is_all             ? "--all"
                        : arguments_.counts.schedules ? "--count"
                                                      : nullptr;
  if (useless == nullptr) return;
  throw UsageError{fmt::format(
      "{} has no meaning with --find: it stops where the expression is reached", useless)};
}

std::string Parser::unknown_option(const std::string& name) const {
  if (std::find(kNotYet.begin(), kNotYet.end(), name) != kNotYet.end()) {
    return fmt::format("{} is not supported yet", name);
  }
  const std::string text = fmt::format("{} has no option {}", row_.name, name);
  std::vector<std::string> owners;
  for (const CommandRow& row : kCommands) {
    const std::vector<std::string> names = Parser(row).names_;
    const bool has_it = std::find(names.begin(), names.end(), name) != names.end();
    if (has_it) owners.emplace_back(row.name);
  }
  if (owners.empty()) return text + did_you_mean(name, names_);
  return fmt::format("{}\nhint: {} {} it", text, listed(owners, "and"),
                     owners.size() == 1 ? "has" : "have");
}

// Whatever CLI11 did not know: files, and options that nobody knows.
void Parser::check_words(const std::vector<std::string>& words) {
  bool is_after_dashes = false;
  for (const std::string& word : words) {
    if (word == "--" && !is_after_dashes) {
      is_after_dashes = true;
      continue;
    }
    if (!is_after_dashes && word.size() > 1 && word.front() == '-') {
      const std::string name = word.substr(0, word.find('='));
      throw UsageError{unknown_option(name)};
    }
    arguments_.words.push_back(word);
  }

  const int count = static_cast<int>(arguments_.words.size());
  if (count < row_.words_min) {
    throw UsageError{fmt::format("{} needs {}", row_.name, row_.words)};
  }
  if (row_.words_max >= 0 && count > row_.words_max) {
    const std::string& extra = arguments_.words[static_cast<std::size_t>(row_.words_max)];
    throw UsageError{
        row_.words.empty()
            ? fmt::format("{} takes no arguments, not '{}'", row_.name, extra)
            : fmt::format("{} takes {} only; what is '{}'?", row_.name, row_.words, extra)};
  }
}

std::string overview() {
  std::string text =
      "wakesim finds lost wakeups, deadlocks and races in programs that wait for events.\n\n"
      "Usage: wakesim COMMAND ...\n\n";
  for (const CommandRow& row : kCommands) {
    text += fmt::format("  {:<22}{}\n", fmt::format("{} {}", row.name, row.words), row.about);
  }
  return text +
         "\n`wakesim FILE` is `wakesim check FILE`; `wakesim COMMAND --help` lists its options.\n";
}

const CommandRow* find_command(std::string_view name) {
  const auto* found = std::find_if(kCommands.begin(), kCommands.end(),
                                   [name](const CommandRow& row) { return row.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

// `wakesim FILE`: a first word that can be no command.
bool looks_like_file(const std::string& word) {
  return word.find('/') != std::string::npos || word.ends_with(".yaml") || word.ends_with(".yml") ||
         word == ".";
}

Usage unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const CommandRow& row : kCommands) names.emplace_back(row.name);
  return {fmt::format("error: no command is called '{}'{}\n", word, did_you_mean(word, names))};
}

}  // namespace

std::variant<Arguments, Usage> parse_arguments(const std::vector<std::string>& words) {
  if (words.empty()) return Usage{overview()};
  const std::string& first = words.front();
  if (first == "--help" || first == "-h" || first == "help") return Usage{overview(), false};

  std::vector<std::string> rest(words.begin() + 1, words.end());
  const CommandRow* row = find_command(first == "--version" ? "version" : first);
  if (row == nullptr && looks_like_file(first)) {
    row = find_command("check");
    rest.insert(rest.begin(), first);
  }
  if (row == nullptr) return unknown_command(first);

  Parser parser(*row);
  try {
    return parser.parse(std::move(rest));
  } catch (const CLI::CallForHelp&) {
    return Usage{parser.help(), false};
  } catch (const CLI::Error& error) {
    return Usage{fmt::format("error: {}\n", error.what())};
  } catch (const UsageError& error) {
    return Usage{fmt::format("error: {}\n", error.text)};
  }
}

}  // namespace wakesim
