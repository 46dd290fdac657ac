// Turns the statements of one thread, or one expression over a whole state, into instructions.

#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/program/symbols.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

class CodeWriter {
 public:
  // `members`: names of the thread's `with:` values, by index. Threads that a program may observe
  // (predicates) are marked in `system.threads`.
  CodeWriter(System& system, const Symbols& symbols, Code& code, Diagnostics& diagnostics);

  // A thread's whole program.
  void write_program(const ast::Thread& thread, const std::vector<std::string>& members,
                     bool is_unwindable);
  // Before the program is written: count(syscalls, thread) will ask.
  void count_calls();
  // Once properties and observations have named what they read: locals that nobody does.
  // A local may be unread only because the line that reads it is wrong: then nothing is said.
  void report_unread_locals();
  // A property or an observation: any number of accesses, locals as `thread.local`.
  void write_observation(const ast::Expression& expression);
  // As that, for a `start:`: programs depend on what it looks at.
  void write_start(const ast::Expression& expression);

 private:
  struct Loop {
    std::vector<std::size_t> breaks;     // Jumps to patch to the end.
    std::vector<std::size_t> continues;  // Jumps to patch to the next round.
    std::size_t region = 0;
    bool is_barrier = false;  // An inlined function: break and continue stop here.
  };
  struct Inlining {
    const ast::Function* function = nullptr;
    std::vector<std::size_t> returns;
    std::optional<std::uint32_t> result;  // Local that takes `return value`.
    std::size_t loops_outside = 0;        // Loops open when the function was entered.
  };
  // What the line being written does.
  struct Line {
    std::size_t start = 0;
    std::vector<const ast::Expression*> accesses;
    bool calls = false;
    bool chooses = false;
    bool buffers = false;
    bool drains = false;
    bool is_open = false;
  };

  // Evaluates what is written in a function's argument where it was written.
  class InScope {
   public:
    InScope(CodeWriter& writer, const Scope* scope)
        : writer_(writer), outer_(std::exchange(writer.scope_, const_cast<Scope*>(scope))) {}
    ~InScope() { writer_.scope_ = outer_; }
    InScope(const InScope&) = delete;
    InScope& operator=(const InScope&) = delete;

   private:
    CodeWriter& writer_;
    Scope* outer_;
  };

  // Statements (code_writer.cpp).
  void write_block(const std::vector<ast::Statement>& block);
  void write_statement(const ast::Statement& statement);
  void write_assign(const ast::Statement& statement);
  void write_evaluate(const ast::Statement& statement);
  void write_if(const ast::Statement& statement);
  void write_while(const ast::Statement& statement);
  void write_forever(const ast::Statement& statement);
  void write_repeat(const ast::Statement& statement);
  void write_for(const ast::Statement& statement);
  void write_return(const ast::Statement& statement);
  void write_atomic(const ast::Statement& statement);
  void write_either(const ast::Statement& statement);
  void write_waits_for(const ast::Statement& statement);
  void write_condition_line(const ast::Statement& statement, Op op);
  void write_sleep(const ast::Statement& statement);
  void write_end(std::string text);
  std::uint32_t return_local();
  void close_loop(std::size_t next_round);
  void note_exit(std::size_t jump);
  std::size_t open_region(WaitRegion::Kind kind, std::string text);

  // Handlers and cleanup blocks (interrupt_writer.cpp).
  void write_try(const ast::Statement& statement);
  bool may_be_unwound_anywhere() const;
  void write_end_of_try(const ast::Statement& statement);
  void write_handlers(const ast::Thread& thread);
  void write_unwound_end(bool is_unwindable);
  void share_locals_with_handlers();

  // Lines.
  void begin_line(const ast::Statement& statement);
  void end_line();
  std::size_t emit(Op op, std::size_t a = 0, std::int64_t b = 0);
  void emit_number(std::int64_t value);
  void patch(const std::vector<std::size_t>& jumps, std::size_t target);
  void patch(std::size_t jump, std::size_t target);
  std::size_t here() const { return code_.instructions.size(); }

  // Locals.
  std::uint32_t new_local(std::string name);
  std::uint32_t unread_local();
  bool is_shared_target(const ast::Expression& target);
  bool may_be_local(const ast::Expression& target);
  std::uint32_t assign_local(const ast::Expression& target);
  std::uint32_t hidden_local() { return new_local({}); }

  // Expressions (expression_writer.cpp). `value` pushes one number.
  void value(const ast::Expression& expression);
  void value_of_name(const ast::Expression& expression);
  void value_of_symbol(const Symbol& symbol, const ast::Expression& expression);
  void load(const ast::Expression& expression);
  void value_of_index(const ast::Expression& expression);
  void value_of_member(const ast::Expression& expression);
  void value_of_operator(const ast::Expression& expression);
  void value_of_call(const ast::Expression& expression);
  void unknown_call(const ast::Expression& call);
  std::string spelled_here(const ast::Expression& call) const;
  void observe_local(const ast::Expression& expression);
  void atomic_operation(const ast::Expression& expression, Op op, std::size_t operands);
  void choice(const ast::Expression& expression);
  void count(const ast::Expression& expression);
  void predicate(const ast::Expression& expression, PredicateSite::Kind kind);
  void access(const ast::Expression& expression);
  std::vector<ThreadId> threads_of(const ast::Expression& expression);

