#include "tools/report/subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/explore/judge.h"

namespace wakesim {

Subject subject_of(const std::string& file, const ast::Instance& instance,
                   const SourceFiles& sources) {
  Subject subject;
  subject.file = file;
  subject.scenario = instance.scenario;
  subject.about = instance.about;
  subject.variant = instance.variant;
  subject.cell = instance.cell;
  subject.kernel = instance.machine.kernel;
  subject.libc = instance.machine.libc;
  for (const SourceFile& source : sources) subject.source_names.push_back(source.name);
  return subject;
}

std::string full_title(const Subject& subject) {
  std::string title = subject.scenario;
  if (!subject.variant.empty()) title += ", variant " + subject.variant;
  for (const auto& [axis, value] : subject.cell) title += fmt::format(", {} {}", axis, value);
  return title;
}

std::string short_title(const Subject& subject) {
  std::string title = subject.variant;
  for (const auto& [axis, value] : subject.cell) {
    if (!title.empty()) title += ' ';
    title += axis + '=' + value;
  }
  return title.empty() ? "-" : title;
}

std::string line_label(const Subject& subject, const Location& where) {
  if (where.line == 0) return "";
  if (where.file == 0 || where.file >= subject.source_names.size()) {
    return fmt::format("L{}", where.line);
  }
  std::string stem = subject.source_names[where.file];
  if (const std::size_t slash = stem.rfind('/'); slash != std::string::npos) {
    stem.erase(0, slash + 1);
  }
  if (const std::size_t dot = stem.rfind('.'); dot != std::string::npos && dot > 0) {
    stem.erase(dot);
  }
  return fmt::format("{}:{}", stem, where.line);
}

std::string replay_command(const Subject& subject, const std::string& token, const Page& page) {
  std::string command =
      fmt::format("{} replay {} {}", page.program, shell_word(subject.file), shell_word(token));
  for (const std::string& flag : subject.flags) command += ' ' + flag;
  return command;
}

std::string finding_name(std::string_view property) {
  if (headline_rank(property) == std::size(kDefaultProperties)) return std::string(property);
  std::string name(property.substr(3));
  std::replace(name.begin(), name.end(), '-', ' ');
  return name;
}

}  // namespace wakesim
