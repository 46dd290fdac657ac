// Devices in reports: they have a column and a letter in tokens, and are no threads otherwise.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/scratch.h"

namespace wakesim {
namespace {

constexpr const char* kTicks = R"(wakesim: 1
name: tests/ticks
about: One thread reads the first expiration, another one waits for a second.
objects:
  tick: timerfd
  c: aio_context(1)
threads:
  early:
    - timerfd_settime(tick, 10ms)
    - read(tick)
  late:
    start: ended(early)
    run:
      - read(tick)
expect: { violated: no-stuck-thread }
)";

class DeviceReports : public testing::Test {
 protected:
  void SetUp() override { folder_.write("a.yaml", kTicks); }

  std::string run(const std::string& words) const {
    const ShellResult result = run_shell(fmt::format("cd '{}' && WAKESIM_NAME=wakesim '{}' {} 2>&1",
                                                     folder_.path("."), WAKESIM_PROGRAM, words));
    EXPECT_EQ(result.status, 0) << result.output;
    return result.output;
  }

  ScratchFolder folder_;
};

TEST_F(DeviceReports, TheColumnIsTheirsTheSleepersAreThreads) {
  EXPECT_EQ(without_digests(run("check a.yaml --width 80")), R"(tests/ticks
One thread reads the first expiration, another one waits for a second.
linux-6.18, memory sc, every execution

  verdict   finding       states  depth  expected
  violated  stuck thread       8      5  yes

1 of 1 as expected

late waits for ever in `read`
violated  stuck thread   tests/ticks

step ● early                ■ late                ◆ timer of tick tick
──── ────────────────────── ───────────────────── ─────────────── ────────
                                                                  0
   1 L9 timerfd_settime → 0                                       0, armed
   2                          ⊘╌╌╌ nobody queued  L5 expire       1
   3 L10 read → 1                                                 0
   4 end                                                          0
   5                        L14 read → asleep                     0        ◀
                                ░ asleep for ever

why       What it waits for does not hold, and nobody who is left can make it
          true or wake it.
◀ step 5  from here on nothing can wake late
again     wakesim replay a.yaml wk1.-.DIGEST.ACA2B
)");
}

TEST_F(DeviceReports, NoServiceNoCoverageNoSleeper) {
  const auto violated = nlohmann::json::parse(run("check a.yaml --format json"))["results"][0];
  ASSERT_EQ(violated["sleepers"].size(), 1u);
  EXPECT_EQ(violated["sleepers"][0]["thread"], "late");
  folder_.write("b.yaml", R"(wakesim: 1
name: tests/quiet
about: A timer that nobody sets, a disk that has nothing to do.
objects:
  tick: timerfd
  c: aio_context(1)
threads:
  a:
    - io_getevents(c, 0, 1, 0)
)");
  EXPECT_EQ(run("check b.yaml --width 80"),
            R"(tests/quiet  A timer that nobody sets, a disk that has nothing to do.
linux-6.18, memory sc, every execution

  verdict  states  depth  lines
  proved        2      1    1/1
)");
}

TEST_F(DeviceReports, ATokenWithADeviceReplays) {
  const auto json = nlohmann::json::parse(run("check a.yaml --format json"));
  const auto& found = json["results"][0]["counterexample"];
  const auto replay = nlohmann::json::parse(
      run("replay a.yaml '" + found["token"].get<std::string>() + "' --format json"));
  EXPECT_EQ(replay["trace"]["steps"], found["steps"]);
  EXPECT_EQ(replay["trace"]["steps"][1]["actor"], "timer of tick");
  EXPECT_EQ(replay["property"], "no-stuck-thread");
}

TEST_F(DeviceReports, TheProgramAsShownHasNone) {
  EXPECT_EQ(run("show a.yaml").find("timer of"), std::string::npos);
}

TEST_F(DeviceReports, ARunCountsThreadsOnly) {
  EXPECT_NE(run("run a.yaml").find(" of 2 threads, "), std::string::npos) << run("run a.yaml");
}

}  // namespace
}  // namespace wakesim
