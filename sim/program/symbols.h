// What the names of a scenario mean while it is compiled.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/program/catalogue.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"

namespace wakesim {

struct Scope;

// The meaning of one name.
struct Symbol {
  enum class Kind : std::uint8_t {
    Constant,  // value
    Word,      // Words first .. first + count - 1; is_array tells x from x[1].
    Object,    // System::objects[first]
    Thread,    // Threads first .. first + count - 1.
    Local,     // Local `first`.
    Member,    // A `with:` value that the program never changes: member value `first`.
    List,      // A call's list result: n in local `first`, entries behind it.
    Entry,     // `ev` of `for ev in evs`: an entry of a list; its index is in local `index_local`.
    Alias,     // A function's parameter: the caller's expression, in the caller's scope.
  };
  Kind kind = Kind::Constant;
  std::int64_t value = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 1;
  bool is_array = false;
  const CallRow* row = nullptr;                 // List, Entry: whose fields.
  std::uint32_t entries = 0;                    // List, Entry: how many there may be.
  std::uint32_t index_local = 0;                // Entry.
  const ast::Expression* expression = nullptr;  // Alias.
  const Scope* scope = nullptr;                 // Alias.
  Location where;
};

// A thread's or an inlined function's own names. Functions do not see their callers' locals.
struct Scope {
  std::map<std::string, Symbol, std::less<>> names;
};

// Names that mean the same everywhere in the scenario.
struct Symbols {
  std::map<std::string, Symbol, std::less<>> names;
  std::map<std::string, const CallRow*, std::less<>> calls;
  std::map<std::string, const ast::Function*, std::less<>> functions;

  const Symbol* find(std::string_view name) const {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &found->second;
  }
  std::vector<std::string> all_names() const;
  std::vector<std::string> all_calls() const;
};

// The value of an expression over numbers and constants, or nothing.
std::optional<std::int64_t> fold(const ast::Expression& expression, const Symbols& symbols);

// One unary or binary operator of C on 64-bit values; nothing for a division by zero.
std::optional<std::int64_t> fold_operator(std::string_view op, std::int64_t left,
                                          std::int64_t right);

}  // namespace wakesim
