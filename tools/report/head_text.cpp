#include "tools/report/head_text.h"

#include <algorithm>

namespace wakesim {
namespace {

// "linux-6.18, memory sc, every execution": what the answers are about.
std::string circumstances(std::span<const Answer> answers, const std::string& reach) {
  const Answer& first = answers.front();
  std::string text;
  const auto append = [&text](const std::string& part) {
    if (part.empty()) return;
    if (!text.empty()) text += ", ";
    text += part;
  };
  append(first.subject.kernel);
  append(first.subject.libc);
  const bool has_one_memory = std::all_of(
      answers.begin(), answers.end(),
      [&first](const Answer& answer) { return answer.result.memory == first.result.memory; });
  if (has_one_memory && !first.result.memory.empty()) append("memory " + first.result.memory);
  append(reach);
  return text;
}

// The scenario's name, and why it exists.
std::string render_title(const Subject& subject, const Page& page) {
  Text title(subject.scenario, Ink::Strong);
  const Text name = title;
  title.add("  ").add(subject.about);
  if (columns_of(title) <= page.width) return render(title, page) + '\n';
  std::string text = render(name, page) + '\n';
  for (const Text& line : wrap(Text(subject.about), page.width)) text += render(line, page) + '\n';
  return text;
}

}  // namespace

std::string render_head(std::span<const Answer> answers, const std::string& reach,
                        const Page& page) {
  std::string text = render_title(answers.front().subject, page);
  for (const Text& line : wrap(Text(circumstances(answers, reach), Ink::Faint), page.width)) {
    text += render(line, page) + '\n';
  }
  return text + '\n';
}

}  // namespace wakesim
