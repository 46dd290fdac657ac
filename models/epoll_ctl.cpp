// epoll_create1(2), epoll_ctl(2).

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/epoll_calls.h"
#include "models/epoll_state.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim::epoll {
namespace {

using file::FileId;
using file::OpenFile;

// ---- epoll_create1(2) ---------------------------------------------------------------------------

struct CreateCall {
  std::int64_t argument;
};

bool create_enabled(const View&, const CreateCall&) { return true; }

void begin_create(Step&, std::span<const std::int64_t> arguments, CreateCall& call) {
  call = {.argument = arguments[0]};
}

// do_epoll_create(). Until the number is installed nobody can tell that there is a file.
Progress install(Step& step) {
  const FileId id = file::find_unused(step, operations());
  if (id == file::kNoFile) {
    step.note_bound();  // The model's pool is smaller than the kernel's limit.
    return step.finish(-EMFILE);
  }
  const std::int64_t number = file::install(step, id, 0);
  if (number < 0) step.note_bound();
  return step.finish(number);
}

Progress step_create1(Step& step, CreateCall& call) {
  const bool is_known = (call.argument & ~std::int64_t{file::kCloseOnExec}) == 0;
  if (!is_known && !step.is_on(id(Switch::EpollCreateTakesAnyFlag))) return step.finish(-EINVAL);
  return install(step);
}

Progress step_create(Step& step, CreateCall& call) {
  const bool is_valid = call.argument > 0 || step.is_on(id(Switch::EpollCreateTakesAnySize));
  if (!is_valid) return step.finish(-EINVAL);
  return install(step);
}

std::string_view create_phase(const CreateCall&) { return "install number"; }

void create_effects(Effects& effects, std::span<const PossibleValues>) {
  file::open_effects(effects, operations());
}

// ---- epoll_ctl(2) -------------------------------------------------------------------------------

enum Operation : std::int64_t { kAdd = 1, kDelete = 2, kModify = 3 };

// `events` or `data` that the program did not write: no event at all, or the descriptor.
constexpr std::int64_t kUnwritten = INT64_MIN;

// A call in flight; from Locking to Unlocking under ep->mtx.
//
//   FdgetEpoll --> FdgetTarget --> Locking --+--> ADD: Linking --> Asking --> Queueing --+
//                                  ^      |  |                                           |
//                    CheckingLoop -+------+  +--> MOD: (Storing) Asking --> Queueing ----+
//                    (epolls in epolls)      |                                           |
//                                            +--> DEL: Unlinking --> Removing --+    WakingPollers
//                                                                               v        v
//                                      FputTarget --> FputEpoll <---------------+-- Unlocking
struct CtlCall {
  enum class At : std::uint8_t {
    Refused,
    FdgetEpoll,
    FdgetTarget,
    Locking,
    CheckingLoop,
    Linking,
    Asking,
    Storing,  // epoll.mod-stores-late
    Queueing,
    WakingPollers,
    Unlinking,
    Removing,
    Unlocking,
    FputTarget,
    FputEpoll,
  };

