// The naive world against outcomes worked out by hand from the manual pages, and against the
// published outcomes of litmus programs. Whoever doubts a disagreement with wakesim looks here
// first.

#include "tests/oracle/world.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <vector>

#include "tests/oracle/explorer.h"

namespace oracle {
namespace {

using Kind = Operation::Kind;
using Values = std::set<std::vector<Value>>;

constexpr std::size_t kStatesMax = 100000;

Operation load(int word, int destination) {
  return {.kind = Kind::Load, .object = word, .destination = destination};
}
Operation store(int word, Value value) {
  return {.kind = Kind::Store, .object = word, .a = constant(value)};
}
Operation exchange(int word, Value value) {
  return {.kind = Kind::Exchange, .object = word, .a = constant(value)};
}
Operation fence() { return {.kind = Kind::Fence}; }
Operation futex_wait(int word, Value value, int destination = -1) {
  return {.kind = Kind::FutexWait,
          .object = word,
          .a = constant(value),
          .b = constant(kAnyBit),
          .destination = destination};
}
Operation futex_wake(int word, Value count, int destination = -1) {
  return {.kind = Kind::FutexWake,
          .object = word,
          .a = constant(count),
          .b = constant(kAnyBit),
          .destination = destination};
}
Operation eventfd_read(int eventfd, int destination) {
  return {.kind = Kind::EventfdRead, .object = eventfd, .destination = destination};
}
Operation eventfd_write(int eventfd, Value value, int destination = -1) {
  return {.kind = Kind::EventfdWrite,
          .object = eventfd,
          .a = constant(value),
          .destination = destination};
}
Operation pipe_read(Value bytes, int destination) {
  return {.kind = Kind::PipeRead, .object = 0, .a = constant(bytes), .destination = destination};
}
Operation pipe_write(Value bytes, int destination = -1) {
  return {.kind = Kind::PipeWrite, .object = 0, .a = constant(bytes), .destination = destination};
}
Operation lock(int mutex) { return {.kind = Kind::Lock, .object = mutex}; }
Operation unlock(int mutex) { return {.kind = Kind::Unlock, .object = mutex}; }

Observation see_word(int word) { return {Observation::Kind::Word, -1, word}; }
Observation see(int thread, int number) { return {Observation::Kind::Local, thread, number}; }

Values outcomes(const Program& program) {
  const Exploration exploration = explore(program, kStatesMax);
  EXPECT_TRUE(exploration.is_complete);
  return observed_values(exploration);
}

std::set<std::vector<int>> stuck(const Program& program) {
  std::set<std::vector<int>> threads;
  for (const Outcome& outcome : explore(program, kStatesMax).outcomes) {
    threads.insert(outcome.stuck);
  }
  return threads;
}

// ---- Words ------------------------------------------------------------------------------------

TEST(OracleWords, UnsignedWordsWrap) {
  Program program{
      .words = {0},
      .threads = {
          {{{.kind = Kind::FetchAdd, .object = 0, .a = constant(-1), .destination = 0}}, 1}}};
  program.observed = {see_word(0), see(0, 0)};
  EXPECT_EQ(outcomes(program), (Values{{0xffffffff, 0}}));
}

TEST(OracleWords, FailedCompareExchangeChangesNothing) {
  Program program{.words = {5},
                  .threads = {{{{.kind = Kind::CompareExchange,
                                 .object = 0,
                                 .a = constant(4),
                                 .b = constant(9),
                                 .destination = 0}},
                               1}}};
  program.observed = {see_word(0), see(0, 0)};
  EXPECT_EQ(outcomes(program), (Values{{5, 5}}));
}

TEST(OracleWords, AwaitOfWhatNeverComesIsStuck) {
  Program program{
      .words = {0},
      .threads = {{{{.kind = Kind::Await, .object = 0, .a = constant(1)}}, 0}, {{store(0, 2)}, 0}}};
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{0}}));
}

TEST(OracleWords, AwaitMayMissAValueThatDoesNotStay) {
  Program program{.words = {0},
                  .threads = {{{{.kind = Kind::Await, .object = 0, .a = constant(1)}}, 0},
                              {{store(0, 1), store(0, 2)}, 0}}};
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}, {0}}));
}

TEST(OracleWords, NothingFallsInsideAnAtomicBlock) {
  const Operation twice{.kind = Kind::Atomic,
                        .body = {{.kind = Kind::FetchAdd, .object = 0, .a = constant(1)},
                                 {.kind = Kind::FetchAdd, .object = 0, .a = constant(1)}}};
  Program program{.words = {0}, .threads = {{{twice}, 0}, {{load(0, 0)}, 1}}};
  program.observed = {see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{0}, {2}}));
}

