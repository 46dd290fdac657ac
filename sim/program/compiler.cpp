#include "sim/program/compiler.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "sim/program/analysis.h"
#include "sim/program/builder.h"
#include "sim/program/code_writer.h"
#include "sim/program/load.h"
#include "sim/program/symbols.h"

namespace wakesim {
namespace {

// Bounds of the engine, each with a message of its own.
constexpr std::int64_t kElementsMax = 1'000'000;
constexpr std::int64_t kThreadsMax = 1'000'000;
constexpr std::size_t kSearchEntriesMax = 60'000;
// Store-buffer entries per thread where no static bound exists.
constexpr std::uint32_t kBufferDefault = 4;
constexpr std::uint32_t kBufferMax = 12;

constexpr ast::Property::Kind kNotYet[] = {ast::Property::Kind::Eventually,
                                           ast::Property::Kind::LeadsTo};

class Compiler {
 public:
  Compiler(const ast::Instance& instance, const SourceFiles& sources, const Catalogue& catalogue,
           const CompileOptions& options, Diagnostics& diagnostics)
      : options_(options), diagnostics_(diagnostics), system_(std::make_unique<System>()) {
    system_->catalogue = &catalogue;
    system_->instance = instance;
    system_->sources = sources;
    system_->layout.kind = options.layout;
    system_->records.push_back({"", nullptr});
    system_->layout.bytes = 8;  // Offset 0 means "none".
    system_->initial.resize(8);
  }

  std::unique_ptr<System> run() {
    read_machine();
    collect_calls();
    collect_constants();
    declare_threads();
    if (diagnostics_.has_errors()) return nullptr;
    Builder builder(*system_);
    const Hooks& hooks = system_->catalogue->hooks;
    if (hooks.before_objects != nullptr) hooks.before_objects(builder);
    for (const ast::Object& object : system_->instance.objects) declare_object(builder, object);
    if (hooks.after_objects != nullptr) hooks.after_objects(builder);
    for (const std::string& message : builder.errors()) {
      diagnostics_.error(first_object_place(), message);
    }
    if (diagnostics_.has_errors()) return nullptr;
    write_codes();
    write_starts();
    write_observations();
    if (diagnostics_.has_errors()) return nullptr;
    analyse();
    if (diagnostics_.has_errors()) return nullptr;
    finish_layout();
    system_->digest = digest();
    return std::move(system_);
  }

 private:
  Location first_object_place() const {
    const auto& objects = system_->instance.objects;
    return objects.empty() ? Location{} : objects.front().where;
  }

  // ---- machine: ---------------------------------------------------------------------------------

  void read_machine() {
    const ast::Machine& machine = system_->instance.machine;
    if (machine.memory == "tso") {
      system_->memory = MemoryModel::Tso;
    } else if (machine.memory != "sc") {
      diagnostics_.error(machine.where, "unknown memory model `" + machine.memory + "`",
                         "write  memory: sc  or  memory: tso");
    }
    system_->cpus = machine.cpus;
    system_->spurious = machine.spurious;
    if (machine.cpus < 1 || machine.cpus > 1024) {
      diagnostics_.error(machine.where, "`cpus` must be 1 to 1024");
    }
    if (machine.spurious < 0 || machine.spurious > 1000) {
      diagnostics_.error(machine.where, "`spurious` must be 0 to 1000");
    }
    std::size_t switches = 0;
    for (const ModelTable& model : system_->catalogue->models) {
      for (const SwitchRow& row : model.switches) {
        switches = std::max<std::size_t>(switches, static_cast<std::size_t>(row.id) + 1);
      }
    }
    // Models may ask for any switch of the enumeration, in a table or not.
    system_->dialect.assign(std::max<std::size_t>(switches, 256), 0);
    system_->kernel =
        apply_dialect(system_->catalogue->kernels, machine.kernel, "kernel", machine.kernel_where);
    system_->libc =
        apply_dialect(system_->catalogue->libcs, machine.libc, "libc", machine.libc_where);
    for (std::size_t i = 0; i < machine.switches.size(); ++i) apply_switch(machine, i);
  }

