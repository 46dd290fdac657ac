#include "tools/report/trace_json.h"

#include <nlohmann/json.hpp>

namespace wakesim {
namespace {

using Json = nlohmann::ordered_json;

// A number where it is one, else what a person sees.
Json value_json(const ObjectValue& value) {
  if (value.is_number) return value.number;
  return value.shown;
}

Json values_json(const std::vector<ObjectValue>& values) {
  Json json = Json::object();
  for (const ObjectValue& value : values) json[value.object] = value_json(value);
  return json;
}

const char* wake_word(TraceWake::Kind kind) {
  switch (kind) {
    case TraceWake::Kind::Woke:
      return "woke";
    case TraceWake::Kind::WokeNobody:
      return "nobody";
    case TraceWake::Kind::WokeRunning:
      return "running";
  }
  return "";
}

Json step_json(const Subject& subject, const TraceStep& step) {
  Json json = {{"n", step.number}, {"actor", step.actor}};
  if (step.where.line != 0) json["line"] = step.where.line;
  if (step.where.file != 0 && step.where.file < subject.source_names.size()) {
    json["line_file"] = subject.source_names[step.where.file];
  }
  json["text"] = step.text;
  if (!step.phase.empty()) json["phase"] = step.phase;
  if (!step.result.empty()) json["result"] = step.result;
  if (step.is_preemption) json["preemption"] = true;
  json["changed"] = values_json(step.changed);
  for (const TraceWake& wake : step.wakes) {
    Json entry = {{"found", wake_word(wake.kind)}};
    if (!wake.thread.empty()) entry["thread"] = wake.thread;
    if (!wake.subject.empty()) entry["object"] = wake.subject;
    json["wakes"].push_back(std::move(entry));
  }
  if (step.cpu >= 0) {
    json["time_ns"] = step.time_ns;
    json["cpu"] = step.cpu;
  }
  return json;
}

}  // namespace

Json trace_json(const Subject& subject, const Trace& trace) {
  Json json = {{"token", trace.token},
               {"preemptions", trace.preemptions},
               {"threads", trace.threads},
               {"initial", values_json(trace.initial)},
               {"steps", Json::array()}};
  for (const TraceStep& step : trace.steps) json["steps"].push_back(step_json(subject, step));
  return json;
}

}  // namespace wakesim
