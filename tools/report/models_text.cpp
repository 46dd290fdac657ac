#include "tools/report/models_text.h"

#include <fmt/format.h>

#include <cstdint>

#include "tools/report/table.h"

namespace wakesim {
namespace {

std::string parameter_text(const Parameter& parameter) {
  switch (parameter.type) {
    case ParameterType::Pairs:
      return parameter.pair_option.empty()
                 ? fmt::format("x=..., {}(x, ...)", parameter.pair)
                 : fmt::format("x=..., {}(x, ..., {}=x)", parameter.pair, parameter.pair_option);
    case ParameterType::Keyword:
      return fmt::format("[{}]", parameter.name);
    case ParameterType::Duration:
      if (parameter.is_optional && parameter.fallback == kForever) {
        return fmt::format("{}=inf", parameter.name);
      }
      [[fallthrough]];
    case ParameterType::Word:
    case ParameterType::Words:
    case ParameterType::Object:
    case ParameterType::Descriptor:
    case ParameterType::Integer:
    case ParameterType::Flags:
    case ParameterType::Thread:
      break;
  }
  if (!parameter.is_optional) return std::string(parameter.name);
  const bool has_value = parameter.fallback != INT64_MIN;  // Else: not written.
  if (!has_value) return fmt::format("[{}]", parameter.name);
  return fmt::format("{}={}", parameter.name, parameter.fallback);
}

std::string signature(std::string_view name, const std::vector<Parameter>& parameters) {
  std::string text;
  for (const Parameter& parameter : parameters) {
    text += (text.empty() ? "" : ", ") + parameter_text(parameter);
    if (parameter.is_repeated) text += ", ...";
  }
  return fmt::format("{}({})", name, text);
}

template <class Row, class Name>
std::string joined(const std::vector<Row>& rows, Name name) {
  std::string text;
  for (const Row& row : rows) text += (text.empty() ? "" : ", ") + std::string(name(row));
  return text;
}

std::string heading(std::string_view title, std::string_view about, const Page& page) {
  Text line(std::string(title), Ink::Strong);
  std::string text = render(line, page) + '\n';
  for (const Text& part : wrap(Text(std::string(about)), page.width - 2)) {
    text += render(Text("  ").append(part), page) + '\n';
  }
  return text;
}

std::string row(std::string_view label, std::string_view what, const Page& page) {
  if (what.empty()) return "";
  return labelled(Text(std::string(label), Ink::Faint), Text(std::string(what)), page);
}

std::string_view result_text(const CallRow& call) {
  switch (call.result) {
    case ResultShape::Nothing:
      return "nothing";
    case ResultShape::Value:
      return "a value";
    case ResultShape::List:
      return "a list: r.n, and of each entry";
  }
  return "";
}

std::string render_call(const CallRow& call, const Page& page) {
  std::string text = heading(call_signature(call), call.about, page);
  std::string returns(result_text(call));
  if (call.result == ResultShape::List) {
    returns += " " + joined(call.fields, [](std::string_view field) { return field; });
  }
  text += row("returns", returns, page);
  bool is_first = true;
  for (const ErrnoRule& error : call.errors) {
    text += row(is_first ? "errors" : "", fmt::format("{}: {}", error.name, error.condition), page);
    is_first = false;
  }
  text += row("wakes", call.wakes, page);
  if (call.is_cancellation_point) {
    const std::string when = call.point_when.empty() ? "" : " " + std::string(call.point_when);
    text += row("cancel", "a cancellation point" + when, page);
  }
  return text + row("source", call.source, page);
}

std::string render_object(const ObjectRow& object, const Page& page) {
  std::string text = heading(signature(object.kind, object.parameters), object.about, page);
  if (object.descriptors > 0) {
    text += row("is", object.descriptors == 1 ? "a descriptor" : "two descriptors: x[0] and x[1]",
                page);
  }
  return text + row("source", object.source, page);
}

std::string render_switch(const SwitchRow& item, const Page& page) {
  std::string text = heading(item.name, item.about, page);
  std::string values;
  for (std::size_t i = 0; i < item.values.size(); ++i) {
    values += fmt::format("{}{}{}", i > 0 ? ", " : "", item.values[i], i == 0 ? " (default)" : "");
  }
  text += row("values", values, page);
  if (item.is_bug) text += row("is", "a bug, kept to be found", page);
  return text + row("source", item.source, page);
}

std::string render_dialect(const Catalogue& catalogue, const DialectRow& dialect,
                           const Page& page) {
  std::string text = heading(dialect.name, dialect.about, page);
  std::string settings;
  for (const auto& [id, value] : dialect.settings) {
    for (const ModelTable& model : catalogue.models) {
      for (const SwitchRow& item : model.switches) {
        if (item.id != id) continue;
        settings += fmt::format("{}{}={}", settings.empty() ? "" : ", ", item.name,
                                item.values[static_cast<std::size_t>(value)]);
      }
    }
  }
  return text + row("sets", settings, page);
}

std::string render_whole_model(const ModelTable& model, const Page& page) {
  std::string text = heading(model.name, model.about, page);
  for (const ObjectRow& object : model.objects) text += '\n' + render_object(object, page);
  for (const CallRow& call : model.calls) text += '\n' + render_call(call, page);
  for (const SwitchRow& item : model.switches) text += '\n' + render_switch(item, page);
  if (!model.constants.empty()) {
    text += '\n' + row("names",
                       joined(model.constants, [](const ConstantRow& c) { return c.name; }), page);
  }
  return text;
}

}  // namespace

std::string call_signature(const CallRow& call) { return signature(call.name, call.parameters); }

std::string render_models(const Catalogue& catalogue, const Page& page) {
  std::string text;
  for (const ModelTable& model : catalogue.models) {
    text += heading(model.name, model.about, page);
    text += row("objects", joined(model.objects, [](const ObjectRow& o) { return o.kind; }), page);
    text += row("calls", joined(model.calls, [](const CallRow& c) { return c.name; }), page);
    text +=
        row("switches", joined(model.switches, [](const SwitchRow& s) { return s.name; }), page);
    text += '\n';
  }
  const auto name = [](const DialectRow& dialect) { return dialect.name; };
  text += labelled(Text("kernels", Ink::Strong), joined(catalogue.kernels, name), page);
  text += labelled(Text("libcs", Ink::Strong), joined(catalogue.libcs, name), page);
  return text + '\n' +
         labelled_command(Text("more", Ink::Strong), page.program + " models NAME", page);
}

std::string render_model(const Catalogue& catalogue, const std::string& name, const Page& page) {
  // A name may be several things (`poll` is a model and a call); all of them are printed.
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : "\n") + part; };
  for (const ModelTable& model : catalogue.models) {
    if (model.name == name) {
      add(render_whole_model(model, page));
      continue;
    }
    for (const ObjectRow& object : model.objects) {
      if (object.kind == name) add(render_object(object, page));
    }
    for (const CallRow& call : model.calls) {
      if (call.name == name) add(render_call(call, page));
    }
    for (const SwitchRow& item : model.switches) {
      if (item.name == name) add(render_switch(item, page));
    }
    for (const ConstantRow& constant : model.constants) {
      if (constant.name == name) add(fmt::format("{} = {:#x}\n", constant.name, constant.value));
    }
  }
  for (const DialectRow& dialect : catalogue.kernels) {
    if (dialect.name == name) add(render_dialect(catalogue, dialect, page));
  }
  for (const DialectRow& dialect : catalogue.libcs) {
    if (dialect.name == name) add(render_dialect(catalogue, dialect, page));
  }
  return text;
}

