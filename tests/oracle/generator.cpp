#include "tests/oracle/generator.h"

#include <algorithm>
#include <set>
#include <vector>

#include "tests/oracle/statement.h"

namespace oracle {

using Kind = Operation::Kind;

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

int Random::below(int count) { return static_cast<int>(next() % static_cast<unsigned>(count)); }
int Random::between(int first, int last) { return first + below(last - first + 1); }
bool Random::chance(int percent) { return below(100) < percent; }

std::string_view profile_name(Profile profile) {
  switch (profile) {
    case Profile::Words:
      return "words";
    case Profile::StoreBuffers:
      return "store-buffers";
    case Profile::Futex:
      return "futex";
    case Profile::Requeue:
      return "requeue";
    case Profile::Eventfd:
      return "eventfd";
    case Profile::EventfdFull:
      return "eventfd-full";
    case Profile::Pipe:
      return "pipe";
    case Profile::PipeFull:
      return "pipe-full";
    case Profile::Poll:
      return "poll";
    case Profile::Mutex:
      return "mutex";
    case Profile::Queue:
      return "queue";
    case Profile::Mixed:
      return "mixed";
  }
  return "";
}

namespace {

constexpr Value kPage = 4096;
constexpr Value kEventfdMost = -2;   // 0xfffffffffffffffe, the largest count.
constexpr Value kEventfdWrong = -1;  // 0xffffffffffffffff, refused.

class Generator {
 public:
  Generator(std::uint64_t seed, Profile profile) : random_(seed), profile_(profile) {}

  Generated generate(std::uint64_t seed) {
    declare_objects();
    const int threads = random_.chance(35) ? 2 : 3;
    threads_.resize(threads);
    assigned_.resize(threads);
    kept_.resize(threads);
    waits_.resize(threads, 0);
    timed_thread_ = random_.chance(25) ? random_.below(threads) : -1;
    give_away_pipe_ends(threads);

    for (thread_ = 0; thread_ < threads; ++thread_) {
      positions_ = 0;
      // Three threads of five operations each are too many states for the naive explorer.
      const int operations = random_.between(2, threads == 2 ? 5 : 4);
      for (int i = 0; i < operations; ++i) statement(body(), 0);
      if (profile_ != Profile::Words && threads_[thread_].body.empty()) statement(body(), 0);
    }
    // Room for everything: a push into a full queue is an error of the program.
    if (pushes_ > 0) program_.queue_capacities.front() = pushes_;
    observe();
    for (const StructuredThread& thread : threads_) program_.threads.push_back(lower(thread));

    Generated result{profile_, program_, {}};
    result.yaml = scenario_text(
        "generated/" + std::string(profile_name(profile_)) + "-" + std::to_string(seed), program_,
        threads_);
    return result;
  }

 private:
  // ---- Objects ----

  void declare_objects() {
    const bool is_mixed = profile_ == Profile::Mixed;
    const int words = random_.between(1, profile_ == Profile::StoreBuffers ? 3 : 2);
    for (int i = 0; i < words; ++i) program_.words.push_back(random_.chance(80) ? 0 : 1);
    program_.is_tso = profile_ == Profile::StoreBuffers || random_.chance(15);
    if (profile_ == Profile::Requeue) program_.words.assign(2, 0);

    switch (profile_) {
      case Profile::Eventfd:
      case Profile::EventfdFull:
      case Profile::Poll:
      case Profile::Queue:
      case Profile::Mixed:
        for (int i = random_.between(1, 2); i > 0; --i) add_eventfd();
        break;
      default:
        break;
    }
    if (profile_ == Profile::Pipe || profile_ == Profile::PipeFull ||
        (profile_ == Profile::Poll && random_.chance(50)) || (is_mixed && random_.chance(40))) {
      const bool can_fill =
          profile_ == Profile::PipeFull || (profile_ == Profile::Poll && random_.chance(40));
      unit_ = can_fill ? kPage : 1;
      program_.pipes.push_back(
          {can_fill ? kPage * random_.between(1, 2) : 65536, random_.chance(25)});
    }
    if (profile_ == Profile::Mutex || is_mixed) program_.mutexes = random_.between(1, 2);
    if (profile_ == Profile::Queue || is_mixed) program_.queue_capacities.push_back(1);
  }

