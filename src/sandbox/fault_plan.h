// A fault plan: which requests the sandbox treats badly, and how. Format: docs/sandbox.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cipherform/error.h"

namespace cipherform::sandbox {

/// What an answer is turned into, where it holds users.
enum class Shape : std::uint8_t {
  as_it_is,
  bare,      ///< the array alone, where it is wrapped in an object; an object becomes an array of one
  wrapped,   ///< {"data":[…]} and nothing else
  reversed,  ///< the array in reverse, in the same wrapping
  first,     ///< the first item alone, as an object
  ids,       ///< as it is, but every item has only its id
};
/// Where the connection ends before the answer does.
enum class Cut : std::uint8_t { nowhere, before, in_head, in_body };
/// What Content-Length says.
enum class Length : std::uint8_t { right, longer, shorter, malformed };

struct Fault {
  // What becomes of the request.
  bool execute = true;
  std::chrono::milliseconds execute_after{0};
  std::optional<std::size_t> only_first;  ///< of a create's users
  // What is answered, in place of the API's answer.
  std::optional<unsigned> status;
  std::optional<std::string> body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::chrono::seconds> retry_after;
  bool retry_after_as_date = false;
  std::optional<unsigned> interim;  ///< a 1xx answer goes before
  Shape shape = Shape::as_it_is;
  bool html = false;
  // How the answer is sent.
  std::chrono::milliseconds answer_after{0};
  Cut cut = Cut::nowhere;
  bool reset = false;  ///< end the connection with a reset, where it is cut
  bool hang = false;   ///< never answer, until the client goes
  Length length = Length::right;
  std::chrono::milliseconds drip{0};  ///< between two bytes of the answer

  /// The client learns nothing of what became of the request, so nothing waits for it.
  bool answers_without_executing() const { return status || hang || cut == Cut::before; }
};

struct FaultRule {
  // Which requests are counted; empty: all.
  std::string method;
  std::vector<std::string> operations;
  // Which of those the fault happens to.
  std::uint64_t nth = 0;    ///< that one only; 0: any
  std::uint64_t every = 0;  ///< each nth; 0: any
  double probability = 1;
  std::optional<std::uint64_t> times;  ///< at most
  Fault fault;
};

struct FaultPlan {
  std::uint64_t seed = 0;
  std::vector<FaultRule> rules;
};

/// Error::where says which value of the document is wrong, as "rules[2].match.nth".
Result<FaultPlan> parse_fault_plan(std::string_view json);

/// The plan in force, and how often its rules have met a request. All calls may come
/// from any thread. The same plan and order of requests make the same faults.
class FaultSchedule {
 public:
  struct Count {
    std::uint64_t matched = 0;
    std::uint64_t applied = 0;
  };

  /// Replaces the plan; counts and dice begin anew.
  void put(FaultPlan plan);
  /// The fault of the first rule that wants this request; every rule counts it.
  std::optional<Fault> choose(std::string_view method, std::string_view operation);
  std::vector<Count> counts() const;

 private:
  struct State {
    Count count;
    std::mt19937_64 dice;
  };
  mutable std::mutex mutex_;
  FaultPlan plan_;
  std::vector<State> states_;
};

}  // namespace cipherform::sandbox
