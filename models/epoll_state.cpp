#include "models/epoll_state.h"

#include <algorithm>
#include <cerrno>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim::epoll {

using file::FileId;
using file::OpenFile;
using kernel::EntryOptions;
using At = MutexState::At;

namespace {

const Item& item_at(const Epoll& epoll, std::uint32_t place) {
  WAKESIM_ASSERT(place < epoll.items.size());
  return epoll.items[place];
}

FileId file_of(const ItemState& state) {
  WAKESIM_ASSERT(state.file != 0);
  return static_cast<FileId>(state.file - 1);
}

kernel::WaitQueue queue_of(const View& view, const ItemState& state) {
  const OpenFile& open = file::open_file(view, file_of(state));
  return open.operations->poll.queue(view, open);
}

bool is_linked(const View& view, EntryId entry) { return kernel::is_linked(view, entry); }

// An item has three entries with consecutive numbers.
std::uint32_t place_of(const Epoll& epoll, EntryId entry) {
  return (index(entry) - index(epoll.items.front().wait)) / 3;
}

// The list of a scan holds ready links, the overflow list its own.
std::uint32_t place_of_first(const View& view, const Epoll& epoll, ListId list) {
  const EntryId first = view.first(list);
  return first == kNoEntry ? kNoItem : place_of(epoll, first);
}

// epoll.latch-edges: what the last wakes said is all that a scan will know.
void latch(Step& step, EntryId entry, std::uint32_t mask) {
  Entry record = step.entry(entry);
  record.key |= mask;
  step.set_entry(entry, record);
}

bool latches(const View& view, const ItemState& state) {
  return view.is_on(id(Switch::EpollLatchEdges)) && (state.events & kEdge) != 0;
}

void unlink(Step& step, ListId list, EntryId entry) {
  step.remove(list, entry);
  step.set_entry(entry, Entry{});
}

void wake_sleeper(Step& step, const Epoll& epoll) {
  if (kernel::waitqueue_active(step, epoll.sleepers)) kernel::wake_up_at_once(step, epoll.sleepers);
}

void set_scanning(Step& step, const Epoll& epoll, bool is_scanning) {
  LockedState locked = step.read(epoll.locked);
  locked.is_scanning = is_scanning ? 1 : 0;
  step.write(epoll.locked, locked);
}

void set_lock_holder(Step& step, const Epoll& epoll, std::uint32_t holder) {
  LockedState locked = step.read(epoll.locked);
  locked.holder = holder;
  step.write(epoll.locked, locked);
}

// Is the wake for something that the item does not wait for?
bool is_for_others(const View& view, const ItemState& state, std::uint32_t key) {
  if (key == 0) return view.is_on(id(Switch::EpollNeedsKey));
  return (key & state.events) == 0 && !view.is_on(id(Switch::EpollIgnoresKey));
}

// EPOLLEXCLUSIVE: has the item used up the wake? Not without a sleeper, and not if the key could be
// meant for another waiter as well.
bool counts(const View& view, const ItemState& state, std::uint32_t key, bool has_sleepers) {
  if (view.is_on(id(Switch::EpollExclusiveNeverCounts))) return false;
  if (!has_sleepers) return view.is_on(id(Switch::EpollExclusiveAbsorbs));
  if (view.is_on(id(Switch::EpollExclusiveAlwaysCounts))) return true;
  constexpr std::uint32_t kBoth = file::kIn | file::kOut;
  const std::uint32_t direction = key & kBoth;
  if (direction == kBoth) return false;
  return direction == 0 || (state.events & direction) != 0;
}

}  // namespace

std::uint32_t watched_events(const View& view, std::uint32_t asked) {
  if (view.is_on(id(Switch::EpollErrHupIfAsked))) return asked;
  return asked | file::kErr | file::kHup;
}

std::int64_t not_open(const View& view) {
  return view.is_on(id(Switch::EpollBadNumberIsEinval)) ? -EINVAL : -EBADF;
}

std::int64_t no_epoll(const View& view) {
  return view.is_on(id(Switch::EpollOtherFileIsEbadf)) ? -EBADF : -EINVAL;
}

// ---- Locks --------------------------------------------------------------------------------------

bool holds_mutex(const View& view, ThreadId thread, const Epoll& epoll) {
  return view.read(epoll.mutex).holder == index(thread) + 1;
}

bool may_take_mutex(const View& view, const Epoll& epoll) {
  return view.read(epoll.mutex).holder == 0;
}

void take_mutex(Step& step, const Epoll& epoll) {
  MutexState mutex = step.read(epoll.mutex);
  WAKESIM_ASSERT(mutex.holder == 0);
  mutex.holder = index(step.thread()) + 1;
  step.write(epoll.mutex, mutex);
}

