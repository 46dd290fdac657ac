// Every dialect switch, numbered. Each model's table says what its switches mean; this list only
// keeps the numbers apart.

#pragma once

#include "sim/ids.h"

namespace wakesim {

enum class Switch : std::uint16_t {
  // kernel
  KernelSplitWalks,  // kernel.split-walks
  // libc
  LibcCancellation,  // libc.cancellation = pc-range | async-window | musl
  // signal
  SignalForgetsFlag,  // signal.forgets-flag
  // signalfd
  SignalfdNotNotified,         // signalfd.not-notified
  SignalfdLooksBeforeLinking,  // signalfd.looks-before-linking
  // futex
  FutexCompareOutsideLock,  // futex.compare-outside-lock
  FutexNoCompare,           // futex.no-compare
  FutexRequeueCountsLate,   // futex.requeue-counts-late
  FutexWakeLifo,            // futex.wake-lifo
  FutexWakeDropsSecond,     // futex.wake-drops-second
  FutexWakeBeforeUnlink,    // futex.wake-before-unlink
  FutexTimeoutBeatsWake,    // futex.timeout-beats-wake
  FutexSleepApart,          // futex.sleep-apart
  // eventfd
  EventfdWriteWakesNobody,  // eventfd.write-wakes-nobody
  EventfdReadWakesNobody,   // eventfd.read-wakes-nobody
  EventfdCheckOutsideLock,  // eventfd.check-outside-lock
  EventfdSignalFirst,       // eventfd.signal-first
  // timerfd
  TimerfdWakesNobody,       // timerfd.wakes-nobody
  TimerfdKeepsTicks,        // timerfd.keeps-ticks
  TimerfdRearmsItself,      // timerfd.rearms-itself
  TimerfdReadForgetsTimer,  // timerfd.read-forgets-timer
  TimerfdSetKeepsTicks,     // timerfd.settime-keeps-ticks
  // aio
  AioSignalsFirst,         // aio.signals-first
  AioWakesNobody,          // aio.wakes-nobody
  AioDestroyWakesNobody,   // aio.destroy-wakes-nobody
  AioNoLookAfterQueueing,  // aio.no-look-after-queueing
  // poll
  PollClearsTriggeredLate,  // poll.clears-triggered-late
  PollChecksBeforeLinking,  // poll.checks-before-linking
  PollNoTriggered,          // poll.no-triggered
  PollRestarts,             // poll.restarts
  // pipe
  PipeCloseWakesOne,  // pipe.close-wakes-one
  PipeNoHandOff,      // pipe.no-hand-off
  PipeSwallowsWake,   // pipe.interrupted-swallows-wake
  PipeWaits,          // pipe.waits = exclusive | all (before 5.6)
  PipePollUsage,      // pipe.poll-usage = on | off (between 5.5 and 5.14)
  // socket
  SocketFamily,                // socket.family = unix | tcp (the end of a connection)
  SocketAcceptWaits,           // socket.accept-waits = exclusive | all
  SocketDataReadyWakesNobody,  // socket.data-ready-wakes-nobody
  SocketWakesBeforeAppend,     // socket.wakes-before-append
  SocketReadWakesNobody,       // socket.read-wakes-nobody
  SocketAcceptWakesNobody,     // socket.accept-wakes-nobody
  SocketShutdownWakesNobody,   // socket.shutdown-wakes-nobody
  SocketStateChangeWakesOne,   // socket.state-change-wakes-one
  SocketShutdownConnectors,    // socket.shutdown-wakes-connectors = no | yes
  SocketEofOnce,               // socket.eof-once
  SocketLooksBeforeLinking,    // socket.looks-before-linking
  // epoll
  EpollReadySeqcount,          // epoll.ready-seqcount
  EpollLatchEdges,             // epoll.latch-edges
  EpollForgetsOverflow,        // epoll.forgets-overflow
  EpollWakeKeepsEntry,         // epoll.wake-keeps-entry
  EpollNoLookAfterTimeout,     // epoll.no-look-after-timeout
  EpollSleepersFifo,           // epoll.sleepers-fifo
  EpollModStoresLate,          // epoll.mod-stores-late
  EpollModDoesNotLook,         // epoll.mod-does-not-look
  EpollAddDoesNotLook,         // epoll.add-does-not-look
  EpollDoneWakesNobody,        // epoll.done-wakes-nobody
  EpollExclusiveAlwaysCounts,  // epoll.exclusive-always-counts
  EpollLevelNotRequeued,       // epoll.level-not-requeued
  EpollScanDropsEvents,        // epoll.scan-drops-events
  Count,
};

constexpr SwitchId id(Switch value) { return static_cast<SwitchId>(value); }

}  // namespace wakesim