TEST(OracleWords, JoinWaitsForTheEnd) {
  Program program{.words = {0},
                  .threads = {{{store(0, 1), store(0, 2)}, 0},
                              {{{.kind = Kind::Join, .object = 0}, load(0, 0)}, 1}}};
  program.observed = {see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{2}}));
}

// Store buffers: outcomes as in the x86-TSO literature (Sewell and others, CACM 2010) and the
// herdtools catalogue.
Values store_buffering(bool is_tso, const std::vector<Operation>& between, bool exchanges = false) {
  const auto thread = [&](int mine, int other) {
    ThreadProgram result{{exchanges ? exchange(mine, 1) : store(mine, 1)}, 1};
    result.operations.insert(result.operations.end(), between.begin(), between.end());
    result.operations.push_back(load(other, 0));
    return result;
  };
  Program program{.words = {0, 0}, .threads = {thread(0, 1), thread(1, 0)}};
  program.observed = {see(0, 0), see(1, 0)};
  program.is_tso = is_tso;
  return outcomes(program);
}

TEST(OracleStoreBuffers, BothMayReadZeroUnderTsoOnly) {
  EXPECT_EQ(store_buffering(false, {}), (Values{{0, 1}, {1, 0}, {1, 1}}));
  EXPECT_EQ(store_buffering(true, {}), (Values{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
}

TEST(OracleStoreBuffers, FencesAndLockedInstructionsForbidIt) {
  EXPECT_EQ(store_buffering(true, {fence()}), (Values{{0, 1}, {1, 0}, {1, 1}}));
  EXPECT_EQ(store_buffering(true, {}, true), (Values{{0, 1}, {1, 0}, {1, 1}}));
}

TEST(OracleStoreBuffers, MessagePassingNeedsNoFence) {
  Program program{.words = {0, 0},
                  .threads = {{{store(0, 1), store(1, 1)}, 0}, {{load(1, 0), load(0, 1)}, 2}}};
  program.observed = {see(1, 0), see(1, 1)};
  program.is_tso = true;
  EXPECT_EQ(outcomes(program), (Values{{0, 0}, {0, 1}, {1, 1}}));
}

TEST(OracleStoreBuffers, AThreadSeesItsOwnStores) {
  Program program{.words = {0}, .threads = {{{store(0, 1), load(0, 0)}, 1}}};
  program.observed = {see(0, 0), see_word(0)};
  program.is_tso = true;
  EXPECT_EQ(outcomes(program), (Values{{1, 1}}));
}

// x=1; y=1 || y=2; a=x: y=2 with a=0 needs store buffers (test R of the catalogue).
TEST(OracleStoreBuffers, OutcomesOfRAreThreeAndFour) {
  Program program{.words = {0, 0},
                  .threads = {{{store(0, 1), store(1, 1)}, 0}, {{store(1, 2), load(0, 0)}, 1}}};
  program.observed = {see_word(1), see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{1, 0}, {1, 1}, {2, 1}}));
  program.is_tso = true;
  EXPECT_EQ(outcomes(program), (Values{{1, 0}, {1, 1}, {2, 0}, {2, 1}}));
}

// ---- futex(2) ---------------------------------------------------------------------------------

TEST(OracleFutex, WaitOnAChangedWordSaysEagain) {
  Program program{.words = {1}, .threads = {{{futex_wait(0, 0, 0)}, 1}}};
  program.observed = {see(0, 0)};
  EXPECT_EQ(outcomes(program), (Values{{-EAGAIN}}));
}

TEST(OracleFutex, WakeBeforeWaitIsNotRemembered) {
  Program program{.words = {0},
                  .threads = {{{futex_wait(0, 0, 0)}, 1}, {{futex_wake(0, 1, 0)}, 1}}};
  program.observed = {see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{0}, {1}}));
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}, {0}}));
}

TEST(OracleFutex, ChangingTheWordFirstMakesItSafe) {
  Program program{.words = {0},
                  .threads = {{{futex_wait(0, 0, 0)}, 1}, {{store(0, 1), futex_wake(0, 1, 0)}, 1}}};
  program.observed = {see(0, 0), see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{-EAGAIN, 0}, {0, 1}}));
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}}));
}

TEST(OracleFutex, OneWakeLeavesTheOtherWaiter) {
  Program program{
      .words = {0},
      .threads = {{{futex_wait(0, 0)}, 0}, {{futex_wait(0, 0)}, 0}, {{futex_wake(0, 1, 0)}, 1}}};
  program.observed = {see(2, 0)};
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{0}, {1}, {0, 1}}));
  EXPECT_EQ(outcomes(program), (Values{{0}, {1}}));
}

