#include "models/socket_connect.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/kernel.h"
#include "models/socket_call.h"
#include "models/socket_state.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"

namespace wakesim::socket {
namespace {

using file::OpenFile;

// ---- connect ------------------------------------------------------------------------------------

// A connect(2) in flight.
//
//   Locked -- room in the backlog --> WakingAcceptor --> returned
//     | ^
//     v | woken: all over again
//   Asleep -- a signal --> returned
struct Connect : SocketOperation {
  enum class At : std::uint8_t {
    Locked,          // unix_stream_connect() under the listener's state lock.
    Asleep,          // unix_wait_for_peer()
    WakingAcceptor,  // sk_data_ready() of the listener.
  };

  struct Frame {
    ObjectId object;
    ObjectId listener;
    std::int32_t number;  // Where the listener was declared.
    At at;
    bool is_nonblocking;
    std::array<std::uint8_t, 2> zero;
  };
  static_assert(std::has_unique_object_representations_v<Frame>);

  static void parse(std::span<const std::int64_t> arguments, Frame& frame) {
    frame.number = static_cast<std::int32_t>(arguments[1]);
  }
  static void enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame);
  static bool enabled(const View& view, ThreadId thread, const Frame& frame);
  static Progress step(Step& step, Frame& frame);
  static std::string_view phase(const Frame& frame);
  static bool condition(const View& view, const Frame& frame);
  static void effects(Effects& effects, const OpenFile& open,
                      std::span<const PossibleValues> arguments);
};

// The second argument is an address: it stays when the listener is closed.
void Connect::enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame) {
  frame.object = open.object;
  frame.listener = file::open_file(step, file::declared_file(step, frame.number)).object;
  frame.is_nonblocking = is_nonblocking(step, (flags & file::kNonblock) != 0);
}

bool refuses(const View& view, const Socket& listener) {
  const Status status = view.read(listener.status);
  const bool is_shut = (status.shutdown & kReceiveShutdown) != 0;
  const bool is_heard = !view.is_on(id(Switch::SocketShutListenerAccepts));
  return status.state != State::Listen || (is_shut && is_heard);
}

// unix_recvq_full_lockless()
bool is_full(const View& view, const Socket& listener) {
  const std::uint32_t more = view.is_on(id(Switch::SocketBacklogIsExact)) ? 1 : 0;
  return view.read(listener.queue).used + more > listener.backlog;
}

bool is_refused_or_has_room(const View& view, const Connect::Frame& frame) {
  const Socket& listener = socket_of(view, frame.listener);
  return refuses(view, listener) || !is_full(view, listener);
}

// Without room the thread is linked, and may have to be unlinked after a wake by nobody.
bool Connect::enabled(const View& view, ThreadId thread, const Frame& frame) {
  if (frame.at == At::WakingAcceptor) return true;
  if (frame.at == At::Asleep && !kernel::is_running(view, thread)) return false;
  if (kernel::may_lock(view, thread, socket_of(view, frame.listener).connectors)) return true;
  const bool is_linked = kernel::is_linked(view, view.entry_of(thread, 0));
  return !is_linked && is_refused_or_has_room(view, frame);
}

// 0 if the socket may be connected. Its other end tells whether it ever was.
std::int32_t connect_error(const View& view, const Socket& socket) {
  if (socket.is_listener) return EINVAL;
  const Status peer = view.read(socket_of(view, socket.peer).status);
  if (peer.state == State::Close && !peer.is_dead) return 0;
  return view.is_on(id(Switch::SocketConnectedIsEinval)) ? EINVAL : EISCONN;
}

void establish(Step& step, const Socket& socket) {
  Status status = step.read(socket.status);
  status.state = State::Established;
  step.write(socket.status, status);
}

void add_pending(Step& step, const Socket& listener, ObjectId end) {
  QueueState queue = step.read(listener.queue);
  WAKESIM_ASSERT(queue.used < listener.pending.size());
  step.write(listener.pending[queue.used], end);
  ++queue.used;
  step.write(listener.queue, queue);
}

