#include "tenant/churning_tenant.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace cipherform::fakes {
namespace {

bool happens(double chance, std::mt19937_64& random) { return std::bernoulli_distribution(chance)(random); }

}  // namespace

std::uint64_t query_number(const std::string& path, std::string_view name) {
  const auto at = path.find(fmt::format("{}=", name));
  std::uint64_t value = 0;
  if (at != std::string::npos) std::from_chars(path.data() + at + name.size() + 1, path.data() + path.size(), value);
  return value;
}

ChurningTenant::ChurningTenant(std::uint32_t users, Habits habits, Churn churn, std::uint64_t seed)
    : habits_(std::move(habits)), churn_(churn), random_(seed) {
  for (std::uint32_t i = 0; i < users; ++i) insert(true);
  if (habits_.all_updated) {
    for (User& user : users_) {
      user.updated = time_ + std::uniform_int_distribution<std::int64_t>(0, 1'000'000'000)(random_);
    }
    time_ += 1'000'000'001;
  }
  sort();
}

bool ChurningTenant::before(const User& a, const User& b) const {
  switch (habits_.order) {
    case ListOrder::created_up:
      return std::tie(a.created, a.id) < std::tie(b.created, b.id);
    case ListOrder::created_down:
      return std::tie(b.created, b.id) < std::tie(a.created, a.id);
    case ListOrder::id_up:
      return a.id < b.id;
    case ListOrder::id_down:
      return b.id < a.id;
    case ListOrder::created_in_batches:
      return a.ordinal < b.ordinal;
    case ListOrder::updated_up:
      return std::tie(a.updated, a.ordinal) < std::tie(b.updated, b.ordinal);
    case ListOrder::updated_down:
      return std::tie(b.updated, b.ordinal) < std::tie(a.updated, a.ordinal);
    case ListOrder::none:
      return false;
  }
  return false;
}

void ChurningTenant::sort() {
  std::sort(users_.begin(), users_.end(), [this](const User& a, const User& b) { return before(a, b); });
}

void ChurningTenant::insert(bool from_start) {
  constexpr std::uint64_t kBatch = 20;
  User user;
  user.id = fmt::format("{:016x}", random_());
  user.ordinal = made_++;
  if (habits_.order != ListOrder::created_in_batches || user.ordinal % kBatch == 0) ++time_;
  user.created = time_;
  user.updated = time_;
  user.from_start = from_start;
  if (from_start) {
    users_.push_back(std::move(user));  // the constructor sorts
    return;
  }
  const auto at = std::upper_bound(users_.begin(), users_.end(), user,
                                   [this](const User& a, const User& b) { return before(a, b); });
  users_.insert(at, std::move(user));
}

void ChurningTenant::change(unsigned count) {
  const auto kind = std::uniform_int_distribution<int>(0, churn_.updates ? 2 : 1);
  const bool burst = churn_.burst > 0 && happens(0.05, random_);
  int what = 0;
  for (unsigned i = 0; i < (burst ? churn_.burst : count); ++i) {
    if (i == 0 || !burst) what = std::uniform_int_distribution<int>(kind.param())(random_);
    if (what == 0 || users_.empty()) {
      insert(false);
      continue;
    }
    // Bursts delete neighbours, as a clean-up would; else it is anybody.
    const std::size_t at = std::uniform_int_distribution<std::size_t>(0, users_.size() - 1)(random_);
    if (what == 1) {
      users_.erase(users_.begin() + static_cast<std::ptrdiff_t>(burst ? at / 4 : at));
    } else {
      users_[at].updated = ++time_;
      if (habits_.order == ListOrder::updated_up || habits_.order == ListOrder::updated_down) {
        User moved = std::move(users_[at]);
        users_.erase(users_.begin() + static_cast<std::ptrdiff_t>(at));
        users_.insert(habits_.order == ListOrder::updated_up ? users_.end() : users_.begin(), std::move(moved));
      }
    }
  }
}

void ChurningTenant::remove_first(unsigned count) {
  users_.erase(users_.begin(), users_.begin() + std::min<std::ptrdiff_t>(count, std::ssize(users_)));
}

void ChurningTenant::gap() {
  if (user_requests_ > 0 && happens(churn_.chance, random_)) {
    change(std::uniform_int_distribution<unsigned>(1, churn_.most)(random_));
  }
  if (habits_.order == ListOrder::none) std::shuffle(users_.begin(), users_.end(), random_);
}

const std::string& ChurningTenant::json(User& user) {
  if (user.json_of != user.updated) {
    const auto text = [](std::int64_t time) { return format_rfc3339(Time{std::chrono::milliseconds{time}}); };
    user.json_of = user.updated;
    user.json =
        fmt::format(R"({{"id":"{}","createdAt":"{}","updatedAt":"{}","status":"Active","isOwner":false,"groups":[]}})",
                    user.id, text(user.created), text(user.updated));
  }
  return user.json;
}

std::string ChurningTenant::page(std::uint64_t offset, std::uint64_t limit) {
  const std::uint64_t first = std::min<std::uint64_t>(offset, users_.size());
  const std::uint64_t count = std::min({limit, std::uint64_t{habits_.most_in_page}, users_.size() - first});
  std::uint64_t total = users_.size();
  std::optional<bool> has_next = first + count < users_.size();
  if (!habits_.says_has_next) has_next.reset();
  if (habits_.lie) habits_.lie(total, has_next);
  std::string body = R"({"data":[)";
  for (std::uint64_t i = first; i < first + count; ++i) {
    if (i != first) body += ',';
    body += json(users_[i]);
  }
  body += ']';
  if (habits_.says_total) fmt::format_to(std::back_inserter(body), R"(,"total":{})", total);
  if (has_next) fmt::format_to(std::back_inserter(body), R"(,"hasNext":{})", *has_next);
  return body + '}';
}

ScriptedTransport::Reply ChurningTenant::answer(const HttpRequest& request) {
  if (!request.path.starts_with("/tenants/users?")) return reply(404);
  if (!habits_.takes_sort && request.path.find("sort=") != std::string::npos) return reply(400);
  gap();
  ++user_requests_;
  auto answered = happens(churn_.fail_chance, random_)
                      ? reply(503)
                      : reply(200, page(query_number(request.path, "offset"), query_number(request.path, "limit")));
  answered.after = std::chrono::milliseconds{std::uniform_int_distribution<int>(1, 40)(random_)};
  return answered;
}

std::vector<std::string> ChurningTenant::throughout() const {
  std::vector<std::string> ids;
  for (const User& user : users_) {
    if (user.from_start) ids.push_back(user.id);
  }
  return ids;
}

}  // namespace cipherform::fakes
