// What `x`, `x[i]`, `c.seq` and `d[i].refs[g]` name, through the parameters of functions.

#include <limits>
#include <utility>

#include "sim/program/code_writer.h"

namespace wakesim {
namespace {

using Kind = ast::Expression::Kind;

// The name that a path begins with, or null: not a path.
const ast::Expression* root_of(const ast::Expression& e) {
  if (e.kind == Kind::Name) return &e;
  if (e.kind != Kind::Index && e.kind != Kind::Member) return nullptr;
  return root_of(e.operands[0]);
}

// `[0][0]`, for hints.
std::string zeros(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "[0]";
  return text;
}

// Where the name behind the last `.` stands.
Location field_place(const ast::Expression& member) {
  Location where = member.where;
  const auto length = static_cast<std::uint32_t>(member.name.size());
  if (where.length <= length) return where;
  where.column += where.length - length;
  where.length = length;
  return where;
}

}  // namespace

const Symbol* CodeWriter::base_of(const ast::Expression& e) {
  const ast::Expression* const root = root_of(e);
  const Symbol* const symbol = root == nullptr ? nullptr : find(root->name);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::Alias) return symbol;
  const InScope scope(*this, symbol->scope);
  return base_of(*symbol->expression);
}

bool CodeWriter::is_object_path(const ast::Expression& e) {
  if (e.kind != Kind::Member) return false;
  const Symbol* const base = base_of(e);
  if (base == nullptr) return false;
  using enum Symbol::Kind;
  return base->kind == Record || base->kind == Word || base->kind == Object;
}

std::optional<CodeWriter::Path> CodeWriter::path(const ast::Expression& e) {
  switch (e.kind) {
    case Kind::Name: {
      const Symbol* const symbol = find(e.name);
      if (symbol == nullptr) {
        unknown_name(e);
        return std::nullopt;
      }
      if (symbol->kind != Symbol::Kind::Alias) return Path{symbol, {}, nullptr};
      const InScope scope(*this, symbol->scope);
      auto result = path(*symbol->expression);
      if (result) result->argument = symbol->expression;
      return result;
    }
    case Kind::Index: {
      auto result = path(e.operands[0]);
      if (result) result->indices.push_back({&e.operands[1], &e.operands[0], scope_});
      return result;
    }
    case Kind::Member: {
      auto result = path(e.operands[0]);
      if (!result || !enter_field(e, *result)) return std::nullopt;
      return result;
    }
    case Kind::Number:
    case Kind::Call:
    case Kind::Unary:
    case Kind::Binary:
    case Kind::Group:
      error(e, "this is no word of shared memory");
      return std::nullopt;
  }
  return std::nullopt;
}

// From a record to its field.
bool CodeWriter::enter_field(const ast::Expression& e, Path& path) {
  const std::string owner = to_text(e.operands[0]);
  if (path.symbol->kind != Symbol::Kind::Record) {
    path_error(e, path, "`" + owner + "` has no fields");
    return false;
  }
  if (!has_all_indices(e.operands[0], path)) return false;
  const auto& fields = path.symbol->fields->names;
  const auto found = fields.find(e.name);
  if (found != fields.end()) {
    path.symbol = &found->second;
    return true;
  }
  std::vector<std::string> known;
  std::string list;
  for (const ast::Object& field : path.symbol->type->fields) {
    known.push_back(field.name);
    list += (list.empty() ? "" : ", ") + field.name;
  }
  const std::string guess = closest_name(e.name, known);
  Diagnostic diagnostic;
  diagnostic.where = field_place(e);
  diagnostic.message = "a `" + path.symbol->type->name + "` has no field `" + e.name + "`";
  if (guess.empty()) {
    diagnostic.hints.push_back("it has " + list);
  } else {
    diagnostic.notes.push_back({fields.at(guess).where, "did you mean this one?"});
    diagnostic.hints.push_back("write  " + owner + "." + guess);
  }
  diagnostics_.add(std::move(diagnostic));
  return false;
}

