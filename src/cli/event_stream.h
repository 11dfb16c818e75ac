// `--json`: what happens, as lines on standard output.
#pragma once

#include <chrono>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/apply.h"
#include "cipherform/events.h"
#include "cipherform/tenant.h"

namespace cipherform::cli {

/// Sends events as they happen. As a Progress and an ApplyObserver it is told by the
/// operations themselves: an action that is under way for long is mentioned every ten
/// seconds, how far a read or an apply has come at most once a second, and never twice the same.
class EventStream final : public Progress, public ApplyObserver {
 public:
  EventStream(std::ostream& out, const Clock& clock) : out_(out), clock_(clock) {}

  void send(const Event& event);
  /// Whether something could not be written.
  bool lost() const { return lost_; }

  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override;
  void waiting(std::string_view why, std::chrono::milliseconds left) override;

  void started(const Action& action) override;
  void finished(const Action& action, const ActionReport& report) override;

 private:
  struct UnderWay {
    Action action;
    SteadyTime since;
    SteadyTime mentioned;
  };

  bool due();
  void mention_those_under_way();

  std::ostream& out_;
  const Clock& clock_;
  SteadyTime next_ = clock_.steady();  ///< when how far it has come may be sent again
  std::string last_;                   ///< what was sent of it
  std::map<std::string, UnderWay> under_way_;
  bool lost_ = false;
};

/// What a plan holds: its changes, what is blocked, hit guardrails and findings as warnings,
/// and the summary.
void send_plan(EventStream& events, const Plan& plan);
/// What of a saved plan conflicts with the tenant.
void send_conflicts(EventStream& events, const Plan& plan, const std::vector<Standing>& standings);
/// The end of an apply of `plan`: why it stopped, what was done and is not in place after
/// all, and the summary.
void send_end(EventStream& events, const Plan& plan, const RunEnd& end);

}  // namespace cipherform::cli
