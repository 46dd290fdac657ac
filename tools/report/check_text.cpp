#include "tools/report/check_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "tools/report/head_text.h"
#include "tools/report/table.h"
#include "tools/report/trace_text.h"

namespace wakesim {
namespace {

Ink verdict_ink(Verdict verdict) {
  switch (verdict) {
    case Verdict::Violated:
      return Ink::Bad;
    case Verdict::Unknown:
      return Ink::Warn;
    case Verdict::Proved:
    case Verdict::Bounded:
    case Verdict::Sampled:
      return Ink::Strong;
  }
  return Ink::Plain;
}

std::string milliseconds(double seconds) {
  if (seconds < 10) return fmt::format("{:.0f} ms", seconds * 1000);
  return fmt::format("{:.1f} s", seconds);
}

std::string mebibytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1024 * 1024));
}

std::string count_or_dash(const std::optional<std::uint64_t>& count) {
  return count ? grouped(*count) : "-";
}

// Where a limit was reached, what is still open.
std::string expected_word(const Comparison& comparison) {
  switch (comparison.match) {
    case Match::AsExpected:
      return "yes";
    case Match::Different:
      return "no";
    case Match::LimitReached:
      return "open: " + comparison.expected;
  }
  return "";
}

// A column of the table of answers: shown if some answer has something to say there.
struct AnswerColumn {
  const char* title;
  TableColumn::Align align;
  bool is_shown;
  std::function<Text(const Answer&)> text;
};

bool any(std::span<const Answer> answers, const std::function<bool(const Answer&)>& test) {
  return std::any_of(answers.begin(), answers.end(), test);
}

bool is_expectation_written(const Answer& answer) { return answer.comparison.is_written; }

std::vector<AnswerColumn> answer_columns(std::span<const Answer> answers,
                                         const CheckReportOptions& options, const Page& page) {
  constexpr auto kLeft = TableColumn::Align::Left;
  constexpr auto kRight = TableColumn::Align::Right;
  const Subject& first = answers.front().subject;
  const bool is_wide = page.width >= 120;
  const bool has_names = answers.size() > 1 || short_title(first) != "-";
  const auto is_violated = [](const Answer& a) { return a.result.verdict == Verdict::Violated; };
  const auto was_counted = [](const Answer& a) {
    return a.result.schedules.has_value() || a.result.schedules_infinite;
  };
  const auto has_other_memory = [&answers](const Answer& a) {
    return a.result.memory != answers.front().result.memory;
  };

  return {
      {first.variant.empty() ? "cell" : "variant", kLeft, has_names,
       [](const Answer& a) { return Text(short_title(a.subject)); }},
      {"memory", kLeft, any(answers, has_other_memory),
       [](const Answer& a) { return Text(a.result.memory); }},
      {"verdict", kLeft, true,
       [](const Answer& a) {
         return Text(std::string(verdict_name(a.result.verdict)), verdict_ink(a.result.verdict));
       }},
      {"finding", kLeft, any(answers, is_violated),
       [is_violated](const Answer& a) {
         if (!is_violated(a) || a.result.violations.empty()) return Text("-");
         return Text(finding_name(a.result.violations.front().property));
       }},
      {"states", kRight, true, [](const Answer& a) { return Text(grouped(a.result.states)); }},
      {"transitions", kRight, is_wide,
       [](const Answer& a) { return Text(grouped(a.result.transitions)); }},
      {"depth", kRight, true, [](const Answer& a) { return Text(grouped(a.result.depth)); }},
      {"lines", kRight, any(answers, [](const Answer& a) { return a.result.complete; }),
       [](const Answer& a) {
         if (!a.result.complete) return Text("-");
         return Text(fmt::format("{}/{}", a.result.lines_reached, a.result.lines));
       }},
      {"schedules", kRight, any(answers, was_counted),
       [](const Answer& a) { return Text(count_or_dash(a.result.schedules)); }},
      {"time", kRight, options.has_times,
       [](const Answer& a) { return Text(milliseconds(a.result.statistics.seconds)); }},
      {"memory used", kRight, options.has_times && is_wide,
       [](const Answer& a) { return Text(mebibytes(a.result.statistics.memory_bytes)); }},
      {"expected", kLeft, any(answers, is_expectation_written),
       [](const Answer& a) {
         return Text(expected_word(a.comparison), a.is_as_expected() ? Ink::Plain
                                                  : a.comparison.match == Match::LimitReached
                                                      ? Ink::Warn
                                                      : Ink::Bad);
       }},
  };
}

