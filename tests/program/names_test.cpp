// Which names a program sees.

#include <gtest/gtest.h>

#include <string>

#include "models/catalogue.h"
#include "sim/program/compiler.h"
#include "tests/models/machine.h"
#include "tests/scenario/load_text.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

constexpr const char* kHead = "wakesim: 1\nname: t/t\nabout: x\ninclude: [lib/f]\n";

// Everything said about a scenario with an include; nothing of one without errors.
std::string said_with(const std::string& include, const std::string& body,
                      std::uint64_t* digest = nullptr) {
  Loaded loaded = load_text(kHead + body, {{"lib/f", "wakesim: 1\n" + include}});
  for (const ast::Instance& instance : loaded.file.instances) {
    const auto system = compile(instance, loaded.file.sources, catalogue(), {}, loaded.diagnostics);
    if (digest != nullptr && system != nullptr) *digest = system->digest;
  }
  return loaded.errors();
}

// Renaming the scenario's word must not turn the function's local into it.
TEST(Names, LocalsOfAnIncludeAreNoObjectsOfTheScenario) {
  const std::string function = "functions:\n  bump(w):\n    - s = w\n    - w = s + 1\n";
  const auto digest = [&](const std::string& word) {
    std::uint64_t result = 0;
    EXPECT_EQ(said_with(function,
                        "objects: { x: word(0), " + word +
                            ": word(0) }\nthreads:\n  a:\n"
                            "    - bump(x)\n    - " +
                            word + " = 1\n",
                        &result),
              "");
    return result;
  };
  EXPECT_EQ(digest("s"), digest("other"));
}

TEST(Names, AnIncludeSeesWhatIncludesDeclare) {
  EXPECT_EQ(said_with("constants: { STEP: 2 }\nobjects: { total: word(0) }\n"
                      "functions:\n  add():\n    - fetch_add(total, STEP)\n",
                      "objects: { total: word(5) }\nthreads:\n  a:\n    - add()\n"),
            "");
}

TEST(Names, AnIncludeDoesNotSeeTheScenariosObjects) {
  EXPECT_EQ(said_with("functions:\n  add():\n    - fetch_add(x, 1)\n",
                      "objects: { x: word(0) }\nthreads:\n  a:\n    - add()\n"),
            R"(lib/f.yaml:4:17: error: an include does not see `x` of the scenario

  4 │     - fetch_add(x, 1)
    │                 ^
    t.yaml:5:12: declared here
    give the function a parameter for it
)");
}

TEST(Names, ALocalHidesAConstantOfTheModels) {
  EXPECT_EQ(outcomes(R"(
objects:
  sig: word[2](0)
threads:
  a:
    - IN = choose(0..0)
    - sig[IN + 0] = 5
observe:
  - sig[0]
  - sig[1]
)"),
            Outcomes{"sig[0]=5 sig[1]=0"});
}

}  // namespace
}  // namespace wakesim::testing
