// The pieces of JSON that every answer is made of, appended to one string.
#pragma once

#include <string>
#include <string_view>

#include "cipherform/model.h"

namespace cipherform::sandbox {

/// A quoted and escaped string. `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);
/// "2025-01-01T00:00:00.000Z", quoted, as JavaScript's toISOString writes it.
void append_json_time(std::string& out, Time time);
bool is_utf8(std::string_view text);

}  // namespace cipherform::sandbox