  void add_eventfd() {
    program_.eventfds.push_back({static_cast<std::uint64_t>(random_.chance(75) ? 0 : 2),
                                 random_.chance(35), random_.chance(30)});
  }

  // Who may use which end, and whether ends get closed at all.
  void give_away_pipe_ends(int threads) {
    if (program_.pipes.empty()) return;
    closes_pipe_ = profile_ != Profile::Poll && random_.chance(40);
    reader_ = closes_pipe_ && random_.chance(60) ? random_.below(threads) : -1;
    writer_ = closes_pipe_ ? random_.below(threads) : -1;
    if (closes_pipe_ && writer_ == reader_) writer_ = (writer_ + 1) % threads;
  }

  bool may_read_pipe() const { return !read_end_closed_ && (reader_ < 0 || reader_ == thread_); }
  bool may_write_pipe() const { return !write_end_closed_ && (writer_ < 0 || writer_ == thread_); }

  // ---- Statements ----

  Block& body() { return threads_[thread_].body; }

  void statement(Block& block, int depth) {
    if (depth < 2 && profile_ != Profile::Requeue && random_.chance(depth == 0 ? 14 : 6)) {
      return control_flow(block, depth);
    }
    switch (profile_) {
      case Profile::Words:
      case Profile::StoreBuffers:
        return word_statement(block);
      case Profile::Futex:
        return random_.chance(70) ? futex_statement(block, depth) : word_statement(block);
      case Profile::Requeue:
        return requeue_statement(block);
      case Profile::Eventfd:
        return random_.chance(88) ? eventfd_statement(block) : word_statement(block);
      case Profile::EventfdFull:
        return full_eventfd_statement(block);
      case Profile::Pipe:
      case Profile::PipeFull:
        return random_.chance(90) ? pipe_statement(block, depth) : word_statement(block);
      case Profile::Poll:
        return poll_statement(block, depth);
      case Profile::Mutex:
        return random_.chance(60) ? mutex_statement(block, depth) : word_statement(block);
      case Profile::Queue:
        return random_.chance(80) ? queue_statement(block) : word_statement(block);
      case Profile::Mixed:
        return mixed_statement(block, depth);
    }
  }

  void mixed_statement(Block& block, int depth) {
    switch (random_.below(7)) {
      case 0:
      case 1:
        return futex_statement(block, depth);
      case 2:
        return eventfd_statement(block);
      case 3:
        return poll_statement(block, depth);
      case 4:
        return mutex_statement(block, depth);
      case 5:
        return random_.chance(50) && !program_.pipes.empty() ? pipe_statement(block, depth)
                                                             : queue_statement(block);
      default:
        return word_statement(block);
    }
  }

  void control_flow(Block& block, int depth) {
    const bool is_loop = random_.chance(40);
    Statement result;
    // What is assigned inside may not be assigned behind it.
    const std::vector<int> assigned = assigned_[thread_];
    if (is_loop) {
      result.kind = Statement::Kind::Repeat;
      result.count = 2;
      ++loops_;
      statement(result.body, depth + 1);
      if (random_.chance(40)) result.body.push_back(break_if());
      --loops_;
    } else {
      result.kind = Statement::Kind::If;
      result.condition = condition();
      statement(result.body, depth + 1);
      assigned_[thread_] = assigned;
      if (random_.chance(40)) statement(result.otherwise, depth + 1);
    }
    assigned_[thread_] = assigned;
    block.push_back(std::move(result));
  }

