// The command line: what is understood, and what is refused with which words.

#include "tools/cli/arguments.h"

#include <gtest/gtest.h>

#include "tools/cli/exit_status.h"
#include "tools/cli/quantities.h"

namespace wakesim {
namespace {

Arguments accepted(const std::vector<std::string>& words) {
  const auto parsed = parse_arguments(words);
  if (const auto* usage = std::get_if<Usage>(&parsed)) {
    ADD_FAILURE() << usage->text;
    return {};
  }
  return std::get<Arguments>(parsed);
}

std::string refused(const std::vector<std::string>& words) {
  const auto parsed = parse_arguments(words);
  if (std::holds_alternative<Arguments>(parsed)) return "accepted";
  EXPECT_TRUE(std::get<Usage>(parsed).is_error);
  return std::get<Usage>(parsed).text;
}

TEST(Arguments, AFileAloneIsChecked) {
  EXPECT_EQ(accepted({"a.yaml"}).command, Command::Check);
  EXPECT_EQ(accepted({"scenarios/futex"}).words, std::vector<std::string>{"scenarios/futex"});
  EXPECT_EQ(accepted({"check", "a", "b"}).words, (std::vector<std::string>{"a", "b"}));
}

TEST(Arguments, FlagsMayStandAnywhere) {
  const Arguments arguments =
      accepted({"check", "--only", "via=poll", "a.yaml", "--only=via=epoll-lt", "--memory", "tso",
                "b.yaml", "--set", "futex.no-compare", "--set", "pipe.waits=all", "-q"});
  EXPECT_EQ(arguments.words, (std::vector<std::string>{"a.yaml", "b.yaml"}));
  EXPECT_EQ(arguments.only, (std::vector<std::pair<std::string, std::string>>{
                                {"via", "poll"}, {"via", "epoll-lt"}}));
  EXPECT_EQ(arguments.switches, (std::vector<std::pair<std::string, std::string>>{
                                    {"futex.no-compare", "on"}, {"pipe.waits", "all"}}));
  EXPECT_EQ(arguments.memory, "tso");
  EXPECT_TRUE(arguments.is_quiet);
}

TEST(Arguments, QuantitiesHaveUnits) {
  const Arguments arguments = accepted({"check", "a.yaml", "--max-states", "50M", "--max-memory",
                                        "2GiB", "--time", "1.5m", "--max-input", "8MiB"});
  EXPECT_EQ(arguments.states_max, 50'000'000u);
  EXPECT_EQ(arguments.memory_max, std::uint64_t{2} << 30);
  EXPECT_EQ(arguments.seconds_max, 90);
  EXPECT_EQ(arguments.input_bytes_max, 8u << 20);
}

TEST(Arguments, SeedsAreFixedUnlessDrawn) {
  const auto seeded = [](const std::string& seed) {
    return accepted({"run", "a.yaml", "--strategy", "random", "--seed", seed});
  };
  EXPECT_EQ(accepted({"run", "a.yaml"}).seed, 1u);
  EXPECT_EQ(seeded("0x5d1e").seed, 0x5d1eu);
  EXPECT_TRUE(seeded("random").is_seed_drawn);
}

TEST(Arguments, ASeedIsForRandomRunsOnly) {
  EXPECT_EQ(accepted({"run", "a.yaml", "--strategy", "random", "--seed", "7"}).seed, 7u);
  EXPECT_EQ(refused({"run", "a.yaml", "--seed", "7"}),
            "error: --seed has no meaning for a timed run: nothing in it is random\n"
            "hint: --strategy random\n");
  EXPECT_EQ(refused({"run", "a.yaml", "--strategy", "randon"}),
            "error: --strategy takes timed or random, not 'randon'\nhint: did you mean random?\n");
  EXPECT_EQ(refused({"run", "a.yaml", "--max-steps", "0"}),
            "error: --max-steps takes a count such as 50M, not 0\n");
}

TEST(Arguments, WordsAfterTwoDashesAreFiles) {
  EXPECT_EQ(accepted({"check", "--", "-odd.yaml"}).words, std::vector<std::string>{"-odd.yaml"});
}

TEST(Arguments, UnknownNamesAreRefusedWithAGuess) {
  EXPECT_EQ(refused({"chekc", "a.yaml"}),
            "error: no command is called 'chekc'\nhint: did you mean check?\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--max-state", "5"}),
            "error: check has no option --max-state\nhint: did you mean --max-states?\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--memory", "tos"}),
            "error: --memory takes sc or tso, not 'tos'\nhint: did you mean tso?\n");
  EXPECT_EQ(refused({"models", "--memory", "sc"}),
            "error: models has no option --memory\nhint: check, run, replay and show have it\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--seed", "7"}),
            "error: check has no option --seed\nhint: run has it\n");
  EXPECT_EQ(refused({"show", "a.yaml", "-q"}),
            "error: show has no option -q\nhint: check and run have it\n");
}