  std::string apply_dialect(const std::vector<DialectRow>& rows, const std::string& name,
                            const std::string& what, const Location& where) {
    if (rows.empty()) return name;
    if (name.empty()) {
      for (const auto& [id, value] : rows.front().settings) set_switch(id, value);
      return std::string(rows.front().name);
    }
    std::vector<std::string> known;
    for (const DialectRow& row : rows) {
      known.emplace_back(row.name);
      if (row.name != name) continue;
      for (const auto& [id, value] : row.settings) set_switch(id, value);
      return name;
    }
    std::string list;
    for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
    diagnostics_.error(where, "unknown " + what + " `" + name + "`", "known: " + list);
    return name;
  }

  void set_switch(SwitchId id, int value) {
    system_->dialect[static_cast<std::size_t>(id)] = value;
  }

  void apply_switch(const ast::Machine& machine, std::size_t i) {
    const auto& [name, value] = machine.switches[i];
    const Location where =
        i < machine.switch_places.size() ? machine.switch_places[i] : machine.where;
    std::vector<std::string> known;
    for (const ModelTable& model : system_->catalogue->models) {
      for (const SwitchRow& row : model.switches) {
        known.emplace_back(row.name);
        if (row.name != name) continue;
        for (std::size_t v = 0; v < row.values.size(); ++v) {
          if (row.values[v] != value) continue;
          set_switch(row.id, static_cast<int>(v));
          return;
        }
        std::string list;
        for (const auto each : row.values) list += (list.empty() ? "" : ", ") + std::string(each);
        diagnostics_.error(where, "switch `" + name + "` has no value `" + value + "`",
                           "it has " + list);
        return;
      }
    }
    const std::string guess = closest_name(name, known);
    diagnostics_.error(where, "there is no switch `" + name + "`",
                       guess.empty() ? "`wakesim models` lists every switch" : "write  " + guess);
  }

  // ---- Names ------------------------------------------------------------------------------------

  void collect_calls() {
    for (const ModelTable& model : system_->catalogue->models) {
      for (const CallRow& row : model.calls) symbols_.calls.emplace(std::string(row.name), &row);
      for (const ObjectRow& row : model.objects) kinds_.emplace(std::string(row.kind), &row);
      for (const ConstantRow& row : model.constants) {
        Symbol symbol;
        symbol.value = row.value;
        symbols_.names.emplace(std::string(row.name), symbol);
      }
    }
    for (const ast::Function& function : system_->instance.functions) {
      if (!symbols_.functions.emplace(function.name, &function).second) {
        diagnostics_.error(function.where, "function `" + function.name + "` is declared twice");
      }
    }
  }

  void declare(const std::string& name, Symbol symbol) {
    const Symbol* known = symbols_.find(name);
    if (known != nullptr) {
      Diagnostic diagnostic;
      diagnostic.where = symbol.where;
      diagnostic.message = "`" + name + "` has a meaning already";
      if (known->where.line != 0) diagnostic.notes.push_back({known->where, "first here"});
      diagnostics_.add(std::move(diagnostic));
      return;
    }
    symbols_.names.emplace(name, symbol);
  }

  void collect_constants() {
    Symbol forever;
    forever.value = kForever;
    symbols_.names.emplace("inf", forever);
    for (const auto& [name, expression] : system_->instance.constants) {
      const auto value = fold(expression, symbols_);
      if (!value) diagnostics_.error(expression.where, "`" + name + "` needs a constant value");
      Symbol symbol;
      symbol.value = value.value_or(0);
      symbol.where = expression.where;
      declare(name, symbol);
    }
  }

  std::int64_t count_of(const std::optional<ast::Expression>& expression, std::int64_t most,
                        const std::string& what) {
    if (!expression) return 1;
    const auto count = fold(*expression, symbols_);
    if (!count || *count < 1 || *count > most) {
      diagnostics_.error(expression->where,
                         what + " needs a constant count, 1 to " + std::to_string(most));
      return 1;
    }
    return *count;
  }

  // ---- threads: ---------------------------------------------------------------------------------

