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
              std::string_view source = "a planted mistake: no kernel had it") {
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
      bug(Switch::EpollForgetsOverflow, "epoll.forgets-overflow",
          "Events that came during a scan are dropped at its end."),
      bug(Switch::EpollScanDropsEvents, "epoll.scan-drops-events",
          "A callback during a scan drops its event: there is no overflow list."),
      bug(Switch::EpollSleepersFifo, "epoll.sleepers-fifo",
          "Sleepers queue at the tail: the oldest is woken, not the latest."),
      bug(Switch::EpollModStoresLate, "epoll.mod-stores-late",
          "MOD looks at the file first and stores the mask then."),
      bug(Switch::EpollModDoesNotLook, "epoll.mod-does-not-look",
          "MOD stores the mask and does not look at the file."),
      bug(Switch::EpollAddDoesNotLook, "epoll.add-does-not-look",
          "ADD does not look at the file: what is ready already is not reported."),
      bug(Switch::EpollLevelNotRequeued, "epoll.level-not-requeued",
          "A level-triggered item that was reported leaves the ready list."),
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
