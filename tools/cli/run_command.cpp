// `wakesim run FILE`

#include "tools/cli/commands.h"

namespace wakesim {

ExitStatus run_run(const Context&) { return refuse("timed runs are not built yet"); }

}  // namespace wakesim
