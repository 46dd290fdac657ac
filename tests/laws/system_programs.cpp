#include "tests/laws/system_programs.h"

#include <initializer_list>
#include <string_view>
#include <vector>

#include "tests/oracle/generator.h"

namespace wakesim::laws {
namespace {

// What a program is about; `Everything` draws from all.
enum class Theme {
  Epoll,
  Socket,
  Timer,
  Signal,
  Signalfd,
  Cancel,
  Aio,
  Kqueue,
  FutexFd,
  Everything,
};
constexpr int kThemes = 10;

// The parts are made in the order in which they stand. The operands of `+` are not: with two draws
// among them the program would depend on the compiler.
std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

class Writer {
 public:
  explicit Writer(std::uint64_t seed)
      : seed_(seed), random_(seed ^ 0x5eedu), theme_(static_cast<Theme>(seed % kThemes)) {}

  std::string text() {
    const int threads = random_.chance(60) ? 2 : 3;
    std::string body = "threads:\n";
    for (thread_ = 0; thread_ < threads; ++thread_) body += thread(threads);
    std::string observe = "observe: [x";
    for (int t = 0; t < threads; ++t) {
      const std::string name = ", t" + std::to_string(t);
      observe += name + ".r";
      if (is(Theme::FutexFd)) observe += name + ".fd";
    }
    return joined({"wakesim: 1\nname: generated/system-", std::to_string(seed_),
                   "\nabout: generated\nmachine: { libc: ", libc(), " }\njudge: []\n", objects(),
                   body, observe, "]\n"});
  }

 private:
  bool is(Theme theme) const { return theme_ == theme || theme_ == Theme::Everything; }

  std::string draw(const std::vector<std::string>& from) {
    return from[static_cast<std::size_t>(random_.below(static_cast<int>(from.size())))];
  }

  std::string libc() {
    return theme_ == Theme::Cancel ? draw({"glibc-2.41", "glibc-2.40", "musl-1.2.5"})
                                   : "glibc-2.41";
  }

  // What is declared costs states, so only what the theme needs.
  std::string objects() {
    std::string text = "objects:\n  x: word(0)\n  efd: eventfd(0" +
                       std::string(random_.chance(50) ? ", EFD_NONBLOCK" : "") + ")\n";
    if (is(Theme::Socket) || theme_ == Theme::Kqueue) text += "  conn: socketpair\n";
    if (is(Theme::Timer)) text += "  tick: timerfd()\n";
    if (is(Theme::Signalfd)) text += "  sfd: signalfd(sigset(SIGUSR2))\n";
    if (is(Theme::Aio)) text += "  disk: aio_context(2)\n";
    if (is(Theme::Kqueue)) {
      text += "  kq: kqueue";
      if (random_.chance(90)) text += joined({"(watch(", draw_known(), draw_knote_flag(), "))"});
      text += "\n";
    }
    if (is(Theme::FutexFd)) text += "  pf: plfutex(x)\n";
    if (!watched().empty()) {
      text += "  ep: epoll";
      if (random_.chance(70)) text += joined({"(", draw(watched()), "=", draw_events(), ")"});
      text += "\n";
    }
    return text;
  }

  // What an epoll may watch; none where there is no epoll.
  std::vector<std::string> watched() const {
    switch (theme_) {
      case Theme::Epoll:
      case Theme::Aio:
        return {"efd"};
      case Theme::Timer:
        return {"efd", "tick"};
      case Theme::Signalfd:
        return {"sfd"};
      case Theme::Everything:
        return {"efd", "tick", "sfd"};
      case Theme::Socket:
      case Theme::Signal:
      case Theme::Cancel:
      case Theme::Kqueue:
      case Theme::FutexFd:
        return {};
    }
    return {};
  }

  std::string draw_events() { return draw({"IN", "IN", "IN|ET", "IN|ONESHOT"}); }

  // Ident and filter of a knote.
  std::string draw_known() {
    if (theme_ == Theme::Everything) return "efd, EVFILT_READ";
    return draw({"efd, EVFILT_READ", "conn[1], EVFILT_READ", "conn[1], EVFILT_WRITE"});
  }

  std::string draw_knote_flag() {
    return draw({"", "", "|EV_CLEAR", "|EV_ONESHOT", "|EV_DISPATCH"});
  }

  std::string thread(int threads) {
    std::string text = "  t" + std::to_string(thread_) + ":\n";
    if ((is(Theme::Signal) || random_.chance(20)) && random_.chance(70)) {
      text += joined({"    on SIGUSR1", draw({"", " restart"}), ":\n      - ",
                      draw({"fetch_add(x, 1)", "write(efd, 1)", "x = 2"}), "\n"});
    }
    text += "    run:\n      - r = -1\n";
    if (is(Theme::FutexFd)) text += "      - fd = -1\n";
    // Armed, or no wake would ever find whoever polls it.
    if (theme_ == Theme::FutexFd && thread_ == 0) text += "      - write(pf, 0)\n";
    const int lines = random_.between(1, threads == 2 ? 3 : 2);
    for (int i = 0; i < lines; ++i) text += line("      ", threads);
    return text;
  }

