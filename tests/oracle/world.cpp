#include "tests/oracle/world.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace oracle {

using Kind = Operation::Kind;

namespace {

constexpr std::uint64_t kEventfdMax = 0xfffffffffffffffe;

bool holds(Value left, Comparison comparison, Value right) {
  switch (comparison) {
    case Comparison::Equal:
      return left == right;
    case Comparison::NotEqual:
      return left != right;
    case Comparison::Less:
      return left < right;
    case Comparison::Greater:
      return left > right;
  }
  return false;
}

// Plain accesses and what touches only locals go on while stores are still in the buffer, and so
// does a look at a queue, which is a plain load of the program's own; everything else is a locked
// instruction or a system call.
bool waits_for_buffer(Kind kind) {
  switch (kind) {
    case Kind::Load:
    case Kind::Store:
    case Kind::Await:
    case Kind::Set:
    case Kind::Add:
    case Kind::Choose:
    case Kind::Jump:
    case Kind::JumpUnless:
    case Kind::JumpUnlessWord:
    case Kind::Front:
    case Kind::Length:
      return false;
    default:
      return true;
  }
}

}  // namespace

World::World(const Program& program)
    : program_(&program),
      threads_(program.threads.size()),
      words_(program.words),
      futex_queues_(program.words.size()),
      pipes_(program.pipes.size()),
      owners_(program.mutexes, -1),
      queues_(program.queue_capacities.size()) {
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    threads_[i].locals.assign(program.threads[i].locals, 0);
  }
  for (const EventfdSpec& eventfd : program.eventfds) eventfds_.push_back(eventfd.count);
}

std::vector<Move> World::moves() const {
  std::vector<Move> result;
  for (int i = 0; i < static_cast<int>(threads_.size()); ++i) {
    if (can_step(i)) {
      const Operation& next = *operation(i);
      const Value choices = next.kind == Kind::Choose ? next.b.value - next.a.value + 1 : 1;
      for (Value choice = 0; choice < choices; ++choice) {
        result.push_back({Move::Kind::Thread, i, choice});
      }
    }
    if (can_time_out(i)) result.push_back({Move::Kind::Timeout, i, 0});
    if (!threads_[i].buffer.empty()) result.push_back({Move::Kind::Flush, i, 0});
  }
  return result;
}

void World::apply(const Move& move) {
  switch (move.kind) {
    case Move::Kind::Thread:
      return step(move.thread, move.choice);
    case Move::Kind::Timeout:
      return time_out(move.thread);
    case Move::Kind::Flush:
      return flush(move.thread);
  }
}

const Operation* World::operation(int thread) const {
  const std::vector<Operation>& operations = program_->threads[thread].operations;
  const std::size_t next = threads_[thread].next;
  return next < operations.size() ? &operations[next] : nullptr;
}

bool World::has_ended(int thread) const {
  return operation(thread) == nullptr && threads_[thread].buffer.empty();
}

// Whether the call, or its next part, can go on: what each manual page calls "blocks until".
bool World::can_step(int number) const {
  const Operation* next = operation(number);
  const Thread& thread = threads_[number];
  if (next == nullptr) return false;
  if (waits_for_buffer(next->kind) && !thread.buffer.empty()) return false;

  switch (next->kind) {
    case Kind::Await:
      return holds(load(thread, next->object), next->comparison, get(thread, next->a));
    case Kind::Join:
      return has_ended(next->object);
    case Kind::Atomic: {
      const Operation& first = next->body.front();
      return first.kind != Kind::Await ||
             holds(words_[first.object], first.comparison, get(thread, first.a));
    }
    case Kind::FutexWait:
      return thread.phase != Phase::Queued;
    case Kind::EventfdRead:
      return eventfds_[next->object] > 0 || program_->eventfds[next->object].is_nonblocking;
    case Kind::EventfdWrite: {
      const auto value = static_cast<std::uint64_t>(get(thread, next->a));
      return value > kEventfdMax || fits(next->object, value) ||
             program_->eventfds[next->object].is_nonblocking;
    }
    case Kind::PipeRead: {
      const Pipe& pipe = pipes_[next->object];
      return !pipe.has_reader || pipe.bytes > 0 || !pipe.has_writer ||
             program_->pipes[next->object].is_nonblocking;
    }
    case Kind::PipeWrite: {
      const Pipe& pipe = pipes_[next->object];
      return !pipe.has_writer || !pipe.has_reader ||
             pipe.bytes + get(thread, next->a) <= program_->pipes[next->object].capacity ||
             program_->pipes[next->object].is_nonblocking;
    }
    case Kind::Poll:
    case Kind::Select:
      return thread.phase != Phase::Waiting ||
             std::any_of(next->watches.begin(), next->watches.end(),
                         [this](const Watch& watch) { return ready(watch) != 0; });
    case Kind::Lock:
      return owners_[next->object] == -1;
    default:
      return true;
  }
}

