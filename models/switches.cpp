#include "models/switches.h"

namespace wakesim {

SwitchRow planted_mistake(Switch which, std::string_view name, std::string_view about) {
  SwitchRow row;
  row.id = id(which);
  row.name = name;
  row.values = {"off", "on"};
  row.about = about;
  row.source = "a planted mistake: no kernel had it";
  row.is_bug = true;
  return row;
}

}  // namespace wakesim
