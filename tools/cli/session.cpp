#include "tools/cli/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "models/catalogue.h"
#include "properties/judges.h"
#include "properties/question.h"
#include "sim/program/compiler.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/question.h"
#include "tools/cli/files.h"

namespace wakesim {
namespace {

template <class Row>
std::vector<std::string> names_of(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const Row& row : rows) names.emplace_back(row.name);
  return names;
}

std::string unknown_name(const char* what, const std::string& name,
                         const std::vector<std::string>& names) {
  const std::string closest = closest_name(name, names);
  return fmt::format("no {} is called '{}'{}", what, name,
                     closest.empty() ? "" : fmt::format("\nhint: did you mean {}?", closest));
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string switch_problem(const std::string& name, const std::string& value) {
  std::vector<std::string> names;
  for (const ModelTable& model : catalogue().models) {
    for (const SwitchRow& row : model.switches) {
      if (row.name != name) {
        names.emplace_back(row.name);
        continue;
      }
      const auto found = std::find(row.values.begin(), row.values.end(), value);
      if (found != row.values.end()) return "";
      std::string values;
      for (const std::string_view known : row.values) {
        values += (values.empty() ? "" : ", ") + std::string(known);
      }
      return fmt::format("{} takes {}, not '{}'", name, values, value);
    }
  }
  return unknown_name("switch", name, names);
}

// The flags replace what the file says.
void apply_flags(const Arguments& arguments, ast::Machine& machine) {
  if (!arguments.memory.empty()) machine.memory = arguments.memory;
  if (!arguments.kernel.empty()) machine.kernel = arguments.kernel;
  if (!arguments.libc.empty()) machine.libc = arguments.libc;
  for (const auto& [name, value] : arguments.switches) {
    auto at = std::find_if(machine.switches.begin(), machine.switches.end(),
                           [&name = name](const auto& entry) { return entry.first == name; });
    if (at != machine.switches.end()) {
      at->second = value;
    } else {
      machine.switches.emplace_back(name, value);
      machine.switch_places.emplace_back();
    }
  }
}

// `--variant`, and `--only`: of each axis that is named, one of the values given for it.
bool is_chosen(const Arguments& arguments, const ast::Instance& instance) {
  if (!arguments.variant.empty() && instance.variant != arguments.variant) return false;
  std::map<std::string, std::set<std::string>> wanted;
  for (const auto& [axis, value] : arguments.only) wanted[axis].insert(value);
  return std::all_of(wanted.begin(), wanted.end(), [&instance](const auto& axis) {
    return std::any_of(instance.cell.begin(), instance.cell.end(), [&axis](const auto& cell) {
      return cell.first == axis.first && axis.second.contains(cell.second);
    });
  });
}

// Those that a command has to repeat to be about the same program.
std::vector<std::string> flags_of(const Arguments& arguments) {
  std::vector<std::string> flags;
  const auto add = [&flags](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    // A value that looks like an option must be part of its word.
    const bool is_apart = value.front() != '-';
    flags.push_back(is_apart ? name + ' ' + shell_word(value) : shell_word(name + '=' + value));
  };
  add("--memory", arguments.memory);
  add("--kernel", arguments.kernel);
  add("--libc", arguments.libc);
  for (const auto& [name, value] : arguments.switches) add("--set", name + '=' + value);
  if (arguments.input_bytes_max != Arguments{}.input_bytes_max) {
    add("--max-input", std::to_string(arguments.input_bytes_max));
  }
  if (arguments.reduction == Reduction::Raw) add("--reduction", "raw");
  add("--find", arguments.find);
  return flags;
}

bool has_machine_flags(const Arguments& arguments) {
  return !arguments.memory.empty() || !arguments.kernel.empty() || !arguments.libc.empty() ||
         !arguments.switches.empty();
}

void set_problems(const Diagnostics& diagnostics, int width, LoadedFile& loaded) {
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    loaded.problems.push_back(render(diagnostic, loaded.file.sources, width));
  }
  loaded.errors = diagnostics.errors();
}

// What a name of the models stands for, EAGAIN say.
std::optional<std::int64_t> find_constant(std::string_view name) {
  for (const ModelTable& model : catalogue().models) {
    for (const ConstantRow& constant : model.constants) {
      if (constant.name == name) return constant.value;
    }
  }
  return std::nullopt;
}

LoadOptions load_options(const Arguments& arguments) {
  LoadOptions options;
  options.input_bytes_max = arguments.input_bytes_max;
  options.include =
      [](std::string_view name,
         std::string_view from) -> std::optional<std::pair<std::string, std::string>> {
    IncludedFile found = find_include(std::string(name), std::string(from));
    if (found.path.empty()) return std::nullopt;
    return std::pair{std::move(found.path), std::move(found.text)};
  };
  options.constant = find_constant;
  options.libc = arguments.libc;
  options.libc_default = catalogue().libcs.front().name;
  return options;
}

// Which of the includes that a file can name defines a type or a function.
IncludeOf includes_for(const std::string& path, const Arguments& arguments) {
  return [path, options = load_options(arguments)](std::string_view name) -> std::string {
    for (const std::string& include : includes_in_reach(path)) {
      Diagnostics ignored;
      const ast::File file = load_scenario(
          path,
          fmt::format("{{wakesim: 1, name: x, about: x, include: [{}], threads: {{t: fence()}}}}",
                      include),
          options, ignored);
      for (const ast::Instance& instance : file.instances) {
        const auto is_meant = [name](const auto& defined) { return defined.name == name; };
        if (std::any_of(instance.types.begin(), instance.types.end(), is_meant) ||
            std::any_of(instance.functions.begin(), instance.functions.end(), is_meant)) {
          return include;
        }
      }
    }
    return {};
  };
}

// Compiles one variant and cell; no program if it has errors.
std::optional<Program> make_program(const LoadRequest& request, const Arguments& arguments,
                                    const ast::Instance& instance, const SourceFiles& sources,
                                    Diagnostics& problems) {
  Program program;
  program.expectation = instance.expect;
  if (request.is_compiled) {
    Diagnostics compiling;
    CompileOptions options;
    options.layout = request.layout;
    options.include_of = includes_for(request.path, arguments);
    program.system = compile(instance, sources, catalogue(), options, compiling);
    if (program.system != nullptr) check_property_names(*program.system, compiling);
    problems.merge(compiling);
    if (program.system == nullptr) return std::nullopt;
  }
  program.subject = subject_of(request.path, instance, sources);
  program.subject.flags = flags_of(arguments);
  if (program.system != nullptr) program.subject.kernel = program.system->kernel;
  return program;
}

void read_file(const LoadRequest& request, const Arguments& arguments, LoadedFile& loaded,
               Diagnostics& problems) {
  loaded.file = load_scenario_file(request.path, load_options(arguments), problems);
  if (problems.has_errors()) return;
  // The C library matters to programs only that include its functions.
  const bool has_includes = loaded.file.sources.size() > 1;
  std::optional<ast::Property> question;
  if (!arguments.find.empty()) {
    question = parse_question(arguments.find, loaded.file.sources, problems);
    if (!question) return;
  }
  for (ast::Instance& instance : loaded.file.instances) {
    if (!is_chosen(arguments, instance)) continue;
    if (++loaded.chosen > request.programs_max) continue;
    apply_flags(arguments, instance.machine);
    if (question) instance.properties.push_back(*question);
    auto program = make_program(request, arguments, instance, loaded.file.sources, problems);
    if (!program) continue;
    if (has_includes && program->system) program->subject.libc = program->system->libc;
    loaded.programs.push_back(std::move(*program));
  }
}

CheckOptions check_options(const Program& program, const Arguments& arguments,
                           const SearchWatch& watch) {
  CheckOptions options;
  options.reduction = arguments.reduction;
  const bool is_asked = find_question(*program.system) != nullptr;
  options.whole_graph = arguments.is_all || (!is_asked && program.expectation.outcomes.has_value());
  options.has_outcomes = !is_asked;
  options.states_max = arguments.states_max;
  options.memory_max = arguments.memory_max;
  options.seconds_max = watch.seconds_left;
  options.count_schedules =
      !is_asked && (arguments.counts.schedules || program.expectation.schedules.has_value());
  options.interrupted = watch.interrupted;
  options.progress = watch.progress;
#ifdef WAKESIM_VERIFY_FOOTPRINTS
  options.verify_footprints = true;
#endif
  return options;
}

}  // namespace

