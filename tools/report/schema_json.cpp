#include "tools/report/schema_json.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "tools/report/models_text.h"

namespace wakesim {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kName = "^[A-Za-z_][A-Za-z0-9_]*$";
constexpr std::string_view kLabel = "^[A-Za-z_][A-Za-z0-9_-]*$";

// Kinds of objects that belong to the language, not to a model.
constexpr std::string_view kWordKinds[] = {"word", "word64", "int"};

Json reference(std::string_view name) { return {{"$ref", "#/$defs/" + std::string(name)}}; }

Json text(std::string_view about) { return {{"type", "string"}, {"description", about}}; }

// Words that an editor should offer; others are left to the loader, which explains.
Json offered(const std::vector<std::string>& words) {
  return {{"anyOf", Json::array({Json{{"enum", words}}, Json{{"type", "string"}}})}};
}

Json one_or_many(const Json& item) {
  return {{"anyOf", Json::array({item, Json{{"type", "array"}, {"items", item}}})}};
}

Json map_of(const Json& value, std::string_view keys) {
  Json json = {{"type", "object"}, {"additionalProperties", false}};
  json["patternProperties"][std::string(keys)] = value;
  return json;
}

// `name`, `name[3]`: what threads may be called.
constexpr std::string_view kGroupName = "^[A-Za-z_][A-Za-z0-9_]*(\\[.+\\])?$";

Json machine_schema(const Catalogue& catalogue) {
  std::vector<std::string> kernels;
  std::vector<std::string> libcs;
  std::vector<std::string> switches;
  for (const DialectRow& row : catalogue.kernels) kernels.emplace_back(row.name);
  for (const DialectRow& row : catalogue.libcs) libcs.emplace_back(row.name);
  for (const ModelTable& model : catalogue.models) {
    for (const SwitchRow& row : model.switches) {
      if (row.values.size() == 2 && row.values[0] == "off") {
        switches.emplace_back(row.name);
        continue;
      }
      for (const std::string_view value : row.values) {
        switches.push_back(std::string(row.name) + '=' + std::string(value));
      }
    }
  }
  const Json placeholder = {{"type", "string"}, {"pattern", "^\\$\\{"}};
  const auto or_axis = [&placeholder](Json schema) {
    return Json{{"anyOf", Json::array({std::move(schema), placeholder})}};
  };
  return {{"type", "object"},
          {"additionalProperties", false},
          {"properties",
           {{"cpus", or_axis({{"type", "integer"}, {"minimum", 1}})},
            {"memory", or_axis({{"enum", {"sc", "tso"}}})},
            {"kernel", offered(kernels)},
            {"libc", offered(libcs)},
            {"switches", one_or_many(offered(switches))},
            {"spurious", or_axis({{"type", "integer"}, {"minimum", 0}})}}}};
}

Json object_schema(const Catalogue& catalogue) {
  std::vector<std::string> kinds(std::begin(kWordKinds), std::end(kWordKinds));
  for (const ModelTable& model : catalogue.models) {
    for (const ObjectRow& row : model.objects) kinds.emplace_back(row.kind);
  }
  return {{"anyOf", Json::array({offered(kinds), Json{{"type", "array"}}})},
          {"description", "kind(arguments), kind[count](arguments), or the values of an array"}};
}

// One line, or a block: a map whose first key is the head.
Json statement_schema(const Catalogue& catalogue) {
  std::string calls;
  for (const ModelTable& model : catalogue.models) {
    for (const CallRow& call : model.calls) {
      calls += (calls.empty() ? "" : "; ") + call_signature(call);
    }
  }
  Json block = {{"type", "object"}, {"minProperties", 1}};
  block["patternProperties"]
       ["^(if|while|repeat|for|waits_for) .+$|^(forever|atomic|try|else|cleanup)$"] =
           reference("body");
  block["patternProperties"]["^either$"] = true;
  block["additionalProperties"] = false;
  return {{"anyOf", Json::array({Json{{"type", "string"}}, block})},
          {"description", "One line is one step. Calls: " + calls}};
}

Json thread_schema() {
  Json keyed = {{"type", "object"},
                {"required", {"run"}},
                {"additionalProperties", false},
                {"properties",
                 {{"with", {{"type", "object"}}},
                  {"start", text("the first step waits until this is true")},
                  {"daemon", {{"type", "boolean"}}},
                  {"role", {{"enum", {"interrupt"}}}},
                  {"run", reference("body")}}}};
  keyed["patternProperties"]["^on SIG[A-Z0-9]+( restart)?$"] = reference("body");
  return {{"anyOf", Json::array({reference("body"), keyed, Json{{"enum", {"absent"}}},
                                 Json{{"type", "object"},
                                      {"required", {"same_as"}},
                                      {"additionalProperties", false},
                                      {"properties", {{"same_as", {{"type", "string"}}}}}}})}};
}

Json property_schema() {
  return {{"type", "string"},
          {"pattern", "^(always|never|sometimes|finally|eventually) .+| leads_to "}};
}

Json expectation_schema() {
  const Json names = one_or_many({{"type", "string"}});
  const Json count = {{"type", "integer"}, {"minimum", 0}};
  const Json outcomes = {{"type", "array"}, {"items", {{"type", "object"}}}};
  const Json row = {{"type", "object"},
                    {"additionalProperties", false},
                    {"properties",
                     {{"when", {{"type", "object"}}},
                      {"proved", {{"enum", {"all"}}}},
                      {"bounded", {{"enum", {"all"}}}},
                      {"unknown", {{"enum", {"all"}}}},
                      {"violated", names},
                      {"outcomes", outcomes},
                      {"states", count},
                      {"schedules", count},
                      {"traces", count}}}};
  return {{"anyOf", Json::array({Json{{"enum", {"proved", "bounded", "unknown"}}}, row,
                                 Json{{"type", "array"}, {"items", row}}})}};
}

// The sections that a file and its variants have in common.
Json common_sections() {
  return {{"machine", reference("machine")},
          {"objects", map_of(reference("object"), kName)},
          {"functions", map_of(reference("body"), "^[A-Za-z_][A-Za-z0-9_]*\\(.*\\)$")},
          {"threads", map_of(reference("thread"), kGroupName)},
          {"properties", map_of(reference("property"), kLabel)},
          {"observe", one_or_many({{"type", "string"}})},
          {"judge", {{"type", "array"}, {"items", {{"type", "string"}}}}},
          {"expect", reference("expectation")}};
}

}  // namespace

