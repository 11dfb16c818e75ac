// What can go wrong with one request, by name. The tenant may carry a change out before the
// answer, after the connection has ended, in part, or never; and whatever it did, the answer
// may be its own, another one, late, twice, or none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cipherform/tenant.h"

namespace cipherform::sim {

/// The API key, which some answers echo.
inline constexpr std::string_view kCanaryKey = "canary-key-9d41";

enum class Executes : std::uint8_t { never, at_once, late, partly };

enum class Answers : std::uint8_t {
  truly,          ///< what the tenant says
  with_status,    ///< `answer`, whatever the tenant did
  not_sent,       ///< no byte left
  lost,           ///< the connection ended
  times_out,      ///< no answer until the request's own timeout
  cut_short,      ///< the true answer's first half
  with_anothers,  ///< the answer to the request before
  twice,          ///< the true answer, and then again
  with_nobody,    ///< a read: an empty list that says so
};

struct Fault {
  std::string_view name;
  Executes executes = Executes::at_once;
  Answers answers = Answers::truly;
  HttpAnswer answer = {};
  /// A Retry-After as an HTTP-date so many seconds ahead.
  unsigned date_in = 0;
  /// The API says that it did what it did not. Not drawn at random: what relies on it is not
  /// our fault.
  bool lie = false;
};

/// Every fault there is; the first is none.
std::span<const Fault> faults();
/// The one of that name, which must exist.
const Fault& fault(std::string_view name);

}  // namespace cipherform::sim