// Follows unix_stream_connect(). It holds the listener's lock from its first test until the thread
// is linked, or the connection queued; only accept(2) takes from the queue without it, and wakes
// afterwards. So room comes before the test, or the wake comes after the link.
Progress connect_locked(Step& step, Connect::Frame& frame, const Socket& socket,
                        const Socket& listener) {
  if (refuses(step, listener)) return step.finish(-ECONNREFUSED);
  if (is_full(step, listener)) {
    const bool gives_up = step.is_on(id(Switch::SocketFullBacklogIsEagain));
    if (frame.is_nonblocking || gives_up) return step.finish(-EAGAIN);
    if (!kernel::may_lock(step, step.thread(), listener.connectors)) return Progress::Continues;
    kernel::prepare_to_wait_exclusive(step, listener.connectors, kernel::my_entry(step),
                                      kernel::kTaskInterruptible);
    note_sleep(step, listener.connectors);
    frame.at = Connect::At::Asleep;
    return Progress::Continues;
  }
  if (const std::int32_t error = connect_error(step, socket); error != 0) {
    return step.finish(-error);
  }
  establish(step, socket);
  establish(step, socket_of(step, socket.peer));
  add_pending(step, listener, socket.peer);
  frame.at = Connect::At::WakingAcceptor;
  return Progress::Continues;
}

Progress Connect::step(Step& step, Frame& frame) {
  const Socket& socket = socket_of(step, frame.object);
  const Socket& listener = socket_of(step, frame.listener);
  switch (frame.at) {
    case At::Asleep:
      // Whether or not there is room now: a wake that came with it is swallowed, and the next
      // connector sleeps on. So in the kernel.
      if (kernel::signal_pending(step, step.thread())) {
        if (kernel::is_linked(step, kernel::my_entry(step))) {
          kernel::finish_wait(step, kernel::my_entry(step));
        } else if (step.is_on(id(Switch::SocketConnectHandsOn))) {
          wake_connectors(step, listener, 1);
        }
        return step.finish(interrupted(step));
      }
      if (kernel::is_linked(step, kernel::my_entry(step))) {  // Woken by nobody in particular.
        kernel::finish_wait(step, kernel::my_entry(step));
        frame.at = At::Locked;
        return Progress::Continues;
      }
      return connect_locked(step, frame, socket, listener);
    case At::Locked:
      return connect_locked(step, frame, socket, listener);
    case At::WakingAcceptor:
      data_ready(step, listener);
      return step.finish(0);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view Connect::phase(const Frame& frame) {
  switch (frame.at) {
    case At::Locked:
      return "locked";
    case At::Asleep:
      return "asleep";
    case At::WakingAcceptor:
      return "wake acceptor";
  }
  WAKESIM_UNREACHABLE();
}

bool Connect::condition(const View& view, const Frame& frame) {
  return is_refused_or_has_room(view, frame);
}

void Connect::effects(Effects& effects, const OpenFile& open,
                      std::span<const PossibleValues> arguments) {
  const Socket& socket = socket_of(effects, open.object);
  if (!socket.is_listener) {
    effects.writes(socket.status);
    effects.writes(socket_of(effects, socket.peer).status);
  }
  for (const OpenFile* declared : file::declared_files(effects, arguments[1])) {
    if (declared->operations != &operations()) continue;
    const Socket& listener = socket_of(effects, declared->object);
    if (!listener.is_listener) continue;
    effects.reads(listener.status);
    effects.writes(listener.queue);
    effects.enqueues(listener.connectors.list);
    effects.wakes(listener.waiters.list);
    const bool hands_on = effects.records().is_on(id(Switch::SocketConnectHandsOn));
    if (hands_on) effects.wakes(listener.connectors.list);
  }
}

// Who sleeps in connect(2) waits for the listener.
std::string connect_subject(const View& view, const std::byte* frame) {
  const auto& call = *reinterpret_cast<const file::FileCall<Connect>*>(frame);
  const bool is_asleep =
      call.at == file::FileCall<Connect>::At::Inside && call.inner.at == Connect::At::Asleep;
  if (!is_asleep) return file::call_subject<Connect>(view, frame);
  return std::string(view.object_name(call.inner.listener));
}

// ---- accept -------------------------------------------------------------------------------------

// An accept(2) in flight. The number is taken before the call sleeps.
//
//   Taking -- a connection --> WakingConnector --> Filling --> returned
//     | ^
//     | +---------------------------------+------------------+
//     v                                   |                  |
//   Linking --> Looking -- connection --> Unlinking          | woken
//                 |  \-- shut down, signal --> Unlinking --> GivingBack --> returned
//                 v                                          |
//               Asleep --------------------------------------+
struct Accept : SocketOperation {
  enum class At : std::uint8_t {
    Taking,  // __skb_try_recv_datagram()
    Linking,
    Looking,    // __skb_wait_for_more_packets()
    Asleep,     //
    Unlinking,  //
    WakingConnector,
    Filling,     // sock_graft(), fd_install()
    GivingBack,  // put_unused_fd()
  };

  struct Frame {
    ObjectId object;
    ObjectId end;  // Once it is taken.
    std::int32_t number;
    std::int32_t error;
    std::uint32_t flags;
    At at;
    bool is_nonblocking;
    std::array<std::uint8_t, 2> zero;
  };
  static_assert(std::has_unique_object_representations_v<Frame>);

  static void parse(std::span<const std::int64_t> arguments, Frame& frame);
  static void enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame);
  static bool enabled(const View& view, ThreadId thread, const Frame& frame);
  static Progress step(Step& step, Frame& frame);
  static std::string_view phase(const Frame& frame);
  static bool condition(const View& view, const Frame& frame);
  static void effects(Effects& effects, const OpenFile& open,
                      std::span<const PossibleValues> arguments);
};

void Accept::parse(std::span<const std::int64_t> arguments, Frame& frame) {
  const auto flags = static_cast<std::uint64_t>(arguments.size() > 1 ? arguments[1] : 0);
  frame.flags = static_cast<std::uint32_t>(flags);
  if ((flags & ~std::uint64_t{file::kNonblock | file::kCloseOnExec}) != 0) frame.error = EINVAL;
}

// __sys_accept4_file() looks the listener up and takes a number: one step, for only a close of the
// listener itself could come between and matter (its own number would be the lowest).
void Accept::enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame) {
  frame.object = open.object;
  frame.is_nonblocking = is_nonblocking(step, (flags & file::kNonblock) != 0);
  frame.number = -1;
  if (frame.error == 0) {
    const std::int64_t number = file::reserve_number(step);
    if (number < 0) {
      step.note_bound();  // The table of the model is smaller than the kernel's.
      frame.error = EMFILE;
    }
    frame.number = static_cast<std::int32_t>(number);
  }
  frame.at = frame.error == 0 ? At::Taking : At::GivingBack;
}

