// A scenario after the YAML is gone: what the loader hands to the compiler, and what tests build by
// hand. Names are not resolved yet; every node knows where it was written.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/diagnostic.h"

namespace wakesim::ast {

struct Argument;

// An expression as C writes it. Durations (`10ms`) are numbers in nanoseconds.
struct Expression {
  enum class Kind : std::uint8_t {
    Number,  // value; is_duration tells `10ms` from 10000000
    Name,    // name: a local, word, object, thread, constant, errno (EAGAIN), flag or `inf`
    Index,   // operands[0] [ operands[1] ]
    Member,  // operands[0] . name
    Call,    // name ( arguments )
    Unary,   // op operands[0]         op is one of - ! ~
    Binary,  // operands[0] op operands[1]; op ".." in an argument makes a range
    Group,   // ( operands[0] ): kept, so that diagnostics can quote what was written
  };

  Kind kind = Kind::Number;
  bool is_duration = false;
  std::int64_t value = 0;
  std::string name;
  std::string op;  // As written: "==", "<<", "&&", ...
  std::vector<Expression> operands;
  std::vector<Argument> arguments;
  Location where;
};

struct Argument {
  std::string name;  // Empty: positional.
  Expression value;
  Location where = {};  // Of the name.
};

struct Block;

// One line, or one block head with its body.
struct Statement {
  enum class Kind : std::uint8_t {
    Assign,    // target op value        op is "=", "+=", "-=", "|=", ...
    Evaluate,  // value alone: a call, a load, an atomic operation
    If,        // value; body; otherwise (present when has_otherwise)
    While,     // value; body
    Forever,   // body
    Repeat,    // value: how often; body
    ForIn,     // name in value; body
    Break,
    Continue,
    Return,    // value, if has_value
    Assert,    // value
    Await,     // value
    Assume,    // value
    Atomic,    // body
    Either,    // branches: each a body; the checker tries all
    WaitsFor,  // value: the condition; body
    Try,       // body; otherwise is the `cleanup:`
    Sleep,     // value: nanoseconds
    Work,      // value: nanoseconds
  };

  Kind kind = Kind::Evaluate;
  std::string op;
  std::string name;
  Expression target;
  Expression value;
  bool has_value = false;
  bool has_otherwise = false;
  std::vector<Statement> body;
  std::vector<Statement> otherwise;
  std::vector<std::vector<Statement>> branches;
  std::vector<std::string> branch_names;  // Of an `either:` written as a map; else empty.
  std::string text;                       // The line as written, without `- `: what traces show.
  Location where;
};

// `name: kind[count](arguments)`; the count brackets may be absent.
struct Object {
  std::string name;
  std::string kind;
  std::optional<Expression> count;
  std::vector<Argument> arguments;
  std::vector<Expression> elements;  // `sig: [0, 1]`: an array of words with these values.
  Location where;
  Location kind_where;
};

// `types:`: an object of kind `name` stands for one object per field, `x.field`.
struct ObjectType {
  std::string name;
  std::vector<Object> fields;
  Location where;
};

struct Function {
  std::string name;
  std::vector<std::string> parameters;
  std::vector<Statement> body;
  Location where;
};

struct Handler {  // on SIGUSR1 [restart]:
  std::string signal;
  bool restart = false;
  std::vector<Statement> body;
  Location where;
};

struct Thread {
  std::string name;
  std::optional<Expression> count;  // waiter[3]
  // with: name -> one value, or one per member. A scalar is a list of one.
  std::vector<std::pair<std::string, std::vector<Expression>>> with;
  std::optional<Expression> start;
  std::optional<bool> daemon;
  bool is_interrupt = false;  // role: interrupt
  bool is_device = false;     // Nobody wrote it: see ObjectRow::device.
  std::vector<Handler> handlers;
  std::vector<Statement> body;
  Location where;
};

struct Property {
  enum class Kind : std::uint8_t { Always, Never, Sometimes, Finally, Eventually, LeadsTo };
  std::string name;
  Kind kind = Kind::Always;
  Expression value;
  Expression consequence;  // LeadsTo only.
  std::string text;
  Location where;
};

// One expression of `observe:`, with its spelling, which is its key in outcomes.
struct Observation {
  std::string key;
  Expression value;
};

struct Machine {
  std::int64_t cpus = 1;
  std::string memory = "sc";  // sc | tso
  std::string kernel;         // Empty: the default of the catalogue.
  std::string libc;
  std::vector<std::pair<std::string, std::string>> switches;  // name -> value ("on" when bare)
  std::vector<Location> switch_places;
  std::int64_t spurious = 0;
  Location where;
  Location kernel_where;
  Location libc_where;
};

// What the author expects of one instance. Everything absent is not checked.
struct Expectation {
  enum class Verdict : std::uint8_t { Proved, Violated, Bounded, Unknown };
  Verdict verdict = Verdict::Proved;
  bool is_written = false;            // False: the wish is "proved".
  std::vector<std::string> violated;  // Any of these may be the headline.
  std::vector<Location> violated_places;
  std::optional<std::vector<std::map<std::string, std::int64_t>>> outcomes;
  std::optional<std::int64_t> states;
  std::optional<std::int64_t> schedules;
  std::optional<std::int64_t> traces;
  Location where;
};

// `judge: [no-deadlock, no-stuck-thread(early)]`: which default properties apply, and to whom.
struct JudgedProperty {
  std::string name;
  std::vector<std::string> threads;  // Empty: all.
  Location where;
};

// One scenario, one variant, one cell of its matrix: everything substituted and merged.
struct Instance {
  std::string scenario;  // The file's `name:`.
  std::string about;
  std::string variant;  // Empty where the file has none.
  std::string variant_about;
  std::vector<std::pair<std::string, std::string>> cell;  // Axis -> value, in the file's order.
  std::vector<std::string> teaches;

  Machine machine;
  std::vector<std::pair<std::string, Expression>> constants;
  std::vector<ObjectType> types;
  std::vector<Object> objects;
  std::vector<Function> functions;
  std::set<std::string, std::less<>> included;  // Constants and objects that includes declare.
  std::vector<Thread> threads;
  std::vector<Property> properties;
  std::vector<Observation> observe;
  std::optional<std::vector<JudgedProperty>> judge;
  Expectation expect;
};

// A whole file. `instances` are in the order of the file: variants outside, cells inside.
struct File {
  std::string name;  // The scenario's name.
  std::string about;
  std::vector<Instance> instances;
  SourceFiles sources;  // [0] is the file itself; includes follow.
};

}  // namespace wakesim::ast
