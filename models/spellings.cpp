#include "models/spellings.h"

namespace wakesim {

std::vector<SpellingRow> spellings() {
  constexpr std::string_view kSemaphore =
      "a semaphore is  s: eventfd(0, EFD_SEMAPHORE)\nthen sem_wait is read(s), sem_post "
      "write(s, 1)";
  return {
      {"pthread_create", "", "threads start by themselves; `start:` holds one back"},
      {"pthread_exit", "return $1"},
      {"pthread_join", "join($1)"},
      {"thrd_join", "join($1)"},
      {"pthread_cancel", "cancel($1)"},
      {"pthread_cleanup_push", "", "write  try: with the lines, and cleanup: below it"},
      {"pthread_cleanup_pop", "", "write  try: with the lines, and cleanup: below it"},
      {"pthread_self", "self"},
      {"gettid", "self"},
      {"pthread_mutex_lock", "lock($1)"},
      {"pthread_mutex_trylock", "trylock($1)"},
      {"pthread_mutex_unlock", "unlock($1)"},
      {"mtx_lock", "lock($1)"},
      {"mtx_unlock", "unlock($1)"},
      {"pthread_kill", "kill($*)"},
      {"tgkill", "", "write  kill(THREAD, SIGNAL)"},
      {"raise", "kill(self, $1)"},
      {"getpid", "process"},
      {"sigaction", "", "a handler is  on SIGNAL:  beside the thread's `run:`"},
      {"signal", "", "a handler is  on SIGNAL:  beside the thread's `run:`"},
      {"sigemptyset", "", "a set is a number: 0, or sigset(SIGUSR1, SIGUSR2)"},
      {"sigaddset", "", "a set is a number: 0, or sigset(SIGUSR1, SIGUSR2)"},
      {"sigprocmask", "pthread_sigmask($*)"},
      {"sigwaitinfo", "sigwait($1)"},
      {"sem_init", "", kSemaphore},
      {"sem_wait", "", kSemaphore},
      {"sem_post", "", kSemaphore},
      {"usleep", "", "write  sleep 10us"},
      {"msleep", "", "write  sleep 10ms"},
      {"clock_nanosleep", "", "write  sleep 10ms"},
      {"sched_yield", "", "leave it away: any thread may go on after any step"},
      {"eventfd_read", "read($1)"},
      {"eventfd_write", "write($*)"},
      {"readv", "read($1, n)"},
      {"writev", "write($1, n)"},
      {"recvmsg", "recv($1, n)"},
      {"sendmsg", "send($1, n)"},
      {"futex", "", "each operation is a call: futex_wait(word, value), futex_wake(word, count)"},
      {"wait_event", "", "write  prepare_to_wait(), the test, schedule(), finish_wait()"},
      {"atomic_load", "load($*)"},
      {"atomic_store", "store($*)"},
      {"atomic_exchange", "xchg($*)"},
      {"atomic_fetch_add", "fetch_add($*)"},
      {"atomic_fetch_sub", "fetch_sub($*)"},
      {"atomic_fetch_and", "fetch_and($*)"},
      {"atomic_fetch_or", "fetch_or($*)"},
      {"atomic_thread_fence", "fence()"},
      {"smp_mb", "fence()"},
      {"atomic_compare_exchange_strong", "",
       "write  cas(x, old, new), which returns the old value"},
      {"atomic_compare_exchange_weak", "", "write  cas(x, old, new), which returns the old value"},
      {"compare_exchange", "", "write  cas(x, old, new), which returns the old value"},
      {"cmpxchg", "cas($*)"},
  };
}

}  // namespace wakesim
