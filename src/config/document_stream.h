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
  void open(Node::Kind kind, LineColumn at, AnchorId anchor);
  void close();

  /// How the document ended, if it was read to its end.
  Reading ending() const { return ending_; }

 private:
  /// A streamed map or list that is not closed yet.
  struct Streamed {
    Place place = Place::root;
    Node::Kind kind = Node::Kind::map;
    NodeArena::Mark mark;
    std::uint64_t kept = 0;
    const Node* key = nullptr;  ///< of the value that comes next; a map only
    bool key_usable = false;
    SeenKeys seen;
    std::vector<const Node*> merges;
  };
  /// A map or list of a tree that is not closed yet.
  struct Open {
    Node* node = nullptr;
    Node* last = nullptr;  ///< child
    bool value_next = false;
    AnchorId anchor = 0;
  };

  Node* make(Node::Kind kind, LineColumn at);
  void note_anchor(AnchorId anchor, LineColumn at);
  void begin_unit();
  void leaf(Node* node, AnchorId anchor);
  bool begin_streamed(Node::Kind kind, LineColumn at, AnchorId anchor);
  void push_streamed(Place place, Node::Kind kind, const Node* key);
  void close_streamed();
  void close_tree();
  void attach(Node* node);
  void unit(Node* node);
  void unit_in_map(Streamed& map, Node* node);
  void deliver(Place parent, const Node* key, const Node& value);

  DocumentSink* sink_;
  const FileDiagnostics* errors_;
  NodeArena arena_;
  Expansion expansion_;
  SeenKeys scratch_;
  std::vector<Streamed> streamed_;
  std::vector<Open> open_;
  std::vector<const Node*> anchors_;  ///< nothing while the anchored value is not closed
  /// Counts what must outlive its unit (anchors, merges): a unit, or a streamed map,
  /// that saw it grow is not given back.
  std::uint64_t kept_ = 0;
  NodeArena::Mark unit_mark_;
  std::uint64_t unit_kept_ = 0;
  Reading ending_ = Reading::empty;
};

}  // namespace cipherform::config