bool World::can_time_out(int thread) const {
  const Operation* next = operation(thread);
  if (next == nullptr || next->wait != Wait::AtMost) return false;
  const Phase phase = threads_[thread].phase;
  return phase == Phase::Queued || phase == Phase::Waiting;
}

void World::step(int number, Value choice) {
  const Operation& operation = *this->operation(number);
  Thread& thread = threads_[number];
  const int object = operation.object;
  const Value a = get(thread, operation.a);
  const Value b = get(thread, operation.b);

  switch (operation.kind) {
    case Kind::Load:
      return finish(thread, operation, load(thread, object));
    case Kind::Store:
      if (program_->is_tso) {
        thread.buffer.emplace_back(object, a);
      } else {
        store(object, a);
      }
      return finish(thread, operation, 0);
    case Kind::FetchAdd: {
      const Value old = words_[object];
      store(object, old + a);
      return finish(thread, operation, old);
    }
    case Kind::Exchange: {
      const Value old = words_[object];
      store(object, a);
      return finish(thread, operation, old);
    }
    case Kind::CompareExchange: {
      const Value old = words_[object];
      if (old == a) store(object, b);
      return finish(thread, operation, old);
    }
    case Kind::Fence:
    case Kind::Await:
    case Kind::Join:
      return finish(thread, operation, 0);
    case Kind::Atomic:
      for (const Operation& line : operation.body) step_inside_atomic(thread, line);
      return finish(thread, operation, 0);

    case Kind::Set:
      return finish(thread, operation, a);
    case Kind::Add:
      return finish(thread, operation, a + b);
    case Kind::Choose:
      return finish(thread, operation, a + choice);
    case Kind::Jump:
      thread.next = operation.target;
      return;
    case Kind::JumpUnless:
      thread.next = holds(a, operation.comparison, b) ? thread.next + 1 : operation.target;
      return;
    case Kind::JumpUnlessWord:
      thread.next =
          holds(load(thread, object), operation.comparison, b) ? thread.next + 1 : operation.target;
      return;

    case Kind::FutexWait:
      return step_futex_wait(thread, operation, number);
    case Kind::FutexWake:
      return finish(thread, operation, b == 0 ? -EINVAL : wake(object, a, b));
    case Kind::FutexWakeOp:
      return finish(thread, operation, wake_op(thread, operation));
    case Kind::FutexCmpRequeue:
      return finish(thread, operation, requeue(thread, operation));

    case Kind::EventfdRead: {
      std::uint64_t& count = eventfds_[object];
      if (count == 0) return finish(thread, operation, -EAGAIN);
      const std::uint64_t taken = program_->eventfds[object].is_semaphore ? 1 : count;
      count -= taken;
      return finish(thread, operation, static_cast<Value>(taken));
    }
    case Kind::EventfdWrite: {
      const auto value = static_cast<std::uint64_t>(a);
      if (value > kEventfdMax) return finish(thread, operation, -EINVAL);
      if (!fits(object, value)) return finish(thread, operation, -EAGAIN);
      eventfds_[object] += value;
      return finish(thread, operation, 8);
    }

    case Kind::PipeRead: {
      Pipe& pipe = pipes_[object];
      if (!pipe.has_reader) return finish(thread, operation, -EBADF);
      if (pipe.bytes == 0) return finish(thread, operation, pipe.has_writer ? -EAGAIN : 0);
      const Value taken = std::min(pipe.bytes, a);
      pipe.bytes -= taken;
      return finish(thread, operation, taken);
    }
    case Kind::PipeWrite: {
      // Writes of at most PIPE_BUF bytes: all or nothing.
      Pipe& pipe = pipes_[object];
      if (!pipe.has_writer) return finish(thread, operation, -EBADF);
      if (!pipe.has_reader) return finish(thread, operation, -EPIPE);
      if (pipe.bytes + a > program_->pipes[object].capacity) {
        return finish(thread, operation, -EAGAIN);
      }
      pipe.bytes += a;
      return finish(thread, operation, a);
    }
    case Kind::PipeCloseReadEnd:
      pipes_[object].has_reader = false;
      return finish(thread, operation, 0);
    case Kind::PipeCloseWriteEnd:
      pipes_[object].has_writer = false;
      return finish(thread, operation, 0);

    case Kind::Poll:
    case Kind::Select:
      return step_poll(thread, operation);

    case Kind::Lock:
      owners_[object] = number;
      return finish(thread, operation, 0);
    case Kind::Trylock: {
      const bool is_free = owners_[object] == -1;
      if (is_free) owners_[object] = number;
      return finish(thread, operation, is_free ? 1 : 0);
    }
    case Kind::Unlock:
      if (owners_[object] != number) std::abort();  // The program was drawn wrongly.
      owners_[object] = -1;
      return finish(thread, operation, 0);

    case Kind::Push:
      if (static_cast<Value>(queues_[object].size()) == program_->queue_capacities[object]) {
        std::abort();  // The program was drawn wrongly.
      }
      queues_[object].push_back(a);
      return finish(thread, operation, 0);
    case Kind::Pop:
    case Kind::Front: {
      std::vector<Value>& queue = queues_[object];
      if (queue.empty()) return finish(thread, operation, -EAGAIN);
      const Value oldest = queue.front();
      if (operation.kind == Kind::Pop) queue.erase(queue.begin());
      return finish(thread, operation, oldest);
    }
    case Kind::Length:
      return finish(thread, operation, static_cast<Value>(queues_[object].size()));
    case Kind::Drain: {
      const auto items = static_cast<Value>(queues_[object].size());
      queues_[object].clear();
      return finish(thread, operation, items);
    }
  }
}

