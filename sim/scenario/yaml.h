// YAML text -> a plain tree with exact places. The only pair of files that knows the YAML library.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.h"

namespace wakesim {

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { Null, Scalar, List, Map };
  enum class Style : std::uint8_t { Plain, Quoted, Block };

  // text[begin, end) was put in place of `source_length` characters of the file.
  struct Splice {
    std::size_t begin;
    std::size_t end;
    std::uint32_t source_length;
  };

  Kind kind = Kind::Null;
  Style style = Style::Plain;  // Of a scalar.
  bool is_flow = false;        // Written with [ ] or { }, or a scalar inside them.
  bool is_folded = false;      // A plain or quoted scalar that goes on in the next line.
  std::string text;            // Of a scalar.
  std::vector<Node> items;     // Of a list.
  std::vector<Entry> entries;  // Of a map, in written order.

  Location where;                    // A scalar: all of it, or what stands on its first line.
  std::uint32_t text_column = 1;     // Of text[0]: behind the quote, if there is one.
  std::uint32_t comment_column = 0;  // Where ` #` ends the line behind a plain scalar.
  std::vector<Splice> splices;

  bool is_scalar() const { return kind == Kind::Scalar; }
  bool is_list() const { return kind == Kind::List; }
  bool is_map() const { return kind == Kind::Map; }

  // Where text[begin, end) stands in the file.
  Location place(std::size_t begin, std::size_t end) const;

  // The value of an entry of a map, or null.
  const Node* find(std::string_view key) const;
};

struct Entry {
  Node key;
  Node value;
};

// "a list", "a map", "`x == 1`": what a diagnostic calls the node.
std::string describe(const Node& node);

// How deep lists and maps may be nested.
inline constexpr std::size_t kNestingMax = 64;

// Parses a text whose lines are `lines`, as file number `file`. Nothing if it is no YAML, or YAML
// that scenarios do not use: anchors, tags, several documents, ...
std::optional<Node> parse_yaml(const std::vector<std::string>& lines, std::uint32_t file,
                               Diagnostics& diagnostics);

}  // namespace wakesim