std::string machine_flag_problem(const Arguments& arguments) {
  const std::vector<std::string> kernels = names_of(catalogue().kernels);
  if (!arguments.kernel.empty() && !contains(kernels, arguments.kernel)) {
    return unknown_name("kernel", arguments.kernel, kernels);
  }
  const std::vector<std::string> libcs = names_of(catalogue().libcs);
  if (!arguments.libc.empty() && !contains(libcs, arguments.libc)) {
    return unknown_name("libc", arguments.libc, libcs);
  }
  for (const auto& [name, value] : arguments.switches) {
    if (std::string problem = switch_problem(name, value); !problem.empty()) return problem;
  }
  return "";
}

LoadedFile load(const LoadRequest& request, const Arguments& arguments) {
  LoadedFile loaded;
  loaded.path = request.path;
  // One for all variants: they share lines, and what is wrong with one is said once.
  Diagnostics problems;
  read_file(request, arguments, loaded, problems);
  problems.sort_by_place();
  set_problems(problems, request.width, loaded);
  return loaded;
}

Answer check_program(const Program& program, const Arguments& arguments, const SearchWatch& watch) {
  Answer answer;
  answer.subject = program.subject;
  const CheckOptions options = check_options(program, arguments, watch);
  if (const CompiledProperty* question = find_question(*program.system)) {
    answer.question = question->text;
    answer.result = check(*program.system, QuestionJudge(), options);
    answer.comparison.match = match_question(answer.result);
    return answer;
  }
  answer.result = check(*program.system, DefaultJudge(), options);
  ComparisonOptions comparison;
  comparison.has_counts = !has_machine_flags(arguments) && arguments.reduction == Reduction::None;
  answer.comparison = compare(program.expectation, answer.result, comparison);
  return answer;
}

}  // namespace wakesim
