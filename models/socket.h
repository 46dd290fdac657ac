// Model of connected stream sockets: socketpair(2), connect(2), accept(2), send(2), recv(2),
// shutdown(2).
//
// Kernel      net/unix/af_unix.c, net/core/sock.c, net/core/datagram.c, net/socket.c, Linux 6.18:
//             sockets of family AF_UNIX. `socket.family=tcp` takes what a peer sees of the end of
//             a connection from net/ipv4/tcp.c instead.
// Covers      byte counts in the kernel's buffers and what they are charged with, partial sends,
//             O_NONBLOCK and MSG_DONTWAIT, MSG_WAITALL, half-close, end of file, reset, the
//             backlog, exclusive acceptors and connectors, poll.
// Leaves out  contents, names and bind, datagrams, urgent data, MSG_PEEK, timeouts, SIGPIPE,
//             descriptors in messages, TCP's windows; docs/models/socket.md says why.
// One step    one hold of a socket's state lock, what one hold of the receive queue's lock takes
//             off it, one load without a lock; each wake after it.
//
//        sender                                receiver
//        ------                                --------
//        lock the peer's state                 lock my state
//          append                                link, state = INTERRUPTIBLE
//        unlock                                  look at the queue
//        sk_data_ready: anybody linked? wake   unlock
//                                              sleep

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable socket_model();

}  // namespace wakesim
