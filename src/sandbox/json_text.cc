// Escaping and times by hand: a page of users has hundreds of times, and fmt's chrono
// formatting would be most of its cost.
#include "sandbox/json_text.h"

#include <simdjson.h>

#include <array>
#include <chrono>

namespace cipherform::sandbox {
namespace {

void put_digits(char* at, unsigned value, int width) {
  for (int i = width - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 0xF];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_time(std::string& out, Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto of_day = static_cast<unsigned>((time - day).count());
  std::array<char, 26> text{'"', '0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0',
                            '0', ':', '0', '0', ':', '0', '0', '.', '0', '0', '0', 'Z', '"'};
  put_digits(text.data() + 1, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  put_digits(text.data() + 6, static_cast<unsigned>(date.month()), 2);
  put_digits(text.data() + 9, static_cast<unsigned>(date.day()), 2);
  put_digits(text.data() + 12, of_day / 3'600'000, 2);
  put_digits(text.data() + 15, of_day / 60'000 % 60, 2);
  put_digits(text.data() + 18, of_day / 1000 % 60, 2);
  put_digits(text.data() + 21, of_day % 1000, 3);
  out.append(text.data(), text.size());
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace cipherform::sandbox
