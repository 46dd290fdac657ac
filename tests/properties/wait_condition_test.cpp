// What a sleeping thread waits for, where the layout of the state could mislead the judge.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "properties/judges.h"
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

}  // namespace
}  // namespace wakesim
