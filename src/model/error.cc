// One line for each kind of failure; whoever prints it escapes it.
#include "cipherform/error.h"

namespace cipherform {
namespace {

void append_hint(std::string& line, const std::string& hint) {
  if (hint.empty()) return;
  line += " (";
  line += hint;
  line += ')';
}

}  // namespace

std::string to_string(const Error& error) {
  std::string line;
  if (!error.where.empty()) line = error.where + ": ";
  line += "error: ";
  line += error.what;
  append_hint(line, error.hint);
  return line;
}

std::string to_string(const Diagnostic& diagnostic) {
  std::string line = diagnostic.file;
  if (diagnostic.line != 0) {
    line += ':' + std::to_string(diagnostic.line) + ':' + std::to_string(diagnostic.column);
  }
  line += line.empty() ? "error: " : ": error: ";
  line += diagnostic.message;
  append_hint(line, diagnostic.hint);
  return line;
}

}  // namespace cipherform
