// Text for a terminal: pieces of lines with a meaning, measured in columns, rendered with or
// without colour, in UTF-8 or ASCII.
//
// Colour only repeats what words say. Everything that comes from a scenario goes through here, so
// that a name with control characters cannot talk to the terminal.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wakesim {

// Where and how a report is shown.
struct Page {
  int width = 80;
  bool color = false;
  bool ascii = false;
  std::string program = "wakesim";  // How the user starts us, for lines that work when pasted.
};

// What a piece of text is; the renderer decides how that looks.
enum class Ink : std::uint8_t {
  Plain,
  Strong,   // What to read first.
  Bad,      // Failure, and nothing else.
  Warn,     // An answer that is missing.
  Faint,    // Frames, titles, values that did not change.
  Command,  // To be pasted.
  Thread0,
  Thread1,
  Thread2,
  Thread3,
};

// The colour of a thread's column; the fifth thread has that of the first again.
Ink thread_ink(std::size_t thread);

// The shape that names a thread without colour: filled for the first four, hollow for the next.
std::string_view thread_shape(std::size_t thread);

struct Span {
  std::string text;
  Ink ink = Ink::Plain;

  friend bool operator==(const Span&, const Span&) = default;
};

// A piece of one line. Built from strings where a Text is expected, on purpose.
class Text {
 public:
  Text() = default;
  Text(const char* text) : Text(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Text(std::string text, Ink ink = Ink::Plain);        // NOLINT(google-explicit-constructor)

  Text& add(std::string_view text, Ink ink = Ink::Plain);
  Text& append(const Text& text);

  bool is_empty() const { return spans_.empty(); }
  const std::vector<Span>& spans() const { return spans_; }

 private:
  std::vector<Span> spans_;  // None is empty.
};

// Columns that a terminal needs: 0 for combining marks, 2 for wide East Asian characters.
int display_width(std::string_view utf8);
int columns_of(const Text& text);

// Replaces what must not reach a terminal (control characters, bytes that are not UTF-8) by `?`,
// line ends by spaces and, for `ascii`, every sign by its substitute.
std::string printable(std::string_view text, bool ascii);
Text printable_text(const Text& text, bool ascii);

// One line, without its end and without spaces at its end.
std::string render(const Text& line, const Page& page);

// Breaks at spaces into lines of at most `width` columns; a longer word stays whole.
std::vector<Text> wrap(const Text& text, int width);

// Cuts to `width` columns; the last one is then an ellipsis.
Text cut(const Text& text, int width, bool ascii);

// `label` in ten columns, then the text, wrapped below itself.
std::string labelled(const Text& label, const Text& text, const Page& page);

// The same for a command, which is never wrapped: it must work when pasted.
std::string labelled_command(const Text& label, const std::string& command, const Page& page);

// A word for the shell, quoted only if it has to be.
std::string shell_word(const std::string& word);

// 1234567 as "1 234 567".
std::string grouped(std::uint64_t number);

}  // namespace wakesim
