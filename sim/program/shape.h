// How many objects one declaration makes, and what they are called: `x`, `sig[1]`, `c.seq`,
// `d[2].refs[0]`. Elements are numbered row by row, the last index fastest.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wakesim {

class Shape {
 public:
  explicit Shape(std::string name = {}) : parts_{std::move(name)} {}

  // The field `name` of each.
  Shape field(std::string_view name) const {
    Shape result = *this;
    result.parts_.back() += "." + std::string(name);
    return result;
  }

  // An array of `count` in place of each.
  Shape array(std::uint32_t count) const {
    Shape result = *this;
    result.parts_.back() += "[";
    result.parts_.emplace_back("]");
    result.extents_.push_back(count);
    return result;
  }

  // By index, outermost first; none for a single object.
  const std::vector<std::uint32_t>& extents() const { return extents_; }

  std::size_t count() const {
    std::size_t result = 1;
    for (const std::uint32_t extent : extents_) result *= extent;
    return result;
  }

  std::string name_of(std::size_t element) const {
    std::string text = parts_.back();
    for (std::size_t i = extents_.size(); i-- > 0; element /= extents_[i]) {
      text = parts_[i] + std::to_string(element % extents_[i]) + text;
    }
    return text;
  }

 private:
  std::vector<std::string> parts_;  // Around the indices.
  std::vector<std::uint32_t> extents_;
};

}  // namespace wakesim
