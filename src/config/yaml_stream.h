// A YAML file as a stream of values. The lists that can be huge are handed over element
// by element; everything else as a small tree, which is gone after the call.
#pragma once

#include <cstdint>
#include <string_view>

#include "config/diagnostics.h"
#include "config/yaml_tree.h"

namespace cipherform::config {

/// Where in a document a value stands. Maps and lists at these places are streamed;
/// `whole` is everything else.
enum class Place : std::uint8_t {
  root,         ///< map
  users,        ///< list
  groups,       ///< map
  group,        ///< map: one of `groups`
  members,      ///< list: of one group
  teams,        ///< map
  team,         ///< list: one of `teams`
  seed_groups,  ///< list: `groups` of a tenant seed
  whole,        ///< a value that is handed over in one piece
};

/// What consumes a document. The nodes are valid during the call only.
class DocumentSink {
 public:
  DocumentSink() = default;
  DocumentSink(const DocumentSink&) = delete;
  DocumentSink& operator=(const DocumentSink&) = delete;
  virtual ~DocumentSink() = default;

  /// The place of the value of `key` in the map at `parent`.
  virtual Place child(Place parent, std::string_view key) const = 0;
  /// A streamed map or list begins. `key` is its key, nothing for the root.
  virtual void begin(Place place, const Value* key) = 0;
  /// A value in the streamed map (with its key) or list (without) at `parent`: one
  /// whose place is `whole`, or one that is not of the kind that its place streams.
  virtual void item(Place parent, const Value* key, const Value& value) = 0;
  virtual void end(Place place) = 0;
};

/// How a file ended.
enum class Reading : std::uint8_t {
  complete,  ///< everything in it was seen (which may be wrong all the same)
  cut,       ///< an error ended it early, or it is no map: what seems missing may stand in the rest
  empty,     ///< no value at all
};

/// Gives what `text` holds to `sink`. Errors of YAML itself go to `errors`: syntax,
/// duplicate keys, wrong aliases, tags, scalars over several lines, bounds exceeded.
Reading read_document(std::string_view text, DocumentSink& sink, const FileDiagnostics& errors);

}  // namespace cipherform::config
