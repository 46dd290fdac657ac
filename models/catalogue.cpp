#include "models/catalogue.h"

#include "models/kernel.h"

namespace wakesim {

const Catalogue& catalogue() {
  static const Catalogue instance = [] {
    Catalogue result;
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
