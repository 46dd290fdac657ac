// A kqueue and its knotes as they lie in the state, and what is done to them under kq_lock.
//
// kq_lock is never held from one step to the next. What is, is a mark: a knote that a call has in
// hand is in flux, and others that need it wait until it is not.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/file.h"
#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim::kqueue {

// sys/event.h, C's values. A program writes flags, filter and NOTE_TRIGGER into one number.
enum Flag : std::uint32_t {
  kAdd = 0x0001,
  kDelete = 0x0002,
  kEnable = 0x0004,
  kDisable = 0x0008,
  kOneshot = 0x0010,
  kClear = 0x0020,
  kDispatch = 0x0080,
  kError = 0x4000,
  kEof = 0x8000,
  kTrigger = 0x0100'0000,  // NOTE_TRIGGER
};
inline constexpr std::uint32_t kKept = kOneshot | kClear | kDispatch;

// Filters are negative in C; here -filter stands in bits 16 to 23.
inline constexpr std::uint32_t kFilterMask = 0x00ff'0000;
inline constexpr std::uint32_t kRead = 1u << 16;
inline constexpr std::uint32_t kWrite = 2u << 16;
inline constexpr std::uint32_t kUser = 11u << 16;

// knote::kn_status, and what else the model has to keep.
enum Status : std::uint32_t {
  kActive = 0x01,
  kQueued = 0x02,
  kDisabled = 0x04,
  kInFlux = 0x08,
  kScan = 0x10,       // In flux, but events of its file get through.
  kTriggered = 0x20,  // kn_hookid of EVFILT_USER
  kAtEnd = 0x40,      // EV_EOF when the filter ran last; for ONESHOT, which is not asked again.
};

// struct knote, keyed by ident and filter. All zero: unused.
struct KnoteState {
  std::int64_t ident;
  std::int64_t udata;
  std::int64_t data;     // kn_data; for ONESHOT only.
  std::uint32_t file;    // 1 + FileId; 0 for EVFILT_USER.
  std::uint32_t flags;   // kKept and the filter; 0: unused.
  std::uint32_t status;  // Status
  std::uint32_t zero;
};
static_assert(std::has_unique_object_representations_v<KnoteState>);

struct Knote {
  Cell<KnoteState> state;
  EntryId wait{};            // On the queue of the file. EVFILT_USER has none.
  EntryId ready{};           // kn_tqe
  std::int32_t number = -1;  // The only descriptor that this knote is for, or -1: EVFILT_USER.
  std::uint32_t filter = 0;
};

// struct kqueue. All zero: nothing queued, nobody sleeps.
struct QueueState {
  std::uint32_t count;     // kq_count: knotes that are queued, those in flux included.
  std::uint32_t is_slept;  // KQ_SLEEP
};
static_assert(std::has_unique_object_representations_v<QueueState>);

// A record outside the state.
struct Kqueue {
  std::string name;
  ObjectId id{};
  file::FileId file = file::kNoFile;
  ClassId lock_class{};
  Cell<QueueState> state;
  ListId ready{};              // kq_head: ready links of knotes, and the marker of each scan.
  kernel::WaitQueue sleepers;  // The sleep channel `kq`.
  kernel::WaitQueue pollers;   // kq_sel
  std::vector<Knote> knotes;
  struct Declared {
    std::int64_t ident;
    std::int64_t udata;
    std::uint32_t operation;
  };
  std::vector<Declared> declared;  // What is registered before the first step.
};

const std::vector<ObjectId>& all_kqueues(const View& view);
inline const Kqueue& kqueue_of(const View& view, ObjectId id) { return view.object<Kqueue>(id); }
inline const Kqueue& kqueue_of(const Effects& effects, ObjectId id) {
  return effects.object<Kqueue>(id);
}
const file::FileOperations& operations();
const Kqueue* kqueue_of_file(const View& view, file::FileId file);

// Has this kind of file a kqfilter method here: a condition that can be read at once?
bool can_be_watched(const file::OpenFile& open);

inline constexpr std::uint32_t kNoKnote = ~std::uint32_t{0};
KnoteState knote_state(const View& view, const Kqueue& kq, std::uint32_t place);
std::uint32_t find_knote(const View& view, const Kqueue& kq, std::int64_t ident,
                         std::uint32_t filter);
std::uint32_t find_unused(const View& view, const Kqueue& kq, std::int64_t ident,
                          std::uint32_t filter);
std::string knote_name(const View& view, const Kqueue& kq, std::uint32_t place);

// ---- The filter ---------------------------------------------------------------------------------

// f_event(): does the condition hold now, and what would be reported?
struct Finding {
  bool holds = false;
  bool is_at_end = false;
  std::int64_t data = 0;
};
Finding run_filter(const View& view, const KnoteState& knote);

// May the lock of the knote's file be taken (KN_LIST_LOCK)?
bool may_lock_file(const View& view, ThreadId thread, const KnoteState& knote);

// ---- Under kq_lock ------------------------------------------------------------------------------

// kqueue_wakeup(), up to who polls the kqueue.
bool wake_sleepers(Step& step, const Kqueue& kq);
// KNOTE_ACTIVATE(), without a wake. True if the knote has just been queued.
bool activate(Step& step, const Kqueue& kq, std::uint32_t place, const Finding& finding);
bool enqueue(Step& step, const Kqueue& kq, std::uint32_t place);
// knote_enqueue()'s wakes; the calling step's last action.
void announce(Step& step, const Kqueue& kq);

// f_attach(), f_detach(): under the lock of the file.
void attach(Step& step, const Kqueue& kq, std::uint32_t place);
void detach(Step& step, const Kqueue& kq, std::uint32_t place);
// knote_drop()
void drop(Step& step, const Kqueue& kq, std::uint32_t place);

void set_state(Step& step, const Kqueue& kq, std::uint32_t place, const KnoteState& state);
// The knote is off the list and not queued any more.
void uncount(Step& step, const Kqueue& kq);

// The first of the list: a knote's place, or whose marker it is.
struct First {
  std::uint32_t place = kNoKnote;
  ThreadId marker = kNoThread;
};
First first_of(const View& view, const Kqueue& kq);

// knote(), for one knote: the callback of its entry.
bool callback_enabled(const View& view, EntryId entry);
kernel::CallbackResult run_callback(Step& step, EntryId entry, const kernel::WakeOptions& options);

// What a filter may read, and what linking on the file's queue touches.
void effects_of_files(Effects& effects, const Kqueue& kq);

// The row of kevent(2): models/kqueue_call.cpp.
CallRow kevent_row();

}  // namespace wakesim::kqueue
