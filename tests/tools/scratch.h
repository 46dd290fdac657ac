// A folder for one test, removed with everything in it.

#pragma once

#include <string>

namespace wakesim {

class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string path(const std::string& name) const { return folder_ + '/' + name; }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  // Names of everything in it, sorted, separated by spaces.
  std::string names() const;

 private:
  std::string folder_;
};

// What a command line of the shell printed, and its exit status.
struct ShellResult {
  int status = 0;
  std::string output;  // Stdout, and stderr too if the line says 2>&1.
};
ShellResult run_shell(const std::string& line);

// Tokens hold a digest of the compiled program, which changes with the engine and the models; each
// becomes the word DIGEST. For tokens of programs without a matrix.
std::string without_digests(std::string text);

}  // namespace wakesim
