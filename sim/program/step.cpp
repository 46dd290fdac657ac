#include "sim/program/step.h"

#include "sim/program/system.h"
#include "sim/program/word_access.h"

namespace wakesim {
namespace {

// Search layout of a list: a count, then entry numbers, all 16 bits.
using Dense = std::uint16_t;
constexpr std::uint32_t kDense = sizeof(Dense);

// Timed layout of a list: first and last entry as 1 + number, and the count.
struct Linked {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t count;
  std::uint32_t zero;
};

// Timed layout: an entry's links stand behind it.
struct Links {
  std::uint32_t next;
  std::uint32_t previous;
};

bool is_linked_layout(const Layout& layout) { return layout.kind == LayoutKind::Timed; }

template <class T>
T peek_at(const std::byte* state, std::uint32_t offset) {
  T value;
  std::memcpy(&value, state + offset, sizeof(T));
  return value;
}

template <class T>
void poke_at(std::byte* state, std::uint32_t offset, const T& value) {
  std::memcpy(state + offset, &value, sizeof(T));
}

std::uint32_t entry_offset(const Layout& layout, EntryId entry) {
  return layout.entries[index(entry)].offset;
}

std::uint32_t links_offset(const Layout& layout, EntryId entry) {
  return entry_offset(layout, entry) + static_cast<std::uint32_t>(sizeof(Entry));
}

// Position of an entry in a dense list, or the count if it is not there.
std::uint32_t dense_position(const std::byte* state, std::uint32_t offset, EntryId entry) {
  const std::uint32_t count = peek_at<Dense>(state, offset);
  std::uint32_t position = 0;
  while (position < count &&
         peek_at<Dense>(state, offset + kDense * (1 + position)) != index(entry)) {
    ++position;
  }
  return position;
}

void dense_insert(std::byte* state, const ListLayout& list, std::uint32_t position, EntryId entry) {
  const std::uint32_t count = peek_at<Dense>(state, list.offset);
  WAKESIM_ASSERT(count < list.capacity);
  std::byte* const place = state + list.offset + kDense * (1 + position);
  std::memmove(place + kDense, place, kDense * (count - position));
  poke_at(state, list.offset + kDense * (1 + position), static_cast<Dense>(index(entry)));
  poke_at(state, list.offset, static_cast<Dense>(count + 1));
}

void dense_remove(std::byte* state, const ListLayout& list, EntryId entry) {
  const std::uint32_t count = peek_at<Dense>(state, list.offset);
  const std::uint32_t position = dense_position(state, list.offset, entry);
  WAKESIM_ASSERT(position < count);
  std::byte* const place = state + list.offset + kDense * (1 + position);
  std::memmove(place, place + kDense, kDense * (count - position - 1));
  poke_at(state, list.offset + kDense * count, Dense{0});  // Zero tail.
  poke_at(state, list.offset, static_cast<Dense>(count - 1));
}

// `position` is the entry to stand before, or kNoEntry for the back.
void linked_insert(std::byte* state, const Layout& layout, const ListLayout& list, EntryId position,
                   EntryId entry) {
  Linked head = peek_at<Linked>(state, list.offset);
  const std::uint32_t self = index(entry) + 1;
  Links links{};
  if (position == kNoEntry) {
    links.previous = head.last;
    head.last = self;
  } else {
    Links after = peek_at<Links>(state, links_offset(layout, position));
    links.previous = after.previous;
    links.next = index(position) + 1;
    after.previous = self;
    poke_at(state, links_offset(layout, position), after);
  }
  if (links.previous == 0) {
    head.first = self;
  } else {
    const auto before = static_cast<EntryId>(links.previous - 1);
    Links changed = peek_at<Links>(state, links_offset(layout, before));
    changed.next = self;
    poke_at(state, links_offset(layout, before), changed);
  }
  ++head.count;
  poke_at(state, links_offset(layout, entry), links);
  poke_at(state, list.offset, head);
}

void linked_remove(std::byte* state, const Layout& layout, const ListLayout& list, EntryId entry) {
  Linked head = peek_at<Linked>(state, list.offset);
  const Links links = peek_at<Links>(state, links_offset(layout, entry));
  if (links.previous == 0) {
    head.first = links.next;
  } else {
    const std::uint32_t offset = links_offset(layout, static_cast<EntryId>(links.previous - 1));
    Links before = peek_at<Links>(state, offset);
    before.next = links.next;
    poke_at(state, offset, before);
  }
  if (links.next == 0) {
    head.last = links.previous;
  } else {
    const std::uint32_t offset = links_offset(layout, static_cast<EntryId>(links.next - 1));
    Links after = peek_at<Links>(state, offset);
    after.previous = links.previous;
    poke_at(state, offset, after);
  }
  --head.count;
  poke_at(state, links_offset(layout, entry), Links{});
  poke_at(state, list.offset, head);
}

}  // namespace

std::uint32_t entry_bytes(LayoutKind kind) {
  return static_cast<std::uint32_t>(sizeof(Entry) +
                                    (kind == LayoutKind::Timed ? sizeof(Links) : 0));
}

std::int64_t View::load(WordId id) const {
  const Word& word = system_.words[index(id)];
  note_read(word.cls);
  return read_word(state_, word);
}

ClassId View::class_of(WordId id) const { return system_.words[index(id)].cls; }

ListId View::list_of_word(WordId id) const {
  const Word& word = system_.words[index(id)];
  WAKESIM_ASSERT(word.has_list);
  return word.list;
}

std::uint32_t View::size(ListId id) const {
  const ListLayout& list = system_.layout.lists[index(id)];
  note_read(list.cls);
  if (is_linked_layout(system_.layout)) return peek<Linked>(list.offset).count;
  return peek<Dense>(list.offset);
}

EntryId View::first(ListId id) const {
  const ListLayout& list = system_.layout.lists[index(id)];
  note_read(list.cls);
  if (is_linked_layout(system_.layout)) {
    const std::uint32_t first = peek<Linked>(list.offset).first;
    return first == 0 ? kNoEntry : static_cast<EntryId>(first - 1);
  }
  if (peek<Dense>(list.offset) == 0) return kNoEntry;
  return static_cast<EntryId>(peek<Dense>(list.offset + kDense));
}

EntryId View::next(ListId id, EntryId entry) const {
  const ListLayout& list = system_.layout.lists[index(id)];
  note_read(list.cls);
  if (is_linked_layout(system_.layout)) {
    const std::uint32_t next = peek<Links>(links_offset(system_.layout, entry)).next;
    return next == 0 ? kNoEntry : static_cast<EntryId>(next - 1);
  }
  const std::uint32_t position = dense_position(state_, list.offset, entry) + 1;
  if (position >= peek<Dense>(list.offset)) return kNoEntry;
  return static_cast<EntryId>(peek<Dense>(list.offset + kDense * (1 + position)));
}

bool View::contains(ListId id, EntryId entry) const {
  note_read(system_.layout.lists[index(id)].cls);
  return peek<Entry>(entry_offset(system_.layout, entry)).list == index(id) + 1;
}

Entry View::entry(EntryId id) const {
  const EntryLayout& place = system_.layout.entries[index(id)];
  note_read(place.cls);
  return peek<Entry>(place.offset);
}

ThreadId View::owner(EntryId entry) const { return system_.layout.entries[index(entry)].owner; }

EntryId View::entry_of(ThreadId thread, std::uint32_t slot) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  WAKESIM_ASSERT(slot < layout.entries_count);
  return static_cast<EntryId>(layout.entry_first + slot);
}

