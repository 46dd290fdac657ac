// An epoll as a file: how it is made, polled by others, and taken apart.

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/epoll.h"
#include "models/epoll_calls.h"
#include "models/epoll_state.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim {
namespace epoll {
namespace {

using file::FileId;
using file::OpenFile;

constexpr std::string_view kSingleton = "epolls";
constexpr std::string_view kKind = "epoll";

// EP_MAX_NESTS and the epoll at the end of the chain: no wake gets through more of them.
constexpr std::size_t kChainMax = 5;

ClassId class_of(const Effects& effects, ListId list) {
  return effects.system().layout.lists[index(list)].cls;
}

}  // namespace

const Epolls& epolls_of(const View& view) {
  const auto found = view.system().singletons.find(kSingleton);
  WAKESIM_ASSERT(found != view.system().singletons.end());
  return view.object<Epolls>(found->second);
}

const Epolls& epolls_of(const Effects& effects) { return epolls_of(effects.records()); }

const Epoll* epoll_of_file(const View& view, FileId id) {
  const OpenFile& open = file::open_file(view, id);
  return open.operations == &operations() ? &epoll_of(view, open.object) : nullptr;
}

// ---- What may be touched ------------------------------------------------------------------------

namespace {

// The files that an item may stand for: its number's, where numbers never change, else any.
std::vector<const OpenFile*> files_of_items(const Effects& effects, const Epoll& epoll) {
  std::vector<const OpenFile*> files;
  const View view = effects.records();
  for (const FileId id : watchable_files(view, epoll)) files.push_back(&file::open_file(view, id));
  return files;
}

}  // namespace

std::vector<FileId> watchable_files(const View& view, const Epoll& epoll) {
  std::vector<FileId> files;
  for (const Item& item : epoll.items) {
    if (item.number >= 0) {
      files.push_back(file::declared_file(view, item.number));
      continue;
    }
    // One item that is for any number, like all others of this epoll.
    for (std::uint32_t i = 0; i < file::file_count(view); ++i) {
      const auto id = static_cast<FileId>(i);
      const bool has_poll = file::open_file(view, id).operations->poll.queue != nullptr;
      if (has_poll && id != epoll.file) files.push_back(id);
    }
    break;
  }
  return files;
}

void scan_effects(Effects& effects, const Epoll& epoll) {
  std::vector<const Epoll*> reached{&epoll};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const Epoll& one = *reached[i];
    effects.writes(one.lock_class);
    effects.writes(one.mutex);
    effects.wakes(one.sleepers.list);
    if (effects.records().is_on(id(Switch::EpollRequeueTellsPollers))) {
      effects.wakes(one.poll_wait.list);
    }
    for (const OpenFile* open : files_of_items(effects, one)) {
      if (open->operations != &operations()) {
        Effects asking = effects.fresh();
        open->operations->poll.effects(asking, *open);
        effects.touches(asking);
        if (open->state.offset != 0) effects.reads(open->state);
        continue;
      }
      const Epoll& inner = effects.object<Epoll>(open->object);
      effects.writes(class_of(effects, inner.poll_wait.list));
      if (open->state.offset != 0) effects.reads(open->state);
      if (std::find(reached.begin(), reached.end(), &inner) == reached.end()) {
        reached.push_back(&inner);
      }
    }
  }
}

// ---- poll() of an epoll -------------------------------------------------------------------------

namespace {

// __ep_eventpoll_poll(): looks for one item that is ready, leaves that on the list and takes off
// those in front of it, which are not.
class PollScanner final : public Scanner {
 public:
  PollScanner(const View& view, const Epoll& epoll) : view_(view), epoll_(epoll) {}

  bool wants_more() const override { return !view_.read(epoll_.mutex).has_found; }
  bool take(Step& step, const ItemState&, std::uint32_t) override {
    MutexState mutex = step.read(epoll_.mutex);
    mutex.has_found = true;
    step.write(epoll_.mutex, mutex);
    return !step.is_on(id(Switch::EpollPollUsesUpEdges));
  }

