// Litmus tests under SC and x86-TSO, and small programs with known numbers of states: plain data.
//
// Sources     SB, MP, LB, S, R, 2+2W, WRC, RWC, WRW+2W and their fenced forms: the x86 catalogue of
//             herdtools7. n4b, IRIW, self-forwarding, Peterson's entry: Owens, Sarkar, Sewell, "A
//             better x86 memory model: x86-TSO", TPHOLs 2009.
// Outcomes    distinct results (registers and final memory) of the whole program, counted by two
//             exhaustive store-buffer models that share no code with this project.
// States      readers, lastzero, casrot, ainc, sb: benchmarks of Flanagan and Godefroid (POPL
// 2005),
//             Abdulla and others (POPL 2014), GenMC and Nidhugg; counted by an independent search.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wakesim::litmus {

using Lines = std::vector<std::string>;  // One thread's program, as in a scenario.

// `t0.a` is local a of the first thread, `x` a word when all store buffers are empty.
struct Value {
  std::string key;
  std::int64_t value;
};

struct LitmusTest {
  std::string name;                // As the literature spells it.
  std::vector<std::string> words;  // All start at 0.
  std::vector<Lines> threads;
  std::vector<std::string> observed;  // Registers and words: together they make an outcome.
  std::vector<Value> condition;       // The final condition in question.
  bool sc_allows;
  bool tso_allows;
  std::size_t sc_outcomes;
  std::size_t tso_outcomes;
};

// Under sc, on the canonical graph: local steps collapsed, dead locals cleared.
struct StateCount {
  std::string name;
  std::vector<std::string> objects;  // As in a scenario: "x: word(0)".
  std::vector<Lines> threads;
  std::vector<std::string> observed;  // Keeps these locals alive, so it changes the count.
  std::uint64_t states;
};

const std::vector<LitmusTest>& litmus_tests();
const std::vector<StateCount>& state_counts();

}  // namespace wakesim::litmus