void World::step_inside_atomic(Thread& thread, const Operation& line) {
  switch (line.kind) {
    case Kind::Load:
      thread.locals[line.destination] = words_[line.object];
      return;
    case Kind::Store:
      return store(line.object, get(thread, line.a));
    case Kind::FetchAdd:
      return store(line.object, words_[line.object] + get(thread, line.a));
    case Kind::Await:
      return;  // The guard: it holds.
    default:
      std::abort();  // Nothing else stands in one.
  }
}

// "Tests that the value at the futex word still contains the expected value, and if so, then
// sleeps": the test and the sleep are one step.
void World::step_futex_wait(Thread& thread, const Operation& operation, int number) {
  if (thread.phase == Phase::Chosen) {
    thread.phase = Phase::Start;
    return finish(thread, operation, 0);
  }
  if (get(thread, operation.b) == 0) return finish(thread, operation, -EINVAL);
  if (words_[operation.object] != get(thread, operation.a)) {
    return finish(thread, operation, -EAGAIN);
  }
  futex_queues_[operation.object].push_back({number, get(thread, operation.b)});
  thread.phase = Phase::Queued;
}

// One descriptor is looked at; after the last one, poll returns, or sleeps and starts again.
void World::step_poll(Thread& thread, const Operation& operation) {
  thread.phase = Phase::Scanning;
  const Watch& watch = operation.watches[thread.revents.size()];
  thread.revents.push_back(ready(watch));
  if (thread.revents.size() < operation.watches.size()) return;

  const auto count =
      std::count_if(thread.revents.begin(), thread.revents.end(), [](Value r) { return r != 0; });
  if (count == 0 && operation.wait != Wait::NotAtAll && !thread.is_timed_out) {
    thread.phase = Phase::Waiting;
    thread.revents.clear();
    return;
  }
  for (std::size_t i = 0; i < operation.revents.size(); ++i) {
    thread.locals[operation.revents[i]] = thread.revents[i];
  }
  thread.phase = Phase::Start;
  thread.revents.clear();
  thread.is_timed_out = false;
  finish(thread, operation, count);
}

Value World::requeue(const Thread& thread, const Operation& operation) {
  if (words_[operation.object] != get(thread, operation.c)) return -EAGAIN;
  const Value woken = wake(operation.object, get(thread, operation.a), kAnyBit);
  std::vector<Waiter>& from = futex_queues_[operation.object];
  Value moved = 0;
  for (; moved < get(thread, operation.b) && !from.empty(); ++moved) {
    futex_queues_[operation.second].push_back(from.front());
    from.erase(from.begin());
  }
  return woken + moved;
}

Value World::wake_op(const Thread& thread, const Operation& operation) {
  const Value old = words_[operation.second];
  store(operation.second, old + get(thread, operation.c));
  Value woken = wake(operation.object, get(thread, operation.a), kAnyBit);
  if (old == 0) woken += wake(operation.second, get(thread, operation.b), kAnyBit);
  return woken;
}

Value World::wake(int word, Value count, Value bitset) {
  std::vector<Waiter>& queue = futex_queues_[word];
  Value woken = 0;
  for (auto i = queue.begin(); i != queue.end() && woken < count;) {
    if ((i->bitset & bitset) == 0) {
      ++i;
      continue;
    }
    threads_[i->thread].phase = Phase::Chosen;
    i = queue.erase(i);
    ++woken;
  }
  return woken;
}

