// A streaming writer of JSON into a string, in ASCII: whatever a tenant put into its names,
// JSON that ends on a terminal or in a log has nothing in it that acts there, turns text
// around or hides it. Text that is not UTF-8 is repaired; a file name may be any bytes.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cipherform {

/// Appends to the string that it is given, which must outlive it; a document is all there when
/// its outermost value is closed. Commas and colons are its own work, the order of calls the
/// caller's.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out);
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  /// Starts the next value of a document whose brackets and commas the caller writes.
  void next_document();

  void open_object();
  void close_object();
  void open_array();
  void close_array();

  void key(std::string_view name);
  void text(std::string_view value);
  void flag(bool value);
  void null();
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) void number(Number value) {
    if constexpr (std::signed_integral<Number>) {
      signed_number(value);
    } else {
      unsigned_number(value);
    }
  }

  void field(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) void field(std::string_view name, Number value) {
    key(name);
    number(value);
  }
  void flag_field(std::string_view name, bool value) {
    key(name);
    flag(value);
  }

 private:
  struct State;

  void signed_number(std::int64_t value);
  void unsigned_number(std::uint64_t value);

  std::unique_ptr<State> state_;
};

}  // namespace cipherform