TEST(OracleFutex, TimeoutAndWakeBothHappen) {
  Operation wait = futex_wait(0, 0, 0);
  wait.wait = Wait::AtMost;
  Program program{.words = {0}, .threads = {{{wait}, 1}, {{futex_wake(0, 1, 0)}, 1}}};
  program.observed = {see(0, 0), see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{-ETIMEDOUT, 0}, {0, 1}}));
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}}));
}

TEST(OracleFutex, BitsetsThatShareNoBitDoNotMatch) {
  Operation wait = futex_wait(0, 0);
  wait.b = constant(1);
  Operation other = futex_wake(0, 1, 0);
  other.b = constant(2);
  Operation none = futex_wake(0, 1, 1);
  none.b = constant(0);
  Program program{.words = {0}, .threads = {{{wait}, 0}, {{other, none}, 2}}};
  program.observed = {see(1, 0), see(1, 1)};
  EXPECT_EQ(outcomes(program), (Values{{0, -EINVAL}}));
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{0}}));
}

TEST(OracleFutex, WakeOpWakesTheSecondWordsWaitersIfItWasZero) {
  const Operation wake_op{.kind = Kind::FutexWakeOp,
                          .object = 0,
                          .second = 1,
                          .a = constant(1),
                          .b = constant(1),
                          .c = constant(1),
                          .destination = 0};
  Operation again = wake_op;
  again.destination = 1;
  Program program{.words = {0, 0}, .threads = {{{futex_wait(1, 0)}, 0}, {{wake_op, again}, 2}}};
  program.observed = {see_word(1), see(1, 0), see(1, 1)};
  EXPECT_EQ(outcomes(program), (Values{{2, 0, 0}, {2, 1, 0}}));
}

Operation requeue(Value wake, Value move, Value expected, int destination) {
  return {.kind = Kind::FutexCmpRequeue,
          .object = 0,
          .second = 1,
          .a = constant(wake),
          .b = constant(move),
          .c = constant(expected),
          .destination = destination};
}

TEST(OracleFutex, RequeueCountsWokenAndMoved) {
  Program program{.words = {0, 0},
                  .threads = {{{futex_wait(0, 0)}, 0},
                              {{futex_wait(0, 0)}, 0},
                              {{requeue(1, 1, 0, 0), futex_wake(1, 2, 1)}, 2}}};
  program.observed = {see(2, 0), see(2, 1)};
  EXPECT_EQ(outcomes(program), (Values{{0, 0}, {1, 0}, {2, 1}}));
}

// Thread 2 moves the first waiter and only then lets the second one come: if something was moved,
// the wake finds that one.
TEST(OracleFutex, WakeTakesTheOldestFirst) {
  Program program{
      .words = {0, 0, 0},
      .threads = {{{futex_wait(0, 0)}, 0},
                  {{{.kind = Kind::Await, .object = 2, .a = constant(1)}, futex_wait(1, 0)}, 0},
                  {{requeue(0, 1, 0, 0), store(2, 1), futex_wake(1, 1, 1)}, 2}}};
  program.observed = {see(2, 0), see(2, 1)};
  std::set<Outcome> moved;
  for (const Outcome& outcome : explore(program, kStatesMax).outcomes) {
    if (outcome.observed[0] == 1) moved.insert(outcome);
  }
  EXPECT_EQ(moved, (std::set<Outcome>{{.observed = {1, 1}, .stuck = {1}}}));
}

TEST(OracleFutex, RequeueComparesFirst) {
  Program program{.words = {1, 0}, .threads = {{{requeue(1, 1, 0, 0)}, 1}}};
  program.observed = {see(0, 0)};
  EXPECT_EQ(outcomes(program), (Values{{-EAGAIN}}));
}

// ---- eventfd(2) -------------------------------------------------------------------------------

TEST(OracleEventfd, ReadTakesTheWholeCountOrOne) {
  for (const bool is_semaphore : {false, true}) {
    Program program{.eventfds = {{.count = 3, .is_semaphore = is_semaphore}},
                    .threads = {{{eventfd_read(0, 0)}, 1}}};
    program.observed = {see(0, 0)};
    EXPECT_EQ(outcomes(program), (Values{{is_semaphore ? 1 : 3}}));
  }
}

