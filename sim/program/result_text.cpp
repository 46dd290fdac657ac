#include "sim/program/result_text.h"

namespace wakesim {
namespace {

constexpr std::int64_t kErrnoMax = 4095;  // MAX_ERRNO

bool is_errno(const ConstantRow& row) {
  return row.name.size() > 1 && row.name[0] == 'E' && row.name.find('_') == std::string_view::npos;
}

}  // namespace

std::string result_text(const Catalogue& catalogue, const CallRow* call, std::int64_t value) {
  if (call != nullptr) {
    for (const ConstantRow& named : call->named_results) {
      if (named.value == value) return std::string(named.name);
    }
    if (!call->returns_errno) return std::to_string(value);
  }
  if (value >= 0 || value < -kErrnoMax) return std::to_string(value);
  for (const ModelTable& model : catalogue.models) {
    for (const ConstantRow& row : model.constants) {
      if (is_errno(row) && row.value == -value) return "-" + std::string(row.name);
    }
  }
  return std::to_string(value);
}

std::string local_text(const System& system, const LocalInfo& local, std::int64_t value) {
  if (local.call == nullptr || local.takes_others) return std::to_string(value);
  return result_text(*system.catalogue, local.call, value);
}

}  // namespace wakesim
