// What more than one of the plan's documents holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cipherform/json_writer.h"
#include "cipherform/model.h"

namespace cipherform::plan {

/// The fields of an object that is open: file, line, column, and team, reason and until where
/// there are any; or promoted_from alone.
void write_source_fields(JsonWriter& json, const Source& source);
/// A field that is an array of strings.
void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts);

}  // namespace cipherform::plan
