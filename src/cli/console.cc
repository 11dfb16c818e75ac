#include "cli/console.h"

#include <fmt/format.h>

#include <istream>
#include <ostream>

#include "cipherform/render.h"

namespace cipherform::cli {
namespace {

bool use_color(ColorMode mode, bool is_terminal) {
  return mode == ColorMode::always || (mode == ColorMode::automatic && is_terminal);
}

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

}  // namespace

Console::Console(const Surroundings& surroundings, ColorMode color, EventStream* events)
    : surroundings_(surroundings),
      events_(events),
      color_out_(use_color(color, surroundings.out_is_terminal)),
      color_err_(use_color(color, surroundings.err_is_terminal)) {}

bool Console::data(std::string_view text) {
  if (events_ != nullptr) return !data_lost();
  clear_transient();
  surroundings_.out << text << std::flush;
  if (!surroundings_.out) data_lost_ = true;
  return !data_lost_;
}

void Console::note(std::string_view line) {
  if (says_by_event()) return events_->send(event::Note{line});
  clear_transient();
  surroundings_.err << terminal_safe(line) << std::endl;
}

void Console::lines(std::string_view text) {
  if (events_ != nullptr) return;
  clear_transient();
  surroundings_.err << text << std::flush;
}

void Console::error(const Error& error) {
  if (says_by_event()) return events_->send(problem_of(error));
  clear_transient();
  surroundings_.err << (color_err_ ? kRed : "") << terminal_safe(to_string(error)) << (color_err_ ? kPlain : "")
                    << std::endl;
  if (error.server_may_have_changed) {
    note("The tenant may have changed: the answer to a request was lost. Run `cipherform plan` to see.");
  }
}

void Console::errors(const std::vector<Error>& errors) {
  for (const Error& one : errors) error(one);
}

void Console::diagnostics(const std::vector<Diagnostic>& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    if (says_by_event()) {
      events_->send(problem_of(diagnostic));
      continue;
    }
    clear_transient();
    surroundings_.err << (color_err_ ? kRed : "") << terminal_safe(to_string(diagnostic)) << (color_err_ ? kPlain : "")
                      << '\n';
  }
  surroundings_.err << std::flush;
}

void Console::transient(std::string_view line) {
  if (!surroundings_.err_is_terminal || events_ != nullptr) return;
  surroundings_.err << "\r\x1b[K" << terminal_safe(line) << std::flush;
  transient_shown_ = true;
}

void Console::clear_transient() {
  if (!transient_shown_) return;
  surroundings_.err << "\r\x1b[K" << std::flush;
  transient_shown_ = false;
}

bool ConsoleProgress::due() {
  const SteadyTime now = clock_.steady();
  if (now < next_) return false;
  next_ = now + (console_.err_is_terminal() ? std::chrono::milliseconds{100} : std::chrono::milliseconds{10'000});
  return true;
}

void ConsoleProgress::update(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (console_.events() != nullptr) return console_.events()->update(what, done, total);
  if (!due()) return;
  const std::string line = total == 0 ? fmt::format("{} {}", done, what)
                                      : fmt::format("{} of {} {} ({} %)", done, total, what, done * 100 / total);
  console_.err_is_terminal() ? console_.transient(line) : console_.note(line);
}

void ConsoleProgress::waiting(std::string_view why, std::chrono::milliseconds left) {
  if (console_.events() != nullptr) return console_.events()->waiting(why, left);
  if (!due()) return;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  const std::string line = fmt::format("{}, {} s left", why, seconds);
  console_.err_is_terminal() ? console_.transient(line) : console_.note(line);
}

}  // namespace cipherform::cli
