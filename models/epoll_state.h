// An epoll and its items as they lie in the state, and what is done to them under their locks.
//
// Two locks, as in the kernel. ep->lock is a spinlock and guards the lists; all it guards is one
// conflict class. It is held between two steps only where a lockless reader can see a scan half
// begun or half done. ep->mtx is a mutex that scans and epoll_ctl() hold from step to step; the
// words that it guards are a class of their own.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/file.h"
#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"
#include "sim/state/layout.h"

namespace wakesim::epoll {

// include/uapi/linux/eventpoll.h; the readiness bits are file::Ready's.
enum Event : std::uint32_t {
  kExclusive = std::uint32_t{1} << 28,
  kWakeup = std::uint32_t{1} << 29,
  kOneshot = std::uint32_t{1} << 30,
  kEdge = std::uint32_t{1} << 31,
};
// EP_PRIVATE_BITS: what is left of the mask of a ONESHOT item that has been reported.
inline constexpr std::uint32_t kPrivateBits = kExclusive | kWakeup | kOneshot | kEdge;

// What poll() of an epoll says when one of its items is ready.
inline constexpr std::uint32_t kReadable = file::kIn | file::kRdNorm;

// struct epitem: keyed by open file and number. All zero: unused.
struct ItemState {
  std::int64_t data;
  std::uint32_t events;
  std::uint32_t file;  // 1 + FileId.
  std::int32_t number;
  std::uint32_t zero;
};
static_assert(std::has_unique_object_representations_v<ItemState>);

struct Item {
  Cell<ItemState> state;
  EntryId wait;              // On the queue of the file.
  EntryId ready;             // rdllink: on the ready list, or on the list of a scan.
  EntryId overflow;          // `next`: on the overflow list.
  std::int32_t number = -1;  // Where numbers never change: the only one that this item is for.
};

// Guarded by ep->lock.
struct LockedState {
  std::uint32_t holder;       // 1 + the thread that holds the lock between two steps, or 0.
  std::uint32_t is_scanning;  // ovflist != EP_UNACTIVE_PTR.
};
static_assert(std::has_unique_object_representations_v<LockedState>);

// ep->mtx and what its holder is doing to the epoll. All zero: nobody holds it.
//
//   Idle --> Starting --> Asking --> next item ... --> Finishing --> Splicing --> Idle
//               |            |                             |
//      the second store   (Disabling: ONESHOT)     the second store, if it can be told apart
struct MutexState {
  enum class At : std::uint8_t {
    Idle,       // No scan; the holder, if any, is in epoll_ctl() or removes items.
    Starting,   // ep_start_scan(): the list is moved, the overflow list is not yet open.
    Asking,     // ep_item_poll()
    Disabling,  // ep_send_events(): the mask of a ONESHOT item goes.
    Finishing,  // ep_done_scan(): to be entered.
    Splicing,   // ep_done_scan(): the overflow list is closed, the rest not yet put back.
  };

  std::uint32_t holder;  // 1 + thread, or 0.
  std::uint32_t item;    // 1 + place of the item in hand.
  file::Asked asked;     // Of its file.
  At at;
  bool has_found;  // A poll() of the epoll has found a ready item.
  std::array<std::uint8_t, 6> zero;
};
static_assert(std::has_unique_object_representations_v<MutexState>);

// struct eventpoll: a record outside the state.
struct Epoll {
  std::string name;
  file::FileId file = file::kNoFile;
  ObjectId id{};
  ClassId lock_class{};
  Cell<LockedState> locked;
  Cell<MutexState> mutex;
  ListId ready{};               // rdllist
  ListId scanned{};             // txlist of the scan in progress.
  ListId overflow{};            // ovflist, newest first.
  kernel::WaitQueue sleepers;   // wq
  kernel::WaitQueue poll_wait;  // Who polls the epoll, outer epolls included.
  std::vector<Item> items;
  std::vector<ItemState> declared;  // What is registered before the first step.
};

// What a scan does with items that are ready.
class Scanner {
 public:
  virtual bool wants_more() const = 0;
  // The item is off the list; `mask` is not 0. True if it stays at the head of what is left over.
  virtual bool take(Step& step, const ItemState& item, std::uint32_t mask) = 0;