  Condition condition() {
    Condition result;
    const std::vector<int>& assigned = assigned_[thread_];
    result.is_word = assigned.empty() || random_.chance(40);
    result.number = result.is_word ? any_word() : assigned[random_.below(assigned.size())];
    result.comparison = static_cast<Comparison>(random_.below(4));
    result.value = random_.below(3);
    return result;
  }

  Statement break_if() { return {.kind = Statement::Kind::BreakIf, .condition = condition()}; }

  void word_statement(Block& block) {
    const int word = any_word();
    switch (random_.below(11)) {
      case 0:
      case 1:
        return plain(block, {.kind = Kind::Load, .object = word, .destination = new_local(true)});
      case 2:
      case 3:
        return plain(block, {.kind = Kind::Store, .object = word, .a = small_value()});
      case 4:
        return plain(block, {.kind = Kind::FetchAdd,
                             .object = word,
                             .a = constant(random_.chance(70) ? 1 : -1),
                             .destination = maybe_local()});
      case 5:
        return plain(block, {.kind = Kind::Exchange,
                             .object = word,
                             .a = small_value(),
                             .destination = maybe_local()});
      case 6:
        return plain(block, {.kind = Kind::CompareExchange,
                             .object = word,
                             .a = constant(random_.below(2)),
                             .b = constant(random_.between(1, 3)),
                             .destination = maybe_local()});
      case 7:
        if (program_.is_tso) return plain(block, {.kind = Kind::Fence});
        return await(block);
      case 8:
        if (random_.chance(50)) return atomic(block);
        block.push_back({.kind = Statement::Kind::AddTo,
                         .operation = {.object = word, .a = constant(random_.between(1, 2))}});
        return;
      case 9:
        // Only threads drawn before, so that two do not wait for each other's end.
        if (thread_ > 0 && random_.chance(30)) {
          return plain(block, {.kind = Kind::Join, .object = random_.below(thread_)});
        }
        return plain(block, {.kind = Kind::Store, .object = word, .a = small_value()});
      default:
        if (random_.chance(30)) {
          return plain(block, {.kind = Kind::Choose,
                               .a = constant(0),
                               .b = constant(random_.between(1, 2)),
                               .destination = new_local(true)});
        }
        return await(block);
    }
  }

  void await(Block& block) {
    plain(block, {.kind = Kind::Await,
                  .object = any_word(),
                  .a = constant(random_.below(2)),
                  .comparison = random_.chance(50) ? Comparison::NotEqual : Comparison::Equal});
  }

  void atomic(Block& block) {
    Operation result{.kind = Kind::Atomic};
    if (random_.chance(30)) {
      result.body.push_back({.kind = Kind::Await,
                             .object = any_word(),
                             .a = constant(0),
                             .comparison = Comparison::Greater});
    }
    result.body.push_back(
        {.kind = Kind::FetchAdd, .object = any_word(), .a = constant(random_.between(1, 2))});
    if (random_.chance(60)) {
      result.body.push_back(
          {.kind = Kind::Load, .object = any_word(), .destination = new_local(true)});
    }
    if (random_.chance(40)) {
      result.body.push_back({.kind = Kind::Store, .object = any_word(), .a = small_value()});
    }
    plain(block, std::move(result));
  }

  void futex_statement(Block& block, int depth) {
    const int word = any_word();
    const int kind = random_.below(10);
    if (kind < 4) {
      // Half the waits expect the word as it is at the start: those are the ones that sleep.
      const Value value = random_.chance(60) ? program_.words[word] : random_.below(3);
      return plain(block, {.kind = Kind::FutexWait,
                           .object = word,
                           .a = constant(value),
                           .b = bitset(),
                           .destination = new_local(false),
                           .wait = timeout()});
    }
    if (kind == 4 && depth == 0 && loops_ == 0) return wait_loop(block, word);
    if (kind < 7) {  // As programs do it: change the word, then wake.
      plain(block, {.kind = random_.chance(50) ? Kind::Store : Kind::FetchAdd,
                    .object = word,
                    .a = constant(random_.between(1, 2))});
    }
    if (program_.words.size() > 1 && random_.chance(15)) {
      return plain(block, {.kind = Kind::FutexWakeOp,
                           .object = word,
                           .second = 1 - word,
                           .a = constant(1),
                           .b = constant(random_.between(1, 2)),
                           .c = constant(random_.between(1, 2)),
                           .destination = new_local(false)});
    }
    plain(block, {.kind = Kind::FutexWake,
                  .object = word,
                  .a = constant(random_.chance(70) ? 1 : 2),
                  .b = bitset(),
                  .destination = maybe_local()});
  }

