#include "models/socket_state.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim::socket {
namespace {

using file::OpenFile;

constexpr std::string_view kSingleton = "sockets";
constexpr std::uint32_t kPage = 4096;

// The same for all sockets of a scenario.
struct SocketTable {
  std::vector<ObjectId> acceptable;
  std::size_t backlog_max = 0;
};

SocketTable& table_of(Builder& builder) {
  ObjectId table = builder.singleton(kSingleton);
  if (table == ObjectId{}) {
    table = builder.emplace(std::string(kSingleton), SocketTable{});
    builder.set_singleton(kSingleton, table);
  }
  return builder.record<SocketTable>(table);
}

// A listener's release wakes its connectors and each client whose connection was not accepted.
void expect_wakes(Builder& builder) {
  const SocketTable& table = table_of(builder);
  const std::size_t clients = std::min(table.backlog_max + 1, table.acceptable.size());
  kernel::expect_wakes_of_one_step(builder, 1 + clients);
}

std::uint16_t narrow(std::uint32_t value) { return static_cast<std::uint16_t>(value); }

}  // namespace

const Socket& socket_of(const View& view, ObjectId id) { return view.object<Socket>(id); }
const Socket& socket_of(const Effects& effects, ObjectId id) { return effects.object<Socket>(id); }

void add_acceptable_end(Builder& builder, ObjectId end) {
  table_of(builder).acceptable.push_back(end);
  expect_wakes(builder);
}

void note_backlog(Builder& builder, std::size_t backlog) {
  SocketTable& table = table_of(builder);
  table.backlog_max = std::max(table.backlog_max, backlog);
  expect_wakes(builder);
}

const std::vector<ObjectId>& acceptable_ends(const Effects& effects) {
  static const std::vector<ObjectId> kNone;
  const auto found = effects.system().singletons.find(kSingleton);
  if (found == effects.system().singletons.end()) return kNone;
  return effects.object<SocketTable>(found->second).acceptable;
}

bool is_tcp(const View& view) { return view.is_on(id(Switch::SocketFamily)); }

bool is_nonblocking(const View& view, bool is_asked_for) {
  return is_asked_for && !view.is_on(id(Switch::SocketNonblockSleeps));
}

std::int64_t interrupted(const View& view) {
  return view.is_on(id(Switch::SocketNeverRestarts)) ? -EINTR : kernel::kRestartSys;
}

// ---- The receive queue --------------------------------------------------------------------------

bool is_empty(const View& view, const Socket& socket) { return view.read(socket.queue).used == 0; }

std::uint32_t bytes_in(const View& view, const Socket& socket) {
  const QueueState queue = view.read(socket.queue);
  std::uint32_t bytes = 0;
  for (std::uint32_t i = 0; i < queue.used; ++i) bytes += view.read(socket.lengths[i]);
  return bytes - queue.consumed;
}

std::uint32_t first_length(const View& view, const Socket& socket) {
  const QueueState queue = view.read(socket.queue);
  WAKESIM_ASSERT(queue.used > 0);
  return std::uint32_t{view.read(socket.lengths[0])} - queue.consumed;
}

void append(Step& step, const Socket& socket, std::uint32_t length) {
  QueueState queue = step.read(socket.queue);
  WAKESIM_ASSERT(queue.used < socket.lengths.size());
  step.write(socket.lengths[queue.used], narrow(length));
  ++queue.used;
  step.write(socket.queue, queue);
}

std::uint32_t consume(Step& step, const Socket& socket, std::uint32_t count) {
  QueueState queue = step.read(socket.queue);
  const std::uint32_t length = step.read(socket.lengths[0]);
  if (queue.consumed + count < length) {
    queue.consumed = narrow(queue.consumed + count);
    step.write(socket.queue, queue);
    return 0;
  }
  for (std::uint32_t i = 1; i < queue.used; ++i) {
    step.write(socket.lengths[i - 1], step.read(socket.lengths[i]));
  }
  --queue.used;
  queue.consumed = 0;
  step.write(socket.lengths[queue.used], std::uint16_t{0});
  step.write(socket.queue, queue);
  return truesize(step, length);
}

