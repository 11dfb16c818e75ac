// Takes typed values out of nodes, or says why they are not what is due. A function that
// returns nothing has reported its error.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/diagnostics.h"
#include "config/yaml_tree.h"

namespace cipherform::config {

/// `what` names the value in messages: "email", "a group name".
std::optional<std::string_view> string_value(const Value& node, std::string_view what, const FileDiagnostics& errors);
std::optional<bool> bool_value(const Value& node, std::string_view what, const FileDiagnostics& errors);
std::optional<std::uint32_t> count_value(const Value& node, std::string_view what, const FileDiagnostics& errors);
/// A number from 0 to 100.
std::optional<double> percent_value(const Value& node, std::string_view what, const FileDiagnostics& errors);

bool is_list(const Value& node, std::string_view what, const FileDiagnostics& errors);
bool is_map(const Value& node, std::string_view what, const FileDiagnostics& errors);

/// Where `node` is not of the type `due` ("a list").
void wrong_type(const Value& node, std::string_view what, std::string_view due, const FileDiagnostics& errors);
/// `in` says where `key` stands: "a user".
void unknown_key(const Value& key, std::string_view in, std::span<const std::string_view> known,
                 const FileDiagnostics& errors);

std::optional<std::string_view> email_value(const Value& node, const FileDiagnostics& errors);
/// What stands behind an @, in lower case; `example` is one, for the hint.
std::optional<std::string> domain_value(const Value& node, std::string_view example, const FileDiagnostics& errors);
/// A group's or team's name; `what` is "a group name" or "a team name".
std::optional<std::string_view> name_value(const Value& node, std::string_view what, const FileDiagnostics& errors);

}  // namespace cipherform::config