TEST(OracleEventfd, TwoReadersOneWriteLeavesOneAsleep) {
  Program program{
      .eventfds = {{}},
      .threads = {
          {{eventfd_read(0, 0)}, 1}, {{eventfd_read(0, 0)}, 1}, {{eventfd_write(0, 2)}, 0}}};
  program.observed = {see(0, 0), see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{0, 2}, {2, 0}}));
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{0}, {1}}));
}

TEST(OracleEventfd, NonblockingReadOfZeroSaysEagain) {
  Program program{.eventfds = {{.is_nonblocking = true}}, .threads = {{{eventfd_read(0, 0)}, 1}}};
  program.observed = {see(0, 0)};
  EXPECT_EQ(outcomes(program), (Values{{-EAGAIN}}));
}

TEST(OracleEventfd, TheLargestCountIsTwoBelowTheEnd) {
  Program program{.eventfds = {{.is_nonblocking = true}},
                  .threads = {{{eventfd_write(0, -1, 0), eventfd_write(0, -2, 1),
                                eventfd_write(0, 0, 2), eventfd_write(0, 1, 3)},
                               4}}};
  program.observed = {see(0, 0), see(0, 1), see(0, 2), see(0, 3)};
  EXPECT_EQ(outcomes(program), (Values{{-EINVAL, 8, 8, -EAGAIN}}));
}

TEST(OracleEventfd, BlockedWriterGoesOnAfterARead) {
  Program program{.eventfds = {{}},
                  .threads = {{{eventfd_write(0, -2), eventfd_write(0, 2, 0)}, 1},
                              {{eventfd_read(0, 0), eventfd_read(0, 1)}, 2}}};
  program.observed = {see(0, 0), see(1, 0), see(1, 1)};
  EXPECT_EQ(outcomes(program), (Values{{8, -2, 2}}));
}

// ---- pipe(7) ----------------------------------------------------------------------------------

TEST(OraclePipe, ReadTakesWhatIsThere) {
  Program program{.pipes = {{}},
                  .threads = {{{pipe_write(1), pipe_write(2)}, 0}, {{pipe_read(3, 0)}, 1}}};
  program.observed = {see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{1}, {3}}));
}

TEST(OraclePipe, ReadAfterTheLastWriterIsEndOfFile) {
  Program program{.pipes = {{}},
                  .threads = {{{pipe_write(1), {.kind = Kind::PipeCloseWriteEnd, .object = 0}}, 0},
                              {{pipe_read(3, 0), pipe_read(3, 1)}, 2}}};
  program.observed = {see(1, 0), see(1, 1)};
  EXPECT_EQ(outcomes(program), (Values{{1, 0}}));
}

TEST(OraclePipe, WriteWithoutReaderIsEpipe) {
  Program program{
      .pipes = {{}},
      .threads = {{{{.kind = Kind::PipeCloseReadEnd, .object = 0}}, 0}, {{pipe_write(1, 0)}, 1}}};
  program.observed = {see(1, 0)};
  EXPECT_EQ(outcomes(program), (Values{{1}, {-EPIPE}}));
}

TEST(OraclePipe, AFullPipeBlocksTheWriter) {
  Program program{
      .pipes = {{.capacity = 4096}},
      .threads = {{{pipe_write(4096), pipe_write(4096)}, 0}, {{pipe_read(4096, 0)}, 1}}};
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}}));
  program.threads.pop_back();
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{0}}));
}

// ---- poll(2) ----------------------------------------------------------------------------------

Operation poll(std::vector<Watch> watches, Wait wait = Wait::Forever) {
  Operation operation{.kind = Kind::Poll, .destination = 0, .wait = wait};
  for (std::size_t i = 0; i < watches.size(); ++i) {
    operation.revents.push_back(static_cast<int>(i) + 1);
  }
  operation.watches = std::move(watches);
  return operation;
}

TEST(OraclePoll, ReturnsOnlyWhenReady) {
  Program program{
      .eventfds = {{}},
      .threads = {{{poll({{.object = 0, .events = kIn}})}, 2}, {{eventfd_write(0, 1)}, 0}}};
  program.observed = {see(0, 0), see(0, 1)};
  EXPECT_EQ(outcomes(program), (Values{{1, kIn}}));
}

TEST(OraclePoll, TimeoutZeroLooksOnce) {
  Program program{.eventfds = {{}},
                  .threads = {{{poll({{.object = 0, .events = kIn}}, Wait::NotAtAll)}, 2},
                              {{eventfd_write(0, 1)}, 0}}};
  program.observed = {see(0, 0), see(0, 1)};
  EXPECT_EQ(outcomes(program), (Values{{0, 0}, {1, kIn}}));
}

