// A set of actors, a bit each: walking it costs what is in it, not how many actors there are.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wakesim {

class ActorSet {
 public:
  explicit ActorSet(std::size_t actors) : words_((actors + 63) / 64) {}

  bool has(std::size_t actor) const { return (words_[actor / 64] >> (actor % 64) & 1) != 0; }
  void set(std::size_t actor, bool is_member) {
    std::uint64_t& word = words_[actor / 64];
    word &= ~(std::uint64_t{1} << (actor % 64));
    word |= std::uint64_t{is_member} << (actor % 64);
  }
  // Calls visit(actor) in increasing order until that says to stop.
  template <class Visit>
  void walk(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (std::uint64_t rest = words_[i]; rest != 0; rest &= rest - 1) {
        if (!visit(i * 64 + static_cast<std::size_t>(std::countr_zero(rest)))) return;
      }
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace wakesim
