// What names mean: those of the catalogue, and the scenario's functions, constants and threads.

#include "sim/program/compilation.h"
#include "sim/program/load.h"

namespace wakesim {
namespace {

constexpr std::int64_t kThreadsMax = 1'000'000;

void collect_calls(Compilation& compilation) {
  for (const ModelTable& model : compilation.system.catalogue->models) {
    for (const CallRow& row : model.calls)
      compilation.symbols.calls.emplace(std::string(row.name), &row);
    for (const ObjectRow& row : model.objects) {
      compilation.kinds.emplace(std::string(row.kind), &row);
      if (row.device != nullptr) {
        compilation.symbols.calls.emplace(std::string(row.device->name), row.device);
      }
    }
    for (const ConstantRow& row : model.constants) {
      Symbol symbol;
      symbol.value = row.value;
      compilation.symbols.names.emplace(std::string(row.name), symbol);
    }
  }
  for (const ast::ObjectType& type : compilation.system.instance.types) {
    compilation.types.emplace(type.name, &type);
  }
  for (const ast::Function& function : compilation.system.instance.functions) {
    if (!compilation.symbols.functions.emplace(function.name, &function).second) {
      compilation.diagnostics.error(function.where,
                                    "function `" + function.name + "` is declared twice");
    }
  }
}

void collect_constants(Compilation& compilation) {
  Symbol forever;
  forever.value = kForever;
  compilation.symbols.names.emplace("inf", forever);
  for (const auto& [name, expression] : compilation.system.instance.constants) {
    const auto value = fold(expression, compilation.symbols);
    if (!value)
      compilation.diagnostics.error(expression.where, "`" + name + "` needs a constant value");
    Symbol symbol;
    symbol.value = value.value_or(0);
    symbol.where = expression.where;
    compilation.declare(name, symbol);
  }
}

// Threads that some call of the program may end.
ThreadsNamed threads_unwound(const Compilation& compilation) {
  ThreadsNamed result;
  for (const auto& [name, row] : compilation.symbols.calls) {
    if (!row->unwinds_threads) continue;
    ThreadsNamed named = threads_named(compilation.system.instance, name);
    result.is_any = result.is_any || named.is_any;
    result.names.merge(named.names);
  }
  return result;
}

}  // namespace

void Compilation::declare(const std::string& name, Symbol symbol) {
  const Symbol* known = symbols.find(name);
  if (known != nullptr) {
    Diagnostic diagnostic;
    diagnostic.where = symbol.where;
    diagnostic.message = "`" + name + "` has a meaning already";
    if (known->where.line != 0) diagnostic.notes.push_back({known->where, "first here"});
    diagnostics.add(std::move(diagnostic));
    return;
  }
  symbols.names.emplace(name, symbol);
}

std::int64_t Compilation::count_of(const std::optional<ast::Expression>& expression,
                                   std::int64_t most, const std::string& what) {
  if (!expression) return 1;
  const auto count = fold(*expression, symbols);
  if (!count || *count < 1 || *count > most) {
    diagnostics.error(expression->where,
                      what + " needs a constant count, 1 to " + std::to_string(most));
    return 1;
  }
  return *count;
}

void declare_names(Compilation& compilation) {
  collect_calls(compilation);
  collect_constants(compilation);
}

void declare_threads(Compilation& compilation) {
  const auto& threads = compilation.system.instance.threads;
  const ThreadsNamed unwound = threads_unwound(compilation);
  for (const ast::Thread& thread : threads) {
    const std::int64_t count =
        compilation.count_of(thread.count, kThreadsMax, "`" + thread.name + "`");
    Symbol symbol;
    symbol.kind = Symbol::Kind::Thread;
    symbol.first = static_cast<std::uint32_t>(compilation.system.threads.size());
    symbol.count = static_cast<std::uint32_t>(count);
    symbol.where = thread.where;
    compilation.declare(thread.name, symbol);
    for (std::int64_t member = 0; member < count; ++member) {
      ThreadInfo info;
      info.name = thread.count ? thread.name + "[" + std::to_string(member) + "]" : thread.name;
      info.group = thread.name;
      info.member = static_cast<std::uint32_t>(member);
      info.code = static_cast<std::uint32_t>(&thread - threads.data());
      info.is_interrupt = thread.is_interrupt;
      info.is_device = thread.is_device;
      info.is_unwindable = unwound.is_any || unwound.names.count(thread.name) != 0;
      info.is_interruptible = info.is_unwindable || !thread.handlers.empty();
      info.where = thread.where;
      compilation.system.threads.push_back(std::move(info));
      ThreadLayout layout;
      layout.run_class = compilation.system.layout.add_class(
          "run(" + compilation.system.threads.back().name + ")");
      layout.end_class = compilation.system.layout.add_class(
          "end(" + compilation.system.threads.back().name + ")");
      layout.buffer_class = compilation.system.layout.add_class(
          "buffer(" + compilation.system.threads.back().name + ")");
      layout.start_class = compilation.system.layout.add_class(
          "start(" + compilation.system.threads.back().name + ")");
      compilation.system.layout.threads.push_back(layout);
    }
    if (compilation.system.threads.size() > static_cast<std::size_t>(kThreadsMax)) {
      compilation.diagnostics.error(thread.where, "more than 1,000,000 threads");
      return;
    }
  }
  compilation.system.clock_class = compilation.system.layout.add_class("clock");
  compilation.system.spurious_class = compilation.system.layout.add_class("spurious");
}

}  // namespace wakesim
