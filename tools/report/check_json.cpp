#include "tools/report/check_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/cli/version.h"
#include "tools/report/trace_json.h"

namespace wakesim {
namespace {

using Json = nlohmann::ordered_json;

Json outcome_json(const Outcome& outcome) {
  Json values = Json::object();
  for (const auto& [key, value] : outcome.values) values[key] = value;
  return {{"values", std::move(values)}, {"token", outcome.token}};
}

Json subject_json(const Subject& subject) {
  Json json = {{"scenario", subject.scenario},
               {"file", subject.file},
               {"variant", subject.variant},
               {"cell", Json::object()}};
  for (const auto& [axis, value] : subject.cell) json["cell"][axis] = value;
  return json;
}

// A line, and its file where that is an include.
void add_place(const Subject& subject, const Location& where, Json& json) {
  if (where.line == 0) return;
  json["line"] = where.line;
  if (where.file != 0 && where.file < subject.source_names.size()) {
    json["line_file"] = subject.source_names[where.file];
  }
}

void add_findings(const Answer& answer, Json& json) {
  const CheckResult& result = answer.result;
  if (result.violations.empty()) {
    json["violations"] = Json::array();
    return;
  }
  const Violation& headline = result.violations.front();
  json["property"] = headline.property;
  for (const Violation& violation : result.violations) {
    json["violations"].push_back(violation.property);
  }
  if (!headline.thread.empty()) json["thread"] = headline.thread;
  if (!headline.object.empty()) json["object"] = headline.object;
  json["sentence"] = headline.sentence;
  if (!headline.cause.empty()) json["cause"] = headline.cause;
  add_place(answer.subject, headline.where, json);
  if (headline.doomed_at != 0) json["doomed_at"] = headline.doomed_at;
}

void add_counts(const CheckResult& result, Json& json) {
  json["complete"] = result.complete;
  json["states"] = result.states;
  json["transitions"] = result.transitions;
  json["depth"] = result.depth;
  json["memory"] = result.memory;
  if (result.schedules) {
    json["schedules"] = *result.schedules;
  } else if (result.schedules_infinite) {
    json["schedules"] = nullptr;
  }
  if (!result.bound.empty()) json["bound"] = result.bound;
  if (!result.advice.empty()) json["advice"] = result.advice;
  if (result.complete) json["lines"] = {{"all", result.lines}, {"reached", result.lines_reached}};
}

void add_observations(const Answer& answer, Json& json) {
  const CheckResult& result = answer.result;
  json["outcomes"] = Json::array();
  for (const Outcome& outcome : result.outcomes) {
    json["outcomes"].push_back(outcome_json(outcome));
  }
  for (const Witness& witness : result.witnesses) {
    Json entry = {{"property", witness.property}, {"reached", witness.reached}};
    if (!witness.token.empty()) entry["token"] = witness.token;
    json["witnesses"].push_back(std::move(entry));
  }
  for (const Sleeper& sleeper : result.sleepers) {
    Json entry = {{"thread", sleeper.thread}, {"call", sleeper.call}};
    if (!sleeper.object.empty()) entry["object"] = sleeper.object;
    if (!sleeper.owner.empty()) entry["owner"] = sleeper.owner;
    add_place(answer.subject, sleeper.where, entry);
    json["sleepers"].push_back(std::move(entry));
  }
  for (const UnreachedLine& line : result.unreached) {
    json["unreached"].push_back(
        {{"thread", line.thread}, {"line", line.where.line}, {"text", line.text}});
  }
  if (!result.resting_services.empty()) json["services"] = result.resting_services;
  if (!result.notes.empty()) json["notes"] = result.notes;
  if (!result.reductions.empty()) json["reductions"] = result.reductions;
  if (!result.omission.empty()) json["omission"] = result.omission;
}

const char* answer_word(Match match) {
  switch (match) {
    case Match::AsExpected:
      return "reached";
    case Match::Different:
      return "never";
    case Match::LimitReached:
      return "unknown";
  }
  return "";
}

void add_statistics(const CheckResult& result, Json& json) {
  json["stats"] = {{"seconds", result.statistics.seconds},
                   {"memory_bytes", result.statistics.memory_bytes},
                   {"bytes_per_state", result.statistics.bytes_per_state}};
}

Json trace_or_token(const Answer& answer, const JsonOptions& options) {
  const Trace& trace = *answer.result.counterexample;
  return options.has_traces ? trace_json(answer.subject, trace) : Json{{"token", trace.token}};
}

Json question_json(const Answer& answer, const JsonOptions& options) {
  const CheckResult& result = answer.result;
  Json json = subject_json(answer.subject);
  json["find"] = answer.question;
  json["answer"] = answer_word(answer.comparison.match);
  if (result.counterexample) json["sentence"] = result.violations.front().sentence;
  json["as_expected"] = answer.is_as_expected();
  add_counts(result, json);
  if (!result.notes.empty()) json["notes"] = result.notes;
  if (result.counterexample) json["witness"] = trace_or_token(answer, options);
  if (options.has_statistics) add_statistics(result, json);
  return json;
}

Json answer_json(const Answer& answer, const JsonOptions& options) {
  const CheckResult& result = answer.result;
  Json json = subject_json(answer.subject);
  json["verdict"] = verdict_name(result.verdict);
  add_findings(answer, json);
  json["as_expected"] = answer.is_as_expected();
  if (!answer.comparison.differences.empty()) json["differences"] = answer.comparison.differences;
  add_counts(result, json);
  add_observations(answer, json);
  if (result.counterexample) json["counterexample"] = trace_or_token(answer, options);
  if (options.has_statistics) add_statistics(result, json);
  return json;
}

}  // namespace

std::string check_json(std::span<const Answer> answers, const JsonOptions& options) {
  const auto is_fine = [](const Answer& answer) { return answer.is_as_expected(); };
  // Whether something can happen is answered where it is reached once.
  const bool is_question = !answers.empty() && !answers.front().question.empty();
  const bool is_as_expected = is_question ? std::any_of(answers.begin(), answers.end(), is_fine)
                                          : std::all_of(answers.begin(), answers.end(), is_fine);
  Json json = {{"wakesim", version()},
               {"command", "check"},
               {"as_expected", is_as_expected},
               {"results", Json::array()}};
  for (const Answer& answer : answers) {
    json["results"].push_back(answer.question.empty() ? answer_json(answer, options)
                                                      : question_json(answer, options));
  }
  // Names and lines come from files of any bytes: what is not UTF-8 is replaced, never thrown.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace wakesim
