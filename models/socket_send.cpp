// send(2), and write(2) to a socket.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/kernel.h"
#include "models/signal.h"
#include "models/socket_call.h"
#include "models/socket_state.h"
#include "models/socket_transfer.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"

namespace wakesim::socket {
namespace {

using file::OpenFile;

// A send(2) in flight.
//
//   Entering --> Allocating -- room --> Appending --> WakingPeer --> returned
//      |          ^ |                       |             |
//      |          | |                       |             +-- more to send --> Allocating
//      |          | +-- no room --> the     +-- peer gone --> WakingSelf --> returned
//      |          |                 wait
//      |          +-----------------+
//      +-- not connected, shut down --> returned (also from Allocating, and if there is a signal)
//
// The wait is sock_wait_for_wmem():
//
//   Linking --> Looking -- room, shut down, error, signal --> Unlinking --> Allocating
//      ^           |
//      |           v
//      +------- Asleep
struct Send : SocketOperation {
  enum class At : std::uint8_t {
    Answered,
    Entering,    // unix_stream_sendmsg() before its loop.
    Allocating,  // sock_alloc_send_pskb()
    Linking,
    Looking,
    Asleep,
    Unlinking,
    Appending,       // skb_queue_tail(), under the peer's state lock.
    WakingPeer,      // sk_data_ready() of the peer.
    WakingSelf,      // Our own unix_write_space() or, with TCP, the end of tcp_reset().
    WakingShutPeer,  // TCP: tcp_reset() of a peer that is shut for both.
    Resetting,       // TCP: the RST has come back.
  };

