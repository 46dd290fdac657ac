// `wakesim run FILE`

#include <fmt/format.h>

#include "sim/assert.h"
#include "tools/cli/commands.h"

namespace wakesim {
namespace {

constexpr std::size_t kStepsShown = 200;   // A longer run is told by its totals.
constexpr std::size_t kThreadsShown = 16;  // So is one of many threads.

// Whether an answer of one execution is what the author expects of all of them.
bool is_as_expected(const Program& program, const RunReport& report) {
  return !report.is_violated() ||
         program.expectation.verdict == ast::Expectation::Verdict::Violated;
}

}  // namespace

ExitStatus run_run(const Context& context) {
  const Arguments& arguments = context.arguments;
  if (const std::string problem = machine_flag_problem(arguments); !problem.empty()) {
    return refuse(problem);
  }
  // Few threads are compiled for search, which can say who is doomed; many for timed runs.
  LoadRequest request{.path = arguments.words.front(),
                      .width = context.page.width,
                      .layout = LayoutKind::Timed,
                      .programs_max = 1};
  LoadedFile file = load(request, arguments);
  if (!report_problems(file)) return ExitStatus::BadInput;
  if (file.programs.empty()) return refuse_choice(context);
  const bool is_small = file.programs.front().system->thread_count() <= kThreadsShown;
  if (is_small || arguments.is_random) {
    request.layout = LayoutKind::Search;
    file = load(request, arguments);
    if (!report_problems(file)) return ExitStatus::BadInput;
  }

  const Program& program = file.programs.front();
  const std::string running =
      fmt::format("{}: {}", program.subject.file, full_title(program.subject));
  set_assertion_context(running.c_str());
  const RunReport report = run_program(program, {.steps_kept = is_small ? kStepsShown : 0,
                                                 .steps_max = arguments.steps_max,
                                                 .is_random = arguments.is_random,
                                                 .seed = arguments.seed});
  set_assertion_context(nullptr);

  const bool expected = is_as_expected(program, report);
  if (arguments.format == Format::Json) {
    context.output.write(run_json(report, expected));
  } else if (!arguments.is_quiet || !expected) {
    context.output.write(render_run(report, file.chosen - 1, context.page));
  }
  if (!expected) return ExitStatus::NotAsExpected;
  return report.is_bounded ? ExitStatus::LimitReached : ExitStatus::AsExpected;
}

}  // namespace wakesim
