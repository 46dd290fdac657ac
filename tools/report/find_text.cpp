#include "tools/report/find_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/report/head_text.h"
#include "tools/report/table.h"
#include "tools/report/trace_text.h"

namespace wakesim {
namespace {

bool is_reached(const Answer& answer) { return answer.comparison.match == Match::AsExpected; }

std::size_t steps_of(const Answer& answer) {
  return answer.result.counterexample ? answer.result.counterexample->steps.size() : 0;
}

Text answer_word(const Answer& answer) {
  switch (answer.comparison.match) {
    case Match::AsExpected:
      return Text("reached", Ink::Strong);
    case Match::Different:
      return Text("never");
    case Match::LimitReached:
      return Text("unknown", Ink::Warn);
  }
  return {};
}

// The whole answer as a sentence.
std::string sentence_of(const Answer& answer) {
  switch (answer.comparison.match) {
    case Match::AsExpected:
      return answer.result.violations.front().sentence;
    case Match::Different:
      return fmt::format(
          "no execution {}reaches `{}`",
          answer.result.bound.empty() ? "" : fmt::format("within {} ", answer.result.bound),
          answer.question);
    case Match::LimitReached:
      return fmt::format("none of the {} states visited so far reaches `{}`",
                         grouped(answer.result.states), answer.question);
  }
  return {};
}

std::string answer_table(std::span<const Answer> answers, const CheckReportOptions& options,
                         const Page& page) {
  constexpr auto kLeft = TableColumn::Align::Left;
  constexpr auto kRight = TableColumn::Align::Right;
  const Subject& first = answers.front().subject;
  const bool has_names = answers.size() > 1 || short_title(first) != "-";

  Table table;
  table.indent = 2;
  const auto add_column = [&table](const char* title, TableColumn::Align align) {
    table.columns.push_back({Text(title, Ink::Faint), align});
  };
  if (has_names) add_column(first.variant.empty() ? "cell" : "variant", kLeft);
  add_column("answer", kLeft);
  for (const char* title : {"steps", "states", "depth"}) add_column(title, kRight);
  if (options.has_times) add_column("time", kRight);
  for (const Answer& answer : answers) {
    std::vector<TableCell> row;
    if (has_names) row.push_back({Text(short_title(answer.subject))});
    row.push_back({answer_word(answer)});
    row.push_back({Text(is_reached(answer) ? grouped(steps_of(answer)) : "-")});
    row.push_back({Text(grouped(answer.result.states))});
    row.push_back({Text(grouped(answer.result.depth))});
    if (options.has_times) {
      row.push_back({Text(fmt::format("{:.0f} ms", answer.result.statistics.seconds * 1000))});
    }
    table.rows.push_back(std::move(row));
  }
  return render(table, page);
}

std::string again(const Answer& answer, const char* label, const Page& page) {
  return labelled_command(Text(label, Ink::Strong),
                          replay_command(answer.subject, answer.result.counterexample->token, page),
                          page);
}

// The execution, step by step.
std::string whole_run(const Answer& answer, const Page& page) {
  std::string text = "\n";
  for (const Text& line : wrap(Text(sentence_of(answer), Ink::Strong), page.width)) {
    text += render(line, page) + '\n';
  }
  text += render(Text("found     ").add(full_title(answer.subject)), page) + "\n\n";
  TraceFinding end;
  for (const Sleeper& sleeper : answer.result.sleepers) end.sleepers.push_back(sleeper.thread);
  text += render_trace(answer.subject, *answer.result.counterexample, end, page) + '\n';
  return text + again(answer, "again", page);
}

// A run that is not shown: the answer in a line, and the command that repeats it.
std::string short_run(const Answer& answer, bool has_names, const Page& page) {
  const std::string label = has_names ? short_title(answer.subject) : "answer";
  return labelled(Text(label, Ink::Strong), sentence_of(answer), page) + again(answer, "", page);
}

// Why there is no run, and what would help. What several answers have in common is said once.
std::string missing_runs(std::span<const Answer> answers, const Page& page) {
  struct Remark {
    Text label;
    std::string text;
    std::string subjects;
    std::size_t count = 0;
  };
  std::vector<Remark> all;
  for (const Answer& answer : answers) {
    if (is_reached(answer)) continue;
    const auto say = [&](const Text& label, const std::string& text) {
      auto known = std::find_if(all.begin(), all.end(),
                                [&text](const Remark& remark) { return remark.text == text; });
      if (known == all.end()) known = all.insert(all.end(), {label, text, "", 0});
      known->subjects += (known->count++ == 0 ? "" : ", ") + short_title(answer.subject);
    };
    const CheckResult& result = answer.result;
    say(Text("answer", Ink::Strong), sentence_of(answer));
    if (answer.comparison.match == Match::LimitReached) {
      say(Text("limit", Ink::Warn), result.bound);
      if (!result.advice.empty()) say(Text("try", Ink::Strong), result.advice);
    } else {
      for (const std::string& note : result.notes) say(Text("note", Ink::Strong), note);
    }
  }
  std::string text;
  for (const Remark& remark : all) {
    const std::string who = remark.count == answers.size() ? "" : remark.subjects + ": ";
    text += labelled(remark.label, who + remark.text, page);
  }
  return text;
}

}  // namespace

std::string render_find(std::span<const Answer> answers, const CheckReportOptions& options,
                        const Page& page) {
  if (answers.empty() || options.is_quiet) return "";
  const bool has_names = answers.size() > 1;
  std::string text =
      render_head(answers, fmt::format("can `{}` happen?", answers.front().question), page);
  text += answer_table(answers, options, page);

  std::string whole;
  std::string brief;
  for (const Answer& answer : answers) {
    const bool is_whole =
        is_reached(answer) && (options.traces == TracesShown::All ||
                               (options.traces == TracesShown::First && whole.empty()));
    if (is_whole) {
      whole += whole_run(answer, page);
    } else if (is_reached(answer)) {
      brief += short_run(answer, has_names, page);
    }
  }
  brief = missing_runs(answers, page) + brief;
  if (!brief.empty()) text += '\n' + brief;
  return text + whole;
}

std::string render_find_brief(std::span<const Answer> answers, int name_columns,
                              const CheckReportOptions& options, const Page& page) {
  if (answers.empty() || options.is_quiet) return "";
  const auto reached = std::count_if(answers.begin(), answers.end(), is_reached);
  const Subject& subject = answers.front().subject;
  const int pad = std::max(0, name_columns - display_width(subject.scenario)) + 2;
  Text line(subject.scenario, Ink::Strong);
  line.add(std::string(static_cast<std::size_t>(pad), ' '));
  line.add(fmt::format("reached in {} of {}", reached, answers.size()),
           reached > 0 ? Ink::Strong : Ink::Plain);
  std::string text = render(line, page) + '\n';
  for (const Answer& answer : answers) {
    if (is_reached(answer)) text += short_run(answer, true, page);
    if (answer.comparison.match != Match::LimitReached) continue;
    text += labelled(Text(short_title(answer.subject), Ink::Warn), sentence_of(answer), page);
    if (!answer.result.advice.empty()) text += labelled("", answer.result.advice, page);
  }
  return text;
}

std::string render_find_tally(std::span<const Answer> answers, const Page& page) {
  const auto reached = std::count_if(answers.begin(), answers.end(), is_reached);
  const auto unknown = std::count_if(answers.begin(), answers.end(), [](const Answer& answer) {
    return answer.comparison.match == Match::LimitReached;
  });
  Text line(fmt::format("reached in {} of {}", reached, answers.size()), Ink::Strong);
  if (unknown > 0) line.add(fmt::format(", {} unknown", unknown), Ink::Warn);
  return render(line, page) + '\n';
}

}  // namespace wakesim
