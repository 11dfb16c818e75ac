// What the sandbox was asked and did, for those who watch a client. All calls may come
// from any thread; times are told.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/fault_plan.h"
#include "sandbox/tenant_api.h"

namespace cipherform::sandbox {

class Statistics {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// A request has been read whole; every begin() has its end().
  void begin(std::string_view operation, std::uint64_t connection, SteadyTime now);
  void end();
  /// The tenant has been asked to execute a request, and has answered.
  void executed(std::string_view operation, const ApiRequest& request, const ApiAnswer& answer);
  /// An answer is about to be sent, which asks for no request before `until`.
  void answered(unsigned status);
  void announced(std::uint64_t connection, SteadyTime now, SteadyTime until);

  /// As docs/sandbox.md describes it.
  std::string json(const std::vector<FaultSchedule::Count>& rules) const;

 private:
  struct Announcement {
    std::uint64_t connection = 0;
    SteadyTime said_at;
    SteadyTime until;
  };
  struct Email {
    std::uint64_t invitations = 0;
    std::uint64_t repeats = 0;
  };
  bool is_early(std::uint64_t connection, SteadyTime now);

  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> requests_;  ///< by operation
  std::map<unsigned, std::uint64_t> answers_;                   ///< by status
  std::map<std::string, std::uint64_t, std::less<>> changes_;   ///< by what was done
  std::map<std::string, std::uint64_t, std::less<>> violations_;
  std::map<std::string, Email, std::less<>> emails_;  ///< by email_key
  std::vector<Announcement> announcements_;
  std::uint64_t early_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t most_in_flight_ = 0;
};

/// A request on another connection may have been on its way already when Retry-After was
/// said: for this long it is not counted as early.
inline constexpr std::chrono::milliseconds kOnItsWay{100};

}  // namespace cipherform::sandbox
