#include "apply/membership_phase.h"

#include <fmt/format.h>

#include <utility>

#include "model/planted_bug.h"

namespace cipherform::apply {
namespace {

/// Refusals that may only mean that there is nothing to do: already a member, no member.
bool may_be_done_already(const Change& change, int status) {
  struct Visitor {
    int status;
    bool operator()(const CreateUser&) const { return false; }
    bool operator()(const AddMember&) const { return status == 409; }
    bool operator()(const RemoveMember&) const { return status == 404; }
  };
  return std::visit(Visitor{status}, change);
}

bool is_trusted(int status) {
  return (status == 409 && planted(Bug::trust_conflict)) || (status == 404 && planted(Bug::trust_not_found));
}

}  // namespace

MembershipPhase::MembershipPhase(Run& run, std::vector<ActionIndex> actions)
    : run_(run),
      actions_(std::move(actions)),
      parked_behind_(actions_.size(), kNone),
      users_(run.users()),
      sent_again_(actions_.size()) {}

void MembershipPhase::execute() {
  do {
    run_.send([this] { submit_ready(); }, [this](const Dispatched& ended) { take(ended); });
    settle_doubts();
  } while (!released_.empty() && !run_.stopping());
}

/// Submits all that may leave now, under one transaction.
void MembershipPhase::submit_ready() {
  if (run_.stopping()) return;
  std::vector<Position> leaving;
  std::vector<ActionIndex> actions;
  for (const std::size_t room = run_.room(); leaving.size() < room;) {
    const auto position = next_ready();
    if (!position) break;
    leaving.push_back(*position);
    actions.push_back(actions_[*position]);
  }
  if (leaving.empty() || !run_.record_intents(actions)) return;
  for (const Position position : leaving) run_.submit(position, request_of(position));
}

/// The first action whose user is free; its user is then busy. Skips what may not be tried.
std::optional<MembershipPhase::Position> MembershipPhase::next_ready() {
  while (true) {
    Position position = kNone;
    if (!released_.empty()) {
      position = released_.front();
      released_.pop_front();
    } else if (cursor_ < actions_.size()) {
      position = cursor_++;
      if (user_of(position).busy) {
        park(position);
        continue;
      }
      user_of(position).busy = true;
    } else {
      return std::nullopt;
    }
    if (!run_.user_failed(actions_[position])) return position;
    finish(position, ActionOutcome::skipped, "not tried, because an earlier change of this user was not made");
  }
}

HttpRequest MembershipPhase::request_of(Position position) const {
  struct Visitor {
    HttpRequest operator()(const CreateUser&) const { return {}; }  // never in a phase of memberships
    HttpRequest operator()(const AddMember& add) const { return add_member_request(add.user_id, add.grant.group.id); }
    HttpRequest operator()(const RemoveMember& removal) const {
      return remove_member_request(removal.user_id, removal.group.id);
    }
  };
  return std::visit(Visitor{}, run_.change(actions_[position]));
}

void MembershipPhase::take(const Dispatched& ended) {
  const auto position = static_cast<Position>(ended.ticket);
  run_.weigh(ended, [&] { return request_of(position); });
  switch (ended.outcome) {
    case Outcome::done:
      // A page that stands between us and the API is no answer of the API's.
      if (is_json_or_nothing(ended.answer.body)) {
        finish(position, ActionOutcome::done);
      } else {
        doubts_.push_back({position, false, fmt::format("answered {}, but not in JSON", ended.answer.status)});
      }
      return;
    case Outcome::refused:
      if (is_trusted(ended.answer.status)) {
        finish(position, ActionOutcome::done);
      } else if (may_be_done_already(run_.change(actions_[position]), ended.answer.status)) {
        doubts_.push_back({position, true, words_of(ended)});
      } else {
        finish(position, ActionOutcome::refused, words_of(ended));
      }
      return;
    case Outcome::throttled:
      finish(position, ActionOutcome::throttled, words_of(ended));
      return;
    case Outcome::not_sent:
      finish(position, ActionOutcome::not_sent, words_of(ended));
      return;
    case Outcome::ambiguous:
      doubts_.push_back({position, false, words_of(ended)});
      return;
  }
}

/// One read for everything in doubt. Nothing is under way.
void MembershipPhase::settle_doubts() {
  if (doubts_.empty()) return;
  const auto standings = run_.read_standing();
  for (Doubt& doubt : std::exchange(doubts_, {})) {
    if (standings) {
      settle(std::move(doubt), *standings);
    } else {
      finish(doubt.position, ActionOutcome::ambiguous, fmt::format("{}; {}", doubt.words, standings.error()));
    }
  }
}

void MembershipPhase::settle(Doubt doubt, const std::vector<Standing>& standings) {
  const Standing& standing = standings[actions_[doubt.position]];
  if (standing.standing == ActionStanding::already_done) {
    finish_done_already(doubt.position, standings);
    return;
  }
  const bool again = standing.standing == ActionStanding::still_valid && !doubt.refused && !sent_again_[doubt.position];
  if (again) {
    sent_again_[doubt.position] = true;
    run_.keep_in_mind(actions_[doubt.position], ActionOutcome::ambiguous, doubt.words);
    released_.push_back(doubt.position);  // its user stays busy
    return;
  }
  if (!standing.why.empty()) doubt.words += "; now: " + standing.why;
  finish(doubt.position, doubt.refused ? ActionOutcome::refused : ActionOutcome::ambiguous, std::move(doubt.words));
}

/// The action in doubt is done; so are those behind it that the same read shows as done.
void MembershipPhase::finish_done_already(Position position, const std::vector<Standing>& standings) {
  User& user = user_of(position);
  run_.finish(actions_[position], ActionOutcome::done);
  while (user.first_parked != kNone &&
         standings[actions_[user.first_parked]].standing == ActionStanding::already_done) {
    position = std::exchange(user.first_parked, parked_behind_[user.first_parked]);
    run_.finish(actions_[position], ActionOutcome::done);
  }
  free_user_of(position);
}

void MembershipPhase::finish(Position position, ActionOutcome outcome, std::string detail) {
  run_.finish(actions_[position], outcome, std::move(detail));
  free_user_of(position);
}

void MembershipPhase::park(Position position) {
  User& user = user_of(position);
  if (user.first_parked == kNone) {
    user.first_parked = position;
  } else {
    parked_behind_[user.last_parked] = position;
  }
  user.last_parked = position;
}

/// The user's next action gets its turn, if one waits.
void MembershipPhase::free_user_of(Position position) {
  User& user = user_of(position);
  if (user.first_parked == kNone) {
    user.busy = false;
    return;
  }
  released_.push_back(std::exchange(user.first_parked, parked_behind_[user.first_parked]));
}

}  // namespace cipherform::apply