  std::string line(const std::string& indent, int threads) {
    if (is(Theme::Cancel) && random_.chance(25)) {
      return indent + "- try:\n" + indent + "    - " + call(threads) + "\n" + indent +
             "  cleanup:\n" + indent + "    - fetch_add(x, 4)\n";
    }
    return indent + "- " + call(threads) + "\n";
  }

  std::string other(int threads) { return "t" + std::to_string(random_.below(threads)); }

  std::string call(int threads) {
    std::vector<std::string> calls{"write(efd, 1)", "r = read(efd)"};
    const auto add = [&](std::vector<std::string> more) {
      calls.insert(calls.end(), more.begin(), more.end());
    };
    if (!watched().empty()) {
      const std::string target = draw(watched());
      add({joined({"epoll_ctl(ep, EPOLL_CTL_", draw({"ADD", "MOD"}), ", ", target, ", ",
                   draw_events(), ")"}),
           "epoll_ctl(ep, EPOLL_CTL_DEL, " + target + ")",
           "evs = epoll_wait(ep, maxevents=1" + draw({"", ", timeout=0", ", timeout=5ms"}) + ")",
           "evs = epoll_wait(ep, maxevents=1)", "r = poll(ep=IN, timeout=0)"});
    }
    if (is(Theme::Socket)) {
      add({"r = send(conn[0], 1)", "r = recv(conn[1], 1)", "shutdown(conn[0], SHUT_WR)",
           "close(conn[0])", "r = poll(watch(conn[1], IN))", "r = send(conn[1], 4000)"});
    }
    if (is(Theme::Timer)) {
      add({"timerfd_settime(tick, 1ms" + draw({"", ", 1ms"}) + ")", "timerfd_settime(tick, 0)",
           "r = read(tick)", "r = poll(tick=IN, timeout=" + draw({"inf", "1ms", "0"}) + ")",
           "sleep " + draw({"1ms", "2ms"}), "r = timerfd_gettime(tick)"});
    }
    if (is(Theme::Signal)) {
      add({"kill(" + other(threads) + ", SIGUSR1)", "kill(process, SIGUSR1)",
           "pthread_sigmask(" + draw({"SIG_BLOCK", "SIG_UNBLOCK"}) + ", sigset(SIGUSR1))",
           "r = sigtimedwait(sigset(SIGUSR1), timeout=0)",
           "r = poll(efd=IN, timeout=" + draw({"inf", "1ms"}) + ")", "r = futex_wait(x, 0)"});
    }
    if (is(Theme::Signalfd)) {
      add({"kill(" + other(threads) + ", SIGUSR2)", "kill(process, SIGUSR2)", "r = read(sfd)",
           "r = poll(sfd=IN)", "signalfd(sfd, sigset(SIGUSR1))"});
    }
    if (is(Theme::Cancel)) {
      add({"cancel(" + other(threads) + ")", "pthread_testcancel()",
           "pthread_setcancelstate(" + draw({"PTHREAD_CANCEL_DISABLE", "PTHREAD_CANCEL_ENABLE"}) +
               ")",
           "pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS)", "r = poll(efd=IN)",
           "fetch_add(x, 1)"});
    }
    if (is(Theme::Kqueue)) {
      const std::string wait = ", nevents=1" + draw({"", "", ", timeout=0", ", timeout=5ms"}) + ")";
      add({"evs = kevent(kq" + wait, "evs = kevent(kq" + wait,
           joined({"kevent(kq, change(", draw_known(), "|EV_ADD", draw_knote_flag(), "))"}),
           joined({"kevent(kq, change(", draw_known(), "|",
                   draw({"EV_DELETE", "EV_ENABLE", "EV_DISABLE"}), "))"}),
           "evs = kevent(kq, change(1, " + draw({"EV_ADD", "NOTE_TRIGGER"}) + "|EVFILT_USER)" +
               wait,
           "r = poll(kq=IN, timeout=" + draw({"inf", "0"}) + ")"});
      if (theme_ == Theme::Kqueue) {
        add({"r = send(conn[0], 1)", "r = recv(conn[1], 1)", "r = poll(watch(conn[1], IN))"});
      }
    }
    if (is(Theme::FutexFd)) {
      add({"fd = futex_fd(x)", "r = poll(watch(fd, IN), timeout=" + draw({"inf", "0"}) + ")",
           "close(fd)", "r = futex_wake(x, " + draw({"1", "2"}) + ")", "r = futex_wait(x, 0)",
           "fetch_add(x, 1)", "write(pf, 0)"});
      // Sleepers and their wake, so that there are walks.
      const std::string sleep = draw({"r = read(pf)", "r = poll(pf=IN)"});
      const std::string rouse = draw({"futex_wake(x, 2)", "write(efd, 1)", "r = read(efd)"});
      add({sleep, sleep, rouse, rouse, rouse});
    }
    if (is(Theme::Aio)) {
      add({"io_submit(disk, resfd=efd)", "io_submit(disk)",
           "r = io_getevents(disk, 1, 2, timeout=" + draw({"inf", "0", "5ms"}) + ")",
           "io_destroy(disk)"});
    }
    return draw(calls);
  }

  std::uint64_t seed_;
  oracle::Random random_;
  Theme theme_;
  int thread_ = 0;
};

}  // namespace

std::string system_program(std::uint64_t seed) { return Writer(seed).text(); }

}  // namespace wakesim::laws
