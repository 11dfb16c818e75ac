// Collects what is wrong, keeps the first of it in the order of files, lines and columns.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"
#include "config/limits.h"

namespace cipherform::config {

/// A place within a file; 1-based, line 0 for the file as a whole.
struct LineColumn {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend auto operator<=>(const LineColumn&, const LineColumn&) = default;
};

/// Holds at most twice `limit` entries however many are added, and yet ends up with
/// the first `limit` by position: what a user sees does not depend on the order of
/// checks or of threads.
class Diagnostics {
 public:
  explicit Diagnostics(std::size_t limit = kMaxDiagnostics) : limit_(limit) {}

  void add(SourcePosition at, std::string message, std::string hint = {});
  void absorb(Diagnostics&& other);
  bool empty() const { return entries_.empty(); }
  /// Sorted, without repetitions; with one more entry that counts what was left out.
  /// `files` gives the names of SourcePosition::file.
  std::vector<Diagnostic> take(std::span<const std::string> files) &&;

 private:
  struct Entry {
    SourcePosition at;
    std::string message;
    std::string hint;
  };
  void prune();

  std::size_t limit_;
  std::size_t dropped_ = 0;
  std::vector<Entry> entries_;
};

/// The diagnostics of one file.
class FileDiagnostics {
 public:
  FileDiagnostics(Diagnostics& all, std::uint32_t file) : all_(&all), file_(file) {}

  void error(LineColumn at, std::string message, std::string hint = {}) const {
    all_->add(position(at), std::move(message), std::move(hint));
  }
  SourcePosition position(LineColumn at) const { return {.file = file_, .line = at.line, .column = at.column}; }
  std::uint32_t file() const { return file_; }

 private:
  Diagnostics* all_;
  std::uint32_t file_;
};

/// `text` in single quotes, shortened where it is long.
std::string in_quotes(std::string_view text);
/// `did you mean 'x'?`, or nothing.
std::string meant(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace cipherform::config