std::string schema_json(const Catalogue& catalogue) {
  Json variant = {{"type", "object"}, {"additionalProperties", false}};
  variant["properties"]["about"] = text("what is different, and why");
  variant["properties"].update(common_sections());

  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "wakesim scenario"},
                 {"type", "object"},
                 {"required", {"wakesim", "name", "about"}},
                 {"additionalProperties", false}};
  schema["properties"] = {
      {"wakesim", {{"const", 1}}},
      {"name", {{"type", "string"}, {"pattern", "^[A-Za-z0-9/_.-]+$"}}},
      {"about", text("why this file exists")},
      {"teaches", one_or_many({{"type", "string"}})},
      {"include", one_or_many({{"type", "string"}})},
      {"matrix", map_of({{"type", "array"}}, kLabel)},
      {"constants", {{"type", "object"}}},
      {"types", {{"type", "object"}}},
  };
  schema["properties"].update(common_sections());
  schema["properties"]["variants"] = map_of(reference("variant"), kLabel);
  schema["$defs"] = {
      {"machine", machine_schema(catalogue)},
      {"object", object_schema(catalogue)},
      {"statement", statement_schema(catalogue)},
      {"body",
       {{"anyOf", Json::array({Json{{"type", "array"}, {"items", reference("statement")}},
                               Json{{"type", "string"}}})}}},
      {"thread", thread_schema()},
      {"property", property_schema()},
      {"expectation", expectation_schema()},
      {"variant", variant},
  };
  return schema.dump(2) + '\n';
}

}  // namespace wakesim