// One index for each level of arrays, no more and no less.
bool CodeWriter::has_all_indices(const ast::Expression& e, const Path& path) {
  const std::size_t given = path.indices.size();
  const std::size_t wanted = path.symbol->extents.size();
  if (given == wanted) return true;
  const std::string text = to_text(e);
  const bool is_record = path.symbol->kind == Symbol::Kind::Record;
  const std::string noun = is_record ? "`" + path.symbol->type->name + "`" : "word";
  if (given < wanted) {
    path_error(e, path, "`" + text + "` is an array of " + noun + (is_record ? "" : "s"),
               "write  " + text + zeros(wanted - given) + " for its first element");
  } else {
    const std::string single = e.kind == Kind::Index ? to_text(e.operands[0]) : text;
    path_error(e, path, "`" + single + "` is a single " + noun, "write  " + single);
  }
  return false;
}

// With the argument that a parameter stands for: what is wrong may be there.
void CodeWriter::path_error(const ast::Expression& e, const Path& path, std::string message,
                            std::string hint) {
  Diagnostic diagnostic;
  diagnostic.where = e.where;
  diagnostic.message = std::move(message);
  if (path.argument != nullptr) {
    diagnostic.notes.push_back({path.argument->where, "this is its argument here"});
  }
  if (!hint.empty()) diagnostic.hints.push_back(std::move(hint));
  diagnostics_.add(std::move(diagnostic));
}

// Adds up the indices: constant ones in `fixed`, the others on the stack.
std::optional<CodeWriter::Offset> CodeWriter::offset(const Path& path,
                                                     const std::vector<std::uint32_t>& extents,
                                                     Bounds bounds) {
  Offset result;
  std::int64_t scale = 1;
  for (const std::uint32_t extent : extents) scale *= extent;
  const bool is_flat = extents.size() == 1;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    scale /= extents[i];
    const ast::Expression& index = *path.indices[i].value;
    const InScope scope(*this, path.indices[i].scope);
    if (const auto known = constant(index)) {
      if (*known < 0 || *known >= extents[i]) {
        error(index, "`" + to_text(*path.indices[i].array) + "` has " + std::to_string(extents[i]) +
                         " elements, 0 to " + std::to_string(extents[i] - 1) + "; this is index " +
                         std::to_string(*known));
        return std::nullopt;
      }
      result.fixed += *known * scale;
      continue;
    }
    value(index);
    if (bounds == Bounds::Checked || !is_flat) {
      emit(Op::Bound, static_cast<std::size_t>(scale), extents[i]);
    }
    if (result.is_pushed) emit(Op::Add);
    result.is_pushed = true;
    result.span += (extents[i] - 1) * scale;
  }
  constexpr std::int64_t kSpanMax = std::numeric_limits<std::uint16_t>::max();
  if (result.span >= kSpanMax) {
    error(*path.indices[0].value,
          "an index that is no constant reaches " + std::to_string(kSpanMax) + " elements at most");
    return std::nullopt;
  }
  return result;
}

CodeWriter::Place CodeWriter::place(const ast::Expression& e) {
  const auto where = path(e);
  if (!where) return {};
  if (where->symbol->kind == Symbol::Kind::Record) {
    path_error(
        e, *where,
        "`" + to_text(e) + "` is a `" + where->symbol->type->name + "`; name one of its fields",
        "write  " + to_text(e) + "." + where->symbol->type->fields.front().name);
    return {};
  }
  if (where->symbol->kind != Symbol::Kind::Word) {
    path_error(*root_of(e), *where, "`" + to_text(e) + "` is no word of shared memory");
    return {};
  }
  if (!has_all_indices(e, *where)) return {};
  const auto elements = offset(*where, where->symbol->extents, Bounds::LeftToTheAccess);
  if (!elements) return {};
  return {where->symbol->first + static_cast<std::uint32_t>(elements->fixed),
          elements->is_pushed ? static_cast<std::size_t>(elements->span + 1) : 0, true};
}

}  // namespace wakesim