  void declare_threads() {
    const auto& threads = system_->instance.threads;
    for (const ast::Thread& thread : threads) {
      const std::int64_t count = count_of(thread.count, kThreadsMax, "`" + thread.name + "`");
      Symbol symbol;
      symbol.kind = Symbol::Kind::Thread;
      symbol.first = static_cast<std::uint32_t>(system_->threads.size());
      symbol.count = static_cast<std::uint32_t>(count);
      symbol.where = thread.where;
      declare(thread.name, symbol);
      if (!thread.handlers.empty()) {
        diagnostics_.error(thread.handlers.front().where, "signal handlers are not supported yet");
      }
      for (std::int64_t member = 0; member < count; ++member) {
        ThreadInfo info;
        info.name = thread.count ? thread.name + "[" + std::to_string(member) + "]" : thread.name;
        info.group = thread.name;
        info.member = static_cast<std::uint32_t>(member);
        info.code = static_cast<std::uint32_t>(&thread - threads.data());
        info.is_interrupt = thread.is_interrupt;
        info.where = thread.where;
        system_->threads.push_back(std::move(info));
        ThreadLayout layout;
        layout.run_class = system_->layout.add_class("run(" + system_->threads.back().name + ")");
        layout.end_class = system_->layout.add_class("end(" + system_->threads.back().name + ")");
        layout.buffer_class =
            system_->layout.add_class("buffer(" + system_->threads.back().name + ")");
        layout.start_class =
            system_->layout.add_class("start(" + system_->threads.back().name + ")");
        system_->layout.threads.push_back(layout);
      }
      if (system_->threads.size() > static_cast<std::size_t>(kThreadsMax)) {
        diagnostics_.error(thread.where, "more than 1,000,000 threads");
        return;
      }
    }
    system_->clock_class = system_->layout.add_class("clock");
    system_->spurious_class = system_->layout.add_class("spurious");
  }

  // ---- objects: ---------------------------------------------------------------------------------

  void declare_object(Builder& builder, const ast::Object& object) {
    const bool is_word = !object.elements.empty() || object.kind == "word" ||
                         object.kind == "word64" || object.kind == "int";
    if (is_word) {
      declare_words(object);
      return;
    }
    const auto found = kinds_.find(object.kind);
    if (found == kinds_.end()) {
      std::vector<std::string> known{"word", "word64", "int"};
      for (const auto& [name, row] : kinds_) known.push_back(name);
      const std::string guess = closest_name(object.kind, known);
      diagnostics_.error(object.where, "there is no kind of object `" + object.kind + "`",
                         guess.empty() ? "`wakesim models` lists every kind" : "write  " + guess);
      return;
    }
    const ObjectRow& row = *found->second;
    const auto arguments = object_arguments(object, row);
    if (!arguments) return;
    DeclaredObject declared;
    declared.name = object.name;
    declared.row = &row;
    declared.count =
        static_cast<std::uint32_t>(count_of(object.count, kElementsMax, "`" + object.name + "`"));
    declared.is_array = object.count.has_value();
    const auto stride = static_cast<std::int64_t>(std::max<std::size_t>(1, row.descriptors));
    for (std::uint32_t i = 0; i < declared.count; ++i) {
      const std::string name =
          declared.is_array ? object.name + "[" + std::to_string(i) + "]" : object.name;
      const std::int64_t handle = row.create(builder, name, *arguments);
      if (i == 0) declared.handle = handle;
      WAKESIM_ASSERT(handle == declared.handle + stride * i);
    }
    Symbol symbol;
    symbol.kind = Symbol::Kind::Object;
    symbol.first = static_cast<std::uint32_t>(system_->objects.size());
    symbol.where = object.where;
    system_->objects.push_back(std::move(declared));
    declare(object.name, symbol);
  }

  std::optional<std::vector<std::int64_t>> object_arguments(const ast::Object& object,
                                                            const ObjectRow& row) {
    std::vector<std::int64_t> values;
    std::vector<bool> given(row.parameters.size());
    for (const Parameter& parameter : row.parameters) values.push_back(parameter.fallback);
    std::size_t position = 0;
    for (const ast::Argument& argument : object.arguments) {
      std::size_t slot = position;
      if (!argument.name.empty()) {
        slot = 0;
        while (slot < row.parameters.size() && row.parameters[slot].name != argument.name) ++slot;
      } else {
        ++position;
      }
      if (slot >= row.parameters.size()) {
        diagnostics_.error(argument.value.where, "`" + object.kind + "` takes no such argument",
                           "`wakesim models " + object.kind + "` shows what it takes");
        return std::nullopt;
      }
      const auto value = fold(argument.value, symbols_);
      if (!value) {
        const Symbol* named = argument.value.kind == ast::Expression::Kind::Name
                                  ? symbols_.find(argument.value.name)
                                  : nullptr;
        const std::string guess = closest_name(argument.value.name, symbols_.all_names());
        diagnostics_.error(argument.value.where, "`" + to_text(argument.value) + "` is no constant",
                           named == nullptr && !guess.empty() ? "write  " + guess : "");
        return std::nullopt;
      }
      values[slot] = *value;
      given[slot] = true;
    }
    for (std::size_t i = 0; i < row.parameters.size(); ++i) {
      if (given[i] || row.parameters[i].is_optional) continue;
      diagnostics_.error(object.where, "`" + object.kind + "` misses its argument `" +
                                           std::string(row.parameters[i].name) + "`");
      return std::nullopt;
    }
    return values;
  }

