#include "models/socket.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/file.h"
#include "models/kernel.h"
#include "models/socket_connect.h"
#include "models/socket_state.h"
#include "models/socket_transfer.h"
#include "models/switches.h"
#include "sim/program/builder.h"

namespace wakesim {
namespace socket {

const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = "socket";
    result.read = read_transfer();
    result.write = write_transfer();
    result.poll = poll_method();
    result.release = release;
    result.release_effects = release_effects;
    result.pending = pending;
    result.pending_effects = pending_effects;
    return result;
  }());
  return registered;
}

namespace {

using file::OpenFile;

constexpr std::int64_t kSndbufMin = 4608;    // SOCK_MIN_SNDBUF
constexpr std::int64_t kSndbufMax = 425984;  // Twice /proc/sys/net/core/wmem_max.
constexpr std::int64_t kBacklogMax = 4096;   // /proc/sys/net/core/somaxconn

// ---- Making sockets -----------------------------------------------------------------------------

std::uint32_t check_sndbuf(Builder& builder, std::int64_t sndbuf) {
  const std::int64_t taken = std::clamp(sndbuf, kSndbufMin, kSndbufMax);
  if (taken != sndbuf) {
    builder.error("a socket's sndbuf is 4608 to 425984 bytes, not " + std::to_string(sndbuf));
  }
  return static_cast<std::uint32_t>(taken);
}

std::uint32_t check_flags(Builder& builder, std::int64_t flags) {
  if ((flags & ~std::int64_t{file::kNonblock | file::kCloseOnExec}) != 0) {
    builder.error("a socket takes the flags SOCK_NONBLOCK and SOCK_CLOEXEC");
  }
  return static_cast<std::uint32_t>(flags);
}

ObjectId make_socket(Builder& builder, const std::string& name, Socket socket, State state) {
  socket.status = builder.add_cell("status of " + name, Status{state, 0, 0, false});
  socket.waiters = kernel::make_wait_queue(builder, "waiters of " + name);
  const ObjectId object = builder.emplace(name, std::move(socket));
  kernel::set_subject(builder, builder.record<Socket>(object).waiters, object);
  return object;
}

// One end of a connection. Its receive queue holds what the other end's sndbuf lets through.
ObjectId make_end(Builder& builder, const std::string& name, State state, std::uint32_t sndbuf) {
  Socket socket;
  const ClassId queue = builder.add_class("queue of " + name);
  socket.queue = builder.add_cell(QueueState{}, queue);
  for (std::size_t i = 0; i < buffers_max(sndbuf); ++i) {
    socket.lengths.push_back(builder.add_cell(std::uint16_t{0}, queue));
  }
  socket.charged = builder.add_cell("memory of " + name, std::uint32_t{0});
  socket.reader = builder.add_cell("iolock of " + name, std::uint32_t{0});
  socket.sndbuf = sndbuf;
  return make_socket(builder, name, std::move(socket), state);
}

void join(Builder& builder, ObjectId one, ObjectId other) {
  builder.record<Socket>(one).peer = other;
  builder.record<Socket>(other).peer = one;
}

OpenFile make_file(const std::string& name, ObjectId object, std::uint32_t flags) {
  OpenFile file;
  file.name = name;
  file.operations = &operations();
  file.object = object;
  file.flags = flags;
  return file;
}

// ---- What a scenario declares -------------------------------------------------------------------

std::int64_t create_pair(Builder& builder, const std::string& name,
                         std::span<const std::int64_t> arguments) {
  const std::uint32_t flags = check_flags(builder, arguments[0]);
  const std::uint32_t sndbuf = check_sndbuf(builder, arguments[1]);
  const std::string names[2] = {name + "[0]", name + "[1]"};
  const ObjectId ends[2] = {make_end(builder, names[0], State::Established, sndbuf),
                            make_end(builder, names[1], State::Established, sndbuf)};
  join(builder, ends[0], ends[1]);
  const std::int64_t first = file::open_at_load(builder, make_file(names[0], ends[0], flags));
  file::open_at_load(builder, make_file(names[1], ends[1], flags));
  return first;
}

bool has_accept(const Builder& builder) {
  return builder.call_sites("accept") + builder.call_sites("accept4") != 0;
}

// The socket and the end that accept(2) will open for it.
std::int64_t create_socket(Builder& builder, const std::string& name,
                           std::span<const std::int64_t> arguments) {
  const std::uint32_t flags = check_flags(builder, arguments[0]);
  const std::uint32_t sndbuf = check_sndbuf(builder, arguments[1]);
  const std::string other = "the end accepted for " + name;
  const ObjectId object = make_end(builder, name, State::Close, sndbuf);
  const ObjectId accepted = make_end(builder, other, State::Close, sndbuf);
  join(builder, object, accepted);
  add_acceptable_end(builder, accepted);
  const std::int64_t number = file::open_at_load(builder, make_file(name, object, flags));
  const file::FileId file = file::add_to_pool(builder, make_file(other, accepted, 0));
  builder.record<Socket>(accepted).accepted = file;
  if (has_accept(builder)) file::add_spare_number(builder);
  return number;
}

std::int64_t create_listener(Builder& builder, const std::string& name,
                             std::span<const std::int64_t> arguments) {
  const std::int64_t backlog = std::clamp<std::int64_t>(arguments[0], 0, kBacklogMax);
  if (backlog != arguments[0]) {
    builder.error("a backlog is 0 to 4096, not " + std::to_string(arguments[0]));
  }
  const std::uint32_t flags = check_flags(builder, arguments[1]);
  Socket socket;
  socket.is_listener = true;
  socket.backlog = static_cast<std::uint32_t>(backlog);
  const ClassId queue = builder.add_class("connections of " + name);
  socket.queue = builder.add_cell(QueueState{}, queue);
  // One more than the backlog: unix_recvq_full() asks for more, not for as many.
  for (std::int64_t i = 0; i <= backlog; ++i) {
    socket.pending.push_back(builder.add_cell(ObjectId{}, queue));
  }
  socket.connectors = kernel::make_wait_queue(builder, "connectors of " + name);
  const ObjectId object = make_socket(builder, name, std::move(socket), State::Listen);
  kernel::set_subject(builder, builder.record<Socket>(object).connectors, object);
  note_backlog(builder, static_cast<std::size_t>(backlog));
  return file::open_at_load(builder, make_file(name, object, flags));
}

// ---- In traces ----------------------------------------------------------------------------------

const Socket& declared_socket(const View& view, std::int64_t number) {
  return socket_of(view, file::open_file(view, file::declared_file(view, number)).object);
}

std::string describe(const View& view, const Socket& socket) {
  const Status status = view.read(socket.status);
  if (status.is_dead) return "closed";
  std::string text = status.state == State::Close && status.shutdown == 0
                         ? "unconnected"
                         : std::to_string(bytes_in(view, socket)) + " B";
  if (!has_room(view, socket)) text += ", full";
  if ((status.shutdown & kReceiveShutdown) != 0) text += ", no more to read";
  if ((status.shutdown & kSendShutdown) != 0) text += ", no more to send";
  if (status.error != 0) text += ", error " + std::to_string(status.error);
  return text;
}

std::string display_socket(const View& view, std::int64_t handle) {
  return describe(view, declared_socket(view, handle));
}

std::string display_pair(const View& view, std::int64_t handle) {
  return "[0] " + display_socket(view, handle) + "; [1] " + display_socket(view, handle + 1);
}

std::string display_listener(const View& view, std::int64_t handle) {
  const Socket& listener = declared_socket(view, handle);
  const Status status = view.read(listener.status);
  if (status.is_dead) return "closed";
  std::string text = std::to_string(view.read(listener.queue).used) + " pending";
  if ((status.shutdown & kReceiveShutdown) != 0) text += ", shut";
  return text;
}

// ---- The table ----------------------------------------------------------------------------------

Parameter flags_parameter() {
  return {.name = "flags", .type = ParameterType::Flags, .is_optional = true};
}

Parameter sndbuf_parameter() {
  return {.name = "sndbuf", .is_optional = true, .fallback = kSndbufMin};
}

ObjectRow pair_row() {
  ObjectRow row;
  row.kind = "socketpair";
  row.parameters = {flags_parameter(), sndbuf_parameter()};
  row.about = "Two connected stream sockets, s[0] and s[1]; sndbuf is what SO_SNDBUF would say.";
  row.source = "unix_socketpair() in net/unix/af_unix.c; socketpair(2)";
  row.descriptors = 2;
  row.create = create_pair;
  row.display = display_pair;
  return row;
}

ObjectRow socket_row() {
  ObjectRow row;
  row.kind = "socket";
  row.parameters = {flags_parameter(), sndbuf_parameter()};
  row.about = "A stream socket that is not connected yet.";
  row.source = "unix_create1() in net/unix/af_unix.c; socket(2)";
  row.descriptors = 1;
  row.create = create_socket;
  row.display = display_socket;
  return row;
}

ObjectRow listener_row() {
  ObjectRow row;
  row.kind = "listener";
  row.parameters = {{.name = "backlog", .is_optional = true, .fallback = 1}, flags_parameter()};
  row.about = "A socket that listens, and its address; one connection more than backlog may wait.";
  row.source = "unix_listen() in net/unix/af_unix.c; listen(2)";
  row.descriptors = 1;
  row.create = create_listener;
  row.display = display_listener;
  return row;
}

SwitchRow make_switch(Switch which, std::string_view name, std::vector<std::string_view> values,
                      std::string_view about, std::string_view source) {
  SwitchRow row;
  row.id = id(which);
  row.name = name;
  row.values = std::move(values);
  row.about = about;
  row.source = source;
  return row;
}

std::vector<SwitchRow> switches() {
  return {
      make_switch(
          Switch::SocketFamily, "socket.family", {"unix", "tcp"},
          "How a connection ends: AF_UNIX tells the peer everything at once; TCP sends FIN, "
          "answers later data with RST and keeps SHUT_RD to itself.",
          "tcp: tcp_close(), tcp_fin(), tcp_reset(), tcp_recvmsg(), tcp_sendmsg()"),
      make_switch(Switch::SocketAcceptWaits, "socket.accept-waits", {"exclusive", "all"},
                  "Whether sleeping acceptors are woken one at a time, or all at once.",
                  "all: until Linux 2.2 (Molloy and Lever, accept() scalability on Linux, 2000)"),
      make_switch(Switch::SocketShutdownConnectors, "socket.shutdown-wakes-connectors",
                  {"no", "yes"},
                  "Whether shutdown() of a listener wakes who waits for room in its backlog.",
                  "no: unix_shutdown(), asked of a 6.18 kernel; yes: a possible repair"),
      planted_mistake(Switch::SocketDataReadyWakesNobody, "socket.data-ready-wakes-nobody",
                      "A send or connect queues its data and wakes nobody."),
      planted_mistake(Switch::SocketWakesBeforeAppend, "socket.wakes-before-append",
                      "A send wakes the receiver first and queues the data afterwards."),
      planted_mistake(Switch::SocketReadWakesNobody, "socket.read-wakes-nobody",
                      "A receive frees the sender's memory and does not tell the sender."),
      planted_mistake(Switch::SocketAcceptWakesNobody, "socket.accept-wakes-nobody",
                      "An accept makes room in the backlog and wakes no connector."),
      planted_mistake(Switch::SocketShutdownWakesNobody, "socket.shutdown-wakes-nobody",
                      "A shutdown marks both ends and wakes nobody."),
      planted_mistake(Switch::SocketStateChangeWakesOne, "socket.state-change-wakes-one",
                      "Shutting down or closing wakes one exclusive waiter, not all."),
      planted_mistake(Switch::SocketEofOnce, "socket.eof-once",
                      "The end of file is told once; the next receive sleeps."),
      planted_mistake(Switch::SocketLooksBeforeLinking, "socket.looks-before-linking",
                      "A receiver looks, then links and sleeps without a second look."),
      planted_mistake(Switch::SocketNoEpipe, "socket.no-epipe",
                      "A send that nobody will receive returns 0."),
      planted_mistake(Switch::SocketNoSigpipe, "socket.no-sigpipe",
                      "A send that nobody will receive sends no SIGPIPE."),
      planted_mistake(Switch::SocketNosignalSignals, "socket.nosignal-signals",
                      "MSG_NOSIGNAL is forgotten."),
      planted_mistake(Switch::SocketSigpipeAfterPart, "socket.sigpipe-after-part",
                      "A send that is broken off half-way sends SIGPIPE as well."),
      planted_mistake(Switch::SocketErrorBeatsCount, "socket.error-beats-count",
                      "A send that fails half-way returns the error."),
      planted_mistake(Switch::SocketUnconnectedSendIsEpipe, "socket.unconnected-send-is-epipe",
                      "A send on a socket that is not connected gives EPIPE."),
      planted_mistake(Switch::SocketNonblockSleeps, "socket.nonblock-sleeps",
                      "O_NONBLOCK and MSG_DONTWAIT are forgotten: the call sleeps."),
      planted_mistake(Switch::SocketChargesPages, "socket.charges-pages",
                      "A sender is charged with a page for the smallest buffer."),
      planted_mistake(Switch::SocketWakesAtRoom, "socket.wakes-at-room",
                      "A sender is woken as soon as there is room for a buffer."),
      planted_mistake(Switch::SocketBlockingSendPartial, "socket.blocking-send-partial",
                      "A blocking send returns what went when the memory is used up."),
      planted_mistake(Switch::SocketOneWakeASend, "socket.one-wake-a-send",
                      "A send of several buffers wakes the receiver when all are sent."),
      planted_mistake(Switch::SocketNeverRestarts, "socket.never-restarts",
                      "A call that a signal ends gives EINTR, whatever SA_RESTART says."),
      planted_mistake(Switch::SocketShutRdIsLocal, "socket.shut-rd-is-local",
                      "SHUT_RD does not keep the other end from sending."),
      planted_mistake(Switch::SocketEpipeBeforeError, "socket.epipe-before-error",
                      "A sender is told that the connection is shut, not why."),
      planted_mistake(Switch::SocketEofDropsData, "socket.eof-drops-data",
                      "A receive on a shut socket gives 0 though there are data."),
      planted_mistake(Switch::SocketErrorStays, "socket.error-stays",
                      "A pending error is told again and again."),
      planted_mistake(Switch::SocketCloseNeverResets, "socket.close-never-resets",
                      "Closing with unread bytes is no reset."),
      planted_mistake(Switch::SocketShutWrIsLocal, "socket.shut-wr-is-local",
                      "SHUT_WR does not tell the other end."),
      planted_mistake(Switch::SocketRecvWaitsForAll, "socket.recv-waits-for-all",
                      "Every receive waits for all that it asked for."),
      planted_mistake(Switch::SocketIgnoresWaitall, "socket.ignores-waitall",
                      "MSG_WAITALL is forgotten."),
      planted_mistake(Switch::SocketWokenReturns, "socket.woken-returns",
                      "A receiver that is woken and finds nothing gives EAGAIN."),
      planted_mistake(Switch::SocketReceiversExclusive, "socket.receivers-exclusive",
                      "Receivers are exclusive: data wake one of them."),
      planted_mistake(Switch::SocketUnconnectedRecvIsEnotconn,
                      "socket.unconnected-recv-is-enotconn",
                      "A receive on a socket that is not connected gives ENOTCONN."),
      planted_mistake(Switch::SocketEventFirst, "socket.event-first",
                      "A receiver that wakes with data and a signal takes the data."),
      planted_mistake(Switch::SocketFullBacklogIsEagain, "socket.full-backlog-is-eagain",
                      "connect() gives EAGAIN if the backlog is full."),
      planted_mistake(Switch::SocketBacklogIsExact, "socket.backlog-is-exact",
                      "A listener takes as many connections as its backlog says, not one more."),
      planted_mistake(Switch::SocketShutListenerAccepts, "socket.shut-listener-accepts",
                      "A listener that is shut down still takes connections."),
      planted_mistake(Switch::SocketConnectedIsEinval, "socket.connected-is-einval",
                      "connect() of a connected socket gives EINVAL."),
      planted_mistake(Switch::SocketAcceptIgnoresShutdown, "socket.accept-ignores-shutdown",
                      "accept() sleeps on when the listener is shut down."),
      planted_mistake(Switch::SocketCloseForgetsEmbryos, "socket.close-forgets-embryos",
                      "Closing a listener leaves those connected that nobody has accepted."),
      planted_mistake(Switch::SocketCloseWakesNoConnector, "socket.close-wakes-no-connector",
                      "Closing a listener wakes nobody who waits for its backlog."),
      planted_mistake(Switch::SocketConnectHandsOn, "socket.connect-hands-on",
                      "A connect() that a signal ends hands its wake on."),
      planted_mistake(Switch::SocketAcceptsLatest, "socket.accepts-latest",
                      "accept() takes the latest connection."),
      planted_mistake(Switch::SocketPollForgetsIn, "socket.poll-forgets-in",
                      "poll() never finds data or connections."),
      planted_mistake(Switch::SocketPollForgetsOut, "socket.poll-forgets-out",
                      "poll() never finds room."),
      planted_mistake(Switch::SocketPollForgetsErr, "socket.poll-forgets-err",
                      "poll() does not report a pending error."),
      planted_mistake(Switch::SocketPollForgetsRdhup, "socket.poll-forgets-rdhup",
                      "poll() does not report POLLRDHUP."),
      planted_mistake(Switch::SocketEndIsNotReadable, "socket.end-is-not-readable",
                      "poll() does not report POLLIN at the end of file."),
      planted_mistake(Switch::SocketHalfClosedIsHup, "socket.half-closed-is-hup",
                      "poll() reports POLLHUP when one direction is shut."),
      planted_mistake(Switch::SocketPollForgetsHup, "socket.poll-forgets-hup",
                      "poll() does not report POLLHUP."),
      planted_mistake(Switch::SocketUnconnectedIsQuiet, "socket.unconnected-is-quiet",
                      "poll() does not report POLLHUP for a socket that was never connected."),
      planted_mistake(Switch::SocketPollOutWithRoom, "socket.poll-out-with-room",
                      "poll() reports POLLOUT as soon as there is room for a buffer."),
      planted_mistake(Switch::SocketClosedIsNotWritable, "socket.closed-is-not-writable",
                      "poll() reports no POLLOUT when nothing can be sent any more."),
      planted_mistake(Switch::SocketStateChangeHasKey, "socket.state-change-has-key",
                      "Shutting down and closing wake only those who wait for data."),
      planted_mistake(Switch::SocketDataReadyHasNoKey, "socket.data-ready-has-no-key",
                      "Data wake who waits for room only, too."),
      planted_mistake(Switch::SocketDataReadyIfEmpty, "socket.data-ready-if-empty",
                      "Data wake nobody if there were some already."),
      planted_mistake(Switch::SocketWriteSpaceIfFull, "socket.write-space-if-full",
                      "Freed memory wakes nobody if the socket was writable before."),
      planted_mistake(Switch::SocketShutRdKeepsReading, "socket.shut-rd-keeps-reading",
                      "SHUT_RD does not end one's own receives."),
      planted_mistake(Switch::SocketCloseIsHalf, "socket.close-is-half",
                      "Closing one end is the other's end of file, and it may still send."),
      planted_mistake(Switch::SocketCloseWakesNobody, "socket.close-wakes-nobody",
                      "Closing one end wakes nobody at the other."),
      planted_mistake(Switch::SocketSleepsWithIolock, "socket.sleeps-with-iolock",
                      "A receiver that sleeps keeps other receivers out."),
      planted_mistake(Switch::SocketTcpSendNoticesFin, "socket.tcp-send-notices-fin",
                      "With TCP, the first send to a closed end fails."),
      planted_mistake(Switch::SocketTcpCloseShutsBoth, "socket.tcp-close-shuts-both",
                      "With TCP, closing one end shuts the other for sending, too."),
      planted_mistake(Switch::SocketTcpShutRdIsTold, "socket.tcp-shut-rd-is-told",
                      "With TCP, SHUT_RD shuts the other end for sending."),
      planted_mistake(Switch::SocketTcpFinsLeaveOpen, "socket.tcp-fins-leave-open",
                      "With TCP, a connection stays when both ends have sent a FIN."),
      planted_mistake(Switch::SocketTcpNoRst, "socket.tcp-no-rst",
                      "With TCP, a send to a closed end is answered by nobody."),
      planted_mistake(Switch::SocketTcpShutIsNotWritable, "socket.tcp-shut-is-not-writable",
                      "With TCP, poll() asks for room though the end is shut for sending."),
  };
}

}  // namespace
}  // namespace socket

ModelTable socket_model() {
  ModelTable table;
  table.name = "socket";
  table.about = "Stream sockets: bytes between two ends, connections, half-close, reset.";
  table.objects = {socket::pair_row(), socket::socket_row(), socket::listener_row()};
  table.calls = {socket::connect_row(), socket::accept_row(), socket::accept4_row(),
                 socket::send_row(),    socket::recv_row(),   socket::shutdown_row()};
  table.constants = {{"SOCK_NONBLOCK", file::kNonblock},
                     {"SOCK_CLOEXEC", file::kCloseOnExec},
                     {"MSG_DONTWAIT", socket::kDontWait},
                     {"MSG_WAITALL", socket::kWaitAll},
                     {"MSG_NOSIGNAL", socket::kNoSignal},
                     {"SHUT_RD", 0},
                     {"SHUT_WR", 1},
                     {"SHUT_RDWR", 2}};
  table.switches = socket::switches();
  return table;
}

}  // namespace wakesim