EntryId View::kept_entry(ThreadId thread, ListId list) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  const auto found = std::lower_bound(layout.kept.begin(), layout.kept.end(), list);
  WAKESIM_ASSERT(found != layout.kept.end() && *found == list);
  return entry_of(thread,
                  layout.kept_first + static_cast<std::uint32_t>(found - layout.kept.begin()));
}

std::uint32_t View::entry_count(ThreadId thread) const {
  return system_.layout.threads[index(thread)].entries_count;
}

TaskRun View::run(ThreadId thread) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  note_read(layout.run_class);
  return peek<TaskRun>(layout.run);
}

bool View::has_ended(ThreadId thread) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  note_read(layout.end_class);
  return peek<ThreadBlock>(layout.block).has_ended != 0;
}

bool View::is_over(ThreadId thread) const {
  if (!has_ended(thread)) return false;
  if (system_.buffer_capacity == 0) return true;
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  note_read(layout.buffer_class);
  return peek<BufferedStore>(layout.buffer).word == 0;
}

std::int64_t View::return_value(ThreadId thread) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  const std::uint32_t local = system_.code_of(thread).return_local;
  note_read(layout.end_class);
  return local == kNoLocal ? 0 : peek<std::int64_t>(layout.locals + 8 * local);
}

bool View::timer_is_first(ThreadId thread) const {
  note_read(system_.clock_class);
  const auto word = [&](std::uint32_t i) {
    std::uint32_t value;
    std::memcpy(&value, state_ + system_.timers_offset + 4 * i, sizeof(value));
    return value;
  };
  const auto slot = [&](std::uint32_t number) {
    TimerSlot value;
    std::memcpy(&value, state_ + system_.layout.threads[number].timer, sizeof(value));
    return value;
  };
  const std::uint32_t count = word(0);
  bool is_armed = false;
  for (std::uint32_t i = 1; i <= count; ++i) is_armed |= word(i) == index(thread) + 1;
  if (!is_armed) return false;
  const TimerSlot own = slot(index(thread));
  if (own.kind == TimerKind::Periodic) return true;  // Its time may be any from now on.
  bool is_after_own = false;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const std::uint32_t number = word(i) - 1;
    if (number == index(thread)) {
      is_after_own = true;
      continue;
    }
    const TimerSlot other = slot(number);
    const bool other_is_absolute = other.kind == TimerKind::Absolute;
    if (own.kind == TimerKind::Absolute) {
      if (other_is_absolute && other.nanoseconds < own.nanoseconds) return false;
    } else if (!other_is_absolute && !is_after_own && other.nanoseconds <= own.nanoseconds) {
      return false;
    }
  }
  return true;
}