  void declare_words(const ast::Object& object) {
    WordType type = object.kind == "word64" ? WordType::Unsigned64
                    : object.kind == "int"  ? WordType::Signed32
                                            : WordType::Unsigned32;
    std::int64_t initial = 0;
    if (object.arguments.size() > 1) {
      diagnostics_.error(object.arguments[1].value.where, "a word takes one initial value");
    }
    if (!object.arguments.empty()) {
      const ast::Expression& argument = object.arguments[0].value;
      if (argument.kind == ast::Expression::Kind::Name && argument.name == "thread") {
        type = WordType::Thread;
      } else if (const auto value = fold(argument, symbols_)) {
        initial = *value;
      } else {
        diagnostics_.error(argument.where, "`" + to_text(argument) + "` is no constant");
      }
    }
    std::int64_t count = count_of(object.count, kElementsMax, "`" + object.name + "`");
    if (!object.elements.empty()) count = static_cast<std::int64_t>(object.elements.size());
    Symbol symbol;
    symbol.kind = Symbol::Kind::Word;
    symbol.first = static_cast<std::uint32_t>(system_->words.size());
    symbol.count = static_cast<std::uint32_t>(count);
    symbol.is_array = object.count.has_value() || !object.elements.empty();
    symbol.where = object.where;
    for (std::int64_t i = 0; i < count; ++i) {
      if (!object.elements.empty()) {
        const ast::Expression& element = object.elements[static_cast<std::size_t>(i)];
        const auto value = fold(element, symbols_);
        if (!value) diagnostics_.error(element.where, "`" + to_text(element) + "` is no constant");
        initial = value.value_or(0);
      }
      add_word(symbol.is_array ? object.name + "[" + std::to_string(i) + "]" : object.name, type,
               initial);
    }
    declare(object.name, symbol);
  }

  void add_word(const std::string& name, WordType type, std::int64_t initial) {
    Word word;
    word.name = name;
    word.type = type;
    word.cls = system_->layout.add_class(name);
    const std::uint32_t bytes = type == WordType::Unsigned64 ? 8 : 4;
    word.offset = system_->layout.reserve(bytes, bytes, word.cls);
    system_->initial.resize(system_->layout.bytes);
    std::memcpy(system_->initial.data() + word.offset, &initial, bytes);  // Little endian.
    system_->words.push_back(std::move(word));
  }

  // ---- Programs ---------------------------------------------------------------------------------

  void write_codes() {
    const auto& threads = system_->instance.threads;
    system_->codes.resize(threads.size());
    for (std::size_t i = 0; i < threads.size(); ++i) write_code(threads[i], i);
  }

  static void collect_assigned(const std::vector<ast::Statement>& block,
                               std::set<std::string>& names) {
    for (const ast::Statement& statement : block) {
      if (statement.kind == ast::Statement::Kind::Assign) names.insert(statement.target.name);
      if (statement.kind == ast::Statement::Kind::ForIn) names.insert(statement.name);
      collect_assigned(statement.body, names);
      collect_assigned(statement.otherwise, names);
      for (const auto& branch : statement.branches) collect_assigned(branch, names);
    }
  }

  void write_code(const ast::Thread& thread, std::size_t number) {
    Code& code = system_->codes[number];
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
    for (ThreadInfo& info : system_->threads) {
      if (info.code != number) continue;
      for (const auto& [name, values] : thread.with) set_member_value(info, name, values);
    }
    writers_.push_back(std::make_unique<CodeWriter>(*system_, symbols_, code, diagnostics_));
    writers_.back()->write_program(thread, members);
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
    system_->expressions.emplace_back();
    CodeWriter writer(*system_, symbols_, system_->expressions.back(), diagnostics_);
    writer.write_observation(expression);
    return static_cast<std::uint32_t>(system_->expressions.size() - 1);
  }

