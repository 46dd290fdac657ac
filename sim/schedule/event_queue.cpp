#include "sim/schedule/event_queue.h"

#include <algorithm>
#include <bit>

namespace wakesim {

void EventQueue::add(const Event& event) {
  const auto differing = static_cast<std::uint64_t>(event.time_ns ^ now_);
  if (differing == 0) {
    current_.push_back(event);
    return;
  }
  const auto bucket = static_cast<std::size_t>(63 - std::countl_zero(differing));
  buckets_[bucket].push_back(event);
  filled_ |= std::uint64_t{1} << bucket;
}

// Times in a lower bucket are smaller than those in a higher one, so the next event is in the
// lowest that is filled. Seen from it, all others of that bucket belong into lower ones.
void EventQueue::refill() {
  current_.clear();
  head_ = 0;
  const auto lowest = static_cast<std::size_t>(std::countr_zero(filled_));
  filled_ &= filled_ - 1;
  moving_.swap(buckets_[lowest]);
  now_ = std::min_element(moving_.begin(), moving_.end(), [](const Event& a, const Event& b) {
           return a.time_ns < b.time_ns;
         })->time_ns;
  for (const Event& event : moving_) add(event);
  moving_.clear();
}

Event EventQueue::pop() {
  WAKESIM_ASSERT(size_ > 0);
  if (head_ == current_.size()) refill();
  --size_;
  return current_[head_++];
}

}  // namespace wakesim
