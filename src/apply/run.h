// What the phases of one apply share: what came of each action, the ledger around
// every request, and the reasons to stop.
//
// The order that nothing may break: an intent is durable, then its request leaves,
// then its outcome is recorded. Intents are recorded in groups, one transaction for
// all requests that can leave at once. Outcomes may come later, in larger groups: one
// that a crash loses is an intent that the next run settles by reading.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cipherform/apply.h"
#include "model/planted_bug.h"

namespace cipherform::apply {

/// An index into Plan::actions; from their number on, into the adds of adopted users.
using ActionIndex = std::uint32_t;

/// The seams through which a run acts.
struct Outside {
  TenantLink& link;
  LeaseKeeper& lease;
  RunId run;
  ApplyObserver* observer = nullptr;
};

class Run {
 public:
  Run(const Plan& plan, const Outside& outside, ApplyOptions options);

  const Plan& plan() const { return plan_; }
  const Action& action(ActionIndex index) const {
    return index < plan_.actions.size() ? plan_.actions[index] : adopted_[index - plan_.actions.size()].add;
  }
  const Change& change(ActionIndex index) const { return action(index).change; }

  /// Whether nothing more may be sent.
  bool stopping();
  /// Nothing more is sent because of `why`; the first reason is the one reported.
  void stop(Error why);

  /// How many requests may be submitted now.
  std::size_t room() const;
  /// Makes the intents durable; false: the run stops, and nothing of them may be sent.
  bool record_intents(std::span<const ActionIndex> actions);
  /// Sends a request whose intents are recorded.
  void submit(std::uint64_t ticket, HttpRequest request);
  /// The loop of a phase: lets it submit all that may leave now, waits for the next request to
  /// end, and lets it take that one and all that have ended too. Returns when, after a submit,
  /// none is under way.
  void send(const std::function<void()>& submit_what_may_leave, const std::function<void(const Dispatched&)>& take);
  /// Stops the run where this end says that others would end the same way. `request`
  /// makes what was sent, for the message.
  void weigh(const Dispatched& ended, const std::function<HttpRequest()>& request);

  /// The action has come to its end: reported, shown, and kept for the ledger.
  void finish(ActionIndex action, ActionOutcome outcome, std::string detail = {});
  /// The action was sent and will be sent again: how it ends if it is not, after all.
  void keep_in_mind(ActionIndex action, ActionOutcome outcome, std::string detail) {
    end_so_far_.insert_or_assign(action, ActionReport{outcome, std::move(detail)});
  }
  /// Whether an earlier action of this action's user came to an end that is not "done".
  bool user_failed(ActionIndex action) const {
    return user_failed_[user_of_[action]] && !planted(Bug::remove_after_failed_add);
  }
  /// A dense number for the action's user.
  std::uint32_t user_of(ActionIndex action) const { return user_of_[action]; }
  std::uint32_t users() const { return static_cast<std::uint32_t>(user_failed_.size()); }

  /// The user whom `create` was to make exists meanwhile, without some of the groups: what
  /// is missing becomes adds, and the create ends when they have.
  void adopt(ActionIndex create, const Standing& existing);
  /// The adds of adopted users to privileged groups, or to others.
  std::vector<ActionIndex> adopted_adds(bool privileged) const;

  SteadyTime now() const { return outside_.link.clock().steady(); }
  std::chrono::milliseconds settle_time() const { return options_.settle_time; }
  /// Waits, with nothing under way, and says why. False: the run stops.
  bool pause_until(SteadyTime until, std::string_view why);
  /// Reads the tenant: the standing of each action, adopted ones included, or why it cannot
  /// be told. Nothing may be under way.
  tl::expected<std::vector<Standing>, std::string> read_standing();
  /// Ends the run: whatever was not sent was not tried.
  ApplyReport close();

 private:
  /// What keeps requests from leaving: the lease's reasons, and the run's own.
  class Halt final : public Interruption {
   public:
    explicit Halt(const LeaseKeeper& lease) : lease_(lease) {}
    bool requested() const noexcept override { return stopped || lease_.requested(); }
    std::optional<Instant> no_start_after() const noexcept override { return lease_.no_start_after(); }
    bool stopped = false;

   private:
    const LeaseKeeper& lease_;
  };

  /// An add of an adopted user.
  struct Adopted {
    Action add;
    ActionIndex create = 0;  ///< on whose behalf
    std::string group;
  };
  /// What is still to come of an adopted user, and what went wrong.
  struct Adoption {
    std::uint32_t left = 0;
    ActionOutcome outcome = ActionOutcome::done;
    std::string detail;
  };

  /// Waits for the next request to end, keeping the lease. Nothing: none is under way.
  std::optional<Dispatched> wait();
  /// After each turn: shows how far the run has come, and writes the outcomes that wait,
  /// if there are many or they have waited long.
  void note_progress();
  void record_end(ActionIndex action, const ActionReport& report);
  void finish_adopted(const Adopted& adopted, const ActionReport& report);
  bool outcomes_due() const;
  void record_outcomes();
  void number_users();

  const Plan& plan_;
  Outside outside_;
  ApplyOptions options_;
  LeaseKeeper& lease_;
  Halt halt_;
  Dispatcher dispatcher_;
  ApplyReport report_;
  std::optional<Error> stopped_by_;
  unsigned unclean_in_a_row_ = 0;

  struct State {
    bool intended = false;
    bool finished = false;
  };
  std::vector<State> states_;  ///< of each action, adopted ones included
  std::vector<Adopted> adopted_;
  std::map<ActionIndex, Adoption> adoptions_;       ///< by the create
  std::map<ActionIndex, ActionReport> end_so_far_;  ///< of what was sent, and waits to be sent again
  std::uint64_t finished_ = 0;                      ///< of the plan's actions
  std::vector<std::uint32_t> user_of_;              ///< of each action
  std::vector<bool> user_failed_;

  std::vector<Intent> intents_;             ///< kept for its strings' capacity
  std::vector<OutcomeRecord> outcomes_;     ///< not yet in the ledger
  std::optional<SteadyTime> outcomes_due_;  ///< when they are written at the latest
};

/// The API's own words, or what happened instead of an answer.
std::string words_of(const Dispatched& ended);

}  // namespace cipherform::apply
