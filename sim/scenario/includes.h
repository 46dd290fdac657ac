// `include:`: the files that a scenario is made of besides itself.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// Reads each file once, when it is first asked for. An include may have `variants:`, named after
// C libraries; which of them is there depends on the machine of the instance.
class Includes {
 public:
  // Parses and checks one text; null if it is no include. Its nodes stay.
  using Parse = std::function<const Node*(const std::string& path, const std::string& text)>;

  Includes(const LoadOptions& options, Parse parse, const ast::File& file, Diagnostics& diagnostics)
      : options_(options), parse_(std::move(parse)), file_(file), diagnostics_(diagnostics) {}

  // What the scenario `root` includes on a machine with this libc (empty: the usual one). What is
  // included by others comes before them, each file once.
  std::vector<const Node*> of(const Node& root, const std::string& libc);

 private:
  struct Walk {
    const std::string& libc;
    std::map<std::string, bool> visited;  // By path.
    std::vector<const Node*> found;
  };

  void follow(const Node& owner, const std::string& path, Walk& walk);
  void enter(const Node& item, const std::string& from, Walk& walk);
  const Node* open(const Node& item, const std::string& path, const std::string& text);
  const Node* variant_of(const Node& item, const Node& root, const std::string& libc);
  void check_agree(const std::vector<const Node*>& includes);

  const LoadOptions& options_;
  Parse parse_;
  const ast::File& file_;
  Diagnostics& diagnostics_;
  std::map<std::string, const Node*> files_;  // By path; null: it has errors.
};

}  // namespace wakesim
