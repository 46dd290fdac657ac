#include "models/kqueue.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/kqueue_state.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim {
namespace kqueue {
namespace {

using file::FileId;
using file::OpenFile;

constexpr std::string_view kSingleton = "kqueues";
constexpr std::string_view kKind = "kqueue";

// EVFILT_USER knotes of a kqueue at one time; a program that needs more gets a bounded verdict.
constexpr std::size_t kUsersMax = 2;

struct Kqueues {
  std::vector<ObjectId> all;
};

}  // namespace

const std::vector<ObjectId>& all_kqueues(const View& view) {
  const auto found = view.system().singletons.find(kSingleton);
  WAKESIM_ASSERT(found != view.system().singletons.end());
  return view.object<Kqueues>(found->second).all;
}

const Kqueue* kqueue_of_file(const View& view, FileId id) {
  const OpenFile& open = file::open_file(view, id);
  return open.operations == &operations() ? &kqueue_of(view, open.object) : nullptr;
}

// ---- poll() of a kqueue -------------------------------------------------------------------------

namespace {

kernel::WaitQueue poll_queue(const View& view, const OpenFile& open) {
  return kqueue_of(view, open.object).pollers;
}

std::uint32_t poll_loads(const View&, const OpenFile&) { return 1; }

// kqueue_poll(): what is queued, without running a filter.
std::uint32_t poll_load(const View& view, const OpenFile& open, std::uint32_t) {
  const bool has_events = view.read(kqueue_of(view, open.object).state).count > 0;
  return has_events ? file::kIn | file::kRdNorm : 0u;
}

void poll_effects(Effects& effects, const OpenFile& open) {
  const Kqueue& kq = kqueue_of(effects, open.object);
  effects.reads(kq.lock_class);
  effects.enqueues(kq.pollers.list);
}

// ---- Numbers that are closed --------------------------------------------------------------------

// knote_fdclose(): the first knote on the number, of whichever kqueue.
struct Tie {
  const Kqueue* kq = nullptr;
  std::uint32_t place = kNoKnote;
};

Tie first_tie(const View& view, std::int32_t number) {
  if (view.is_on(id(Switch::KqueueCloseKeepsKnotes))) return {};
  for (const ObjectId object : all_kqueues(view)) {
    const Kqueue& kq = kqueue_of(view, object);
    for (std::uint32_t place = 0; place < kq.knotes.size(); ++place) {
      if (kq.knotes[place].number != number) continue;
      if (knote_state(view, kq, place).flags != 0) return {&kq, place};
    }
  }
  return {};
}

bool ties_exist(const View& view, std::int32_t number) {
  return number >= 0 && first_tie(view, number).kq != nullptr;
}

bool may_cut_tie(const View& view, ThreadId thread, std::int32_t number) {
  const Tie tie = first_tie(view, number);
  const KnoteState state = knote_state(view, *tie.kq, tie.place);
  return (state.status & kInFlux) == 0 && may_lock_file(view, thread, state);
}

// f_detach() and knote_drop(): in between the knote is in flux, and nobody can tell.
void cut_tie(Step& step, std::int32_t number) {
  const Tie tie = first_tie(step, number);
  detach(step, *tie.kq, tie.place);
  drop(step, *tie.kq, tie.place);
}

void tie_effects(Effects& effects) {
  for (const ObjectId id : all_kqueues(effects.records())) {
    effects_of_files(effects, kqueue_of(effects, id));
  }
}

}  // namespace

const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = kKind;
    result.poll = {poll_queue, nullptr, poll_loads, poll_load, poll_effects};
    return result;
  }());
  return registered;
}

// ---- While the scenario is loaded ---------------------------------------------------------------

