#include "tools/cli/exit_status.h"

namespace wakesim {
namespace {

int severity(ExitStatus status) {
  switch (status) {
    case ExitStatus::AsExpected:
      return 0;
    case ExitStatus::LimitReached:
      return 1;
    case ExitStatus::TokenMisfit:
      return 2;
    case ExitStatus::NotAsExpected:
      return 3;
    case ExitStatus::Interrupted:
      return 4;
    case ExitStatus::BadInput:
      return 5;
    case ExitStatus::OutputFailed:
      return 6;
    case ExitStatus::InternalError:
      return 7;
  }
  return 7;
}

}  // namespace

ExitStatus worse(ExitStatus a, ExitStatus b) { return severity(a) >= severity(b) ? a : b; }

}  // namespace wakesim
