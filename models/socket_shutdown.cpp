// shutdown(2).

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/socket_call.h"
#include "models/socket_state.h"
#include "models/socket_transfer.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"

namespace wakesim::socket {
namespace {

using file::OpenFile;

// A shutdown(2) in flight: this end, its wake, the other end, its wake. TCP wakes this end last:
// tcp_shutdown() sends the FIN before inet_shutdown() wakes.
struct ShutDown : SocketOperation {
  enum class At : std::uint8_t { Answered, Self, WakingSelf, WakingConnectors, Peer, WakingPeer };

  struct Frame {
    ObjectId object;
    std::int32_t answer;
    std::int32_t how;
    At at;
    std::uint8_t peer_bits;  // What the other end is shut for.
    std::array<std::uint8_t, 2> zero;
  };
  static_assert(std::has_unique_object_representations_v<Frame>);

  static void parse(std::span<const std::int64_t> arguments, Frame& frame);
  static void enter(Step& step, const OpenFile& open, std::uint32_t flags, Frame& frame);
  static bool enabled(const View&, ThreadId, const Frame&) { return true; }
  static Progress step(Step& step, Frame& frame);
  static std::string_view phase(const Frame& frame);
  static bool condition(const View&, const Frame&) { return true; }
  static void effects(Effects& effects, const OpenFile& open,
                      std::span<const PossibleValues> arguments);
};

// SHUT_RD, SHUT_WR, SHUT_RDWR count from 0, the bits from 1.
void ShutDown::parse(std::span<const std::int64_t> arguments, Frame& frame) {
  const std::int64_t how = arguments[1];
  if (how < 0 || how > 2) {
    frame.answer = -EINVAL;
  } else {
    frame.how = static_cast<std::int32_t>(how) + 1;
  }
}

void ShutDown::enter(Step&, const OpenFile& open, std::uint32_t, Frame& frame) {
  frame.object = open.object;
  frame.at = frame.answer != 0 ? At::Answered : At::Self;
}

// What my shutdown shuts at the other end. TCP sends a FIN and keeps SHUT_RD to itself.
std::uint8_t peer_bits(const View& view, std::int32_t how) {
  const bool tells_end = is_tcp(view) ? view.is_on(id(Switch::SocketTcpShutRdIsTold))
                                      : !view.is_on(id(Switch::SocketShutRdIsLocal));
  const bool is_local = view.is_on(id(Switch::SocketShutWrIsLocal));
  std::uint32_t bits = 0;
  if ((how & kReceiveShutdown) != 0 && tells_end) bits |= kSendShutdown;
  if ((how & kSendShutdown) != 0 && !is_local) bits |= kReceiveShutdown;
  return static_cast<std::uint8_t>(bits);
}

void shut_self(Step& step, ShutDown::Frame& frame, const Socket& socket) {
  const Status status = step.read(socket.status);
  if (status.state == State::Established) frame.peer_bits = peer_bits(step, frame.how);
  if (status.state == State::Close && is_tcp(step)) frame.answer = -ENOTCONN;
  auto bits = static_cast<std::uint32_t>(frame.how);
  if (step.is_on(id(Switch::SocketShutRdKeepsReading))) bits &= kSendShutdown;
  add_shutdown(step, socket, bits);
  const bool goes_on = is_tcp(step) && frame.peer_bits != 0;
  frame.at = goes_on ? ShutDown::At::Peer : ShutDown::At::WakingSelf;
}

Progress after_self(Step& step, ShutDown::Frame& frame) {
  if (frame.peer_bits == 0 || is_tcp(step)) return step.finish(frame.answer);
  frame.at = ShutDown::At::Peer;
  return Progress::Continues;
}

Progress after_peer(Step& step, ShutDown::Frame& frame) {
  if (!is_tcp(step)) return step.finish(frame.answer);
  frame.at = ShutDown::At::WakingSelf;
  return Progress::Continues;
}

Progress shut_peer(Step& step, ShutDown::Frame& frame, const Socket& socket) {
  const Socket& peer = socket_of(step, socket.peer);
  const bool is_there = !step.read(peer.status).is_dead;
  if (is_there) add_shutdown(step, peer, frame.peer_bits);
  if (is_tcp(step)) end_if_both_sent_fin(step, socket);
  if (!is_there) return after_peer(step, frame);
  frame.at = ShutDown::At::WakingPeer;
  return Progress::Continues;
}

// A shut listener refuses connections, but unix_shutdown() leaves those asleep who wait for room
// in its backlog.
bool wakes_connectors(const View& view, const Socket& socket) {
  return socket.is_listener && view.is_on(id(Switch::SocketShutdownConnectors));
}

Progress ShutDown::step(Step& step, Frame& frame) {
  const Socket& socket = socket_of(step, frame.object);
  const bool wakes = !step.is_on(id(Switch::SocketShutdownWakesNobody));
  switch (frame.at) {
    case At::Answered:
      return step.finish(frame.answer);
    case At::Self:
      shut_self(step, frame, socket);
      return Progress::Continues;
    case At::WakingSelf:
      if (wakes) state_change(step, socket);
      if (!wakes_connectors(step, socket)) return after_self(step, frame);
      frame.at = At::WakingConnectors;
      return Progress::Continues;
    case At::WakingConnectors:
      wake_connectors(step, socket, 0);
      return after_self(step, frame);
    case At::Peer:
      return shut_peer(step, frame, socket);
    case At::WakingPeer:
      if (wakes) state_change(step, socket_of(step, socket.peer));
      return after_peer(step, frame);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view ShutDown::phase(const Frame& frame) {
  switch (frame.at) {
    case At::Answered:
      return "nothing to do";
    case At::Self:
      return "shut";
    case At::WakingSelf:
      return "wake own waiters";
    case At::WakingConnectors:
      return "wake connectors";
    case At::Peer:
      return "shut peer";
    case At::WakingPeer:
      return "wake peer";
  }
  WAKESIM_UNREACHABLE();
}

void ShutDown::effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
  const Socket& socket = socket_of(effects, open.object);
  effects.writes(socket.status);
  effects.wakes(socket.waiters.list);
  if (socket.is_listener) {
    effects.wakes(socket.connectors.list);
    return;
  }
  const Socket& peer = socket_of(effects, socket.peer);
  effects.writes(peer.status);
  effects.wakes(peer.waiters.list);
}

}  // namespace

CallRow shutdown_row() {
  CallRow row = make_row<ShutDown>("shutdown");
  row.parameters = {{.name = "fd", .type = ParameterType::Descriptor}, {.name = "how"}};
  row.about = "Shuts a connection for receiving, sending or both, whoever has it open.";
  row.source = "unix_shutdown() in net/unix/af_unix.c; shutdown(2)";
  row.errors = {{"EBADF", "fd is not open"},
                {"ENOTSOCK", "fd is no socket"},
                {"EINVAL", "how is none of SHUT_RD, SHUT_WR, SHUT_RDWR"},
                {"ENOTCONN", "not connected, with socket.family=tcp"}};
  row.wakes = "everybody who waits for this end, then everybody who waits for the other";
  row.is_cancellation_point = false;
  return row;
}

}  // namespace wakesim::socket
