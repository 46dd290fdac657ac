// What a socket is, and the parts that its calls share: buffers, charges, readiness and wakes.
//
// A socket that can be connected has its other end from the start: a socketpair's two ends know
// each other, and behind every `socket` there is the end that accept(2) will open for it. A socket
// connects at most once in its life, so nobody else can ever be at the other end.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/file.h"
#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim::socket {

enum class State : std::uint8_t {
  Close,        // TCP_CLOSE: not connected, or not any more
  Established,  // TCP_ESTABLISHED
  Listen,       // TCP_LISTEN
};

// sk_shutdown.
enum Shutdown : std::uint8_t {
  kReceiveShutdown = 1,  // RCV_SHUTDOWN
  kSendShutdown = 2,     // SEND_SHUTDOWN
  kShutdownMask = 3,
};

// What sk->lock guards.
struct Status {
  State state;
  std::uint8_t shutdown;
  std::uint8_t error;  // sk_err
  bool is_dead;        // SOCK_DEAD: the last reference is gone.
};
static_assert(std::has_unique_object_representations_v<Status>);

// Buffers in the receive queue; for a listener connections.
struct QueueState {
  std::uint16_t used;
  std::uint16_t consumed;  // Bytes already read from the oldest buffer.
};
static_assert(std::has_unique_object_representations_v<QueueState>);

// The queues are kept dense, the oldest first and unused places zero.
struct Socket {
  Cell<Status> status;
  Cell<QueueState> queue;                    // sk_receive_queue
  std::vector<Cell<std::uint16_t>> lengths;  // Of its buffers, in its class.
  std::vector<Cell<ObjectId>> pending;       // Of a listener instead: ends to be accepted.
  Cell<std::uint32_t> charged;               // sk_wmem_alloc
  Cell<std::uint32_t> reader;                // iolock: 1 + the thread that holds it, or 0.
  kernel::WaitQueue waiters;                 // sk_sleep(): everybody who waits for this socket.
  kernel::WaitQueue connectors;              // peer_wait of a listener.
  ObjectId peer{};                           // None for a listener.
  file::FileId accepted = file::kNoFile;     // The file that accept(2) will open.
  std::uint32_t sndbuf = 0;                  // sk_sndbuf
  std::uint32_t backlog = 0;                 // sk_max_ack_backlog
  bool is_listener = false;
};

// struct file_operations of every socket.
const file::FileOperations& operations();

const Socket& socket_of(const View& view, ObjectId id);
const Socket& socket_of(const Effects& effects, ObjectId id);
// Every end that accept(2) may open, and how many connections a listener may have to reset.
void add_acceptable_end(Builder& builder, ObjectId end);
void note_backlog(Builder& builder, std::size_t backlog);
const std::vector<ObjectId>& acceptable_ends(const Effects& effects);

bool is_tcp(const View& view);
// Does a call with these flags return rather than sleep?
bool is_nonblocking(const View& view, bool is_asked_for);
// What a call that a signal ends gives, unless it has done a part.
std::int64_t interrupted(const View& view);

// ---- The receive queue --------------------------------------------------------------------------

bool is_empty(const View& view, const Socket& socket);
std::uint32_t bytes_in(const View& view, const Socket& socket);
// The oldest buffer, as far as it is unread.
std::uint32_t first_length(const View& view, const Socket& socket);
void append(Step& step, const Socket& socket, std::uint32_t length);
// Takes bytes off the oldest buffer. If that is used up it goes; returns what its sender was
// charged with for it, else 0.
std::uint32_t consume(Step& step, const Socket& socket, std::uint32_t count);
// Throws all of it away; returns what the sender was charged with.
std::uint32_t purge(Step& step, const Socket& socket);

// ---- Memory -------------------------------------------------------------------------------------

// skb->truesize of a buffer with so many bytes: x86-64, pages of 4096 bytes.
std::uint32_t truesize(const View& view, std::uint32_t bytes);
// The longest buffer that a send makes (unix_stream_sendmsg()).
std::uint32_t buffer_bytes_max(const Socket& socket);
// How many buffers a sender with this limit can have on the way at most.
std::size_t buffers_max(std::uint32_t sndbuf);
bool has_room(const View& view, const Socket& socket);     // One more buffer may be made.
bool is_writable(const View& view, const Socket& socket);  // unix_writable()
// sock_wfree(): the bytes are no longer charged to `sender`, if it is still there. True if it has
// to be told (unix_write_space()).
bool uncharge(Step& step, const Socket& sender, std::uint32_t truesize);

// ---- Status -------------------------------------------------------------------------------------

bool has_status(const View& view, const Socket& socket, State state);
bool is_shut(const View& view, const Socket& socket, Shutdown which);
void add_shutdown(Step& step, const Socket& socket, std::uint32_t which);
// sock_error(): the pending error, which is thereby told; 0 if there is none.
std::int32_t take_error(Step& step, const Socket& socket);
// TCP: once both ends have sent FIN the connection is over at both (tcp_done(); TCP_LAST_ACK and
// TCP_TIME_WAIT take no time here).
void end_if_both_sent_fin(Step& step, const Socket& socket);
// tcp_reset(): the peer has sent RST.
void reset(Step& step, const Socket& socket, std::uint8_t error);

// For traces: the calling thread sleeps on the queue, unless a wake was faster.
void note_sleep(Step& step, const kernel::WaitQueue& queue);

// ---- Wakes: the last action of their step -------------------------------------------------------

void data_ready(Step& step, const Socket& socket);    // sock_def_readable()
void write_space(Step& step, const Socket& socket);   // unix_write_space(), behind its test
void state_change(Step& step, const Socket& socket);  // sock_def_wakeup()
void wake_connectors(Step& step, const Socket& listener, std::uint32_t exclusive);

// ---- The file -----------------------------------------------------------------------------------

file::PollMethod poll_method();
void release(Step& step, const file::OpenFile& file);
void release_effects(Effects& effects, const file::OpenFile& file);
std::int64_t pending(const View& view, const file::OpenFile& file);
void pending_effects(Effects& effects, const file::OpenFile& file);

}  // namespace wakesim::socket
