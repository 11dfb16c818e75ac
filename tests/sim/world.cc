#include "sim/world.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "tenant/hidden_key.h"

namespace cipherform::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// More than any schedule needs: an apply that does not end is a violation, not a hang.
constexpr std::size_t kMostNotes = 200'000;

std::string add_key(std::string_view email, std::string_view group) {
  return fmt::format("add_member {} {}", email_key(email), group);
}
std::string remove_key(std::string_view email, std::string_view group) {
  return fmt::format("remove_member {} {}", email_key(email), group);
}
std::string create_key(std::string_view email) { return fmt::format("create_user {} ", email_key(email)); }

bool is_change(const HttpRequest& request) { return request.method != Method::get; }

std::string http_date(Time time) {
  const std::time_t since_epoch = std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  ::gmtime_r(&since_epoch, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

TransportFailure failed(TransportFailure::Stage stage, std::string what) { return {stage, true, std::move(what), {}}; }

}  // namespace

Allowed allowed_by(const Plan& plan) {
  Allowed allowed;
  for (const Action& action : plan.actions) {
    if (const auto* create = std::get_if<CreateUser>(&action.change)) {
      allowed.insert(create_key(create->email));
      for (const Grant& grant : create->grants) allowed.insert(add_key(create->email, grant.group.name));
    }
    if (const auto* add = std::get_if<AddMember>(&action.change)) {
      allowed.insert(add_key(add->email, add->grant.group.name));
    }
    if (const auto* removal = std::get_if<RemoveMember>(&action.change)) {
      allowed.insert(remove_key(removal->email, removal->group.name));
    }
  }
  return allowed;
}

// ----------------------------------------------------------------------- the world

bool World::step(std::optional<SteadyTime> until) {
  const auto first = events_.begin();
  if (first == events_.end() || (until && first->first > *until)) return false;
  clock.advance_to(first->first);
  const auto what = std::move(first->second);
  events_.erase(first);
  what();
  return true;
}

void World::advance_to(SteadyTime until) {
  while (step(until)) {
  }
  clock.advance_to(until);
}

std::uint64_t World::pick(std::uint64_t least, std::uint64_t most) { return least + random() % (most - least + 1); }

bool World::chance(double p) { return static_cast<double>(random() >> 11) * 0x1p-53 < p; }

void World::note(std::string line) {
  const auto now = std::chrono::duration<double>(clock.steady().time_since_epoch()).count();
  trace_.push_back(fmt::format("{:10.3f} s  {}", now, line));
  if (trace_.size() > kMostNotes && !crashed) give_up("the apply does not end");
}

void World::give_up(const char* why) {
  crashed = true;  // so that the unwinding ends
  throw std::runtime_error(why);
}

void World::violation(std::string what) {
  note("VIOLATION: " + what);
  violations_.push_back(std::move(what));
}

void World::boundary(std::string_view where) {
  if (at_boundary) at_boundary(where);
}

World::Memberships World::memberships() const {
  Memberships all;
  for (const auto& user : tenant.users()) all.emplace(email_key(user.email), tenant.groups_of(user.email));
  return all;
}

HttpAnswer World::carry_out(const HttpRequest& request, const Allowed& allowed, std::size_t most) {
  for (const fakes::AskedChange& asked : tenant.asked(request)) {
    const bool exists = asked.kind == "create_user" && tenant.find(asked.email) != nullptr;
    if (exists && !is_meddled_with(asked.email)) violation("a create arrives for who exists: " + asked.email);
  }
  const Memberships before = memberships();
  const auto invited = tenant.invitations();
  const std::size_t broken = tenant.violations().size();
  HttpAnswer answer = tenant.carry_out(request, most);
  for (const auto& [email, groups] : memberships()) {
    const auto had = before.find(email);
    const std::set<std::string> none;
    const std::set<std::string>& old = had == before.end() ? none : had->second;
    for (const std::string& group : groups) {
      if (!old.contains(group) && !allowed.contains(add_key(email, group))) {
        violation(fmt::format("{} got {}, which is not in the plan", email, group));
      }
    }
    for (const std::string& group : old) {
      if (!groups.contains(group) && !allowed.contains(remove_key(email, group))) {
        violation(fmt::format("{} lost {}, which is not in the plan", email, group));
      }
    }
    if (groups.empty()) violation(email + " is in no group");
  }
  for (const auto& [email, times] : tenant.invitations()) {
    const auto old = invited.find(email);
    const bool now = old == invited.end() || old->second < times;
    if (now && times > 1 && !meddled_with_.contains(email)) violation(email + " was invited twice");
  }
  if (tenant.violations().size() > broken && !tenant.asked(request).empty()) {
    const std::string email = email_key(tenant.asked(request).front().email);
    if (!meddled_with_.contains(email)) violation(tenant.violations().back());
  }
  return answer;
}

void World::rival_creates(const std::string& email, const std::string& group) {
  if (tenant.find(email) != nullptr) return;
  note(fmt::format("a rival creates {} in {}", email, group));
  meddled_with_.insert(email_key(email));
  tenant.add_user(email, {group});
}

void World::foreign_change() {
  if (emails.empty()) return;
  const std::string email = emails[pick(0, emails.size() - 1)];
  const std::vector<std::string> names{"Everyone", "Engineering", "Sales", "Support"};
  const std::string& group = names[pick(0, names.size() - 1)];
  meddled_with_.insert(email);
  if (tenant.find(email) == nullptr) {
    note(fmt::format("a foreigner creates {} in {}", email, group));
    tenant.add_user(email, {group});
    return;
  }
  std::set<std::string> groups = tenant.groups_of(email);
  if (chance(0.1) && tenant.users().size() > 2) {
    note(fmt::format("a foreigner deletes {}", email));
    tenant.erase_user(email);
    return;
  }
  if (groups.contains(group) && groups.size() > 1) {
    note(fmt::format("a foreigner removes {} from {}", email, group));
    groups.erase(group);
  } else {
    note(fmt::format("a foreigner adds {} to {}", email, group));
    groups.insert(group);
  }
  tenant.set_groups(email, {groups.begin(), groups.end()});
}

// ------------------------------------------------------------------- the transport

void SimTransport::check(const HttpRequest& request) {
  if (world_.clock.steady() < line_->not_before) world_.violation("a request before Retry-After had passed");
  if (!is_change(request)) return;
  if (epoch_ != world_.epoch) world_.violation("a change after another run took over");
  for (const fakes::AskedChange& asked : world_.tenant.asked(request)) {
    if (asked.email.empty()) continue;  // somebody deleted the user
    const std::string key = fmt::format("{} {} {}", asked.kind, email_key(asked.email), asked.group);
    const bool exists = asked.kind == "create_user" && world_.tenant.find(asked.email) != nullptr;
    if (exists && !world_.is_meddled_with(asked.email)) world_.violation("a create for who exists: " + asked.email);
    if (!allowed_->contains(key)) world_.violation("asked for, but not in the plan: " + key);
    if (!world_.ledger.is_open(asked.kind, asked.email, asked.group)) {
      world_.violation("left without a durable intent: " + key);
    }
  }
}

void SimTransport::start(std::uint64_t ticket, HttpRequest request) {
  tickets_.push_back(ticket);
  world_.boundary("before a request");
  if (request.not_after && world_.clock.has_come(*request.not_after)) {
    world_.note("too late, not sent: " + request.path);
    deliver(world_.clock.steady(), ticket, tl::unexpected(failed(TransportFailure::Stage::not_sent, "too late")));
    return;
  }
  check(request);
  const std::size_t nth = ++requests_;
  const Fault& fault = options_.fault(nth);
  world_.note(fmt::format("{:4} {} {} {} {}", nth, to_string(request.method), request.path, request.body, fault.name));
  const SteadyTime now = world_.clock.steady();
  const SteadyTime arrives = now + milliseconds{world_.pick(1, 40)};
  SteadyTime ends = arrives + milliseconds{world_.pick(1, 40)};
  if (fault.answers == Answers::times_out) ends = now + request.timeout;
  if (fault.answers == Answers::not_sent) {
    deliver(ends, ticket, tl::unexpected(failed(TransportFailure::Stage::not_sent, "connection refused")));
    world_.boundary("after a request");
    return;
  }
  // The tenant's answer and what reaches us are two things.
  auto answer = std::make_shared<HttpAnswer>();
  const auto execute = [&world = world_, allowed = allowed_, request, answer](std::size_t most) {
    *answer = is_change(request) ? world.carry_out(request, *allowed, most) : world.tenant.read(request);
  };
  switch (fault.executes) {
    case Executes::never:
      break;
    case Executes::at_once:
      world_.at(arrives, [execute] { execute(~std::size_t{0}); });
      break;
    case Executes::partly:
      world_.at(arrives, [execute, most = world_.pick(0, 20)] { execute(most); });
      break;
    case Executes::late:
      // Where it would have timed out, a kill may have ended the connection long before.
      world_.at((fault.answers == Answers::times_out ? arrives : ends) +
                    milliseconds{world_.pick(1, static_cast<std::uint64_t>(options_.latest.count()))},
                [execute] { execute(~std::size_t{0}); });
      break;
  }
  world_.at(ends, [line = line_, ticket, answer, &fault, request] {
    if (fault.answers == Answers::lost || fault.answers == Answers::times_out) {
      line->completions.push_back({ticket, tl::unexpected(failed(TransportFailure::Stage::ambiguous, "reset"))});
      return;
    }
    line->completions.push_back({ticket, line->seen(*answer, fault, request)});
  });
  world_.boundary("after a request");
}

void SimTransport::deliver(SteadyTime when, std::uint64_t ticket, tl::expected<HttpAnswer, TransportFailure> result) {
  world_.at(when, [line = line_, ticket, result] { line->completions.push_back({ticket, result}); });
}

HttpAnswer SimTransport::Line::seen(const HttpAnswer& truly, const Fault& fault, const HttpRequest& request) {
  HttpAnswer answer = truly;
  if (std::exchange(shifted, false) && before) answer = *before;
  switch (fault.answers) {
    case Answers::with_status:
      answer = fault.answer;
      if (fault.date_in != 0) {
        const Time at = std::chrono::ceil<seconds>(world.clock.now()) + seconds{fault.date_in};
        answer.retry_after = http_date(at);
        not_before = std::max(not_before, world.clock.steady() + (at - world.clock.now()));
      } else if (!fault.answer.retry_after.empty()) {
        not_before = std::max(not_before, world.clock.steady() + seconds{std::stoi(fault.answer.retry_after)});
      }
      break;
    case Answers::cut_short:
      answer.body.resize(answer.body.size() / 2);
      break;
    case Answers::with_anothers:
      if (before) answer = *before;
      break;
    case Answers::twice:
      shifted = true;
      break;
    case Answers::with_nobody:
      if (!is_change(request)) {
        answer.body = R"({"data":[],"total":0,"page":0,"limit":100,"hasNext":false,"hasPrevious":false})";
      }
      break;
    case Answers::truly:
    case Answers::not_sent:
    case Answers::lost:
    case Answers::times_out:
      break;
  }
  before = truly;
  hide_key(answer, kCanaryKey);  // as the real transport does with all that it hands out
  return answer;
}

std::optional<Completion> SimTransport::wait(std::optional<SteadyTime> until) {
  if (world_.crashed) {
    // The process is gone; this is only its unwinding.
    if (tickets_.empty()) return std::nullopt;
    Completion gone{tickets_.back(), tl::unexpected(failed(TransportFailure::Stage::ambiguous, "killed"))};
    tickets_.pop_back();
    return gone;
  }
  world_.boundary("a wait");
  constexpr std::size_t most_waits = 1'000'000;
  if (++waits_ > most_waits) world_.give_up("the apply does not end");
  while (line_->completions.empty()) {
    if (world_.step(until)) continue;
    if (!until) world_.give_up("a wait that nothing ends");
    world_.clock.advance_to(*until);
    return std::nullopt;
  }
  Completion completion = std::move(line_->completions.front());
  line_->completions.pop_front();
  std::erase(tickets_, completion.ticket);
  return completion;
}

// ---------------------------------------------------------------------- the ledger

template <class Call>
auto SimLedger::call(std::string_view name, Call call) -> decltype(call()) {
  world_.boundary(fmt::format("before {}", name));
  const Failure fails = failure();
  const tl::unexpected full(Error{ErrorKind::ledger, "the disk is full", "ledger.sqlite", "make room", false});
  if (fails == Failure::before_commit) {
    world_.note(fmt::format("{} fails", name));
    return full;
  }
  auto result = call();
  if (fails == Failure::after_commit) {
    world_.note(fmt::format("{} is made durable, and fails", name));
    return full;
  }
  world_.boundary(fmt::format("after {}", name));
  return result;
}

Result<Lease> SimLedger::acquire(std::string_view environment, const Holder& holder, Time now) {
  return call("acquire", [&] {
    auto lease = world_.ledger.acquire(environment, holder, now);
    if (lease) world_.epoch = lease->epoch;
    return lease;
  });
}
Result<void> SimLedger::renew(const Lease& lease, Time now) {
  return call("renew", [&] { return world_.ledger.renew(lease, now); });
}
Result<void> SimLedger::release(const Lease& lease) {
  return call("release", [&] { return world_.ledger.release(lease); });
}
Result<RunId> SimLedger::begin_run(const Lease& lease, const Plan& plan, Time now) {
  return call("begin_run", [&] { return world_.ledger.begin_run(lease, plan, now); });
}
Result<void> SimLedger::record_intents(RunId run, const Lease& lease, std::span<const Intent> intents, Time now) {
  return call("record_intents", [&] { return world_.ledger.record_intents(run, lease, intents, now); });
}
Result<void> SimLedger::record_outcomes(RunId run, std::span<const OutcomeRecord> outcomes, Time now) {
  return call("record_outcomes", [&] { return world_.ledger.record_outcomes(run, outcomes, now); });
}
Result<void> SimLedger::finish_run(RunId run, RunResult result, Time now) {
  return call("finish_run", [&] { return world_.ledger.finish_run(run, result, now); });
}
Result<std::vector<Intent>> SimLedger::open_intents(std::string_view environment) {
  return call("open_intents", [&] { return world_.ledger.open_intents(environment); });
}
Result<void> SimLedger::remember_users(std::string_view environment, std::string_view base_url, std::uint64_t users,
                                       Time now) {
  return call("remember_users", [&] { return world_.ledger.remember_users(environment, base_url, users, now); });
}
Result<std::optional<std::uint64_t>> SimLedger::known_users(std::string_view environment, std::string_view base_url) {
  return call("known_users", [&] { return world_.ledger.known_users(environment, base_url); });
}
Result<void> SimLedger::remember_identity(std::string_view environment, const TenantIdentity& identity) {
  return call("remember_identity", [&] { return world_.ledger.remember_identity(environment, identity); });
}
Result<void> SimLedger::record_receipt(const Receipt& receipt, const Roster& roster) {
  return call("record_receipt", [&] { return world_.ledger.record_receipt(receipt, roster); });
}
Result<std::optional<TenantIdentity>> SimLedger::identity(std::string_view environment) {
  return call("identity", [&] { return world_.ledger.identity(environment); });
}
Result<std::vector<Receipt>> SimLedger::receipts(std::string_view environment, std::size_t most) {
  return call("receipts", [&] { return world_.ledger.receipts(environment, most); });
}
Result<std::optional<Roster>> SimLedger::roster(std::string_view environment, std::string_view base_url) {
  return call("roster", [&] { return world_.ledger.roster(environment, base_url); });
}

}  // namespace cipherform::sim
