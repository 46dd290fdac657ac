#include "tests/litmus/litmus_table.h"

#include <string>
#include <utility>
#include <vector>

namespace wakesim::litmus {
namespace {

std::string number(int value) { return std::to_string(value); }

// x = 42 beside n threads that read x once.
StateCount readers(int n, std::uint64_t states) {
  StateCount program{"readers(" + number(n) + ")", {"x: word(0)"}, {{"x = 42"}}, {}, states};
  for (int i = 0; i < n; ++i) program.threads.push_back({"load(x)"});
  return program;
}

// n atomic increments of one word.
StateCount ainc(int n, std::uint64_t states) {
  StateCount program{"ainc(" + number(n) + ")", {"x: word(0)"}, {}, {}, states};
  for (int i = 0; i < n; ++i) program.threads.push_back({"fetch_add(x, 1)"});
  return program;
}

// Thread i = 1..n: compare-and-swap of x from i-1 to i.
StateCount casrot(int n, std::uint64_t states) {
  StateCount program{"casrot(" + number(n) + ")", {"x: word(0)"}, {}, {}, states};
  for (int i = 1; i <= n; ++i) {
    program.threads.push_back({"cas(x, " + number(i - 1) + ", " + number(i) + ")"});
  }
  return program;
}

// A ring of n: thread i stores x[i] and loads x[i+1], into a register that is observed or not.
StateCount store_buffering(int n, bool is_observed, std::uint64_t states) {
  StateCount program{"sb(" + number(n) + (is_observed ? ", observed)" : ")"),
                     {"x: word[" + number(n) + "](0)"},
                     {},
                     {},
                     states};
  for (int i = 0; i < n; ++i) {
    const std::string next = "x[" + number((i + 1) % n) + "]";
    program.threads.push_back(
        {"x[" + number(i) + "] = 1", is_observed ? "r = " + next : "load(" + next + ")"});
    if (is_observed) program.observed.push_back("t" + number(i) + ".r");
  }
  return program;
}

// Thread j = 1..n writes a[j] = a[j-1] + 1; a reader looks for the last zero from the top.
StateCount last_zero(int n, std::uint64_t states) {
  StateCount program{
      "lastzero(" + number(n) + ")", {"a: word[" + number(n + 1) + "](0)"}, {}, {}, states};
  program.threads.push_back({"i = " + number(n), "while a[i] != 0: i -= 1"});
  for (int j = 1; j <= n; ++j) {
    program.threads.push_back({"r = a[" + number(j - 1) + "]", "a[" + number(j) + "] = r + 1"});
  }
  return program;
}

}  // namespace

const std::vector<LitmusTest>& litmus_tests() {
  static const std::vector<LitmusTest> table = {
      {.name = "SB",
       .words = {"x", "y"},
       .threads = {{"x = 1", "a = y"}, {"y = 1", "a = x"}},
       .observed = {"t0.a", "t1.a", "x", "y"},
       .condition = {{"t0.a", 0}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 3,
       .tso_outcomes = 4},
      {.name = "SB+mfences",
       .words = {"x", "y"},
       .threads = {{"x = 1", "fence()", "a = y"}, {"y = 1", "fence()", "a = x"}},
       .observed = {"t0.a", "t1.a", "x", "y"},
       .condition = {{"t0.a", 0}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "SB+mfence+po",
       .words = {"x", "y"},
       .threads = {{"x = 1", "fence()", "a = y"}, {"y = 1", "a = x"}},
       .observed = {"t0.a", "t1.a", "x", "y"},
       .condition = {{"t0.a", 0}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 3,
       .tso_outcomes = 4},
      {.name = "SB+rfi-pos",
       .words = {"x", "y"},
       .threads = {{"x = 1", "a = x", "b = y"}, {"y = 1", "a = y", "b = x"}},
       .observed = {"t0.a", "t0.b", "t1.a", "t1.b", "x", "y"},
       .condition = {{"t0.a", 1}, {"t0.b", 0}, {"t1.a", 1}, {"t1.b", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 3,
       .tso_outcomes = 4},
      {.name = "SB+xchgs",
       .words = {"x", "y"},
       .threads = {{"z = xchg(x, 1)", "a = y"}, {"z = xchg(y, 1)", "a = x"}},
       .observed = {"t0.z", "t0.a", "t1.z", "t1.a", "x", "y"},
       .condition = {{"t0.a", 0}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "SB+rfi-po+po-rfi-po",
       .words = {"x", "y", "z"},
       .threads = {{"x = 1", "a = x", "b = y"}, {"y = 1", "z = 1", "a = z", "b = x"}},
       .observed = {"t0.a", "t0.b", "t1.a", "t1.b", "x", "y", "z"},
       .condition = {{"t0.a", 1}, {"t0.b", 0}, {"t1.a", 1}, {"t1.b", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 3,
       .tso_outcomes = 4},
      {.name = "SB3",
       .words = {"x", "y", "z"},
       .threads = {{"x = 1", "a = y"}, {"y = 1", "a = z"}, {"z = 1", "a = x"}},
       .observed = {"t0.a", "t1.a", "t2.a", "x", "y", "z"},
       .condition = {{"t0.a", 0}, {"t1.a", 0}, {"t2.a", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 7,
       .tso_outcomes = 8},
      {.name = "MP",
       .words = {"x", "y"},
       .threads = {{"x = 1", "y = 1"}, {"a = y", "b = x"}},
       .observed = {"t1.a", "t1.b", "x", "y"},
       .condition = {{"t1.a", 1}, {"t1.b", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "LB",
       .words = {"x", "y"},
       .threads = {{"a = x", "y = 1"}, {"a = y", "x = 1"}},
       .observed = {"t0.a", "t1.a", "x", "y"},
       .condition = {{"t0.a", 1}, {"t1.a", 1}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "S",
       .words = {"x", "y"},
       .threads = {{"x = 2", "y = 1"}, {"a = y", "x = 1"}},
       .observed = {"t1.a", "x", "y"},
       .condition = {{"t1.a", 1}, {"x", 2}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "R",
       .words = {"x", "y"},
       .threads = {{"x = 1", "y = 1"}, {"y = 2", "a = x"}},
       .observed = {"t1.a", "x", "y"},
       .condition = {{"y", 2}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 3,
       .tso_outcomes = 4},
      {.name = "R+po+mfence",
       .words = {"x", "y"},
       .threads = {{"x = 1", "y = 1"}, {"y = 2", "fence()", "a = x"}},
       .observed = {"t1.a", "x", "y"},
       .condition = {{"y", 2}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "R+mfences",
       .words = {"x", "y"},
       .threads = {{"x = 1", "fence()", "y = 1"}, {"y = 2", "fence()", "a = x"}},
       .observed = {"t1.a", "x", "y"},
       .condition = {{"y", 2}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "R+po+po-rfi-po",
       .words = {"x", "y", "z"},
       .threads = {{"x = 1", "y = 1"}, {"y = 2", "z = 1", "a = z", "b = x"}},
       .observed = {"t1.a", "t1.b", "x", "y", "z"},
       .condition = {{"y", 2}, {"t1.a", 1}, {"t1.b", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 3,
       .tso_outcomes = 4},
      {.name = "2+2W",
       .words = {"x", "y"},
       .threads = {{"x = 1", "y = 2"}, {"y = 1", "x = 2"}},
       .observed = {"x", "y"},
       .condition = {{"x", 1}, {"y", 1}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "WRC",
       .words = {"x", "y"},
       .threads = {{"x = 1"}, {"a = x", "y = 1"}, {"a = y", "b = x"}},
       .observed = {"t1.a", "t2.a", "t2.b", "x", "y"},
       .condition = {{"t1.a", 1}, {"t2.a", 1}, {"t2.b", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 7,
       .tso_outcomes = 7},
      {.name = "RWC",
       .words = {"x", "y"},
       .threads = {{"x = 1"}, {"a = x", "b = y"}, {"y = 1", "a = x"}},
       .observed = {"t1.a", "t1.b", "t2.a", "x", "y"},
       .condition = {{"t1.a", 1}, {"t1.b", 0}, {"t2.a", 0}},
       .sc_allows = false,
       .tso_allows = true,
       .sc_outcomes = 7,
       .tso_outcomes = 8},
      {.name = "RWC+po+mfence",
       .words = {"x", "y"},
       .threads = {{"x = 1"}, {"a = x", "b = y"}, {"y = 1", "fence()", "a = x"}},
       .observed = {"t1.a", "t1.b", "t2.a", "x", "y"},
       .condition = {{"t1.a", 1}, {"t1.b", 0}, {"t2.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 7,
       .tso_outcomes = 7},
      {.name = "IRIW",
       .words = {"x", "y"},
       .threads = {{"x = 1"}, {"a = x", "b = y"}, {"y = 1"}, {"a = y", "b = x"}},
       .observed = {"t1.a", "t1.b", "t3.a", "t3.b", "x", "y"},
       .condition = {{"t1.a", 1}, {"t1.b", 0}, {"t3.a", 1}, {"t3.b", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 15,
       .tso_outcomes = 15},
      {.name = "WRW+2W",
       .words = {"x", "y"},
       .threads = {{"x = 2"}, {"a = x", "y = 1"}, {"y = 2", "x = 1"}},
       .observed = {"t1.a", "x", "y"},
       .condition = {{"t1.a", 2}, {"x", 2}, {"y", 2}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 9,
       .tso_outcomes = 9},
      {.name = "W+RWC+po+po+mfence",
       .words = {"x", "y", "z"},
       .threads = {{"x = 1", "y = 1"}, {"a = y", "b = z"}, {"z = 1", "fence()", "a = x"}},
       .observed = {"t1.a", "t1.b", "t2.a", "x", "y", "z"},
       .condition = {{"t1.a", 1}, {"t1.b", 0}, {"t2.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 7,
       .tso_outcomes = 7},
      {.name = "ISA2",
       .words = {"x", "y", "z"},
       .threads = {{"x = 1", "y = 1"}, {"a = y", "z = 1"}, {"a = z", "b = x"}},
       .observed = {"t1.a", "t2.a", "t2.b", "x", "y", "z"},
       .condition = {{"t1.a", 1}, {"t2.a", 1}, {"t2.b", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 7,
       .tso_outcomes = 7},
      {.name = "Z6.0+po+po+mfence",
       .words = {"x", "y", "z"},
       .threads = {{"x = 1", "y = 1"}, {"a = y", "z = 1"}, {"z = 2", "fence()", "a = x"}},
       .observed = {"t1.a", "t2.a", "x", "y", "z"},
       .condition = {{"t1.a", 1}, {"z", 2}, {"t2.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 7,
       .tso_outcomes = 7},
      {.name = "CoRR",
       .words = {"x"},
       .threads = {{"x = 1"}, {"a = x", "b = x"}},
       .observed = {"t1.a", "t1.b", "x"},
       .condition = {{"t1.a", 1}, {"t1.b", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "CoWR",
       .words = {"x"},
       .threads = {{"x = 1", "a = x"}, {"x = 2"}},
       .observed = {"t0.a", "x"},
       .condition = {{"t0.a", 2}, {"x", 1}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 3,
       .tso_outcomes = 3},
      {.name = "CoWW",
       .words = {"x"},
       .threads = {{"x = 1", "x = 2"}},
       .observed = {"x"},
       .condition = {{"x", 1}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 1,
       .tso_outcomes = 1},
      {.name = "n4b",
       .words = {"x"},
       .threads = {{"a = x", "x = 1"}, {"a = x", "x = 2"}},
       .observed = {"t0.a", "t1.a", "x"},
       .condition = {{"t0.a", 2}, {"t1.a", 1}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 4,
       .tso_outcomes = 4},
      {.name = "self-forward",
       .words = {"x"},
       .threads = {{"x = 1", "a = x"}},
       .observed = {"t0.a", "x"},
       .condition = {{"t0.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 1,
       .tso_outcomes = 1},
      {.name = "peterson-entry+mfences",
       .words = {"f0", "f1", "turn"},
       .threads = {{"f0 = 1", "turn = 1", "fence()", "a = f1"},
                   {"f1 = 1", "turn = 0", "fence()", "a = f0"}},
       .observed = {"t0.a", "t1.a", "f0", "f1", "turn"},
       .condition = {{"t0.a", 0}, {"t1.a", 0}},
       .sc_allows = false,
       .tso_allows = false,
       .sc_outcomes = 4,
       .tso_outcomes = 4},
  };
  return table;
}

const std::vector<StateCount>& state_counts() {
  static const std::vector<StateCount> table = {
      readers(1, 4),
      readers(3, 16),
      readers(8, 512),
      ainc(3, 8),
      ainc(5, 32),
      casrot(2, 5),
      casrot(3, 11),
      casrot(4, 23),
      casrot(5, 47),
      casrot(6, 95),
      casrot(7, 191),
      casrot(8, 383),
      store_buffering(2, false, 9),
      store_buffering(5, false, 243),
      store_buffering(2, true, 13),
      store_buffering(3, true, 51),
      store_buffering(4, true, 193),
      store_buffering(5, true, 723),
      store_buffering(6, true, 2701),
      last_zero(7, 22093),
  };
  return table;
}

}  // namespace wakesim::litmus
