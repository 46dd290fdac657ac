// recv(2), and read(2) of a socket.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/kernel.h"
#include "models/socket_call.h"
#include "models/socket_state.h"
#include "models/socket_transfer.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"

namespace wakesim::socket {
namespace {

using file::OpenFile;

// A recv(2) in flight.
//
//   Locked -- nothing there --> Waiting -- something came meanwhile --> Locked
//     |  ^                        |  ^                                   ^
//     |  |                        v  | woken for nothing                 |
//     |  +-- more wanted --+     Asleep -- woken for something ----------+
//     |                            +-- a signal --> returned
//     +-- buffer used up --+--> WakingSender --> returned
//     +-- enough, end of file, error or nonblocking --> returned
struct Receive : SocketOperation {
  enum class At : std::uint8_t {
    Answered,      // Without a look at the socket.
    Locked,        // One turn of unix_stream_read_generic(), with the iolock.
    Blocked,       // mutex_lock(iolock): another thread has it.
    Waiting,       // unix_stream_data_wait(): link and look, under the state lock.
    Linking,       // The same without a look: socket.looks-before-linking.
    Asleep,        // schedule_timeout(), and the next turn of the wait.
    WakingSender,  // unix_write_space() of the buffer's sender.
  };

  struct Frame {
    ObjectId object;
    std::uint32_t count;   // Asked for.
    std::uint32_t copied;  // So far.
    std::int32_t answer;
    At at;
    bool is_nonblocking;
    bool waits_for_all;
    std::array<std::uint8_t, 5> zero;
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

void Receive::parse(std::span<const std::int64_t> arguments, Frame& frame) {
  const auto flags = static_cast<std::uint64_t>(arguments[2]);
  frame.count = clamp_count(arguments[1]);
  if (arguments[1] < 0) frame.answer = -EINVAL;
  if ((flags & ~std::uint64_t{kDontWait | kWaitAll | kNoSignal}) != 0) frame.answer = -EOPNOTSUPP;
  frame.is_nonblocking = (flags & kDontWait) != 0;
  frame.waits_for_all = (flags & kWaitAll) != 0;
}

void Receive::enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame) {
  frame.object = open.object;
  const bool asks = frame.is_nonblocking || (flags & file::kNonblock) != 0;
  frame.is_nonblocking = is_nonblocking(step, asks);
  if (socket_of(step, open.object).is_listener) frame.answer = is_tcp(step) ? -ENOTCONN : -EINVAL;
  frame.at = frame.answer != 0 ? At::Answered : At::Locked;
}

// read(2) of no bytes does not ask the socket (sock_read_iter()).
void begin_read(Step& step, const OpenFile& open, const file::Request& request,
                Receive::Frame& frame) {
  frame = {};
  const std::int64_t count = request.value == file::kUnwritten ? 1 : request.value;
  frame.count = clamp_count(count);
  if (count < 0) frame.answer = -EINVAL;
  Receive::enter(step, open, request.flags, frame);
  if (frame.count == 0) frame.at = Receive::At::Answered;
}

bool Receive::enabled(const View& view, ThreadId thread, const Frame& frame) {
  const Socket& socket = socket_of(view, frame.object);
  switch (frame.at) {
    case At::Answered:
    case At::Locked:
    case At::WakingSender:
      return true;
    case At::Blocked:
      return view.read(socket.reader) == 0;
    case At::Waiting:
    case At::Linking:
      return kernel::may_lock(view, thread, socket.waiters);
    case At::Asleep:
      return kernel::is_running(view, thread) && kernel::may_lock(view, thread, socket.waiters);
  }
  WAKESIM_UNREACHABLE();
}

// What ends the wait, and what the judges take for its condition.
bool has_news(const View& view, const Socket& socket) {
  if (!is_empty(view, socket) || is_shut(view, socket, kReceiveShutdown)) return true;
  return view.read(socket.status).error != 0;
}

// mutex_unlock(iolock). No step of its own: others get no further by its coming later.
void unlock(Step& step, const Socket& socket) {
  if (step.read(socket.reader) != 0) step.write(socket.reader, std::uint32_t{0});
}

Progress leave_unlocked(Step& step, const Receive::Frame& frame, std::int64_t why) {
  return step.finish(frame.copied > 0 ? static_cast<std::int64_t>(frame.copied) : why);
}

Progress leave(Step& step, const Socket& socket, const Receive::Frame& frame, std::int64_t why) {
  unlock(step, socket);
  return leave_unlocked(step, frame, why);
}

// Takes what there is in the oldest buffer. A buffer that is used up is unlinked and no longer
// charged to its sender: two locks in the kernel and one step here, since only somebody who
// watched both ends at once could see the one without the other.
Progress take(Step& step, Receive::Frame& frame, const Socket& socket) {
  const std::uint32_t chunk = std::min(first_length(step, socket), frame.count - frame.copied);
  const std::uint32_t released = consume(step, socket, chunk);
  frame.copied += chunk;
  const bool is_done = frame.copied == frame.count;
  const bool wakes = uncharge(step, socket_of(step, socket.peer), released);
  if (released == 0 || (is_done && !wakes)) return leave(step, socket, frame, 0);
  step.write(socket.reader, index(step.thread()) + 1);
  frame.at = wakes ? Receive::At::WakingSender : Receive::At::Locked;
  return Progress::Continues;
}

// sk_state of a socket that can be read, or the error. It goes up once in a socket's life, so this
// lockless load and the look at the queue are one step.
std::int32_t connection_error(const View& view, const Socket& socket) {
  const Status status = view.read(socket.status);
  if (status.state == State::Established) return 0;
  if (!is_tcp(view)) {
    return view.is_on(id(Switch::SocketUnconnectedRecvIsEnotconn)) ? ENOTCONN : EINVAL;
  }
  return status.shutdown == 0 ? ENOTCONN : 0;  // A reset connection can be read to its end.
}

// tcp_recvmsg_locked() knows by SOCK_DONE that the end of file came before the reset, whose error
// it leaves to send(2).
bool is_done_before_reset(const View& view, const Socket& socket) {
  return is_tcp(view) && view.read(socket.status).error == EPIPE;
}

// sock_rcvlowat()
std::uint32_t bytes_wanted(const View& view, const Receive::Frame& frame) {
  const bool is_patient = frame.waits_for_all ? !view.is_on(id(Switch::SocketIgnoresWaitall))
                                              : view.is_on(id(Switch::SocketRecvWaitsForAll));
  return is_patient ? std::max(frame.count, 1u) : 1;
}

// Follows one turn of unix_stream_read_generic() under the state lock.
Progress read_locked(Step& step, Receive::Frame& frame, const Socket& socket) {
  if (const std::int32_t error = connection_error(step, socket); error != 0) {
    return step.finish(-error);
  }
  const std::uint32_t holder = step.read(socket.reader);
  if (holder != 0 && holder != index(step.thread()) + 1) {
    frame.at = Receive::At::Blocked;
    return Progress::Continues;
  }
  const bool is_at_end = is_shut(step, socket, kReceiveShutdown);
  const bool drops_data = is_at_end && step.is_on(id(Switch::SocketEofDropsData));
  if (!is_empty(step, socket) && !drops_data) return take(step, frame, socket);
  if (frame.copied >= bytes_wanted(step, frame)) return leave(step, socket, frame, 0);
  if (is_done_before_reset(step, socket)) return leave(step, socket, frame, 0);
  if (const std::int32_t error = take_error(step, socket); error != 0) {
    return leave(step, socket, frame, -error);
  }
  if (is_at_end) {
    if (step.is_on(id(Switch::SocketEofOnce))) {
      Status status = step.read(socket.status);
      status.shutdown &= kSendShutdown;
      step.write(socket.status, status);
    }
    return leave(step, socket, frame, 0);
  }
  if (frame.is_nonblocking) return leave(step, socket, frame, -EAGAIN);
  // tcp_recvmsg_locked() looks for signals here, where nothing was found; AF_UNIX behind the wait.
  if (is_tcp(step) && kernel::signal_pending(step, step.thread())) {
    return leave(step, socket, frame, interrupted(step));
  }
  if (step.is_on(id(Switch::SocketSleepsWithIolock))) {
    step.write(socket.reader, index(step.thread()) + 1);
  } else {
    unlock(step, socket);
  }
  const bool looks = !step.is_on(id(Switch::SocketLooksBeforeLinking));
  frame.at = looks ? Receive::At::Waiting : Receive::At::Linking;
  return Progress::Continues;
}

// One turn of unix_stream_data_wait(). Appending, shutting down and errors need the state lock, so
// linking and the look behind it are one step, and so are the look and finish_wait(). Behind it
// AF_UNIX gives up if there is a signal, also when data have come: they stay in the queue.
Progress wait_for_data(Step& step, Receive::Frame& frame, const Socket& socket) {
  const bool has_event = has_news(step, socket);
  const bool is_ignored = has_event && step.is_on(id(Switch::SocketEventFirst));
  const bool is_interrupted = kernel::signal_pending(step, step.thread()) && !is_ignored;
  if (is_interrupted || has_event) {
    if (kernel::is_linked(step, kernel::my_entry(step))) {
      kernel::finish_wait(step, kernel::my_entry(step));
    }
    frame.at = Receive::At::Locked;
    if (!is_interrupted || is_tcp(step)) return Progress::Continues;
    if (step.is_on(id(Switch::SocketSleepsWithIolock))) unlock(step, socket);
    return leave_unlocked(step, frame, interrupted(step));
  }
  if (frame.at == Receive::At::Asleep && step.is_on(id(Switch::SocketWokenReturns))) {
    if (kernel::is_linked(step, kernel::my_entry(step))) {
      kernel::finish_wait(step, kernel::my_entry(step));
    }
    return leave_unlocked(step, frame, -EAGAIN);
  }
  const bool is_exclusive = step.is_on(id(Switch::SocketReceiversExclusive));
  const auto prepare = is_exclusive ? kernel::prepare_to_wait_exclusive : kernel::prepare_to_wait;
  prepare(step, socket.waiters, kernel::my_entry(step), kernel::kTaskInterruptible);
  note_sleep(step, socket.waiters);
  frame.at = Receive::At::Asleep;
  return Progress::Continues;
}

Progress Receive::step(Step& step, Frame& frame) {
  const Socket& socket = socket_of(step, frame.object);
  switch (frame.at) {
    case At::Answered:
      return step.finish(frame.answer);
    case At::Locked:
    case At::Blocked:
      return read_locked(step, frame, socket);
    case At::Linking:
      kernel::prepare_to_wait(step, socket.waiters, kernel::my_entry(step),
                              kernel::kTaskInterruptible);
      note_sleep(step, socket.waiters);
      frame.at = At::Asleep;
      return Progress::Continues;
    case At::Waiting:
    case At::Asleep:
      return wait_for_data(step, frame, socket);
    case At::WakingSender: {
      const bool is_done = frame.copied == frame.count;
      if (is_done) unlock(step, socket);
      frame.at = At::Locked;
      write_space(step, socket_of(step, socket.peer));
      return is_done ? step.finish(frame.copied) : Progress::Continues;
    }
  }
  WAKESIM_UNREACHABLE();
}

std::string_view Receive::phase(const Frame& frame) {
  switch (frame.at) {
    case At::Answered:
      return "nothing to do";
    case At::Locked:
      return "locked";
    case At::Blocked:
      return "iolock";
    case At::Waiting:
      return "link and check";
    case At::Linking:
      return "link";
    case At::Asleep:
      return "asleep";
    case At::WakingSender:
      return "wake sender";
  }
  WAKESIM_UNREACHABLE();
}

bool Receive::condition(const View& view, const Frame& frame) {
  const Socket& socket = socket_of(view, frame.object);
  return socket.is_listener || has_news(view, socket);
}

void Receive::effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
  const Socket& socket = socket_of(effects, open.object);
  effects.writes(socket.status);
  if (socket.is_listener) return;
  const Socket& peer = socket_of(effects, socket.peer);
  effects.writes(socket.queue);
  effects.writes(socket.reader);
  effects.enqueues(socket.waiters.list);
  effects.reads(peer.status);
  effects.writes(peer.charged);
  effects.wakes(peer.waiters.list);
}

void transfer_effects(Effects& effects, const OpenFile& open) {
  Receive::effects(effects, open, {});
}

}  // namespace

file::Transfer read_transfer() {
  return file::make_transfer<Receive::Frame, begin_read, Receive::enabled, Receive::step,
                             Receive::phase, Receive::condition>(transfer_effects);
}

CallRow recv_row() {
  CallRow row = make_row<Receive>("recv");
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor},
                    {.name = "n"},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Gives how many of at most n bytes came; 0 is the end of file.";
  row.source = "unix_stream_read_generic() in net/unix/af_unix.c; recv(2)";
  row.errors = {
      {"EBADF", "fd is not open"},
      {"ENOTSOCK", "fd is no socket"},
      {"EINVAL",
       "the socket is not connected, or listens (ENOTCONN with socket.family=tcp); n < 0"},
      {"EAGAIN", "nothing there and O_NONBLOCK or MSG_DONTWAIT"},
      {"EINTR", "a handler has run; SA_RESTART makes the call again"},
      {"ECONNRESET", "the other end was closed with unread bytes; told once"},
      {"EOPNOTSUPP", "a flag that is not modelled"}};
  row.wakes = "everybody who waits for the other end, once a quarter of its memory is used or less";
  return row;
}

}  // namespace wakesim::socket