void release_mutex(Step& step, const Epoll& epoll) { step.write(epoll.mutex, MutexState{}); }

bool may_lock(const View& view, const Epoll& epoll) { return view.read(epoll.locked).holder == 0; }

// ---- Items --------------------------------------------------------------------------------------

ItemState item_state(const View& view, const Epoll& epoll, std::uint32_t place) {
  return view.read(item_at(epoll, place).state);
}

std::uint32_t find_item(const View& view, const Epoll& epoll, FileId file, std::int32_t number) {
  const bool is_any_file = view.is_on(id(Switch::EpollKeyedByNumber));
  const bool is_any_number = view.is_on(id(Switch::EpollKeyedByFile));
  for (std::uint32_t place = 0; place < epoll.items.size(); ++place) {
    const ItemState state = item_state(view, epoll, place);
    if (state.file == 0) continue;
    const bool has_file = state.file == index(file) + 1 || is_any_file;
    if (has_file && (state.number == number || is_any_number)) return place;
  }
  return kNoItem;
}

std::uint32_t find_unused_item(const View& view, const Epoll& epoll, std::int32_t number) {
  for (std::uint32_t place = 0; place < epoll.items.size(); ++place) {
    const Item& item = epoll.items[place];
    if (item.number >= 0 && item.number != number) continue;
    if (view.read(item.state).file == 0) return place;
  }
  return kNoItem;
}

bool is_watched(const View& view, FileId file) {
  for (const ObjectId id : epolls_of(view).all) {
    const Epoll& epoll = epoll_of(view, id);
    for (const Item& item : epoll.items) {
      if (view.read(item.state).file == index(file) + 1) return true;
    }
  }
  return false;
}

std::string item_name(const View& view, const Epoll& epoll, EntryId entry) {
  const ItemState state = item_state(view, epoll, place_of(epoll, entry));
  return file::open_file(view, file_of(state)).name;
}

void take_in_hand(Step& step, const Epoll& epoll, std::uint32_t place) {
  MutexState mutex = step.read(epoll.mutex);
  mutex.item = place + 1;
  step.write(epoll.mutex, mutex);
}

void insert_item(Step& step, const Epoll& epoll, std::uint32_t place, const ItemState& state) {
  step.write(item_at(epoll, place).state, state);
  take_in_hand(step, epoll, place);
}

void change_item(Step& step, const Epoll& epoll, std::uint32_t place, const ItemState& state) {
  step.write(item_at(epoll, place).state, state);
}

bool announce_item(Step& step, const Epoll& epoll, std::uint32_t place) {
  const OpenFile& open = file::open_file(step, file_of(item_state(step, epoll, place)));
  const file::PollMethod& method = open.operations->poll;
  return method.announce != nullptr && method.announce(step, open);
}

bool may_link_item(const View& view, ThreadId thread, const Epoll& epoll, std::uint32_t place) {
  return kernel::may_lock(view, thread, queue_of(view, item_state(view, epoll, place)));
}

void link_item(Step& step, const Epoll& epoll, std::uint32_t place) {
  const ItemState state = item_state(step, epoll, place);
  const EntryOptions options{.function = kernel::WakeFunction::EpollItem, .value = index(epoll.id)};
  const kernel::WaitQueue queue = queue_of(step, state);
  const EntryId entry = item_at(epoll, place).wait;
  if ((state.events & kExclusive) == 0) {
    const bool is_last = step.is_on(id(Switch::EpollAddsAtTail));
    const auto add = is_last ? kernel::add_wait_queue_entry_tail : kernel::add_wait_queue;
    add(step, queue, entry, options);
  } else {
    const bool is_first = step.is_on(id(Switch::EpollExclusiveAtHead));
    const auto add =
        is_first ? kernel::add_wait_queue_exclusive_head : kernel::add_wait_queue_exclusive;
    add(step, queue, entry, options);
  }
}

bool may_ask_item(const View& view, ThreadId thread, const Epoll& epoll) {
  const std::uint32_t place = view.read(epoll.mutex).item - 1;
  const FileId file = file_of(item_state(view, epoll, place));
  return file::may_ask(view, thread, file::open_file(view, file));
}