  struct Frame {
    ObjectId object;
    std::uint32_t count;  // Asked for.
    std::uint32_t sent;
    std::int32_t answer;
    std::uint16_t chunk;  // Of the buffer on its way.
    At at;
    bool is_nonblocking;
    bool is_silent;  // MSG_NOSIGNAL
    std::array<std::uint8_t, 3> zero;
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

void Send::parse(std::span<const std::int64_t> arguments, Frame& frame) {
  const auto flags = static_cast<std::uint64_t>(arguments[2]);
  frame.count = clamp_count(arguments[1]);
  if (arguments[1] < 0) frame.answer = -EINVAL;
  if ((flags & ~std::uint64_t{kDontWait | kNoSignal}) != 0) frame.answer = -EOPNOTSUPP;
  frame.is_nonblocking = (flags & kDontWait) != 0;
  frame.is_silent = (flags & kNoSignal) != 0;
}

void Send::enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame) {
  frame.object = open.object;
  const bool asks = frame.is_nonblocking || (flags & file::kNonblock) != 0;
  frame.is_nonblocking = is_nonblocking(step, asks);
  frame.at = frame.answer != 0 ? At::Answered : At::Entering;
}

void begin_write(Step& step, const OpenFile& open, const file::Request& request,
                 Send::Frame& frame) {
  frame = {};
  frame.count = clamp_count(request.value);
  if (request.value < 0) frame.answer = -EINVAL;
  Send::enter(step, open, request.flags, frame);
}

bool Send::enabled(const View& view, ThreadId thread, const Frame& frame) {
  const Socket& socket = socket_of(view, frame.object);
  switch (frame.at) {
    case At::Answered:
    case At::Entering:
    case At::Allocating:
    case At::Looking:
    case At::Appending:
    case At::WakingPeer:
    case At::WakingSelf:
    case At::WakingShutPeer:
    case At::Resetting:
      return true;
    case At::Linking:
    case At::Unlinking:
      return kernel::may_lock(view, thread, socket.waiters);
    case At::Asleep:
      return kernel::is_running(view, thread) && kernel::may_lock(view, thread, socket.waiters);
  }
  WAKESIM_UNREACHABLE();
}

Progress stop_sending(Step& step, const Send::Frame& frame, std::int64_t error) {
  const bool has_count = frame.sent > 0 && !step.is_on(id(Switch::SocketErrorBeatsCount));
  return step.finish(has_count ? static_cast<std::int64_t>(frame.sent) : -error);
}

// SIGPIPE, unless MSG_NOSIGNAL says no or something was sent before.
bool signals_broken_pipe(const View& view, const Send::Frame& frame) {
  if (!signals::has_signals(view) || view.is_on(id(Switch::SocketNoSigpipe))) return false;
  const bool is_silent = frame.is_silent && !view.is_on(id(Switch::SocketNosignalSignals));
  return !is_silent && (frame.sent == 0 || view.is_on(id(Switch::SocketSigpipeAfterPart)));
}

Progress broken_pipe(Step& step, const Send::Frame& frame) {
  if (signals_broken_pipe(step, frame)) {
    signals::send_to_thread(step, step.thread(), signals::kSigPipe);
  }
  return stop_sending(step, frame, step.is_on(id(Switch::SocketNoEpipe)) ? 0 : EPIPE);
}

// sk_stream_error(): with TCP an EPIPE is a broken pipe wherever it comes from.
Progress pending_error(Step& step, const Send::Frame& frame, std::int32_t error) {
  const bool is_broken = is_tcp(step) && error == EPIPE;
  return is_broken ? broken_pipe(step, frame) : stop_sending(step, frame, error);
}

// What unix_stream_sendmsg() looks at first; tcp_sendmsg_locked() tells a pending error instead.
Progress enter_send(Step& step, Send::Frame& frame, const Socket& socket) {
  const Status status = step.read(socket.status);
  const bool is_connected = status.state == State::Established;
  if (is_tcp(step)) {
    const std::int32_t error = take_error(step, socket);
    if (error != 0) return pending_error(step, frame, error);
  } else if (!is_connected && !step.is_on(id(Switch::SocketUnconnectedSendIsEpipe))) {
    return stop_sending(step, frame, ENOTCONN);
  }
  if (!is_connected || (status.shutdown & kSendShutdown) != 0) return broken_pipe(step, frame);
  if (frame.count == 0) return step.finish(0);
  frame.at = Send::At::Allocating;
  return Progress::Continues;
}

// Follows sock_alloc_send_pskb(). The test for room and the charge are one step: in the kernel two
// senders on one socket may both pass the test and go one buffer over the limit.
Progress allocate(Step& step, Send::Frame& frame, const Socket& socket) {
  const bool is_over = is_shut(step, socket, kSendShutdown);
  if (!is_over || !step.is_on(id(Switch::SocketEpipeBeforeError))) {
    const std::int32_t error = take_error(step, socket);
    if (error != 0) return pending_error(step, frame, error);
  }
  if (is_over) return pending_error(step, frame, EPIPE);
  if (!has_room(step, socket)) {
    const bool gives_up = frame.sent > 0 && step.is_on(id(Switch::SocketBlockingSendPartial));
    if (frame.is_nonblocking || gives_up) return stop_sending(step, frame, EAGAIN);
    if (kernel::signal_pending(step, step.thread())) {
      return stop_sending(step, frame, -interrupted(step));
    }
    frame.at = Send::At::Linking;
    return Progress::Continues;
  }
  frame.chunk =
      static_cast<std::uint16_t>(std::min(frame.count - frame.sent, buffer_bytes_max(socket)));
  step.write(socket.charged, step.read(socket.charged) + truesize(step, frame.chunk));
  const bool wakes_first = step.is_on(id(Switch::SocketWakesBeforeAppend));
  frame.at = wakes_first ? Send::At::WakingPeer : Send::At::Appending;
  return Progress::Continues;
}

// Room, as the wait understands it: for one more buffer. But sock_wfree() wakes only when the
// socket is_writable(), three quarters of the memory later.
bool may_stop_waiting(const View& view, const Socket& socket) {
  if (has_room(view, socket) || is_shut(view, socket, kSendShutdown)) return true;
  return view.read(socket.status).error != 0;
}

Progress continue_sending(Step& step, Send::Frame& frame) {
  frame.chunk = 0;
  if (frame.sent == frame.count) return step.finish(frame.sent);
  frame.at = Send::At::Allocating;
  return Progress::Continues;
}

// With TCP the segment has gone out. A peer that is gone, or will neither read nor send any more
// (tcp_rcv_state_process()), answers with RST; the latter is told as well.
void send_in_vain(Step& step, Send::Frame& frame, const Socket& peer) {
  frame.sent += frame.chunk;
  if (has_status(step, peer, State::Established)) {
    reset(step, peer, ECONNRESET);
    frame.at = Send::At::WakingShutPeer;
  } else {
    frame.at = Send::At::Resetting;
  }
}

// tcp_reset() of this end, which has had the peer's FIN. If the connection was over before, it
// changes nothing.
void reset_self(Step& step, Send::Frame& frame, const Socket& socket) {
  const bool is_answered = !step.is_on(id(Switch::SocketTcpNoRst));
  if (is_answered && has_status(step, socket, State::Established)) reset(step, socket, EPIPE);
  frame.at = Send::At::WakingSelf;
}

bool is_refused(const View& view, const Socket& peer) {
  const Status status = view.read(peer.status);
  const std::uint8_t bits = is_tcp(view) ? kShutdownMask : kReceiveShutdown;
  return status.is_dead || (status.shutdown & bits) == bits;
}

Progress wake_peer(Step& step, Send::Frame& frame, const Socket& peer) {
  const bool is_last = frame.sent == frame.count;
  if (is_last || !step.is_on(id(Switch::SocketOneWakeASend))) data_ready(step, peer);
  return continue_sending(step, frame);
}

Progress append_buffer(Step& step, Send::Frame& frame, const Socket& socket) {
  const Socket& peer = socket_of(step, socket.peer);
  if (!is_refused(step, peer)) {
    append(step, peer, frame.chunk);
    frame.sent += frame.chunk;
    if (step.is_on(id(Switch::SocketWakesBeforeAppend))) return continue_sending(step, frame);
    frame.at = Send::At::WakingPeer;
    return Progress::Continues;
  }
  const bool wakes = uncharge(step, socket, truesize(step, frame.chunk));
  if (is_tcp(step) && !step.is_on(id(Switch::SocketTcpSendNoticesFin))) {
    send_in_vain(step, frame, peer);
    return Progress::Continues;
  }
  if (!wakes) return broken_pipe(step, frame);
  frame.at = Send::At::WakingSelf;
  return Progress::Continues;
}

// With a signal there the wait is over; allocate() finds room or the signal.
void link_for_room(Step& step, Send::Frame& frame, const Socket& socket) {
  if (kernel::signal_pending(step, step.thread())) {
    const bool is_linked = kernel::is_linked(step, kernel::my_entry(step));
    frame.at = is_linked ? Send::At::Unlinking : Send::At::Allocating;
    return;
  }
  kernel::prepare_to_wait(step, socket.waiters, kernel::my_entry(step), kernel::kTaskInterruptible);
  frame.at = Send::At::Looking;
}

void look_for_room(Step& step, Send::Frame& frame, const Socket& socket) {
  if (may_stop_waiting(step, socket)) {
    const bool is_linked = kernel::is_linked(step, kernel::my_entry(step));
    frame.at = is_linked ? Send::At::Unlinking : Send::At::Allocating;
    return;
  }
  note_sleep(step, socket.waiters);
  frame.at = Send::At::Asleep;
}

Progress Send::step(Step& step, Frame& frame) {
  const Socket& socket = socket_of(step, frame.object);
  switch (frame.at) {
    case At::Answered:
      return step.finish(frame.answer);
    case At::Entering:
      return enter_send(step, frame, socket);
    case At::Allocating:
      return allocate(step, frame, socket);
    case At::Linking:
    case At::Asleep:
      link_for_room(step, frame, socket);
      return Progress::Continues;
    case At::Looking:
      look_for_room(step, frame, socket);
      return Progress::Continues;
    case At::Unlinking:
      kernel::finish_wait(step, kernel::my_entry(step));
      frame.at = At::Allocating;
      return Progress::Continues;
    case At::Appending:
      return append_buffer(step, frame, socket);
    case At::WakingPeer:
      if (step.is_on(id(Switch::SocketWakesBeforeAppend))) {
        frame.at = At::Appending;
        data_ready(step, socket_of(step, socket.peer));
        return Progress::Continues;
      }
      return wake_peer(step, frame, socket_of(step, socket.peer));
    case At::WakingSelf:
      if (is_tcp(step)) {
        state_change(step, socket);
        return continue_sending(step, frame);
      }
      write_space(step, socket);
      return broken_pipe(step, frame);
    case At::WakingShutPeer:
      frame.at = At::Resetting;
      state_change(step, socket_of(step, socket.peer));
      return Progress::Continues;
    case At::Resetting:
      reset_self(step, frame, socket);
      return Progress::Continues;
  }
  WAKESIM_UNREACHABLE();
}

std::string_view Send::phase(const Frame& frame) {
  switch (frame.at) {
    case At::Answered:
      return "nothing to do";
    case At::Entering:
      return "enter";
    case At::Allocating:
      return "allocate";
    case At::Linking:
      return "link";
    case At::Looking:
      return "check";
    case At::Asleep:
      return "asleep";
    case At::Unlinking:
      return "finish wait";
    case At::Appending:
      return "append";
    case At::WakingPeer:
      return "wake peer";
    case At::WakingSelf:
      return "wake own waiters";
    case At::WakingShutPeer:
      return "wake peer";
    case At::Resetting:
      return "reset";
  }
  WAKESIM_UNREACHABLE();
}

// What the kernel promises a sleeper, not what it looks at: see may_stop_waiting().
bool Send::condition(const View& view, const Frame& frame) {
  const Socket& socket = socket_of(view, frame.object);
  if (socket.is_listener || is_writable(view, socket)) return true;
  const Status status = view.read(socket.status);
  return (status.shutdown & kSendShutdown) != 0 || status.error != 0;
}

void Send::effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
  const Socket& socket = socket_of(effects, open.object);
  effects.writes(socket.status);
  signals::effects_on_oneself(effects);  // SIGPIPE goes to the sender itself.
  if (socket.is_listener) return;
  const Socket& peer = socket_of(effects, socket.peer);
  effects.writes(socket.charged);
  effects.enqueues(socket.waiters.list);
  effects.wakes(socket.waiters.list);
  effects.writes(peer.status);
  effects.writes(peer.queue);
  effects.wakes(peer.waiters.list);
}

void transfer_effects(Effects& effects, const OpenFile& open) { Send::effects(effects, open, {}); }

}  // namespace

file::Transfer write_transfer() {
  return file::make_transfer<Send::Frame, begin_write, Send::enabled, Send::step, Send::phase,
                             Send::condition>(transfer_effects);
}

CallRow send_row() {
  CallRow row = make_row<Send>("send");
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor},
                    {.name = "n"},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Sends n bytes and gives how many went.";
  row.source = "unix_stream_sendmsg() in net/unix/af_unix.c; send(2)";
  row.errors = {
      {"EBADF", "fd is not open"},
      {"ENOTSOCK", "fd is no socket"},
      {"ENOTCONN", "the socket is not connected, or listens (EPIPE with TCP)"},
      {"EPIPE", "this end is shut for sending, or the other for receiving; SIGPIPE comes with it"},
      {"ECONNRESET", "the other end was closed with unread bytes; told once"},
      {"EAGAIN", "no room and O_NONBLOCK or MSG_DONTWAIT"},
      {"EINTR", "a handler has run before anything was sent; SA_RESTART makes it again"},
      {"EINVAL", "n < 0"},
      {"EOPNOTSUPP", "a flag that is not modelled"}};
  row.wakes = "everybody who waits for the other end, after each buffer";
  return row;
}

}  // namespace wakesim::socket
