// Expressions: each pushes one number.

#include <utility>

#include "sim/program/code_writer.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

using Kind = ast::Expression::Kind;

struct Operator {
  std::string_view text;
  Op op;
};

constexpr Operator kBinaryOperators[] = {
    {"+", Op::Add},       {"-", Op::Subtract},   {"*", Op::Multiply},    {"/", Op::Divide},
    {"%", Op::Remainder}, {"<<", Op::ShiftLeft}, {">>", Op::ShiftRight}, {"&", Op::BitAnd},
    {"|", Op::BitOr},     {"^", Op::BitXor},     {"==", Op::Equal},      {"!=", Op::NotEqual},
    {"<", Op::Less},      {"<=", Op::LessEqual}, {">", Op::Greater},     {">=", Op::GreaterEqual},
    {"&&", Op::And},      {"||", Op::Or}};

struct AtomicOperation {
  std::string_view name;
  Op op;
  std::size_t operands;  // Besides the word.
};

constexpr AtomicOperation kAtomicOperations[] = {
    {"load", Op::Load, 0},          {"store", Op::StoreLocked, 1},
    {"xchg", Op::Exchange, 1},      {"cas", Op::CompareExchange, 2},
    {"fetch_add", Op::FetchAdd, 1}, {"fetch_sub", Op::FetchSub, 1},
    {"fetch_and", Op::FetchAnd, 1}, {"fetch_or", Op::FetchOr, 1},
    {"fetch_xor", Op::FetchXor, 1}};

bool is_memory_order(const ast::Argument& argument) {
  static constexpr std::string_view kOrders[] = {"relaxed", "consume", "acquire",
                                                 "release", "acq_rel", "seq_cst"};
  if (argument.value.kind != Kind::Name) return false;
  for (const std::string_view order : kOrders) {
    if (argument.value.name == order) return true;
  }
  return false;
}

// x86: only a sequentially consistent store needs more than a plain one.
bool is_weak_store(const ast::Expression& call) {
  if (call.arguments.empty() || !is_memory_order(call.arguments.back())) return false;
  return call.arguments.back().value.name != "seq_cst";
}

std::string arguments_text(const ast::Expression& call) {
  std::string text;
  for (const ast::Argument& argument : call.arguments) {
    if (!text.empty()) text += ", ";
    if (!argument.name.empty()) text += argument.name + "=";
    text += to_text(argument.value);
  }
  return text;
}

}  // namespace

std::string to_text(const ast::Expression& e) {
  switch (e.kind) {
    case Kind::Number:
      if (!e.name.empty()) return e.name;  // As written: "10ms", "0x10".
      return std::to_string(e.value);
    case Kind::Name:
      return e.name;
    case Kind::Index:
      return to_text(e.operands[0]) + "[" + to_text(e.operands[1]) + "]";
    case Kind::Member:
      return to_text(e.operands[0]) + "." + e.name;
    case Kind::Group:
      return "(" + to_text(e.operands[0]) + ")";
    case Kind::Unary:
      return e.op + to_text(e.operands[0]);
    case Kind::Binary: {
      const std::string space = e.op == ".." ? "" : " ";
      return to_text(e.operands[0]) + space + e.op + space + to_text(e.operands[1]);
    }
    case Kind::Call:
      return e.name + "(" + arguments_text(e) + ")";
  }
  return {};
}

std::string negated_text(const ast::Expression& e) {
  static constexpr std::pair<std::string_view, std::string_view> kOpposites[] = {
      {"==", "!="}, {"<", ">="}, {">", "<="}, {"!=", "=="}, {">=", "<"}, {"<=", ">"}};
  if (e.kind == Kind::Group) return negated_text(e.operands[0]);
  if (e.kind == Kind::Unary && e.op == "!") return to_text(e.operands[0]);
  if (e.kind == Kind::Binary) {
    for (const auto& [op, opposite] : kOpposites) {
      if (e.op != op) continue;
      return to_text(e.operands[0]) + " " + std::string(opposite) + " " + to_text(e.operands[1]);
    }
    return "!(" + to_text(e) + ")";
  }
  return "!" + to_text(e);
}

