// RapidJSON's streaming writer into a string, in ASCII: whatever a tenant put into its
// names, a plan that is printed or compared on a terminal has nothing in it that turns
// text around or hides it. Text that is not UTF-8 is repaired; a file name may be any bytes.
#pragma once

#include <rapidjson/writer.h>

#include <array>
#include <cstddef>
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
  /// Collects what the writer puts byte by byte; the writer flushes at each document's end.
  /// What is printed may end on a terminal or in a log: DEL is escaped, and no two '#' stay side
  /// by side, because GitHub and Azure act on "##[" and "##vso[" anywhere in a line. Both are
  /// only ever inside a string.
  struct Sink {
    using Ch = char;
    std::string& out;
    std::array<char, 4096> buffer = {};
    std::size_t used = 0;
    char last = 0;
    void Put(char c) {
      if (c == '#' && last == '#') return put_all("\\u0023");
      if (c == '\x7f') return put_all("\\u007f");
      put_byte(c);
    }
    void put_all(std::string_view bytes) {
      for (const char c : bytes) put_byte(c);
    }
    void put_byte(char c) {
      if (used == buffer.size()) Flush();
      buffer[used++] = last = c;
    }
    /// Found by argument-dependent lookup where encodings.h calls it.
    friend void PutUnsafe(Sink& sink, char c) { sink.Put(c); }
    void Flush() {
      out.append(buffer.data(), used);
      used = 0;
    }
  };

  Sink sink_;
  rapidjson::Writer<Sink, rapidjson::UTF8<>, rapidjson::ASCII<>> writer_;
};

}  // namespace cipherform::plan
