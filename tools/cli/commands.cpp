#include "tools/cli/commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <new>

#include "sim/assert.h"
#include "tools/cli/files.h"
#include "tools/cli/terminal.h"
#include "tools/cli/version.h"

namespace wakesim {
namespace {

void print_error(const std::string& text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

ExitStatus dispatch(const Context& context) {
  switch (context.arguments.command) {
    case Command::Check:
      return run_check(context);
    case Command::Run:
      return run_run(context);
    case Command::Replay:
      return run_replay(context);
    case Command::Show:
      return run_show(context);
    case Command::Models:
      return run_models(context);
    case Command::List:
      return run_list(context);
    case Command::Schema:
      return run_schema(context);
    case Command::Version:
      return run_version(context);
  }
  WAKESIM_UNREACHABLE();
}

// Commands that answer nothing: who has seen enough of their output has not missed a result.
bool is_only_shown(Command command) {
  switch (command) {
    case Command::Show:
    case Command::Models:
    case Command::List:
    case Command::Schema:
    case Command::Version:
      return true;
    case Command::Check:
    case Command::Run:
    case Command::Replay:
      return false;
  }
  WAKESIM_UNREACHABLE();
}

// Some of the output could not be written.
ExitStatus give_up(const Output& output, bool is_only_shown) {
  if (is_only_shown && output.has_lost_reader()) return ExitStatus::AsExpected;
  print_error(fmt::format("error: cannot write {}\n", output.problem()));
  return ExitStatus::OutputFailed;
}

ExitStatus run(const Arguments& arguments) {
  const Terminal terminal = read_terminal();
  Output output(arguments.output);
  if (!output.problem().empty()) {
    print_error(fmt::format("error: cannot write {}\n", output.problem()));
    return ExitStatus::OutputFailed;
  }
  const Context context{.arguments = arguments,
                        .page = page_for(arguments, terminal),
                        .output = output,
                        .has_terminal = terminal.is_stdout && arguments.output.empty(),
                        .has_status_terminal = terminal.is_stderr};
  if (arguments.is_seed_drawn) print_error(fmt::format("seed: {}\n", arguments.seed));

  const ExitStatus status = dispatch(context);
  // After bad input there is no report, and a file from before stays as it was.
  const bool is_stopped = status == ExitStatus::BadInput || status == ExitStatus::InternalError;
  if (is_stopped && !arguments.output.empty()) return status;
  if (!output.commit()) return give_up(output, is_only_shown(arguments.command));
  return status;
}

}  // namespace

ExitStatus refuse(const std::string& text) {
  print_error(fmt::format("error: {}\n", text));
  return ExitStatus::BadInput;
}

bool report_problems(const LoadedFile& file) {
  std::string text;
  for (const std::string& problem : file.problems) {
    if (!text.empty()) text += '\n';
    text += problem;
    if (!text.ends_with('\n')) text += '\n';
  }
  if (file.errors > 0) {
    text += fmt::format("\n{} error{}\n", file.errors, file.errors == 1 ? "" : "s");
  }
  print_error(text);
  return file.errors == 0;
}

std::vector<LoadedFile> load_all(const Context& context, LayoutKind layout) {
  std::vector<LoadedFile> files;
  bool is_sound = true;
  for (const std::string& path : expand_files(context.arguments.words)) {
    files.push_back(
        load({.path = path, .width = context.page.width, .layout = layout}, context.arguments));
    is_sound &= report_problems(files.back());
  }
  if (!is_sound) files.clear();
  return files;
}

ExitStatus refuse_choice(const Context& context) {
  const Arguments& arguments = context.arguments;
  std::string wanted;
  if (!arguments.variant.empty()) wanted += " --variant " + arguments.variant;
  for (const auto& [axis, value] : arguments.only) wanted += " --only " + axis + '=' + value;

  Arguments all = arguments;
  all.variant.clear();
  all.only.clear();
  std::vector<std::string> titles;
  for (const std::string& path : expand_files(arguments.words)) {
    for (const Program& program : load({.path = path, .is_compiled = false}, all).programs) {
      titles.push_back(short_title(program.subject));
    }
  }
  std::string text = fmt::format("nothing matches{}", wanted);
  if (!arguments.variant.empty()) {
    const std::string closest = closest_name(arguments.variant, titles);
    if (!closest.empty()) return refuse(fmt::format("{}\nhint: did you mean {}?", text, closest));
  }
  constexpr std::size_t kTitlesMax = 20;
  text += "\nhint: there are";
  for (std::size_t i = 0; i < titles.size() && i < kTitlesMax; ++i) {
    text += fmt::format("{} {}", i > 0 ? "," : "", titles[i]);
  }
  if (titles.size() > kTitlesMax) text += ", ...";
  return refuse(text);
}

int run_command_line(int argc, char** argv) {
  occupy_standard_streams();
  const auto parsed = parse_arguments(std::vector<std::string>(argv + 1, argv + argc));
  if (const auto* usage = std::get_if<Usage>(&parsed)) {
    if (usage->is_error) {
      print_error(usage->text);
      return static_cast<int>(ExitStatus::BadInput);
    }
    Output output("");
    output.write(usage->text);
    return static_cast<int>(output.commit() ? ExitStatus::AsExpected : give_up(output, true));
  }

  try {
    return static_cast<int>(run(std::get<Arguments>(parsed)));
  } catch (const std::bad_alloc&) {
    print_error(
        "error: out of memory\nhint: --max-memory stops before that and says how far it came\n");
    return static_cast<int>(ExitStatus::LimitReached);
  } catch (const std::exception& error) {
    print_error(fmt::format("internal error: {}\n", error.what()));
    return static_cast<int>(ExitStatus::InternalError);
  }
}

}  // namespace wakesim
