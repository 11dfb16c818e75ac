// A consumer of documents that writes down what it is given.
#pragma once

#include <string>
#include <string_view>

#include "config/diagnostics.h"
#include "config/yaml_stream.h"
#include "config/yaml_tree.h"

namespace cipherform::tests {

/// A tree on one line: strings in quotes if they were quoted, [a, b], {k: v}.
std::string text_of(const config::Value& node);

/// Streams the places of a declaration.
class SinkLog : public config::DocumentSink {
 public:
  config::Place child(config::Place parent, std::string_view key) const override;
  void begin(config::Place place, const config::Value* key) override;
  void item(config::Place parent, const config::Value* key, const config::Value& value) override;
  void end(config::Place place) override;

  std::string text;  ///< a line for each call
};

/// What a document is to its consumer, and then its errors.
struct DocumentRead {
  config::Reading reading;
  std::string text;
  std::string errors;
};
DocumentRead read_text(std::string_view yaml);

/// "line:column: message (hint)" for each, a line each.
std::string lines_of(config::Diagnostics errors);

}  // namespace cipherform::tests