std::uint32_t purge(Step& step, const Socket& socket) {
  std::uint32_t charged = 0;
  const QueueState queue = step.read(socket.queue);
  for (std::uint32_t i = 0; i < queue.used; ++i) {
    charged += truesize(step, step.read(socket.lengths[i]));
    step.write(socket.lengths[i], std::uint16_t{0});
  }
  if (queue.used != 0) step.write(socket.queue, QueueState{});
  return charged;
}

// ---- Memory -------------------------------------------------------------------------------------

// The head of a buffer comes from kmalloc() with 320 bytes for skb_shared_info, and what does not
// fit there (SKB_MAX_HEAD) goes to whole pages; sizeof(struct sk_buff) takes 256. Asked of a 6.18
// kernel with SIOCOUTQ.
namespace {

constexpr std::uint32_t kHeadMax = 3776;        // SKB_MAX_HEAD(0)
constexpr std::uint32_t kFragmentsMax = 32768;  // UNIX_SKB_FRAGS_SZ
constexpr std::uint32_t kTruesizeMin = 768;

}  // namespace

std::uint32_t truesize(const View& view, std::uint32_t bytes) {
  std::uint32_t pages = 0;
  if (bytes > kHeadMax) pages = (bytes - kHeadMax + kPage - 1) / kPage * kPage;
  std::uint32_t head = view.is_on(id(Switch::SocketChargesPages)) ? kPage : 512;
  while (head < bytes - std::min(bytes, pages) + 320) head *= 2;
  return 256 + head + pages;
}

std::uint32_t buffer_bytes_max(const Socket& socket) {
  return std::min(socket.sndbuf / 2 - 64, kHeadMax + kFragmentsMax);
}

std::size_t buffers_max(std::uint32_t sndbuf) { return (sndbuf + kTruesizeMin - 1) / kTruesizeMin; }

bool has_room(const View& view, const Socket& socket) {
  return view.read(socket.charged) < socket.sndbuf;
}

// sk_wmem_alloc counts one for the socket itself.
bool is_writable(const View& view, const Socket& socket) {
  return 4 * (view.read(socket.charged) + 1) <= socket.sndbuf;
}

bool uncharge(Step& step, const Socket& sender, std::uint32_t truesize) {
  if (truesize == 0 || step.read(sender.status).is_dead) return false;
  const std::uint32_t charged = step.read(sender.charged);
  WAKESIM_ASSERT(charged >= truesize);
  if (is_writable(step, sender) && step.is_on(id(Switch::SocketWriteSpaceIfFull))) {
    step.write(sender.charged, charged - truesize);
    return false;
  }
  step.write(sender.charged, charged - truesize);
  const bool is_hasty = step.is_on(id(Switch::SocketWakesAtRoom));
  return is_hasty ? has_room(step, sender) : is_writable(step, sender);
}

// ---- Status -------------------------------------------------------------------------------------

bool has_status(const View& view, const Socket& socket, State state) {
  return view.read(socket.status).state == state;
}

bool is_shut(const View& view, const Socket& socket, Shutdown which) {
  return (view.read(socket.status).shutdown & which) != 0;
}

void add_shutdown(Step& step, const Socket& socket, std::uint32_t which) {
  Status status = step.read(socket.status);
  status.shutdown = static_cast<std::uint8_t>(status.shutdown | which);
  step.write(socket.status, status);
}

std::int32_t take_error(Step& step, const Socket& socket) {
  Status status = step.read(socket.status);
  const std::int32_t error = status.error;
  if (error == 0 || step.is_on(id(Switch::SocketErrorStays))) return error;
  status.error = 0;
  step.write(socket.status, status);
  return error;
}

// tcp_done(), with sk_err set before.
void reset(Step& step, const Socket& socket, std::uint8_t error) {
  Status status = step.read(socket.status);
  status.state = State::Close;
  status.shutdown = kShutdownMask;
  status.error = error;
  step.write(socket.status, status);
}