  void write_starts() {
    const auto& threads = system_->instance.threads;
    std::vector<std::uint32_t> starts(threads.size(), kNoLocal);
    for (std::size_t i = 0; i < threads.size(); ++i) {
      if (!threads[i].start) continue;
      system_->expressions.emplace_back();
      CodeWriter writer(*system_, symbols_, system_->expressions.back(), diagnostics_);
      writer.write_start(*threads[i].start);
      starts[i] = static_cast<std::uint32_t>(system_->expressions.size() - 1);
    }
    for (std::size_t t = 0; t < system_->threads.size(); ++t) {
      ThreadInfo& info = system_->threads[t];
      info.start = starts[info.code];
      if (info.start != kNoLocal) system_->held.push_back(static_cast<ThreadId>(t));
    }
  }

  void write_observations() {
    for (const ast::Property& property : system_->instance.properties) {
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
      system_->properties.push_back(std::move(compiled));
    }
    for (const ast::Observation& observation : system_->instance.observe) {
      system_->observations.push_back({observation.key, write_expression(observation.value)});
    }
    for (const auto& writer : writers_) writer->report_unread_locals();
  }

  // ---- What follows from the programs -----------------------------------------------------------

  void analyse() {
    for (std::size_t i = 0; i < system_->codes.size(); ++i) {
      Code& code = system_->codes[i];
      compute_liveness(code);
      code.can_end = can_end(code);
      report_uninitialised(code);
      const ast::Thread& thread = system_->instance.threads[i];
      for (ThreadInfo& info : system_->threads) {
        if (info.code != i) continue;
        info.is_service = thread.daemon.value_or(!code.can_end);
        info.is_daemon_by_hand = thread.daemon.value_or(false);
      }
    }
  }

  void report_uninitialised(const Code& code) {
    for (const std::uint32_t local : maybe_uninitialised(code)) {
      if (code.locals[local].name.empty()) continue;
      for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
        const Instruction& in = code.instructions[pc];
        if (in.op != Op::Local || in.a != local) continue;
        const Statement& statement = code.statements[code.statement_of[pc]];
        diagnostics_.error(
            statement.where,
            "`" + code.locals[local].name + "` may be read here before it is assigned",
            "assign it at the start: " + code.locals[local].name + " = 0");
        break;
      }
    }
  }

  void finish_layout() {
    const CallEffects effects = compute_effects(*system_);
    Layout& layout = system_->layout;
    std::size_t entries = 0;
    for (std::size_t t = 0; t < layout.threads.size(); ++t) {
      layout.threads[t].entry_first = static_cast<std::uint32_t>(entries);
      layout.threads[t].entries_count = effects.entries[t];
      entries += effects.entries[t];
      layout.entry_owner.resize(entries, static_cast<ThreadId>(t));
    }
    if (layout.kind == LayoutKind::Search && entries > kSearchEntriesMax) {
      diagnostics_.error({}, "too many waiting threads for a search",
                         "`wakesim run` takes scenarios of this size");
    }
    lay_out_lists(effects);
    lay_out_buffers();
    const bool has_timers = std::find(effects.arms_timer.begin(), effects.arms_timer.end(), true) !=
                            effects.arms_timer.end();
    for (std::size_t t = 0; t < layout.threads.size(); ++t) {
      lay_out_thread(t, has_timers && effects.arms_timer[t],
                     effects.writes.has(layout.threads[t].run_class));
    }
    if (has_timers && layout.kind == LayoutKind::Search) {
      const auto words = static_cast<std::uint32_t>(1 + layout.threads.size());
      system_->timers_offset = layout.reserve(4 * words, 8, system_->clock_class);
    }
    if (system_->spurious > 0) {
      system_->spurious_offset = layout.reserve(4, 4, system_->spurious_class);
    }
    layout.bytes = (layout.bytes + 7) / 8 * 8;
    system_->initial.resize(layout.bytes);
    if (system_->spurious > 0) {
      const auto left = static_cast<std::uint32_t>(system_->spurious);
      std::memcpy(system_->initial.data() + system_->spurious_offset, &left, sizeof(left));
    }
    show_ends(effects);
    compute_futures(*system_, effects);
  }

