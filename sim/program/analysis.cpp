#include "sim/program/analysis.h"

#include <algorithm>
#include <map>

namespace wakesim {
namespace {

using Bits = std::vector<std::uint64_t>;

void set_bit(Bits& bits, std::uint32_t i) { bits[i >> 6] |= std::uint64_t{1} << (i & 63); }
void clear_bit(Bits& bits, std::uint32_t i) { bits[i >> 6] &= ~(std::uint64_t{1} << (i & 63)); }

// Locals of a call's list result: n and every field.
std::pair<std::uint32_t, std::uint32_t> result_range(const CallSite& site) {
  if (site.result_local == ~std::uint32_t{0}) return {0, 0};
  const auto fields = static_cast<std::uint32_t>(site.row->fields.size());
  return {site.result_local, site.result_local + 1 + site.result_entries * fields};
}

// live-in of one instruction from its live-out.
void transfer(const Code& code, const Instruction& in, Bits& live) {
  switch (in.op) {
    case Op::Local:
      set_bit(live, in.a);
      break;
    case Op::LocalAt:
      for (std::int32_t i = 0; i < in.b; ++i) set_bit(live, in.a + static_cast<std::uint32_t>(i));
      break;
    case Op::StoreLocal:
      clear_bit(live, in.a);
      break;
    case Op::Call: {
      const auto [begin, end] = result_range(code.sites[static_cast<std::size_t>(in.b)]);
      for (std::uint32_t i = begin; i < end; ++i) clear_bit(live, i);
      break;
    }
    default:
      break;
  }
}

void add_condition_reads(const Code& code, const WaitRegion& region, Bits& live) {
  for (std::uint16_t pc = region.condition; code.instructions[pc].op != Op::End; ++pc) {
    const Instruction& in = code.instructions[pc];
    if (in.op == Op::Local) set_bit(live, in.a);
  }
}

}  // namespace

std::vector<std::uint16_t> successors(const Code& code, std::uint16_t pc) {
  const Instruction& in = code.instructions[pc];
  const auto next = static_cast<std::uint16_t>(pc + 1);
  switch (in.op) {
    case Op::Jump:
      return {static_cast<std::uint16_t>(in.b)};
    case Op::JumpIfZero:
      return {next, static_cast<std::uint16_t>(in.b)};
    case Op::End:
    case Op::HandlerReturn:
    case Op::Unwind:
      return {};
    default:
      return {next};
  }
}

void compute_liveness(Code& code) {
  const std::size_t count = code.instructions.size();
  const std::size_t words = (code.locals.size() + 63) / 64;
  code.live_words = static_cast<std::uint32_t>(words);
  std::vector<Bits> in(count, Bits(words));
  Bits kept(words);
  for (std::uint32_t i = 0; i < code.locals.size(); ++i) {
    if (code.locals[i].is_kept) set_bit(kept, i);
  }
  bool changed = true;
  while (changed) {
    changed = false;
    for (std::size_t pc = count; pc-- > 0;) {
      Bits live(words);
      const auto add = [&](std::size_t next) {
        for (std::size_t w = 0; w < words; ++w) live[w] |= in[next][w];
      };
      for (const std::uint16_t next : successors(code, static_cast<std::uint16_t>(pc))) add(next);
      for (const CleanupCode& cleanup : code.cleanups) {
        if (pc >= cleanup.begin && pc < cleanup.end) add(cleanup.entry);
      }
      transfer(code, code.instructions[pc], live);
      if (live != in[pc]) {
        in[pc] = std::move(live);
        changed = true;
      }
    }
  }
  // What may not be cleared while the thread stands at `pc`. A call in flight has its arguments in
  // its frame, so only what follows the call counts: its own live-in says exactly that.
  code.live.assign(count * words, 0);
  for (std::size_t pc = 0; pc < count; ++pc) {
    Bits live = in[pc];
    for (std::size_t w = 0; w < words; ++w) live[w] |= kept[w];
    // A handler interrupted the program somewhere, where any local may be read again.
    const bool in_handler = !code.handlers.empty() && pc >= code.handlers_begin;
    if (in_handler) std::fill(live.begin(), live.end(), ~std::uint64_t{0});
    for (const WaitRegion& region : code.regions) {
      const bool inside = pc >= region.begin && pc < region.end;
      if (inside && region.kind == WaitRegion::Kind::WaitsFor) {
        add_condition_reads(code, region, live);
      }
    }
    std::copy(live.begin(), live.end(),
              code.live.begin() + static_cast<std::ptrdiff_t>(pc * words));
  }
}

std::vector<std::uint32_t> maybe_uninitialised(const Code& code) {
  std::vector<std::uint32_t> result;
  for (std::uint32_t i = 0; i < code.locals.size(); ++i) {
    const bool is_live = code.live_words != 0 && ((code.live[i >> 6] >> (i & 63)) & 1) != 0;
    if (is_live && !code.locals[i].is_kept) result.push_back(i);
  }
  return result;
}

bool can_end(const Code& code) {
  std::vector<bool> seen(code.instructions.size());
  std::vector<std::uint16_t> todo{0};
  while (!todo.empty()) {
    const std::uint16_t pc = todo.back();
    todo.pop_back();
    if (seen[pc]) continue;
    seen[pc] = true;
    if (code.instructions[pc].op == Op::End) return true;
    for (const std::uint16_t next : successors(code, pc)) todo.push_back(next);
  }
  return false;
}

std::optional<std::uint32_t> stores_without_drain(const Code& code, std::uint32_t limit) {
  // Longest path, relaxed until nothing grows; growing past the limit means a loop.
  std::vector<std::int64_t> most(code.instructions.size(), -1);
  std::vector<std::uint16_t> todo{0};
  most[0] = 0;
  // An interrupt waits for the store buffer.
  const auto add_entry = [&](std::uint16_t entry) {
    most[entry] = 0;
    todo.push_back(entry);
  };
  for (const HandlerCode& handler : code.handlers) add_entry(handler.entry);
  for (const CleanupCode& cleanup : code.cleanups) add_entry(cleanup.entry);
  std::uint32_t result = 0;
  while (!todo.empty()) {
    const std::uint16_t pc = todo.back();
    todo.pop_back();
    const std::uint8_t flags = code.instructions[pc].flags;
    std::int64_t after = most[pc];
    if ((flags & kDrains) != 0) after = 0;
    if ((flags & kBuffers) != 0) ++after;
    if (after > limit) return std::nullopt;
    result = std::max(result, static_cast<std::uint32_t>(after));
    for (const std::uint16_t next : successors(code, pc)) {
      if (after <= most[next]) continue;
      most[next] = after;
      todo.push_back(next);
    }
  }
  return result;
}

PossibleValues possible_values(const Code& code, const ArgumentSource& source,
                               const ThreadInfo& thread, std::uint32_t number) {
  // Runs the argument's instructions on values that may be unknown.
  std::vector<std::optional<std::int64_t>> stack;
  const auto pop = [&] {
    if (stack.empty()) return std::optional<std::int64_t>{};
    const auto top = stack.back();
    stack.pop_back();
    return top;
  };
  for (std::uint16_t pc = source.begin; pc < source.end; ++pc) {
    const Instruction& in = code.instructions[pc];
    switch (in.op) {
      case Op::Number:
        stack.push_back(in.b);
        break;
      case Op::Constant:
        stack.push_back(code.constants[static_cast<std::size_t>(in.b)]);
        break;
      case Op::Member:
        stack.push_back(thread.member_values[in.a]);
        break;
      case Op::Self:
        stack.push_back(number + 1);
        break;
      case Op::Add:
      case Op::Subtract: {
        const auto right = pop();
        const auto left = pop();
        if (left && right) {
          stack.push_back(in.op == Op::Add ? *left + *right : *left - *right);
        } else {
          stack.push_back(std::nullopt);
        }
        break;
      }
      case Op::Bound: {
        const auto value = pop();
        stack.push_back(value && *value >= 0 && *value < in.b
                            ? std::optional<std::int64_t>(*value * in.a)
                            : std::nullopt);
        break;
      }
      default:
        return source.range;
    }
  }
  if (stack.size() == 1 && stack[0]) return {*stack[0], 1, false};
  return source.range;
}

namespace {

template <class T>
bool add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) != list.end()) return false;
  list.push_back(value);
  return true;
}