void end_if_both_sent_fin(Step& step, const Socket& socket) {
  if (step.is_on(id(Switch::SocketTcpFinsLeaveOpen))) return;
  const Socket& peer = socket_of(step, socket.peer);
  for (const Socket* end : {&socket, &peer}) {
    const Status status = step.read(end->status);
    if (!status.is_dead && (status.shutdown & kSendShutdown) == 0) return;
  }
  for (const Socket* end : {&socket, &peer}) {
    const Status status = step.read(end->status);
    if (!status.is_dead) reset(step, *end, status.error);
  }
}

void note_sleep(Step& step, const kernel::WaitQueue& queue) {
  if (!step.is_traced() || kernel::is_running(step, step.thread())) return;
  step.note(
      {StepEvent::Kind::Slept, step.thread(), 0, std::string(step.object_name(queue.subject))});
}

// ---- Wakes --------------------------------------------------------------------------------------

// skwq_has_sleeper() first: no walk of an empty queue. Acceptors filter by key
// (receiver_wake_function()), but all keys that a listener is woken with have IN or are none.
void data_ready(Step& step, const Socket& socket) {
  if (step.is_on(id(Switch::SocketDataReadyWakesNobody))) return;
  const bool had_data = step.read(socket.queue).used > 1;
  if (had_data && step.is_on(id(Switch::SocketDataReadyIfEmpty))) return;
  if (!kernel::waitqueue_active(step, socket.waiters)) return;
  constexpr std::uint32_t kKey = file::kIn | file::kPri | file::kRdNorm | file::kRdBand;
  kernel::wake_up(step, socket.waiters,
                  {.exclusive = 1,
                   .mode = kernel::kTaskInterruptible,
                   .key = step.is_on(id(Switch::SocketDataReadyHasNoKey)) ? 0 : kKey});
}

void write_space(Step& step, const Socket& socket) {
  if (step.is_on(id(Switch::SocketReadWakesNobody))) return;
  if (!kernel::waitqueue_active(step, socket.waiters)) return;
  kernel::wake_up(step, socket.waiters,
                  {.exclusive = 1,
                   .mode = kernel::kTaskInterruptible,
                   .key = file::kOut | file::kWrNorm | file::kWrBand});
}

// wake_up_interruptible_all()
void state_change(Step& step, const Socket& socket) {
  if (!kernel::waitqueue_active(step, socket.waiters)) return;
  const std::uint32_t exclusive = step.is_on(id(Switch::SocketStateChangeWakesOne)) ? 1 : 0;
  const std::uint32_t key =
      step.is_on(id(Switch::SocketStateChangeHasKey)) ? std::uint32_t{file::kIn} : 0;
  kernel::wake_up(step, socket.waiters,
                  {.exclusive = exclusive, .mode = kernel::kTaskInterruptible, .key = key});
}

void wake_connectors(Step& step, const Socket& listener, std::uint32_t exclusive) {
  kernel::wake_up(step, listener.connectors,
                  {.exclusive = exclusive, .mode = kernel::kTaskInterruptible});
}

// ---- poll ---------------------------------------------------------------------------------------

