// The epoll model against the kernel that it follows: random programs of one thread run on real
// epolls, and the model must answer every call alike: errors, events, their order. Only where a
// Linux 6.18 is at hand.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "sim/random.h"
#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

constexpr int kPrograms = 40;
constexpr int kCalls = 40;

bool has_modelled_kernel() {
  utsname system{};
  return uname(&system) == 0 && std::string_view(system.sysname) == "Linux" &&
         std::string_view(system.release).starts_with("6.18.");
}

// A program's descriptors by their names in the scenario, real ones behind them. In half of the
// programs numbers are closed and given out again.
class Program {
 public:
  Program(std::uint64_t seed, int number)
      : random_(Random::of(seed, std::to_string(number))), has_closes_(number % 2 != 0) {
    for (const char* name : {"a", "b", "c"}) numbers_[name] = eventfd(0, EFD_NONBLOCK);
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe2(ends.data(), O_NONBLOCK), 0);
    numbers_["p[0]"] = ends[0];
    numbers_["p[1]"] = ends[1];
    for (const char* name : {"x", "y", "z"}) numbers_[name] = epoll_create1(0);
    for (const auto& [name, descriptor] : numbers_) EXPECT_GE(descriptor, 0) << name;
    for (int i = 0; i < 8; ++i) control();
    for (int i = 0; i < kCalls && !numbers_.empty(); ++i) call();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    for (const auto& [name, number] : numbers_) close(number);
  }

  std::string body() const {
    return "objects:\n"
           "  a: eventfd(0, EFD_NONBLOCK)\n"
           "  b: eventfd(0, EFD_NONBLOCK)\n"
           "  c: eventfd(0, EFD_NONBLOCK)\n"
           "  p: pipe(flags=O_NONBLOCK)\n"
           "  x: epoll\n"
           "  y: epoll\n"
           "  z: epoll\n"
           "observe: [t.end]\n"
           "judge: [no-failed-assert]\n"
           "threads:\n"
           "  t:\n" +
           lines_ + "    - end = 1\n";
  }

  int events_seen() const { return events_seen_; }

 private:
  void expect(const std::string& call, std::int64_t result) {
    if (result < 0) result = -errno;
    lines_ += "    - r = " + call + "\n    - assert r == " + std::to_string(result) + "\n";
  }

  std::string draw_name() {
    return std::next(numbers_.begin(), random_.below(std::uint32_t(numbers_.size())))->first;
  }

  // Usually an epoll.
  std::string draw_epoll() {
    constexpr std::array<const char*, 5> kNames = {"x", "x", "x", "y", "z"};
    const std::string name = kNames[random_.below(kNames.size())];
    return numbers_.count(name) != 0 && random_.below(20) != 0 ? name : draw_name();
  }

  void call() {
    switch (random_.below(16)) {
      case 0:
      case 1:
        return control();
      case 2:
      case 3:
      case 4:
      case 5:
        return write_to(draw_name());
      case 6:
        return read_from(draw_name());
      case 7:
        return poll_once(draw_name());
      case 8:
        return has_closes_ ? close_or_duplicate(draw_name()) : wait();
      default:
        return wait();
    }
  }

  std::uint32_t draw_events() {
    constexpr std::array<std::uint32_t, 6> kReady = {
        EPOLLIN, EPOLLIN, EPOLLIN, EPOLLOUT, EPOLLIN | EPOLLOUT, EPOLLPRI};
    std::uint32_t events = kReady[random_.below(kReady.size())];
    if (random_.below(3) == 0) events |= EPOLLET;
    if (random_.below(5) == 0) events |= EPOLLONESHOT;
    if (random_.below(6) == 0) events |= EPOLLEXCLUSIVE;
    return events;
  }

  void control() {
    constexpr std::array<int, 8> kOperations = {
        EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_ADD, EPOLL_CTL_ADD,
        EPOLL_CTL_MOD, EPOLL_CTL_MOD, EPOLL_CTL_DEL, 9};
    const std::string epoll = draw_epoll();
    const std::string target = draw_name();
    const int operation = kOperations[random_.below(kOperations.size())];
    epoll_event event{};
    event.events = draw_events();
    event.data.u64 = ++data_;
    const int result = epoll_ctl(numbers_[epoll], operation, numbers_[target], &event);
    expect("epoll_ctl(" + epoll + ", " + std::to_string(operation) + ", " + target + ", " +
               std::to_string(event.events) + ", data=" + std::to_string(data_) + ")",
           result);
  }

  void wait() {
    const std::string name = draw_epoll();
    const auto capacity = static_cast<int>(1 + random_.below(3));
    std::array<epoll_event, 3> events{};
    int count = epoll_wait(numbers_[name], events.data(), capacity, 0);
    if (count < 0) count = -errno;
    const std::string list = "w" + std::to_string(capacity);
    lines_ += "    - " + list + " = epoll_wait(" + name +
              ", maxevents=" + std::to_string(capacity) + ", timeout=0)\n    - assert " + list +
              ".n == " + std::to_string(count) + "\n";
    for (int i = 0; i < count; ++i) {
      const std::string entry = "    - assert " + list + "[" + std::to_string(i) + "].";
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      lines_ += entry + "data == " + std::to_string(event.data.u64) + "\n";
      lines_ += entry + "events == " + std::to_string(event.events) + "\n";
      ++events_seen_;
    }
  }

  void write_to(const std::string& name) {
    const std::uint64_t value = 1;
    const bool is_pipe = name.starts_with("p[") || pipes_.count(name) != 0;
    expect("write(" + name + ", 1)", write(numbers_[name], &value, is_pipe ? 1 : 8));
  }

  void read_from(const std::string& name) {
    std::uint64_t value = 0;
    const bool is_pipe = name.starts_with("p[") || pipes_.count(name) != 0;
    const ssize_t result = read(numbers_[name], &value, is_pipe ? 1 : 8);
    const bool is_value = result == 8;
    expect("read(" + name + (is_pipe ? ", 1)" : ", 8)"),
           is_value ? static_cast<std::int64_t>(value) : result);
  }

  void poll_once(const std::string& name) {
    pollfd watched{numbers_[name], POLLIN | POLLOUT | POLLRDNORM, 0};
    poll(&watched, 1, 0);
    lines_ += "    - q = poll(watch(" + name + ", IN|OUT|RDNORM), timeout=0)\n" +
              "    - assert q[0].revents == " + std::to_string(watched.revents) + "\n";
  }

  void close_or_duplicate(const std::string& name) {
    if (random_.below(2) == 0) {
      lines_ += "    - close(" + name + ")\n";
      close(numbers_[name]);
      numbers_.erase(name);
      return;
    }
    const std::string copy = "d" + std::to_string(copies_++);
    lines_ += "    - " + copy + " = dup(" + name + ")\n    - assert " + copy + " >= 0\n";
    numbers_[copy] = dup(numbers_[name]);
    if (name.starts_with("p[") || pipes_.count(name) != 0) pipes_.insert(copy);
  }

  Random random_;
  bool has_closes_;
  std::map<std::string, int> numbers_;
  std::set<std::string> pipes_;
  std::uint64_t data_ = 0;
  int copies_ = 0;
  int events_seen_ = 0;
  std::string lines_;
};

TEST(EpollKernel, ModelAnswersEveryCallLikeTheKernel) {
  if (!has_modelled_kernel()) GTEST_SKIP() << "this is no Linux 6.18";
  std::signal(SIGPIPE, SIG_IGN);
  int events = 0;
  for (int number = 0; number < kPrograms; ++number) {
    const Program program(1, number);
    ASSERT_EQ(outcomes(program.body()), std::set<std::string>{"t.end=1"}) << program.body();
    events += program.events_seen();
  }
  EXPECT_GT(events, 4 * kPrograms);
}

}  // namespace
}  // namespace wakesim::testing
