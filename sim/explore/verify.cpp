#include "sim/explore/verify.h"

#include <cstdio>
#include <cstring>
#include <vector>

namespace wakesim {
namespace {

struct Range {
  std::uint32_t begin;
  std::uint32_t end;
};

// The actor's own bytes, which only its steps may touch.
Range private_bytes(const System& system, const Actor& actor) {
  if (actor.kind != ActorKind::Thread && actor.kind != ActorKind::Interrupt) return {0, 0};
  const ThreadLayout& layout = system.layout.threads[index(actor.thread)];
  return {layout.block, layout.private_end};
}

bool is_inside(const Range& range, std::uint32_t offset) {
  return offset >= range.begin && offset < range.end;
}

[[noreturn]] void lie(const System& system, const Actor& actor, const char* what,
                      const std::string& where) {
  std::fprintf(stderr, "footprint of %s: %s %s\n", system.threads[index(actor.thread)].name.c_str(),
               what, where.c_str());
  WAKESIM_ASSERT(!"a step lied about what it touches");
  WAKESIM_UNREACHABLE();
}

// Which class each byte belongs to; -1: private to some thread, or padding. A thread that others
// observe (`asleep(t)`) writes run(t) in all its steps, so its private bytes count as that class.
std::vector<std::int64_t> classes_of_bytes(const System& system) {
  std::vector<std::int64_t> result(system.layout.bytes, -1);
  for (std::size_t t = 0; t < system.thread_count(); ++t) {
    if (!system.threads[t].is_observed) continue;
    const ThreadLayout& thread = system.layout.threads[t];
    for (std::uint32_t i = thread.block; i < thread.private_end; ++i) {
      result[i] = index(thread.run_class);
    }
  }
  for (const ClassRange& range : system.layout.ranges) {
    for (std::uint32_t i = 0; i < range.size; ++i) {
      result[range.offset + i] = index(range.cls);
    }
  }
  return result;
}

}  // namespace

void verify_step(const Executor& executor, const std::byte* before, const std::byte* after,
                 const Move& move, const StepRecord& record) {
  const System& system = executor.system();
  const Range own = private_bytes(system, move.actor);
  // By digest: another system may since have got this one's address.
  static thread_local std::uint64_t cached = 0;
  static thread_local std::vector<std::int64_t> classes;
  if (cached != system.digest || classes.size() != system.layout.bytes) {
    classes = classes_of_bytes(system);
    cached = system.digest;
  }
  const auto name = [&](std::int64_t cls) {
    return cls < 0 ? std::string("bytes private to a thread")
                   : system.layout.class_names[static_cast<std::size_t>(cls)];
  };
  const auto may_write = [&](std::uint32_t i) {
    return is_inside(own, i) ||
           (classes[i] >= 0 && record.footprint.writes.has(static_cast<ClassId>(classes[i])));
  };

  for (std::uint32_t i = 0; i < system.layout.bytes; ++i) {
    if (before[i] == after[i] || may_write(i)) continue;
    lie(system, move.actor, "writes without saying so:", name(classes[i]));
  }

  // The same step among scrambled bytes that it says it does not read must do the same.
  std::vector<std::byte> scrambled(before, before + system.layout.bytes);
  for (std::uint32_t i = 0; i < system.layout.bytes; ++i) {
    const bool is_read =
        is_inside(own, i) || i < 8 ||
        (classes[i] >= 0 && record.footprint.reads.has(static_cast<ClassId>(classes[i])));
    if (!is_read) scrambled[i] ^= std::byte{0x5a};
  }
  std::vector<std::byte> expected = scrambled;
  StepRecord again;
  executor.step(scrambled.data(), move, again);
  for (std::uint32_t i = 0; i < system.layout.bytes; ++i) {
    // What it wrote must be equal; what it may write but did not was scrambled before.
    const bool was_written = before[i] != after[i];
    if (was_written && scrambled[i] != after[i]) {
      lie(system, move.actor, "depends on something it does not read; it changes",
          name(classes[i]));
    }
    if (!was_written && scrambled[i] != expected[i] && scrambled[i] != after[i]) {
      lie(system, move.actor, "depends on something it does not read; it changes",
          name(classes[i]));
    }
  }

  if (move.actor.kind != ActorKind::Thread) return;
  const std::uint16_t pc = executor.pc(before, move.actor.thread);
  const Footprint& future = system.futures[index(move.actor.thread)][pc].footprint;
  for (std::size_t cls = 0; cls < system.layout.class_names.size(); ++cls) {
    const auto id = static_cast<ClassId>(cls);
    if (record.footprint.writes.has(id) && !future.writes.has(id)) {
      lie(system, move.actor,
          "writes outside its static future:", name(static_cast<std::int64_t>(cls)));
    }
    const bool reads_known = future.reads.has(id) || future.writes.has(id);
    if (record.footprint.reads.has(id) && !reads_known) {
      lie(system, move.actor,
          "reads outside its static future:", name(static_cast<std::int64_t>(cls)));
    }
  }
}

}  // namespace wakesim
