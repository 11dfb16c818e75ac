// Places are shown by name, so that a test reads as the document does.
#include "config/sink_log.h"

#include <array>
#include <vector>

namespace cipherform::tests {
namespace {

using config::Place;
using config::Value;

std::string name_of(Place place) {
  static constexpr std::array<std::string_view, 9> names{"root",  "users", "groups",      "group", "members",
                                                         "teams", "team",  "seed_groups", "whole"};
  return std::string(names.at(static_cast<std::size_t>(place)));
}

}  // namespace

std::string text_of(const Value& node) {
  std::string text;
  switch (node.kind) {
    case Value::Kind::invalid:
      return "!";
    case Value::Kind::null:
      return "null";
    case Value::Kind::scalar:
      return node.plain ? std::string(node.text) : '"' + std::string(node.text) + '"';
    case Value::Kind::sequence:
      for (const Value& element : config::Elements(node)) text += (text.empty() ? "" : ", ") + text_of(element);
      return "[" + text + "]";
    case Value::Kind::map:
      for (const auto& [key, value] : config::Entries(node)) {
        text += (text.empty() ? "" : ", ") + text_of(key) + ": " + text_of(value);
      }
      return "{" + text + "}";
  }
  return text;
}

Place SinkLog::child(Place parent, std::string_view key) const {
  if (parent == Place::groups) return Place::group;
  if (parent == Place::teams) return Place::team;
  if (parent == Place::group && key == "members") return Place::members;
  if (parent != Place::root) return Place::whole;
  if (key == "users") return Place::users;
  if (key == "groups") return Place::groups;
  return key == "teams" ? Place::teams : Place::whole;
}

void SinkLog::begin(Place place, const Value* key) {
  text += "begin " + name_of(place) + (key == nullptr ? "" : " " + text_of(*key)) + "\n";
}

void SinkLog::item(Place parent, const Value* key, const Value& value) {
  text += name_of(parent) + ": " + (key == nullptr ? "" : text_of(*key) + " = ") + text_of(value) + " @" +
          std::to_string(value.at.line) + ":" + std::to_string(value.at.column) + "\n";
}

void SinkLog::end(Place place) { text += "end " + name_of(place) + "\n"; }

std::string lines_of(config::Diagnostics errors) {
  const std::vector<std::string> files{""};
  std::string text;
  for (const Diagnostic& diagnostic : std::move(errors).take(files)) {
    text += std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column) + ": " + diagnostic.message;
    if (!diagnostic.hint.empty()) text += " (" + diagnostic.hint + ")";
    text += '\n';
  }
  return text;
}

DocumentRead read_text(std::string_view yaml) {
  config::Diagnostics errors;
  SinkLog sink;
  const config::Reading reading = config::read_document(yaml, sink, config::FileDiagnostics(errors, 0));
  return {.reading = reading, .text = sink.text, .errors = lines_of(std::move(errors))};
}

}  // namespace cipherform::tests