bool Accept::enabled(const View& view, ThreadId thread, const Frame& frame) {
  switch (frame.at) {
    case At::Taking:
    case At::Looking:
    case At::WakingConnector:
    case At::Filling:
    case At::GivingBack:
      return true;
    case At::Linking:
    case At::Unlinking:
      return kernel::may_lock(view, thread, socket_of(view, frame.object).waiters);
    case At::Asleep:
      return kernel::is_running(view, thread);
  }
  WAKESIM_UNREACHABLE();
}

ObjectId take_pending(Step& step, const Socket& listener) {
  QueueState queue = step.read(listener.queue);
  const std::uint32_t taken = step.is_on(id(Switch::SocketAcceptsLatest)) ? queue.used - 1u : 0;
  const ObjectId end = step.read(listener.pending[taken]);
  for (std::uint32_t i = taken + 1; i < queue.used; ++i) {
    step.write(listener.pending[i - 1], step.read(listener.pending[i]));
  }
  --queue.used;
  step.write(listener.pending[queue.used], ObjectId{});
  step.write(listener.queue, queue);
  return end;
}

void fail(Accept::Frame& frame, std::int32_t error) {
  frame.error = error;
  frame.at = Accept::At::GivingBack;
}

void try_to_take(Step& step, Accept::Frame& frame, const Socket& listener) {
  using At = Accept::At;
  if (!has_status(step, listener, State::Listen)) {
    fail(frame, EINVAL);
  } else if (!is_empty(step, listener)) {
    frame.end = take_pending(step, listener);
    const bool wakes = !step.is_on(id(Switch::SocketAcceptWakesNobody));
    frame.at = wakes ? At::WakingConnector : At::Filling;
  } else if (frame.is_nonblocking) {
    fail(frame, EAGAIN);  // Whether or not the listener is shut down.
  } else {
    frame.at = At::Linking;
  }
}

void link_acceptor(Step& step, const Socket& listener) {
  const EntryId entry = kernel::my_entry(step);
  if (step.is_on(id(Switch::SocketAcceptWaits))) {
    kernel::prepare_to_wait(step, listener.waiters, entry, kernel::kTaskInterruptible);
  } else {
    kernel::prepare_to_wait_exclusive(step, listener.waiters, entry, kernel::kTaskInterruptible);
  }
}

// finish_wait() of a thread that was woken and thereby unlinked changes nothing.
void leave_wait(Step& step, Accept::Frame& frame) {
  using At = Accept::At;
  if (kernel::is_linked(step, kernel::my_entry(step))) {
    frame.at = At::Unlinking;
  } else {
    frame.at = frame.error == 0 ? At::Taking : At::GivingBack;
  }
}

// The queue and sk_shutdown are two loads. The thread is linked and both changes wake it, so one
// step is exact.
void look(Step& step, Accept::Frame& frame, const Socket& listener) {
  if (is_empty(step, listener)) {
    const bool is_heard = !step.is_on(id(Switch::SocketAcceptIgnoresShutdown));
    if (is_shut(step, listener, kReceiveShutdown) && is_heard) {
      frame.error = EINVAL;
    } else if (kernel::signal_pending(step, step.thread())) {
      frame.error = static_cast<std::int32_t>(-interrupted(step));
    } else {
      note_sleep(step, listener.waiters);
      frame.at = Accept::At::Asleep;
      return;
    }
  }
  leave_wait(step, frame);
}

