// The two streams of a command line: data to one, everything said to the user to the
// other, each escaped for a terminal.
#pragma once

#include <chrono>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/tenant.h"
#include "cli/event_stream.h"
#include "cli/options.h"

namespace cipherform::cli {

/// The process's surroundings, so that a test can give others.
struct Surroundings {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  int in_descriptor = -1;  ///< of `in`, to poll while a question waits; -1: none
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  Variables variables{};
};

class Console {
 public:
  /// With `events` everything is sent there, and nothing is written for people.
  Console(const Surroundings& surroundings, ColorMode color, EventStream* events = nullptr);

  /// Where events go instead; null: there are none.
  EventStream* events() const { return events_; }
  /// Data, already escaped by whoever made it; left out where events are sent, which say the
  /// same. False if it could not be written (a full disk, a reader that is gone); then
  /// data_lost() stays true.
  bool data(std::string_view text);
  bool data_lost() const { return data_lost_ || (events_ != nullptr && events_->lost()); }
  /// A line to the user; escaped here.
  void note(std::string_view line);
  /// Lines to the user, already escaped and each with its line feed; left out where events
  /// are sent.
  void lines(std::string_view text);
  void error(const Error& error);
  void errors(const std::vector<Error>& errors);
  void diagnostics(const std::vector<Diagnostic>& diagnostics);

  bool color_out() const { return color_out_; }
  bool color_err() const { return color_err_; }
  bool err_is_terminal() const { return surroundings_.err_is_terminal; }
  /// A line on standard error that the next one replaces; only on a terminal.
  void transient(std::string_view line);

 private:
  /// Whether what is said goes out as events: with nobody left who reads them, standard
  /// error is told.
  bool says_by_event() const { return events_ != nullptr && !events_->lost(); }
  void clear_transient();

  const Surroundings& surroundings_;
  EventStream* events_;
  bool color_out_;
  bool color_err_;
  bool transient_shown_ = false;
  bool data_lost_ = false;
};

/// Shows how far a read or an apply is: a line that is rewritten on a terminal, a
/// plain line every ten seconds elsewhere. Where events are sent, they tell it.
class ConsoleProgress final : public Progress {
 public:
  ConsoleProgress(Console& console, const Clock& clock) : console_(console), clock_(clock) {}
  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override;
  void waiting(std::string_view why, std::chrono::milliseconds left) override;

 private:
  bool due();

  Console& console_;
  const Clock& clock_;
  SteadyTime next_ = clock_.steady() + std::chrono::milliseconds{500};
};

}  // namespace cipherform::cli
