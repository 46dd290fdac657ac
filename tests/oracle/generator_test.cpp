// The generator is worth something only if its programs wait, get woken and get stuck, and if the
// naive explorer can finish them.

#include "tests/oracle/generator.h"

#include <gtest/gtest.h>

#include "tests/oracle/explorer.h"
#include "tests/oracle/stepper_explorer.h"
#include "tests/oracle/world.h"

namespace oracle {
namespace {

constexpr std::size_t kStatesMax = 20000;

TEST(OracleGenerator, TheSameSeedGivesTheSameProgram) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    EXPECT_EQ(generate(seed).yaml, generate(seed).yaml) << "seed " << seed;
  }
}

TEST(OracleGenerator, EveryProfileSleepsAndWakes) {
  constexpr int kPrograms = 30;
  for (int p = 0; p < kProfiles; ++p) {
    const auto profile = static_cast<Profile>(p);
    int slept = 0;
    int woke = 0;
    int complete = 0;
    for (int seed = 0; seed < kPrograms; ++seed) {
      const Exploration exploration = explore(generate(seed, profile).program, kStatesMax);
      slept += exploration.someone_slept;
      woke += exploration.someone_woke;
      complete += exploration.is_complete;
      if (exploration.is_complete) {
        EXPECT_FALSE(exploration.outcomes.empty()) << "seed " << seed;
      }
    }
    EXPECT_GE(slept, kPrograms * 3 / 10) << profile_name(profile);
    EXPECT_GE(woke, kPrograms * 2 / 10) << profile_name(profile);
    EXPECT_GE(complete, kPrograms * 8 / 10) << profile_name(profile);
  }
}

// Under TSO a look at a queue does not wait for the store buffer: programs must have both.
TEST(OracleGenerator, LooksAtQueuesUnderTso) {
  int programs = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Generated generated = generate(seed, Profile::Queue);
    const bool looks = generated.yaml.find("len(") != std::string::npos ||
                       generated.yaml.find("front(") != std::string::npos;
    programs += generated.program.is_tso && looks;
  }
  EXPECT_GE(programs, 20);
}

// Two counters that go to 2: three by three states, six moves up and six to the right.
TEST(OracleStepperExplorer, VisitsEveryStateOnce) {
  Stepper stepper;
  stepper.initial = "00";
  stepper.moves = [](const std::string& state) {
    std::vector<std::uint64_t> moves;
    for (std::uint64_t i = 0; i < 2; ++i) {
      if (state[i] < '2') moves.push_back(i);
    }
    return moves;
  };
  stepper.apply = [](const std::string& state, std::uint64_t move) {
    std::string next = state;
    ++next[move];
    return std::vector<std::string>{next};
  };
  const StepperExploration exploration = explore(stepper, 100);
  EXPECT_EQ(exploration.states.size(), 9u);
  EXPECT_EQ(exploration.transitions, 12u);
  EXPECT_EQ(exploration.at_rest, (std::set<std::string>{"22"}));
  EXPECT_TRUE(exploration.is_complete);
  EXPECT_FALSE(explore(stepper, 8).is_complete);
}

}  // namespace
}  // namespace oracle
