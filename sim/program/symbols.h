// What the names of a scenario mean while it is compiled.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/program/catalogue.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"

namespace wakesim {

struct Fields;
struct Scope;

// The meaning of one name.
struct Symbol {
  enum class Kind : std::uint8_t {
    Constant,  // value
    Word,      // Words first .. , as many as the extents make.
    Object,    // System::objects[first]
    Record,    // An object of a kind that `types:` defines: its fields.
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
  // Word, Object, Record: elements by index, outermost first, those of records around it included.
  std::vector<std::uint32_t> extents;
  std::shared_ptr<const Fields> fields;         // Record.
  const ast::ObjectType* type = nullptr;        // Record.
  const CallRow* row = nullptr;                 // List, Entry: whose fields.
  std::uint32_t entries = 0;                    // List, Entry: how many there may be.
  std::uint32_t index_local = 0;                // Entry.
  const ast::Expression* expression = nullptr;  // Alias.
  const Scope* scope = nullptr;                 // Alias.
  Location where;
};

struct Fields {
  std::map<std::string, Symbol, std::less<>> names;
};

// A thread's or an inlined function's own names. Functions do not see their callers' locals.
struct Scope {
  bool sees_all = true;  // False in a function of an include: only what includes declare.
  std::map<std::string, Symbol, std::less<>> names;
};

// Which include defines a type or a function of this name, as `include:` names it; empty: none.
using IncludeOf = std::function<std::string(std::string_view name)>;

// Names that mean the same everywhere in the scenario.
struct Symbols {
  std::map<std::string, Symbol, std::less<>> names;
  std::map<std::string, const CallRow*, std::less<>> calls;
  std::map<std::string, const ast::Function*, std::less<>> functions;
  IncludeOf include_of;  // May be null.

  const Symbol* find(std::string_view name) const {
    const auto found = names.find(name);
    return found == names.end() ? nullptr : &found->second;
  }
  std::vector<std::string> all_names() const;
  std::vector<std::string> all_calls() const;
};

// What to do about a name that some include defines; empty if none does.
std::string include_hint(const Symbols& symbols, std::string_view name);

// The value of an expression over numbers and leaves that have one, or nothing. A leaf is a name or
// a call.
using LeafValue = std::function<std::optional<std::int64_t>(const ast::Expression& leaf)>;
std::optional<std::int64_t> fold(const ast::Expression& expression, const LeafValue& value_of);
// A call of a function of constants (CallRow::constant).
std::optional<std::int64_t> fold_call(const ast::Expression& call, const Symbols& symbols,
                                      const LeafValue& value_of);
// The same over what is a constant everywhere.
std::optional<std::int64_t> fold(const ast::Expression& expression, const Symbols& symbols);

// One unary or binary operator of C on 64-bit values; nothing for a division by zero.
std::optional<std::int64_t> fold_operator(std::string_view op, std::int64_t left,
                                          std::int64_t right);

}  // namespace wakesim
