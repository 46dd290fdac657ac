// `wakesim replay FILE TOKEN`

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "sim/schedule/token.h"
#include "tools/cli/commands.h"
#include "tools/cli/version.h"
#include "tools/report/trace_json.h"

namespace wakesim {
namespace {

std::string replay_text(const Program& program, const Replayed& replayed, const Page& page) {
  std::string text;
  if (!replayed.question.empty()) {
    text += render(Text(replayed.sentence, Ink::Strong), page) + '\n';
    text += render(Text(full_title(program.subject)), page) + "\n\n";
  } else if (!replayed.sentence.empty()) {
    text += render(Text(replayed.sentence, Ink::Strong), page) + '\n';
    Text verdict("violated", Ink::Bad);
    verdict.add("  ").add(finding_name(replayed.finding.property), Ink::Strong);
    text += render(verdict.add("   ").add(full_title(program.subject)), page) + "\n\n";
  } else {
    text += render(Text(full_title(program.subject), Ink::Strong), page) + "\n\n";
  }
  text += render_trace(program.subject, replayed.trace, replayed.finding, page) + '\n';
  if (!replayed.cause.empty()) {
    text += labelled(Text("why", Ink::Strong), replayed.cause, page);
  }
  if (!replayed.doomed.empty()) {
    text += labelled(
        Text("doomed", Ink::Warn),
        fmt::format("{}: nothing can wake {} any more. Others go on for ever, or have "
                    "not gone on yet: check judges what they may still do",
                    fmt::join(replayed.doomed, ", "), replayed.doomed.size() == 1 ? "it" : "them"),
        page);
  }
  if (!replayed.is_same_program) {
    text += labelled(Text("changed", Ink::Warn),
                     fmt::format("the token is of another version of this program; {} of its {} "
                                 "steps could be taken",
                                 replayed.moves_taken, replayed.moves),
                     page);
  } else if (replayed.moves_taken < replayed.moves) {
    text += labelled(Text("stopped", Ink::Warn),
                     fmt::format("after {} of {} steps: the next one is not possible there",
                                 replayed.moves_taken, replayed.moves),
                     page);
  }
  text += labelled_command(Text("again", Ink::Strong),
                           replay_command(program.subject, replayed.trace.token, page), page);
  return text;
}

std::string replay_json(const Program& program, const Replayed& replayed) {
  nlohmann::ordered_json json = {{"wakesim", version()},
                                 {"command", "replay"},
                                 {"scenario", program.subject.scenario},
                                 {"file", program.subject.file},
                                 {"variant", program.subject.variant},
                                 {"cell", nlohmann::ordered_json::object()},
                                 {"same_program", replayed.is_same_program},
                                 {"steps_asked", replayed.moves},
                                 {"steps_taken", replayed.moves_taken}};
  for (const auto& [axis, value] : program.subject.cell) json["cell"][axis] = value;
  if (!replayed.question.empty()) {
    json["find"] = replayed.question;
    json["answer"] = replayed.is_reached ? "reached" : "not at the end";
    json["sentence"] = replayed.sentence;
  } else if (!replayed.sentence.empty()) {
    json["property"] = replayed.finding.property;
    json["sentence"] = replayed.sentence;
    json["cause"] = replayed.cause;
  }
  if (!replayed.doomed.empty()) json["doomed"] = replayed.doomed;
  json["trace"] = trace_json(program.subject, replayed.trace);
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace

ExitStatus run_replay(const Context& context) {
  const Arguments& arguments = context.arguments;
  if (const std::string problem = machine_flag_problem(arguments); !problem.empty()) {
    return refuse(problem);
  }
  const std::string& token = arguments.words[1];
  if (!read_token_head(token)) {
    return refuse(fmt::format("'{}' is no token: one looks like wk1.VARIANT.DIGEST.RUNS", token));
  }
  const LoadedFile file =
      load({.path = arguments.words[0], .width = context.page.width}, arguments);
  if (!report_problems(file)) return ExitStatus::BadInput;

  const Program* program = find_program(file, token);
  if (program == nullptr) {
    refuse(fmt::format("the token '{}' is of no variant of {}", token, arguments.words[0]));
    return ExitStatus::TokenMisfit;
  }
  const auto outcome = replay_program(*program, token, arguments.reduction);
  if (const auto* reason = std::get_if<std::string>(&outcome)) {
    refuse(*reason);
    return ExitStatus::TokenMisfit;
  }
  const Replayed& replayed = std::get<Replayed>(outcome);
  context.output.write(arguments.format == Format::Json
                           ? replay_json(*program, replayed)
                           : replay_text(*program, replayed, context.page));
  const bool fits = replayed.is_same_program && replayed.moves_taken == replayed.moves;
  return fits ? ExitStatus::AsExpected : ExitStatus::TokenMisfit;
}

}  // namespace wakesim
