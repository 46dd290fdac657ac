#include "models/catalogue.h"

#include "models/aio.h"
#include "models/cancel.h"
#include "models/epoll.h"
#include "models/errno.h"
#include "models/eventfd.h"
#include "models/file.h"
#include "models/futex.h"
#include "models/futex_fd.h"
#include "models/kernel.h"
#include "models/kqueue.h"
#include "models/mutex.h"
#include "models/pipe.h"
#include "models/poll.h"
#include "models/pollfs.h"
#include "models/queue.h"
#include "models/signal.h"
#include "models/signalfd.h"
#include "models/sleep.h"
#include "models/socket.h"
#include "models/spellings.h"
#include "models/switches.h"
#include "models/thread.h"
#include "models/timerfd.h"
#include "models/wait_queue.h"

namespace wakesim {
namespace {

// Signals exist where a program sends, handles or waits for one; cancellation uses one too.
bool has_signals(const Builder& builder) {
  const auto is_called = [&](std::string_view call) { return builder.call_sites(call) > 0; };
  for (std::size_t t = 0; t < builder.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (!builder.handled_by(thread).empty() || builder.is_unwindable(thread)) return true;
  }
  return builder.declares("signalfd") || builder.declares("plsignal") || is_called("signalfd") ||
         is_called("kill") || is_called("pthread_sigmask") || is_called("sigpending") ||
         is_called("sigwait") || is_called("sigtimedwait") || is_called("sigsuspend") ||
         is_called("pause");
}

bool has_cancellation(const Builder& builder) {
  for (std::size_t t = 0; t < builder.thread_count(); ++t) {
    if (builder.is_unwindable(static_cast<ThreadId>(t))) return true;
  }
  return builder.call_sites("cancel") > 0 || builder.call_sites("pthread_setcancelstate") > 0 ||
         builder.call_sites("pthread_setcanceltype") > 0;
}

void before_objects(Builder& builder) {
  kernel::begin_queues(builder, has_epoll(builder) || has_kqueue(builder));
  if (has_signals(builder)) signals::make_signals(builder);
  if (has_cancellation(builder)) cancel::make_cancellation(builder);
}

InterruptHooks interrupt_hooks() {
  InterruptHooks hooks;
  hooks.misuse_as_handled = signals::misuse_as_handled;
  hooks.is_pending = signals::is_pending;
  hooks.holds_back = signals::holds_back;
  hooks.take = signals::take;
  hooks.handler_returned = signals::handler_returned;
  hooks.before_point = cancel::before_point;
  hooks.after_point = cancel::after_point;
  hooks.unwinding = cancel::unwinding;
  hooks.describe = signals::describe;
  hooks.effects = signals::effects;
  return hooks;
}

// Files that calls may open, then the numbers for them.
void after_objects(Builder& builder) {
  make_eventfd_pool(builder);
  make_futex_fd_pool(builder);
  make_signalfd_pool(builder);
  make_epoll_pool(builder);
  file::finish_table(builder);
  finish_epolls(builder);
  finish_kqueues(builder);
}

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue instance = [] {
    Catalogue result;
    result.models.push_back(futex_model());
    result.models.push_back(futex_fd_model());
    result.models.push_back(file_model());
    result.models.push_back(eventfd_model());
    result.models.push_back(timerfd_model());
    result.models.push_back(signalfd_model());
    result.models.push_back(aio_model());
    result.models.push_back(pollfs_model());
    result.models.push_back(pipe_model());
    result.models.push_back(socket_model());
    result.models.push_back(poll_model());
    result.models.push_back(epoll_model());
    result.models.push_back(kqueue_model());
    result.models.push_back(wait_queue_model());
    result.models.push_back(mutex_model());
    result.models.push_back(queue_model());
    result.models.push_back(sleep_model());
    result.models.push_back(thread_model());
    result.models.push_back(kernel_model());
    result.models.push_back(signal_model());
    result.models.push_back(cancel_model());
    result.models.push_back(errno_model());
    result.kernels = {{"linux-6.18", "Linux 6.18, the kernel that the models follow", {}}};
    result.libcs = {{"glibc-2.41", "GNU C library 2.41", {}},
                    {"glibc-2.40",
                     "GNU C library 2.40: condition variables as since 2.25, cancellation anywhere "
                     "in a call",
                     {{id(Switch::LibcCancellation), 1}}},
                    {"glibc-2.24",
                     "GNU C library 2.24: condition variables as before 2.25, the rest as 2.40",
                     {{id(Switch::LibcCancellation), 1}}},
                    {"glibc-2.20",
                     "GNU C library 2.20: as 2.24, with the semaphores from before 2.21",
                     {{id(Switch::LibcCancellation), 1}}},
                    {"musl-1.2.5", "musl 1.2.5", {{id(Switch::LibcCancellation), 2}}}};
    result.spellings = spellings();
    result.dropped_prefixes = {"EPOLL", "POLL"};
    result.hooks.before_objects = before_objects;
    result.hooks.after_objects = after_objects;
    result.hooks.timer_fired = kernel::on_timer_fired;
    result.hooks.abandon_call = kernel::on_abandoned_call;
    result.hooks.wake_spuriously = kernel::on_spurious_wake;
    result.hooks.may_wake_spuriously = kernel::may_wake_spuriously;
    result.hooks.interrupts = interrupt_hooks();
    result.hooks.subframe = {kernel::walk_enabled, kernel::step_walk, kernel::walk_phase};
    return result;
  }();
  return instance;
}

}  // namespace wakesim
