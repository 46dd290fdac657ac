// A kevent(2) in flight, for the files that it is cut into: kqueue_change.cpp makes the changes,
// kqueue_scan.cpp looks for events and sleeps, kqueue_call.cpp has what is around both.

#pragma once

#include <array>
#include <cstdint>

#include "models/kqueue_state.h"
#include "sim/program/step.h"

namespace wakesim::kqueue {

// A call in flight: the changes one by one, then the events.
//
//   Fdget --> Finding --+--> Attaching --> Filtering --+--> next change ...
//                ^      +----------------> Filtering --+
//                |      +--> Detaching ----------------+
//                +------------------------------------- +--> errors, or nevents == 0 --> Fput
//                                                      |
//     Asleep <-- nothing queued -- Looking <-----------+
//        |                            ^ |
//        +--------- woken ------------+ +--> Taking --> Checking --> next knote ... --> Fput
//                                              |   +--> Dropping (ONESHOT)
//                                              +-- waits while another scan or call has the first
struct KeventCall {
  enum class At : std::uint8_t {
    Refused,
    Fdget,
    Finding,    // kqueue_register(): up to the unlock of kq_lock.
    Attaching,  // f_attach()
    Filtering,  // f_event() of a change
    Detaching,  // EV_DELETE
    Looking,    // kqueue_scan(): is there something? Else sleep, under one hold of kq_lock.
    Asleep,
    Taking,    // The first knote of the list, or one's own marker.
    Checking,  // f_event() once more
    Dropping,  // EV_ONESHOT
    Fput,
  };

  std::int64_t result;
  ThreadId thread;
  ObjectId kqueue;
  file::FileId file;
  std::int32_t number;
  std::uint32_t changes;
  std::uint32_t change;    // The one in hand.
  std::uint32_t capacity;  // nevents, less the errors reported.
  std::uint32_t count;     // Records in the caller's list.
  std::uint32_t knote;     // The place of the knote in hand.
  At at;
  bool has_timer;
  bool is_timed_out;
  bool is_counted;
  bool has_bad_time;  // The timeout is negative.
  std::array<std::uint8_t, 7> zero;
};
static_assert(std::has_unique_object_representations_v<KeventCall>);
static_assert(sizeof(KeventCall) % 8 == 0);  // The records stand right behind it.

// struct kevent: a change, and then what is reported. An error never overtakes the changes: there
// is one for each at most.
struct Record {
  std::int64_t ident;
  std::int64_t udata;
  std::int64_t data;
  std::uint32_t filter;
  std::uint32_t flags;
};
static_assert(std::has_unique_object_representations_v<Record>);

inline Record* records_of(KeventCall& call) { return reinterpret_cast<Record*>(&call + 1); }
inline const Record* records_of(const KeventCall& call) {
  return reinterpret_cast<const Record*>(&call + 1);
}

inline const Kqueue& kq_of(const View& view, const KeventCall& call) {
  return kqueue_of(view, call.kqueue);
}

// What the changes need is gone; what is reported stays.
void forget_changes(KeventCall& call);
// To the end of the call.
Progress leave(Step& step, KeventCall& call, std::int64_t result);

// ---- Changes: kqueue_register() -----------------------------------------------------------------

// "Knote is in the process of changing, wait for it to stabilize."
bool may_find(const View& view, const KeventCall& call);
// Everything that is found out before kq_lock is let go.
Progress find(Step& step, KeventCall& call);
Progress attach_knote(Step& step, KeventCall& call);
// The lock of the file, inside it kq_lock: the filter, what follows from it, and ENABLE or DISABLE.
Progress filter(Step& step, KeventCall& call);
Progress delete_knote(Step& step, KeventCall& call);

// ---- Events: kqueue_scan() ----------------------------------------------------------------------

// The look and the sleep are one hold of kq_lock: no event falls in between.
Progress look(Step& step, KeventCall& call);
// A wakeup() that took the thread off the channel wins over signal and time. Whoever was not woken
// does not look again.
Progress wake_up(Step& step, KeventCall& call);
// Another scan has its marker in front, or another call the first knote in hand ("kqflxwt").
bool may_take(const View& view, const KeventCall& call);
// `while (count)`, under one hold of kq_lock: up to a knote whose filter has to be asked. Knotes
// that were put back behind the marker are for the next call.
Progress take(Step& step, KeventCall& call);
// The lock of the file, inside it kq_lock; then on to the next knote under the same hold.
Progress check(Step& step, KeventCall& call);
// What the filter found when it ran last is reported: a ONESHOT knote is not asked again.
Progress drop_oneshot(Step& step, KeventCall& call);

}  // namespace wakesim::kqueue
