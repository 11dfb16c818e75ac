#include "plan/json_parts.h"

namespace cipherform::plan {

void write_source_fields(JsonWriter& json, const Source& source) {
  if (!source.promoted_from.empty()) return json.field("promoted_from", source.promoted_from);
  json.field("file", source.file);
  json.field("line", source.line);
  json.field("column", source.column);
  if (!source.team.empty()) json.field("team", source.team);
  if (!source.reason.empty()) json.field("reason", source.reason);
  if (source.until) json.field("until", format_rfc3339(*source.until));
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name);
  json.open_array();
  for (const std::string& text : texts) json.text(text);
  json.close_array();
}

}  // namespace cipherform::plan
