#include "properties/owners.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include "sim/program/system.h"

namespace wakesim {

std::vector<ThreadId> owner_cycle(const Executor& executor, const std::byte* state,
                                  ThreadId thread) {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  const std::size_t count = executor.system().thread_count();
  Graph graph(count);
  std::vector<std::int64_t> owners(count, -1);
  for (std::size_t t = 0; t < count; ++t) {
    const auto each = static_cast<ThreadId>(t);
    if (!executor.is_blocked(state, each)) continue;
    owners[t] = owner_of(executor, state, each);
    if (owners[t] >= 0) boost::add_edge(t, static_cast<std::size_t>(owners[t]), graph);
  }
  std::vector<std::size_t> component(count);
  boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  // Everybody waits for one owner at most, so a component is a cycle or a single thread.
  std::vector<ThreadId> cycle;
  std::size_t at = index(thread);
  do {
    if (owners[at] < 0 || component[at] != component[index(thread)]) return {};
    cycle.push_back(static_cast<ThreadId>(at));
    at = static_cast<std::size_t>(owners[at]);
  } while (at != index(thread) && cycle.size() <= count);
  return at == index(thread) ? cycle : std::vector<ThreadId>{};
}

}  // namespace wakesim
