// Creating users: up to a hundred in one request, and never one of them twice.
//
//   batches ──▶ send ──▶ done        each user that the answer names in all its groups
//      ▲          │
//      │          ├────▶ in doubt    the others of an answer, or all where none can be read
//      │          │                  (never sent again: only reads settle them)
//      │          └────▶ refused     (400, 409, 422) perhaps for one bad record
//      │                    │ one of them: final, with the API's own words
//      └── halves of ◀──────┘ more: a proved read tells who is absent
//          the absent
//
// The API does not say whether a refused batch was refused as a whole, so nobody of
// it is sent again before a proved complete read shows that they are absent. All
// refused batches of a round share one read; a bad record is alone after seven rounds.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "apply/run.h"

namespace cipherform::apply {

class CreatePhase {
 public:
  /// `creates` are the plan's creates, in its order.
  CreatePhase(Run& run, std::vector<ActionIndex> creates);
  void execute();

 private:
  struct Batch {
    std::vector<ActionIndex> actions;
    bool alone = false;  ///< of the ramp: nothing else is under way
  };
  struct Refused {
    std::size_t batch = 0;
    std::string words;
  };
  struct Doubt {
    ActionIndex action = 0;
    std::string why;
  };

  void send_round();
  void submit_waiting();
  HttpRequest request_of(const Batch& batch) const;
  void take(const Dispatched& ended);
  void take_answer(const Batch& batch, const Dispatched& ended);
  void finish_all(const Batch& batch, ActionOutcome outcome, const std::string& detail);
  void settle_round();
  void split(const Refused& refused, const std::vector<Standing>& standings);
  void wait_for(std::vector<ActionIndex> actions, bool alone);

  Run& run_;
  std::vector<Batch> batches_;       ///< all that were ever made; their index is the ticket
  std::deque<std::size_t> waiting_;  ///< indexes of batches to send
  std::vector<Refused> refused_;     ///< in this round
  std::vector<Doubt> doubts_;
};

}  // namespace cipherform::apply
