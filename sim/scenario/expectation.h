// `expect:` in all its forms, and `when:`.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/matrix.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// The numbers that names in `outcomes:` stand for.
using ConstantLookup = std::function<std::optional<std::int64_t>(std::string_view)>;

// The value of an expression of numbers and constants; nothing if it has anything else.
std::optional<std::int64_t> evaluate(const ast::Expression& expression,
                                     const ConstantLookup& constants);

// Reads the rows for one instance after the other, and remembers which rows were ever meant.
class Expectations {
 public:
  Expectations(const std::vector<Axis>& axes, std::vector<std::string> variants,
               Diagnostics& diagnostics)
      : axes_(axes), variants_(std::move(variants)), diagnostics_(diagnostics) {}

  // What `node` (an `expect:`, or null) says about this instance.
  ast::Expectation expectation_of(const Node* node, const ast::Instance& instance,
                                  const ConstantLookup& constants);

  // Call at the end: rows that never matched are errors.
  void check_all_matched();

 private:
  using Place = std::pair<std::uint32_t, std::uint32_t>;

  void read_word(const Node& word, ast::Expectation& expectation);
  void read_row(const Node& row, const ast::Instance& instance, const ConstantLookup& constants,
                ast::Expectation& expectation);
  bool matches(const Node& when, const ast::Instance& instance);
  bool matches_axis(const Entry& condition, const ast::Instance& instance);
  void set_verdict(ast::Expectation::Verdict verdict, const Location& where,
                   ast::Expectation& expectation);
  void set_count(const Entry& entry, std::optional<std::int64_t>& count);
  void read_outcomes(const Node& node, const ast::Instance& instance,
                     const ConstantLookup& constants, ast::Expectation& expectation);
  std::map<std::string, std::int64_t> read_outcome(const Node& node, const ast::Instance& instance,
                                                   const ConstantLookup& constants);

  const std::vector<Axis>& axes_;
  std::vector<std::string> variants_;
  Diagnostics& diagnostics_;
  std::map<Place, std::pair<Location, bool>> rows_;  // Seen; did it match?
  std::optional<Location> verdict_place_;            // Of the instance being read.
};

}  // namespace wakesim