 protected:
  ~Scanner() = default;
};

// All epolls of a scenario; one record.
struct Epolls {
  std::vector<ObjectId> all;
  Cell<std::uint32_t> nesting;  // epnested_mutex: 1 + thread, or 0.
};

const Epolls& epolls_of(const View& view);
const Epolls& epolls_of(const Effects& effects);
inline const Epoll& epoll_of(const View& view, ObjectId id) { return view.object<Epoll>(id); }
// The epoll behind an open file, or null.
const Epoll* epoll_of_file(const View& view, file::FileId file);
const file::FileOperations& operations();

// epoll_ctl() adds EPOLLERR and EPOLLHUP to whatever is asked for.
std::uint32_t watched_events(const View& view, std::uint32_t asked);
// What the calls answer to a number that is not open, and to a file that is no epoll.
std::int64_t not_open(const View& view);
std::int64_t no_epoll(const View& view);

// ---- Locks --------------------------------------------------------------------------------------

bool holds_mutex(const View& view, ThreadId thread, const Epoll& epoll);
bool may_take_mutex(const View& view, const Epoll& epoll);
void take_mutex(Step& step, const Epoll& epoll);
void release_mutex(Step& step, const Epoll& epoll);
// ep->lock, for one step.
bool may_lock(const View& view, const Epoll& epoll);

// ---- Items --------------------------------------------------------------------------------------

ItemState item_state(const View& view, const Epoll& epoll, std::uint32_t place);
inline constexpr std::uint32_t kNoItem = ~std::uint32_t{0};
// ep_find()
std::uint32_t find_item(const View& view, const Epoll& epoll, file::FileId file,
                        std::int32_t number);
std::uint32_t find_unused_item(const View& view, const Epoll& epoll, std::int32_t number);
// Does some epoll have an item of this file (file->f_ep)?
bool is_watched(const View& view, file::FileId file);

// For traces: the file behind a ready link.
std::string item_name(const View& view, const Epoll& epoll, EntryId entry);

// ep_insert(): the item stands in the tree and is the one in hand. Under the mutex.
void insert_item(Step& step, const Epoll& epoll, std::uint32_t place, const ItemState& state);
// What the file's poll method stores before poll_wait(); true if that changed anything.
bool announce_item(Step& step, const Epoll& epoll, std::uint32_t place);
// ep_ptable_queue_proc(): may the queue of the item's file be locked, and the entry linked on it.
bool may_link_item(const View& view, ThreadId thread, const Epoll& epoll, std::uint32_t place);
void link_item(Step& step, const Epoll& epoll, std::uint32_t place);
// ep_modify()
void change_item(Step& step, const Epoll& epoll, std::uint32_t place, const ItemState& state);
void take_in_hand(Step& step, const Epoll& epoll, std::uint32_t place);
// ep_item_poll() of the item in hand: a step at a time, the mask once it is whole.
bool may_ask_item(const View& view, ThreadId thread, const Epoll& epoll);
std::optional<std::uint32_t> ask_item(Step& step, const Epoll& epoll);
// For judges, on a copy of the state: asks the file of each armed item, on the ready list or not,
// and gives the name of the first that is ready, or "". In an epoll that it watches, one will do.
std::string ready_item(Step& step, const Epoll& epoll, Watched watched);
// The end of ep_insert() and ep_modify(), under ep->lock. True if poll_wait is to be woken.
bool queue_ready_item(Step& step, const Epoll& epoll, std::uint32_t place, std::uint32_t mask);

// ep_remove(): the entry leaves the file's queue (a step under that queue's lock), then the item
// goes (a step under ep->lock).
void unlink_item(Step& step, const Epoll& epoll, std::uint32_t place);
void remove_item(Step& step, const Epoll& epoll, std::uint32_t place);

// ep_poll_callback(), up to the wake of poll_wait.
bool callback_enabled(const View& view, EntryId entry);
kernel::CallbackResult run_callback(Step& step, EntryId entry, const kernel::WakeOptions& options);

// ---- Scans --------------------------------------------------------------------------------------

// ep_events_available(), under the lock.
bool has_events(const View& view, const Epoll& epoll);

// From taking the mutex to releasing it. True when it is over.
bool scan_enabled(const View& view, ThreadId thread, const Epoll& epoll);
bool step_scan(Step& step, const Epoll& epoll, Scanner& scanner);

std::string_view scan_phase(MutexState::At at);

// What a scan of the epoll may touch and wake, epolls that may be inside included.
void scan_effects(Effects& effects, const Epoll& epoll);

}  // namespace wakesim::epoll
