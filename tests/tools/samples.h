// Answers made by hand, for the tests of the reports.

#pragma once

#include "tools/report/answer.h"

namespace wakesim::samples {

// futex/lost-wakeup of the design: buggy loses the wakeup at step 4.
Subject lost_wakeup_subject();
CheckResult lost_wakeup();

// The same file's repaired variant.
Subject fixed_subject();
CheckResult proved();

// Three threads that wait for each other.
Subject deadlock_subject();
CheckResult deadlock();

// An answer as expected.
Answer expected(Subject subject, CheckResult result);

// An answer whose variant should have been proved.
Answer unexpected(Subject subject, CheckResult result);

}  // namespace wakesim::samples