TEST(Arguments, ValuesNotYetSupportedAreRefused) {
  EXPECT_EQ(refused({"check", "a.yaml", "--reduction", "full"}),
            "error: --reduction full is not supported yet; none and raw are\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--count", "traces"}),
            "error: --count traces is not supported yet; schedules is\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--preemptions", "2"}),
            "error: --preemptions is not supported yet\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--jobs", "4"}),
            "error: --jobs 4 is not supported yet: one thread searches\n");
  accepted({"check", "a.yaml", "--jobs", "1"});
}

TEST(Arguments, ValuesOutOfPlaceAreRefused) {
  EXPECT_EQ(refused({"check"}), "error: check needs FILE...\n");
  EXPECT_EQ(refused({"replay", "a.yaml"}), "error: replay needs FILE TOKEN\n");
  EXPECT_EQ(refused({"run", "a.yaml", "b.yaml"}),
            "error: run takes FILE only; what is 'b.yaml'?\n");
  EXPECT_EQ(refused({"version", "x"}), "error: version takes no arguments, not 'x'\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--max-states", "many"}),
            "error: --max-states takes a count such as 50M, not 'many'\n");
  EXPECT_EQ(refused({"check", "a.yaml", "--only", "poll"}),
            "error: --only takes AXIS=VALUE, not 'poll'\n");
  EXPECT_NE(refused({"run", "a.yaml", "--seed"}).find("--seed"), std::string::npos);
  EXPECT_NE(refused({"check", "a.yaml", "--width", "7"}).find("40 to 1000"), std::string::npos);
}

TEST(Arguments, HelpIsNoError) {
  for (const auto& words : {std::vector<std::string>{"--help"}, {"check", "--help"}}) {
    const auto parsed = parse_arguments(words);
    ASSERT_TRUE(std::holds_alternative<Usage>(parsed));
    EXPECT_FALSE(std::get<Usage>(parsed).is_error);
  }
}

TEST(Quantities, AreWholeAndBounded) {
  EXPECT_EQ(parse_count("2k"), 2000u);
  EXPECT_EQ(parse_count("1.5M"), 1'500'000u);
  EXPECT_FALSE(parse_count("1.5"));
  EXPECT_FALSE(parse_count("-1"));
  EXPECT_FALSE(parse_count("1e6"));
  EXPECT_FALSE(parse_count("99999999999G"));
  EXPECT_EQ(parse_bytes("4M"), 4u << 20);
  EXPECT_FALSE(parse_bytes("4x"));
  EXPECT_EQ(parse_seconds("200ms"), 0.2);
  EXPECT_FALSE(parse_seconds(""));
  EXPECT_FALSE(parse_seed("0x"));
}

TEST(ExitStatus, TheWorstWins) {
  using enum ExitStatus;
  EXPECT_EQ(worse(AsExpected, LimitReached), LimitReached);
  EXPECT_EQ(worse(LimitReached, NotAsExpected), NotAsExpected);
  EXPECT_EQ(worse(TokenMisfit, LimitReached), TokenMisfit);
  EXPECT_EQ(worse(Interrupted, NotAsExpected), Interrupted);
}

}  // namespace
}  // namespace wakesim
