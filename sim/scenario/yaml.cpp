#include "sim/scenario/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "sim/scenario/text.h"
#include "sim/scenario/traps.h"

namespace wakesim {
namespace {

// Above this many nodes a file is no scenario; the tree would take gigabytes.
constexpr std::size_t kNodesMax = 400'000;

// Thrown by the handler to leave the library's parser; the diagnostic is already written.
struct Abandon {};

// The library's marks count lines and bytes from 0.
class Places {
 public:
  Places(const std::vector<std::string>& lines, std::uint32_t file) : lines_(lines), file_(file) {}

  // The rest of the line from the mark on.
  std::string_view rest(const YAML::Mark& mark) const {
    if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return {};
    const std::string_view line = lines_[static_cast<std::size_t>(mark.line)];
    return line.substr(std::min(static_cast<std::size_t>(std::max(mark.column, 0)), line.size()));
  }

  Location at(const YAML::Mark& mark, std::size_t bytes = 1) const {
    if (mark.line < 0 || static_cast<std::size_t>(mark.line) >= lines_.size()) return end();
    const std::string_view line = lines_[static_cast<std::size_t>(mark.line)];
    const std::string_view rest_of_line = rest(mark);
    const std::string_view before = line.substr(0, line.size() - rest_of_line.size());
    return {.file = file_,
            .line = static_cast<std::uint32_t>(mark.line) + 1,
            .column = count_characters(before) + 1,
            .length = std::max(1u, count_characters(rest_of_line.substr(0, bytes)))};
  }

  // Is the quote at the mark, which has no partner on its line, closed on a later one?
  bool is_closed_below(const YAML::Mark& mark) const {
    const char quote = rest(mark)[0];
    const auto first = lines_.begin() + mark.line + 1;
    return std::any_of(first, lines_.end(), [quote](const std::string& line) {
      return line.find(quote) != std::string::npos;
    });
  }

  Location end() const {
    if (lines_.empty()) return {.file = file_};
    return {.file = file_,
            .line = static_cast<std::uint32_t>(lines_.size()),
            .column = count_characters(lines_.back()) + 1};
  }

