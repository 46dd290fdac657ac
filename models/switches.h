// Every dialect switch, numbered. Each model's table says what its switches mean; this list only
// keeps the numbers apart.

#pragma once

#include <string_view>

#include "sim/ids.h"
#include "sim/program/catalogue.h"

namespace wakesim {

enum class Switch : std::uint16_t {
  // kernel
  KernelSplitWalks,         // kernel.split-walks
  KernelWaitsAtTail,        // kernel.waits-at-tail
  KernelExclusiveAtHead,    // kernel.exclusive-at-head
  KernelWakeIgnoresNr,      // kernel.wake-ignores-nr
  KernelWakeAllStops,       // kernel.wake-all-stops
  KernelCountsPlainWakes,   // kernel.counts-plain-wakes
  KernelCountsFailedWakes,  // kernel.counts-failed-wakes
  KernelWakeIgnoresMode,    // kernel.wake-ignores-mode
  KernelWakeIsKept,         // kernel.wake-is-kept
  KernelPrepareKeepsState,  // kernel.prepare-keeps-state
  KernelAutoremoveKeeps,    // kernel.autoremove-keeps
  KernelAutoremoveAlways,   // kernel.autoremove-always
  // wait_queue
  WaitQueueDefaultRemoves,       // wait_queue.default-removes
  WaitQueueFinishKeepsState,     // wait_queue.finish-keeps-state
  WaitQueueFinishKeepsEntry,     // wait_queue.finish-keeps-entry
  WaitQueueScheduleIgnoresWake,  // wait_queue.schedule-ignores-wake
  WaitQueueTimeoutSaysLeft,      // wait_queue.timeout-says-left
  WaitQueueActiveSeesNobody,     // wait_queue.active-sees-nobody
  // libc
  LibcCancellation,  // libc.cancellation = pc-range | async-window | musl
  // cancellation
  CancelDropsDisabledRequest,  // cancellation.drops-disabled-request
  CancelIgnoresDisable,        // cancellation.ignores-disable
  CancelEnableActs,            // cancellation.enable-acts
  CancelActsAnywhere,          // cancellation.acts-anywhere
  CancelNeverAsync,            // cancellation.never-async
  CancelTypeDoesNotLook,       // cancellation.type-does-not-look
  CancelSendsNoSignal,         // cancellation.sends-no-signal
  CancelPointsDoNotLook,       // cancellation.points-do-not-look
  CancelEintrGoesOn,           // cancellation.eintr-goes-on
  CancelLockIsAPoint,          // cancellation.lock-is-a-point
  CancelSelfActs,              // cancellation.self-acts
  CancelEndedIsEsrch,          // cancellation.ended-is-esrch
  CancelMaskedIsDisabled,      // cancellation.masked-is-disabled
  CancelSentToEverybody,       // cancellation.sent-to-everybody
  CancelSentToDisabled,        // cancellation.sent-to-disabled
  CancelCleanupIsCancelled,    // cancellation.cleanup-is-cancelled
  // signal
  SignalForgetsFlag,               // signal.forgets-flag
  SignalBlockedIsLost,             // signal.blocked-is-lost
  SignalSecondIsKept,              // signal.second-is-kept
  SignalThreadIsProcess,           // signal.thread-is-process
  SignalAsksBlockers,              // signal.asks-blockers
  SignalPrefersFirst,              // signal.prefers-first
  SignalProcessFirst,              // signal.process-first
  SignalHighestFirst,              // signal.highest-first
  SignalHandlerBlocksAll,          // signal.handler-blocks-all
  SignalMaskStays,                 // signal.mask-stays
  SignalHandlerKeepsTemporary,     // signal.handler-keeps-temporary
  SignalSigsuspendIgnoresMask,     // signal.sigsuspend-ignores-mask
  SignalPauseRestarts,             // signal.pause-restarts
  SignalNoRetarget,                // signal.no-retarget
  SignalRestartsAlways,            // signal.restarts-always
  SignalNeverRestarts,             // signal.never-restarts
  SignalNoHandlerIsEintr,          // signal.no-handler-is-eintr
  SignalSigwaitMissesPending,      // signal.sigwait-misses-pending
  SignalSigwaitStaysBlocked,       // signal.sigwait-stays-blocked
  SignalSigwaitIsInterrupted,      // signal.sigwait-is-interrupted
  SignalSigtimedwaitRestarts,      // signal.sigtimedwait-restarts
  SignalSigtimedwaitZeroSleeps,    // signal.sigtimedwait-zero-sleeps
  SignalKillOfEndedIsFine,         // signal.kill-of-ended-is-fine
  SignalTakesAnySignal,            // signal.takes-any-signal
  SignalZeroIsEinval,              // signal.zero-is-einval
  SignalSigpendingForgetsProcess,  // signal.sigpending-forgets-process
  SignalBlockReplaces,             // signal.block-replaces
  SignalUnblockOpensAll,           // signal.unblock-opens-all
  SignalSetmaskAdds,               // signal.setmask-adds
  SignalTakesAnyHow,               // signal.takes-any-how
  // signalfd
  SignalfdNotNotified,         // signalfd.not-notified
  SignalfdLooksBeforeLinking,  // signalfd.looks-before-linking
  // futex
  FutexCompareOutsideLock,      // futex.compare-outside-lock
  FutexNoCompare,               // futex.no-compare
  FutexRequeueCountsLate,       // futex.requeue-counts-late
  FutexWakeLifo,                // futex.wake-lifo
  FutexWakeDropsSecond,         // futex.wake-drops-second
  FutexWakeBeforeUnlink,        // futex.wake-before-unlink
  FutexTimeoutBeatsWake,        // futex.timeout-beats-wake
  FutexSleepApart,              // futex.sleep-apart
  FutexWakesAll,                // futex.wakes-all
  FutexZeroWakesNobody,         // futex.zero-wakes-nobody
  FutexResultIsZero,            // futex.result-is-zero
  FutexIgnoresBitset,           // futex.ignores-bitset
  FutexPlainWakeTakesOneBit,    // futex.plain-wake-takes-one-bit
  FutexTakesEmptyBitset,        // futex.takes-empty-bitset
  FutexSpuriousReturns,         // futex.spurious-returns
  FutexTimeoutIsSuccess,        // futex.timeout-is-success
  FutexSignalBeatsWake,         // futex.signal-beats-wake
  FutexZeroTimeoutSleeps,       // futex.zero-timeout-sleeps
  FutexTakesNegativeTimeout,    // futex.takes-negative-timeout
  FutexComparesFirst,           // futex.compares-first
  FutexBitsetTimeoutRelative,   // futex.bitset-timeout-relative
  FutexWakesUnderLock,          // futex.wakes-under-lock
  FutexRequeueMovesFirst,       // futex.requeue-moves-first
  FutexRequeueMovesAll,         // futex.requeue-moves-all
  FutexRequeueWakesAll,         // futex.requeue-wakes-all
  FutexRequeueCountsWoken,      // futex.requeue-counts-woken
  FutexRequeueToHead,           // futex.requeue-to-head
  FutexRequeueMovesNobody,      // futex.requeue-moves-nobody
  FutexRequeueOntoItselfMoves,  // futex.requeue-onto-itself-moves
  FutexCmpRequeueNoCompare,     // futex.cmp-requeue-no-compare
  FutexRequeueTakesNegative,    // futex.requeue-takes-negative
  FutexWakeOpAlwaysSets,        // futex.wake-op-always-sets
  FutexWakeOpNoShift,           // futex.wake-op-no-shift
  FutexWakeOpUnsignedOperand,   // futex.wake-op-unsigned-operand
  FutexWakeOpAlwaysEqual,       // futex.wake-op-always-equal
  FutexWakeOpComparesNew,       // futex.wake-op-compares-new
  FutexWakeOpComparesUnsigned,  // futex.wake-op-compares-unsigned
  FutexWakeOpWakesBoth,         // futex.wake-op-wakes-both
  FutexWakeOpTakesAnyOp,        // futex.wake-op-takes-any-op
  FutexWakeOpChecksCmpFirst,    // futex.wake-op-checks-cmp-first
  FutexWaitvLowestIndex,        // futex.waitv-lowest-index
  FutexWaitvMismatchBeatsWake,  // futex.waitv-mismatch-beats-wake
  FutexWaitvComparesFirst,      // futex.waitv-compares-first
  FutexWaitvTakesNothing,       // futex.waitv-takes-nothing
  FutexWaitvTimeoutBeatsWake,   // futex.waitv-timeout-beats-wake
  FutexNeverRestarts,           // futex.never-restarts
  FutexTimeoutRestarts,         // futex.timeout-restarts
  // eventfd
  EventfdWriteWakesNobody,   // eventfd.write-wakes-nobody
  EventfdReadWakesNobody,    // eventfd.read-wakes-nobody
  EventfdCheckOutsideLock,   // eventfd.check-outside-lock
  EventfdSignalFirst,        // eventfd.signal-first
  EventfdNonblockSleeps,     // eventfd.nonblock-sleeps
  EventfdTakesShortReads,    // eventfd.takes-short-reads
  EventfdTakesOtherSizes,    // eventfd.takes-other-sizes
  EventfdTakesMaximum,       // eventfd.takes-maximum
  EventfdOverflows,          // eventfd.overflows
  EventfdWriteOverwrites,    // eventfd.write-overwrites
  EventfdReadTakesOne,       // eventfd.read-takes-one
  EventfdSemaphoreTakesAll,  // eventfd.semaphore-takes-all
  EventfdZeroWakesNobody,    // eventfd.zero-wakes-nobody
  EventfdReadWakesIfFull,    // eventfd.read-wakes-if-full
  EventfdWaitsExclusive,     // eventfd.waits-exclusive
  EventfdWaitsAtHead,        // eventfd.waits-at-head
  EventfdSleepersLookAtKey,  // eventfd.sleepers-look-at-key
  EventfdWokenReturns,       // eventfd.woken-returns
  EventfdPollForgetsIn,      // eventfd.poll-forgets-in
  EventfdPollOutWhenFull,    // eventfd.poll-out-when-full
  EventfdPollForgetsErr,     // eventfd.poll-forgets-err
  EventfdSignalWraps,        // eventfd.signal-wraps
  EventfdSignalDropsMask,    // eventfd.signal-drops-mask
  EventfdStartsAtZero,       // eventfd.starts-at-zero
  EventfdTakesAnyFlag,       // eventfd.takes-any-flag
  // futex_fd
  FutexFdWakesNobody,       // futex_fd.wakes-nobody
  FutexFdPollForgetsIn,     // futex_fd.poll-forgets-in
  FutexFdDoesNotCount,      // futex_fd.does-not-count
  FutexFdCloseStaysQueued,  // futex_fd.close-stays-queued
  FutexFdSendsNoSignal,     // futex_fd.sends-no-signal
  FutexFdSignalsThread,     // futex_fd.signals-thread
  FutexFdTakesAnySignal,    // futex_fd.takes-any-signal
  // file
  FileBadNumberIsEinval,       // file.bad-number-is-einval
  FileWrongDirectionIsEinval,  // file.wrong-direction-is-einval
  FileCloseDoesNothing,        // file.close-does-nothing
  FileHighestNumber,           // file.highest-number
  FileFullTableIsEnfile,       // file.full-table-is-enfile
  FileCallsHoldNothing,        // file.calls-hold-nothing
  FileReleasesEarly,           // file.releases-early
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
  // pollfs
  PollfsFutexComparesApart,  // pollfs.futex-compares-apart
  PollfsFutexStaysFired,     // pollfs.futex-stays-fired
  PollfsPollForgetsIn,       // pollfs.poll-forgets-in
  PollfsNonblockSleeps,      // pollfs.nonblock-sleeps
  PollfsTakesShortReads,     // pollfs.takes-short-reads
  PollfsAioTellsNobody,      // pollfs.aio-tells-nobody
  // poll
  PollClearsTriggeredLate,       // poll.clears-triggered-late
  PollChecksBeforeLinking,       // poll.checks-before-linking
  PollNoTriggered,               // poll.no-triggered
  PollRestarts,                  // poll.restarts
  PollTrustsWakes,               // poll.trusts-wakes
  PollNoPassAfterTimeout,        // poll.no-pass-after-timeout
  PollZeroTimeoutSleeps,         // poll.zero-timeout-sleeps
  PollNegativeTimeoutIsZero,     // poll.negative-timeout-is-zero
  PollTakesNegativeTimespec,     // poll.takes-negative-timespec
  PollStopsAtFirstReady,         // poll.stops-at-first-ready
  PollArrayBackwards,            // poll.array-backwards
  PollSelectBackwards,           // poll.select-backwards
  PollLooksUpOnce,               // poll.looks-up-once
  PollNegativeIsClosed,          // poll.negative-is-closed
  PollNvalNotCounted,            // poll.nval-not-counted
  PollErrHupIfAsked,             // poll.err-hup-if-asked
  PollCountsBits,                // poll.counts-bits
  PollNoMethodIsNotReady,        // poll.no-method-is-not-ready
  PollSelectSkipsCheck,          // poll.select-skips-check
  PollSelectCountsDescriptors,   // poll.select-counts-descriptors
  PollSelectNvalIsNothing,       // poll.select-nval-is-nothing
  PollSelectHupNotReadable,      // poll.select-hup-not-readable
  PollSelectHupIsWritable,       // poll.select-hup-is-writable
  PollSelectErrNotReadable,      // poll.select-err-not-readable
  PollSelectErrIsExceptional,    // poll.select-err-is-exceptional
  PollIgnoresKey,                // poll.ignores-key
  PollNeedsKey,                  // poll.needs-key
  PollLinksExclusive,            // poll.links-exclusive
  PollLinksAtTail,               // poll.links-at-tail
  PollSignalFirst,               // poll.signal-first
  PollZeroTimeoutIgnoresSignal,  // poll.zero-timeout-ignores-signal
  PollIgnoresSigmask,            // poll.ignores-sigmask
  PollKeepsSigmask,              // poll.keeps-sigmask
  PollTimeoutIsAnError,          // poll.timeout-is-an-error
  // pipe
  PipeCloseWakesOne,          // pipe.close-wakes-one
  PipeNoHandOff,              // pipe.no-hand-off
  PipeSwallowsWake,           // pipe.interrupted-swallows-wake
  PipeWaits,                  // pipe.waits = exclusive | all (before 5.6)
  PipePollUsage,              // pipe.poll-usage = on | off (between 5.5 and 5.14)
  PipeReadStopsAtPage,        // pipe.read-stops-at-page
  PipeNoEndOfFile,            // pipe.no-end-of-file
  PipeNonblockSleeps,         // pipe.nonblock-sleeps
  PipeLooksBeforeLinking,     // pipe.looks-before-linking
  PipeWokenReturns,           // pipe.woken-returns
  PipeWriteWakesNobody,       // pipe.write-wakes-nobody
  PipeReadWakesNobody,        // pipe.read-wakes-nobody
  PipeEveryWriteWakes,        // pipe.every-write-wakes
  PipeEveryReadWakes,         // pipe.every-read-wakes
  PipeFullWriterTellsNobody,  // pipe.full-writer-tells-nobody
  PipeNeverMerges,            // pipe.never-merges
  PipeMergeForgetsOffset,     // pipe.merge-forgets-offset
  PipeSplitsSmallWrites,      // pipe.splits-small-writes
  PipeLongWriteWhole,         // pipe.long-write-whole-or-not
  PipeBlockingWritePartial,   // pipe.blocking-write-partial
  PipeNoEpipe,                // pipe.no-epipe
  PipeNoSigpipe,              // pipe.no-sigpipe
  PipeEpipeBeatsCount,        // pipe.epipe-beats-count
  PipePollForgetsIn,          // pipe.poll-forgets-in
  PipePollForgetsOut,         // pipe.poll-forgets-out
  PipePollForgetsHup,         // pipe.poll-forgets-hup
  PipePollForgetsErr,         // pipe.poll-forgets-err
  PipeHangupIsReadable,       // pipe.hangup-is-readable
  PipeLooksAtWritersFirst,    // pipe.looks-at-writers-first
  PipeSignalFirst,            // pipe.signal-first
  PipeCapacityNotRounded,     // pipe.capacity-not-rounded
  // socket
  SocketFamily,                     // socket.family = unix | tcp (the end of a connection)
  SocketAcceptWaits,                // socket.accept-waits = exclusive | all
  SocketDataReadyWakesNobody,       // socket.data-ready-wakes-nobody
  SocketWakesBeforeAppend,          // socket.wakes-before-append
  SocketReadWakesNobody,            // socket.read-wakes-nobody
  SocketAcceptWakesNobody,          // socket.accept-wakes-nobody
  SocketShutdownWakesNobody,        // socket.shutdown-wakes-nobody
  SocketStateChangeWakesOne,        // socket.state-change-wakes-one
  SocketShutdownConnectors,         // socket.shutdown-wakes-connectors = no | yes
  SocketEofOnce,                    // socket.eof-once
  SocketLooksBeforeLinking,         // socket.looks-before-linking
  SocketNoEpipe,                    // socket.no-epipe
  SocketNoSigpipe,                  // socket.no-sigpipe
  SocketNosignalSignals,            // socket.nosignal-signals
  SocketSigpipeAfterPart,           // socket.sigpipe-after-part
  SocketErrorBeatsCount,            // socket.error-beats-count
  SocketUnconnectedSendIsEpipe,     // socket.unconnected-send-is-epipe
  SocketNonblockSleeps,             // socket.nonblock-sleeps
  SocketChargesPages,               // socket.charges-pages
  SocketWakesAtRoom,                // socket.wakes-at-room
  SocketBlockingSendPartial,        // socket.blocking-send-partial
  SocketOneWakeASend,               // socket.one-wake-a-send
  SocketNeverRestarts,              // socket.never-restarts
  SocketShutRdIsLocal,              // socket.shut-rd-is-local
  SocketEpipeBeforeError,           // socket.epipe-before-error
  SocketEofDropsData,               // socket.eof-drops-data
  SocketErrorStays,                 // socket.error-stays
  SocketCloseNeverResets,           // socket.close-never-resets
  SocketShutWrIsLocal,              // socket.shut-wr-is-local
  SocketRecvWaitsForAll,            // socket.recv-waits-for-all
  SocketIgnoresWaitall,             // socket.ignores-waitall
  SocketWokenReturns,               // socket.woken-returns
  SocketReceiversExclusive,         // socket.receivers-exclusive
  SocketUnconnectedRecvIsEnotconn,  // socket.unconnected-recv-is-enotconn
  SocketEventFirst,                 // socket.event-first
  SocketFullBacklogIsEagain,        // socket.full-backlog-is-eagain
  SocketBacklogIsExact,             // socket.backlog-is-exact
  SocketShutListenerAccepts,        // socket.shut-listener-accepts
  SocketConnectedIsEinval,          // socket.connected-is-einval
  SocketAcceptIgnoresShutdown,      // socket.accept-ignores-shutdown
  SocketCloseForgetsEmbryos,        // socket.close-forgets-embryos
  SocketCloseWakesNoConnector,      // socket.close-wakes-no-connector
  SocketConnectHandsOn,             // socket.connect-hands-on
  SocketAcceptsLatest,              // socket.accepts-latest
  SocketPollForgetsIn,              // socket.poll-forgets-in
  SocketPollForgetsOut,             // socket.poll-forgets-out
  SocketPollForgetsErr,             // socket.poll-forgets-err
  SocketPollForgetsRdhup,           // socket.poll-forgets-rdhup
  SocketEndIsNotReadable,           // socket.end-is-not-readable
  SocketHalfClosedIsHup,            // socket.half-closed-is-hup
  SocketPollForgetsHup,             // socket.poll-forgets-hup
  SocketUnconnectedIsQuiet,         // socket.unconnected-is-quiet
  SocketPollOutWithRoom,            // socket.poll-out-with-room
  SocketClosedIsNotWritable,        // socket.closed-is-not-writable
  SocketStateChangeHasKey,          // socket.state-change-has-key
  SocketDataReadyHasNoKey,          // socket.data-ready-has-no-key
  SocketDataReadyIfEmpty,           // socket.data-ready-if-empty
  SocketWriteSpaceIfFull,           // socket.write-space-if-full
  SocketShutRdKeepsReading,         // socket.shut-rd-keeps-reading
  SocketCloseIsHalf,                // socket.close-is-half
  SocketCloseWakesNobody,           // socket.close-wakes-nobody
  SocketSleepsWithIolock,           // socket.sleeps-with-iolock
  SocketTcpSendNoticesFin,          // socket.tcp-send-notices-fin
  SocketTcpCloseShutsBoth,          // socket.tcp-close-shuts-both
  SocketTcpShutRdIsTold,            // socket.tcp-shut-rd-is-told
  SocketTcpFinsLeaveOpen,           // socket.tcp-fins-leave-open
  SocketTcpNoRst,                   // socket.tcp-no-rst
  SocketTcpShutIsNotWritable,       // socket.tcp-shut-is-not-writable
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
  EpollIgnoresKey,             // epoll.ignores-key
  EpollNeedsKey,               // epoll.needs-key
  EpollRequeuesAtTail,         // epoll.requeues-at-tail
  EpollCallbackWakesNobody,    // epoll.callback-wakes-nobody
  EpollCallbackTellsNoPoller,  // epoll.callback-tells-no-poller
  EpollExclusiveAbsorbs,       // epoll.exclusive-absorbs
  EpollExclusiveNeverCounts,   // epoll.exclusive-never-counts
  EpollAddsAtTail,             // epoll.adds-at-tail
  EpollExclusiveAtHead,        // epoll.exclusive-at-head
  EpollBadNumberIsEinval,      // epoll.bad-number-is-einval
  EpollOtherFileIsEbadf,       // epoll.other-file-is-ebadf
  EpollNoPollIsEinval,         // epoll.no-poll-is-einval
  EpollItselfIsEloop,          // epoll.itself-is-eloop
  EpollEinvalBeforeEperm,      // epoll.einval-before-eperm
  EpollTakesNullEvent,         // epoll.takes-null-event
  EpollExclusiveMod,           // epoll.exclusive-mod
  EpollModifiesExclusive,      // epoll.modifies-exclusive
  EpollExclusiveTakesEpolls,   // epoll.exclusive-takes-epolls
  EpollExclusiveTakesAnyBit,   // epoll.exclusive-takes-any-bit
  EpollEloopIsEinval,          // epoll.eloop-is-einval
  EpollNestsLess,              // epoll.nests-less
  EpollAddChanges,             // epoll.add-changes
  EpollModAdds,                // epoll.mod-adds
  EpollDelOfNothing,           // epoll.del-of-nothing
  EpollUnknownOpIsFine,        // epoll.unknown-op-is-fine
  EpollKeyedByFile,            // epoll.keyed-by-file
  EpollKeyedByNumber,          // epoll.keyed-by-number
  EpollErrHupIfAsked,          // epoll.err-hup-if-asked
  EpollAddLooksFirst,          // epoll.add-looks-first
  EpollModKeepsData,           // epoll.mod-keeps-data
  EpollDelDoesNothing,         // epoll.del-does-nothing
  EpollCtlWakesNobody,         // epoll.ctl-wakes-nobody
  EpollCtlTellsNoPoller,       // epoll.ctl-tells-no-poller
  EpollCreateTakesAnyFlag,     // epoll.create-takes-any-flag
  EpollCreateTakesAnySize,     // epoll.create-takes-any-size
  EpollScanHidesEvents,        // epoll.scan-hides-events
  EpollRestGoesBehind,         // epoll.rest-goes-behind
  EpollLevelToHead,            // epoll.level-to-head
  EpollOverflowNewestFirst,    // epoll.overflow-newest-first
  EpollRequeueTellsPollers,    // epoll.requeue-tells-pollers
  EpollOneshotStaysArmed,      // epoll.oneshot-stays-armed
  EpollOneshotKeepsHup,        // epoll.oneshot-keeps-hup
  EpollEdgeRequeued,           // epoll.edge-requeued
  EpollReportsAllBits,         // epoll.reports-all-bits
  EpollSleepersNotExclusive,   // epoll.sleepers-not-exclusive
  EpollQueuesWithoutLook,      // epoll.queues-without-look
  EpollWokenReturns,           // epoll.woken-returns
  EpollSignalFirst,            // epoll.signal-first
  EpollZeroTimeoutEintr,       // epoll.zero-timeout-eintr
  EpollZeroTimeoutSleeps,      // epoll.zero-timeout-sleeps
  EpollNegativeTimeoutIsZero,  // epoll.negative-timeout-is-zero
  EpollTakesNegativeTimespec,  // epoll.takes-negative-timespec
  EpollTakesNoRoom,            // epoll.takes-no-room
  EpollOneEventACall,          // epoll.one-event-a-call
  EpollRestarts,               // epoll.restarts
  EpollPwaitIgnoresMask,       // epoll.pwait-ignores-mask
  EpollPwaitKeepsMask,         // epoll.pwait-keeps-mask
  EpollWaitHoldsNothing,       // epoll.wait-holds-nothing
  EpollPollUsesUpEdges,        // epoll.poll-uses-up-edges
  EpollPollTrustsList,         // epoll.poll-trusts-list
  EpollCloseKeepsItems,        // epoll.close-keeps-items
  // kqueue
  KqueueOverflowDrops,         // kqueue.overflow-drops
  KqueueTrustsQueue,           // kqueue.trusts-queue
  KqueueAddDoesNotLook,        // kqueue.add-does-not-look
  KqueueClearStaysQueued,      // kqueue.clear-stays-queued
  KqueueClearKeepsTrigger,     // kqueue.clear-keeps-trigger
  KqueueLevelNotRequeued,      // kqueue.level-not-requeued
  KqueueOneshotStays,          // kqueue.oneshot-stays
  KqueueDispatchStaysEnabled,  // kqueue.dispatch-stays-enabled
  KqueueReportsDisabled,       // kqueue.reports-disabled
  KqueueEnableForgetsActive,   // kqueue.enable-forgets-active
  KqueueWakesNobody,           // kqueue.wakes-nobody
  KqueueWakesOne,              // kqueue.wakes-one
  KqueueTellsNoPoller,         // kqueue.tells-no-poller
  KqueueKeyedByIdent,          // kqueue.keyed-by-ident
  KqueueDeleteDoesNothing,     // kqueue.delete-does-nothing
  KqueueCloseKeepsKnotes,      // kqueue.close-keeps-knotes
  KqueueForgetsErrors,         // kqueue.forgets-errors
  KqueueChangesNothing,        // kqueue.changes-nothing
  KqueueBadIdentIsEnoent,      // kqueue.bad-ident-is-enoent
  KqueueOtherFileIsEinval,     // kqueue.other-file-is-einval
  KqueueRestarts,              // kqueue.restarts
  KqueueChangesAreCancelled,   // kqueue.changes-are-cancelled
  KqueueTimeoutIsAnError,      // kqueue.timeout-is-an-error
  KqueueZeroTimeoutSleeps,     // kqueue.zero-timeout-sleeps
  Count,
};

constexpr SwitchId id(Switch value) { return static_cast<SwitchId>(value); }

// The row of a bug, off or on, that breaks one rule of the kernel (docs/rules.md) and that no
// kernel had.
SwitchRow planted_mistake(Switch which, std::string_view name, std::string_view about);

}  // namespace wakesim