namespace {

kernel::WaitQueue poll_queue(const View& view, const OpenFile& open) {
  return socket_of(view, open.object).waiters;
}

enum Load : std::uint32_t { kLoadStatus, kLoadError, kLoadQueue, kLoadCharged };

// Follows unix_poll(): sk_shutdown and sk_state, sk_err, sk_receive_queue, sk_wmem_alloc. The first
// two are one step: the state of a socket that somebody polls changes only in connect(2).
std::uint32_t poll_loads(const View& view, const OpenFile& open) {
  return socket_of(view, open.object).is_listener ? kLoadQueue + 1 : kLoadCharged + 1;
}

std::uint32_t hangup_mask(const View& view, const Status& status) {
  if (view.is_on(id(Switch::SocketPollForgetsHup))) return 0;
  const bool is_half = status.shutdown != 0 && view.is_on(id(Switch::SocketHalfClosedIsHup));
  if (status.shutdown == kShutdownMask || is_half) return file::kHup;
  const bool is_quiet = view.is_on(id(Switch::SocketUnconnectedIsQuiet));
  return status.state == State::Close && !is_quiet ? std::uint32_t{file::kHup} : 0;
}

std::uint32_t status_mask(const View& view, const Status& status) {
  std::uint32_t mask = hangup_mask(view, status);
  if ((status.shutdown & kReceiveShutdown) == 0) return mask;
  if (!view.is_on(id(Switch::SocketPollForgetsRdhup))) mask |= file::kRdHup;
  if (!view.is_on(id(Switch::SocketEndIsNotReadable))) mask |= file::kIn | file::kRdNorm;
  return mask;
}

std::uint32_t data_mask(const View& view, const Socket& socket) {
  if (is_empty(view, socket) || view.is_on(id(Switch::SocketPollForgetsIn))) return 0;
  return file::kIn | file::kRdNorm;
}

std::uint32_t room_mask(const View& view, const Socket& socket) {
  constexpr std::uint32_t kWritable = file::kOut | file::kWrNorm;
  if (view.is_on(id(Switch::SocketPollForgetsOut))) return 0;
  const bool is_hasty = view.is_on(id(Switch::SocketPollOutWithRoom));
  const bool is_roomy = is_hasty ? has_room(view, socket) : is_writable(view, socket);
  const bool is_over = is_shut(view, socket, kSendShutdown);
  if (!is_tcp(view)) {
    const bool is_quiet = is_over && view.is_on(id(Switch::SocketClosedIsNotWritable));
    return is_roomy && !is_quiet ? kWritable | file::kWrBand : 0;
  }
  // tcp_poll() sends whoever may not send any more into send(2), to be told.
  const bool tells = is_over && !view.is_on(id(Switch::SocketTcpShutIsNotWritable));
  return tells || is_roomy ? kWritable : 0;
}

std::uint32_t error_mask(const View& view, const Status& status) {
  const bool is_told = status.error != 0 && !view.is_on(id(Switch::SocketPollForgetsErr));
  return is_told ? std::uint32_t{file::kErr} : 0;
}

std::uint32_t poll_load(const View& view, const OpenFile& open, std::uint32_t which) {
  const Socket& socket = socket_of(view, open.object);
  switch (static_cast<Load>(which)) {
    case kLoadStatus:
      return status_mask(view, view.read(socket.status));
    case kLoadError:
      return error_mask(view, view.read(socket.status));
    case kLoadQueue:
      return data_mask(view, socket);
    case kLoadCharged:
      return room_mask(view, socket);
  }
  WAKESIM_UNREACHABLE();
}

void poll_effects(Effects& effects, const OpenFile& open) {
  const Socket& socket = socket_of(effects, open.object);
  effects.reads(socket.status);
  effects.reads(socket.queue);
  if (!socket.is_listener) effects.reads(socket.charged);
  effects.enqueues(socket.waiters.list);
}

}  // namespace

file::PollMethod poll_method() {
  return {poll_queue, nullptr, poll_loads, poll_load, poll_effects};
}

// ---- release ------------------------------------------------------------------------------------