// A futex wait gives up at once; poll looks once more at everything.
void World::time_out(int number) {
  Thread& thread = threads_[number];
  if (thread.phase == Phase::Waiting) {
    thread.is_timed_out = true;
    thread.phase = Phase::Start;
    return;
  }
  for (std::vector<Waiter>& queue : futex_queues_) {
    const auto is_own = [number](const Waiter& waiter) { return waiter.thread == number; };
    queue.erase(std::remove_if(queue.begin(), queue.end(), is_own), queue.end());
  }
  thread.phase = Phase::Start;
  finish(thread, *operation(number), -ETIMEDOUT);
}

void World::flush(int number) {
  auto& buffer = threads_[number].buffer;
  store(buffer.front().first, buffer.front().second);
  buffer.erase(buffer.begin());
}

void World::finish(Thread& thread, const Operation& operation, Value result) {
  if (operation.destination >= 0) thread.locals[operation.destination] = result;
  ++thread.next;
}

Value World::get(const Thread& thread, const Operand& operand) const {
  return operand.is_local ? thread.locals[operand.value] : operand.value;
}

// A thread sees its own stores at once.
Value World::load(const Thread& thread, int word) const {
  for (auto i = thread.buffer.rbegin(); i != thread.buffer.rend(); ++i) {
    if (i->first == word) return static_cast<std::uint32_t>(i->second);
  }
  return words_[word];
}

void World::store(int word, Value value) { words_[word] = static_cast<std::uint32_t>(value); }

bool World::fits(int eventfd, std::uint64_t value) const {
  return value <= kEventfdMax - eventfds_[eventfd];
}

Value World::ready(const Watch& watch) const {
  Value events = 0;
  switch (watch.source) {
    case Watch::Source::Eventfd:
      if (eventfds_[watch.object] > 0) events |= kIn;
      if (fits(watch.object, 1)) events |= kOut;
      break;
    case Watch::Source::PipeReadEnd:
      if (pipes_[watch.object].bytes > 0) events |= kIn;
      if (!pipes_[watch.object].has_writer) events |= kHup;
      break;
    case Watch::Source::PipeWriteEnd:
      if (pipes_[watch.object].bytes < program_->pipes[watch.object].capacity) events |= kOut;
      if (!pipes_[watch.object].has_reader) events |= kErr;
      break;
  }
  return events & (watch.events | kErr | kHup);
}

std::vector<Value> World::observed() const {
  std::vector<Value> values;
  for (const Observation& observation : program_->observed) {
    switch (observation.kind) {
      case Observation::Kind::Word:
        values.push_back(words_[observation.number]);
        break;
      case Observation::Kind::Local:
        values.push_back(threads_[observation.thread].locals[observation.number]);
        break;
      case Observation::Kind::Position: {
        const Operation* next = operation(observation.thread);
        values.push_back(next == nullptr ? kEnded : next->position);
        break;
      }
    }
  }
  return values;
}

namespace {

// Numbers with a length in front of every list: no two worlds give the same string.
class Writer {
 public:
  void number(Value value) {
    for (int shift = 0; shift < 64; shift += 8) {
      text_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
    }
  }
  template <class List>
  void list(const List& values) {
    number(static_cast<Value>(values.size()));
    for (const auto& value : values) number(static_cast<Value>(value));
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string World::bytes() const {
  Writer writer;
  for (const Thread& thread : threads_) {
    writer.number(static_cast<Value>(thread.next));
    writer.number(static_cast<Value>(thread.phase));
    writer.number(thread.is_timed_out);
    writer.list(thread.locals);
    writer.list(thread.revents);
    writer.number(static_cast<Value>(thread.buffer.size()));
    for (const auto& [word, value] : thread.buffer) {
      writer.number(word);
      writer.number(value);
    }
  }
  writer.list(words_);
  for (const std::vector<Waiter>& queue : futex_queues_) {
    writer.number(static_cast<Value>(queue.size()));
    for (const Waiter& waiter : queue) {
      writer.number(waiter.thread);
      writer.number(waiter.bitset);
    }
  }
  writer.list(eventfds_);
  for (const Pipe& pipe : pipes_) {
    writer.number(pipe.bytes);
    writer.number(pipe.has_reader);
    writer.number(pipe.has_writer);
  }
  writer.list(owners_);
  for (const auto& queue : queues_) writer.list(queue);
  return writer.take();
}

}  // namespace oracle
