#include "plan/json_writer.h"

#include <algorithm>

#include "cipherform/utf8.h"

namespace cipherform::plan {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

void JsonWriter::text(std::string_view value) {
  if (is_ascii(value)) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return;
  }
  const std::string valid = repaired_utf8(value);
  writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
}

}  // namespace cipherform::plan