 private:
  const View& view_;
  const Epoll& epoll_;
};

kernel::WaitQueue poll_queue(const View& view, const OpenFile& file) {
  return epoll_of(view, file.object).poll_wait;
}

bool poll_enabled(const View& view, ThreadId thread, const OpenFile& file) {
  return scan_enabled(view, thread, epoll_of(view, file.object));
}

std::optional<std::uint32_t> poll_step(Step& step, const OpenFile& file) {
  const Epoll& epoll = epoll_of(step, file.object);
  if (step.is_on(id(Switch::EpollPollTrustsList)))
    return step.size(epoll.ready) != 0 ? kReadable : 0;
  PollScanner scanner(step, epoll);
  const bool has_found = !scanner.wants_more();
  if (!step_scan(step, epoll, scanner)) return {};
  return has_found ? kReadable : 0;
}

void poll_effects(Effects& effects, const OpenFile& file) {
  const Epoll& epoll = effects.object<Epoll>(file.object);
  effects.enqueues(epoll.poll_wait.list);
  scan_effects(effects, epoll);
}

}  // namespace

const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = kKind;
    result.read = file::no_such_method();
    result.write = file::no_such_method();
    result.poll.queue = poll_queue;
    result.poll.effects = poll_effects;
    result.poll.enabled = poll_enabled;
    result.poll.step = poll_step;
    return result;
  }());
  return registered;
}

// ---- The last reference -------------------------------------------------------------------------

