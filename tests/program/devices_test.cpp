// Devices: actors that objects bring along. A timerfd has its timer, an aio_context its disk.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/explore/doomed.h"
#include "tests/models/machine.h"
#include "tests/program/said_about.h"

namespace wakesim::testing {
namespace {

using Names = std::vector<std::string>;

Names devices_of(const System& system) {
  Names names;
  for (const ThreadInfo& info : system.threads) {
    if (info.is_device) names.push_back(info.name);
  }
  return names;
}

TEST(Devices, EveryObjectHasOneOfItsOwn) {
  const auto system = compile_body(R"(
types:
  connection: { limit: timerfd, bell: eventfd(0) }
  server: { clients: "connection[2]", disk: aio_context(2) }
objects:
  tick: timerfd
  pair: timerfd[2]
  s: server[2]
threads:
  a:
    - timerfd_settime(tick, 1ms)
)");
  EXPECT_EQ(devices_of(*system),
            (Names{"timer of tick", "timer of pair[0]", "timer of pair[1]",
                   "timer of s[0].clients[0].limit", "timer of s[0].clients[1].limit",
                   "disk of s[0].disk", "timer of s[1].clients[0].limit",
                   "timer of s[1].clients[1].limit", "disk of s[1].disk"}));
}

TEST(Devices, EachWorksForItsObjectAlone) {
  Machine machine(R"(
types:
  connection: { limit: timerfd, bell: eventfd(0) }
objects:
  c: connection[2]
observe: [a.r]
judge: []
threads:
  a:
    - i = choose(1..1)
    - timerfd_settime(c[i].limit, 1ms)
    - r = read(c[1].limit)
)");
  machine.step("a", 2);
  EXPECT_FALSE(machine.enabled("timer of c[0].limit"));
  machine.step("timer of c[1].limit");
  machine.step("a");
  EXPECT_EQ(machine.value("a.r"), 1);
}

constexpr const char* kReader = R"(
objects:
  tick: timerfd
observe: [a.r]
judge: []
threads:
  a:
    - timerfd_settime(tick, 1ms)
    - r = read(tick)
    - r = read(tick)
)";

// The states of `kReader` after so many steps of a, the timer and a in turn.
std::vector<std::string> doomed_after(std::size_t steps) {
  const auto system = compile_body(kReader);
  const Executor executor(*system);
  StepRecord record;
  std::vector<std::byte> state = executor.initial_state(record);
  const Actor reader{ActorKind::Thread, static_cast<ThreadId>(0)};
  const Actor timer{ActorKind::Thread, static_cast<ThreadId>(1)};
  const std::vector<Actor> order{reader, reader, timer, reader, reader};
  for (std::size_t i = 0; i < steps; ++i) {
    EXPECT_TRUE(executor.enabled(state.data(), order[i]));
    executor.step(state.data(), {order[i], 0}, record);
  }
  std::vector<std::string> names;
  for (const ThreadId thread : doomed_threads(executor, state.data())) {
    names.push_back(system->threads[index(thread)].name);
  }
  return names;
}

TEST(Devices, OneWithAnArmedTimerMayStillWake) {
  EXPECT_EQ(doomed_after(2), std::vector<std::string>{});  // Asleep, and the timer is armed.
}

TEST(Devices, AtRestTheyWakeNobodyAndAreNotDoomedThemselves) {
  EXPECT_EQ(doomed_after(5), std::vector<std::string>{"a"});
}

TEST(Devices, NamesAreNoPartOfTheDigest) {
  const auto digest = [](const std::string& name) {
    return compile_body("objects: { " + name + ": timerfd }\nthreads:\n  t:\n    - read(" + name +
                        ")\n")
        ->digest;
  };
  EXPECT_EQ(digest("tick"), digest("tock"));
}

// ---- What the compiler says ---------------------------------------------------------------------

std::string file_with(const std::string& objects, const std::string& line) {
  return "wakesim: 1\nname: x/y\nabout: z\n" + objects + "threads:\n  a:\n    - " + line + "\n";
}

TEST(DevicesSay, NoProgramCallsForThem) {
  EXPECT_EQ(said_about(file_with("objects: { tick: timerfd }\n", "timerfd.expire(tick)")),
            R"(t.yaml:7:7: error: only a name can be called

  7 │     - timerfd.expire(tick)
    │       ^^^^^^^^^^^^^^
    write  expire(timerfd, ...)
)");
  EXPECT_EQ(said_about(file_with("objects: { c: aio_context(1) }\n", "aio_complete(c)")),
            R"(t.yaml:7:7: error: there is no call `aio_complete`

  7 │     - aio_complete(c)
    │       ^^^^^^^^^^^^^^^
    `wakesim models` lists every call
)");
}

TEST(DevicesSay, WrongCountsAreReportedOnce) {
  for (const char* count : {"-1", "x", "1000001"}) {
    const std::string objects = "objects:\n  tick: timerfd[" + std::string(count) + "]\n";
    const std::string text = said_about(file_with(objects, "sleep 1ms"));
    EXPECT_NE(text.find("t.yaml:5:17: error: `tick` needs a constant count, 1 to 1000000"),
              std::string::npos)
        << text;
    EXPECT_EQ(text.find("error:"), text.rfind("error:")) << text;
  }
}

TEST(DevicesSay, TooManyAreRefused) {
  EXPECT_EQ(said_about(file_with(
                "types: { t: { a: \"timerfd[50]\" } }\nobjects: { x: \"t[41]\" }\n", "sleep 1ms")),
            R"(t.yaml:5:12: error: more than 2000 objects with a device of their own

  5 │ objects: { x: "t[41]" }
    │            ^
    every timerfd has its timer, every aio_context its disk
)");
}

TEST(DevicesSay, TypesThatHoldThemselvesAreRefusedFirst) {
  EXPECT_EQ(
      said_about(file_with("types: { t: { a: timerfd, b: t } }\nobjects: { x: t }\n", "sleep 1ms")),
      R"(t.yaml:4:30: error: a `t` cannot hold a `t`: it would have no end

  4 │ types: { t: { a: timerfd, b: t } }
    │                              ^
    │          - declared here
)");
}

}  // namespace
}  // namespace wakesim::testing
