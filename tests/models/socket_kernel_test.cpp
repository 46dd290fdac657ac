// The socket model against the kernel that it follows: random programs of one thread run on real
// AF_UNIX sockets, and the model must answer every call alike. Only where a Linux 6.18 is at hand.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

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

// A program's sockets by their names in the scenario, real ones behind them.
class Program {
 public:
  Program(std::uint64_t seed, int number) : random_(Random::of(seed, std::to_string(number))) {
    std::array<int, 2> pair{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    add("s[0]", pair[0]);
    add("s[1]", pair[1]);
    for (const char* name : {"l", "a", "b", "c"}) {
      add(name, socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    }
    // A name of the abstract name space: it goes with the socket.
    const std::string name = "wakesim-" + std::to_string(getpid()) + "-" + std::to_string(number);
    address_.sun_family = AF_UNIX;
    name.copy(&address_.sun_path[1], name.size());
    address_bytes_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(bind(sockets_["l"], address(), address_bytes_), 0);
    EXPECT_EQ(listen(sockets_["l"], 1), 0);
    for (int i = 0; i < kCalls && !sockets_.empty(); ++i) call();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    for (const auto& [name, number] : sockets_) close(number);
  }

  std::string body() const {
    return "objects:\n"
           "  s: socketpair(SOCK_NONBLOCK)\n"
           "  l: listener(1, SOCK_NONBLOCK)\n"
           "  a: socket(SOCK_NONBLOCK)\n"
           "  b: socket(SOCK_NONBLOCK)\n"
           "  c: socket(SOCK_NONBLOCK)\n"
           "observe: [t.end]\n"
           "judge: [no-failed-assert]\n"
           "threads:\n"
           "  t:\n" +
           lines_ + "    - end = 1\n";
  }

 private:
  const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }

  // With the smallest buffer, as the model's default.
  void add(const std::string& name, int number) {
    const int least = 1;
    EXPECT_GE(number, 0);
    EXPECT_EQ(setsockopt(number, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)), 0);
    sockets_[name] = number;
  }

  void expect(const std::string& call, std::int64_t result) {
    if (result < 0) result = -errno;
    lines_ += "    - x = " + call + "\n    - assert x == " + std::to_string(result) + "\n";
  }

  std::size_t draw_count() {
    constexpr std::array<std::size_t, 10> kCounts = {0, 1, 1, 2, 8, 200, 700, 2240, 3000, 9999};
    return kCounts[random_.below(kCounts.size())];
  }

  void call() {
    const auto chosen = std::next(sockets_.begin(), random_.below(std::uint32_t(sockets_.size())));
    const std::string name = chosen->first;
    const int number = chosen->second;
    switch (random_.below(16)) {
      case 0:
      case 1:
      case 2:
        return send_to(name, number);
      case 3:
      case 4:
      case 5:
      case 6:
        return receive_from(name, number);
      case 7:
      case 8:
      case 9:
        return poll_once(name, number);
      case 10:
      case 11:
        return expect("connect(" + name + ", l)", connect(number, address(), address_bytes_));
      case 12:
      case 13:
        return accept_from(name, number);
      case 14: {
        const int how = static_cast<int>(random_.below(3));
        return expect("shutdown(" + name + ", " + std::to_string(how) + ")", shutdown(number, how));
      }
      default:
        if (random_.below(2) != 0) return;
        lines_ += "    - close(" + name + ")\n";
        close(number);
        sockets_.erase(name);
    }
  }

  void send_to(const std::string& name, int number) {
    const std::size_t count = draw_count();
    expect("send(" + name + ", " + std::to_string(count) + ")",
           send(number, bytes_.data(), count, MSG_NOSIGNAL));
  }

  void receive_from(const std::string& name, int number) {
    const std::size_t count = draw_count();
    expect("recv(" + name + ", " + std::to_string(count) + ")",
           recv(number, bytes_.data(), count, 0));
  }

  void poll_once(const std::string& name, int number) {
    pollfd watched{number, POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM | POLLRDBAND, 0};
    watched.events |= POLLWRBAND | 0x2000;  // POLLRDHUP, a GNU extension.
    poll(&watched, 1, 0);
    lines_ += "    - q = poll(watch(" + name +
              ", IN|OUT|PRI|RDNORM|WRNORM|RDBAND|WRBAND|RDHUP), timeout=0)\n"
              "    - assert q[0].revents == " +
              std::to_string(watched.revents) + "\n";
  }

  void accept_from(const std::string& name, int number) {
    const int accepted = accept(number, nullptr, nullptr);
    if (accepted < 0) return expect("accept(" + name + ")", accepted);
    const std::string opened = "f" + std::to_string(sockets_opened_++);
    lines_ += "    - " + opened + " = accept4(" + name + ", SOCK_NONBLOCK)\n";
    lines_ += "    - assert " + opened + " >= 0\n";
    add(opened, accepted);
    EXPECT_EQ(fcntl(accepted, F_SETFL, O_NONBLOCK), 0);
  }

  Random random_;
  std::map<std::string, int> sockets_;
  int sockets_opened_ = 0;
  sockaddr_un address_{};
  socklen_t address_bytes_ = 0;
  std::vector<char> bytes_ = std::vector<char>(9999);
  std::string lines_;
};

TEST(SocketKernel, ModelAnswersEveryCallLikeTheKernel) {
  if (!has_modelled_kernel()) GTEST_SKIP() << "this is no Linux 6.18";
  for (int number = 0; number < kPrograms; ++number) {
    const std::string body = Program(1, number).body();
    ASSERT_EQ(outcomes(body), std::set<std::string>{"t.end=1"}) << body;
  }
}

}  // namespace
}  // namespace wakesim::testing
