// The radix heap against the textbook: std::priority_queue over (time, order of insertion).

#include "sim/schedule/event_queue.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

#include "sim/random.h"

namespace wakesim {
namespace {

using Reference = std::tuple<std::int64_t, std::uint32_t>;  // Time, serial.
using ReferenceQueue =
    std::priority_queue<Reference, std::vector<Reference>, std::greater<Reference>>;

Event event(std::int64_t time_ns, std::uint32_t serial) {
  return {time_ns, Event::Kind::Timer, 7, serial};
}

// Pushes and pops at random, delays of up to `delay_max`; small delays make many equal times.
void compare_with_reference(std::uint64_t seed, std::uint32_t delay_max) {
  Random random(seed);
  EventQueue queue;
  ReferenceQueue reference;
  std::int64_t now = 0;
  std::uint32_t serial = 0;
  for (int i = 0; i < 20'000; ++i) {
    const bool pushes = reference.empty() || random.below(100) < 52;
    if (pushes) {
      const std::int64_t time = now + random.below(delay_max);
      queue.push(event(time, ++serial));
      reference.emplace(time, serial);
      continue;
    }
    const auto [time, number] = reference.top();
    reference.pop();
    const Event taken = queue.pop();
    ASSERT_EQ(taken.time_ns, time) << "seed " << seed;
    ASSERT_EQ(taken.serial, number) << "seed " << seed;
    now = time;
  }
  ASSERT_EQ(queue.size(), reference.size());
}

TEST(EventQueue, OrderIsThatOfAPriorityQueueWithInsertionOrderAmongEqualTimes) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (const std::uint32_t delay_max : {1u, 3u, 100u, 4096u, 1'000'000'000u}) {
      compare_with_reference(seed, delay_max);
    }
  }
}

TEST(EventQueue, RemovingKeepsTheOrderOfTheOthers) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 1000; ++i) queue.push(event(i % 10, i));
  for (int i = 0; i < 5; ++i) queue.pop();  // Serials 0, 10, .., 40 at time 0.
  queue.remove_if([](const Event& each) { return each.serial % 2 != 0 || each.serial % 3 == 0; });
  Reference last{-1, 0};
  std::size_t left = 0;
  while (!queue.is_empty()) {
    const Event taken = queue.pop();
    EXPECT_EQ(taken.serial % 2, 0u);
    EXPECT_NE(taken.serial % 3, 0u);
    EXPECT_LT(last, Reference(taken.time_ns, taken.serial));
    last = {taken.time_ns, taken.serial};
    ++left;
  }
  // 333 of 0 .. 999 are even and no multiple of 3; 10, 20 and 40 were taken before.
  EXPECT_EQ(left, 330u);
}

TEST(EventQueueDeathTest, NothingIsScheduledInThePast) {
  EventQueue queue;
  queue.push(event(100, 1));
  queue.pop();
  EXPECT_EXIT(queue.push(event(99, 2)), testing::ExitedWithCode(70), "internal error");
}

}  // namespace
}  // namespace wakesim