std::string render_mutants(const std::vector<Mutant>& mutants, const Page& page) {
  std::string text;
  for (const Mutant& mutant : mutants) {
    text += heading(mutant.row->name, mutant.row->about, page);
    text += row("model", mutant.model->name, page);
    text += row("source", mutant.row->source, page);
    for (const std::string& scenario : mutant.caught_by) {
      text += row(&scenario == &mutant.caught_by.front() ? "caught by" : "", scenario, page);
    }
    text += '\n';
  }
  text += fmt::format("{} bug switch{}", mutants.size(), mutants.size() == 1 ? "" : "es");
  return text + "; docs/rules.md has the rule that each breaks and a scenario that notices\n";
}

std::vector<std::string> model_names(const Catalogue& catalogue) {
  std::vector<std::string> names;
  for (const ModelTable& model : catalogue.models) {
    names.emplace_back(model.name);
    for (const ObjectRow& object : model.objects) names.emplace_back(object.kind);
    for (const CallRow& call : model.calls) names.emplace_back(call.name);
    for (const SwitchRow& item : model.switches) names.emplace_back(item.name);
    for (const ConstantRow& constant : model.constants) names.emplace_back(constant.name);
  }
  for (const DialectRow& dialect : catalogue.kernels) names.emplace_back(dialect.name);
  for (const DialectRow& dialect : catalogue.libcs) names.emplace_back(dialect.name);
  return names;
}

}  // namespace wakesim
