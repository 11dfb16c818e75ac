#include "sandbox/statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sandbox/json_text.h"
#include "sandbox/request_bodies.h"

namespace cipherform::sandbox {
namespace {

void append_key(std::string& out, std::string_view key) {
  if (out.back() != '{') out += ',';
  append_json_string(out, key);
  out += ':';
}

template <class Counts>
void append_counts(std::string& out, std::string_view name, const Counts& counts) {
  append_key(out, name);
  out += '{';
  for (const auto& [key, count] : counts) {
    append_key(out, fmt::format("{}", key));
    fmt::format_to(std::back_inserter(out), "{}", count);
  }
  out += '}';
}

void append_number(std::string& out, std::string_view name, std::uint64_t number) {
  append_key(out, name);
  fmt::format_to(std::back_inserter(out), "{}", number);
}

void add(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view key, std::uint64_t number = 1) {
  const auto found = counts.find(key);
  if (found == counts.end()) {
    counts.emplace(key, number);
  } else {
    found->second += number;
  }
}

}  // namespace

void Statistics::begin(std::string_view operation, std::uint64_t connection, SteadyTime now) {
  const std::scoped_lock lock(mutex_);
  add(requests_, operation);
  most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
  if (is_early(connection, now)) ++early_;
}

void Statistics::end() {
  const std::scoped_lock lock(mutex_);
  --in_flight_;
}

bool Statistics::is_early(std::uint64_t connection, SteadyTime now) {
  std::erase_if(announcements_, [&](const Announcement& said) { return said.until <= now; });
  return std::ranges::any_of(announcements_, [&](const Announcement& said) {
    return said.connection == connection || now > said.said_at + kOnItsWay;
  });
}

void Statistics::executed(std::string_view operation, const ApiRequest& request, const ApiAnswer& answer) {
  const bool done = answer.status < 300;
  const bool create = operation == "create";
  const auto users = create ? parse_create_users(request.body) : tl::unexpected(Refusal{});
  const std::scoped_lock lock(mutex_);
  if (!answer.rule.empty()) add(violations_, answer.rule);
  if (done && operation == "add") add(changes_, "memberships_added");
  if (done && operation == "remove") add(changes_, "memberships_removed");
  if (!users) return;
  if (done) add(changes_, "users_created", users->users.size());
  for (const UserDraft& user : users->users) {
    const std::string key = email_key(user.email);
    const auto known = emails_.find(key);
    if (done) {
      ++emails_[key].invitations;
    } else if (known != emails_.end() && answer.rule == "existing_email") {
      ++known->second.repeats;
    }
  }
}

void Statistics::answered(unsigned status) {
  const std::scoped_lock lock(mutex_);
  ++answers_[status];
}

void Statistics::announced(std::uint64_t connection, SteadyTime now, SteadyTime until) {
  const std::scoped_lock lock(mutex_);
  announcements_.push_back({connection, now, until});
}

std::string Statistics::json(const std::vector<FaultSchedule::Count>& rules) const {
  const std::scoped_lock lock(mutex_);
  std::string out = R"({"format_version":1)";
  append_counts(out, "requests", requests_);
  append_counts(out, "answers", answers_);
  const auto throttled = answers_.find(429);
  append_number(out, "throttled", throttled == answers_.end() ? 0 : throttled->second);
  append_number(out, "early", early_);
  append_number(out, "in_flight", in_flight_);
  append_number(out, "most_in_flight", most_in_flight_);
  append_counts(out, "changes", changes_);
  append_counts(out, "violations", violations_);
  std::map<std::string_view, std::uint64_t> invitations;
  std::map<std::string_view, std::uint64_t> repeats;
  for (const auto& [email, counts] : emails_) {
    invitations.emplace(email, counts.invitations);
    if (counts.repeats > 0) repeats.emplace(email, counts.repeats);
  }
  append_counts(out, "invitations", invitations);
  append_counts(out, "repeated_creates", repeats);
  append_key(out, "rules");
  out += '[';
  for (const FaultSchedule::Count& rule : rules) {
    if (out.back() != '[') out += ',';
    fmt::format_to(std::back_inserter(out), R"({{"matched":{},"applied":{}}})", rule.matched, rule.applied);
  }
  out += "]}";
  return out;
}

}  // namespace cipherform::sandbox
