#include "models/catalogue.h"

#include "models/errno.h"
#include "models/eventfd.h"
#include "models/file.h"
#include "models/futex.h"
#include "models/kernel.h"
#include "models/mutex.h"
#include "models/pipe.h"
#include "models/poll.h"
#include "models/queue.h"
#include "models/sleep.h"
#include "models/socket.h"
#include "models/thread.h"
#include "models/wait_queue.h"

namespace wakesim {
namespace {

void before_objects(Builder& builder) { kernel::begin_queues(builder, false); }

// Files that calls may open, then the numbers for them.
void after_objects(Builder& builder) {
  make_eventfd_pool(builder);
  file::finish_table(builder);
}

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue instance = [] {
    Catalogue result;
    result.models.push_back(futex_model());
    result.models.push_back(file_model());
    result.models.push_back(eventfd_model());
    result.models.push_back(pipe_model());
    result.models.push_back(socket_model());
    result.models.push_back(poll_model());
    result.models.push_back(wait_queue_model());
    result.models.push_back(mutex_model());
    result.models.push_back(queue_model());
    result.models.push_back(sleep_model());
    result.models.push_back(thread_model());
    result.models.push_back(kernel_model());
    result.models.push_back(errno_model());
    result.kernels = {{"linux-6.18", "Linux 6.18, the kernel that the models follow", {}}};
    result.libcs = {{"glibc-2.41", "GNU C library 2.41", {}},
                    {"glibc-2.40", "GNU C library 2.40: condition variables as since 2.25", {}}};
    result.hooks.before_objects = before_objects;
    result.hooks.after_objects = after_objects;
    result.hooks.timer_fired = kernel::on_timer_fired;
    result.hooks.abandon_call = kernel::on_abandoned_call;
    result.hooks.wake_spuriously = kernel::on_spurious_wake;
    result.hooks.may_wake_spuriously = kernel::may_wake_spuriously;
    result.hooks.subframe = {kernel::walk_enabled, kernel::step_walk, kernel::walk_phase};
    return result;
  }();
  return instance;
}

}  // namespace wakesim
