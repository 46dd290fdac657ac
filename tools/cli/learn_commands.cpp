// `wakesim models`, `list`, `schema`, `version`: what there is.

#include <fmt/format.h>

#include <algorithm>

#include "models/catalogue.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/schema.h"
#include "tools/cli/commands.h"
#include "tools/cli/files.h"
#include "tools/cli/mutants.h"
#include "tools/cli/version.h"
#include "tools/report/list_text.h"
#include "tools/report/models_text.h"

namespace wakesim {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

ListedScenario listed(const std::string& path, const ast::File& file) {
  ListedScenario result{.path = path, .name = file.name, .about = file.about};
  for (const ast::Instance& instance : file.instances) {
    if (!instance.variant.empty() &&
        (result.variants.empty() || result.variants.back() != instance.variant)) {
      result.variants.push_back(instance.variant);
    }
    if (result.teaches.empty()) result.teaches = instance.teaches;
  }
  return result;
}

// Each word is somewhere in what is known about the scenario.
bool matches(const ListedScenario& scenario, const std::vector<std::string>& words) {
  std::string known = scenario.path + '\n' + scenario.name + '\n' + scenario.about;
  for (const std::string& lesson : scenario.teaches) known += '\n' + lesson;
  known = lower_case(std::move(known));
  return std::all_of(words.begin(), words.end(), [&known](const std::string& word) {
    return known.find(lower_case(word)) != std::string::npos;
  });
}

ExitStatus run_mutants(const Context& context) {
  const auto& words = context.arguments.words;
  const std::string model = words.empty() ? "" : words.front();
  std::vector<std::string> names;
  for (const ModelTable& table : catalogue().models) names.emplace_back(table.name);
  if (!model.empty() && std::find(names.begin(), names.end(), model) == names.end()) {
    const std::string closest = closest_name(model, names);
    return refuse(
        fmt::format("no model is called '{}'{}", model,
                    closest.empty() ? "" : fmt::format("\nhint: did you mean {}?", closest)));
  }
  context.output.write(render_mutants(find_mutants(catalogue(), model), context.page));
  return ExitStatus::AsExpected;
}

}  // namespace

ExitStatus run_models(const Context& context) {
  if (context.arguments.is_mutants) return run_mutants(context);
  if (context.arguments.words.empty()) {
    context.output.write(render_models(catalogue(), context.page));
    return ExitStatus::AsExpected;
  }
  const std::string& name = context.arguments.words.front();
  const std::string text = render_model(catalogue(), name, context.page);
  if (text.empty()) {
    const std::string closest = closest_name(name, model_names(catalogue()));
    return refuse(
        fmt::format("no model, call, object, switch or kernel is called '{}'{}", name,
                    closest.empty() ? "" : fmt::format("\nhint: did you mean {}?", closest)));
  }
  context.output.write(text);
  return ExitStatus::AsExpected;
}

ExitStatus run_list(const Context& context) {
  const std::string library = scenario_library();
  std::vector<ListedScenario> found;
  for (const std::string& path : expand_files({library})) {
    const LoadedFile file =
        load({.path = path, .width = context.page.width, .is_compiled = false}, context.arguments);
    if (path == library) return refuse(fmt::format("there are no scenarios in '{}'", library));
    if (file.errors > 0) {
      report_problems(file);
      continue;
    }
    ListedScenario scenario = listed(path, file.file);
    if (matches(scenario, context.arguments.words)) found.push_back(std::move(scenario));
  }
  context.output.write(render_list(found, context.page));
  return ExitStatus::AsExpected;
}

ExitStatus run_schema(const Context& context) {
  context.output.write(json_schema(catalogue()));
  return ExitStatus::AsExpected;
}

ExitStatus run_version(const Context& context) {
  context.output.write(fmt::format("wakesim {}\n", version()));
  return ExitStatus::AsExpected;
}

}  // namespace wakesim
