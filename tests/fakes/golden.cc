// Reports the first line that differs: whole files side by side help nobody.
#include "fakes/golden.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace cipherform::fakes {
namespace {

bool updating() {
  const char* const value = std::getenv("CIPHERFORM_UPDATE_GOLDEN");
  return value != nullptr && std::string_view{value} == "1";
}

std::string line_at(std::string_view text, std::size_t position) {
  const auto end = text.find('\n', position);
  return std::string{text.substr(position, end == std::string_view::npos ? end : end - position)};
}

}  // namespace

std::string golden_difference(const std::filesystem::path& golden, std::string_view actual) {
  if (updating()) {
    std::filesystem::create_directories(golden.parent_path());
    std::ofstream file(golden, std::ios::binary | std::ios::trunc);
    file << actual << std::flush;
    return file ? std::string{} : "cannot write " + golden.string();
  }
  std::ifstream file(golden, std::ios::binary);
  if (!file) return "no golden file " + golden.string() + " (CIPHERFORM_UPDATE_GOLDEN=1 makes it)";
  std::ostringstream content;
  content << file.rdbuf();
  const std::string expected = std::move(content).str();
  if (expected == actual) return {};

  const auto [at, unused] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
  const auto line = static_cast<std::size_t>(1 + std::count(expected.begin(), at, '\n'));
  const auto prefix = std::string_view{expected}.substr(0, static_cast<std::size_t>(at - expected.begin()));
  const auto start = prefix.rfind('\n') == std::string_view::npos ? 0 : prefix.rfind('\n') + 1;
  return golden.filename().string() + ":" + std::to_string(line) + ":\n  expected: " + line_at(expected, start) +
         "\n  actual:   " + line_at(actual, start) + "\n(CIPHERFORM_UPDATE_GOLDEN=1 accepts it)";
}

}  // namespace cipherform::fakes