// A moved entry may be moved again, and its owner is a waiter of every list it can get to.
void close_over_moves(CallEffects& effects) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (std::size_t from = 0; from < effects.moved_to.size(); ++from) {
      const std::vector<ListId> targets = effects.moved_to[from];
      for (const ListId to : targets) {
        for (const ListId further : std::vector<ListId>(effects.moved_to[index(to)])) {
          changed |= add_once(effects.moved_to[from], further);
        }
        for (const ThreadId who : std::vector<ThreadId>(effects.enqueuers[from])) {
          changed |= add_once(effects.enqueuers[index(to)], who);
        }
      }
    }
  }
}

// What may happen to an interruptible thread at any time.
Footprint interrupt_footprint(System& system, ThreadId thread) {
  Effects effects(system, thread);
  effects.sleeps();  // Writes its own run word.
  system.catalogue->hooks.interrupts.effects(effects);
  return effects.footprint();
}

}  // namespace

CallEffects compute_effects(System& system) {
  CallEffects result;
  const std::size_t threads = system.thread_count();
  result.arms_timer.resize(threads);
  result.entries.resize(threads);
  result.kept.resize(threads);
  for (std::size_t t = 0; t < threads; ++t) {
    const Code& code = system.codes[system.threads[t].code];
    if (system.threads[t].is_interruptible) {
      const Footprint interrupt = interrupt_footprint(system, static_cast<ThreadId>(t));
      result.writes.add_all(interrupt.writes);
      result.reads.add_all(interrupt.reads);
    }
    for (const CallSite& site : code.sites) {
      Effects effects(system, static_cast<ThreadId>(t));
      std::vector<PossibleValues> arguments;
      for (const ArgumentSource& source : site.sources) {
        arguments.push_back(
            possible_values(code, source, system.threads[t], static_cast<std::uint32_t>(t)));
      }
      if (site.row->effects != nullptr) site.row->effects(effects, arguments);
      result.writes.add_all(effects.footprint().writes);
      result.reads.add_all(effects.footprint().reads);
      result.enqueuers.resize(system.layout.lists.size());
      result.moved_to.resize(system.layout.lists.size());
      for (const ListId list : effects.enqueued()) {
        // Threads come in order, so only the last can be this one.
        auto& who = result.enqueuers[index(list)];
        const auto thread = static_cast<ThreadId>(t);
        if (who.empty() || who.back() != thread) who.push_back(thread);
      }
      result.linked.resize(system.layout.lists.size());
      for (const auto& [entry, list] : effects.linked())
        add_once(result.linked[index(list)], entry);
      for (const ListId list : effects.kept()) add_once(result.kept[t], list);
      for (const auto& [from, to] : effects.moved()) add_once(result.moved_to[index(from)], to);
      if (effects.has_timer()) result.arms_timer[t] = true;
      const auto entries =
          static_cast<std::uint32_t>(site.row->entries + site.row->entries_per_pair * site.pairs);
      result.entries[t] = std::max(result.entries[t], entries);
    }
  }
  result.enqueuers.resize(system.layout.lists.size());
  result.moved_to.resize(system.layout.lists.size());
  result.linked.resize(system.layout.lists.size());
  result.keepers.resize(system.layout.lists.size());
  for (std::size_t t = 0; t < threads; ++t) {
    std::sort(result.kept[t].begin(), result.kept[t].end());
    for (const ListId list : result.kept[t]) {
      result.keepers[index(list)].push_back(static_cast<ThreadId>(t));
    }
  }
  for (std::size_t i = 0; i < system.relays.size(); ++i) {
    for (const ListId list : system.relays[i].lists) {
      add_once(result.linked[index(list)], static_cast<EntryId>(i));
    }
  }
  if (system.layout.kind == LayoutKind::Search) close_over_moves(result);
  return result;
}