void CodeWriter::value(const ast::Expression& e) {
  const auto hoisted = hoisted_.find(&e);
  if (hoisted != hoisted_.end()) {
    emit(Op::Local, hoisted->second);
    return;
  }
  switch (e.kind) {
    case Kind::Number:
      emit_number(e.value);
      return;
    case Kind::Name:
      value_of_name(e);
      return;
    case Kind::Index:
      value_of_index(e);
      return;
    case Kind::Member:
      value_of_member(e);
      return;
    case Kind::Group:
      value(e.operands[0]);
      return;
    case Kind::Unary: {
      value(e.operands[0]);
      emit(e.op == "-" ? Op::Negate : e.op == "!" ? Op::Not : Op::Complement);
      return;
    }
    case Kind::Binary:
      value(e.operands[0]);
      value(e.operands[1]);
      value_of_operator(e);
      return;
    case Kind::Call:
      value_of_call(e);
      return;
  }
}

void CodeWriter::value_of_operator(const ast::Expression& e) {
  for (const Operator& known : kBinaryOperators) {
    if (known.text != e.op) continue;
    emit(known.op);
    return;
  }
  error(e, "`" + e.op + "` has no value here",
        e.op == ".." ? "ranges stand in choose(a..b) only" : "");
}

// ---- Names --------------------------------------------------------------------------------------

const Symbol* CodeWriter::find(const std::string& name) const {
  const auto own = scope_->names.find(name);
  if (own != scope_->names.end()) return &own->second;
  const Symbol* const known = symbols_.find(name);
  if (known == nullptr || scope_->sees_all || known->where.line == 0) return known;
  // A function of an include knows what includes declare. Its locals must not become somebody's
  // word because a scenario uses the same name.
  return system_.instance.included.count(name) != 0 ? known : nullptr;
}

// As find, through a function's parameters, with a diagnostic.
const Symbol* CodeWriter::resolve(const ast::Expression& name) {
  const Symbol* symbol = find(name.name);
  if (symbol == nullptr) {
    unknown_name(name);
    return nullptr;
  }
  if (symbol->kind != Symbol::Kind::Alias) return symbol;
  if (symbol->expression->kind != Kind::Name) return symbol;
  const InScope scope(*this, symbol->scope);
  return resolve(*symbol->expression);
}

void CodeWriter::unknown_name(const ast::Expression& e) {
  if (const Symbol* const hidden = symbols_.find(e.name)) {
    Diagnostic diagnostic;
    diagnostic.where = e.where;
    diagnostic.message = "an include does not see `" + e.name + "` of the scenario";
    diagnostic.notes.push_back({hidden->where, "declared here"});
    diagnostic.hints.push_back("give the function a parameter for it");
    diagnostics_.add(std::move(diagnostic));
    return;
  }
  std::vector<std::string> candidates = symbols_.all_names();
  for (const auto& [name, symbol] : scope_->names) candidates.push_back(name);
  std::string guess = without_prefix(e.name);
  if (guess.empty()) guess = closest_name(e.name, candidates);
  Diagnostic diagnostic;
  diagnostic.where = e.where;
  diagnostic.message = "nothing is called `" + e.name + "`";
  if (!guess.empty()) {
    const Symbol* meant = find(guess);
    if (meant != nullptr && meant->where.line != 0) {
      diagnostic.notes.push_back({meant->where, "did you mean this one?"});
    }
    diagnostic.hints.push_back("write  " + guess);
  } else {
    diagnostic.hints.push_back(
        "a local is declared by its first assignment, an object under `objects:`");
  }
  diagnostics_.add(std::move(diagnostic));
}

// IN for EPOLLIN and POLLIN.
std::string CodeWriter::without_prefix(std::string_view name) const {
  for (const std::string_view prefix : system_.catalogue->dropped_prefixes) {
    if (!name.starts_with(prefix)) continue;
    const Symbol* const meant = symbols_.find(name.substr(prefix.size()));
    if (meant != nullptr && meant->kind == Symbol::Kind::Constant) {
      return std::string(name.substr(prefix.size()));
    }
  }
  return {};
}