TEST(OraclePoll, DescriptorsAreLookedAtOneAfterTheOther) {
  // Both become ready in order, yet the second may be seen without the first.
  Program program{.eventfds = {{}, {}},
                  .threads = {{{poll({{.object = 0}, {.object = 1}})}, 3},
                              {{eventfd_write(0, 1), eventfd_write(1, 1)}, 0}}};
  program.observed = {see(0, 0), see(0, 1), see(0, 2)};
  EXPECT_EQ(outcomes(program), (Values{{1, 0, kIn}, {1, kIn, 0}, {2, kIn, kIn}}));
}

TEST(OraclePoll, HangUpIsReportedUnasked) {
  Program program{
      .pipes = {{}},
      .threads = {{{poll({{.source = Watch::Source::PipeReadEnd, .object = 0, .events = kIn}})}, 2},
                  {{{.kind = Kind::PipeCloseWriteEnd, .object = 0}}, 0}}};
  program.observed = {see(0, 0), see(0, 1)};
  EXPECT_EQ(outcomes(program), (Values{{1, kHup}}));
}

TEST(OraclePoll, AFullEventfdIsNotWritable) {
  Program program{.eventfds = {{}},
                  .threads = {{{eventfd_write(0, -2),
                                poll({{.object = 0, .events = kIn | kOut}}, Wait::NotAtAll)},
                               2}}};
  program.observed = {see(0, 0), see(0, 1)};
  EXPECT_EQ(outcomes(program), (Values{{1, kIn}}));
}

// ---- Mutexes and queues -----------------------------------------------------------------------

TEST(OracleMutex, LocksInOppositeOrderMayDeadlock) {
  Program program{.mutexes = 2,
                  .threads = {{{lock(0), lock(1), unlock(1), unlock(0)}, 0},
                              {{lock(1), lock(0), unlock(0), unlock(1)}, 0}}};
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}, {0, 1}}));
}

TEST(OracleMutex, TrylockFailsWhileHeld) {
  Program program{
      .mutexes = 1,
      .threads = {{{lock(0)}, 0}, {{{.kind = Kind::Trylock, .object = 0, .destination = 0}}, 1}}};
  program.observed = {see(1, 0)};
  EXPECT_EQ(stuck(program), (std::set<std::vector<int>>{{}, {0}}));
  EXPECT_EQ(outcomes(program), (Values{{0}, {1}}));
}

TEST(OracleQueue, ItemsLeaveInOrderAndAnEmptyQueueSaysEagain) {
  const auto queue = [](Kind kind, int destination) {
    return Operation{.kind = kind, .object = 0, .destination = destination};
  };
  Program program{.queue_capacities = {2},
                  .threads = {{{{.kind = Kind::Push, .object = 0, .a = constant(7)},
                                {.kind = Kind::Push, .object = 0, .a = constant(8)},
                                queue(Kind::Length, 0),
                                queue(Kind::Front, 1),
                                queue(Kind::Pop, 2),
                                queue(Kind::Drain, 3),
                                queue(Kind::Pop, 4)},
                               5}}};
  program.observed = {see(0, 0), see(0, 1), see(0, 2), see(0, 3), see(0, 4)};
  EXPECT_EQ(outcomes(program), (Values{{2, 7, 7, 1, -EAGAIN}}));
}

// ---- The explorer itself ----------------------------------------------------------------------

// sb(N): N threads in a ring, each `x[i] = 1; r = x[i + 1]`. 13, 51, 193, 723 states are known from
// an independent program.
TEST(OracleExplorer, StatesOfTheStoreBufferRing) {
  const std::size_t expected[] = {13, 51, 193, 723};
  for (int n = 2; n <= 5; ++n) {
    Program program;
    program.words.assign(n, 0);
    for (int i = 0; i < n; ++i) {
      program.threads.push_back({{store(i, 1), load((i + 1) % n, 0)}, 1});
      program.observed.push_back(see(i, 0));
    }
    const Exploration exploration = explore(program, kStatesMax);
    EXPECT_EQ(exploration.states, expected[n - 2]) << "N = " << n;
    EXPECT_EQ(exploration.outcomes.size(), (std::size_t{1} << n) - 1) << "N = " << n;
  }
}

TEST(OracleExplorer, ALimitIsReported) {
  Program program{.words = {0}, .threads = {{{store(0, 1), store(0, 2)}, 0}}};
  EXPECT_FALSE(explore(program, 2).is_complete);
  EXPECT_TRUE(explore(program, 3).is_complete);
}

}  // namespace
}  // namespace oracle