namespace {

// The lists that a wake of `list` may reach: itself, and those that the callbacks of objects'
// entries wake in their turn.
std::vector<ListId> reached_by_wake(const System& system, const CallEffects& effects, ListId list) {
  std::vector<ListId> reached{list};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const EntryId entry : effects.linked[index(reached[i])]) {
      for (const ListId further : system.relays[index(entry)].woken) add_once(reached, further);
    }
  }
  return reached;
}

void add_wake(const System& system, const CallEffects& effects, ListId list, Footprint& footprint) {
  const auto writes = [&](ClassId cls) {
    footprint.reads.add(cls);
    footprint.writes.add(cls);
  };
  for (const ListId reached : reached_by_wake(system, effects, list)) {
    writes(system.layout.lists[index(reached)].cls);
    for (const ThreadId sleeper : effects.enqueuers[index(reached)]) {
      writes(system.layout.threads[index(sleeper)].run_class);
    }
    for (const ThreadId sleeper : effects.keepers[index(reached)]) {
      writes(system.layout.threads[index(sleeper)].run_class);
    }
    for (const EntryId entry : effects.linked[index(reached)]) {
      writes(system.layout.entries[index(entry)].cls);
      for (const ClassId cls : system.relays[index(entry)].written) writes(cls);
      footprint.reads.add_all(system.relays[index(entry)].read);
    }
  }
}