void CodeWriter::error(const ast::Expression& e, std::string message, std::string hint) {
  diagnostics_.error(e.where, std::move(message), std::move(hint));
}

// A local hides a constant of the same name; a parameter is what it stands for.
std::optional<std::int64_t> CodeWriter::constant(const ast::Expression& e) {
  const LeafValue value_of = [&](const ast::Expression& leaf) -> std::optional<std::int64_t> {
    if (leaf.kind == Kind::Call) return fold_call(leaf, symbols_, value_of);
    const Symbol* const symbol = find(leaf.name);
    if (symbol == nullptr) return std::nullopt;
    if (symbol->kind == Symbol::Kind::Constant) return symbol->value;
    if (symbol->kind != Symbol::Kind::Alias) return std::nullopt;
    const InScope scope(*this, symbol->scope);
    return constant(*symbol->expression);
  };
  return fold(e, value_of);
}

void CodeWriter::value_of_name(const ast::Expression& e) {
  if (e.name == "self" && !is_observing_) {
    emit(Op::Self);
    return;
  }
  const Symbol* symbol = find(e.name);
  if (symbol == nullptr) {
    unknown_name(e);
    emit(Op::Number);
    return;
  }
  value_of_symbol(*symbol, e);
}

void CodeWriter::value_of_symbol(const Symbol& symbol, const ast::Expression& e) {
  switch (symbol.kind) {
    case Symbol::Kind::Constant:
      emit_number(symbol.value);
      return;
    case Symbol::Kind::Word:
    case Symbol::Kind::Record:
      load(e);
      return;
    case Symbol::Kind::Local:
      read_.insert(symbol.first);
      emit(Op::Local, symbol.first);
      return;
    case Symbol::Kind::Member:
      emit(Op::Member, symbol.first);
      return;
    case Symbol::Kind::Thread:
      if (symbol.count == 1) {
        emit_number(symbol.first + 1);
        return;
      }
      error(e, "`" + e.name + "` is a group of threads", "write  " + e.name + "[0]");
      break;
    case Symbol::Kind::List:
      read_.insert(symbol.first);
      error(e, "`" + e.name + "` is a list; its count or error is `" + e.name + ".n`",
            "write  " + e.name + ".n");
      break;
    case Symbol::Kind::Entry:
      error(e, "`" + e.name + "` is an entry of a list; name one of its fields",
            "write  " + e.name + "." + std::string(symbol.row->fields.back()));
      break;
    case Symbol::Kind::Object:
      error(e, "`" + e.name + "` is an object; only calls can use it");
      break;
    case Symbol::Kind::Alias: {
      const InScope scope(*this, symbol.scope);
      value(*symbol.expression);
      return;
    }
  }
  emit(Op::Number);
}

void CodeWriter::access(const ast::Expression& e) {
  if (atomic_depth_ == 0) line_.accesses.push_back(&e);
}

void CodeWriter::value_of_index(const ast::Expression& e) {
  const ast::Expression& base = e.operands[0];
  const Symbol* symbol = base.kind == Kind::Name ? find(base.name) : nullptr;
  if (symbol != nullptr && symbol->kind == Symbol::Kind::Thread) {
    const auto threads = threads_of(e);
    emit_number(threads.empty() ? 0 : index(threads.front()) + 1);
    return;
  }
  load(e);
}

void CodeWriter::load(const ast::Expression& e) {
  const Place where = place(e);
  if (!where.is_valid) {
    emit(Op::Number);
    return;
  }
  access(e);
  emit(Op::Load, where.indexed, where.first);
}

