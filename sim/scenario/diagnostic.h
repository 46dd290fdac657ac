// What is wrong with the user's input, and where.

#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wakesim {

// A place in an input file. Lines and columns count from 1; columns count characters, not bytes.
struct Location {
  std::uint32_t file = 0;  // Index into SourceFiles.
  std::uint32_t line = 0;  // 0: no place in particular.
  std::uint32_t column = 0;
  std::uint32_t length = 1;  // Characters to underline.

  friend bool operator==(const Location&, const Location&) = default;
};

// A second place that explains the first ("first here", "did you mean this one?"). Without text it
// is one more place of the same error and gets carets too.
struct Note {
  Location where;
  std::string text;
};

struct Diagnostic {
  Location where;
  std::string message;      // What was found and what was expected; lower case, no full stop.
  std::vector<Note> notes;  // Other places involved.
  std::vector<std::string>
      hints;  // Text that can be pasted ("write  futex_wait(seq, s)") or advice.
  bool is_warning = false;
};

// The text of every file read, for showing lines under a diagnostic.
struct SourceFile {
  std::string name;                // As the user typed it, or as `include:` found it.
  std::vector<std::string> lines;  // Without line ends.
};
using SourceFiles = std::vector<SourceFile>;

// At most this many errors of one file are reported at once.
inline constexpr std::size_t kDiagnosticsMax = 20;

// Collects diagnostics; errors beyond kDiagnosticsMax are counted, not kept. The same message at
// the same place counts once: a line is checked again for every variant and every cell of a matrix.
class Diagnostics {
 public:
  void add(Diagnostic diagnostic);
  void error(Location where, std::string message, std::string hint = {});
  void warning(Location where, std::string message, std::string hint = {});
  bool has_errors() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  // How often an error was reported, repetitions included: tells whether some piece of work had
  // any.
  std::size_t reports() const { return reports_; }
  bool is_full() const { return errors_ >= kDiagnosticsMax; }  // More are only counted.
  const std::vector<Diagnostic>& all() const { return list_; }

  // Those of another variant or cell of the same files.
  void merge(const Diagnostics& others);

  // The order in which a person reads the files.
  void sort_by_place();

 private:
  std::set<std::string> seen_;
  std::vector<Diagnostic> list_;
  std::size_t errors_ = 0;
  std::size_t reports_ = 0;
};

// `FILE:LINE:COLUMN: error: MESSAGE`, the source line with a caret, notes and hints, as in
// docs/scenario-format.md. Text beyond `width` columns is wrapped, source lines are cut.
std::string render(const Diagnostic& diagnostic, const SourceFiles& files, int width = 80);

// The name among `candidates` that a person most likely meant by `name`, or empty: smallest
// Damerau-Levenshtein distance, at most a third of the length.
std::string closest_name(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace wakesim