Progress Accept::step(Step& step, Frame& frame) {
  const Socket& socket = socket_of(step, frame.object);
  switch (frame.at) {
    case At::Taking:
      try_to_take(step, frame, socket);
      return Progress::Continues;
    case At::Linking:
      link_acceptor(step, socket);
      frame.at = At::Looking;
      return Progress::Continues;
    case At::Looking:
      look(step, frame, socket);
      return Progress::Continues;
    case At::Asleep:
      leave_wait(step, frame);
      if (frame.at == At::Taking) try_to_take(step, frame, socket);
      return Progress::Continues;
    case At::Unlinking:
      kernel::finish_wait(step, kernel::my_entry(step));
      leave_wait(step, frame);
      return Progress::Continues;
    case At::WakingConnector:
      frame.at = At::Filling;
      wake_connectors(step, socket, 1);
      return Progress::Continues;
    case At::Filling:
      file::fill_number(step, frame.number, socket_of(step, frame.end).accepted, frame.flags);
      return step.finish(frame.number);
    case At::GivingBack:
      if (frame.number >= 0) file::give_back_number(step, frame.number);
      return step.finish(-frame.error);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view Accept::phase(const Frame& frame) {
  switch (frame.at) {
    case At::Taking:
      return "take connection";
    case At::Linking:
      return "link";
    case At::Looking:
      return "check";
    case At::Asleep:
      return "asleep";
    case At::Unlinking:
      return "finish wait";
    case At::WakingConnector:
      return "wake connector";
    case At::Filling:
      return "install number";
    case At::GivingBack:
      return "give number back";
  }
  WAKESIM_UNREACHABLE();
}

bool Accept::condition(const View& view, const Frame& frame) {
  const Socket& socket = socket_of(view, frame.object);
  return !is_empty(view, socket) || is_shut(view, socket, kReceiveShutdown);
}

void Accept::effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
  file::open_effects(effects, operations());
  const Socket& socket = socket_of(effects, open.object);
  effects.reads(socket.status);
  if (!socket.is_listener) return;
  effects.writes(socket.queue);
  effects.enqueues(socket.waiters.list);
  effects.wakes(socket.connectors.list);
}

CallRow make_accept_row(std::string_view name) {
  CallRow row = make_row<Accept>(name);
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor}};
  row.source = "__sys_accept4_file() in net/socket.c; unix_accept(); accept(2)";
  row.errors = {{"EBADF", "fd is not open"},
                {"ENOTSOCK", "fd is no socket"},
                {"EINVAL", "fd does not listen, or is shut down while the call sleeps"},
                {"EAGAIN", "no connection and O_NONBLOCK"},
                {"EINTR", "a handler has run; SA_RESTART makes the call again"},
                {"EMFILE", "no number is free; the bound follows from the calls in the program"}};
  row.wakes = "one thread that waits for room in the backlog, the one that has waited longest";
  return row;
}

}  // namespace

CallRow connect_row() {
  CallRow row = make_row<Connect>("connect");
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor},
                    {.name = "address", .type = ParameterType::Object, .kinds = "listener"}};
  row.about = "Connects to a listener; sleeps while its backlog is full.";
  row.source = "unix_stream_connect() in net/unix/af_unix.c; connect(2)";
  row.errors = {{"EBADF", "fd is not open"},
                {"ENOTSOCK", "fd is no socket"},
                {"ECONNREFUSED", "the listener is closed, or shut for receiving"},
                {"EAGAIN", "the backlog is full and O_NONBLOCK"},
                {"EINTR", "a handler has run; SA_RESTART makes the call again"},
                {"EISCONN", "the socket is connected, or was"},
                {"EINVAL", "the socket listens itself"}};
  row.wakes = "one acceptor, and everybody who polls the listener in front of it";
  row.subject = connect_subject;
  return row;
}

CallRow accept_row() {
  CallRow row = make_accept_row("accept");
  row.about = "Opens the oldest connection at the lowest free number.";
  return row;
}

CallRow accept4_row() {
  CallRow row = make_accept_row("accept4");
  row.parameters.push_back({.name = "flags", .type = ParameterType::Flags, .is_optional = true});
  row.about = "accept() that sets SOCK_NONBLOCK on the new descriptor.";
  row.errors.push_back({"EINVAL", "an unknown flag"});
  return row;
}

}  // namespace wakesim::socket
