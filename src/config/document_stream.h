// From the events of a parser to streamed values and small trees: the part of reading a
// document that does not depend on the parser.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/map_entries.h"
#include "config/yaml_stream.h"
#include "config/yaml_tree.h"

namespace cipherform::config {

/// Anchors are numbered from 1 by the parser; 0 is none.
using AnchorId = std::size_t;

class DocumentStream {
 public:
  DocumentStream(DocumentSink& sink, const FileDiagnostics& errors)
      : sink_(&sink), errors_(&errors), expansion_(errors) {}

  // The events, in document order. All may throw ReadingStopped.
  void scalar(LineColumn at, std::string_view text, bool plain, AnchorId anchor);
  void null(LineColumn at, AnchorId anchor);
  /// A value that is wrong in itself and has been reported.
  void invalid(LineColumn at, AnchorId anchor);
  void alias(LineColumn at, AnchorId anchor);
  void open(Value::Kind kind, LineColumn at, AnchorId anchor);
  void close();

  /// How the document ended, if it was read to its end.
  Reading ending() const { return ending_; }

 private:
  /// A streamed map or list that is not closed yet.
  struct Streamed {
    Place place = Place::root;
    Value::Kind kind = Value::Kind::map;
    ValueArena::Mark mark;
    std::uint64_t kept = 0;
    const Value* key = nullptr;  ///< of the value that comes next; a map only
    bool key_usable = false;
    SeenKeys seen;
    std::vector<const Value*> merges;
  };
  /// A map or list of a tree that is not closed yet.
  struct Open {
    Value* node = nullptr;
    Value* last = nullptr;  ///< child
    bool value_next = false;
    AnchorId anchor = 0;
  };

  Value* make(Value::Kind kind, LineColumn at);
  void note_anchor(AnchorId anchor, LineColumn at);
  void begin_unit();
  void leaf(Value* node, AnchorId anchor);
  bool begin_streamed(Value::Kind kind, LineColumn at, AnchorId anchor);
  void push_streamed(Place place, Value::Kind kind, const Value* key);
  void close_streamed();
  void close_tree();
  void attach(Value* node);
  void unit(Value* node);
  void unit_in_map(Streamed& map, Value* node);
  void deliver(Place parent, const Value* key, const Value& value);

  DocumentSink* sink_;
  const FileDiagnostics* errors_;
  ValueArena arena_;
  Expansion expansion_;
  SeenKeys scratch_;
  std::vector<Streamed> streamed_;
  std::vector<Open> open_;
  std::vector<const Value*> anchors_;  ///< nothing while the anchored value is not closed
  /// Counts what must outlive its unit (anchors, merges): a unit, or a streamed map,
  /// that saw it grow is not given back.
  std::uint64_t kept_ = 0;
  ValueArena::Mark unit_mark_;
  std::uint64_t unit_kept_ = 0;
  Reading ending_ = Reading::empty;
};

}  // namespace cipherform::config