  std::int64_t result;
  std::int64_t data;
  std::int64_t operation;
  ThreadId thread;
  FileId file;  // Of the epoll.
  FileId target;
  std::int32_t file_number;
  std::int32_t target_number;
  std::uint32_t events;
  std::uint32_t place;  // Of the item.
  std::uint32_t mask;   // Of the target, once it is known.
  At at;
  bool is_counted;
  bool holds_nesting;  // epnested_mutex
  std::array<std::uint8_t, 5> zero;
};
static_assert(std::has_unique_object_representations_v<CtlCall>);

using At = CtlCall::At;

const Epoll& epoll_of(const View& view, const CtlCall& call) {
  return *epoll_of_file(view, call.file);
}

// ---- Checks -------------------------------------------------------------------------------------

// What do_epoll_ctl() refuses before it takes a lock.
std::int64_t refusal(const View& view, const CtlCall& call) {
  const bool has_poll = file::open_file(view, call.target).operations->poll.queue != nullptr;
  const bool is_epoll = epoll_of_file(view, call.file) != nullptr;
  const bool epoll_first = !is_epoll && view.is_on(id(Switch::EpollEinvalBeforeEperm));
  if (!has_poll && !epoll_first) {
    return view.is_on(id(Switch::EpollNoPollIsEinval)) ? -EINVAL : -EPERM;
  }
  if (!is_epoll) return no_epoll(view);
  if (call.file == call.target) {
    return view.is_on(id(Switch::EpollItselfIsEloop)) ? -ELOOP : -EINVAL;
  }
  if (call.operation == kDelete || (call.events & kExclusive) == 0) return 0;
  if (call.operation == kModify) return view.is_on(id(Switch::EpollExclusiveMod)) ? 0 : -EINVAL;
  const bool is_add = call.operation == kAdd;
  return is_add && !is_exclusive_allowed(view, call.target, call.events) ? -EINVAL : 0;
}

std::vector<const Epoll*> epolls_inside(const View& view, const Epoll& epoll) {
  std::vector<const Epoll*> inside;
  for (std::uint32_t place = 0; place < epoll.items.size(); ++place) {
    const ItemState state = item_state(view, epoll, place);
    if (state.file == 0) continue;
    const Epoll* const inner = epoll_of_file(view, static_cast<FileId>(state.file - 1));
    if (inner != nullptr) inside.push_back(inner);
  }
  return inside;
}

std::vector<const Epoll*> epolls_around(const View& view, const Epoll& epoll) {
  std::vector<const Epoll*> around;
  for (const ObjectId id : epolls_of(view).all) {
    const Epoll& outer = epoll::epoll_of(view, id);
    const auto inside = epolls_inside(view, outer);
    if (std::find(inside.begin(), inside.end(), &epoll) != inside.end()) around.push_back(&outer);
  }
  return around;
}

// EP_MAX_NESTS
int nests_max(const View& view) { return view.is_on(id(Switch::EpollNestsLess)) ? 3 : 4; }

using Neighbours = std::vector<const Epoll*> (*)(const View&, const Epoll&);

// How many more epolls a chain from this one has, at most; `forbidden` counts as too many.
int depth_of(const View& view, const Epoll& epoll, const Epoll* forbidden, Neighbours next,
             int depth) {
  if (&epoll == forbidden || depth > nests_max(view)) return nests_max(view) + 1;
  int deepest = depth;
  for (const Epoll* neighbour : next(view, epoll)) {
    deepest = std::max(deepest, depth_of(view, *neighbour, forbidden, next, depth + 1));
  }
  return deepest;
}

// ep_loop_check(): would `inner` in `outer` be a circle, or too long a chain?
bool nests_too_deep(const View& view, const Epoll& outer, const Epoll& inner) {
  const int below = depth_of(view, inner, &outer, epolls_inside, 0);
  const int above = depth_of(view, outer, nullptr, epolls_around, 0);
  return below + 1 + above > nests_max(view);
}

// The check takes the mutex of each epoll it comes through; here all of them must be free.
bool may_check_loop(const View& view, const Epoll& epoll) {
  if (!may_take_mutex(view, epoll)) return false;
  const auto inside = epolls_inside(view, epoll);
  return std::all_of(inside.begin(), inside.end(),
                     [&](const Epoll* inner) { return may_check_loop(view, *inner); });
}

bool may_enter_nesting(const View& view, const CtlCall& call) {
  if (view.read(epolls_of(view).nesting) != 0) return false;
  const Epoll* const inner = epoll_of_file(view, call.target);
  return inner == nullptr || may_check_loop(view, *inner);
}

// ---- The end ------------------------------------------------------------------------------------

Progress leave(Step& step, CtlCall& call, std::int64_t result) {
  call.result = result;
  if (call.holds_nesting) step.write(epolls_of(step).nesting, std::uint32_t{0});
  call.holds_nesting = false;
  if (!call.is_counted) return step.finish(result);
  call.at = At::FputTarget;
  return Progress::Continues;
}

Progress unlock_and_leave(Step& step, CtlCall& call, std::int64_t result) {
  release_mutex(step, epoll_of(step, call));
  return leave(step, call, result);
}

// ---- Under the mutex ----------------------------------------------------------------------------

// The mask of a new or changed item is known.
Progress go_on_with_mask(Step& step, CtlCall& call) {
  if (call.mask == 0) return unlock_and_leave(step, call, 0);
  call.at = At::Queueing;
  return Progress::Continues;
}

// ep_insert(): the item is in the tree, then its entry on the queue, then the condition is read.
// From the second on, events are not missed.
Progress begin_add(Step& step, CtlCall& call, const Epoll& epoll) {
  if (call.place != kNoItem) return unlock_and_leave(step, call, -EEXIST);
  call.place = find_unused_item(step, epoll, call.target_number);
  if (call.place == kNoItem) {
    step.note_bound();  // The model's pool of items is smaller than the kernel's limit.
    return unlock_and_leave(step, call, -ENOSPC);
  }
  insert_item(step, epoll, call.place,
              {.data = call.data,
               .events = watched_events(step, call.events),
               .file = index(call.target) + 1,
               .number = call.target_number,
               .zero = 0});
  call.at = step.is_on(id(Switch::EpollAddLooksFirst)) ? At::Asking : At::Linking;
  return Progress::Continues;
}

void store_mask(Step& step, const CtlCall& call, const Epoll& epoll) {
  ItemState state = item_state(step, epoll, call.place);
  if (!step.is_on(id(Switch::EpollModKeepsData))) state.data = call.data;
  state.events = watched_events(step, call.events);
  change_item(step, epoll, call.place, state);
}

// ep_modify(): the new mask first, then the look at the file: an event after the store comes
// through the callback, one before it is seen by the look.
Progress begin_modify(Step& step, CtlCall& call, const Epoll& epoll) {
  if (call.place == kNoItem) return unlock_and_leave(step, call, -ENOENT);
  const bool is_exclusive = (item_state(step, epoll, call.place).events & kExclusive) != 0;
  if (is_exclusive && !step.is_on(id(Switch::EpollModifiesExclusive))) {
    return unlock_and_leave(step, call, -EINVAL);
  }
  take_in_hand(step, epoll, call.place);
  call.at = At::Asking;
  if (step.is_on(id(Switch::EpollModStoresLate))) return Progress::Continues;
  store_mask(step, call, epoll);
  if (step.is_on(id(Switch::EpollModDoesNotLook))) return unlock_and_leave(step, call, 0);
  return Progress::Continues;
}

Progress begin_delete(Step& step, CtlCall& call) {
  if (call.place == kNoItem) {
    const std::int64_t error = step.is_on(id(Switch::EpollDelOfNothing)) ? 0 : -ENOENT;
    return unlock_and_leave(step, call, error);
  }
  if (step.is_on(id(Switch::EpollDelDoesNothing))) return unlock_and_leave(step, call, 0);
  call.at = At::Unlinking;
  return Progress::Continues;
}

// Taking the mutex and the first thing done under it need not be told apart.
Progress lock(Step& step, CtlCall& call) {
  const Epoll& epoll = epoll_of(step, call);
  const bool may_nest = is_watched(step, call.file) || epoll_of_file(step, call.target) != nullptr;
  if (call.operation == kAdd && may_nest && !call.holds_nesting) {
    call.at = At::CheckingLoop;
    return Progress::Continues;
  }
  take_mutex(step, epoll);
  call.place = find_item(step, epoll, call.target, call.target_number);
  const bool is_there = call.place != kNoItem;
  switch (call.operation) {
    case kAdd:
      if (is_there && step.is_on(id(Switch::EpollAddChanges))) {
        return begin_modify(step, call, epoll);
      }
      return begin_add(step, call, epoll);
    case kModify:
      if (!is_there && step.is_on(id(Switch::EpollModAdds))) return begin_add(step, call, epoll);
      return begin_modify(step, call, epoll);
    case kDelete:
      return begin_delete(step, call);
    default:
      return unlock_and_leave(step, call,
                              step.is_on(id(Switch::EpollUnknownOpIsFine)) ? 0 : -EINVAL);
  }
}

Progress check_loop(Step& step, CtlCall& call) {
  const Epoll* const inner = epoll_of_file(step, call.target);
  if (inner != nullptr && nests_too_deep(step, epoll_of(step, call), *inner)) {
    return leave(step, call, step.is_on(id(Switch::EpollEloopIsEinval)) ? -EINVAL : -ELOOP);
  }
  step.write(epolls_of(step).nesting, index(step.thread()) + 1);
  call.holds_nesting = true;
  call.at = At::Locking;
  return Progress::Continues;
}

Progress link(Step& step, CtlCall& call) {
  const Epoll& epoll = epoll_of(step, call);
  if (announce_item(step, epoll, call.place)) return Progress::Continues;
  if (!may_link_item(step, call.thread, epoll, call.place)) return Progress::Continues;
  link_item(step, epoll, call.place);
  if (step.is_on(id(Switch::EpollAddLooksFirst))) return go_on_with_mask(step, call);
  if (step.is_on(id(Switch::EpollAddDoesNotLook))) return unlock_and_leave(step, call, 0);
  call.at = At::Asking;
  return Progress::Continues;
}

Progress ask(Step& step, CtlCall& call) {
  const Epoll& epoll = epoll_of(step, call);
  const auto mask = ask_item(step, epoll);
  if (!mask) return Progress::Continues;
  call.mask = *mask;
  if (call.operation == kAdd && step.is_on(id(Switch::EpollAddLooksFirst))) {
    call.at = At::Linking;
    return Progress::Continues;
  }
  const bool stores_late = call.operation == kModify && step.is_on(id(Switch::EpollModStoresLate));
  if (!stores_late) return go_on_with_mask(step, call);
  call.at = At::Storing;
  return Progress::Continues;
}

// One hold of ep->lock. Who polls the epoll is woken behind it.
Progress queue(Step& step, CtlCall& call) {
  const Epoll& epoll = epoll_of(step, call);
  if (!queue_ready_item(step, epoll, call.place, call.mask)) {
    return unlock_and_leave(step, call, 0);
  }
  call.at = At::WakingPollers;
  return Progress::Continues;
}

Progress wake_pollers(Step& step, CtlCall& call) {
  call.at = At::Unlocking;
  kernel::wake_up(step, epoll_of(step, call).poll_wait, {.key = file::kIn});
  return Progress::Continues;
}

// ---- The call -----------------------------------------------------------------------------------

std::int32_t to_number(std::int64_t argument) {
  return argument < 0 || argument > INT32_MAX ? -1 : static_cast<std::int32_t>(argument);
}

void refuse(CtlCall& call, std::int64_t result) {
  call.result = result;
  call.at = At::Refused;
}

void begin_ctl(Step& step, std::span<const std::int64_t> arguments, CtlCall& call) {
  call = CtlCall{};
  call.file_number = to_number(arguments[0]);
  call.operation = arguments[1];
  call.target_number = to_number(arguments[2]);
  call.data = arguments[4] == kUnwritten ? arguments[2] : arguments[4];
  call.thread = step.thread();
  call.file = file::kNoFile;
  call.target = file::kNoFile;
  call.at = At::FdgetEpoll;
  // ep_op_has_event(): what is no DEL copies the event first.
  const bool has_event = call.operation != kDelete;
  const bool takes_null = step.is_on(id(Switch::EpollTakesNullEvent));
  if (has_event && arguments[3] == kUnwritten && !takes_null) {
    refuse(call, -EFAULT);
    return;
  }
  call.events = has_event ? static_cast<std::uint32_t>(arguments[3]) : 0;
  if (!has_event) call.data = 0;
  if (!file::is_table_constant(step)) return;
  call.file = file::lookup(step, call.file_number);
  call.target = file::lookup(step, call.target_number);
  const bool is_open = call.file != file::kNoFile && call.target != file::kNoFile;
  const std::int64_t error = is_open ? refusal(step, call) : not_open(step);
  call.at = At::Locking;
  if (error != 0) refuse(call, error);
}

bool ctl_enabled(const View& view, const CtlCall& call) {
  switch (call.at) {
    case At::Refused:
    case At::FdgetEpoll:
    case At::FdgetTarget:
    case At::Unlocking:
      return true;
    case At::Locking:
      return may_take_mutex(view, epoll_of(view, call));
    case At::CheckingLoop:
      return may_enter_nesting(view, call);
    case At::Linking:
    case At::Unlinking:
      return may_link_item(view, call.thread, epoll_of(view, call), call.place);
    case At::Asking:
      return may_ask_item(view, call.thread, epoll_of(view, call));
    case At::Storing:
    case At::Queueing:
    case At::Removing:
      return may_lock(view, epoll_of(view, call));
    case At::WakingPollers:
      return kernel::may_lock(view, call.thread, epoll_of(view, call).poll_wait);
    case At::FputTarget:
      return file::may_fput(view, call.thread, call.target);
    case At::FputEpoll:
      return call.file == file::kNoFile || file::may_fput(view, call.thread, call.file);
  }
  WAKESIM_UNREACHABLE();
}

Progress step_fdget_epoll(Step& step, CtlCall& call) {
  call.file = file::lookup(step, call.file_number);
  if (call.file == file::kNoFile) return step.finish(not_open(step));
  file::take_reference(step, call.file);
  call.is_counted = true;
  call.at = At::FdgetTarget;
  return Progress::Continues;
}

Progress step_fdget_target(Step& step, CtlCall& call) {
  call.target = file::lookup(step, call.target_number);
  if (call.target == file::kNoFile) {
    call.result = not_open(step);
    call.at = At::FputEpoll;
    return Progress::Continues;
  }
  file::take_reference(step, call.target);
  if (const std::int64_t error = refusal(step, call); error != 0) return leave(step, call, error);
  call.at = At::Locking;
  return Progress::Continues;
}

Progress step_ctl(Step& step, CtlCall& call) {
  switch (call.at) {
    case At::Refused:
      return step.finish(call.result);
    case At::FdgetEpoll:
      return step_fdget_epoll(step, call);
    case At::FdgetTarget:
      return step_fdget_target(step, call);
    case At::Locking:
      return lock(step, call);
    case At::CheckingLoop:
      return check_loop(step, call);
    case At::Linking:
      return link(step, call);
    case At::Asking:
      return ask(step, call);
    case At::Storing:
      store_mask(step, call, epoll_of(step, call));
      return go_on_with_mask(step, call);
    case At::Queueing:
      return queue(step, call);
    case At::WakingPollers:
      return wake_pollers(step, call);
    case At::Unlinking:
      unlink_item(step, epoll_of(step, call), call.place);
      call.at = At::Removing;
      return Progress::Continues;
    case At::Removing:
      remove_item(step, epoll_of(step, call), call.place);
      return unlock_and_leave(step, call, 0);
    case At::Unlocking:
      return unlock_and_leave(step, call, 0);
    case At::FputTarget:
      if (file::fput(step, call.target) == Progress::Returned) call.at = At::FputEpoll;
      return Progress::Continues;
    case At::FputEpoll:
      if (file::fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return step.finish(call.result);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view ctl_phase(const CtlCall& call) {
  switch (call.at) {
    case At::Refused:
      return "refused";
    case At::FdgetEpoll:
      return "fdget";
    case At::FdgetTarget:
      return "fdget target";
    case At::Locking:
      return "lock mtx";
    case At::CheckingLoop:
      return "check loop";
    case At::Linking:
      return "link";
    case At::Asking:
      return "check";
    case At::Storing:
      return "store mask";
    case At::Queueing:
      return "queue ready";
    case At::WakingPollers:
      return "wake pollers";
    case At::Unlinking:
      return "unlink";
    case At::Removing:
      return "remove";
    case At::Unlocking:
      return "unlock mtx";
    case At::FputTarget:
      return "fput target";
    case At::FputEpoll:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

std::string ctl_subject(const View& view, const std::byte* frame) {
  const auto& call = *reinterpret_cast<const CtlCall*>(frame);
  FileId id = call.file;
  if (id == file::kNoFile) id = file::declared_file(view, call.file_number);
  return id == file::kNoFile ? "descriptor " + std::to_string(call.file_number)
                             : file::open_file(view, id).name;
}

ClassId class_of(const Effects& effects, ListId list) {
  return effects.system().layout.lists[index(list)].cls;
}

void ctl_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const View view = effects.records();
  const auto targets = file::lookup_effects(effects, arguments[2]);
  const bool may_nest = std::any_of(targets.begin(), targets.end(), [](const OpenFile* target) {
    return target->operations == &operations();
  });
  const Epolls& epolls = epolls_of(view);
  for (const OpenFile* open : file::lookup_effects(effects, arguments[0])) {
    if (open->operations != &operations()) continue;
    const Epoll& epoll = effects.object<Epoll>(open->object);
    effects.writes(epoll.lock_class);
    effects.writes(epoll.mutex);
    effects.wakes(epoll.sleepers.list);
    effects.wakes(epoll.poll_wait.list);
    for (const OpenFile* target : targets) {
      const file::PollMethod& method = target->operations->poll;
      if (method.queue == nullptr) continue;
      effects.writes(class_of(effects, method.queue(view, *target).list));
      if (target->operations != &operations()) {
        Effects asking = effects.fresh();
        method.effects(asking, *target);
        effects.touches(asking);
      } else {
        scan_effects(effects, effects.object<Epoll>(target->object));
      }
    }
  }
  // Whether the epoll is watched, and by whom, is a look at all of them.
  effects.writes(epolls.nesting);
  for (const ObjectId id : epolls.all) {
    effects.reads(effects.object<Epoll>(id).lock_class);
    if (may_nest) effects.reads(effects.object<Epoll>(id).mutex);
  }
}

}  // namespace

// EPOLLEXCLUSIVE_OK_BITS
bool is_exclusive_allowed(const View& view, FileId target, std::uint32_t events) {
  constexpr std::uint32_t kAllowed =
      file::kIn | file::kOut | file::kErr | file::kHup | kWakeup | kEdge | kExclusive;
  if ((events & kExclusive) == 0) return true;
  if ((events & ~kAllowed) != 0 && !view.is_on(id(Switch::EpollExclusiveTakesAnyBit))) return false;
  const bool takes_epolls = view.is_on(id(Switch::EpollExclusiveTakesEpolls));
  return epoll_of_file(view, target) == nullptr || takes_epolls;
}

CallRow create1_row() {
  CallRow row;
  row.name = "epoll_create1";
  row.parameters = {{.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Opens a new epoll at the lowest free number.";
  row.source = "do_epoll_create() in fs/eventpoll.c; epoll_create1(2)";
  row.errors = {{"EINVAL", "an unknown flag"},
                {"EMFILE", "no number is free; the bound follows from the calls in the program"}};
  row.wakes = "nobody";
  bind_frame<CreateCall, begin_create, create_enabled, step_create1, create_phase>(row);
  row.effects = create_effects;
  return row;
}

CallRow create_row() {
  CallRow row = create1_row();
  row.name = "epoll_create";
  row.parameters = {{.name = "size"}};
  row.about = "epoll_create1(0); the size has no meaning any more, but must be above 0.";
  row.source = "do_epoll_create() in fs/eventpoll.c; epoll_create(2)";
  row.errors.front() = {"EINVAL", "size is 0 or less"};
  bind_frame<CreateCall, begin_create, create_enabled, step_create, create_phase>(row);
  return row;
}

CallRow ctl_row() {
  CallRow row;
  row.name = "epoll_ctl";
  row.parameters = {
      {.name = "epfd", .type = ParameterType::Descriptor},
      {.name = "op"},
      {.name = "fd", .type = ParameterType::Descriptor},
      {.name = "events", .type = ParameterType::Flags, .is_optional = true, .fallback = kUnwritten},
      {.name = "data", .is_optional = true, .fallback = kUnwritten}};
  row.about =
      "Adds, changes or removes the item of a descriptor; data is the descriptor if not given.";
  row.source = "do_epoll_ctl(), ep_insert(), ep_modify(), ep_remove() in fs/eventpoll.c";
  row.errors = {{"EFAULT", "ADD or MOD without events"},
                {"EBADF", "epfd or fd is not open"},
                {"EPERM", "fd has no poll method: a regular file"},
                {"EINVAL",
                 "epfd is no epoll, or is fd; an unknown op; EXCLUSIVE with MOD, of an "
                 "item, with an epoll or with other bits than it goes with"},
                {"ELOOP", "epolls would watch each other in a circle, or five deep"},
                {"EEXIST", "ADD: the epoll has an item of this file and number"},
                {"ENOENT", "MOD, DEL: it has none"},
                {"ENOSPC", "the model's bound of items, which follows from the calls"}};
  row.wakes = "ADD and MOD of a ready descriptor: the latest sleeper, and who polls the epoll";
  bind_frame<CtlCall, begin_ctl, ctl_enabled, step_ctl, ctl_phase>(row);
  row.subject = ctl_subject;
  row.effects = ctl_effects;
  return row;
}

}  // namespace wakesim::epoll