bool View::timer_is_due(ThreadId device) const {
  if (is_linked_layout(system_.layout)) return run(device).timer == 1;
  return timer_is_first(device);
}

std::string_view View::thread_name(ThreadId thread) const {
  return system_.threads[index(thread)].name;
}

std::size_t View::thread_count() const { return system_.threads.size(); }

std::string_view View::object_name(ObjectId id) const { return system_.records[index(id)].name; }

int View::dialect(SwitchId id) const { return system_.dialect[static_cast<std::size_t>(id)]; }

const void* View::object_record(ObjectId id) const {
  return system_.records[index(id)].record.get();
}

void Step::store(WordId id, std::int64_t value) {
  const Word& word = system_.words[index(id)];
  note_write(word.cls);
  if (!write_word(bytes_, word, value)) fault(Fault::InvalidUse, "signed overflow");
}

void Step::push_front(ListId list, EntryId entry) { insert_before(list, first(list), entry); }

void Step::push_back(ListId list, EntryId entry) { insert_before(list, kNoEntry, entry); }

void Step::insert_before(ListId id, EntryId position, EntryId entry) {
  const ListLayout& list = system_.layout.lists[index(id)];
  note_read(list.cls);
  note_write(list.cls);
  if (is_linked_layout(system_.layout)) {
    linked_insert(bytes_, system_.layout, list, position, entry);
  } else {
    dense_insert(bytes_, list, dense_position(state_, list.offset, position), entry);
  }
  Entry record = View::entry(entry);
  record.list = index(id) + 1;
  poke_entry(entry, record);
}

void Step::remove(ListId id, EntryId entry) {
  const ListLayout& list = system_.layout.lists[index(id)];
  note_read(list.cls);
  note_write(list.cls);
  Entry record = View::entry(entry);
  WAKESIM_ASSERT(record.list == index(id) + 1);
  if (is_linked_layout(system_.layout)) {
    linked_remove(bytes_, system_.layout, list, entry);
  } else {
    dense_remove(bytes_, list, entry);
  }
  record.list = 0;
  poke_entry(entry, record);
}

void Step::set_entry(EntryId entry, const Entry& value) {
  Entry record = value;
  record.list = View::entry(entry).list;
  poke_entry(entry, record);
}

