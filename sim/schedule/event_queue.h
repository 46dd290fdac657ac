// Future events in the order of virtual time; among equal times in the order of insertion.
//
// A radix heap (Ahuja, Mehlhorn, Orlin, Tarjan, JACM 37(2), 1990): events lie in buckets by the
// highest bit in which their time differs from the time of the event taken last. It rests on time
// never going backwards, and costs the same few nanoseconds at ten events and at a million.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/assert.h"

namespace wakesim {

struct Event {
  enum class Kind : std::uint32_t {
    Cpu,        // The CPU `subject` has done what it was busy with.
    Timer,      // Of the thread `subject`; void if its timer has another `serial` by now.
    Flush,      // The oldest store of the thread `subject` reaches memory.
    Interrupt,  // The interrupt source `subject` takes its next step.
  };

  Event(std::int64_t at_ns, Kind what, std::uint32_t whom, std::uint32_t number = 0)
      : time_ns(at_ns), kind(what), subject(whom & 0x3fffffff), serial(number) {}

  std::int64_t time_ns;
  Kind kind : 2;
  std::uint32_t subject : 30;
  std::uint32_t serial;
};
static_assert(sizeof(Event) == 16);

class EventQueue {
 public:
  bool is_empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // Never earlier than the event popped last.
  void push(const Event& event) {
    WAKESIM_ASSERT(event.time_ns >= now_);
    add(event);
    ++size_;
  }

  Event pop();

  // Forgets the events that `is_void` says are not wanted any more; the others keep their order.
  template <class Predicate>
  void remove_if(Predicate is_void) {
    current_.erase(current_.begin(), current_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
    std::erase_if(current_, is_void);
    size_ = current_.size();
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      std::erase_if(buckets_[i], is_void);
      size_ += buckets_[i].size();
      if (buckets_[i].empty()) filled_ &= ~(std::uint64_t{1} << i);
    }
  }

 private:
  void add(const Event& event);
  void refill();

  // Events with equal times are always in one bucket: it depends on the two times only. They were
  // appended there one after the other, and refill() moves them in that order.
  std::vector<Event> current_;  // At now_; those before head_ have been taken.
  std::size_t head_ = 0;
  std::array<std::vector<Event>, 64> buckets_;  // [b]: the highest bit that differs from now_ is b.
  std::uint64_t filled_ = 0;                    // Buckets that are not empty.
  std::vector<Event> moving_;
  std::int64_t now_ = 0;
  std::size_t size_ = 0;
};

}  // namespace wakesim