  Operand bitset() { return constant(random_.chance(85) ? kAnyBit : random_.below(4)); }

  // forever: s = x; if s == v: break; futex_wait(x, s)
  void wait_loop(Block& block, int word) {
    Statement loop{.kind = Statement::Kind::Forever};
    const int seen = new_local(true);
    plain(loop.body, {.kind = Kind::Load, .object = word, .destination = seen});
    loop.body.push_back(
        {.kind = Statement::Kind::BreakIf,
         .condition = {.number = seen,
                       .comparison = random_.chance(50) ? Comparison::Equal : Comparison::Greater,
                       .value = random_.below(2)}});
    plain(loop.body,
          {.kind = Kind::FutexWait, .object = word, .a = local(seen), .b = constant(kAnyBit)});
    block.push_back(std::move(loop));
  }

  void requeue_statement(Block& block) {
    const int kind = random_.below(10);
    const int word = random_.chance(70) ? 0 : 1;
    if (kind < 4 && waits_[thread_] == 0) {
      ++waits_[thread_];
      return plain(block, {.kind = Kind::FutexWait,
                           .object = word,
                           .a = constant(0),
                           .b = constant(kAnyBit),
                           .destination = new_local(false),
                           .wait = timeout()});
    }
    if (kind < 7) {
      return plain(block, {.kind = Kind::FutexCmpRequeue,
                           .object = word,
                           .second = 1 - word,
                           .a = constant(random_.below(2)),
                           .b = constant(random_.between(1, 2)),
                           .c = constant(random_.chance(80) ? 0 : 1),
                           .destination = new_local(false)});
    }
    if (kind < 9) {
      return plain(block, {.kind = Kind::FutexWake,
                           .object = random_.below(2),
                           .a = constant(random_.between(1, 2)),
                           .b = constant(kAnyBit),
                           .destination = new_local(false)});
    }
    plain(block, {.kind = Kind::Store, .object = word, .a = constant(1)});
  }

  void eventfd_statement(Block& block) {
    const int eventfd = any_eventfd();
    if (random_.chance(50)) {
      return plain(block,
                   {.kind = Kind::EventfdRead, .object = eventfd, .destination = new_local(false)});
    }
    plain(block, {.kind = Kind::EventfdWrite,
                  .object = eventfd,
                  .a = constant(random_.chance(8) ? 0 : random_.between(1, 3)),
                  .destination = maybe_local()});
  }

  void full_eventfd_statement(Block& block) {
    static constexpr Value kAmounts[] = {
        1, 1, 2, kEventfdMost, kEventfdMost, kEventfdMost, 0, kEventfdWrong};
    const int eventfd = any_eventfd();
    if (random_.chance(15)) return poll(block);
    if (random_.chance(40)) {
      return plain(block,
                   {.kind = Kind::EventfdRead, .object = eventfd, .destination = new_local(false)});
    }
    plain(block, {.kind = Kind::EventfdWrite,
                  .object = eventfd,
                  .a = constant(kAmounts[random_.below(8)]),
                  .destination = new_local(false)});
  }

