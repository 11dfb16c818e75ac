// The words of an error answer, and what a terminal is shown of them.
#include <algorithm>
#include <string>

#include "cipherform/render.h"
#include "cipherform/tenant.h"
#include "fuzz/property.h"
#include "fuzz/text_checks.h"

namespace {

using namespace cipherform;
using fuzz::require;

void check_message(std::string_view body) {
  const std::string message = decode_error_message(body);
  require(message.size() <= 500, "a message has at most 500 bytes");
  require(std::ranges::none_of(message,
                               [](char c) {
                                 const auto byte = static_cast<unsigned char>(c);
                                 return byte < 0x20 || byte == 0x7F;
                               }),
          "a message is one line without controls");
  require(message.empty() || (message.front() != ' ' && message.back() != ' '), "a message has no space around it");
  const auto ignore = [](char32_t) {};
  require(!fuzz::code_points(body, ignore) || fuzz::code_points(message, ignore), "UTF-8 stays UTF-8");
  require(fuzz::harmless(terminal_safe(message)), "what is shown is harmless");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = fuzz::text_of(data, size);
  check_message(body);
  const std::string shown = terminal_safe(body);
  require(fuzz::harmless(shown), "what is shown is harmless");
  require(terminal_safe(shown) == shown, "what is harmless is left as it is");
  return 0;
}
