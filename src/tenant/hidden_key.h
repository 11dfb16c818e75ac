// Keeps the API key out of what people are shown: a server, or what stands between, may
// echo the header that it came in.
#pragma once

#include <string>
#include <string_view>

#include "cipherform/tenant.h"

namespace cipherform {

/// `text` with "[api key]" for each `key` in it, written as it is or as JSON escapes it.
std::string without_key(std::string text, std::string_view key);

/// The same for what of an answer may come to be shown: Retry-After, and the body unless it
/// is a success in JSON, of which only what we know is read.
void hide_key(HttpAnswer& answer, std::string_view key);
void hide_key(TransportFailure& failure, std::string_view key);

}  // namespace cipherform