// epi_fget() takes a reference, unless there is none left: then the file does not exist and the
// item is not ready. The model takes none, since who drops the last one meanwhile must wait for
// the mutex before the file can go.
std::optional<std::uint32_t> ask_item(Step& step, const Epoll& epoll) {
  MutexState mutex = step.read(epoll.mutex);
  const ItemState state = item_state(step, epoll, mutex.item - 1);
  const FileId file = file_of(state);
  if (file::is_dying(step, file)) return 0;
  const auto mask = file::ask(step, file::open_file(step, file), mutex.asked);
  step.write(epoll.mutex, mutex);
  if (!mask) return {};
  return step.is_on(id(Switch::EpollReportsAllBits)) ? *mask : *mask & state.events;
}

namespace {

bool is_to_report(const View& view, const Item& item, Watched watched) {
  const ItemState state = view.read(item.state);
  // A ONESHOT item that was reported is armed for nothing.
  if (state.file == 0 || (state.events & ~kPrivateBits) == 0) return false;
  const bool is_edge = (state.events & kEdge) != 0;
  return !is_edge || watched == Watched::ReportedToo || is_linked(view, item.ready);
}

bool is_ready(Step& step, const Epoll& epoll, std::uint32_t place, Watched watched) {
  const ItemState state = item_state(step, epoll, place);
  if (const Epoll* const inner = epoll_of_file(step, file_of(state))) {
    return (state.events & kReadable) != 0 && !ready_item(step, *inner, watched).empty();
  }
  if (!may_take_mutex(step, epoll)) return false;
  take_mutex(step, epoll);
  take_in_hand(step, epoll, place);
  std::optional<std::uint32_t> mask;
  while (!mask && may_ask_item(step, step.thread(), epoll)) mask = ask_item(step, epoll);
  release_mutex(step, epoll);
  return mask.value_or(0) != 0;
}

}  // namespace

std::string ready_item(Step& step, const Epoll& epoll, Watched watched) {
  for (std::uint32_t place = 0; place < epoll.items.size(); ++place) {
    if (!is_to_report(step, epoll.items[place], watched)) continue;
    if (!is_ready(step, epoll, place, watched)) continue;
    return file::open_file(step, file_of(item_state(step, epoll, place))).name;
  }
  return {};
}

bool queue_ready_item(Step& step, const Epoll& epoll, std::uint32_t place, std::uint32_t mask) {
  const Item& item = item_at(epoll, place);
  if (latches(step, step.read(item.state))) latch(step, item.ready, mask);
  if (is_linked(step, item.ready)) return false;
  step.push_back(epoll.ready, item.ready);
  if (!step.is_on(id(Switch::EpollCtlWakesNobody))) wake_sleeper(step, epoll);
  if (step.is_on(id(Switch::EpollCtlTellsNoPoller))) return false;
  return kernel::waitqueue_active(step, epoll.poll_wait);
}

void unlink_item(Step& step, const Epoll& epoll, std::uint32_t place) {
  kernel::remove_wait_queue(step, item_at(epoll, place).wait);
}

void remove_item(Step& step, const Epoll& epoll, std::uint32_t place) {
  const Item& item = item_at(epoll, place);
  WAKESIM_ASSERT(!is_linked(step, item.wait));
  if (is_linked(step, item.ready)) unlink(step, epoll.ready, item.ready);
  step.write(item.state, ItemState{});
}

bool callback_enabled(const View& view, EntryId entry) {
  return may_lock(view, epoll_of(view, static_cast<ObjectId>(view.entry(entry).value)));
}

kernel::CallbackResult run_callback(Step& step, EntryId entry, const kernel::WakeOptions& options) {
  const Epoll& epoll = epoll_of(step, static_cast<ObjectId>(step.entry(entry).value));
  const Item& item = item_at(epoll, place_of(epoll, entry));
  const ItemState state = step.read(item.state);
  const bool is_exclusive = (state.events & kExclusive) != 0;
  kernel::CallbackResult result{.is_success = !is_exclusive};
  // A ONESHOT item that has been reported, or a wake for something else: nobody is woken.
  if ((state.events & ~kPrivateBits) == 0) return result;
  if (is_for_others(step, state, options.key)) return result;

  const EntryId link = step.read(epoll.locked).is_scanning != 0 ? item.overflow : item.ready;
  if (latches(step, state)) latch(step, link, options.key & state.events);
  if (!is_linked(step, link)) {
    if (link == item.ready) {
      step.push_back(epoll.ready, link);
    } else if (!step.is_on(id(Switch::EpollScanDropsEvents))) {
      step.push_front(epoll.overflow, link);
    }
  } else if (link == item.ready && step.is_on(id(Switch::EpollRequeuesAtTail))) {
    step.remove(epoll.ready, link);
    step.push_back(epoll.ready, link);
  }
  const bool has_sleepers = kernel::waitqueue_active(step, epoll.sleepers);
  if (is_exclusive) result.is_success = counts(step, state, options.key, has_sleepers);
  if (!step.is_on(id(Switch::EpollCallbackWakesNobody))) wake_sleeper(step, epoll);
  const bool tells = !step.is_on(id(Switch::EpollCallbackTellsNoPoller));
  if (tells && kernel::waitqueue_active(step, epoll.poll_wait)) {
    result.wakes_next = epoll.poll_wait;
    result.next_options = {.key = file::kIn};
  }
  return result;
}

