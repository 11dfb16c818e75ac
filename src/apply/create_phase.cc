#include "apply/create_phase.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "apply/created_users.h"

namespace cipherform::apply {
namespace {

/// API reference, Create New Users.
constexpr std::size_t kFullBatch = 100;

/// Statuses that may be about one record of a batch.
bool may_be_one_record(int status) { return status == 400 || status == 409 || status == 422; }

}  // namespace

CreatePhase::CreatePhase(Run& run, std::vector<ActionIndex> creates) : run_(run) {
  auto next = creates.begin();
  bool ramp = true;
  for (const std::uint32_t size : create_batches(static_cast<std::uint32_t>(creates.size()))) {
    ramp = ramp && size < kFullBatch;
    wait_for({next, next + size}, ramp);
    next += size;
  }
}

void CreatePhase::wait_for(std::vector<ActionIndex> actions, bool alone) {
  waiting_.push_back(batches_.size());
  batches_.push_back({std::move(actions), alone});
}

void CreatePhase::execute() {
  while (!waiting_.empty() && !run_.stopping()) {
    send_round();
    settle_round();
  }
  for (const Doubt& doubt : doubts_) run_.finish(doubt.action, ActionOutcome::ambiguous, doubt.why);
}

void CreatePhase::send_round() {
  while (true) {
    submit_waiting();
    auto ended = run_.wait();
    if (!ended) return;
    do {
      take(*ended);
      ended = run_.take_ready();
    } while (ended);
    run_.note_progress();
  }
}

/// Submits all that may leave now, under one transaction.
void CreatePhase::submit_waiting() {
  if (run_.stopping()) return;
  std::vector<std::size_t> leaving;
  std::vector<ActionIndex> actions;
  for (const std::size_t room = run_.room(); !waiting_.empty() && leaving.size() < room;) {
    const Batch& batch = batches_[waiting_.front()];
    leaving.push_back(waiting_.front());
    actions.insert(actions.end(), batch.actions.begin(), batch.actions.end());
    waiting_.pop_front();
    if (batch.alone) break;  // the next turn comes when it has ended
  }
  if (leaving.empty() || !run_.record_intents(actions)) return;
  for (const std::size_t index : leaving) run_.submit(index, request_of(batches_[index]));
}

HttpRequest CreatePhase::request_of(const Batch& batch) const {
  std::vector<NewUser> users;
  users.reserve(batch.actions.size());
  for (const ActionIndex action : batch.actions) {
    const auto& create = std::get<CreateUser>(run_.change(action));
    NewUser& user = users.emplace_back();
    user.email = create.email;
    user.group_ids.reserve(create.grants.size());
    for (const Grant& grant : create.grants) user.group_ids.emplace_back(grant.group.id);
  }
  return create_users_request(users);
}

void CreatePhase::take(const Dispatched& ended) {
  const Batch& batch = batches_[ended.ticket];
  run_.weigh(ended, [&] { return request_of(batch); });
  switch (ended.outcome) {
    case Outcome::done:
      take_answer(batch, ended);
      return;
    case Outcome::refused:
      if (batch.actions.size() > 1 && may_be_one_record(ended.answer.status)) {
        refused_.push_back({static_cast<std::size_t>(ended.ticket), words_of(ended)});
      } else {
        finish_all(batch, ActionOutcome::refused, words_of(ended));
      }
      return;
    case Outcome::throttled:
    case Outcome::not_sent:
      finish_all(batch, ActionOutcome::not_sent, words_of(ended));
      return;
    case Outcome::ambiguous:
      for (const ActionIndex action : batch.actions) doubts_.push_back({action, words_of(ended)});
      return;
  }
}

void CreatePhase::take_answer(const Batch& batch, const Dispatched& ended) {
  const auto answered = decode_created_users(ended.answer.body);
  if (!answered) {
    const std::string why = fmt::format("answered {}, but {}", ended.answer.status, answered.error().what);
    for (const ActionIndex action : batch.actions) doubts_.push_back({action, why});
    return;
  }
  std::vector<const CreateUser*> asked;
  asked.reserve(batch.actions.size());
  for (const ActionIndex action : batch.actions) asked.push_back(&std::get<CreateUser>(run_.change(action)));
  std::vector<std::string> missing = missing_from_answer(asked, *answered);
  for (std::size_t i = 0; i < batch.actions.size(); ++i) {
    if (missing[i].empty()) {
      run_.finish(batch.actions[i], ActionOutcome::done);
    } else {
      doubts_.push_back({batch.actions[i], std::move(missing[i])});
    }
  }
}

void CreatePhase::finish_all(const Batch& batch, ActionOutcome outcome, const std::string& detail) {
  for (const ActionIndex action : batch.actions) run_.finish(action, outcome, detail);
}

/// One read for everything that this round left open.
void CreatePhase::settle_round() {
  if (refused_.empty() && doubts_.empty()) return;
  const auto standings = run_.read_standing();
  for (const Refused& refused : std::exchange(refused_, {})) {
    if (standings) {
      split(refused, *standings);
    } else {
      finish_all(batches_[refused.batch], ActionOutcome::refused,
                 fmt::format("{}; not sent again one by one, because {}", refused.words, standings.error()));
    }
  }
  if (!standings) return;
  std::erase_if(doubts_, [&](const Doubt& doubt) {
    const bool done = (*standings)[doubt.action].standing == ActionStanding::already_done;
    if (done) run_.finish(doubt.action, ActionOutcome::done);
    return done;
  });
}

/// Nobody of the batch was created, as far as the API said: sends those again, in halves,
/// whom the tenant certainly does not have.
void CreatePhase::split(const Refused& refused, const std::vector<Standing>& standings) {
  std::vector<ActionIndex> absent;
  for (const ActionIndex action : batches_[refused.batch].actions) {
    const Standing& standing = standings[action];
    switch (standing.standing) {
      case ActionStanding::already_done:
        run_.finish(action, ActionOutcome::done);
        break;
      case ActionStanding::conflicting:
        run_.finish(action, ActionOutcome::refused, fmt::format("{}; now: {}", refused.words, standing.why));
        break;
      case ActionStanding::still_valid:
        absent.push_back(action);
        break;
    }
  }
  if (absent.empty()) return;
  const auto middle = absent.begin() + static_cast<std::ptrdiff_t>((absent.size() + 1) / 2);
  wait_for({absent.begin(), middle}, false);
  if (middle != absent.end()) wait_for({middle, absent.end()}, false);
}

}  // namespace cipherform::apply
