// Model of thread cancellation in three C libraries.
//
// Libraries   glibc 2.41 (nptl/cancellation.c, nptl/pthread_cancel.c, syscall_cancel.S), glibc up
// to
//             2.40, musl (src/thread/pthread_cancel.c, src/thread/x86_64/syscall_cp.s).
// Covers      deferred and asynchronous cancellation, its state and type, cancellation points,
//             cleanup blocks, what becomes of a call that was under way; musl's state in which a
//             call gives ECANCELED.
// Leaves out  thread-specific data, cancellation of C++ frames; docs/models/cancellation.md says
//             why.
// One step    one atomic operation on the thread's cancellation word; SIGCANCEL is a signal.
//
// The window of glibc up to 2.40 (BZ 12683): while a cancellation point runs, the thread is
// cancelled wherever SIGCANCEL finds it, also when the kernel has done the work already.

#pragma once

#include "models/signal.h"

namespace wakesim {

ModelTable cancel_model();

}  // namespace wakesim

namespace wakesim::cancel {

void make_cancellation(Builder& builder);

// What SIGCANCEL's handler does in the calling thread. `call` is over and, if `is_rewound`, about
// to be made again; null between two lines.
PointAnswer act_on_signal(Step& step, const CallEnd* call, bool is_rewound);

// Would the thread be unwound at a cancellation point?
bool is_requested(const View& view, ThreadId thread);

// InterruptHooks.
bool holds_back(const View& view, ThreadId thread, const CallEnd& call);
// Behind a call that leaves the thread asynchronous, with a request there.
bool acts_at_once(const View& view, ThreadId thread, const CallEnd& call);
// A handler comes between the thread and `call` (null: two lines), and is over.
void handler_entered(Step& step, const CallEnd* call, bool is_rewound);
void handler_left(Step& step);
PointAnswer before_point(Step& step, const CallRow& call);
PointAnswer after_point(Step& step, const CallEnd& call);
void unwinding(Step& step);
void effects(Effects& effects);

}  // namespace wakesim::cancel