// One instruction's own footprint, whatever the state.
Footprint own_footprint(System& system, const CallEffects& effects, const Code& code,
                        std::size_t thread, const Instruction& in) {
  Footprint result;
  const ThreadLayout& layout = system.layout.threads[thread];
  const auto words = [&](bool writes) {
    const std::uint32_t count = std::max<std::uint32_t>(1, in.a);
    for (std::uint32_t i = 0; i < count; ++i) {
      const ClassId cls = system.words[static_cast<std::size_t>(in.b) + i].cls;
      result.reads.add(cls);
      if (writes) result.writes.add(cls);
    }
  };
  switch (in.op) {
    case Op::Load:
      words(false);
      result.reads.add(layout.buffer_class);
      break;
    case Op::Store:
      words(true);
      result.reads.add(layout.buffer_class);
      result.writes.add(layout.buffer_class);
      break;
    case Op::StoreLocked:
    case Op::Exchange:
    case Op::CompareExchange:
    case Op::FetchAdd:
    case Op::FetchSub:
    case Op::FetchAnd:
    case Op::FetchOr:
    case Op::FetchXor:
      words(true);
      break;
    case Op::End:
      result.writes.add(layout.end_class);
      break;
    case Op::Assume:
      result.writes.add(layout.end_class);
      break;
    case Op::Predicate:
      // Looks into calls that it does not know: anything may be read.
      result.reads.fill();
      break;
    case Op::Call:
    case Op::Primitive: {
      const CallSite& site = code.sites[static_cast<std::size_t>(in.b)];
      Effects call(system, static_cast<ThreadId>(thread));
      std::vector<PossibleValues> arguments;
      for (const ArgumentSource& source : site.sources) {
        arguments.push_back(possible_values(code, source, system.threads[thread],
                                            static_cast<std::uint32_t>(thread)));
      }
      if (site.row->effects != nullptr) site.row->effects(call, arguments);
      result = call.footprint();
      for (const ListId list : call.enqueued()) {
        for (const ListId target : effects.moved_to[index(list)]) {
          result.reads.add(system.layout.lists[index(target)].cls);
          result.writes.add(system.layout.lists[index(target)].cls);
        }
      }
      for (const ListId list : call.woken()) add_wake(system, effects, list, result);
      if (call.has_timer()) {
        result.reads.add(system.clock_class);
        result.writes.add(system.clock_class);
      }
      break;
    }
    default:
      break;
  }
  if ((in.flags & (kDrains | kBuffers)) != 0) result.reads.add(layout.buffer_class);
  if (system.threads[thread].is_observed) result.writes.add(layout.run_class);
  if (system.threads[thread].is_interruptible) {
    const Footprint interrupt = interrupt_footprint(system, static_cast<ThreadId>(thread));
    result.reads.add_all(interrupt.reads);
    result.writes.add_all(interrupt.writes);
    result.writes.add(layout.end_class);
  }
  // Any step may make a `start:` true, and looks whether it did.
  for (const ThreadId held : system.held) {
    result.reads.fill();
    result.writes.add(system.layout.threads[index(held)].start_class);
  }
  return result;
}

}  // namespace

void compute_futures(System& system, const CallEffects& effects) {
  system.futures.clear();
  if (system.layout.kind == LayoutKind::Timed) return;
  for (std::size_t t = 0; t < system.thread_count(); ++t) {
    const Code& code = system.codes[system.threads[t].code];
    std::vector<Future> futures(code.instructions.size());
    for (std::size_t pc = 0; pc < futures.size(); ++pc) {
      futures[pc].footprint = own_footprint(system, effects, code, t, code.instructions[pc]);
    }
    bool changed = true;
    const auto add = [&](Footprint& to, std::size_t from) {
      changed |= to.reads.add_all(futures[from].footprint.reads);
      changed |= to.writes.add_all(futures[from].footprint.writes);
    };
    while (changed) {
      changed = false;
      for (std::size_t pc = futures.size(); pc-- > 0;) {
        Footprint& own = futures[pc].footprint;
        for (const std::uint16_t next : successors(code, static_cast<std::uint16_t>(pc))) {
          add(own, next);
        }
        // Interrupts may come anywhere, and a handler goes back anywhere.
        for (const HandlerCode& handler : code.handlers) add(own, handler.entry);
        for (const CleanupCode& cleanup : code.cleanups) add(own, cleanup.entry);
        if (code.instructions[pc].op == Op::HandlerReturn) add(own, 0);
      }
    }
    system.futures.push_back(std::move(futures));
  }
}

}  // namespace wakesim