// c.seq, r.n, r[i].revents, ev.fd; in properties and observations also thread.local.
void CodeWriter::value_of_member(const ast::Expression& e) {
  if (is_object_path(e)) return load(e);
  const ast::Expression& base = e.operands[0];
  const ast::Expression& list = base.kind == Kind::Index ? base.operands[0] : base;
  if (list.kind == Kind::Name && unmade_.count(list.name) != 0) {
    emit(Op::Number);
    return;
  }
  const Symbol* symbol = list.kind == Kind::Name ? find(list.name) : nullptr;
  if (symbol != nullptr && symbol->kind == Symbol::Kind::Alias) symbol = resolve(list);
  if (symbol == nullptr) {
    // `thread.r.n`: the count of a list that a call gave to another thread.
    const bool is_count = base.kind == Kind::Member && e.name == "n";
    if (is_count && is_observing_) return observe_local(base);
    if (list.kind == Kind::Name) {
      unknown_name(list);
    } else if (list.kind == Kind::Member) {
      error(e, "of another thread's list only the count can be observed: `" + to_text(list) + ".n`",
            "write  x = " + list.name + "[0]." + e.name + " in the thread and observe its `x`");
    } else {
      error(e, "`" + to_text(base) + "` has no fields");
    }
    emit(Op::Number);
    return;
  }
  if (symbol->kind == Symbol::Kind::Thread) {
    observe_local(e);
    return;
  }
  const bool is_list = symbol->kind == Symbol::Kind::List;
  if (!is_list && symbol->kind != Symbol::Kind::Entry) {
    error(e, "`" + to_text(base) + "` has no fields");
    emit(Op::Number);
    return;
  }
  read_.insert(symbol->first);
  if (is_list && base.kind == Kind::Name) {
    if (e.name != "n") {
      error(e, "`" + list.name + "." + e.name + "` does not exist",
            "write  " + list.name + ".n or " + list.name + "[0]." + e.name);
    }
    emit(Op::Local, symbol->first);
    return;
  }
  const auto& fields = symbol->row->fields;
  std::size_t field = 0;
  while (field < fields.size() && fields[field] != e.name) ++field;
  if (field == fields.size()) {
    std::string known;
    for (const auto name : fields) known += (known.empty() ? "" : ", ") + std::string(name);
    error(e, "an entry of `" + list.name + "` has no field `" + e.name + "`; it has " + known);
    emit(Op::Number);
    return;
  }
  if (is_list) {
    value(base.operands[1]);
  } else {
    emit(Op::Local, symbol->index_local);
  }
  // Entries are `fields` apart: scale the index, then add the field.
  emit(Op::Bound, fields.size(), static_cast<std::int64_t>(symbol->entries));
  emit_number(static_cast<std::int64_t>(field));
  emit(Op::Add);
  emit(Op::LocalAt, symbol->first + 1, static_cast<std::int64_t>(symbol->entries * fields.size()));
}

void CodeWriter::observe_local(const ast::Expression& e) {
  if (!is_observing_) {
    error(e, "a thread cannot read another thread's locals",
          "`thread.local` stands in properties and `observe:`; threads share objects");
    emit(Op::Number);
    return;
  }
  const auto threads = threads_of(e.operands[0]);
  if (threads.size() != 1) {
    if (!threads.empty()) {
      error(e, "`" + to_text(e.operands[0]) + "` is a group of threads; name a member",
            "write  " + to_text(e.operands[0]) + "[0]." + e.name);
    }
    emit(Op::Number);
    return;
  }
  const std::uint32_t code = system_.threads[index(threads[0])].code;
  auto& locals = system_.codes[code].locals;
  for (std::size_t i = 0; i < locals.size(); ++i) {
    // A name of a list result stands for its count: `r.n` is observed as `thread.r`.
    if (locals[i].name != e.name) continue;
    locals[i].is_kept = true;
    emit(Op::ThreadLocal, i, index(threads[0]));
    return;
  }
  diagnostics_.warning(e.where, "`" + to_text(e) + "` is never assigned; it reads 0");
  emit(Op::Number);
}