 private:
  const std::vector<std::string>& lines_;
  std::uint32_t file_;
};

// The length in bytes of the quoted scalar that `line` begins with, or npos if it goes on.
std::size_t quoted_length(std::string_view line) {
  const char quote = line[0];
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (quote == '"' && line[at] == '\\') {
      ++at;
    } else if (line[at] == quote) {
      if (quote == '"' || at + 1 == line.size() || line[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::string_view::npos;
}

// The word for "nothing" that `rest` begins with, or nothing.
std::string_view null_word(std::string_view rest) {
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (!rest.starts_with(word)) continue;
    if (rest.size() == word.size() ||
        std::string_view(" ,:]}").find(rest[word.size()]) != std::string_view::npos) {
      return word;
    }
  }
  return {};
}

// Builds our tree from the library's events, and refuses what scenarios do not use.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const Places& places, Diagnostics& diagnostics)
      : places_(places), diagnostics_(diagnostics) {}

  std::optional<Node> take() { return std::exchange(root_, {}); }
  bool has_document() const { return documents_ != 0; }
  bool is_refused() const { return is_refused_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    diagnostics_.error(places_.at(mark), "a second YAML document begins here; a scenario is one",
                       "put the second scenario into a file of its own");
    throw Abandon{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (anchor != 0) refuse_anchor(mark);
    // `NULL` and `~` are values like others for us; what they mean is up to the reader of the node.
    if (const std::string_view word = null_word(places_.rest(mark)); !word.empty()) {
      return add_scalar(mark, std::string(word));
    }
    // The library's mark of a missing value is somewhere behind it; the key is what people see.
    Node node{.where = places_.at(mark)};
    if (const Node* key = pending_key()) node.where = key->where;
    if (!open_.empty() && open_.back().node.is_list()) node.where = open_.back().node.where;
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "`*` begins a YAML alias; scenarios have none",
           "start the line with a name, or put parentheses around it");
    add(Node{.where = places_.at(mark)});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    add_scalar(mark, value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    check_properties(mark, tag, anchor);
    open({.kind = Node::Kind::List,
          .is_flow = style == YAML::EmitterStyle::Flow,
          .where = places_.at(mark)});
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    check_properties(mark, tag, anchor);
    open({.kind = Node::Kind::Map,
          .is_flow = style == YAML::EmitterStyle::Flow,
          .where = places_.at(mark)});
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map that is not complete yet.
  struct Open {
    Node node;
    std::optional<Node> key;
    std::map<std::string, Location> keys;  // Seen so far.
  };

  const Node* pending_key() const {
    return !open_.empty() && open_.back().key ? &*open_.back().key : nullptr;
  }

  void refuse(const YAML::Mark& mark, std::string message, std::string hint) {
    is_refused_ = true;
    diagnostics_.error(places_.at(mark), std::move(message), std::move(hint));
  }

  void refuse_anchor(const YAML::Mark& mark) {
    refuse(mark, "`&` begins a YAML anchor; scenarios have none",
           "start the line with a name, or put parentheses around it");
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    const std::string_view rest = places_.rest(mark);
    if (rest.starts_with('!') || (tag != "?" && tag != "!" && !tag.empty())) {
      refuse(mark, "`!` begins a YAML tag; scenarios have none",
             fmt::format("write  ({})", trim(rest.substr(0, rest.find(" #")))));
    } else if (anchor != 0) {
      refuse_anchor(mark);
    }
  }

  void add_scalar(const YAML::Mark& mark, std::string text) {
    Node node{.kind = Node::Kind::Scalar, .text = std::move(text)};
    set_places(node, mark);
    add(std::move(node));
  }

  void set_places(Node& node, const YAML::Mark& mark) {
    const std::string_view rest = places_.rest(mark);
    node.where = places_.at(mark);
    node.text_column = node.where.column;
    const char first = rest.empty() ? '\0' : rest[0];
    if (first == '"' || first == '\'') {
      node.style = Node::Style::Quoted;
      const std::size_t length = quoted_length(rest);
      node.is_folded = length == std::string_view::npos;
      if (node.is_folded && !places_.is_closed_below(mark)) {
        refuse(mark, "a quote is opened and never closed", "");
      }
      node.where = places_.at(mark, length);
      ++node.text_column;
    } else if (first == '|' || first == '>') {
      node.style = Node::Style::Block;
    } else {
      set_plain_places(node, mark, rest);
    }
  }

  void set_plain_places(Node& node, const YAML::Mark& mark, std::string_view rest) {
    node.is_folded = !rest.starts_with(node.text);
    if (node.is_folded) {
      node.where = places_.at(mark, rest.size());
      return;
    }
    node.where = places_.at(mark, node.text.size());
    const std::size_t next = rest.find_first_not_of(" \t", node.text.size());
    if (next != std::string_view::npos && rest[next] == '#') {
      node.comment_column = node.where.column + count_characters(rest.substr(0, next));
    }
  }

  void open(Node node) {
    if (open_.size() >= kNestingMax) {
      diagnostics_.error(
          node.where, fmt::format("lists and maps are nested deeper than {} levels", kNestingMax),
          "move the inner part into a function");
      throw Abandon{};
    }
    open_.push_back({.node = std::move(node)});
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(Node node) {
    const bool is_in_flow = !open_.empty() && open_.back().node.is_flow;
    if (node.is_scalar()) node.is_flow = is_in_flow;
    if (++nodes_ > kNodesMax) {
      diagnostics_.error(node.where,
                         fmt::format("the file has more than {} lines and values", kNodesMax));
      throw Abandon{};
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (Open& open = open_.back(); open.node.is_list()) {
      open.node.items.push_back(std::move(node));
    } else if (open.key) {
      open.node.entries.push_back({std::move(*open.key), std::move(node)});
      open.key.reset();
    } else {
      check_key(open, node);
      open.key = std::move(node);
    }
  }

  void check_key(Open& open, const Node& key) {
    if (!key.is_scalar()) {
      is_refused_ = true;
      diagnostics_.error(key.where, fmt::format("{} cannot be a key", describe(key)),
                         "quote the whole line if it is a statement");
      return;
    }
    if (key.style == Node::Style::Plain && key.text == null_word(key.text)) {
      is_refused_ = true;
      diagnostics_.error(
          key.where, fmt::format("{} means nothing to YAML and cannot be a name", describe(key)),
          "choose another name");
      return;
    }
    if (key.text == "<<") {
      is_refused_ = true;
      diagnostics_.error(key.where, "`<<` is a YAML merge key; scenarios have none",
                         "write  same_as: VARIANT  in the entry to repeat");
    }
    const auto [first, is_new] = open.keys.emplace(key.text, key.where);
    if (!is_new) report_duplicate(key, first->second);
  }

  // The tree stays good: what the second one holds is checked too.
  void report_duplicate(const Node& key, const Location& first) {
    const auto message = fmt::format(
        "{} is declared twice; YAML would keep only the second and say nothing", describe(key));
    Diagnostic diagnostic{.where = key.where, .message = message};
    diagnostic.notes.push_back({first, "first here"});
    if (open_.size() == 1) {
      diagnostic.hints.push_back("merge the two");
    } else if (is_identifier(key.text)) {
      diagnostic.hints.push_back(fmt::format("write  {}2: or merge the two lists", key.text));
    } else {
      diagnostic.hints.push_back("begin the second with `- ` if it is a line of a program");
    }
    diagnostics_.add(std::move(diagnostic));
  }

  const Places& places_;
  Diagnostics& diagnostics_;
  std::optional<Node> root_;
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  std::size_t documents_ = 0;
  bool is_refused_ = false;
};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

std::optional<Node> parse_yaml(const std::vector<std::string>& lines, std::uint32_t file,
                               Diagnostics& diagnostics) {
  if (refuse_document_marks(lines, file, diagnostics)) return {};
  const Places places(lines, file);
  TreeBuilder builder(places, diagnostics);
  std::istringstream stream(joined(lines));
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Abandon&) {
    return {};
  } catch (const YAML::Exception& exception) {
    explain_syntax_error(lines, places.at(exception.mark), exception.msg, diagnostics);
    return {};
  } catch (const std::exception&) {
    diagnostics.error(places.end(), "the text is no YAML");
    return {};
  }
  if (builder.is_refused()) return {};
  return builder.take();
}

}  // namespace wakesim