  // A thread's end is a step of its own where somebody joins it or asks whether it has ended.
  void show_ends(const CallEffects& effects) {
    std::vector<bool> is_seen(system_->threads.size());
    for (std::size_t t = 0; t < is_seen.size(); ++t) {
      is_seen[t] = effects.reads.has(system_->layout.threads[t].end_class);
    }
    const auto look = [&](const Code& code) {
      for (const PredicateSite& site : code.predicates) {
        if (site.kind != PredicateSite::Kind::Ended) continue;
        for (const ThreadId thread : site.threads) is_seen[index(thread)] = true;
      }
    };
    for (const Code& code : system_->codes) look(code);
    for (const Code& code : system_->expressions) look(code);
    for (std::size_t t = 0; t < is_seen.size(); ++t) {
      if (!is_seen[t]) continue;
      for (Instruction& in : system_->codes[system_->threads[t].code].instructions) {
        if (in.op == Op::End) in.flags |= kLineStart | kVisible;
      }
    }
  }

  void lay_out_lists(const CallEffects& effects) {
    Layout& layout = system_->layout;
    for (std::size_t i = 0; i < layout.lists.size(); ++i) {
      ListLayout& list = layout.lists[i];
      if (layout.kind == LayoutKind::Timed) {
        list.offset = layout.reserve(16, 4, list.cls);
        continue;
      }
      for (const ThreadId thread : effects.enqueuers[i]) {
        list.capacity += effects.entries[index(thread)];
      }
      list.offset = layout.reserve(2 * (1 + list.capacity), 2, list.cls);
    }
  }

  void lay_out_buffers() {
    if (system_->memory != MemoryModel::Tso) return;
    std::uint32_t most = 0;
    for (const Code& code : system_->codes) {
      const auto needed = stores_without_drain(code, kBufferMax);
      if (!needed) system_->buffer_is_exact = false;
      most = std::max(most, needed.value_or(kBufferDefault));
    }
    system_->buffer_capacity = most;
  }

  // Threads that never sleep share one run word, which is always zero: nobody can write it.
  std::uint32_t idle_run_word() {
    if (idle_run_ == 0) {
      idle_run_ = system_->layout.reserve(sizeof(TaskRun), 8, system_->clock_class);
      system_->layout.ranges.pop_back();
    }
    return idle_run_;
  }

  void lay_out_thread(std::size_t t, bool has_timer, bool can_sleep) {
    Layout& layout = system_->layout;
    ThreadLayout& thread = layout.threads[t];
    const Code& code = system_->codes[system_->threads[t].code];
    // Private bytes have no class; end(t) covers the block's flag.
    const auto private_bytes = [&](std::uint32_t bytes) {
      const std::uint32_t offset = layout.reserve(bytes, 8, thread.end_class);
      layout.ranges.pop_back();
      return offset;
    };
    thread.block = private_bytes(sizeof(ThreadBlock));
    layout.ranges.push_back(
        {thread.end_class,
         thread.block + static_cast<std::uint32_t>(offsetof(ThreadBlock, has_ended)), 1});
    if (system_->threads[t].start != kNoLocal) {
      const std::uint32_t held =
          thread.block + static_cast<std::uint32_t>(offsetof(ThreadBlock, is_held));
      layout.ranges.push_back({thread.start_class, held, 1});
      system_->initial.resize(layout.bytes);
      system_->initial[held] = std::byte{1};
    }
    thread.locals_count = static_cast<std::uint32_t>(code.locals.size());
    thread.locals = private_bytes(8 * thread.locals_count);
    if (code.return_local != kNoLocal) {
      layout.ranges.push_back({thread.end_class, thread.locals + 8 * code.return_local, 8});
    }
    for (const CallSite& site : code.sites) {
      thread.frame_bytes = std::max(thread.frame_bytes, (site.frame_bytes + 7) / 8 * 8);
    }
    thread.frame = private_bytes(thread.frame_bytes);
    thread.private_end = layout.bytes;
    thread.run = can_sleep ? layout.reserve(sizeof(TaskRun), 8, thread.run_class) : idle_run_word();
    const std::uint32_t stride =
        sizeof(Entry) + (layout.kind == LayoutKind::Timed ? 2 * sizeof(std::uint32_t) : 0);
    thread.entries = layout.reserve(stride * thread.entries_count, 8, thread.run_class);
    if (has_timer && layout.kind == LayoutKind::Search) {
      thread.timer = layout.reserve(sizeof(TimerSlot), 8, system_->clock_class);
    }
    if (system_->buffer_capacity > 0) {
      const auto bytes =
          static_cast<std::uint32_t>(system_->buffer_capacity * sizeof(BufferedStore));
      thread.buffer = layout.reserve(bytes, 8, thread.buffer_class);
    }
    system_->initial.resize(layout.bytes);
  }