namespace {

// What is left to do, in the kernel's order: items of other epolls on this file first
// (eventpoll_release_file()), then the items of this epoll (ep_clear_and_put()).
struct Tie {
  const Epoll* epoll = nullptr;
  std::uint32_t place = kNoItem;
  bool is_own = false;
};

Tie first_tie(const View& view, FileId file) {
  const bool stays = view.is_on(id(Switch::EpollCloseKeepsItems));
  for (const ObjectId watcher : epolls_of(view).all) {
    const Epoll& epoll = epoll_of(view, watcher);
    for (std::uint32_t place = 0; !stays && place < epoll.items.size(); ++place) {
      if (item_state(view, epoll, place).file == index(file) + 1) return {&epoll, place, false};
    }
  }
  const Epoll* const own = epoll_of_file(view, file);
  if (own == nullptr) return {};
  for (std::uint32_t place = 0; place < own->items.size(); ++place) {
    if (item_state(view, *own, place).file != 0) return {own, place, true};
  }
  return {};
}

bool ties_exist(const View& view, FileId file) { return first_tie(view, file).epoll != nullptr; }

bool may_cut_tie(const View& view, ThreadId thread, FileId file) {
  const Tie tie = first_tie(view, file);
  if (holds_mutex(view, thread, *tie.epoll)) return may_lock(view, *tie.epoll);
  return may_take_mutex(view, *tie.epoll) && may_link_item(view, thread, *tie.epoll, tie.place);
}

// Two steps for each item: off the file's queue, with the mutex taken; then out of the epoll. An
// epoll that is closed takes all its entries off their queues before it removes the items; nobody
// else has it open, so nobody can tell.
void cut_tie(Step& step, FileId file) {
  const Tie tie = first_tie(step, file);
  WAKESIM_ASSERT(tie.epoll != nullptr);
  if (!holds_mutex(step, step.thread(), *tie.epoll)) {
    take_mutex(step, *tie.epoll);
    unlink_item(step, *tie.epoll, tie.place);
    return;
  }
  remove_item(step, *tie.epoll, tie.place);
  release_mutex(step, *tie.epoll);
}

void tie_effects(Effects& effects, FileId file) {
  const View view = effects.records();
  const auto cuts_items_of = [&](const Epoll& epoll) {
    effects.writes(epoll.lock_class);
    effects.writes(epoll.mutex);
  };
  const auto unlinks_from = [&](FileId id) {
    const OpenFile& open = file::open_file(view, id);
    effects.writes(class_of(effects, open.operations->poll.queue(view, open).list));
  };
  for (const ObjectId id : epolls_of(view).all) {
    const Epoll& epoll = epoll_of(view, id);
    // Whether it has an item of this file is a look at all of them.
    effects.reads(epoll.lock_class);
    const std::vector<FileId> files = watchable_files(view, epoll);
    if (std::find(files.begin(), files.end(), file) == files.end()) continue;
    cuts_items_of(epoll);
    unlinks_from(file);
  }
  const Epoll* const own = epoll_of_file(view, file);
  if (own == nullptr) return;
  cuts_items_of(*own);
  for (const FileId id : watchable_files(view, *own)) unlinks_from(id);
}

// ---- While the scenario is loaded ---------------------------------------------------------------

Epolls& epolls_of(Builder& builder) {
  if (const ObjectId known = builder.singleton(kSingleton); known != ObjectId{}) {
    return builder.record<Epolls>(known);
  }
  Epolls epolls;
  epolls.nesting = builder.add_cell("epnested_mutex", std::uint32_t{0});
  const ObjectId id = builder.emplace(std::string(kSingleton), std::move(epolls));
  builder.set_singleton(kSingleton, id);
  return builder.record<Epolls>(id);
}

OpenFile make_file(Builder& builder, const std::string& name) {
  Epoll epoll;
  epoll.name = name;
  epoll.lock_class = builder.add_class(name);
  epoll.locked = builder.add_cell(LockedState{}, epoll.lock_class);
  epoll.mutex = builder.add_cell("mtx of " + name, MutexState{});
  epoll.ready = builder.add_list(epoll.lock_class);
  epoll.scanned = builder.add_list(epoll.lock_class);
  epoll.overflow = builder.add_list(epoll.lock_class);
  epoll.sleepers.list = builder.add_list(epoll.lock_class);
  epoll.poll_wait = kernel::make_wait_queue(builder, "pollers of " + name);
  const ObjectId id = builder.emplace(name, std::move(epoll));
  Epoll& record = builder.record<Epoll>(id);
  record.id = id;
  record.sleepers.subject = id;
  kernel::set_subject(builder, record.poll_wait, id);
  epolls_of(builder).all.push_back(id);
  OpenFile file;
  file.name = name;
  file.operations = &operations();
  file.object = id;
  return file;
}

// The same refusals as epoll_ctl()'s, in words. Epolls that are watched were declared earlier, so
// there can be no circle.
bool check_watch(Builder& builder, const Epoll& epoll, const ItemState& watch) {
  const View view = builder.records();
  const FileId target = file::declared_file(view, watch.number);
  const OpenFile& open = file::open_file(view, target);
  if (open.operations->poll.queue == nullptr) {
    builder.error(epoll.name + " cannot watch " + open.name + ": it has no poll method (EPERM)");
    return false;
  }
  if (!is_exclusive_allowed(view, target, watch.events)) {
    builder.error(epoll.name +
                  ": EXCLUSIVE goes with IN, OUT, ERR, HUP, WAKEUP and ET only, and not with an "
                  "epoll (EINVAL)");
    return false;
  }
  const bool is_twice =
      std::any_of(epoll.declared.begin(), epoll.declared.end(),
                  [&](const ItemState& other) { return other.number == watch.number; });
  if (is_twice) builder.error(epoll.name + " watches " + open.name + " twice (EEXIST)");
  return !is_twice;
}

std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  OpenFile open = make_file(builder, name);
  const ObjectId id = open.object;
  const std::int64_t number = file::open_at_load(builder, std::move(open));
  Epoll& epoll = builder.record<Epoll>(id);
  epoll.file = file::declared_file(builder.records(), number);
  for (std::size_t i = 0; i + 2 < arguments.size(); i += 3) {
    const auto target = static_cast<std::int32_t>(arguments[i]);
    const ItemState watch{
        .data = arguments[i + 2],
        .events = watched_events(builder.records(), static_cast<std::uint32_t>(arguments[i + 1])),
        .file = index(file::declared_file(builder.records(), target)) + 1,
        .number = target,
        .zero = 0};
    if (check_watch(builder, epoll, watch)) epoll.declared.push_back(watch);
  }
  return number;
}

void add_item(Builder& builder, Epoll& epoll, std::int32_t number) {
  Item item;
  item.number = number;
  item.state = builder.add_cell(ItemState{}, epoll.lock_class);
  item.wait = builder.add_entry(epoll.lock_class, {epoll.lock_class},
                                {epoll.sleepers.list, epoll.poll_wait.list});
  item.ready = builder.add_entry(epoll.lock_class, {}, {});
  item.overflow = builder.add_entry(epoll.lock_class, {}, {});
  builder.may_link(item.ready, epoll.ready);
  builder.may_link(item.ready, epoll.scanned);
  builder.may_link(item.overflow, epoll.overflow);
  epoll.items.push_back(item);
}

