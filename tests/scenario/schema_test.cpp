#include "sim/scenario/schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace wakesim {
namespace {

Catalogue small_catalogue() {
  Catalogue catalogue;
  ModelTable eventfd{.name = "eventfd"};
  eventfd.objects.push_back({.kind = "eventfd", .about = "A counter to wait for."});
  eventfd.switches.push_back({.name = "eventfd.wake", .values = {"one", "all"}});
  catalogue.models.push_back(eventfd);
  catalogue.kernels.push_back({.name = "linux-6.18"});
  catalogue.libcs.push_back({.name = "glibc-2.41"});
  return catalogue;
}

nlohmann::json schema() { return nlohmann::json::parse(json_schema(small_catalogue())); }

TEST(Schema, IsJsonOfTheDraftThatEditorsKnow) {
  EXPECT_EQ(schema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema()["required"], nlohmann::json({"wakesim", "name", "about"}));
  EXPECT_EQ(schema()["additionalProperties"], false);
}

TEST(Schema, NamesComeFromTheCatalogue) {
  const std::string machine = schema()["$defs"]["machine"].dump();
  EXPECT_NE(machine.find("linux-6.18"), std::string::npos);
  EXPECT_NE(machine.find("glibc-2.41"), std::string::npos);
  EXPECT_NE(machine.find("eventfd.wake=all"), std::string::npos);
  EXPECT_EQ(schema()["$defs"]["object"]["anyOf"][0]["pattern"], "^eventfd\\b");
}

TEST(Schema, EveryReferenceIsDefined) {
  const std::string text = json_schema(small_catalogue());
  const nlohmann::json definitions = schema()["$defs"];
  const std::string prefix = "#/$defs/";
  for (std::size_t at = text.find(prefix); at != std::string::npos;
       at = text.find(prefix, at + 1)) {
    const std::size_t begin = at + prefix.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(definitions.contains(name)) << name;
  }
}

TEST(Schema, IsTheSameEveryTime) {
  EXPECT_EQ(json_schema(small_catalogue()), json_schema(small_catalogue()));
}

}  // namespace
}  // namespace wakesim
