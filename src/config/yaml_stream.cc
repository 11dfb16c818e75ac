// The only file that knows yaml-cpp, of which it uses the events alone: nodes for a
// million users would take gigabytes. What the library lets pass is refused here:
//
// - A scalar over several lines. A quote or bracket that is not closed swallows the
//   following lines and folds their line breaks into spaces, and users who stood there
//   would read as users to remove. Every scalar must therefore stand in the source, on
//   one line, as it was reported.
// - Tags, control characters made by escapes, a second document, text after the end.
// - A token without end: the source is handed out only up to a bound beyond the last
//   event, so that 100 MB of scalar are not collected first.
#include "config/yaml_stream.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <string>

#include "config/document_stream.h"
#include "config/source_text.h"

namespace cipherform::config {
namespace {

LineColumn place(const YAML::Mark& mark) {
  return {.line = static_cast<std::uint32_t>(mark.line + 1), .column = static_cast<std::uint32_t>(mark.column + 1)};
}

/// Hands out the source, but not arbitrarily far beyond the last event.
class SourceBuffer : public std::streambuf {
 public:
  SourceBuffer(std::string_view text, const FileDiagnostics& errors) : errors_(&errors) {
    // The get area is never written to; streambuf merely has no const form of it.
    char* const begin = const_cast<char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    setg(begin, begin, begin + text.size());
  }
  void last_event(const YAML::Mark& mark) { last_ = mark; }

 protected:
  std::streamsize xsgetn(char* to, std::streamsize count) override {
    const auto ahead = (gptr() - eback()) - std::ptrdiff_t{last_.pos};
    if (ahead > static_cast<std::ptrdiff_t>(kMaxQuietBytes)) {
      errors_->error(place(last_),
                     "nothing but one value in the " + std::to_string(kMaxQuietBytes >> 20U) + " MiB that begin here",
                     "a quote that is not closed, or a value that is far too long");
      throw ReadingStopped{};
    }
    return std::streambuf::xsgetn(to, count);
  }

 private:
  const FileDiagnostics* errors_;
  YAML::Mark last_;
};

class Events : public YAML::EventHandler {
 public:
  Events(std::string_view text, SourceBuffer& source, DocumentSink& sink, const FileDiagnostics& errors)
      : text_(text), source_(&source), errors_(&errors), stream_(sink, errors) {}

  Reading ending() const { return stream_.ending(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) stop_at_second_document(mark);
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { stream_.null(place_of_null(mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    source_->last_event(mark);
    stream_.alias(place(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    source_->last_event(mark);
    const bool plain = tag == "?";
    if (check_scalar(mark, tag, anchor, value)) {
      stream_.scalar(place(mark), value, plain, anchor);
    } else {
      stream_.invalid(place(mark), anchor);
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Value::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { stream_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Value::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { stream_.close(); }

 private:
  void open(Value::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    source_->last_event(mark);
    if (!tag.empty() && tag != "?") refuse_tag(mark);
    stream_.open(kind, place(mark), anchor);
  }

  [[noreturn]] void stop_at_second_document(const YAML::Mark& mark) const {
    if (text_.substr(offset(mark)).starts_with("---")) {
      errors_->error(place(mark), "a second document", "a file holds one");
    } else {
      errors_->error(place(mark), "text after the end of the document", "is the indentation as intended?");
    }
    throw ReadingStopped{};
  }

  void refuse_tag(const YAML::Mark& mark) const {
    errors_->error(place(mark), "tags are not used in a declaration", "leave out the word that begins with !");
  }

  std::size_t offset(const YAML::Mark& mark) const {
    return std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text_.size());
  }

  /// The parser reports a null that is not written at the token after it. In a list
  /// the dash before is the better place; in a map the key is, which DocumentStream
  /// knows.
  LineColumn place_of_null(const YAML::Mark& mark) const {
    const std::size_t end = text_.substr(0, offset(mark)).find_last_not_of(" \r\n");
    if (end == std::string_view::npos || text_[end] != '-') return place(mark);
    const std::string_view between = text_.substr(end, offset(mark) - end);
    const auto breaks = static_cast<std::uint32_t>(std::count(between.begin(), between.end(), '\n'));
    if (breaks == 0) return place(mark);
    const std::size_t line_start = text_.substr(0, end).rfind('\n') + 1;  // 0 where there is none
    return {.line = static_cast<std::uint32_t>(mark.line + 1) - breaks,
            .column = static_cast<std::uint32_t>(end - line_start + 1)};
  }

  bool check_scalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) {
    std::string_view written = text_.substr(offset(mark));
    if (anchor != 0) written = after_anchor(written);
    const bool plain = tag == "?";
    if ((!plain && tag != "!") || written.starts_with('!')) {
      refuse_tag(mark);
      return false;
    }
    if (value.size() > kMaxScalarBytes) {
      errors_->error(place(mark), "a value of more than " + std::to_string(kMaxScalarBytes) + " bytes",
                     plain ? "" : "is a quote not closed?");
      return false;
    }
    if (plain ? !written.starts_with(value) : !quoted_on_one_line(written)) {
      errors_->error(place(mark), "a value must stand on one line", hint_for_several_lines(written));
      return false;
    }
    if (const auto bad = find_bad_character(value, false)) {
      errors_->error(place(mark), "a value with " + std::string(bad->what) + " in it");
      return false;
    }
    return true;
  }

  static std::string hint_for_several_lines(std::string_view written) {
    if (written.starts_with('|') || written.starts_with('>')) return "blocks that begin with | or > are not used";
    if (written.starts_with('"') || written.starts_with('\'')) return "is a quote not closed?";
    return "is a bracket not closed, or a line indented too far?";
  }

  static std::string_view after_anchor(std::string_view written) {
    const std::size_t name_end = written.find_first_of(" \t\r\n");
    if (name_end == std::string_view::npos) return {};
    const std::size_t begin = written.find_first_not_of(" \t", name_end);
    return begin == std::string_view::npos ? std::string_view{} : written.substr(begin);
  }

  /// Whether a quoted scalar begins here and ends before the line does. Block scalars
  /// (`|`, `>`) always go over several.
  static bool quoted_on_one_line(std::string_view written) {
    if (written.empty() || (written[0] != '"' && written[0] != '\'')) return false;
    const char quote = written[0];
    for (std::size_t i = 1; i < written.size() && written[i] != '\n'; ++i) {
      if (written[i] == '\\' && quote == '"') {
        ++i;
        if (i < written.size() && (written[i] == '\n' || written[i] == '\r')) return false;
      } else if (written[i] == quote) {
        if (quote == '"' || i + 1 == written.size() || written[i + 1] != '\'') return true;
        ++i;
      }
    }
    return false;
  }

  std::string_view text_;
  SourceBuffer* source_;
  const FileDiagnostics* errors_;
  DocumentStream stream_;
  bool started_ = false;
};

}  // namespace

Reading read_document(std::string_view text, DocumentSink& sink, const FileDiagnostics& errors) {
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  SourceBuffer source(text, errors);
  std::istream in(&source);
  Events events(text, source, sink, errors);
  try {
    YAML::Parser parser(in);
    if (parser.HandleNextDocument(events)) parser.HandleNextDocument(events);
  } catch (const ReadingStopped&) {
    return Reading::cut;
  } catch (const YAML::Exception& failure) {
    errors.error(failure.mark.is_null() ? LineColumn{} : place(failure.mark), "not valid YAML: " + failure.msg);
    return Reading::cut;
  }
  return events.ending();
}

}  // namespace cipherform::config