  void pipe_statement(Block& block, int depth) {
    const bool can_read = may_read_pipe();
    const bool can_write = may_write_pipe();
    if (!can_read && !can_write) return word_statement(block);
    const bool reads = can_read && (!can_write || random_.chance(50));
    const bool closes = closes_pipe_ && depth == 0 && loops_ == 0 && random_.chance(35) &&
                        (reads ? reader_ : writer_) == thread_;
    if (closes) {
      (reads ? read_end_closed_ : write_end_closed_) = true;
      return plain(block, {.kind = reads ? Kind::PipeCloseReadEnd : Kind::PipeCloseWriteEnd,
                           .object = 0,
                           .destination = maybe_local()});
    }
    plain(block, {.kind = reads ? Kind::PipeRead : Kind::PipeWrite,
                  .object = 0,
                  .a = constant(unit_ == 1 ? random_.between(1, 3) : unit_),
                  .destination = new_local(false)});
  }

  void poll_statement(Block& block, int depth) {
    const int kind = random_.below(10);
    if (kind < 4) return poll(block);
    if (kind < 6 && !program_.pipes.empty()) return pipe_statement(block, depth);
    if (kind == 9) return word_statement(block);
    eventfd_statement(block);
  }

  void poll(Block& block) {
    std::vector<Watch> watches;
    for (int i = 0; i < static_cast<int>(program_.eventfds.size()); ++i) {
      if (random_.chance(65)) watches.push_back({Watch::Source::Eventfd, i, events()});
    }
    if (!program_.pipes.empty() && !closes_pipe_) {
      if (random_.chance(50)) watches.push_back({Watch::Source::PipeReadEnd, 0, kIn});
      if (random_.chance(20)) watches.push_back({Watch::Source::PipeWriteEnd, 0, kOut});
    }
    if (watches.empty()) watches.push_back({Watch::Source::Eventfd, 0, events()});

    Operation result{.kind = Kind::Poll, .object = 0, .destination = new_local(true)};
    if (random_.chance(30)) {
      result.kind = Kind::Select;
      // A set for each kind of event; one of them is enough here.
      for (Watch& watch : watches) {
        if (watch.events == (kIn | kOut)) watch.events = kIn;
      }
    }
    result.watches = std::move(watches);
    result.wait = random_.chance(15) ? Wait::NotAtAll : timeout();
    for (std::size_t i = 0; i < result.watches.size(); ++i) {
      result.revents.push_back(new_local(true));
    }
    plain(block, std::move(result));
  }

  Value events() {
    const int kind = random_.below(10);
    if (kind < 8) return kIn;
    return kind == 8 ? kOut : (kIn | kOut);
  }

  void mutex_statement(Block& block, int depth) {
    const int mutex = random_.below(program_.mutexes);
    if (held_.count(mutex) != 0) return word_statement(block);
    held_.insert(mutex);
    if (random_.chance(75)) {
      plain(block, {.kind = Kind::Lock, .object = mutex});
      critical_section(block, mutex, depth);
    } else {
      const int got = new_local(false);
      plain(block, {.kind = Kind::Trylock, .object = mutex, .destination = got});
      Statement test{.kind = Statement::Kind::If, .condition = {.number = got, .value = 1}};
      const std::vector<int> assigned = assigned_[thread_];
      critical_section(test.body, mutex, depth + 1);
      assigned_[thread_] = assigned;
      block.push_back(std::move(test));
    }
    held_.erase(mutex);
  }

  // Breaks do not leave it: control_flow() puts them behind whole statements only.
  void critical_section(Block& block, int mutex, int depth) {
    if (profile_ == Profile::Mutex && random_.chance(35)) {
      mutex_statement(block, depth + 1);
    } else {
      word_statement(block);
    }
    plain(block, {.kind = Kind::Unlock, .object = mutex});
  }

