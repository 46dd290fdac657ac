#include "tools/cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wakesim {
namespace {

// The path with links followed, so that a rename replaces the file and not the link to it.
std::string followed(const std::string& path) {
  char* real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string result = real;
  std::free(real);
  return result;
}

bool is_special(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777u : 0666u;
}

}  // namespace

Output::Output(std::string path) : path_(std::move(path)) {
  if (path_.empty()) {
    file_ = stdout;
    return;
  }
  target_ = followed(path_);
  if (is_special(target_)) {
    file_ = std::fopen(target_.c_str(), "w");
  } else {
    temporary_ = fmt::format("{}.{}.tmp", target_, ::getpid());
    const int descriptor =
        ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_of(target_));
    if (descriptor >= 0) file_ = ::fdopen(descriptor, "w");
  }
  if (file_ == nullptr) {
    fail();
    temporary_.clear();
  }
}

Output::~Output() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void Output::write(std::string_view text) {
  if (!problem_.empty() || text.empty()) return;
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
  // What is on stdout is read as it comes.
  else if (file_ == stdout && std::fflush(stdout) != 0)
    fail();
}

bool Output::commit() {
  if (!problem_.empty()) return false;
  if (file_ == stdout) {
    if (std::fflush(stdout) != 0) fail();
    return problem_.empty();
  }
  // Some file systems tell only at the end that there was no space.
  if (std::fflush(file_) != 0 || (!temporary_.empty() && ::fsync(::fileno(file_)) != 0)) fail();
  if (std::fclose(std::exchange(file_, nullptr)) != 0) fail();
  if (!problem_.empty()) return false;

  if (!temporary_.empty()) {
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      fail();
      return false;
    }
    temporary_.clear();
  }
  return true;
}

void Output::fail() {
  if (!problem_.empty()) return;
  has_lost_reader_ = errno == EPIPE;
  problem_ = fmt::format("{}: {}", name(), std::strerror(errno));
}

void occupy_standard_streams() {
  // A closed pipe is an error to report, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // Opened the wrong way round, so that using it still fails.
    const int opened = ::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
    if (opened >= 0 && opened != descriptor) ::close(opened);
  }
}

}  // namespace wakesim
