// Where the parts of the state lie whose sizes follow from the programs: wait entries, lists, store
// buffers, timers and the threads themselves. Words and objects were laid out when they were made.

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "sim/program/analysis.h"
#include "sim/program/compilation.h"

namespace wakesim {
namespace {

constexpr std::size_t kSearchEntriesMax = 60'000;
// Store-buffer entries per thread where no static bound exists.
constexpr std::uint32_t kBufferDefault = 4;
constexpr std::uint32_t kBufferMax = 12;

class StateLayout {
 public:
  StateLayout(System& system, Diagnostics& diagnostics)
      : system_(system), diagnostics_(diagnostics) {}

  void lay_out() {
    const CallEffects effects = compute_effects(system_);
    Layout& layout = system_.layout;
    std::size_t entries = layout.entries.size();  // Objects' entries come first.
    for (std::size_t t = 0; t < layout.threads.size(); ++t) {
      layout.threads[t].entry_first = static_cast<std::uint32_t>(entries);
      layout.threads[t].kept = effects.kept[t];
      layout.threads[t].kept_first = effects.entries[t];
      layout.threads[t].entries_count =
          effects.entries[t] + static_cast<std::uint32_t>(effects.kept[t].size());
      entries += layout.threads[t].entries_count;
      layout.entries.resize(entries, {0, layout.threads[t].run_class, static_cast<ThreadId>(t)});
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
      system_.timers_offset = layout.reserve(4 * words, 8, system_.clock_class);
    }
    if (system_.spurious > 0) {
      system_.spurious_offset = layout.reserve(4, 4, system_.spurious_class);
    }
    layout.bytes = (layout.bytes + 7) / 8 * 8;
    system_.initial.resize(layout.bytes);
    if (system_.spurious > 0) {
      const auto left = static_cast<std::uint32_t>(system_.spurious);
      std::memcpy(system_.initial.data() + system_.spurious_offset, &left, sizeof(left));
    }
    show_ends(effects);
    compute_futures(system_, effects);
    for (const auto& action : system_.at_start) {
      StepRecord record;
      Step step(system_, system_.initial.data(), record, kNoThread, 0, nullptr);
      action(step);
    }
  }

 private:
  // A thread's end is a step of its own where somebody joins it or asks whether it has ended.
  void show_ends(const CallEffects& effects) {
    std::vector<bool> is_seen(system_.threads.size());
    for (std::size_t t = 0; t < is_seen.size(); ++t) {
      is_seen[t] = effects.reads.has(system_.layout.threads[t].end_class);
    }
    const auto look = [&](const Code& code) {
      for (const PredicateSite& site : code.predicates) {
        if (site.kind != PredicateSite::Kind::Ended) continue;
        for (const ThreadId thread : site.threads) is_seen[index(thread)] = true;
      }
    };
    for (const Code& code : system_.codes) look(code);
    for (const Code& code : system_.expressions) look(code);
    for (std::size_t t = 0; t < is_seen.size(); ++t) {
      if (!is_seen[t]) continue;
      for (Instruction& in : system_.codes[system_.threads[t].code].instructions) {
        if (in.op == Op::End) in.flags |= kLineStart | kVisible;
      }
    }
  }

  void lay_out_lists(const CallEffects& effects) {
    Layout& layout = system_.layout;
    for (std::size_t i = 0; i < layout.lists.size(); ++i) {
      ListLayout& list = layout.lists[i];
      if (layout.kind == LayoutKind::Timed) {
        list.offset = layout.reserve(16, 4, list.cls);
        continue;
      }
      for (const ThreadId thread : effects.enqueuers[i]) {
        list.capacity += effects.entries[index(thread)];
      }
      list.capacity += static_cast<std::uint32_t>(effects.linked[i].size());
      list.capacity += static_cast<std::uint32_t>(effects.keepers[i].size());
      list.offset = layout.reserve(2 * (1 + list.capacity), 2, list.cls);
    }
  }

  void lay_out_buffers() {
    if (system_.memory != MemoryModel::Tso) return;
    std::uint32_t most = 0;
    for (const Code& code : system_.codes) {
      const auto needed = stores_without_drain(code, kBufferMax);
      if (!needed) system_.buffer_is_exact = false;
      most = std::max(most, needed.value_or(kBufferDefault));
    }
    system_.buffer_capacity = most;
  }

  // Threads that never sleep share one run word, which is always zero: nobody can write it.
  std::uint32_t idle_run_word() {
    if (idle_run_ == 0) {
      idle_run_ = system_.layout.reserve(sizeof(TaskRun), 8, system_.clock_class);
      system_.layout.ranges.pop_back();
    }
    return idle_run_;
  }

  void lay_out_thread(std::size_t t, bool has_timer, bool can_sleep) {
    Layout& layout = system_.layout;
    ThreadLayout& thread = layout.threads[t];
    const Code& code = system_.codes[system_.threads[t].code];
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
    if (system_.threads[t].start != kNoLocal) {
      const std::uint32_t held =
          thread.block + static_cast<std::uint32_t>(offsetof(ThreadBlock, is_held));
      layout.ranges.push_back({thread.start_class, held, 1});
      system_.initial.resize(layout.bytes);
      system_.initial[held] = std::byte{1};
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
    if (system_.subframe_bytes > 0) {
      const auto head = static_cast<std::uint32_t>(sizeof(SubframeHead));
      thread.subframe = private_bytes(head + system_.subframe_bytes);
    }
    if (system_.threads[t].is_interruptible) {
      const auto depth = static_cast<std::uint32_t>(code.handlers.size());
      thread.activations =
          private_bytes(8 + depth * static_cast<std::uint32_t>(sizeof(Activation)));
    }
    thread.private_end = layout.bytes;
    thread.run = can_sleep ? layout.reserve(sizeof(TaskRun), 8, thread.run_class) : idle_run_word();
    const std::uint32_t stride = entry_bytes(layout.kind);
    const std::uint32_t first = layout.reserve(stride * thread.entries_count, 8, thread.run_class);
    for (std::uint32_t i = 0; i < thread.entries_count; ++i) {
      layout.entries[thread.entry_first + i].offset = first + i * stride;
    }
    if (has_timer && layout.kind == LayoutKind::Search) {
      thread.timer = layout.reserve(sizeof(TimerSlot), 8, system_.clock_class);
    }
    if (system_.buffer_capacity > 0) {
      const auto bytes =
          static_cast<std::uint32_t>(system_.buffer_capacity * sizeof(BufferedStore));
      thread.buffer = layout.reserve(bytes, 8, thread.buffer_class);
    }
    system_.initial.resize(layout.bytes);
  }

  System& system_;
  Diagnostics& diagnostics_;
  std::uint32_t idle_run_ = 0;
};

}  // namespace

void lay_out_state(System& system, Diagnostics& diagnostics) {
  StateLayout(system, diagnostics).lay_out();
}

}  // namespace wakesim