  // Paths (path_writer.cpp): an object or a field, and its indices, outermost first.
  struct Path {
    struct Index {
      const ast::Expression* value;
      const ast::Expression* array;  // Behind which it stands.
      const Scope* scope;            // Where it was written.
    };
    const Symbol* symbol = nullptr;
    std::vector<Index> indices;
    const ast::Expression* argument = nullptr;  // What a parameter at its root stands for.
  };
  std::optional<Path> path(const ast::Expression& expression);
  bool enter_field(const ast::Expression& expression, Path& path);
  bool has_all_indices(const ast::Expression& expression, const Path& path);
  void path_error(const ast::Expression& expression, const Path& path, std::string message,
                  std::string hint = {});
  // What a path begins with, null if nothing has that name.
  const Symbol* base_of(const ast::Expression& expression);
  // A field of an object, or of something that has none: no list, entry or thread.
  bool is_object_path(const ast::Expression& expression);
  // The element that the indices pick.
  struct Offset {
    std::int64_t fixed = 0;  // By constant indices.
    std::int64_t span = 0;   // The others add up to 0 .. span, on the stack.
    bool is_pushed = false;
  };
  enum class Bounds : std::uint8_t { Checked, LeftToTheAccess };
  std::optional<Offset> offset(const Path& path, const std::vector<std::uint32_t>& extents,
                               Bounds bounds);
  // A word, or an element chosen by an index that is pushed; returns {first word, count or 0}.
  struct Place {
    std::uint32_t first = 0;
    std::size_t indexed = 0;
    bool is_valid = false;
  };
  Place place(const ast::Expression& expression);

  // Calls (call_writer.cpp).
  void hoist(const ast::Expression& expression, const ast::Statement& statement);
  void hoist_one(const ast::Expression& expression, const ast::Statement& statement);
  bool is_function(const ast::Expression& expression) const;
  const CallRow* call_row(const ast::Expression& expression) const;
  void inline_function(const ast::Expression& call, const ast::Statement& statement,
                       std::optional<std::uint32_t> result);
  void model_call(const ast::Expression& expression, const CallRow& row,
                  const ast::Statement* statement, std::optional<std::string> list_name);
  void push_arguments(const ast::Expression& expression, const CallRow& row, CallSite& site);
  void unknown_argument(const ast::Argument& argument, const CallRow& row);
  void add_names_for(const Parameter& pairs, std::vector<std::string>& names) const;
  void push_argument(const Parameter& parameter, const ast::Expression& argument, CallSite& site);
  void push_constant(std::int64_t value, CallSite& site);
  void push_typed(ParameterType type, const Parameter& parameter, const ast::Expression& argument,
                  CallSite& site);
  void refuse_misuse(const Parameter& parameter, const ast::Expression& argument,
                     std::int64_t value);
  void refuse_misuses(const ast::Expression& call, const CallRow& row);
  void refuse_missing_unit(const ast::Expression& duration);
  bool has_unit(const ast::Expression& duration);
  bool name_has_unit(const std::string& name);
  void push_word(const ast::Expression& argument, CallSite& site);
  void push_object(const Parameter& parameter, ParameterType type, const ast::Expression& argument,
                   CallSite& site);
  void not_an_object(const Parameter& parameter, const ast::Expression& argument);
  bool fits(const Parameter& parameter, ParameterType type, const ast::Expression& argument,
            const Path& where);
  void push_handle(const ast::Expression& argument, const Path& where, CallSite& site);
  void push_thread(const ast::Expression& argument, CallSite& site);

  // Names.
  const Symbol* resolve(const ast::Expression& name);
  const Symbol* find(const std::string& name) const;
  void unknown_name(const ast::Expression& expression);
  std::string without_prefix(std::string_view name) const;
  void error(const ast::Expression& expression, std::string message, std::string hint = {});
  std::optional<std::int64_t> constant(const ast::Expression& expression);

  System& system_;
  const Symbols& symbols_;
  Code& code_;
  Diagnostics& diagnostics_;
  Scope thread_scope_;
  Scope* scope_ = &thread_scope_;
  std::vector<Loop> loops_;
  std::vector<Inlining> inlinings_;
  Line line_;
  int atomic_depth_ = 0;
  std::uint32_t cleanup_ = kNoCleanup;   // The innermost `try:` around the statement.
  std::vector<std::string> conditions_;  // Of the `if`s around the statement being written.
  bool is_observing_ = false;
  bool is_start_ = false;
  bool has_errors_ = false;       // Of the program.
  std::set<std::string> unmade_;  // Locals of lines that were wrong: what they are is not known.
  const ast::Statement* statement_ = nullptr;
  // Calls inside expressions run before their line; their results wait in locals.
  std::map<const ast::Expression*, std::uint32_t> hoisted_;
  // For "assigned and never read": where a plain value was stored, and what has been read.
  std::map<std::uint32_t, Location> plain_;
  std::set<std::uint32_t> read_;
  std::vector<std::unique_ptr<Scope>> scopes_;  // Of inlined functions.
};

// `futex_wait(seq, s)` again, from the syntax tree.
std::string to_text(const ast::Expression& expression);
// `futex_wait(word, val, [timeout])`, for messages.
std::string signature(const CallRow& row);
// The opposite of a condition: `avail != 0` for `avail == 0`.
std::string negated_text(const ast::Expression& expression);

}  // namespace wakesim
