// What a sleeping thread waits for, where the layout of the state could mislead the judge.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "properties/judges.h"
#include "sim/explore/check.h"
#include "sim/schedule/timed.h"
#include "tests/laws/harness.h"

namespace wakesim {
namespace {

// Each loop that looks again goes to the head of the queue and becomes its neighbours' neighbour.
// In the timed layout that changes links behind their entries, which is no work found.
TEST(WaitCondition, ToBeLinkedElsewhereIsNoWork) {
  const auto system = laws::compile_text(R"(wakesim: 1
name: tests/loops
about: Event loops on one eventfd.
objects:
  bell: eventfd(0, EFD_NONBLOCK)
  jobs: queue(4)
threads:
  loop[4]:
    - forever:
        - poll(bell=IN)
        - read(bell)
        - drain(jobs)
  worker:
    - push(jobs, 1)
    - write(bell, 1)
)",
                                         {.layout = LayoutKind::Timed});
  ASSERT_NE(system, nullptr);
  const Executor executor(*system);
  TimedStrategy strategy(executor, {});
  Execution execution;
  strategy.take(execution);
  ASSERT_EQ(execution.end, Execution::End::Rest);

  std::vector<ThreadId> blocked;
  for (std::size_t t = 0; t < system->thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (!executor.has_ended(execution.state.data(), thread)) blocked.push_back(thread);
  }
  ASSERT_EQ(blocked.size(), 4u);
  const auto findings =
      DefaultJudge().at_rest(executor, execution.state.data(), blocked, Occasion::Rest);
  EXPECT_TRUE(findings.empty()) << findings.front().property;
}

// How a check of the thread `t`, with objects and other threads around it, comes out.
std::string verdict(const std::string& thread, const std::string& last = "read(e)",
                    const std::string& switches = "") {
  const auto system = laws::compile_text(R"(wakesim: 1
name: tests/alone
about: Who calls this a lost wakeup?
objects:
  e: eventfd(0, EFD_NONBLOCK)
  jobs: queue(4)
  flag: word(0)
  p: pipe
  ep: epoll(watch(e, IN))
  edge: epoll(watch(e, IN|ET))
  once: epoll(watch(e, IN|ONESHOT))
  outer: epoll(watch(ep, IN))
  both: epoll(watch(e, IN), watch(p[1], OUT|ET))
)" + switches + "threads:\n  t:\n" + thread +
                                             R"(  other:
    - push(jobs, 1)
    - write(e, 1)
    - )" + last + "\n",
                                         {});
  if (system == nullptr) return "does not compile";
  const CheckResult result = check(*system, DefaultJudge(), {});
  if (result.violations.empty()) return "holds";
  return result.violations.front().property + ": " + result.violations.front().sentence;
}

// Nothing that they wait for is there: nobody was ever going to end this.
TEST(WaitCondition, APollThatNothingSatisfiesIsStuck) {
  for (const char* call :
       {"poll(e=IN)", "ppoll(e=IN)", "select(e=IN)", "pselect(e=IN)", "poll(ep=IN)"}) {
    const std::string line = "    - " + std::string(call) + "\n";
    EXPECT_EQ(verdict(line), "no-stuck-thread: t waits for ever in `" +
                                 std::string(call).substr(0, std::string(call).find('(')) + "`")
        << call;
  }
}

TEST(WaitCondition, AnEpollWaitThatNothingSatisfiesIsStuck) {
  for (const char* epoll : {"ep", "edge", "once", "outer"}) {
    const std::string call = "    - epoll_wait(" + std::string(epoll) + ", maxevents=1)\n";
    EXPECT_EQ(verdict(call), "no-stuck-thread: t waits for ever in `epoll_wait`") << epoll;
  }
}

// An item that was reported ONESHOT is armed for nothing: what its file has does not count.
TEST(WaitCondition, ADisarmedItemIsNotWaitedFor) {
  EXPECT_EQ(verdict("    - repeat 2: epoll_wait(once, maxevents=1)\n", "fence()"),
            "no-stuck-thread: t waits for ever in `epoll_wait`");
}

// The file has what the item asks for, but the list of what is ready does not say so: because the
// program used up the edge, or because of a mistake of the kernel's.
TEST(WaitCondition, AnEpollWaitBesideAReadyItemIsLost) {
  EXPECT_EQ(verdict("    - repeat 2: epoll_wait(edge, maxevents=1)\n", "fence()"),
            "no-lost-wakeup: t sleeps for ever, although e is ready (edge-triggered and not on the "
            "ready list)");
  const std::string silent = "machine: { switches: [eventfd.write-wakes-nobody] }\n";
  EXPECT_EQ(verdict("    - epoll_wait(ep, maxevents=1)\n", "fence()", silent),
            "no-lost-wakeup: t sleeps for ever, although e is ready");
  EXPECT_EQ(verdict("    - epoll_wait(outer, maxevents=1)\n", "fence()", silent),
            "no-lost-wakeup: t sleeps for ever, although ep is ready");
}

// A pipe that can be written to is told once; a loop that had no use for that is at rest, and one
// that need not be told again is not: a level is told while it lasts.
TEST(WaitCondition, AServiceMayRestAfterAnEdge) {
  const std::string loop = "    - forever:\n        - epoll_wait(both, maxevents=2)\n";
  EXPECT_EQ(verdict(loop + "        - read(e)\n"), "holds");
  EXPECT_EQ(verdict(loop, "fence()", "machine: { switches: [epoll.level-not-requeued] }\n"),
            "no-lost-wakeup: t sleeps for ever, although e is ready");
}

// The doorbell is silent, but a job is there: what it would do is the condition.
TEST(WaitCondition, APollBeforeWorkIsLost) {
  const std::string sentence =
      "no-lost-wakeup: t sleeps for ever, although it would find work if it looked again: jobs "
      "would change";
  EXPECT_EQ(verdict("    - forever:\n        - poll(e=IN)\n        - drain(jobs)\n"), sentence);
  EXPECT_EQ(verdict("    - poll(e=IN)\n    - drain(jobs)\n"), sentence);
}

// A mistake of the kernel's: what they wait for is there, and they sleep.
TEST(WaitCondition, APollThatSleepsBesideAReadyDescriptorIsLost) {
  EXPECT_EQ(verdict("    - poll(e=IN)\n", "fence()",
                    "machine: { switches: [eventfd.write-wakes-nobody] }\n"),
            "no-lost-wakeup: t sleeps for ever, although e is ready");
}

}  // namespace
}  // namespace wakesim
