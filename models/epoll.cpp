#include "models/epoll.h"

#include "models/epoll_calls.h"
#include "models/epoll_state.h"
#include "models/switches.h"

namespace wakesim {
namespace {

SwitchRow flag(Switch which, std::string_view name, std::string_view about,
               std::string_view source) {
  SwitchRow row;
  row.id = id(which);
  row.name = name;
  row.values = {"off", "on"};
  row.about = about;
  row.source = source;
  return row;
}

SwitchRow bug(Switch which, std::string_view name, std::string_view about,
              std::string_view source) {
  SwitchRow row = flag(which, name, about, source);
  row.is_bug = true;
  return row;
}

std::vector<SwitchRow> switches() {
  return {
      flag(Switch::EpollReadySeqcount, "epoll.ready-seqcount",
           "The look without the lock is one step: it does not fall into the switch of lists.",
           "commit 0c4aefe3c2d0 \"eventpoll: Fix epoll_wait() report false negative\", after 6.18"),
      bug(Switch::EpollWakeKeepsEntry, "epoll.wake-keeps-entry",
          "A wake leaves the sleeper's entry queued, so the next wake meets the same sleeper, and "
          "the end of a scan wakes nobody who could make up for it.",
          "between commits 339ddb53d373 and 412895f03cbf, Linux 5.6"),
      bug(Switch::EpollNoLookAfterTimeout, "epoll.no-look-after-timeout",
          "A waiter whose time is over returns without asking whether it was woken as well.",
          "before commit 289caf5d8f6c, Linux 5.11"),
      bug(Switch::EpollDoneWakesNobody, "epoll.done-wakes-nobody",
          "The end of a scan wakes nobody, though items are left on the ready list.",
          "between commits 339ddb53d373 and 7fab29e35630, Linux 5.6 to 5.11"),
      bug(Switch::EpollExclusiveAlwaysCounts, "epoll.exclusive-always-counts",
          "A wake stops at an EXCLUSIVE item whatever it is for.",
          "before commit b6a515c8a0f6, Linux 4.5-rc"),
      bug(Switch::EpollLatchEdges, "epoll.latch-edges",
          "An edge is reported as it came, without asking the file again.",
          "emulations of epoll that keep a flag for each edge"),
      planted_mistake(Switch::EpollForgetsOverflow, "epoll.forgets-overflow",
                      "Events that came during a scan are dropped at its end."),
      planted_mistake(Switch::EpollScanDropsEvents, "epoll.scan-drops-events",
                      "A callback during a scan drops its event: there is no overflow list."),
      planted_mistake(Switch::EpollSleepersFifo, "epoll.sleepers-fifo",
                      "Sleepers queue at the tail: the oldest is woken, not the latest."),
      planted_mistake(Switch::EpollModStoresLate, "epoll.mod-stores-late",
                      "MOD looks at the file first and stores the mask then."),
      planted_mistake(Switch::EpollModDoesNotLook, "epoll.mod-does-not-look",
                      "MOD stores the mask and does not look at the file."),
      planted_mistake(Switch::EpollAddDoesNotLook, "epoll.add-does-not-look",
                      "ADD does not look at the file: what is ready already is not reported."),
      planted_mistake(Switch::EpollLevelNotRequeued, "epoll.level-not-requeued",
                      "A level-triggered item that was reported leaves the ready list."),
      planted_mistake(Switch::EpollIgnoresKey, "epoll.ignores-key",
                      "A wake queues the item whatever the wake is for."),
      planted_mistake(Switch::EpollNeedsKey, "epoll.needs-key",
                      "A wake without a key is for no item."),
      planted_mistake(Switch::EpollRequeuesAtTail, "epoll.requeues-at-tail",
                      "An event of an item that is on the ready list moves it to the end."),
      planted_mistake(Switch::EpollCallbackWakesNobody, "epoll.callback-wakes-nobody",
                      "An event queues its item and wakes no sleeper."),
      planted_mistake(Switch::EpollCallbackTellsNoPoller, "epoll.callback-tells-no-poller",
                      "An event does not wake who polls the epoll."),
      planted_mistake(Switch::EpollExclusiveAbsorbs, "epoll.exclusive-absorbs",
                      "A wake stops at an EXCLUSIVE item whose epoll nobody sleeps on."),
      planted_mistake(Switch::EpollExclusiveNeverCounts, "epoll.exclusive-never-counts",
                      "A wake goes on behind an EXCLUSIVE item that woke somebody."),
      planted_mistake(Switch::EpollAddsAtTail, "epoll.adds-at-tail",
                      "Items that are not EXCLUSIVE queue at the tail."),
      planted_mistake(Switch::EpollExclusiveAtHead, "epoll.exclusive-at-head",
                      "EXCLUSIVE items queue at the head: the latest is woken first."),
      planted_mistake(Switch::EpollBadNumberIsEinval, "epoll.bad-number-is-einval",
                      "A number that is not open gives EINVAL."),
      planted_mistake(Switch::EpollOtherFileIsEbadf, "epoll.other-file-is-ebadf",
                      "A descriptor that is no epoll gives EBADF."),
      planted_mistake(Switch::EpollNoPollIsEinval, "epoll.no-poll-is-einval",
                      "A file without a poll method gives EINVAL."),
      planted_mistake(Switch::EpollItselfIsEloop, "epoll.itself-is-eloop",
                      "An epoll that is to watch itself gives ELOOP."),
      planted_mistake(Switch::EpollEinvalBeforeEperm, "epoll.einval-before-eperm",
                      "That epfd is no epoll is found before that fd cannot be polled."),
      planted_mistake(Switch::EpollTakesNullEvent, "epoll.takes-null-event",
                      "ADD and MOD without an event watch for nothing."),
      planted_mistake(Switch::EpollExclusiveMod, "epoll.exclusive-mod", "MOD takes EXCLUSIVE."),
      planted_mistake(Switch::EpollModifiesExclusive, "epoll.modifies-exclusive",
                      "MOD changes EXCLUSIVE items."),
      planted_mistake(Switch::EpollExclusiveTakesEpolls, "epoll.exclusive-takes-epolls",
                      "An epoll can be watched with EXCLUSIVE."),
      planted_mistake(Switch::EpollExclusiveTakesAnyBit, "epoll.exclusive-takes-any-bit",
                      "EXCLUSIVE goes with every other bit."),
      planted_mistake(Switch::EpollEloopIsEinval, "epoll.eloop-is-einval",
                      "A circle of epolls gives EINVAL."),
      planted_mistake(Switch::EpollNestsLess, "epoll.nests-less",
                      "A chain of five epolls is too long."),
      planted_mistake(Switch::EpollAddChanges, "epoll.add-changes",
                      "ADD of an item that is there changes it."),
      planted_mistake(Switch::EpollModAdds, "epoll.mod-adds",
                      "MOD of an item that is not there adds it."),
      planted_mistake(Switch::EpollDelOfNothing, "epoll.del-of-nothing",
                      "DEL of an item that is not there returns 0."),
      planted_mistake(Switch::EpollUnknownOpIsFine, "epoll.unknown-op-is-fine",
                      "An unknown operation does nothing and returns 0."),
      planted_mistake(Switch::EpollKeyedByFile, "epoll.keyed-by-file",
                      "An epoll has one item for a file, whatever the number."),
      planted_mistake(Switch::EpollKeyedByNumber, "epoll.keyed-by-number",
                      "An epoll has one item for a number, whatever the file."),
      planted_mistake(Switch::EpollErrHupIfAsked, "epoll.err-hup-if-asked",
                      "ERR and HUP are reported only if they are asked for."),
      planted_mistake(Switch::EpollAddLooksFirst, "epoll.add-looks-first",
                      "ADD looks at the file before it queues the item's entry."),
      planted_mistake(Switch::EpollModKeepsData, "epoll.mod-keeps-data",
                      "MOD changes the mask and keeps the data."),
      planted_mistake(Switch::EpollDelDoesNothing, "epoll.del-does-nothing",
                      "DEL returns 0 and leaves the item."),
      planted_mistake(Switch::EpollCtlWakesNobody, "epoll.ctl-wakes-nobody",
                      "ADD and MOD of a ready descriptor wake no sleeper."),
      planted_mistake(Switch::EpollCtlTellsNoPoller, "epoll.ctl-tells-no-poller",
                      "ADD and MOD of a ready descriptor do not wake who polls the epoll."),
      planted_mistake(Switch::EpollCreateTakesAnyFlag, "epoll.create-takes-any-flag",
                      "epoll_create1() takes flags that it does not know."),
      planted_mistake(Switch::EpollCreateTakesAnySize, "epoll.create-takes-any-size",
                      "epoll_create() takes sizes of 0 and less."),
      planted_mistake(Switch::EpollScanHidesEvents, "epoll.scan-hides-events",
                      "While one thread scans, others find the epoll empty."),
      planted_mistake(Switch::EpollRestGoesBehind, "epoll.rest-goes-behind",
                      "What a scan had no room for goes to the end of the ready list."),
      planted_mistake(Switch::EpollLevelToHead, "epoll.level-to-head",
                      "A level-triggered item that was reported goes to the head of the list."),
      planted_mistake(Switch::EpollOverflowNewestFirst, "epoll.overflow-newest-first",
                      "Events that came during a scan are reported newest first."),
      planted_mistake(
          Switch::EpollRequeueTellsPollers, "epoll.requeue-tells-pollers",
          "A level-triggered item that goes back to the list wakes who polls the epoll."),
      planted_mistake(Switch::EpollOneshotStaysArmed, "epoll.oneshot-stays-armed",
                      "A ONESHOT item is reported again."),
      planted_mistake(Switch::EpollOneshotKeepsHup, "epoll.oneshot-keeps-hup",
                      "A ONESHOT item that was reported still reports ERR and HUP."),
      planted_mistake(Switch::EpollEdgeRequeued, "epoll.edge-requeued",
                      "An edge-triggered item that was reported stays on the ready list."),
      planted_mistake(Switch::EpollReportsAllBits, "epoll.reports-all-bits",
                      "An event has bits that were not asked for."),
      planted_mistake(Switch::EpollSleepersNotExclusive, "epoll.sleepers-not-exclusive",
                      "An event wakes all sleepers."),
      planted_mistake(Switch::EpollQueuesWithoutLook, "epoll.queues-without-look",
                      "A waiter goes to sleep without a look under the lock."),
      planted_mistake(Switch::EpollWokenReturns, "epoll.woken-returns",
                      "A waiter that is woken and finds nothing returns 0."),
      planted_mistake(Switch::EpollSignalFirst, "epoll.signal-first",
                      "A waiter that wakes looks for signals before it looks for events."),
      planted_mistake(Switch::EpollZeroTimeoutEintr, "epoll.zero-timeout-eintr",
                      "A wait that does not sleep gives EINTR if there is a signal."),
      planted_mistake(Switch::EpollZeroTimeoutSleeps, "epoll.zero-timeout-sleeps",
                      "A timeout of 0 is none."),
      planted_mistake(Switch::EpollNegativeTimeoutIsZero, "epoll.negative-timeout-is-zero",
                      "A negative timeout of epoll_wait is 0, not for ever."),
      planted_mistake(Switch::EpollTakesNegativeTimespec, "epoll.takes-negative-timespec",
                      "A negative timeout of epoll_pwait2 is no error."),
      planted_mistake(Switch::EpollTakesNoRoom, "epoll.takes-no-room",
                      "maxevents may be 0: nothing is reported."),
      planted_mistake(Switch::EpollOneEventACall, "epoll.one-event-a-call",
                      "A wait reports one event, however much room there is."),
      planted_mistake(Switch::EpollRestarts, "epoll.restarts",
                      "SA_RESTART makes a wait that was interrupted again."),
      planted_mistake(Switch::EpollPwaitIgnoresMask, "epoll.pwait-ignores-mask",
                      "epoll_pwait() and epoll_pwait2() leave the mask as it is."),
      planted_mistake(Switch::EpollPwaitKeepsMask, "epoll.pwait-keeps-mask",
                      "epoll_pwait() and epoll_pwait2() leave their mask in force."),
      planted_mistake(Switch::EpollWaitHoldsNothing, "epoll.wait-holds-nothing",
                      "A wait in flight does not keep its epoll open."),
      planted_mistake(Switch::EpollPollUsesUpEdges, "epoll.poll-uses-up-edges",
                      "poll() of an epoll takes the edge that it found off the ready list."),
      planted_mistake(Switch::EpollPollTrustsList, "epoll.poll-trusts-list",
                      "poll() of an epoll does not ask the items on the ready list."),
      planted_mistake(Switch::EpollCloseKeepsItems, "epoll.close-keeps-items",
                      "A file that is closed for good stays in the epolls that watch it."),
  };
}

}  // namespace

ModelTable epoll_model() {
  ModelTable table;
  table.name = "epoll";
  table.about = "Items that are asked only after a wake, and the list of those that may be ready.";
  table.objects = {epoll::object_row()};
  table.calls = {epoll::create1_row(), epoll::create_row(), epoll::ctl_row(),
                 epoll::wait_row(),    epoll::pwait_row(),  epoll::pwait2_row()};
  table.constants = {{"ET", epoll::kEdge},
                     {"ONESHOT", epoll::kOneshot},
                     {"EXCLUSIVE", epoll::kExclusive},
                     {"WAKEUP", epoll::kWakeup},
                     {"EPOLL_CTL_ADD", 1},
                     {"EPOLL_CTL_DEL", 2},
                     {"EPOLL_CTL_MOD", 3},
                     {"EPOLL_CLOEXEC", file::kCloseOnExec}};
  table.switches = switches();
  return table;
}

}  // namespace wakesim
