#include "models/kqueue_state.h"

#include <algorithm>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim::kqueue {

using file::FileId;
using file::OpenFile;

namespace {

const Knote& knote_at(const Kqueue& kq, std::uint32_t place) {
  WAKESIM_ASSERT(place < kq.knotes.size());
  return kq.knotes[place];
}

std::uint32_t place_of(const Kqueue& kq, EntryId entry) {
  const auto known = std::find_if(kq.knotes.begin(), kq.knotes.end(), [&](const Knote& knote) {
    return knote.wait == entry || knote.ready == entry;
  });
  WAKESIM_ASSERT(known != kq.knotes.end());
  return static_cast<std::uint32_t>(known - kq.knotes.begin());
}

const OpenFile& file_of(const View& view, const KnoteState& knote) {
  WAKESIM_ASSERT(knote.file != 0);
  return file::open_file(view, static_cast<FileId>(knote.file - 1));
}

kernel::WaitQueue queue_of(const View& view, const KnoteState& knote) {
  const OpenFile& open = file_of(view, knote);
  return open.operations->poll.queue(view, open);
}

}  // namespace

bool can_be_watched(const OpenFile& open) {
  return open.operations->poll.load != nullptr && open.operations != &operations();
}

KnoteState knote_state(const View& view, const Kqueue& kq, std::uint32_t place) {
  return view.read(knote_at(kq, place).state);
}

void set_state(Step& step, const Kqueue& kq, std::uint32_t place, const KnoteState& state) {
  step.write(knote_at(kq, place).state, state);
}

std::uint32_t find_knote(const View& view, const Kqueue& kq, std::int64_t ident,
                         std::uint32_t filter) {
  const bool is_any_filter = view.is_on(id(Switch::KqueueKeyedByIdent));
  for (std::uint32_t place = 0; place < kq.knotes.size(); ++place) {
    const KnoteState state = knote_state(view, kq, place);
    if (state.flags == 0 || state.ident != ident) continue;
    if ((state.flags & kFilterMask) == filter || is_any_filter) return place;
  }
  return kNoKnote;
}

// A descriptor's knotes have places of their own: equal situations are equal bytes.
std::uint32_t find_unused(const View& view, const Kqueue& kq, std::int64_t ident,
                          std::uint32_t filter) {
  for (std::uint32_t place = 0; place < kq.knotes.size(); ++place) {
    const Knote& knote = knote_at(kq, place);
    if (knote.filter != filter || (filter != kUser && knote.number != ident)) continue;
    if (knote_state(view, kq, place).flags == 0) return place;
  }
  return kNoKnote;
}

std::string knote_name(const View& view, const Kqueue& kq, std::uint32_t place) {
  const KnoteState state = knote_state(view, kq, place);
  return state.file == 0 ? "user " + std::to_string(state.ident) : file_of(view, state).name;
}

// ---- The filter ---------------------------------------------------------------------------------

// filt_piperead(), filt_soread() and so on: what poll would report, under the lock of the file.
Finding run_filter(const View& view, const KnoteState& knote) {
  if (knote.file == 0) return {.holds = (knote.status & kTriggered) != 0};
  const OpenFile& open = file_of(view, knote);
  const file::PollMethod& method = open.operations->poll;
  std::uint32_t mask = 0;
  for (std::uint32_t i = 0; i < method.loads(view, open); ++i) mask |= method.load(view, open, i);
  const bool is_read = (knote.flags & kFilterMask) == kRead;
  const std::uint32_t end = file::kHup | (is_read ? file::kRdHup : file::kErr);
  const std::uint32_t wanted = end | file::kErr | (is_read ? file::kIn : file::kOut);
  const bool has_data = is_read && open.operations->pending != nullptr;
  return {.holds = (mask & wanted) != 0,
          .is_at_end = (mask & end) != 0,
          .data = has_data ? open.operations->pending(view, open) : 0};
}

bool may_lock_file(const View& view, ThreadId thread, const KnoteState& knote) {
  return knote.file == 0 || kernel::may_lock(view, thread, queue_of(view, knote));
}

// ---- Under kq_lock ------------------------------------------------------------------------------

// wakeup() knows the channel, not what those on it are waiting for: all of them run.
bool wake_sleepers(Step& step, const Kqueue& kq) {
  QueueState state = step.read(kq.state);
  if (state.is_slept != 0 && !step.is_on(id(Switch::KqueueWakesNobody))) {
    state.is_slept = 0;
    step.write(kq.state, state);
    const bool is_one = step.is_on(id(Switch::KqueueWakesOne));
    kernel::wake_up_at_once(step, kq.sleepers, {.exclusive = is_one ? 1u : 0u});
  }
  return kernel::waitqueue_active(step, kq.pollers) && !step.is_on(id(Switch::KqueueTellsNoPoller));
}