namespace {

Kqueues& kqueues_of(Builder& builder) {
  if (const ObjectId known = builder.singleton(kSingleton); known != ObjectId{}) {
    return builder.record<Kqueues>(known);
  }
  const ObjectId id = builder.emplace(std::string(kSingleton), Kqueues{});
  builder.set_singleton(kSingleton, id);
  return builder.record<Kqueues>(id);
}

// The same refusals as kevent()'s, in words.
void declare(Builder& builder, Kqueue& kq, const Kqueue::Declared& watch) {
  const View view = builder.records();
  const std::uint32_t operation = watch.operation;
  const std::uint32_t filter = operation & kFilterMask;
  if (filter != kRead && filter != kWrite) {
    builder.error(kq.name +
                  ": a watch names EVFILT_READ or EVFILT_WRITE; EVFILT_USER is added by kevent()");
    return;
  }
  if ((operation & ~(kFilterMask | kKept | kAdd | kEnable | kDisable)) != 0) {
    builder.error(kq.name +
                  ": a watch takes EV_CLEAR, EV_ONESHOT, EV_DISPATCH and EV_DISABLE, and adds");
    return;
  }
  const OpenFile& open = file::open_file(view, file::declared_file(view, watch.ident));
  if (!can_be_watched(open)) {
    builder.error(kq.name + " cannot watch " + open.name + ": it has no filter here (EINVAL)");
    return;
  }
  const bool is_twice =
      std::any_of(kq.declared.begin(), kq.declared.end(), [&](const Kqueue::Declared& other) {
        return other.ident == watch.ident && (other.operation & kFilterMask) == filter;
      });
  if (is_twice) {
    builder.error(kq.name + " has two watches with one ident and one filter");
    return;
  }
  kq.declared.push_back(watch);
}

std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  Kqueue kq;
  kq.name = name;
  kq.lock_class = builder.add_class(name);
  kq.state = builder.add_cell(QueueState{}, kq.lock_class);
  kq.ready = builder.add_list(kq.lock_class);
  kq.sleepers.list = builder.add_list(kq.lock_class);
  kq.pollers = kernel::make_wait_queue(builder, "pollers of " + name);
  const ObjectId id = builder.emplace(name, std::move(kq));
  Kqueue& record = builder.record<Kqueue>(id);
  record.id = id;
  record.sleepers.subject = id;
  kernel::set_subject(builder, record.pollers, id);
  kqueues_of(builder).all.push_back(id);
  for (std::size_t i = 0; i + 2 < arguments.size(); i += 3) {
    declare(builder, record,
            {.ident = arguments[i],
             .udata = arguments[i + 2],
             .operation = static_cast<std::uint32_t>(arguments[i + 1])});
  }
  OpenFile open;
  open.name = name;
  open.operations = &operations();
  open.object = id;
  const std::int64_t number = file::open_at_load(builder, std::move(open));
  record.file = file::declared_file(builder.records(), number);
  return number;
}

void add_knote(Builder& builder, Kqueue& kq, std::int64_t number, std::uint32_t filter) {
  const View view = builder.records();
  Knote knote;
  knote.filter = filter;
  knote.state = builder.add_cell(KnoteState{}, kq.lock_class);
  knote.ready = builder.add_entry(kq.lock_class, {}, {});
  builder.may_link(knote.ready, kq.ready);
  if (filter != kUser) {
    knote.number = static_cast<std::int32_t>(number);
    knote.wait =
        builder.add_entry(kq.lock_class, {kq.lock_class}, {kq.sleepers.list, kq.pollers.list});
    const bool is_constant = file::is_table_constant(view);
    for (std::size_t i = 0; i < file::file_count(view); ++i) {
      const auto id = static_cast<FileId>(i);
      const OpenFile& open = file::open_file(view, id);
      const bool is_possible = !is_constant || file::declared_file(view, number) == id;
      if (!is_possible || !can_be_watched(open)) continue;
      builder.may_link(knote.wait, open.operations->poll.queue(view, open).list);
      builder.callback_reads(knote.wait, [&](Effects& effects) {
        open.operations->poll.effects(effects, open);
        if (open.operations->pending_effects != nullptr) {
          open.operations->pending_effects(effects, open);
        }
      });
    }
  } else {
    knote.wait = knote.ready;
  }
  kq.knotes.push_back(knote);
}

bool is_declared(const Kqueue& kq, std::int64_t number, std::uint32_t filter) {
  return std::any_of(kq.declared.begin(), kq.declared.end(), [&](const Kqueue::Declared& one) {
    return one.ident == number && (one.operation & kFilterMask) == filter;
  });
}

// Every descriptor and filter has a place, unless no call can use it.
void make_knotes(Builder& builder, Kqueue& kq) {
  const View view = builder.records();
  const std::size_t calls = builder.call_sites("kevent");
  for (const std::int64_t number : file::all_numbers(view)) {
    const FileId id = file::declared_file(view, number);
    const bool is_fixed = file::is_table_constant(view) || calls == 0;
    if (is_fixed && (id == file::kNoFile || !can_be_watched(file::open_file(view, id)))) continue;
    for (const std::uint32_t filter : {kRead, kWrite}) {
      if (calls > 0 || is_declared(kq, number, filter)) add_knote(builder, kq, number, filter);
    }
  }
  for (std::size_t i = 0; i < std::min(calls, kUsersMax); ++i) add_knote(builder, kq, -1, kUser);
}

