// Threads, `start:`, properties and observations to instructions, and what follows from those.

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "sim/program/analysis.h"
#include "sim/program/compilation.h"

namespace wakesim {
namespace {

constexpr ast::Property::Kind kNotYet[] = {ast::Property::Kind::Eventually,
                                           ast::Property::Kind::LeadsTo};

void collect_assigned(const std::vector<ast::Statement>& block, std::set<std::string>& names) {
  for (const ast::Statement& statement : block) {
    const bool is_assigned = statement.kind == ast::Statement::Kind::Assign &&
                             statement.target.kind == ast::Expression::Kind::Name;
    if (is_assigned) names.insert(statement.target.name);
    if (statement.kind == ast::Statement::Kind::ForIn) names.insert(statement.name);
    collect_assigned(statement.body, names);
    collect_assigned(statement.otherwise, names);
    for (const auto& branch : statement.branches) collect_assigned(branch, names);
  }
}

// Threads whose system calls somebody counts: count(syscalls, thread).
void collect_counted(const ast::Expression& expression, std::set<std::string>& names) {
  if (expression.kind == ast::Expression::Kind::Call && expression.name == "count" &&
      expression.arguments.size() == 2) {
    const ast::Expression& thread = expression.arguments[1].value;
    const bool is_member = thread.kind == ast::Expression::Kind::Index;
    names.insert(is_member ? thread.operands[0].name : thread.name);
  }
  for (const ast::Expression& operand : expression.operands) collect_counted(operand, names);
  for (const ast::Argument& argument : expression.arguments) {
    collect_counted(argument.value, names);
  }
}

std::set<std::string> counted_threads(const ast::Instance& instance) {
  std::set<std::string> names;
  for (const ast::Observation& each : instance.observe) collect_counted(each.value, names);
  for (const ast::Property& each : instance.properties) collect_counted(each.value, names);
  return names;
}

class ProgramWriter {
 public:
  explicit ProgramWriter(Compilation& compilation)
      : compilation_(compilation),
        system_(compilation.system),
        diagnostics_(compilation.diagnostics),
        symbols_(compilation.symbols) {}

  void write_all() {
    const auto& threads = system_.instance.threads;
    system_.codes.resize(threads.size());
    counted_ = counted_threads(system_.instance);
    for (std::size_t i = 0; i < threads.size(); ++i) write_code(threads[i], i);
  }

  void write_starts() {
    const auto& threads = system_.instance.threads;
    std::vector<std::uint32_t> starts(threads.size(), kNoLocal);
    for (std::size_t i = 0; i < threads.size(); ++i) {
      if (!threads[i].start) continue;
      system_.expressions.emplace_back();
      CodeWriter writer(system_, symbols_, system_.expressions.back(), diagnostics_);
      writer.write_start(*threads[i].start);
      starts[i] = static_cast<std::uint32_t>(system_.expressions.size() - 1);
    }
    for (std::size_t t = 0; t < system_.threads.size(); ++t) {
      ThreadInfo& info = system_.threads[t];
      info.start = starts[info.code];
      if (info.start != kNoLocal) system_.held.push_back(static_cast<ThreadId>(t));
    }
  }

  void write_observations() {
    const std::size_t reports = diagnostics_.reports();
    for (const ast::Property& property : system_.instance.properties) {
      if (std::find(std::begin(kNotYet), std::end(kNotYet), property.kind) != std::end(kNotYet)) {
        diagnostics_.error(property.where, "`eventually` and `leads_to` are not supported yet",
                           "`finally p` asks for p in every state at rest");
        continue;
      }
      CompiledProperty compiled;
      compiled.kind = property.kind;
      compiled.name = property.name;
      compiled.text = property.text;
      compiled.where = property.where;
      compiled.code = write_expression(property.value);
      system_.properties.push_back(std::move(compiled));
    }
    for (const ast::Observation& observation : system_.instance.observe) {
      system_.observations.push_back({observation.key, write_expression(observation.value)});
    }
    if (diagnostics_.reports() > reports) return;
    for (const auto& writer : compilation_.writers) writer->report_unread_locals();
  }