void announce(Step& step, const Kqueue& kq) {
  if (wake_sleepers(step, kq)) {
    kernel::wake_up(step, kq.pollers, {.exclusive = 0, .key = file::kIn | file::kRdNorm});
  }
}

bool enqueue(Step& step, const Kqueue& kq, std::uint32_t place) {
  KnoteState state = knote_state(step, kq, place);
  if ((state.status & (kQueued | kDisabled)) != 0) return false;
  state.status |= kQueued;
  set_state(step, kq, place, state);
  step.push_back(kq.ready, knote_at(kq, place).ready);
  QueueState queue = step.read(kq.state);
  ++queue.count;
  step.write(kq.state, queue);
  return true;
}

bool activate(Step& step, const Kqueue& kq, std::uint32_t place, const Finding& finding) {
  KnoteState state = knote_state(step, kq, place);
  state.status |= kActive;
  if ((state.flags & kOneshot) != 0) {
    state.data = finding.data;
    state.status &= ~std::uint32_t{kAtEnd};
    if (finding.is_at_end) state.status |= kAtEnd;
  }
  set_state(step, kq, place, state);
  return enqueue(step, kq, place);
}

// knlist_add(): in front of the others. It never counts, so no wake stops before it.
void attach(Step& step, const Kqueue& kq, std::uint32_t place) {
  kernel::add_wait_queue(step, queue_of(step, knote_state(step, kq, place)),
                         knote_at(kq, place).wait,
                         {.function = kernel::WakeFunction::Knote, .value = index(kq.id)});
}

void detach(Step& step, const Kqueue& kq, std::uint32_t place) {
  if (knote_at(kq, place).number < 0) return;
  kernel::remove_wait_queue(step, knote_at(kq, place).wait);
}

void uncount(Step& step, const Kqueue& kq) {
  QueueState queue = step.read(kq.state);
  WAKESIM_ASSERT(queue.count > 0);
  --queue.count;
  step.write(kq.state, queue);
}

void drop(Step& step, const Kqueue& kq, std::uint32_t place) {
  const KnoteState state = knote_state(step, kq, place);
  if ((state.status & kQueued) != 0) {
    step.remove(kq.ready, knote_at(kq, place).ready);
    uncount(step, kq);
  }
  set_state(step, kq, place, KnoteState{});
}

First first_of(const View& view, const Kqueue& kq) {
  const EntryId first = view.first(kq.ready);
  if (first == kNoEntry) return {};
  const ThreadId owner = view.owner(first);
  if (owner != kNoThread) return {.marker = owner};
  return {.place = place_of(kq, first)};
}

bool callback_enabled(const View&, EntryId) { return true; }

// A knote in flux is passed over, unless a scan has it in hand: whoever has it runs the filter
// itself, behind this event.
kernel::CallbackResult run_callback(Step& step, EntryId entry, const kernel::WakeOptions&) {
  const Kqueue& kq = kqueue_of(step, static_cast<ObjectId>(step.entry(entry).value));
  const std::uint32_t place = place_of(kq, entry);
  const KnoteState state = knote_state(step, kq, place);
  kernel::CallbackResult result{.is_success = true};
  if ((state.status & kInFlux) != 0 && (state.status & kScan) == 0) return result;
  const Finding finding = run_filter(step, state);
  if (!finding.holds || !activate(step, kq, place, finding)) return result;
  if (wake_sleepers(step, kq)) {
    result.wakes_next = kq.pollers;
    result.next_options = {.exclusive = 0, .key = file::kIn | file::kRdNorm};
  }
  return result;
}

void effects_of_files(Effects& effects, const Kqueue& kq) {
  const View view = effects.records();
  const auto& lists = effects.system().layout.lists;
  for (std::size_t i = 0; i < file::file_count(view); ++i) {
    const OpenFile& open = file::open_file(view, static_cast<FileId>(i));
    if (!can_be_watched(open)) continue;
    Effects asking = effects.fresh();
    open.operations->poll.effects(asking, open);
    if (open.operations->pending_effects != nullptr) {
      open.operations->pending_effects(asking, open);
    }
    effects.touches(asking);
    effects.writes(lists[index(open.operations->poll.queue(view, open).list)].cls);
  }
  effects.writes(kq.lock_class);
}

}  // namespace wakesim::kqueue