  // Items with an eventfd as their doorbell, more or less.
  void queue_statement(Block& block) {
    const int kind = random_.below(12);
    if (kind < 3) {
      plain(block, {.kind = Kind::Push, .object = 0, .a = small_value()});
      return plain(block, {.kind = Kind::EventfdWrite, .object = 0, .a = constant(1)});
    }
    if (kind < 4) return plain(block, {.kind = Kind::Push, .object = 0, .a = small_value()});
    if (kind < 8) {
      plain(block, {.kind = Kind::EventfdRead, .object = 0, .destination = new_local(false)});
    }
    static constexpr Kind kTakes[] = {Kind::Pop, Kind::Pop, Kind::Drain};
    static constexpr Kind kLooks[] = {Kind::Front, Kind::Length};
    const bool takes = random_.chance(60);
    plain(block, {.kind = takes ? kTakes[random_.below(3)] : kLooks[random_.below(2)],
                  .object = 0,
                  .destination = new_local(false)});
  }

  // ---- Parts ----

  void plain(Block& block, Operation operation) {
    if (operation.kind == Kind::Push) pushes_ += 1 << loops_;  // Each loop goes round twice.
    if (can_block(operation, program_)) operation.position = ++positions_;
    if (operation.destination >= 0) assigned_[thread_].push_back(operation.destination);
    block.push_back({.operation = std::move(operation)});
  }

  int any_word() { return random_.below(static_cast<int>(program_.words.size())); }
  int any_eventfd() { return random_.below(static_cast<int>(program_.eventfds.size())); }

  // `is_kept`: the loader wants a local that is assigned from an expression to be read or observed.
  int new_local(bool is_kept) {
    const int number = threads_[thread_].locals++;
    if (is_kept) kept_[thread_].insert(number);
    return number;
  }
  int maybe_local() { return random_.chance(60) ? new_local(false) : -1; }

  Operand small_value() {
    const std::vector<int>& assigned = assigned_[thread_];
    if (!assigned.empty() && random_.chance(15)) {
      return local(assigned[random_.below(assigned.size())]);
    }
    return constant(random_.between(0, 2));
  }

  Wait timeout() {
    return thread_ == timed_thread_ && random_.chance(60) ? Wait::AtMost : Wait::Forever;
  }

  // Every word and position; every local, or only those that must be and some others.
  void observe() {
    for (int i = 0; i < static_cast<int>(program_.words.size()); ++i) {
      program_.observed.push_back({Observation::Kind::Word, -1, i});
    }
    const bool observes_all = random_.chance(60);
    for (int t = 0; t < static_cast<int>(threads_.size()); ++t) {
      program_.observed.push_back({Observation::Kind::Position, t, 0});
      for (int i = 0; i < threads_[t].locals; ++i) {
        if (observes_all || kept_[t].count(i) != 0 || random_.chance(40)) {
          program_.observed.push_back({Observation::Kind::Local, t, i});
        }
      }
    }
  }

  Random random_;
  Profile profile_;
  Program program_;
  std::vector<StructuredThread> threads_;
  std::vector<std::vector<int>> assigned_;  // Locals that surely have a value here, by thread.
  std::vector<std::set<int>> kept_;         // Locals that must be observed, by thread.
  std::vector<int> waits_;                  // futex_waits drawn, by thread.
  std::set<int> held_;                      // Mutexes that the thread being drawn holds here.
  int thread_ = 0;
  int positions_ = 0;
  int timed_thread_ = -1;
  int loops_ = 0;   // Loops around the statement being drawn.
  int pushes_ = 0;  // At most so many items ever.
  Value unit_ = 1;  // Pipes move multiples of this.
  bool closes_pipe_ = false;
  bool read_end_closed_ = false;
  bool write_end_closed_ = false;
  int reader_ = -1;  // The only thread that reads the pipe; -1: any.
  int writer_ = -1;
};

}  // namespace

Generated generate(std::uint64_t seed, Profile profile) {
  return Generator(seed, profile).generate(seed);
}

Generated generate(std::uint64_t seed) {
  return generate(seed, static_cast<Profile>(seed % kProfiles));
}

}  // namespace oracle