// ---- Scans --------------------------------------------------------------------------------------

bool has_events(const View& view, const Epoll& epoll) {
  if (view.size(epoll.ready) != 0) return true;
  return view.read(epoll.locked).is_scanning != 0 && !view.is_on(id(Switch::EpollScanHidesEvents));
}

namespace {

// The two list switches of a scan are two stores each for readers without the lock, unless a
// sequence counter makes these look again. With nothing to move there is only one store.
bool shows_two_stores(const View& view, const Epoll& epoll) {
  return !view.is_on(id(Switch::EpollReadySeqcount)) && view.size(epoll.scanned) != 0;
}

void move_all(Step& step, ListId from, ListId to) {
  for (EntryId entry = step.first(from); entry != kNoEntry; entry = step.first(from)) {
    step.remove(from, entry);
    step.push_back(to, entry);
  }
}

void set_at(Step& step, const Epoll& epoll, At at) {
  MutexState mutex = step.read(epoll.mutex);
  mutex.at = at;
  step.write(epoll.mutex, mutex);
}

// The list of a scan is its own: taking an item off it is no step. Only callbacks look at the
// links, and not while a scan is open.
void go_to_next_item(Step& step, const Epoll& epoll, const Scanner& scanner) {
  MutexState mutex = step.read(epoll.mutex);
  const std::uint32_t place = place_of_first(step, epoll, epoll.scanned);
  mutex.item = 0;
  mutex.asked = {};
  mutex.at = At::Finishing;
  if (place != kNoItem && scanner.wants_more()) {
    step.remove(epoll.scanned, item_at(epoll, place).ready);
    mutex.item = place + 1;
    mutex.at = At::Asking;
  }
  step.write(epoll.mutex, mutex);
}

void start_second(Step& step, const Epoll& epoll, const Scanner& scanner) {
  set_scanning(step, epoll, true);
  go_to_next_item(step, epoll, scanner);
}

// ep_start_scan(), behind mutex_lock().
void start(Step& step, const Epoll& epoll, const Scanner& scanner) {
  take_mutex(step, epoll);
  move_all(step, epoll.ready, epoll.scanned);
  if (shows_two_stores(step, epoll)) {
    set_lock_holder(step, epoll, index(step.thread()) + 1);
    set_at(step, epoll, At::Starting);
    return;
  }
  start_second(step, epoll, scanner);
}

// What a scan knows about the item in hand.
std::optional<std::uint32_t> find_mask(Step& step, const Epoll& epoll, const Item& item) {
  if (!latches(step, step.read(item.state))) return ask_item(step, epoll);
  const std::uint32_t mask = step.entry(item.ready).key;
  step.set_entry(item.ready, Entry{});
  return mask;
}

bool stays_ready(const View& view, const ItemState& state) {
  if ((state.events & kEdge) != 0) return view.is_on(id(Switch::EpollEdgeRequeued));
  return !view.is_on(id(Switch::EpollLevelNotRequeued));
}

// Without ep->lock: callbacks go to the overflow list, epoll_ctl() waits for the mutex. Who looks
// without the lock cannot tell this store from the load before it.
void requeue(Step& step, const Epoll& epoll, const Item& item) {
  if (step.is_on(id(Switch::EpollLevelToHead))) {
    step.push_front(epoll.ready, item.ready);
  } else {
    step.push_back(epoll.ready, item.ready);
  }
}

void ask(Step& step, const Epoll& epoll, Scanner& scanner) {
  const Item& item = item_at(epoll, step.read(epoll.mutex).item - 1);
  const auto mask = find_mask(step, epoll, item);
  if (!mask) return;
  const ItemState state = step.read(item.state);
  bool is_requeued = false;
  if (*mask != 0 && scanner.take(step, state, *mask)) {
    step.push_front(epoll.scanned, item.ready);
  } else if (*mask != 0) {
    if ((state.events & kOneshot) != 0 && !step.is_on(id(Switch::EpollOneshotStaysArmed))) {
      set_at(step, epoll, At::Disabling);
      return;
    }
    is_requeued = stays_ready(step, state);
    if (is_requeued) requeue(step, epoll, item);
  }
  go_to_next_item(step, epoll, scanner);
  if (is_requeued && step.is_on(id(Switch::EpollRequeueTellsPollers))) {
    kernel::wake_up(step, epoll.poll_wait, {.key = file::kIn});
  }
}

void disable(Step& step, const Epoll& epoll, const Scanner& scanner) {
  const Item& item = item_at(epoll, step.read(epoll.mutex).item - 1);
  ItemState state = step.read(item.state);
  const bool keeps_hup = step.is_on(id(Switch::EpollOneshotKeepsHup));
  state.events &= kPrivateBits | (keeps_hup ? file::kErr | file::kHup : 0);
  step.write(item.state, state);
  go_to_next_item(step, epoll, scanner);
}

// The overflow list is newest first; put in front one after the other, the oldest ends up first.
void take_overflow(Step& step, const Epoll& epoll) {
  const EntryId level = step.first(epoll.ready);
  const bool is_newest_first = step.is_on(id(Switch::EpollOverflowNewestFirst));
  for (EntryId entry = step.first(epoll.overflow); entry != kNoEntry;
       entry = step.first(epoll.overflow)) {
    const Item& item = item_at(epoll, place_of(epoll, entry));
    const std::uint32_t latched = step.entry(entry).key;
    unlink(step, epoll.overflow, entry);
    if (step.is_on(id(Switch::EpollForgetsOverflow))) continue;
    if (latched != 0) latch(step, item.ready, latched);
    if (is_linked(step, item.ready)) continue;
    step.insert_before(epoll.ready, is_newest_first ? level : step.first(epoll.ready), item.ready);
  }
}

// The rest of ep_done_scan(), then mutex_unlock(). Nobody is told who polls the epoll.
void finish_second(Step& step, const Epoll& epoll) {
  const bool is_in_front = !step.is_on(id(Switch::EpollRestGoesBehind));
  const EntryId position = is_in_front ? step.first(epoll.ready) : kNoEntry;
  for (EntryId entry = step.first(epoll.scanned); entry != kNoEntry;
       entry = step.first(epoll.scanned)) {
    step.remove(epoll.scanned, entry);
    step.insert_before(epoll.ready, position, entry);
  }
  const bool wakes_nobody =
      step.is_on(id(Switch::EpollDoneWakesNobody)) || step.is_on(id(Switch::EpollWakeKeepsEntry));
  if (step.size(epoll.ready) != 0 && !wakes_nobody) wake_sleeper(step, epoll);
  set_lock_holder(step, epoll, 0);
  release_mutex(step, epoll);
}

// True when the scan is over.
bool finish(Step& step, const Epoll& epoll) {
  take_overflow(step, epoll);
  set_scanning(step, epoll, false);
  if (shows_two_stores(step, epoll)) {
    set_lock_holder(step, epoll, index(step.thread()) + 1);
    set_at(step, epoll, At::Splicing);
    return false;
  }
  finish_second(step, epoll);
  return true;
}

}  // namespace