 private:
  bool is_unwindable(std::size_t code) const {
    return std::any_of(system_.threads.begin(), system_.threads.end(), [&](const ThreadInfo& info) {
      return info.code == code && info.is_unwindable;
    });
  }

  void write_code(const ast::Thread& thread, std::size_t number) {
    Code& code = system_.codes[number];
    std::set<std::string> assigned;
    collect_assigned(thread.body, assigned);
    std::vector<std::string> members;
    for (const auto& [name, values] : thread.with) {
      if (assigned.count(name) != 0) {
        diagnostics_.error(values.front().where,
                           "`" + name + "` is an argument of the thread; it cannot be assigned",
                           "write  left = " + name + "\n       and change `left`");
        continue;
      }
      members.push_back(name);
    }
    for (ThreadInfo& info : system_.threads) {
      if (info.code != number) continue;
      for (const auto& [name, values] : thread.with) set_member_value(info, name, values);
    }
    compilation_.writers.push_back(
        std::make_unique<CodeWriter>(system_, symbols_, code, diagnostics_));
    if (counted_.count(thread.name) != 0) compilation_.writers.back()->count_calls();
    compilation_.writers.back()->write_program(thread, members, is_unwindable(number));
  }

  void set_member_value(ThreadInfo& info, const std::string& name,
                        const std::vector<ast::Expression>& values) {
    const bool is_one_for_all = values.size() == 1;
    if (!is_one_for_all && info.member >= values.size()) {
      if (info.member == values.size()) {
        diagnostics_.error(values.front().where,
                           "`" + name + "` has " + std::to_string(values.size()) +
                               " values, but `" + info.group + "` has more members");
      }
      info.member_values.push_back(0);
      return;
    }
    const ast::Expression& value = values[is_one_for_all ? 0 : info.member];
    const auto number = fold(value, symbols_);
    if (!number) diagnostics_.error(value.where, "`" + to_text(value) + "` is no constant");
    info.member_values.push_back(number.value_or(0));
  }

  std::uint32_t write_expression(const ast::Expression& expression) {
    system_.expressions.emplace_back();
    CodeWriter writer(system_, symbols_, system_.expressions.back(), diagnostics_);
    writer.write_observation(expression);
    return static_cast<std::uint32_t>(system_.expressions.size() - 1);
  }

  Compilation& compilation_;
  System& system_;
  Diagnostics& diagnostics_;
  const Symbols& symbols_;
  std::set<std::string> counted_;
};

void report_uninitialised(const Code& code, Diagnostics& diagnostics) {
  for (const std::uint32_t local : maybe_uninitialised(code)) {
    if (code.locals[local].name.empty()) continue;
    for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
      const Instruction& in = code.instructions[pc];
      if (in.op != Op::Local || in.a != local) continue;
      const Statement& statement = code.statements[code.statement_of[pc]];
      diagnostics.error(statement.where,
                        "`" + code.locals[local].name + "` may be read here before it is assigned",
                        "assign it at the start: " + code.locals[local].name + " = 0");
      break;
    }
  }
}

}  // namespace

void write_programs(Compilation& compilation) { ProgramWriter(compilation).write_all(); }

void write_looks(Compilation& compilation) {
  ProgramWriter writer(compilation);
  writer.write_starts();
  writer.write_observations();
}

void analyse_programs(Compilation& compilation) {
  for (std::size_t i = 0; i < compilation.system.codes.size(); ++i) {
    Code& code = compilation.system.codes[i];
    compute_liveness(code);
    code.can_end = can_end(code);
    report_uninitialised(code, compilation.diagnostics);
    const ast::Thread& thread = compilation.system.instance.threads[i];
    for (ThreadInfo& info : compilation.system.threads) {
      if (info.code != i) continue;
      info.is_service = thread.daemon.value_or(!code.can_end);
      info.is_daemon_by_hand = thread.daemon.value_or(false);
    }
  }
}

}  // namespace wakesim