std::vector<ThreadId> CodeWriter::threads_of(const ast::Expression& e) {
  const ast::Expression& base = e.kind == Kind::Index ? e.operands[0] : e;
  if (base.kind == Kind::Name && base.name == "self" && e.kind == Kind::Name) {
    error(e, "name a thread here; `self` is only a number");
    return {};
  }
  const Symbol* symbol = base.kind == Kind::Name ? resolve(base) : nullptr;
  if (symbol == nullptr || symbol->kind != Symbol::Kind::Thread) {
    if (symbol != nullptr || base.kind != Kind::Name) {
      error(e, "`" + to_text(e) + "` is no thread");
    }
    return {};
  }
  std::vector<ThreadId> result;
  if (e.kind == Kind::Index) {
    const auto member = constant(e.operands[1]);
    if (!member || *member < 0 || *member >= symbol->count) {
      error(e, "`" + base.name + "` has " + std::to_string(symbol->count) + " members");
      return {};
    }
    result.push_back(static_cast<ThreadId>(symbol->first + *member));
    return result;
  }
  for (std::uint32_t i = 0; i < symbol->count; ++i) {
    result.push_back(static_cast<ThreadId>(symbol->first + i));
  }
  return result;
}

// ---- Operations written like calls --------------------------------------------------------------

void CodeWriter::value_of_call(const ast::Expression& e) {
  for (const AtomicOperation& known : kAtomicOperations) {
    if (known.name != e.name) continue;
    atomic_operation(e, known.op, known.operands);
    return;
  }
  if (e.name == "fence") {
    line_.drains = true;
    line_.calls = true;
    emit(Op::Fence);
    emit(Op::Number);
    return;
  }
  if (e.name == "choose") return choice(e);
  if (e.name == "count") return count(e);
  if (e.name == "asleep") return predicate(e, PredicateSite::Kind::Asleep);
  if (e.name == "blocked") return predicate(e, PredicateSite::Kind::Blocked);
  if (e.name == "ended") return predicate(e, PredicateSite::Kind::Ended);
  const auto known = symbols_.calls.find(e.name);
  if (known != symbols_.calls.end() && known->second->constant != nullptr) {
    const auto number = constant(e);
    if (!number)
      error(e, "`" + e.name + "` takes constants", "write  " + signature(*known->second));
    refuse_misuses(e, *known->second);
    emit_number(number.value_or(0));
    return;
  }
  const CallRow* row = call_row(e);
  if (row == nullptr) {
    unknown_call(e);
    emit(Op::Number);
    return;
  }
  if (row->primitive == nullptr) {
    error(e,
          atomic_depth_ > 0
              ? "`" + e.name + "` takes several steps, so it cannot stand in `atomic:`"
              : "`" + e.name + "` takes several steps, so it cannot stand here",
          "give it a line of its own: r = " + to_text(e));
    emit(Op::Number);
    return;
  }
  access(e);
  if (is_observing_ && !row->is_pure) {
    error(e, "`" + e.name + "` changes something; it cannot stand in a condition that only looks");
  }
  // A primitive that only looks is a plain read: waitqueue_active() has no barrier.
  if (!is_observing_) line_.drains = line_.drains || !row->is_pure;
  model_call(e, *row, nullptr, std::nullopt);
}

// A call of C's that is spelled otherwise here, or an operation of a library that is not included,
// is told from a slip of the finger.
void CodeWriter::unknown_call(const ast::Expression& e) {
  std::string hint = spelled_here(e);
  if (hint.empty()) hint = include_hint(symbols_, e.name);
  if (hint.empty()) {
    const std::string guess = closest_name(e.name, symbols_.all_calls());
    hint = guess.empty() ? "`wakesim models` lists every call" : "write  " + guess + "(...)";
  }
  error(e, "there is no call `" + e.name + "`", std::move(hint));
}

std::string CodeWriter::spelled_here(const ast::Expression& call) const {
  for (const SpellingRow& row : system_.catalogue->spellings) {
    if (row.name != call.name) continue;
    if (row.here.empty()) return std::string(row.advice);
    std::string text;
    for (std::size_t i = 0; i < row.here.size(); ++i) {
      const char next = row.here[i] == '$' ? row.here[++i] : '\0';
      if (next == '\0') {
        text += row.here[i];
      } else if (next == '*' || call.arguments.empty()) {
        text += arguments_text(call);
      } else {
        text += to_text(call.arguments.front().value);
      }
    }
    return "write  " + std::string(trim(text));
  }
  return {};
}

