#include "tools/cli/files.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace wakesim {
namespace {

namespace fs = std::filesystem;

bool is_part_folder(const fs::path& path) {
  const fs::path name = path.filename();
  return name == "lib" || name == "include";
}

std::vector<std::string> yaml_files_below(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      if (is_part_folder(path)) at.disable_recursion_pending();
    } else if (path.extension() == ".yaml") {
      files.push_back(path.string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The folder of a file, then those above it.
std::vector<fs::path> folders_above(const std::string& file) {
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path start = fs::absolute(file, error).lexically_normal();
  for (fs::path folder = start.parent_path(); !error; folder = folder.parent_path()) {
    folders.push_back(folder);
    if (!folder.has_relative_path()) break;
  }
  return folders;
}

IncludedFile read(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return {};
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return {};
  return {path.lexically_normal().string(), text.str()};
}

}  // namespace

std::vector<std::string> expand_files(const std::vector<std::string>& words) {
  std::vector<std::string> files;
  for (const std::string& word : words) {
    std::error_code error;
    if (!fs::is_directory(word, error)) {
      files.push_back(word);
      continue;
    }
    // A folder without scenarios stays, and the loader refuses it by name.
    const std::vector<std::string> below = yaml_files_below(word);
    if (below.empty()) files.push_back(word);
    files.insert(files.end(), below.begin(), below.end());
  }
  return files;
}

IncludedFile find_include(const std::string& name, const std::string& from) {
  // An include names a file below a folder of ours; it does not leave it.
  const fs::path relative = fs::path(name + ".yaml").lexically_normal();
  if (relative.is_absolute() || *relative.begin() == "..") return {};

  for (const fs::path& folder : folders_above(from)) {
    IncludedFile found = read(folder / relative);
    if (found.path.empty()) continue;
    // As the user would type it.
    std::error_code error;
    if (fs::path(from).is_relative()) found.path = fs::proximate(found.path, error).string();
    return found;
  }
  return read(fs::path(scenario_library()) / relative);
}

std::vector<std::string> includes_in_reach(const std::string& from) {
  std::vector<std::string> names;
  const auto add = [&names](const fs::path& folder) {
    std::error_code error;
    fs::directory_iterator at(folder / "lib", error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      if (at->path().extension() == ".yaml") names.push_back("lib/" + at->path().stem().string());
    }
  };
  for (const fs::path& folder : folders_above(from)) add(folder);
  add(scenario_library());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string scenario_library() {
  const char* library = std::getenv("WAKESIM_SCENARIOS");
  return library != nullptr && *library != '\0' ? library : "scenarios";
}

}  // namespace wakesim