// Where numbers never change an item is for one number for good: equal situations are equal bytes.
// Else there are as many as the program could need if no call is repeated.
void make_items(Builder& builder, Epoll& epoll) {
  const View view = builder.records();
  const std::size_t sites = builder.call_sites("epoll_ctl");
  if (!file::is_table_constant(view)) {
    for (std::size_t i = 0; i < epoll.declared.size() + sites; ++i) add_item(builder, epoll, -1);
  } else if (sites == 0) {
    for (const ItemState& watch : epoll.declared) add_item(builder, epoll, watch.number);
  } else {
    for (const std::int64_t number : file::declared_numbers(view)) {
      const FileId id = file::declared_file(view, number);
      const bool has_poll = file::open_file(view, id).operations->poll.queue != nullptr;
      if (has_poll && id != epoll.file) add_item(builder, epoll, static_cast<std::int32_t>(number));
    }
  }
  const std::vector<FileId> files = watchable_files(view, epoll);
  for (std::size_t i = 0; i < epoll.items.size(); ++i) {
    const Item& item = epoll.items[i];
    for (const FileId id : files) {
      const bool is_possible = item.number < 0 || file::declared_file(view, item.number) == id;
      if (!is_possible) continue;
      const OpenFile& open = file::open_file(view, id);
      builder.may_link(item.wait, open.operations->poll.queue(view, open).list);
    }
  }
}

// ADD before the first step: nobody sleeps and nobody polls yet.
void register_watch(Step& step, ObjectId id, const ItemState& watch) {
  const Epoll& epoll = epoll_of(step, id);
  const std::uint32_t place = find_unused_item(step, epoll, watch.number);
  WAKESIM_ASSERT(place != kNoItem);
  take_mutex(step, epoll);
  insert_item(step, epoll, place, watch);
  announce_item(step, epoll, place);
  link_item(step, epoll, place);
  std::optional<std::uint32_t> mask;
  while (!mask) mask = ask_item(step, epoll);
  if (*mask != 0) queue_ready_item(step, epoll, place, *mask);
  release_mutex(step, epoll);
}

std::string display(const View& view, std::int64_t handle) {
  const Epoll& epoll = *epoll_of_file(view, file::declared_file(view, handle));
  std::string ready;
  for (EntryId entry = view.first(epoll.ready); entry != kNoEntry;
       entry = view.next(epoll.ready, entry)) {
    ready += (ready.empty() ? "" : " ") + item_name(view, epoll, entry);
  }
  if (view.size(epoll.sleepers.list) == 0) return ready.empty() ? "-" : ready;
  return (ready.empty() ? "" : ready + ", ") + "asleep " +
         kernel::waiters(view, epoll.sleepers.list);
}

}  // namespace

ObjectRow object_row() {
  ObjectRow row;
  row.kind = kKind;
  row.parameters = {{.name = "watches",
                     .type = ParameterType::Pairs,
                     .pair = "watch",
                     .pair_first = ParameterType::Descriptor,
                     .pair_option = "data"}};
  row.about = "An epoll; its watches are added, in their order, before the first step.";
  row.source = "fs/eventpoll.c; epoll(7)";
  row.descriptors = 1;
  row.create = create;
  row.display = display;
  return row;
}

}  // namespace epoll

bool has_epoll(const Builder& builder) {
  return builder.declares("epoll") || builder.call_sites("epoll_create") > 0 ||
         builder.call_sites("epoll_create1") > 0;
}

void make_epoll_pool(Builder& builder) {
  const std::size_t count =
      builder.call_sites("epoll_create") + builder.call_sites("epoll_create1");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "epoll_create() no. " + std::to_string(i + 1);
    file::OpenFile open = epoll::make_file(builder, name);
    const ObjectId id = open.object;
    builder.record<epoll::Epoll>(id).file = file::add_to_pool(builder, std::move(open));
  }
}

void finish_epolls(Builder& builder) {
  using namespace epoll;
  if (!has_epoll(builder)) return;
  const std::vector<ObjectId> all = epolls_of(builder).all;
  for (const ObjectId id : all) {
    make_items(builder, builder.record<Epoll>(id));
    for (const ItemState& watch : builder.record<Epoll>(id).declared) {
      builder.at_start([id, watch](Step& step) { register_watch(step, id, watch); });
    }
  }
  kernel::set_callback(builder, kernel::WakeFunction::EpollItem, {callback_enabled, run_callback},
                       std::min(all.size(), kChainMax));
  file::set_ties(builder, {ties_exist, may_cut_tie, cut_tie, tie_effects});
}

}  // namespace wakesim