Table answer_table(std::span<const Answer> answers, std::span<const AnswerColumn> columns,
                   bool is_tight) {
  Table table;
  table.indent = is_tight ? 0 : 2;
  table.gap = is_tight ? 1 : 2;
  for (const AnswerColumn& column : columns) {
    table.columns.push_back({Text(column.title, Ink::Faint), column.align});
  }
  for (const Answer& answer : answers) {
    std::vector<TableCell> row;
    for (const AnswerColumn& column : columns) row.push_back({column.text(answer)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Where not all columns fit, space goes before figures, and figures before words, which are cut.
std::string render_answers(std::span<const Answer> answers, const CheckReportOptions& options,
                           const Page& page) {
  std::vector<AnswerColumn> columns = answer_columns(answers, options, page);
  std::erase_if(columns, [](const AnswerColumn& column) { return !column.is_shown; });
  Table table = answer_table(answers, columns, false);
  if (table_width(table, page) > page.width) table = answer_table(answers, columns, true);
  while (table_width(table, page) > page.width) {
    const auto figure = std::find_if(
        columns.rbegin(), columns.rend(),
        [](const AnswerColumn& column) { return column.align == TableColumn::Align::Right; });
    if (figure == columns.rend()) break;
    columns.erase(std::next(figure).base());
    table = answer_table(answers, columns, true);
  }
  // Names first, then what was expected and found.
  constexpr int kWordLeast = 8;
  cut_column(table, 0, kWordLeast, page);
  for (std::size_t column = columns.size(); column-- > 1;) {
    if (columns[column].title != std::string_view("verdict")) {
      cut_column(table, column, kWordLeast, page);
    }
  }
  return render(table, page);
}

std::size_t count_matches(std::span<const Answer> answers, Match match) {
  return static_cast<std::size_t>(
      std::count_if(answers.begin(), answers.end(),
                    [match](const Answer& a) { return a.comparison.match == match; }));
}

std::string tally_line(std::span<const Answer> answers, const Page& page) {
  const std::size_t expected = count_matches(answers, Match::AsExpected);
  const bool is_all = expected == answers.size();
  return render(Text(fmt::format("{} of {} as expected", expected, answers.size()),
                     is_all ? Ink::Strong : Ink::Bad),
                page) +
         '\n';
}

std::string check_command(const Answer& answer, const Page& page) {
  std::string command = fmt::format("{} check {}", page.program, shell_word(answer.subject.file));
  if (!answer.subject.variant.empty())
    command += " --variant " + shell_word(answer.subject.variant);
  for (const auto& [axis, value] : answer.subject.cell) {
    command += " --only " + shell_word(axis + "=" + value);
  }
  for (const std::string& flag : answer.subject.flags) command += ' ' + flag;
  return command;
}

// A line below the table, and the answers that it is about.
struct Remark {
  std::string label;
  std::string text;
  Ink ink = Ink::Strong;
  std::vector<std::string> subjects;
};

std::string services_text(const std::vector<std::string>& threads) {
  std::string names;
  for (const std::string& name : threads) names += (names.empty() ? "" : ", ") + name;
  return names + (threads.size() == 1 ? " may sleep at the end: its program has no end"
                                      : " may sleep at the end: their programs have no end");
}

// Differences, reasons, notes and warnings of one answer.
std::vector<Remark> remarks_of(const Answer& answer, const CheckReportOptions& options) {
  const CheckResult& result = answer.result;
  std::vector<Remark> remarks;
  const auto add = [&remarks](const char* label, std::string text, Ink ink = Ink::Strong) {
    remarks.push_back({label, std::move(text), ink, {}});
  };

  const bool was_limited = answer.comparison.match == Match::LimitReached;
  for (const std::string& difference : answer.comparison.differences) {
    // Where nothing was expected, the finding speaks for itself.
    if (!answer.comparison.is_written && !was_limited) continue;
    add(was_limited ? "limit" : "differs", difference, was_limited ? Ink::Warn : Ink::Bad);
  }
  if (answer.is_as_expected() && !result.bound.empty()) add("bound", result.bound, Ink::Warn);
  if (!result.advice.empty()) add("try", result.advice);
  for (const Witness& witness : result.witnesses) {
    const bool is_told = std::any_of(
        result.violations.begin(), result.violations.end(),
        [&witness](const Violation& violation) { return violation.property == witness.property; });
    if (witness.reached || !result.complete || is_told) continue;
    add("never", fmt::format("{}: {} held in no execution", witness.property, witness.text),
        Ink::Warn);
  }
  for (const UnreachedLine& line : result.unreached) {
    add("warning",
        fmt::format("{} of {} never ran: {}", line_label(answer.subject, line.where), line.thread,
                    line.text),
        Ink::Warn);
  }
  if (!result.resting_services.empty()) add("service", services_text(result.resting_services));
  for (const std::string& note : result.notes) add("note", note);
  if (options.has_times && !result.omission.empty() && result.verdict == Verdict::Proved) {
    add("omission", result.omission);
  }
  return remarks;
}

// What several answers have in common is said once.
std::string render_remarks(std::span<const Answer> answers, const CheckReportOptions& options,
                           const Page& page) {
  std::vector<Remark> all;
  for (const Answer& answer : answers) {
    for (Remark& remark : remarks_of(answer, options)) {
      auto known = std::find_if(all.begin(), all.end(), [&remark](const Remark& other) {
        return other.label == remark.label && other.text == remark.text;
      });
      if (known == all.end()) known = all.insert(all.end(), std::move(remark));
      known->subjects.push_back(short_title(answer.subject));
    }
  }

  std::string text;
  for (const Remark& remark : all) {
    std::string subjects;
    if (remark.subjects.size() < answers.size()) {
      for (const std::string& name : remark.subjects) {
        subjects += (subjects.empty() ? "" : ", ") + name;
      }
      subjects += ": ";
    }
    text += labelled(Text(remark.label, remark.ink), subjects + remark.text, page);
  }
  return text;
}

std::string outcome_table(const Answer& answer, bool has_names, const Page& page) {
  const CheckResult& result = answer.result;
  if (result.outcomes.empty()) return "";

  Text title(result.complete ? "outcomes" : "outcomes so far", Ink::Strong);
  if (has_names) title.add(" of " + short_title(answer.subject));
  title.add(fmt::format(": {}", result.outcomes.size()));

  Table table;
  table.indent = 2;
  for (const auto& [key, value] : result.outcomes.front().values) {
    table.columns.push_back({Text(key, Ink::Faint), TableColumn::Align::Right});
  }
  table.columns.push_back({Text("token", Ink::Faint)});
  for (const Outcome& outcome : result.outcomes) {
    std::vector<TableCell> row;
    for (const std::string& value : outcome.shown) row.push_back({Text(value)});
    row.push_back({Text(outcome.token)});
    table.rows.push_back(std::move(row));
  }
  std::string text;
  for (const Text& line : wrap(title, page.width)) text += render(line, page) + '\n';
  return text + render(table, page);
}

bool has_counterexample(const Answer& answer) {
  return answer.result.verdict == Verdict::Violated && !answer.result.violations.empty();
}

// What was found where no table shows it: a line and the command that repeats it.
std::string short_finding(const Answer& answer, bool has_names, const Page& page) {
  const CheckResult& result = answer.result;
  std::string what = finding_name(result.violations.front().property);
  if (!result.violations.front().sentence.empty()) {
    what += ": " + result.violations.front().sentence;
  }
  const std::string label = has_names ? short_title(answer.subject) : "finding";
  std::string text = labelled(Text(label, Ink::Strong), what, page);
  if (result.counterexample) {
    text += labelled_command("", replay_command(answer.subject, result.counterexample->token, page),
                             page);
  }
  return text;
}

// The answers of `chosen` that are violated: whole for as many as were asked for, short otherwise.
std::string findings(std::span<const Answer> answers, bool only_unexpected,
                     const CheckReportOptions& options, const Page& page) {
  const bool has_names = answers.size() > 1;
  std::string whole;
  std::string brief;
  for (const Answer& answer : answers) {
    if (!has_counterexample(answer) || (only_unexpected && answer.is_as_expected())) continue;
    const bool is_whole = options.traces == TracesShown::All ||
                          (options.traces == TracesShown::First && whole.empty());
    if (is_whole) {
      whole += '\n' + render_counterexample(answer.subject, answer.result, page);
    } else {
      brief += short_finding(answer, has_names, page);
    }
  }
  if (!brief.empty()) brief = '\n' + brief;
  return brief + whole;
}

}  // namespace

std::string render_check(std::span<const Answer> answers, const CheckReportOptions& options,
                         const Page& page) {
  if (answers.empty()) return "";
  const bool has_names = answers.size() > 1;
  if (options.is_quiet && count_matches(answers, Match::AsExpected) == answers.size()) return "";

  std::string text = render_head(answers, "every execution", page);
  text += render_answers(answers, options, page);
  if (any(answers, is_expectation_written)) text += '\n' + tally_line(answers, page);

  const std::string below = render_remarks(answers, options, page);
  if (!below.empty()) text += '\n' + below;
  for (const Answer& answer : answers) {
    const std::string table = outcome_table(answer, has_names, page);
    if (!table.empty()) text += '\n' + table;
  }
  return text + findings(answers, options.is_quiet, options, page);
}

std::string render_check_brief(std::span<const Answer> answers, int name_columns,
                               const CheckReportOptions& options, const Page& page) {
  if (answers.empty()) return "";
  const std::size_t expected = count_matches(answers, Match::AsExpected);
  const bool is_all = expected == answers.size();
  if (is_all && options.is_quiet) return "";

  std::uint64_t states = 0;
  for (const Answer& answer : answers) states += answer.result.states;
  const Subject& subject = answers.front().subject;
  const int pad = std::max(0, name_columns - display_width(subject.scenario)) + 2;
  Text line(subject.scenario, Ink::Strong);
  line.add(std::string(static_cast<std::size_t>(pad), ' '));
  line.add(fmt::format("{} of {} as expected", expected, answers.size()),
           is_all ? Ink::Plain : Ink::Bad);
  line.add(fmt::format("  {:>9} states", grouped(states)));
  std::string text = render(line, page) + '\n';
  if (is_all) return text;

  for (const Answer& answer : answers) {
    if (answer.is_as_expected()) continue;
    Text label("  " + short_title(answer.subject), Ink::Strong);
    for (const std::string& difference : answer.comparison.differences) {
      text += labelled(label, difference, page);
      label = {};
    }
    if (!answer.result.advice.empty()) text += labelled("", answer.result.advice, page);
    text += labelled_command("", check_command(answer, page), page);
  }
  const std::string whole = findings(answers, true, options, page);
  return whole.empty() ? text : text + whole + '\n';
}

std::string render_tally(std::span<const Answer> answers, const Page& page) {
  const std::size_t different = count_matches(answers, Match::Different);
  const std::size_t limited = count_matches(answers, Match::LimitReached);
  const std::size_t expected = count_matches(answers, Match::AsExpected);
  Text line;
  if (different > 0) line.add(fmt::format("{} not as expected", different), Ink::Bad).add(", ");
  if (limited > 0) line.add(fmt::format("{} unknown", limited), Ink::Warn).add(", ");
  line.add(fmt::format("{} as expected", expected),
           different + limited == 0 ? Ink::Strong : Ink::Plain);
  return render(line, page) + '\n';
}

}  // namespace wakesim
