// `wakesim check FILE...`

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "sim/assert.h"
#include "tools/cli/commands.h"
#include "tools/cli/interrupt.h"
#include "tools/report/check_json.h"
#include "tools/report/check_text.h"
#include "tools/report/find_text.h"
#include "tools/report/progress.h"

namespace wakesim {
namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ProgressLine make_progress(const Context& context) {
  ProgressLine::Environment environment;
  if (context.arguments.has_progress && !context.arguments.is_quiet) {
    environment.mode =
        context.has_status_terminal ? ProgressLine::Mode::Rewrite : ProgressLine::Mode::Lines;
  }
  environment.width = context.page.width;
  environment.seconds = steady_seconds;
  environment.write = [](const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  return ProgressLine(std::move(environment));
}

// The whole command: goes through the files, keeps the answers.
class CheckCommand {
 public:
  CheckCommand(const Context& context, const std::vector<LoadedFile>& files)
      : context_(context),
        files_(files),
        interrupted_(watch_interrupts()),
        progress_(make_progress(context)) {
    options_.traces = context.arguments.traces;
    options_.has_times = context.arguments.has_statistics || context.has_terminal;
    options_.is_quiet = context.arguments.is_quiet;
    for (const LoadedFile& file : files) {
      for (const Program& program : file.programs) {
        name_columns_ = std::max(name_columns_, display_width(program.subject.scenario));
        ++programs_;
      }
    }
  }

  ExitStatus run() {
    for (const LoadedFile& file : files_) {
      std::vector<Answer> answers;
      for (const Program& program : file.programs) {
        if (interrupted_) break;
        answers.push_back(check(program));
      }
      progress_.clear();
      if (context_.arguments.format == Format::Text) report(answers);
      for (Answer& answer : answers) all_.push_back(std::move(answer));
    }
    finish();
    return status();
  }

 private:
  Answer check(const Program& program) {
    const std::string title = full_title(program.subject);
    const std::string running = fmt::format("{}: {}", program.subject.file, title);
    set_assertion_context(running.c_str());
    progress_.start(title);

    SearchWatch watch;
    watch.interrupted = &interrupted_;
    watch.progress = [this](const SearchProgress& now) { progress_.update(now); };
    // --time is for the whole command, so that it means the same for one file and for many.
    if (context_.arguments.seconds_max > 0) {
      constexpr double kLeastSeconds = 1e-3;
      watch.seconds_left =
          std::max(kLeastSeconds, context_.arguments.seconds_max - (steady_seconds() - started_));
    }
    Answer answer = check_program(program, context_.arguments, watch);
    set_assertion_context(nullptr);
    return answer;
  }

  void report(const std::vector<Answer>& answers) {
    const bool is_only = files_.size() == 1;
    const Page& page = context_.page;
    if (is_question()) {
      context_.output.write(is_only ? render_find(answers, options_, page)
                                    : render_find_brief(answers, name_columns_, options_, page));
    } else {
      context_.output.write(is_only ? render_check(answers, options_, page)
                                    : render_check_brief(answers, name_columns_, options_, page));
    }
  }

  void finish() {
    if (context_.arguments.format == Format::Json) {
      context_.output.write(
          check_json(all_, {.has_statistics = context_.arguments.has_statistics,
                            .has_traces = context_.arguments.traces != TracesShown::None}));
    } else if (files_.size() > 1) {
      context_.output.write('\n' + (is_question() ? render_find_tally(all_, context_.page)
                                                  : render_tally(all_, context_.page)));
    }
    if (interrupted_ && context_.arguments.format == Format::Text) {
      context_.output.write(
          fmt::format("interrupted: {} of {} variants were checked\n", all_.size(), programs_));
    }
  }

  bool is_question() const { return !context_.arguments.find.empty(); }

  bool has_match(Match match) const {
    return std::any_of(all_.begin(), all_.end(),
                       [match](const Answer& answer) { return answer.comparison.match == match; });
  }

  // Whether it can happen at all: reached once is enough, and a limit leaves the answer open.
  ExitStatus question_status() const {
    if (interrupted_) return ExitStatus::Interrupted;
    if (has_match(Match::AsExpected)) return ExitStatus::AsExpected;
    return has_match(Match::LimitReached) ? ExitStatus::LimitReached : ExitStatus::NotAsExpected;
  }

  ExitStatus status() const {
    if (is_question()) return question_status();
    ExitStatus status = interrupted_ ? ExitStatus::Interrupted : ExitStatus::AsExpected;
    for (const Answer& answer : all_) {
      switch (answer.comparison.match) {
        case Match::AsExpected:
          break;
        case Match::Different:
          status = worse(status, ExitStatus::NotAsExpected);
          break;
        case Match::LimitReached:
          status = worse(status, ExitStatus::LimitReached);
          break;
      }
    }
    return status;
  }

  const Context& context_;
  const std::vector<LoadedFile>& files_;
  const std::atomic<bool>& interrupted_;
  ProgressLine progress_;
  CheckReportOptions options_;
  std::vector<Answer> all_;
  std::size_t programs_ = 0;
  int name_columns_ = 0;
  double started_ = steady_seconds();
};

}  // namespace

ExitStatus run_check(const Context& context) {
  if (const std::string problem = machine_flag_problem(context.arguments); !problem.empty()) {
    return refuse(problem);
  }
  const std::vector<LoadedFile> files = load_all(context, LayoutKind::Search);
  if (files.empty()) return ExitStatus::BadInput;
  const bool has_programs = std::any_of(files.begin(), files.end(),
                                        [](const LoadedFile& f) { return !f.programs.empty(); });
  if (!has_programs) return refuse_choice(context);
  return CheckCommand(context, files).run();
}

}  // namespace wakesim