namespace {

// Why the other end learns of the close: bytes were left unread, or accept(2) had not opened this
// end yet.
struct Ending {
  Status before;  // This end's.
  bool is_reset;
};

// A peer that had the FIN before, so is in TCP_CLOSE_WAIT, is told EPIPE instead of ECONNRESET.
void tell_tcp_peer(Step& step, const Socket& peer, const Ending& ending) {
  if (ending.is_reset) {
    const bool had_fin = (ending.before.shutdown & kSendShutdown) != 0;
    reset(step, peer, had_fin ? EPIPE : ECONNRESET);
  } else {
    const bool shuts_both = step.is_on(id(Switch::SocketTcpCloseShutsBoth));
    add_shutdown(step, peer, shuts_both ? kShutdownMask : kReceiveShutdown);
    end_if_both_sent_fin(step, peer);
  }
}

void tell_unix_peer(Step& step, const Socket& peer, const Ending& ending) {
  Status status = step.read(peer.status);
  const bool is_half = step.is_on(id(Switch::SocketCloseIsHalf));
  status.shutdown |= is_half ? kReceiveShutdown : kShutdownMask;
  if (ending.is_reset) status.error = ECONNRESET;
  step.write(peer.status, status);
}

// Follows unix_release_sock() for one end of a connection but for its wake. True if there is
// somebody at the other end to be woken.
bool release_end(Step& step, const Socket& socket, bool is_embryo) {
  const bool resets = !step.is_on(id(Switch::SocketCloseNeverResets));
  const Ending ending{step.read(socket.status), resets && (is_embryo || !is_empty(step, socket))};
  step.write(socket.status, Status{State::Close, kShutdownMask, 0, true});
  step.write(socket.charged, std::uint32_t{0});
  const std::uint32_t unread = purge(step, socket);
  const Socket& peer = socket_of(step, socket.peer);
  const bool was_connected = ending.before.state == State::Established;
  if (!was_connected || step.read(peer.status).is_dead) return false;
  if (is_tcp(step)) {
    tell_tcp_peer(step, peer, ending);
  } else {
    tell_unix_peer(step, peer, ending);
  }
  uncharge(step, peer, unread);
  return true;
}

// Connections that nobody will accept any more are reset.
void release_listener(Step& step, const Socket& listener) {
  const bool forgets = step.is_on(id(Switch::SocketCloseForgetsEmbryos));
  const std::uint32_t used = forgets ? 0 : step.read(listener.queue).used;
  step.write(listener.status, Status{State::Close, kShutdownMask, 0, true});
  if (used != 0) step.write(listener.queue, QueueState{});
  for (std::uint32_t i = 0; i < used; ++i) {
    release_end(step, socket_of(step, step.read(listener.pending[i])), true);
  }
  const std::uint32_t exclusive = step.is_on(id(Switch::SocketStateChangeWakesOne)) ? 1 : 0;
  if (!step.is_on(id(Switch::SocketCloseWakesNoConnector))) {
    wake_connectors(step, listener, exclusive);
  }
  for (std::uint32_t i = 0; i < used; ++i) {
    const Socket& end = socket_of(step, step.read(listener.pending[i]));
    const Socket& client = socket_of(step, end.peer);
    step.write(listener.pending[i], ObjectId{});
    if (!step.read(client.status).is_dead) state_change(step, client);
  }
}

void release_end_effects(Effects& effects, const Socket& socket) {
  const Socket& peer = socket_of(effects, socket.peer);
  effects.writes(socket.status);
  effects.writes(socket.charged);
  effects.writes(socket.queue);
  effects.writes(peer.status);
  effects.writes(peer.charged);
  effects.wakes(peer.waiters.list);
}

}  // namespace

void release(Step& step, const OpenFile& open) {
  const Socket& socket = socket_of(step, open.object);
  if (socket.is_listener) {
    release_listener(step, socket);
  } else if (release_end(step, socket, false) && !step.is_on(id(Switch::SocketCloseWakesNobody))) {
    state_change(step, socket_of(step, socket.peer));
  }
}

void release_effects(Effects& effects, const OpenFile& open) {
  const Socket& socket = socket_of(effects, open.object);
  if (!socket.is_listener) {
    release_end_effects(effects, socket);
    return;
  }
  effects.writes(socket.status);
  effects.writes(socket.queue);
  effects.wakes(socket.connectors.list);
  for (const ObjectId end : acceptable_ends(effects)) {
    release_end_effects(effects, socket_of(effects, end));
  }
}

std::int64_t pending(const View& view, const OpenFile& open) {
  const Socket& socket = socket_of(view, open.object);
  return socket.is_listener ? view.read(socket.queue).used : bytes_in(view, socket);
}

void pending_effects(Effects& effects, const OpenFile& open) {
  effects.reads(socket_of(effects, open.object).queue);
}

}  // namespace wakesim::socket
