// The report of `check` for programs: its names are a contract.

#include "tools/report/check_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/samples.h"

namespace wakesim {
namespace {

using namespace samples;

std::string golden(const char* text) { return text + 1; }

nlohmann::json parsed(const Answer& answer, const JsonOptions& options = {}) {
  return nlohmann::json::parse(check_json(std::vector<Answer>{answer}, options));
}

TEST(CheckJson, WholeDocument) {
  EXPECT_EQ(check_json(std::vector<Answer>{expected(lost_wakeup_subject(), lost_wakeup())}, {}),
            golden(R"json(
{
  "wakesim": "0.1.0",
  "command": "check",
  "as_expected": true,
  "results": [
    {
      "scenario": "futex/lost-wakeup",
      "file": "scenarios/futex/lost-wakeup.yaml",
      "variant": "buggy",
      "cell": {},
      "verdict": "violated",
      "property": "no-lost-wakeup",
      "violations": [
        "no-lost-wakeup"
      ],
      "thread": "waiter",
      "object": "seq",
      "sentence": "waiter sleeps for ever, although ready == 1",
      "cause": "step 4 woke nobody: the queue of seq was empty, and a futex does not remember. At step 5 seq was still 0, the value that waiter expects.",
      "line": 14,
      "doomed_at": 4,
      "as_expected": true,
      "complete": true,
      "states": 15,
      "transitions": 20,
      "depth": 5,
      "memory": "sc",
      "lines": {
        "all": 5,
        "reached": 5
      },
      "outcomes": [],
      "sleepers": [
        {
          "thread": "waiter",
          "call": "futex_wait",
          "object": "seq",
          "line": 14
        }
      ],
      "counterexample": {
        "token": "wk1.buggy.7q2m4x.A2B2A",
        "preemptions": 1,
        "threads": [
          "waiter",
          "waker"
        ],
        "initial": {
          "ready": 0,
          "seq": 0,
          "queue": "-"
        },
        "steps": [
          {
            "n": 1,
            "actor": "waiter",
            "line": 12,
            "text": "if ready == 1: break",
            "result": "no",
            "changed": {}
          },
          {
            "n": 2,
            "actor": "waiter",
            "line": 13,
            "text": "s = seq",
            "result": "0",
            "changed": {
              "waiter.s": 0
            }
          },
          {
            "n": 3,
            "actor": "waker",
            "line": 16,
            "text": "ready = 1",
            "preemption": true,
            "changed": {
              "ready": 1
            }
          },
          {
            "n": 4,
            "actor": "waker",
            "line": 17,
            "text": "futex_wake(seq, 1)",
            "result": "0",
            "changed": {},
            "wakes": [
              {
                "found": "nobody",
                "object": "seq"
              }
            ]
          },
          {
            "n": 5,
            "actor": "waiter",
            "line": 14,
            "text": "futex_wait(seq, s)",
            "result": "asleep",
            "changed": {
              "queue": "waiter"
            }
          }
        ]
      }
    }
  ]
}
)json"));
}

TEST(CheckJson, CellsAreAMap) {
  Subject subject = fixed_subject();
  subject.cell = {{"via", "poll"}, {"memory", "tso"}};
  const auto json = parsed(expected(subject, proved()));
  EXPECT_EQ(json["results"][0]["cell"], (nlohmann::json{{"via", "poll"}, {"memory", "tso"}}));
}

TEST(CheckJson, OutcomesKeepTheirSpelling) {
  CheckResult result = proved();
  result.outcomes = {{.values = {{"waiter.n", -11}}, .token = "wk1.t"}};
  const auto json = parsed(expected(fixed_subject(), result));
  EXPECT_EQ(json["results"][0]["outcomes"][0]["values"]["waiter.n"], -11);
  EXPECT_EQ(json["results"][0]["outcomes"][0]["token"], "wk1.t");
}

TEST(CheckJson, SchedulesAreNullWhereTheGraphIsCyclic) {
  CheckResult result = proved();
  EXPECT_FALSE(parsed(expected(fixed_subject(), result))["results"][0].contains("schedules"));
  result.schedules_infinite = true;
  EXPECT_TRUE(parsed(expected(fixed_subject(), result))["results"][0]["schedules"].is_null());
  result.schedules = 15;
  EXPECT_EQ(parsed(expected(fixed_subject(), result))["results"][0]["schedules"], 15);
}

TEST(CheckJson, UnexpectedAnswersSayWhatDiffers) {
  const auto json = parsed(unexpected(lost_wakeup_subject(), lost_wakeup()));
  EXPECT_EQ(json["as_expected"], false);
  EXPECT_EQ(json["results"][0]["differences"][0], "violated: lost wakeup, but expected proved");
}

TEST(CheckJson, StatisticsOnlyOnRequest) {
  const Answer answer = expected(fixed_subject(), proved());
  EXPECT_FALSE(parsed(answer)["results"][0].contains("stats"));
  EXPECT_TRUE(parsed(answer, {.has_statistics = true})["results"][0].contains("stats"));
}

TEST(CheckJson, BytesThatAreNotUtf8DoNotBreakTheDocument) {
  Subject subject = fixed_subject();
  subject.file = "a\xff.yaml";
  EXPECT_NO_THROW(parsed(expected(subject, proved())));
}

}  // namespace
}  // namespace wakesim
