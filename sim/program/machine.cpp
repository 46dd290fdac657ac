// `machine:`: what it sets, and which switches follow from the names of a kernel and a libc.

#include <algorithm>

#include "sim/program/compilation.h"

namespace wakesim {
namespace {

class MachineReader {
 public:
  MachineReader(System& system, Diagnostics& diagnostics)
      : system_(system), diagnostics_(diagnostics) {}

  void read() {
    const ast::Machine& machine = system_.instance.machine;
    if (machine.memory == "tso") {
      system_.memory = MemoryModel::Tso;
    } else if (machine.memory != "sc") {
      diagnostics_.error(machine.where, "unknown memory model `" + machine.memory + "`",
                         "write  memory: sc  or  memory: tso");
    }
    system_.cpus = machine.cpus;
    system_.spurious = machine.spurious;
    if (machine.cpus < 1 || machine.cpus > 1024) {
      diagnostics_.error(machine.where, "`cpus` must be 1 to 1024");
    }
    if (machine.spurious < 0 || machine.spurious > 1000) {
      diagnostics_.error(machine.where, "`spurious` must be 0 to 1000");
    }
    std::size_t switches = 0;
    for (const ModelTable& model : system_.catalogue->models) {
      for (const SwitchRow& row : model.switches) {
        switches = std::max<std::size_t>(switches, static_cast<std::size_t>(row.id) + 1);
      }
    }
    // Models may ask for any switch of the enumeration, in a table or not.
    system_.dialect.assign(std::max<std::size_t>(switches, 256), 0);
    system_.kernel =
        apply_dialect(system_.catalogue->kernels, machine.kernel, "kernel", machine.kernel_where);
    system_.libc =
        apply_dialect(system_.catalogue->libcs, machine.libc, "libc", machine.libc_where);
    for (std::size_t i = 0; i < machine.switches.size(); ++i) apply_switch(machine, i);
  }

 private:
  std::string apply_dialect(const std::vector<DialectRow>& rows, const std::string& name,
                            const std::string& what, const Location& where) {
    if (rows.empty()) return name;
    if (name.empty()) {
      for (const auto& [id, value] : rows.front().settings) set_switch(id, value);
      return std::string(rows.front().name);
    }
    std::vector<std::string> known;
    for (const DialectRow& row : rows) {
      known.emplace_back(row.name);
      if (row.name != name) continue;
      for (const auto& [id, value] : row.settings) set_switch(id, value);
      return name;
    }
    std::string list;
    for (const std::string& each : known) list += (list.empty() ? "" : ", ") + each;
    diagnostics_.error(where, "unknown " + what + " `" + name + "`", "known: " + list);
    return name;
  }

  void set_switch(SwitchId id, int value) { system_.dialect[static_cast<std::size_t>(id)] = value; }

  void apply_switch(const ast::Machine& machine, std::size_t i) {
    const auto& [name, value] = machine.switches[i];
    const Location where =
        i < machine.switch_places.size() ? machine.switch_places[i] : machine.where;
    std::vector<std::string> known;
    for (const ModelTable& model : system_.catalogue->models) {
      for (const SwitchRow& row : model.switches) {
        known.emplace_back(row.name);
        if (row.name != name) continue;
        for (std::size_t v = 0; v < row.values.size(); ++v) {
          if (row.values[v] != value) continue;
          set_switch(row.id, static_cast<int>(v));
          return;
        }
        std::string list;
        for (const auto each : row.values) list += (list.empty() ? "" : ", ") + std::string(each);
        diagnostics_.error(where, "switch `" + name + "` has no value `" + value + "`",
                           "it has " + list);
        return;
      }
    }
    const std::string guess = closest_name(name, known);
    diagnostics_.error(where, "there is no switch `" + name + "`",
                       guess.empty() ? "`wakesim models` lists every switch" : "write  " + guess);
  }

  System& system_;
  Diagnostics& diagnostics_;
};

}  // namespace

void read_machine(System& system, Diagnostics& diagnostics) {
  MachineReader(system, diagnostics).read();
}

}  // namespace wakesim
