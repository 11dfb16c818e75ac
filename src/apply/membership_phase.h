// Adds or removes: one request each, one user's one after another, different users
// concurrently.
//
// A user is busy from the first action until its end; what comes for a busy user is
// parked behind it. An end in doubt (an ambiguous one; 409 on an add and 404 on a
// remove, which only seem to say that there is nothing to do) keeps the user busy until
// nothing is under way any more; then one proved read settles all doubts at once, and
// what it shows as done already is not sent at all. What an ambiguous end was to do and the
// read does not show is sent once more: if the first request takes effect late, the second
// finds nothing to do, and the other way round.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "apply/run.h"

namespace cipherform::apply {

class MembershipPhase {
 public:
  /// `actions` are adds, or removes, in the plan's order.
  MembershipPhase(Run& run, std::vector<ActionIndex> actions);
  void execute();

 private:
  /// An index into actions_; also the ticket.
  using Position = std::uint32_t;
  static constexpr Position kNone = std::numeric_limits<Position>::max();

  struct User {
    bool busy = false;
    Position first_parked = kNone;
    Position last_parked = kNone;
  };
  struct Doubt {
    Position position = 0;
    bool refused = false;  ///< the API said no; else: it may have been executed
    std::string words;
  };

  void submit_ready();
  std::optional<Position> next_ready();
  HttpRequest request_of(Position position) const;
  void take(const Dispatched& ended);
  void settle_doubts();
  void settle(Doubt doubt, const std::vector<Standing>& standings);
  void finish(Position position, ActionOutcome outcome, std::string detail = {});
  void park(Position position);
  void free_user_of(Position position);
  void finish_done_already(Position position, const std::vector<Standing>& standings);
  User& user_of(Position position) { return users_[run_.user_of(actions_[position])]; }

  Run& run_;
  std::vector<ActionIndex> actions_;
  std::vector<Position> parked_behind_;  ///< of each position: the next one of the same user
  std::vector<User> users_;
  Position cursor_ = 0;            ///< the first that was never looked at
  std::deque<Position> released_;  ///< parked once, and now their users' turn
  std::vector<Doubt> doubts_;
  std::vector<bool> sent_again_;  ///< of each position
};

}  // namespace cipherform::apply
