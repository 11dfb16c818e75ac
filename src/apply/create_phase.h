// Creating users: up to a hundred in one request, and never one of them twice.
//
//   batches ──▶ send ──▶ done        each user that the answer names in all its groups
//    ▲    ▲       │
//    │    │       ├────▶ in doubt    the others of an answer, or all where none can be read
//    │    │       │        │ read until it shows (settling.h): done, adopted,
//    │    └─ absent, once ─┘ or absent: then sent once more, in smaller batches
//    │            │
//    │            └────▶ refused     (400, 409, 422) perhaps for one bad record, or because
//    │                     │         somebody else made one of them meanwhile
//    └── halves of ◀───────┤ a proved read tells who is absent
//        the absent        └ who is there is adopted: what is missing becomes adds; who is
//                            alone and absent is refused, with the API's own words
//
// The API does not say whether a refused batch was refused as a whole, so nobody of it is
// sent again before a proved complete read shows that they are absent. All refused batches
// of a round share one read; a bad record is alone after seven rounds.
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
    bool again = false;  ///< sent before, and absent since
  };
  struct Refused {
    std::size_t batch = 0;
    std::string words;
  };
  struct Doubt {
    ActionIndex action = 0;
    std::size_t batch = 0;
    std::string why;
    SteadyTime since;     ///< when its connection ended
    unsigned absent = 0;  ///< complete reads that did not show it
  };

  void submit_waiting();
  HttpRequest request_of(const Batch& batch) const;
  void take(const Dispatched& ended);
  void take_answer(std::size_t index, const Dispatched& ended);
  void doubt_all(std::size_t index, const std::string& why);
  void finish_all(const Batch& batch, ActionOutcome outcome, const std::string& detail);

  void settle();
  SteadyTime due() const;
  void settle_refused(const tl::expected<std::vector<Standing>, std::string>& standings);
  void split(const Refused& refused, const std::vector<Standing>& standings);
  void settle_doubts(const std::vector<Standing>& standings, SteadyTime began);
  void end_doubt(const Doubt& doubt, const Standing& standing);
  void refuse(ActionIndex action, const std::string& words);
  void send_again(const std::vector<Doubt>& absent);
  void wait_for(Batch batch);
  void wait_for_half(Batch batch);

  Run& run_;
  std::vector<Batch> batches_;       ///< all that were ever made; their index is the ticket
  std::deque<std::size_t> waiting_;  ///< indexes of batches to send
  std::vector<Refused> refused_;     ///< in this round
  std::vector<Doubt> doubts_;
  bool taken_ = false;     ///< the API has made somebody
  unsigned refusals_ = 0;  ///< of single users, until then
};

}  // namespace cipherform::apply
