// The search's own containers against what they stand for.

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <vector>

#include "sim/explore/components.h"
#include "sim/explore/edge_log.h"
#include "sim/explore/frontier.h"
#include "sim/explore/visited.h"

namespace wakesim {
namespace {

// Spreads small numbers over 64 bits.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 31)) * 0x9e3779b97f4a7c15;
  return (value ^ (value >> 29)) * 0xbf58476d1ce4e5b9;
}

Fingerprint key(std::uint64_t number) { return {mix(number), mix(number + 1'000'003) | 1}; }

TEST(VisitedSet, NumbersStatesInTheOrderOfDiscoveryWhileItGrows) {
  VisitedSet set;
  constexpr std::uint32_t kStates = 100'000;
  for (std::uint32_t i = 0; i < kStates; ++i) {
    const auto found = set.insert(key(i));
    ASSERT_TRUE(found.is_new);
    ASSERT_EQ(found.number, i);
  }
  for (std::uint32_t i = 0; i < kStates; ++i) {
    ASSERT_EQ(set.find(key(i)), i);
    ASSERT_FALSE(set.insert(key(i)).is_new);
  }
  EXPECT_EQ(set.find(key(kStates)), VisitedSet::kAbsent);
  EXPECT_EQ(set.size(), kStates);
}

TEST(VisitedSet, KeepsKeysThatShareTheirFirstSlotsApart) {
  VisitedSet set;
  for (std::uint64_t i = 0; i < 200; ++i) {
    ASSERT_EQ(set.insert({i, (std::uint64_t{5} << 54) + i}).number, i);
  }
  // Growth moves the whole run; every key must still be found.
  for (std::uint32_t i = 0; i < 5'000; ++i) set.insert(key(i));
  for (std::uint64_t i = 0; i < 200; ++i) {
    ASSERT_EQ(set.find({i, (std::uint64_t{5} << 54) + i}), i);
  }
}

TEST(VisitedSet, StaysInsideItsMemoryBudget) {
  constexpr std::uint32_t kStates = 200'000;
  VisitedSet growing;
  for (std::uint32_t i = 0; i < kStates; ++i) growing.insert(key(i));
  EXPECT_LE(growing.memory_bytes(), 34u * kStates);
  VisitedSet presized(kStates);
  const std::uint64_t at_first = presized.memory_bytes();
  for (std::uint32_t i = 0; i < kStates; ++i) presized.insert(key(i));
  EXPECT_LE(presized.memory_bytes(), 22u * kStates);
  EXPECT_EQ(presized.memory_bytes(), at_first + 12u * kStates);  // It did not grow.
}

TEST(Frontier, GivesBackWhatWasPushedAndStartsAnew) {
  constexpr std::size_t kBytes = 24;
  constexpr std::uint8_t kStates = 200;
  Frontier frontier(kBytes);
  for (int round = 0; round < 2; ++round) {
    for (std::uint8_t i = 0; i < kStates; ++i) {
      const std::vector<std::byte> state(kBytes, std::byte{static_cast<std::uint8_t>(i + round)});
      frontier.push(state.data());
    }
    ASSERT_EQ(frontier.size(), kStates);
    for (std::uint8_t i = 0; i < kStates; ++i) {
      ASSERT_EQ(frontier[i][0], std::byte{static_cast<std::uint8_t>(i + round)});
      ASSERT_EQ(frontier[i][kBytes - 1], frontier[i][0]);
    }
    frontier.clear();
    EXPECT_EQ(frontier.memory_bytes(), kBytes * kStates);
  }
}

TEST(EdgeLog, GivesBackItsEdges) {
  EdgeLog log;
  std::vector<std::vector<std::uint32_t>> expected(50'000);
  for (std::uint32_t from = 0; from < expected.size(); from += 1 + from % 3) {
    for (std::uint32_t i = 0; i < from % 4; ++i) {
      const auto to = static_cast<std::uint32_t>(mix(from * 7 + i) % expected.size());
      log.add(from, to);
      expected[from].push_back(to);
    }
  }
  const StateGraph graph = log.graph(static_cast<std::uint32_t>(expected.size()));
  ASSERT_EQ(graph.size(), expected.size());
  for (std::uint32_t from = 0; from < expected.size(); ++from) {
    const std::vector<std::uint32_t> found(
        graph.targets.begin() + static_cast<std::ptrdiff_t>(graph.offsets[from]),
        graph.targets.begin() + static_cast<std::ptrdiff_t>(graph.offsets[from + 1]));
    ASSERT_EQ(found, expected[from]);
  }
}

StateGraph graph_of(const std::vector<std::vector<std::uint32_t>>& successors) {
  StateGraph graph;
  for (const auto& targets : successors) {
    graph.offsets.push_back(graph.targets.size());
    graph.targets.insert(graph.targets.end(), targets.begin(), targets.end());
  }
  graph.offsets.push_back(graph.targets.size());
  return graph;
}

TEST(Components, ADiamondHasNoCycleAndTwoPaths) {
  const StateGraph graph = graph_of({{1, 2}, {3}, {3}, {}});
  EXPECT_FALSE(has_cycle(graph));
  EXPECT_TRUE(find_components(graph).bottom.empty());
  EXPECT_EQ(count_paths(graph), 2u);
}

TEST(Components, OnlyComponentsThatNobodyLeavesAreBottom) {
  // 1 and 2 form a cycle with a way out; 3 and 4 one without.
  const StateGraph graph = graph_of({{1}, {2}, {1, 3}, {4}, {3}});
  const Components components = find_components(graph);
  EXPECT_TRUE(components.has_cycle);
  ASSERT_EQ(components.bottom.size(), 1u);
  EXPECT_EQ(components.bottom[0], (std::vector<std::uint32_t>{3, 4}));
  EXPECT_EQ(count_paths(graph), std::nullopt);
}

TEST(Components, AStateThatLeadsToItselfRunsForEver) {
  const StateGraph graph = graph_of({{0, 1}, {1}});
  ASSERT_EQ(find_components(graph).bottom.size(), 1u);
  EXPECT_EQ(find_components(graph).bottom[0], std::vector<std::uint32_t>{1});
}

}  // namespace
}  // namespace wakesim