void Step::poke_entry(EntryId entry, const Entry& record) {
  const EntryLayout& place = system_.layout.entries[index(entry)];
  note_write(place.cls);
  poke(place.offset, record);
}

bool Step::has_subframe() const {
  const std::uint32_t place = system_.layout.threads[index(thread_)].subframe;
  return place != 0 && peek<SubframeHead>(place).is_open != 0;
}

std::byte* Step::open_subframe() {
  const std::uint32_t place = system_.layout.threads[index(thread_)].subframe;
  WAKESIM_ASSERT(place != 0);
  poke(place + static_cast<std::uint32_t>(offsetof(SubframeHead, is_open)), std::uint8_t{1});
  return bytes_ + place + sizeof(SubframeHead);
}

void Step::set_run(ThreadId thread, const TaskRun& value) {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  note_write(layout.run_class);
  if (value.state != peek<TaskRun>(layout.run).state) record_.run_changed = true;
  poke(layout.run, value);
  if (record_.woken != nullptr && value.state == 0 && thread != thread_) {
    record_.woken->push_back(thread);
  }
}

std::uint32_t Step::choose(std::uint32_t count) {
  WAKESIM_ASSERT(record_.choices == 1);  // One choice a step.
  WAKESIM_ASSERT(count > 0);
  WAKESIM_ASSERT(record_.draw != 0 || choice_ < count);
  record_.choices = count;
  return record_.draw != 0 ? record_.draw % count : choice_;
}

void Step::arm_timer(std::int64_t nanoseconds, bool absolute) {
  arm_timer_of(thread_, nanoseconds, absolute ? TimerKind::Absolute : TimerKind::Relative);
}

void Step::disarm_timer() { disarm_timer_of(thread_); }

void Step::arm_timer_of(ThreadId owner, std::int64_t nanoseconds, TimerKind kind) {
  const ThreadLayout& layout = system_.layout.threads[index(owner)];
  TaskRun run = View::run(owner);
  WAKESIM_ASSERT(run.timer != 1);
  run.timer = 1;
  set_run(owner, run);
  note_write(system_.clock_class);
  record_.timer_owner = owner;
  record_.armed_ns = nanoseconds;
  record_.armed_kind = kind;
  record_.timer_armed = true;
  if (is_linked_layout(system_.layout)) return;
  note_read(system_.clock_class);
  const std::uint32_t order = system_.timers_offset;
  const std::uint32_t count = peek<std::uint32_t>(order);
  poke(order, count + 1);
  poke(order + 4 * (1 + count), index(owner) + 1);
  poke(layout.timer, TimerSlot{nanoseconds, kind, {}});
}

void Step::disarm_timer_of(ThreadId owner) {
  TaskRun run = View::run(owner);
  const bool was_armed = run.timer == 1;
  run.timer = 0;
  set_run(owner, run);
  if (was_armed) forget_timer(owner);
}

void Step::forget_timer(ThreadId owner) {
  note_read(system_.clock_class);
  note_write(system_.clock_class);
  record_.timer_disarmed = true;
  record_.timer_owner = owner;
  if (is_linked_layout(system_.layout)) return;
  const std::uint32_t order = system_.timers_offset;
  const std::uint32_t count = peek<std::uint32_t>(order);
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto item = peek<std::uint32_t>(order + 4 * (1 + i));
    if (item == index(owner) + 1) continue;
    poke(order + 4 * (1 + kept), item);
    ++kept;
  }
  WAKESIM_ASSERT(kept + 1 == count);
  poke(order + 4 * count, std::uint32_t{0});
  poke(order, kept);
  poke(system_.layout.threads[index(owner)].timer, TimerSlot{});
}

void Step::set_result(std::uint32_t entry, std::uint32_t field, std::int64_t value) {
  if (result_slot_ == ~std::uint32_t{0}) return;  // The caller does not look at it.
  const std::uint32_t local = result_slot_ + 1 + entry * result_stride_ + field;
  poke(system_.layout.threads[index(thread_)].locals + 8 * local, value);
}

void Step::fault(Fault kind, const char* text) {
  if (record_.fault != Fault::None) return;
  record_.fault = kind;
  record_.fault_text = text;
}

void Step::note_bound() { record_.bound_reached = true; }

}  // namespace wakesim