// EV_ADD before the first step: nobody sleeps and nobody polls yet.
void register_watch(Step& step, ObjectId id, const Kqueue::Declared& watch) {
  const Kqueue& kq = kqueue_of(step, id);
  const std::uint32_t filter = watch.operation & kFilterMask;
  const std::uint32_t place = find_unused(step, kq, watch.ident, filter);
  WAKESIM_ASSERT(place != kNoKnote);
  set_state(step, kq, place,
            {.ident = watch.ident,
             .udata = watch.udata,
             .data = 0,
             .file = index(file::declared_file(step, watch.ident)) + 1,
             .flags = watch.operation & (kFilterMask | kKept),
             .status = 0,
             .zero = 0});
  attach(step, kq, place);
  const Finding finding = run_filter(step, knote_state(step, kq, place));
  if (finding.holds) activate(step, kq, place, finding);
  if ((watch.operation & kDisable) == 0) return;
  KnoteState state = knote_state(step, kq, place);
  state.status |= kDisabled;
  set_state(step, kq, place, state);
}

std::string display(const View& view, std::int64_t handle) {
  const Kqueue& kq = *kqueue_of_file(view, file::declared_file(view, handle));
  std::string text;
  for (EntryId entry = view.first(kq.ready); entry != kNoEntry;
       entry = view.next(kq.ready, entry)) {
    if (view.owner(entry) != kNoThread) continue;  // A marker.
    const auto known = std::find_if(kq.knotes.begin(), kq.knotes.end(),
                                    [&](const Knote& knote) { return knote.ready == entry; });
    const auto place = static_cast<std::uint32_t>(known - kq.knotes.begin());
    text += (text.empty() ? "" : " ") + knote_name(view, kq, place);
  }
  if (view.size(kq.sleepers.list) == 0) return text.empty() ? "-" : text;
  return (text.empty() ? "" : text + ", ") + "asleep " + kernel::waiters(view, kq.sleepers.list);
}

ObjectRow object_row() {
  ObjectRow row;
  row.kind = kKind;
  row.parameters = {{.name = "watches",
                     .type = ParameterType::Pairs,
                     .pair = "watch",
                     .pair_first = ParameterType::Descriptor,
                     .pair_option = "udata"}};
  row.about = "A kqueue of FreeBSD; its watches are added, in their order, before the first step.";
  row.source = "sys/kern/kern_event.c; kqueue(2)";
  row.descriptors = 1;
  row.create = create;
  row.display = display;
  return row;
}

