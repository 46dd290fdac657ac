#include "sim/scenario/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

namespace wakesim {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kName = "^[A-Za-z_][A-Za-z0-9_]*$";
constexpr const char* kLabel = "^[A-Za-z0-9_-]+$";
constexpr const char* kVariant = "^[A-Za-z0-9_.-]+$";
constexpr const char* kCounted = "^[A-Za-z_][A-Za-z0-9_]*(\\[.+\\])?$";
constexpr const char* kSignature = "^[A-Za-z_][A-Za-z0-9_]*\\(.*\\)$";
constexpr const char* kHead =
    "^(if|else if|while|repeat|for|waits_for) .+$|^(else|forever|atomic|either|try|cleanup)$";

Json reference(std::string_view name) { return {{"$ref", fmt::format("#/$defs/{}", name)}}; }

Json described(Json schema, std::string_view text) {
  schema["description"] = text;
  return schema;
}

Json any_of(std::vector<Json> schemas) { return {{"anyOf", std::move(schemas)}}; }

Json list_of(const Json& item) { return {{"type", "array"}, {"items", item}}; }

// A single value may stand for a list of one.
Json one_or_list(const Json& item) { return any_of({item, list_of(item)}); }

Json closed_map(Json properties) {
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json named(const char* pattern, const Json& value) {
  return {{"type", "object"},
          {"patternProperties", {{pattern, value}}},
          {"additionalProperties", false}};
}

// An entry of a variant may also take back or repeat one.
Json entry(const Json& value) {
  return any_of({value, {{"const", "absent"}}, closed_map({{"same_as", {{"type", "string"}}}})});
}

Json word_or_axis(const std::vector<std::string_view>& words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(word);
  return any_of({{{"enum", std::move(list)}}, {{"type", "string"}, {"pattern", "\\$\\{"}}});
}

Json count_schema(std::int64_t least) {
  return any_of(
      {{{"type", "integer"}, {"minimum", least}}, {{"type", "string"}, {"pattern", "\\$\\{"}}});
}

// `word[2](0)`: a kind of the catalogue, or one that `types:` defines.
Json object_schema(const Catalogue& catalogue) {
  Json kinds = Json::array();
  for (const ModelTable& model : catalogue.models) {
    for (const ObjectRow& row : model.objects) {
      kinds.push_back({{"type", "string"},
                       {"pattern", fmt::format("^{}\\b", row.kind)},
                       {"title", row.kind},
                       {"description", row.about}});
    }
  }
  kinds.push_back({{"type", "string"}, {"pattern", "^[A-Za-z_$]"}});
  kinds.push_back(list_of({{"type", Json::array({"integer", "string"})}}));
  return {{"anyOf", std::move(kinds)}};
}

Json switches_schema(const Catalogue& catalogue) {
  Json names = Json::array();
  for (const ModelTable& model : catalogue.models) {
    for (const SwitchRow& row : model.switches) {
      for (const std::string_view value : row.values) {
        names.push_back(
            {{"const", fmt::format("{}={}", row.name, value)}, {"description", row.about}});
      }
      names.push_back({{"const", row.name}, {"description", row.about}});
    }
  }
  names.push_back({{"type", "string"}, {"pattern", "\\$\\{"}});
  return one_or_list({{"anyOf", std::move(names)}});
}

std::vector<std::string_view> names_of(const std::vector<DialectRow>& dialects) {
  std::vector<std::string_view> names;
  for (const DialectRow& row : dialects) names.push_back(row.name);
  return names;
}

Json machine_schema(const Catalogue& catalogue) {
  return closed_map({{"cpus", count_schema(1)},
                     {"memory", word_or_axis({"sc", "tso"})},
                     {"kernel", word_or_axis(names_of(catalogue.kernels))},
                     {"libc", word_or_axis(names_of(catalogue.libcs))},
                     {"switches", switches_schema(catalogue)},
                     {"spurious", count_schema(0)}});
}

Json statement_schema() {
  Json block = named(kHead, any_of({reference("block"), {{"type", "object"}}}));
  block["minProperties"] = 1;
  return any_of({{{"type", "string"}}, std::move(block)});
}

Json thread_schema() {
  Json thread = closed_map(
      {{"with", named(kName, one_or_list({{"type", Json::array({"integer", "string"})}}))},
       {"start", {{"type", "string"}}},
       {"daemon", {{"type", "boolean"}}},
       {"role", {{"const", "interrupt"}}},
       {"run", reference("block")}});
  thread["patternProperties"] = {{"^on [A-Z0-9]+( restart)?$", reference("block")}};
  thread["required"] = Json::array({"run"});
  return any_of({reference("block"), std::move(thread)});
}

Json property_schema() {
  return {{"type", "string"},
          {"pattern", "^(always|never|sometimes|finally|eventually) .+| leads_to |\\$\\{"}};
}

Json row_schema(bool has_when) {
  const Json all = {{"const", "all"}};
  Json row = {{"proved", all},
              {"bounded", all},
              {"unknown", all},
              {"violated", one_or_list({{"type", "string"}})},
              {"outcomes", one_or_list({{"type", "object"}})},
              {"states", count_schema(0)},
              {"schedules", count_schema(0)},
              {"traces", count_schema(0)}};
  if (has_when) {
    row["when"] = {
        {"type", "object"},
        {"additionalProperties", one_or_list({{"type", Json::array({"string", "number"})}})}};
  }
  return closed_map(std::move(row));
}

Json expect_schema() {
  return any_of({{{"enum", Json::array({"proved", "bounded", "unknown"})}},
                 row_schema(true),
                 list_of(row_schema(true))});
}

Json definitions(const Catalogue& catalogue) {
  return {{"statement", statement_schema()},
          {"block", any_of({{{"type", "string"}},
                            list_of(any_of({reference("statement"), reference("block")})),
                            {{"type", "object"}}})},
          {"object", object_schema(catalogue)},
          {"thread", thread_schema()},
          {"property", property_schema()},
          {"machine", machine_schema(catalogue)},
          {"expect", expect_schema()}};
}

// The sections that a file and its variants have in common. Entries of a variant may be `absent`.
Json shared_sections(bool is_variant) {
  const auto section = [is_variant](const char* pattern, const Json& value) {
    return named(pattern, is_variant ? entry(value) : value);
  };
  const Json constant = {{"type", Json::array({"integer", "string"})}};
  return {{"about", described({{"type", "string"}}, "Why this exists, in a sentence.")},
          {"machine", reference("machine")},
          {"constants", section(kName, constant)},
          {"types", section(kName, named(kName, reference("object")))},
          {"objects", section(kName, reference("object"))},
          {"functions", section(kSignature, reference("block"))},
          {"threads", section(kCounted, reference("thread"))},
          {"properties", section(kLabel, reference("property"))},
          {"observe", one_or_list({{"type", "string"}})},
          {"judge", one_or_list({{"type", "string"}})},
          {"expect", reference("expect")}};
}

}  // namespace

std::string json_schema(const Catalogue& catalogue) {
  Json sections = shared_sections(false);
  sections["wakesim"] = described({{"const", 1}}, "The version of the format.");
  sections["name"] = {{"type", "string"}, {"pattern", "^[A-Za-z0-9_./-]+$"}};
  sections["teaches"] = one_or_list({{"type", "string"}});
  sections["include"] = one_or_list({{"type", "string"}});
  const Json value = {{"type", Json::array({"string", "number"})}};
  sections["matrix"] = described(named(kLabel, one_or_list(value)),
                                 "Axes and their values; write ${axis} where one belongs.");
  // Those of an include are named after C libraries and may include other files.
  Json variant = shared_sections(true);
  variant["include"] = sections["include"];
  sections["variants"] = named(kVariant, closed_map(std::move(variant)));
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "wakesim scenario"}};
  schema.update(closed_map(std::move(sections)));
  schema["required"] = Json::array({"wakesim", "name", "about"});
  schema["$defs"] = definitions(catalogue);
  return schema.dump(2) + "\n";
}

}  // namespace wakesim