  const std::optional<ast::Expression>& start_of(const ThreadInfo& thread) const {
    return system_->instance.threads[thread.code].start;
  }

  // Everything that determines the executions; names and comments do not.
  std::uint64_t digest() const {
    std::string text;
    const auto add = [&](const auto& value) {
      text.append(reinterpret_cast<const char*>(&value), sizeof(value));
    };
    add(system_->memory);
    add(system_->spurious);
    for (const int value : system_->dialect) add(value);
    for (const Code& code : system_->codes) {
      for (const Instruction& in : code.instructions) add(in);
      for (const std::int64_t constant : code.constants) add(constant);
      for (const CallSite& site : code.sites) text += site.row->name;
    }
    for (const ThreadInfo& thread : system_->threads) {
      add(thread.code);
      add(thread.is_observed);
      if (thread.start != kNoLocal) text += to_text(*start_of(thread));
      for (const std::int64_t value : thread.member_values) add(value);
    }
    for (const ast::Object& object : system_->instance.objects) {
      text += object.kind;
      if (object.count) text += to_text(*object.count);
      for (const ast::Argument& argument : object.arguments) {
        text += "," + argument.name + "=" + to_text(argument.value);
      }
    }
    text.append(reinterpret_cast<const char*>(system_->initial.data()), system_->initial.size());
    return XXH3_64bits(text.data(), text.size());
  }

  CompileOptions options_;
  Diagnostics& diagnostics_;
  std::unique_ptr<System> system_;
  Symbols symbols_;
  std::map<std::string, const ObjectRow*, std::less<>> kinds_;
  std::vector<std::unique_ptr<CodeWriter>> writers_;  // By code.
  std::uint32_t idle_run_ = 0;
};

void count_in(const ast::Expression& expression, std::string_view call, std::size_t& count) {
  if (expression.kind == ast::Expression::Kind::Call && expression.name == call) ++count;
  for (const ast::Expression& operand : expression.operands) count_in(operand, call, count);
  for (const ast::Argument& argument : expression.arguments) count_in(argument.value, call, count);
}

void count_in(const std::vector<ast::Statement>& block, std::string_view call, std::size_t& count) {
  for (const ast::Statement& statement : block) {
    count_in(statement.target, call, count);
    count_in(statement.value, call, count);
    count_in(statement.body, call, count);
    count_in(statement.otherwise, call, count);
    for (const auto& branch : statement.branches) count_in(branch, call, count);
  }
}

}  // namespace

std::size_t count_call_sites(const ast::Instance& instance, std::string_view call) {
  std::size_t result = 0;
  // A function counts once per call of it, at least.
  for (const ast::Function& function : instance.functions) {
    std::size_t inside = 0;
    count_in(function.body, call, inside);
    if (inside == 0) continue;
    result += inside * std::max<std::size_t>(1, count_call_sites(instance, function.name));
  }
  for (const ast::Thread& thread : instance.threads) {
    std::size_t inside = 0;
    count_in(thread.body, call, inside);
    std::size_t members = 1;
    if (thread.count && thread.count->kind == ast::Expression::Kind::Number) {
      members = static_cast<std::size_t>(std::max<std::int64_t>(1, thread.count->value));
    }
    result += inside * members;
  }
  return result;
}

std::unique_ptr<System> compile(const ast::Instance& instance, const SourceFiles& sources,
                                const Catalogue& catalogue, const CompileOptions& options,
                                Diagnostics& diagnostics) {
  return Compiler(instance, sources, catalogue, options, diagnostics).run();
}

}  // namespace wakesim
