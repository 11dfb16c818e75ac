#include "apply/create_phase.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "apply/created_users.h"
#include "apply/settling.h"
#include "model/planted_bug.h"

namespace cipherform::apply {
namespace {

/// API reference, Create New Users.
constexpr std::size_t kFullBatch = 100;
/// What is sent once more goes in batches so many times smaller.
constexpr std::size_t kSmaller = 10;
/// So many reads that prove nothing, when all doubts are due, end the settling.
constexpr unsigned kMostBlindReads = 3;
/// So many users refused, and none taken: the API takes nobody.
constexpr unsigned kHopelessCreates = 20;

/// Statuses that may be about one record of a batch.
bool may_be_one_record(int status) { return status == 400 || status == 409 || status == 422; }

}  // namespace

CreatePhase::CreatePhase(Run& run, std::vector<ActionIndex> creates) : run_(run) {
  auto next = creates.begin();
  bool ramp = true;
  for (const std::uint32_t size : create_batches(static_cast<std::uint32_t>(creates.size()))) {
    ramp = ramp && size < kFullBatch;
    wait_for({{next, next + size}, ramp});
    next += size;
  }
}

void CreatePhase::wait_for(Batch batch) {
  waiting_.push_back(batches_.size());
  batches_.push_back(std::move(batch));
}

/// Until the API has taken somebody, the halves of what it refused go before the rest, so
/// that an API that takes nobody is found out before it has seen everybody.
void CreatePhase::wait_for_half(Batch batch) {
  wait_for(std::move(batch));
  if (taken_) return;
  waiting_.push_front(waiting_.back());
  waiting_.pop_back();
}

void CreatePhase::execute() {
  while (!waiting_.empty() && !run_.stopping()) {
    run_.send([this] { submit_waiting(); }, [this](const Dispatched& ended) { take(ended); });
    settle();
  }
  settle_refused(tl::unexpected(std::string("the run stopped")));
  for (const Doubt& doubt : doubts_) run_.finish(doubt.action, ActionOutcome::ambiguous, doubt.why);
}

/// Submits all that may leave now, under one transaction.
void CreatePhase::submit_waiting() {
  if (run_.stopping()) return;
  std::vector<std::size_t> leaving;
  std::vector<ActionIndex> actions;
  for (const std::size_t room = run_.room(); !waiting_.empty() && leaving.size() < room;) {
    const Batch& batch = batches_[waiting_.front()];
    // Until the API has taken somebody, a refusal is looked into before more are sent.
    if (!taken_ && !refused_.empty()) break;
    leaving.push_back(waiting_.front());
    actions.insert(actions.end(), batch.actions.begin(), batch.actions.end());
    waiting_.pop_front();
    if (batch.alone || !taken_) break;  // the next turn comes when it has ended
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
  const auto index = static_cast<std::size_t>(ended.ticket);
  const Batch& batch = batches_[index];
  run_.weigh(ended, [&] { return request_of(batch); });
  switch (ended.outcome) {
    case Outcome::done:
      take_answer(index, ended);
      return;
    case Outcome::refused:
      if (may_be_one_record(ended.answer.status)) {
        refused_.push_back({index, words_of(ended)});
      } else {
        finish_all(batch, ActionOutcome::refused, words_of(ended));
      }
      return;
    case Outcome::throttled:
      finish_all(batch, ActionOutcome::throttled, words_of(ended));
      return;
    case Outcome::not_sent:
      finish_all(batch, ActionOutcome::not_sent, words_of(ended));
      return;
    case Outcome::ambiguous:
      doubt_all(index, words_of(ended));
      return;
  }
}

void CreatePhase::take_answer(std::size_t index, const Dispatched& ended) {
  const auto answered = decode_created_users(ended.answer.body);
  if (!answered && planted(Bug::trust_unreadable_answer)) {
    return finish_all(batches_[index], ActionOutcome::done, {});
  }
  if (!answered) {
    doubt_all(index, fmt::format("answered {}, but {}", ended.answer.status, answered.error().what));
    return;
  }
  const std::vector<ActionIndex>& actions = batches_[index].actions;
  std::vector<const CreateUser*> asked;
  asked.reserve(actions.size());
  for (const ActionIndex action : actions) asked.push_back(&std::get<CreateUser>(run_.change(action)));
  std::vector<std::string> missing = missing_from_answer(asked, *answered);
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (missing[i].empty()) {
      taken_ = true;
      run_.finish(actions[i], ActionOutcome::done);
    } else {
      doubts_.push_back({actions[i], index, std::move(missing[i]), run_.now()});
    }
  }
}

void CreatePhase::doubt_all(std::size_t index, const std::string& why) {
  for (const ActionIndex action : batches_[index].actions) doubts_.push_back({action, index, why, run_.now()});
}

void CreatePhase::finish_all(const Batch& batch, ActionOutcome outcome, const std::string& detail) {
  for (const ActionIndex action : batch.actions) run_.finish(action, outcome, detail);
}

/// Reads until nothing is open, or something may be sent, or no more can be learned.
void CreatePhase::settle() {
  SettleReads reads(run_.now());
  unsigned blind = 0;
  while (!refused_.empty() || (waiting_.empty() && !doubts_.empty())) {
    if (refused_.empty() && !run_.pause_until(reads.next(run_.now(), due()), "settling creates in doubt")) return;
    const SteadyTime began = run_.now();
    reads.began(began);
    const auto standings = run_.read_standing();
    settle_refused(standings);
    if (standings) {
      settle_doubts(*standings, began);
    } else if (run_.stopping() || (began >= due() && ++blind >= kMostBlindReads)) {
      for (Doubt& doubt : doubts_) doubt.why += "; " + standings.error();
      return;
    }
  }
}

/// When the last doubt may be called absent.
SteadyTime CreatePhase::due() const {
  SteadyTime latest{};
  for (const Doubt& doubt : doubts_) latest = std::max(latest, doubt.since + run_.settle_time());
  return latest;
}

void CreatePhase::settle_refused(const tl::expected<std::vector<Standing>, std::string>& standings) {
  for (const Refused& refused : std::exchange(refused_, {})) {
    if (standings) {
      split(refused, *standings);
      continue;
    }
    // Of one it is the API's last word; of more, some may have been made.
    const Batch& batch = batches_[refused.batch];
    const bool one = batch.actions.size() == 1;
    finish_all(batch, one ? ActionOutcome::refused : ActionOutcome::ambiguous,
               one ? refused.words
                   : fmt::format("{}; not sent again one by one, because {}", refused.words, standings.error()));
  }
}

/// Nobody of the batch was created, as far as the API said: sends those again, in halves,
/// whom the tenant certainly does not have.
void CreatePhase::split(const Refused& refused, const std::vector<Standing>& standings) {
  const Batch batch = batches_[refused.batch];
  std::vector<ActionIndex> absent;
  for (const ActionIndex action : batch.actions) {
    const Standing& standing = standings[action];
    if (planted(Bug::split_without_reading) && batch.actions.size() > 1) {
      absent.push_back(action);
    } else if (standing.standing == ActionStanding::already_done) {
      run_.finish(action, ActionOutcome::done);
    } else if (!standing.user_id.empty()) {
      run_.adopt(action, standing);
    } else if (standing.standing == ActionStanding::conflicting) {
      run_.finish(action, ActionOutcome::refused, fmt::format("{}; now: {}", refused.words, standing.why));
    } else if (batch.actions.size() == 1) {
      refuse(action, refused.words);
    } else {
      run_.keep_in_mind(action, ActionOutcome::refused, refused.words);
      absent.push_back(action);
    }
  }
  if (absent.empty()) return;
  const auto middle = absent.begin() + static_cast<std::ptrdiff_t>((absent.size() + 1) / 2);
  wait_for_half({{absent.begin(), middle}, false, batch.again});
  if (middle != absent.end()) wait_for_half({{middle, absent.end()}, false, batch.again});
}

void CreatePhase::refuse(ActionIndex action, const std::string& words) {
  run_.finish(action, ActionOutcome::refused, words);
  if (taken_ || ++refusals_ < kHopelessCreates) return;
  run_.stop({ErrorKind::refused, fmt::format("the API refused {} users one after the other, and took none", refusals_),
             "POST /tenants/users", "nothing more was sent; see its words below", false});
}

void CreatePhase::settle_doubts(const std::vector<Standing>& standings, SteadyTime began) {
  std::vector<Doubt> absent;
  std::erase_if(doubts_, [&](Doubt& doubt) {
    const Standing& standing = standings[doubt.action];
    if (standing.standing != ActionStanding::still_valid) {
      end_doubt(doubt, standing);
      return true;
    }
    if (++doubt.absent < 2) return false;
    if (began < doubt.since + run_.settle_time() && !planted(Bug::no_settle_time)) return false;
    absent.push_back(std::move(doubt));
    return true;
  });
  send_again(absent);
}

/// A doubt ends with what a read shows of its user.
void CreatePhase::end_doubt(const Doubt& doubt, const Standing& standing) {
  if (standing.standing == ActionStanding::already_done) {
    run_.finish(doubt.action, ActionOutcome::done);
  } else if (!standing.user_id.empty()) {
    run_.adopt(doubt.action, standing);
  } else {
    run_.finish(doubt.action, ActionOutcome::ambiguous, fmt::format("{}; now: {}", doubt.why, standing.why));
  }
}

/// Once, in smaller batches: if it is something about the batch, most of it will pass.
void CreatePhase::send_again(const std::vector<Doubt>& absent) {
  for (std::size_t i = 0; i < absent.size(); ++i) {
    const Doubt& doubt = absent[i];
    if (batches_[doubt.batch].again) {
      run_.finish(doubt.action, ActionOutcome::absent,
                  doubt.why + "; sent twice, and absent from complete reads since");
      continue;
    }
    run_.keep_in_mind(doubt.action, ActionOutcome::absent, doubt.why);
    const std::size_t most = std::max<std::size_t>(1, batches_[doubt.batch].actions.size() / kSmaller);
    const bool fits = i > 0 && absent[i - 1].batch == doubt.batch && !waiting_.empty() &&
                      batches_[waiting_.back()].actions.size() < most;
    if (fits) {
      batches_[waiting_.back()].actions.push_back(doubt.action);
    } else {
      wait_for({{doubt.action}, false, true});
    }
  }
}

}  // namespace cipherform::apply
