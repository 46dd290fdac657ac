// Where reports go: stdout, or a file that appears whole or not at all.

#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace wakesim {

// A path makes the report go to a temporary file beside it, renamed by commit(). What cannot be
// renamed over, such as /dev/null, is written directly.
class Output {
 public:
  explicit Output(std::string path);  // Empty: stdout.
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void write(std::string_view text);

  // Ends the output. False if some of it could not be written; problem() says why.
  bool commit();

  // "report.txt: No space left on device"
  const std::string& problem() const { return problem_; }

  // The problem is that nobody reads stdout any more, as in `wakesim list | head`.
  bool has_lost_reader() const { return has_lost_reader_; }

 private:
  void fail();
  std::string name() const { return path_.empty() ? "stdout" : path_; }

  std::string path_;
  std::string target_;     // What is renamed over: `path_` with links followed.
  std::string temporary_;  // Empty: written directly.
  std::FILE* file_ = nullptr;
  std::string problem_;
  bool has_lost_reader_ = false;
};

// Gives stdin, stdout and stderr something to be, should the caller have closed them: otherwise the
// next file that is opened would take their place.
void occupy_standard_streams();

}  // namespace wakesim