std::vector<SwitchRow> switches() {
  SwitchRow overflow =
      planted_mistake(Switch::KqueueOverflowDrops, "kqueue.overflow-drops",
                      "What is ready and does not fit into the caller's list is off the queue.");
  overflow.source = "libkqueue issue 89 (2020): write events are missed if the list is too short";
  return {
      overflow,
      planted_mistake(Switch::KqueueTrustsQueue, "kqueue.trusts-queue",
                      "A queued knote is reported without running its filter again."),
      planted_mistake(Switch::KqueueAddDoesNotLook, "kqueue.add-does-not-look",
                      "A change does not run the filter: what holds already is not reported."),
      planted_mistake(Switch::KqueueClearStaysQueued, "kqueue.clear-stays-queued",
                      "EV_CLEAR does not take a knote off the queue that was reported."),
      planted_mistake(Switch::KqueueClearKeepsTrigger, "kqueue.clear-keeps-trigger",
                      "EV_CLEAR does not reset the trigger of EVFILT_USER."),
      planted_mistake(Switch::KqueueLevelNotRequeued, "kqueue.level-not-requeued",
                      "A knote without EV_CLEAR that was reported leaves the queue."),
      planted_mistake(Switch::KqueueOneshotStays, "kqueue.oneshot-stays",
                      "EV_ONESHOT does not delete the knote that was reported."),
      planted_mistake(Switch::KqueueDispatchStaysEnabled, "kqueue.dispatch-stays-enabled",
                      "EV_DISPATCH does not disable the knote that was reported."),
      planted_mistake(Switch::KqueueReportsDisabled, "kqueue.reports-disabled",
                      "A knote that was disabled while it was queued is reported."),
      planted_mistake(Switch::KqueueEnableForgetsActive, "kqueue.enable-forgets-active",
                      "EV_ENABLE does not queue a knote that became active while disabled."),
      planted_mistake(Switch::KqueueWakesNobody, "kqueue.wakes-nobody",
                      "A knote that is queued wakes no sleeper."),
      planted_mistake(Switch::KqueueWakesOne, "kqueue.wakes-one",
                      "A knote that is queued wakes one sleeper and forgets the others."),
      planted_mistake(Switch::KqueueTellsNoPoller, "kqueue.tells-no-poller",
                      "A knote that is queued does not wake who polls the kqueue."),
      planted_mistake(Switch::KqueueKeyedByIdent, "kqueue.keyed-by-ident",
                      "A kqueue has one knote for an ident, whatever the filter."),
      planted_mistake(Switch::KqueueDeleteDoesNothing, "kqueue.delete-does-nothing",
                      "EV_DELETE is no error and leaves the knote."),
      planted_mistake(Switch::KqueueCloseKeepsKnotes, "kqueue.close-keeps-knotes",
                      "close() leaves the knotes of its descriptor."),
      planted_mistake(Switch::KqueueForgetsErrors, "kqueue.forgets-errors",
                      "A change that fails is passed over."),
      planted_mistake(Switch::KqueueChangesNothing, "kqueue.changes-nothing",
                      "A change of a knote that is not there is no error."),
      planted_mistake(Switch::KqueueBadIdentIsEnoent, "kqueue.bad-ident-is-enoent",
                      "A change of a descriptor that is not open gives ENOENT."),
      planted_mistake(Switch::KqueueOtherFileIsEinval, "kqueue.other-file-is-einval",
                      "A descriptor that is no kqueue gives EINVAL."),
      planted_mistake(Switch::KqueueRestarts, "kqueue.restarts",
                      "SA_RESTART makes a wait that was interrupted again."),
      planted_mistake(Switch::KqueueChangesAreCancelled, "kqueue.changes-are-cancelled",
                      "kevent() is a cancellation point with changes, too."),
      planted_mistake(Switch::KqueueTimeoutIsAnError, "kqueue.timeout-is-an-error",
                      "A wait whose time is over gives ETIMEDOUT."),
      planted_mistake(Switch::KqueueZeroTimeoutSleeps, "kqueue.zero-timeout-sleeps",
                      "A timeout of 0 is none."),
  };
}

}  // namespace
}  // namespace kqueue

bool has_kqueue(const Builder& builder) { return builder.declares("kqueue"); }

void finish_kqueues(Builder& builder) {
  using namespace kqueue;
  if (!has_kqueue(builder)) return;
  const std::vector<ObjectId> all = kqueues_of(builder).all;
  for (const ObjectId id : all) {
    make_knotes(builder, builder.record<Kqueue>(id));
    for (const Kqueue::Declared& watch : builder.record<Kqueue>(id).declared) {
      builder.at_start([id, watch](Step& step) { register_watch(step, id, watch); });
    }
  }
  kernel::set_callback(builder, kernel::WakeFunction::Knote, {callback_enabled, run_callback},
                       all.size());
  file::set_number_ties(builder, {ties_exist, may_cut_tie, cut_tie, tie_effects});
}

ModelTable kqueue_model() {
  using namespace kqueue;
  ModelTable table;
  table.name = "kqueue";
  table.about = "FreeBSD's kqueue: knotes whose filters run at every event and again on retrieval.";
  table.objects = {object_row()};
  table.calls = {kevent_row()};
  table.constants = {{"EVFILT_READ", kRead},     {"EVFILT_WRITE", kWrite}, {"EVFILT_USER", kUser},
                     {"EV_ADD", kAdd},           {"EV_DELETE", kDelete},   {"EV_ENABLE", kEnable},
                     {"EV_DISABLE", kDisable},   {"EV_ONESHOT", kOneshot}, {"EV_CLEAR", kClear},
                     {"EV_DISPATCH", kDispatch}, {"EV_ERROR", kError},     {"EV_EOF", kEof},
                     {"NOTE_TRIGGER", kTrigger}};
  table.switches = switches();
  return table;
}

}  // namespace wakesim
