// `wakesim show FILE`

#include "tools/cli/commands.h"
#include "tools/report/show_text.h"

namespace wakesim {

ExitStatus run_show(const Context& context) {
  if (const std::string problem = machine_flag_problem(context.arguments); !problem.empty()) {
    return refuse(problem);
  }
  // Compiled too, so that what is shown is what would run.
  const LoadedFile file = load(
      {.path = context.arguments.words.front(), .width = context.page.width}, context.arguments);
  if (!report_problems(file)) return ExitStatus::BadInput;
  if (file.programs.empty()) return refuse_choice(context);
  bool is_first = true;
  for (const Program& program : file.programs) {
    if (!is_first) context.output.write("\n");
    is_first = false;
    context.output.write(render_program(program.subject, program.system->instance, context.page));
  }
  return ExitStatus::AsExpected;
}

}  // namespace wakesim