void CodeWriter::atomic_operation(const ast::Expression& e, Op op, std::size_t operands) {
  std::size_t given = e.arguments.size();
  const bool weak_store = op == Op::StoreLocked && is_weak_store(e);
  while (given > 0 && is_memory_order(e.arguments[given - 1])) --given;
  if (given != operands + 1) {
    error(e, "`" + e.name + "` takes " + std::to_string(operands + 1) + " arguments, not " +
                 std::to_string(given));
    emit(Op::Number);
    return;
  }
  if (is_observing_ && op != Op::Load) {
    error(e, "a condition that only looks cannot change shared memory");
  }
  const Place where = place(e.arguments[0].value);
  for (std::size_t i = 1; i < given; ++i) value(e.arguments[i].value);
  access(e.arguments[0].value);
  if (!where.is_valid) {
    emit(Op::Number);
    return;
  }
  if (weak_store && atomic_depth_ == 0) {
    op = Op::Store;
    line_.buffers = true;
  } else if (op != Op::Load && atomic_depth_ == 0) {
    line_.drains = true;  // A locked instruction on x86.
  }
  emit(op, where.indexed, where.first);
  if (op == Op::Store || op == Op::StoreLocked) emit(Op::Number);
}

void CodeWriter::choice(const ast::Expression& e) {
  const bool is_range = e.arguments.size() == 1 && e.arguments[0].value.kind == Kind::Binary &&
                        e.arguments[0].value.op == "..";
  if (!is_range) {
    error(e, "`choose` takes a range", "write  choose(0..3)");
    emit(Op::Number);
    return;
  }
  const auto low = constant(e.arguments[0].value.operands[0]);
  const auto high = constant(e.arguments[0].value.operands[1]);
  constexpr std::int64_t kAlternativesMax = 4096;
  if (!low || !high || *high < *low || *high - *low >= kAlternativesMax) {
    error(e, "`choose(a..b)` needs two constants, a <= b, at most 4096 values apart");
    emit(Op::Number);
    return;
  }
  line_.chooses = true;
  emit(Op::Choose, static_cast<std::size_t>(*high - *low + 1), *low);
}

// count(syscalls, t): of a group all its members together.
void CodeWriter::count(const ast::Expression& e) {
  emit(Op::Number);
  if (!is_observing_ || is_start_) {
    error(e, "`count` stands in properties and `observe:` only",
          "a program counts with a local: calls += 1");
    return;
  }
  if (e.arguments.size() != 2 || e.arguments[0].value.kind != Kind::Name ||
      e.arguments[0].value.name != "syscalls") {
    error(e, "`count` takes `syscalls` and a thread", "write  count(syscalls, waiter)");
    return;
  }
  for (const ThreadId thread : threads_of(e.arguments[1].value)) {
    const std::uint32_t counter = system_.code_of(thread).call_counter;
    if (counter == kNoLocal) {
      error(e, "the calls of `" + to_text(e.arguments[1].value) + "` are not counted",
            "name " + to_text(e) + " in `observe:`");
      return;
    }
    emit(Op::ThreadLocal, counter, index(thread));
    emit(Op::Add);
  }
}

void CodeWriter::predicate(const ast::Expression& e, PredicateSite::Kind kind) {
  const std::size_t most = kind == PredicateSite::Kind::Asleep ? 2 : 1;
  if (e.arguments.empty() || e.arguments.size() > most) {
    error(e, "`" + e.name + "` takes a thread" + (most == 2 ? " and perhaps an object" : ""));
    emit(Op::Number);
    return;
  }
  PredicateSite site;
  site.kind = kind;
  site.threads = threads_of(e.arguments[0].value);
  if (e.arguments.size() == 2) site.subject = to_text(e.arguments[1].value);
  if (!is_observing_ || is_start_) {
    // All predicates of a line together are one look at the model.
    line_.calls = true;
    for (const ThreadId thread : site.threads) system_.threads[index(thread)].is_observed = true;
  }
  code_.predicates.push_back(std::move(site));
  emit(Op::Predicate, 0, static_cast<std::int64_t>(code_.predicates.size() - 1));
}

}  // namespace wakesim
