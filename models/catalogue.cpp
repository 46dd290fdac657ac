#include "models/catalogue.h"

#include "models/futex.h"
#include "models/kernel.h"
#include "models/mutex.h"
#include "models/queue.h"
#include "models/sleep.h"
#include "models/wait_queue.h"

namespace wakesim {

const Catalogue& catalogue() {
  static const Catalogue instance = [] {
    Catalogue result;
    result.models.push_back(futex_model());
    result.models.push_back(wait_queue_model());
    result.models.push_back(mutex_model());
    result.models.push_back(queue_model());
    result.models.push_back(sleep_model());
    result.kernels = {{"linux-6.18", "Linux 6.18, the kernel that the models follow", {}}};
    result.libcs = {{"glibc-2.41", "GNU C library 2.41", {}}};
    result.hooks.timer_fired = kernel::on_timer_fired;
    result.hooks.wake_spuriously = kernel::on_spurious_wake;
    result.hooks.may_wake_spuriously = kernel::may_wake_spuriously;
    return result;
  }();
  return instance;
}

}  // namespace wakesim
