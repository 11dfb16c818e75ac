// RapidJSON's writer, with a sink of ours.
#include "cipherform/json_writer.h"

#include <rapidjson/writer.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "cipherform/utf8.h"

namespace cipherform {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

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

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

}  // namespace

struct JsonWriter::State {
  explicit State(std::string& out) : sink{out}, writer(sink) {}

  Sink sink;
  rapidjson::Writer<Sink, rapidjson::UTF8<>, rapidjson::ASCII<>> writer;
};

JsonWriter::JsonWriter(std::string& out) : state_(std::make_unique<State>(out)) {}
JsonWriter::~JsonWriter() = default;

void JsonWriter::next_document() { state_->writer.Reset(state_->sink); }

void JsonWriter::open_object() { state_->writer.StartObject(); }
void JsonWriter::close_object() { state_->writer.EndObject(); }
void JsonWriter::open_array() { state_->writer.StartArray(); }
void JsonWriter::close_array() { state_->writer.EndArray(); }

void JsonWriter::key(std::string_view name) { state_->writer.Key(name.data(), size_of(name)); }
void JsonWriter::flag(bool value) { state_->writer.Bool(value); }
void JsonWriter::null() { state_->writer.Null(); }
void JsonWriter::signed_number(std::int64_t value) { state_->writer.Int64(value); }
void JsonWriter::unsigned_number(std::uint64_t value) { state_->writer.Uint64(value); }

void JsonWriter::text(std::string_view value) {
  if (is_ascii(value)) {
    state_->writer.String(value.data(), size_of(value));
    return;
  }
  const std::string valid = repaired_utf8(value);
  state_->writer.String(valid.data(), size_of(valid));
}

}  // namespace cipherform