bool scan_enabled(const View& view, ThreadId thread, const Epoll& epoll) {
  const MutexState mutex = view.read(epoll.mutex);
  if (mutex.at == At::Idle) return mutex.holder == 0;
  if (mutex.holder != index(thread) + 1) return false;
  if (mutex.at != At::Asking) return true;
  const bool tells_pollers = view.is_on(id(Switch::EpollRequeueTellsPollers));
  if (tells_pollers && !kernel::may_lock(view, thread, epoll.poll_wait)) return false;
  return may_ask_item(view, thread, epoll);
}

bool step_scan(Step& step, const Epoll& epoll, Scanner& scanner) {
  switch (step.read(epoll.mutex).at) {
    case At::Idle:
      start(step, epoll, scanner);
      return false;
    case At::Starting:
      set_lock_holder(step, epoll, 0);
      start_second(step, epoll, scanner);
      return false;
    case At::Asking:
      ask(step, epoll, scanner);
      return false;
    case At::Disabling:
      disable(step, epoll, scanner);
      return false;
    case At::Finishing:
      return finish(step, epoll);
    case At::Splicing:
      finish_second(step, epoll);
      return true;
  }
  WAKESIM_UNREACHABLE();
}

std::string_view scan_phase(At at) {
  switch (at) {
    case At::Idle:
      return "start scan";
    case At::Starting:
      return "open overflow list";
    case At::Asking:
      return "check";
    case At::Disabling:
      return "disable";
    case At::Finishing:
      return "end scan";
    case At::Splicing:
      return "put rest back";
  }
  WAKESIM_UNREACHABLE();
}

}  // namespace wakesim::epoll
