#include "apply/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "apply/settling.h"
#include "model/planted_bug.h"

namespace cipherform::apply {
namespace {

/// Outcomes are written when so many wait, or the first has waited so long: a fast API
/// then costs one transaction for hundreds, a slow one loses little to a crash.
constexpr std::size_t kOutcomeGroup = 256;
constexpr std::chrono::milliseconds kOutcomeDelay{200};
/// How often an observer hears of a run in which nothing ends.
constexpr std::chrono::seconds kShowEvery{1};
/// After so many requests in a row without a clean answer the run stops: the API is
/// down or broken, and every further change would only be one more in doubt.
constexpr unsigned kHopeless = 20;

/// The intent of an action, in place: its strings keep their capacity.
void fill(Intent& intent, const Action& action) {
  struct Visitor {
    Intent& intent;
    void operator()(const CreateUser& change) const {
      set("create_user", change.email, {});
      for (const Grant& grant : change.grants) {
        if (!intent.groups.empty()) intent.groups += '\n';
        intent.groups += grant.group.name;
      }
    }
    void operator()(const AddMember& change) const { set("add_member", change.email, change.grant.group.name); }
    void operator()(const RemoveMember& change) const { set("remove_member", change.email, change.group.name); }
    void set(std::string_view kind, std::string_view email, std::string_view group) const {
      intent.kind = kind;
      intent.email = email;
      intent.group = group;
      intent.groups.clear();
    }
  };
  intent.action_id = action.id;
  std::visit(Visitor{intent}, action.change);
}

/// What tells the users of a plan apart: the email, and the id where there is none.
std::string user_key(const Change& change) {
  struct Visitor {
    std::string operator()(const CreateUser& create) const { return email_key(create.email); }
    std::string operator()(const AddMember& add) const { return of(add.email, add.user_id); }
    std::string operator()(const RemoveMember& removal) const { return of(removal.email, removal.user_id); }
    static std::string of(const std::string& email, const std::string& id) {
      return email.empty() ? "id " + id : email_key(email);
    }
  };
  return std::visit(Visitor{}, change);
}

Error with_hint(Error error, std::string hint) {
  error.hint = std::move(hint);
  return error;
}

}  // namespace

std::string words_of(const Dispatched& ended) {
  if (ended.answer.status == 0) return ended.failure.what;
  const std::string message = decode_error_message(ended.answer.body);
  return message.empty() ? fmt::format("answered {}", ended.answer.status)
                         : fmt::format("answered {}: {}", ended.answer.status, message);
}

Run::Run(const Plan& plan, const Outside& outside, ApplyOptions options)
    : plan_(plan),
      outside_(outside),
      options_(std::move(options)),
      lease_(outside.lease),
      halt_(outside.lease),
      dispatcher_(outside.link, outside.link.options().parallelism, &lease_, &halt_),
      states_(plan.actions.size()) {
  report_.actions.resize(plan.actions.size(), {ActionOutcome::skipped, {}});
  number_users();
}

void Run::number_users() {
  std::unordered_map<std::string, std::uint32_t> numbers;
  user_of_.reserve(plan_.actions.size());
  for (const Action& action : plan_.actions) {
    const auto next = static_cast<std::uint32_t>(numbers.size());
    user_of_.push_back(numbers.emplace(user_key(action.change), next).first->second);
  }
  user_failed_.resize(numbers.size());
}

bool Run::stopping() {
  static_cast<void>(lease_.keep());  // what is lost, the halt says
  return halt_.requested();
}

void Run::stop(Error why) {
  if (!stopped_by_) stopped_by_ = std::move(why);
  halt_.stopped = true;  // what waits for the gate or for a retry does not leave any more
}

std::size_t Run::room() const {
  const std::size_t used = dispatcher_.under_way();
  const std::size_t most = outside_.link.options().parallelism;
  return dispatcher_.has_room() && used < most ? most - used : 0;
}

bool Run::record_intents(std::span<const ActionIndex> actions) {
  intents_.resize(actions.size());
  for (std::size_t i = 0; i < actions.size(); ++i) fill(intents_[i], action(actions[i]));
  const Instant now = outside_.link.clock().instant();
  if (planted(Bug::skip_intent)) return lease_.prolonged(now), true;
  if (auto recorded = lease_.ledger().record_intents(outside_.run, lease_.lease(), intents_, now.wall); !recorded) {
    if (planted(Bug::ignore_failed_intent)) return true;
    stop(std::move(recorded).error());
    return false;
  }
  lease_.prolonged(now);
  for (const ActionIndex index : actions) {
    const bool first = !std::exchange(states_[index].intended, true);
    if (first && outside_.observer != nullptr) outside_.observer->started(action(index));
  }
  return true;
}

void Run::submit(std::uint64_t ticket, HttpRequest request) {
  ++report_.requests;
  dispatcher_.submit(ticket, std::move(request), Safety::not_repeatable);
}

void Run::send(const std::function<void()>& submit_what_may_leave, const std::function<void(const Dispatched&)>& take) {
  while (true) {
    submit_what_may_leave();
    auto ended = wait();
    if (!ended) return;
    do {
      take(*ended);
      ended = dispatcher_.next(now());  // only what has ended already
    } while (ended);
    note_progress();
  }
}

std::optional<Dispatched> Run::wait() {
  while (dispatcher_.under_way() > 0) {
    std::optional<SteadyTime> until;
    if (!lease_.lost()) until = lease_.renew_at();
    if (outcomes_due_) until = std::min(until.value_or(*outcomes_due_), *outcomes_due_);
    // Whoever watches hears of what is under way for long.
    if (outside_.observer != nullptr) until = std::min(until.value_or(now() + kShowEvery), now() + kShowEvery);
    if (auto ended = dispatcher_.next(until)) return ended;
    static_cast<void>(lease_.keep());
    if (outside_.observer != nullptr) lease_.update("actions", finished_, plan_.actions.size());
    if (outcomes_due()) record_outcomes();
  }
  return std::nullopt;
}

void Run::weigh(const Dispatched& ended, const std::function<HttpRequest()>& request) {
  const bool clean = ended.outcome == Outcome::done || ended.outcome == Outcome::refused;
  unclean_in_a_row_ = clean ? 0 : unclean_in_a_row_ + 1;
  if (ended.outcome == Outcome::refused && (ended.answer.status == 401 || ended.answer.status == 403)) {
    Error error = to_error(request(), ended);
    error.kind = ErrorKind::credential;
    stop(std::move(error));
  } else if (ended.outcome == Outcome::not_sent && !ended.failure.retryable) {
    stop(to_error(request(), ended));
  } else if (ended.resume_at) {
    stop(with_hint(to_error(request(), ended), "apply again after " + format_rfc3339(*ended.resume_at)));
  }
  if (unclean_in_a_row_ >= kHopeless) {
    stop(with_hint(to_error(request(), ended),
                   fmt::format("{} requests in a row had no clean answer, so nothing more was sent; apply again when "
                               "the API works",
                               unclean_in_a_row_)));
  }
}

void Run::finish(ActionIndex action, ActionOutcome outcome, std::string detail) {
  if (outcome != ActionOutcome::done) user_failed_[user_of_[action]] = true;
  states_[action].finished = true;
  if (action < plan_.actions.size()) {
    ++finished_;
    report_.actions[action] = {outcome, std::move(detail)};
    record_end(action, report_.actions[action]);
    return;
  }
  const ActionReport report{outcome, std::move(detail)};
  record_end(action, report);
  finish_adopted(adopted_[action - plan_.actions.size()], report);
}

void Run::record_end(ActionIndex index, const ActionReport& report) {
  if (states_[index].intended) {
    if (!outcomes_due_) outcomes_due_ = now() + kOutcomeDelay;
    const bool hidden = planted(Bug::record_doubt_as_done) && report.outcome == ActionOutcome::ambiguous;
    outcomes_.push_back({action(index).id, hidden ? ActionOutcome::done : report.outcome, report.detail});
  }
  if (outside_.observer != nullptr) outside_.observer->finished(action(index), report);
}

void Run::adopt(ActionIndex create, const Standing& existing) {
  const auto& change = std::get<CreateUser>(plan_.actions[create].change);
  if (planted(Bug::adopt_without_adding)) return finish(create, ActionOutcome::done);
  adoptions_[create].left = static_cast<std::uint32_t>(existing.missing_grants.size());
  for (const std::uint32_t grant : existing.missing_grants) {
    Action add{{}, AddMember{existing.user_id, change.email, change.grants[grant]}};
    add.id = action_id(add.change);
    adopted_.push_back({std::move(add), create, change.grants[grant].group.name});
    states_.emplace_back();
    user_of_.push_back(user_of_[create]);
  }
}

std::vector<ActionIndex> Run::adopted_adds(bool privileged) const {
  std::vector<ActionIndex> adds;
  for (std::size_t i = 0; i < adopted_.size(); ++i) {
    const auto index = static_cast<ActionIndex>(plan_.actions.size() + i);
    if (std::get<AddMember>(adopted_[i].add.change).grant.privileged == privileged) adds.push_back(index);
  }
  return adds;
}

/// When all adds of an adopted user have ended, so has the create.
void Run::finish_adopted(const Adopted& adopted, const ActionReport& report) {
  Adoption& adoption = adoptions_.at(adopted.create);
  if (report.outcome != ActionOutcome::done) {
    // Nothing of the create itself is open: the user is there.
    if (adoption.outcome == ActionOutcome::done) {
      adoption.outcome = report.outcome == ActionOutcome::skipped ? ActionOutcome::not_sent : report.outcome;
    }
    if (!adoption.detail.empty()) adoption.detail += "; ";
    adoption.detail += fmt::format("the user is there, and adding it to {} came to: {}", adopted.group,
                                   report.detail.empty() ? to_string(report.outcome) : report.detail);
  }
  if (--adoption.left == 0) finish(adopted.create, adoption.outcome, std::move(adoption.detail));
}

bool Run::pause_until(SteadyTime until, std::string_view why) {
  return !stopping() && apply::pause_until(outside_.link, until, why, &lease_, &halt_) && !stopping();
}

bool Run::outcomes_due() const {
  return outcomes_.size() >= kOutcomeGroup || (outcomes_due_ && outside_.link.clock().steady() >= *outcomes_due_);
}

void Run::note_progress() {
  lease_.update("actions", finished_, plan_.actions.size());
  if (outcomes_due()) record_outcomes();
}

void Run::record_outcomes() {
  if (outcomes_.empty()) return;
  outcomes_due_.reset();
  auto recorded = lease_.ledger().record_outcomes(outside_.run, outcomes_, outside_.link.clock().now());
  if (!recorded) {
    stop(std::move(recorded).error());  // and what waits is tried once more at the end
    return;
  }
  outcomes_.clear();
}

tl::expected<std::vector<Standing>, std::string> Run::read_standing() {
  record_outcomes();
  if (stopping()) return tl::unexpected(std::string("the run stopped before the tenant could be read again"));
  ReadOptions read = options_.read;
  read.known_users = plan_.live_users;
  auto live = read_tenant(outside_.link, read, &lease_, &halt_);
  if (!live) {
    if (live.error().kind == ErrorKind::credential) stop(live.error());
    return tl::unexpected(fmt::format("the tenant could not be read: {}", live.error().what));
  }
  if (!live->proof.complete) {
    return tl::unexpected(fmt::format("the user list could not be proved complete: {}", live->proof.reason));
  }
  auto standings = standing_of(plan_.actions, *live);
  std::vector<Action> adds;
  for (const Adopted& adopted : adopted_) adds.push_back(adopted.add);
  for (Standing& standing : standing_of(adds, *live)) standings.push_back(std::move(standing));
  return standings;
}

ApplyReport Run::close() {
  if (lease_.lost()) stop(*lease_.lost());
  const bool interrupted = lease_.interrupted();
  const std::vector<bool> failed_before = user_failed_;
  // Adopted adds first: the end of the last one ends the create that they are for.
  for (std::size_t left = states_.size(); left-- > 0;) {
    const auto index = static_cast<ActionIndex>(left);
    if (states_[index].finished) continue;
    if (const auto sent = end_so_far_.find(index); sent != end_so_far_.end()) {
      finish(index, sent->second.outcome, sent->second.detail + "; not sent again, because the run stopped");
      continue;
    }
    finish(index, ActionOutcome::skipped,
           failed_before[user_of_[index]] ? "not tried, because an earlier change of this user was not made"
           : stopped_by_                  ? "not tried, because the run stopped"
                                          : "not tried, because the run was interrupted");
  }
  record_outcomes();
  report_.interrupted = interrupted && std::ranges::any_of(report_.actions, [](const ActionReport& action) {
                          return action.outcome != ActionOutcome::done;
                        });
  report_.stopped_by = std::move(stopped_by_);
  return std::move(report_);
}

}  // namespace cipherform::apply
