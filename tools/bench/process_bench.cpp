// How long a user waits for a small scenario: the whole process, from exec to exit.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <string>

extern char** environ;

namespace {

void run(benchmark::State& state, const std::string& command, const std::string& scenario) {
  std::string program = WAKESIM_PROGRAM;
  std::string first = command;
  std::string second = std::string(WAKESIM_SOURCE_DIR) + "/" + scenario;
  char* const arguments[] = {program.data(), first.data(),
                             scenario.empty() ? nullptr : second.data(), nullptr};
  posix_spawn_file_actions_t silent;
  posix_spawn_file_actions_init(&silent);
  posix_spawn_file_actions_addopen(&silent, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  for (auto _ : state) {
    pid_t child = 0;
    int status = -1;
    if (posix_spawn(&child, program.c_str(), &silent, nullptr, arguments, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
      state.SkipWithError("wakesim did not end with status 0");
      break;
    }
  }
  posix_spawn_file_actions_destroy(&silent);
}

BENCHMARK_CAPTURE(run, version, "version", "")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(run, check_stolen_event, "check", "scenarios/poll/stolen-event.yaml")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(run, check_lost_wakeup, "check", "scenarios/futex/lost-wakeup.yaml")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
