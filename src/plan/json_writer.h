// RapidJSON's streaming writer into a string, with the bytes of text made valid UTF-8:
// a file name may hold any bytes, and JSON may not.
#pragma once

#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace cipherform::plan {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : sink_{out}, writer_(sink_) {}

  /// Starts the next value of a document whose brackets and commas the caller writes.
  void next_document() { writer_.Reset(sink_); }

  void open_object() { writer_.StartObject(); }
  void close_object() { writer_.EndObject(); }
  void open_array() { writer_.StartArray(); }
  void close_array() { writer_.EndArray(); }

  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
  void text(std::string_view value);
  void number(std::uint32_t value) { writer_.Uint(value); }
  void flag(bool value) { writer_.Bool(value); }
  void null() { writer_.Null(); }

  void field(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void field(std::string_view name, std::uint32_t value) {
    key(name);
    number(value);
  }
  void flag_field(std::string_view name, bool value) {
    key(name);
    flag(value);
  }

 private:
  struct Sink {
    using Ch = char;
    std::string& out;
    void Put(char c) { out.push_back(c); }
    void Flush() {}
  };

  Sink sink_;
  rapidjson::Writer<Sink> writer_;
};

}  // namespace cipherform::plan
