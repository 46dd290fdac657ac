#include "sim/scenario/instances.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sim/scenario/fields.h"
#include "sim/scenario/matrix.h"
#include "sim/scenario/sections.h"

namespace wakesim {
namespace {

// An axis of one of these names sets the machine, without `${...}`.
constexpr std::string_view kMachineAxes[] = {"cpus", "memory", "kernel", "libc", "spurious"};

bool is_machine_axis(std::string_view name) {
  return std::find(std::begin(kMachineAxes), std::end(kMachineAxes), name) !=
         std::end(kMachineAxes);
}

void add_names(const Node* section, std::set<std::string, std::less<>>& names) {
  if (!section) return;
  for (const Entry& entry : section->entries) names.emplace(entry_name(entry));
}

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) count += count_nodes(item);
  for (const Entry& entry : node.entries) count += 1 + count_nodes(entry.value);
  return count;
}

class Builder {
 public:
  Builder(const Node& root, const IncludeLookup& includes, const ConstantLookup& constants,
          ast::File& file, Diagnostics& diagnostics)
      : written_(root),
        includes_(includes),
        constants_(constants),
        file_(file),
        diagnostics_(diagnostics) {}

  void build() {
    const std::size_t errors = diagnostics_.errors();  // Those of other parts do not stop us.
    if (const Node* matrix = written_.find("matrix")) {
      axes_ = parse_matrix(*matrix, diagnostics_);
    }
    collect_variants();
    if (diagnostics_.errors() != errors || is_too_large()) return;
    const std::vector<Cell> cells = cells_of(axes_);
    substitute_all(cells);
    if (diagnostics_.errors() != errors) return;
    check_axes_are_used();
    Expectations expectations(axes_, variants_, diagnostics_);
    const std::vector<std::string> names =
        variants_.empty() ? std::vector<std::string>{""} : variants_;
    for (const std::string& variant : names) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        auto made = instance(variant, cells[i], roots_[i], expectations);
        if (!made) return report_too_large();
        file_.instances.push_back(std::move(*made));
      }
    }
    expectations.check_all_matched();
  }

 private:
  void collect_variants() {
    const Node* variants = written_.find("variants");
    if (!variants) return;
    for (const Entry& entry : variants->entries) variants_.push_back(entry.key.text);
  }

  bool is_too_large() {
    nodes_ = count_nodes(written_);
    const std::size_t most = kInstanceNodesMax / nodes_;
    const std::size_t variants = std::max<std::size_t>(1, variants_.size());
    const std::size_t cells = count_cells(axes_, most + 1);
    nodes_ *= cells * variants;
    if (cells <= most / variants) return false;
    if (cells == 1 && variants == 1) return false;  // The limit of the file itself holds.
    report_too_large();
    return true;
  }

  void report_too_large() {
    diagnostics_.error(axes_.empty() ? written_.where : axes_[0].where,
                       "variants and cells of the matrix make more instances of this file "
                       "than fit",
                       "split the matrix over several files");
  }

  // Which includes there are may depend on the instance.
  bool fits_with(const std::vector<const Node*>& includes) {
    for (const Node* include : includes) nodes_ += count_nodes(*include);
    return nodes_ <= kInstanceNodesMax || (roots_.size() == 1 && variants_.size() <= 1);
  }

  // `matrix` itself stays as written: its axes hold the values.
  void substitute_all(const std::vector<Cell>& cells) {
    for (const Cell& cell : cells) {
      roots_.push_back(substitute(written_, cell, uses_, diagnostics_));
    }
  }

  void check_axes_are_used() {
    for (const Axis& axis : axes_) {
      if (uses_[axis.name] != 0) continue;
      if (is_machine_axis(axis.name)) {
        machine_axes_.push_back(axis.name);
        continue;
      }
      diagnostics_.error(axis.where, fmt::format("axis `{}` is used nowhere", axis.name),
                         fmt::format("write  ${{{}}} where its value belongs", axis.name));
    }
  }

  // Nothing if the instances would not fit.
  std::optional<ast::Instance> instance(const std::string& variant, const Cell& cell,
                                        const Node& root, Expectations& expectations) {
    ast::Instance instance{
        .scenario = file_.name, .about = file_.about, .variant = variant, .cell = cell};
    Layers layers{.includes = {}, .base = &root};
    const Node* own = find_variant(layers, variant);
    if (const Node* about = own ? own->find("about") : nullptr) {
      instance.variant_about = read_prose(*about, "about", diagnostics_);
    }
    read_base_only(root, instance);
    read_machine(root, own, cell, instance.machine);
    layers.includes = includes_(root, instance.machine.libc);
    if (!fits_with(layers.includes)) return std::nullopt;
    read_entries(layers, instance);
    read_whole_sections(layers, instance);
    check_threads(own, root, instance);
    instance.expect = expectations.expectation_of(section_of(layers, "expect", variant), instance,
                                                  lookup(instance));
    return instance;
  }

  void read_base_only(const Node& root, ast::Instance& instance) {
    const Node* teaches = root.find("teaches");
    if (!teaches) return;
    for (const Node* item : read_list(*teaches, "teaches", diagnostics_)) {
      instance.teaches.push_back(item->text);
    }
  }

  void read_machine(const Node& root, const Node* own, const Cell& cell, ast::Machine& machine) {
    for (const Node* owner : {&root, own}) {
      const Node* node = owner ? owner->find("machine") : nullptr;
      if (node) parse_machine(*node, machine, diagnostics_);
    }
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      const Axis& axis = axes_[i];
      if (std::find(machine_axes_.begin(), machine_axes_.end(), axis.name) != machine_axes_.end()) {
        set_machine(axis, cell[i].second, root, own, machine);
      }
    }
  }

  void set_machine(const Axis& axis, const std::string& value, const Node& root, const Node* own,
                   ast::Machine& machine) {
    for (const Node* owner : {&root, own}) {
      const Node* node = owner ? owner->find("machine") : nullptr;
      if (!node || !node->find(axis.name)) continue;
      diagnostics_.error(node->find(axis.name)->where,
                         fmt::format("axis `{0}` and `machine:` both set `{0}`", axis.name),
                         fmt::format("write  {0}: ${{{0}}}", axis.name));
    }
    const auto scalar = [&](const std::string& text) {
      return Node{.kind = Node::Kind::Scalar, .text = text, .where = axis.where};
    };
    Node map{.kind = Node::Kind::Map, .where = axis.where};
    map.entries.push_back({scalar(axis.name), scalar(value)});
    parse_machine(map, machine, diagnostics_);
  }

  // Reads the entries of one section with `parse` into `target`.
  template <class Parse, class Target>
  void read_section(const Layers& layers, std::string_view section, const std::string& variant,
                    Parse parse, Target& target) {
    for (const Entry* entry : entries_of(layers, section, variant, diagnostics_)) {
      target.push_back(parse(*entry, diagnostics_));
    }
  }

  void read_entries(const Layers& layers, ast::Instance& instance) {
    const std::string& variant = instance.variant;
    read_section(layers, "constants", variant, parse_constant, instance.constants);
    read_section(layers, "types", variant, parse_type, instance.types);
    read_section(layers, "objects", variant, parse_object, instance.objects);
    read_section(layers, "functions", variant, parse_function, instance.functions);
    read_section(layers, "threads", variant, parse_thread, instance.threads);
    for (const Node* include : layers.includes) {
      add_names(include->find("constants"), instance.included);
      add_names(include->find("objects"), instance.included);
    }
    read_section(layers, "properties", variant, parse_property, instance.properties);
  }

  void read_whole_sections(const Layers& layers, ast::Instance& instance) {
    if (const Node* observe = section_of(layers, "observe", instance.variant)) {
      instance.observe = parse_observe(*observe, diagnostics_);
    }
    if (const Node* judge = section_of(layers, "judge", instance.variant)) {
      instance.judge = parse_judge(*judge, diagnostics_);
    }
  }

  void check_threads(const Node* own, const Node& root, const ast::Instance& instance) {
    if (!instance.threads.empty() || diagnostics_.has_errors()) return;
    const Node* threads = (own ? own : &root)->find("threads");
    diagnostics_.error(threads ? threads->where : root.where,
                       instance.variant.empty()
                           ? "the scenario has no threads"
                           : fmt::format("variant `{}` has no threads", instance.variant),
                       "write  threads:\n         waker:\n           - futex_wake(seq, 1)");
  }

  // The scenario's own constants hide those of the models.
  ConstantLookup lookup(const ast::Instance& instance) {
    std::map<std::string, std::int64_t, std::less<>> values;
    const ConstantLookup known = [&](std::string_view name) -> std::optional<std::int64_t> {
      const auto found = values.find(name);
      if (found != values.end()) return found->second;
      return constants_ ? constants_(name) : std::nullopt;
    };
    for (const auto& [name, expression] : instance.constants) {
      if (const auto value = evaluate(expression, known)) values[name] = *value;
    }
    return [values, constants = constants_](std::string_view name) -> std::optional<std::int64_t> {
      const auto found = values.find(name);
      if (found != values.end()) return found->second;
      return constants ? constants(name) : std::nullopt;
    };
  }

  const Node& written_;
  const IncludeLookup& includes_;
  const ConstantLookup& constants_;
  ast::File& file_;
  Diagnostics& diagnostics_;
  std::vector<Axis> axes_;
  std::vector<std::string> variants_;
  std::size_t nodes_ = 0;    // Of all instances together.
  std::vector<Node> roots_;  // One for each cell.
  std::map<std::string, int> uses_;
  std::vector<std::string> machine_axes_;
};

}  // namespace

void build_instances(const Node& root, const IncludeLookup& includes,
                     const ConstantLookup& constants, ast::File& file, Diagnostics& diagnostics) {
  Builder(root, includes, constants, file, diagnostics).build();
}

}  // namespace wakesim
