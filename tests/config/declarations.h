// What the tests of declarations share: writing one in a line, and reading back what
// came of it as text.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/config.h"

namespace cipherform::tests {

/// "file:line:column: error: message (hint)" for each, a line each; empty for none.
std::string errors_of_project(const std::filesystem::path& project);
/// The same for a project of these files, or of one cipherform.yaml.
std::string errors_of(const std::vector<std::pair<std::string, std::string>>& files);
std::string errors_of(const std::string& cipherform_yaml);
/// The same for `version: 1`, an environment qa and `rest`, which begins on line 3.
std::string errors_in(const std::string& rest);

/// All that a declaration says for all its environments. The declaration must be good.
std::string text_of(const std::filesystem::path& project);
std::string text_of(const DesiredState& state);
/// Of a project with one cipherform.yaml. Throws if the declaration is not good.
DesiredState state_of(const std::string& cipherform_yaml, std::string_view environment = "qa");

inline const std::string kHead = "version: 1\nenvironments: {qa: {url: https://api.example.com/qa}}\n";

}  // namespace cipherform::tests
