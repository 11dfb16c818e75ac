#include "sim/faults.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace cipherform::sim {
namespace {

HttpAnswer status(int code, std::string_view message = "no", std::string retry_after = {}) {
  return {code,
          R"({"statusCode":)" + std::to_string(code) + R"(,"message":")" + std::string(message) + R"(","error":"E"})",
          std::move(retry_after)};
}

std::vector<Fault> make_faults() {
  using enum Executes;
  using enum Answers;
  const HttpAnswer page{200, "<html>Welcome to the hotel</html>", {}};
  return {
      {"none"},
      {"not sent", never, not_sent},
      {"lost before", never, lost},
      {"lost after", at_once, lost},
      {"lost, carried out late", late, lost},
      {"lost, carried out in part", partly, lost},
      {"times out", never, times_out},
      {"times out after", at_once, times_out},
      {"times out, carried out late", late, times_out},
      {"400", never, with_status, status(400, "bad")},
      {"401", never, with_status, status(401, "the key canary-key-9d41 is unknown")},
      {"403", never, with_status, status(403, "you may not")},
      {"404", never, with_status, status(404, "not found")},
      {"408", never, with_status, status(408, "slow")},
      {"409", never, with_status, status(409, "conflict")},
      {"409 carried out", at_once, with_status, status(409, "conflict")},
      {"422", never, with_status, status(422, "apikey: canary-key-9d41; unprocessable")},
      {"422 carried out in part", partly, with_status, status(422, "unprocessable")},
      {"500", never, with_status, status(500, "oops, canary-key-9d41")},
      {"500 carried out", at_once, with_status, status(500, "oops")},
      {"500 carried out in part", partly, with_status, status(500, "oops")},
      {"500 carried out late", late, with_status, status(500, "oops")},
      {"502 page", at_once, with_status, {502, "<html>Bad Gateway</html>", {}}},
      {"503", at_once, with_status, status(503, "busy")},
      {"503 with Retry-After", never, with_status, status(503, "busy", "2")},
      {"429 with seconds", never, with_status, status(429, "slow down", "3")},
      {"429 with a date", never, with_status, status(429, "slow down"), 4},
      {"429", never, with_status, status(429, "slow down")},
      {"429 for an hour", never, with_status, status(429, "slow down", "3600")},
      {"302", never, with_status, {302, {}, {}}},
      {"302 carried out", at_once, with_status, {302, {}, {}}},
      {"a page instead, not carried out", never, with_status, page},
      {"a page instead, carried out", at_once, with_status, page},
      {"no body", at_once, with_status, {201, {}, {}}},
      {"cut short", at_once, cut_short},
      {"another's answer", at_once, with_anothers},
      {"answered twice", at_once, twice},
      {"nobody there", at_once, with_nobody},
      {"201, not carried out", never, with_status, {201, {}, {}}, 0, true},
  };
}

}  // namespace

std::span<const Fault> faults() {
  static const std::vector<Fault> all = make_faults();
  return all;
}

const Fault& fault(std::string_view name) {
  const auto found = std::ranges::find(faults(), name, &Fault::name);
  if (found == faults().end()) throw std::invalid_argument("no fault " + std::string(name));
  return *found;
}

}  // namespace cipherform::sim
