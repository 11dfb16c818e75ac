#include "fakes/fake_tenant.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace cipherform::fakes {
namespace {

constexpr std::string_view kTime = "2026-01-01T00:00:00.000Z";
constexpr std::string_view kUsersPath = "/tenants/users";

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string error_body(int status, std::string_view message) {
  return fmt::format(R"({{"statusCode":{},"message":{},"error":"Error"}})", status, json_text(message));
}

HttpAnswer refusal(int status, std::string_view message) { return {status, error_body(status, message), {}}; }

std::size_t query_number(std::string_view path, std::string_view name, std::size_t otherwise) {
  const auto at = path.find(fmt::format("{}=", name));
  if (at == std::string_view::npos) return otherwise;
  const std::string_view digits = path.substr(at + name.size() + 1);
  std::size_t value = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string page(const std::vector<std::string>& items, std::size_t total, std::size_t offset, std::size_t limit) {
  return fmt::format(R"({{"data":[{}],"total":{},"page":{},"limit":{},"hasNext":{},"hasPrevious":{}}})",
                     fmt::join(items, ","), total, offset / limit, limit, offset + items.size() < total, offset > 0);
}

FakeTenant::User user_from(const simdjson::dom::element& element) {
  FakeTenant::User user;
  user.email = std::string(element["email"].get_string().value());
  for (const auto id : element["groups"].get_array()) user.groups.emplace_back(id.get_string().value());
  return user;
}

}  // namespace

Fault answers(int status, std::string_view message, std::string retry_after) {
  return {.executed = false, .answer = HttpAnswer{status, error_body(status, message), std::move(retry_after), {}}};
}
Fault not_sent() { return {.stage = TransportFailure::Stage::not_sent}; }
Fault lost_before() { return {.stage = TransportFailure::Stage::ambiguous}; }
Fault lost_after() { return {.executed = true, .stage = TransportFailure::Stage::ambiguous}; }
Fault executed_but(int status, std::string body) {
  return {.executed = true, .answer = HttpAnswer{status, std::move(body), {}, {}}};
}

// ------------------------------------------------------------------------- state

std::string FakeTenant::add_group(std::string name, std::string role) {
  std::string id = fmt::format("00000000-0000-4000-8000-{:012}", groups_.size() + 1);
  groups_.push_back({id, std::move(name), std::move(role)});
  return id;
}

std::string FakeTenant::add_user(std::string email, const std::vector<std::string>& groups) {
  insert({.id = {}, .email = std::move(email), .groups = {}});
  set_groups(users_.back().email, groups);
  return users_.back().id;
}

void FakeTenant::insert(User user) {
  user.ordinal = next_ordinal_++;
  user.id = fmt::format("00000000-0000-4000-9000-{:012}", user.ordinal);
  users_.push_back(std::move(user));
}

void FakeTenant::set_groups(std::string_view email, const std::vector<std::string>& groups) {
  const auto user = std::ranges::find(users_, email, &User::email);
  user->groups.clear();
  for (const std::string& name : groups) {
    const Group* const found = group(name);
    if (found == nullptr) throw std::invalid_argument("no group " + name);
    user->groups.push_back(found->id);
  }
}

void FakeTenant::erase_user(std::string_view email) {
  std::erase_if(users_, [&](const User& user) { return user.email == email; });
}

const FakeTenant::Group* FakeTenant::group(std::string_view id_or_name) const {
  const auto found =
      std::ranges::find_if(groups_, [&](const Group& g) { return g.id == id_or_name || g.name == id_or_name; });
  return found == groups_.end() ? nullptr : &*found;
}

const FakeTenant::User* FakeTenant::find(std::string_view email) const {
  const std::string key = email_key(email);
  const auto found = std::ranges::find_if(users_, [&](const User& user) { return email_key(user.email) == key; });
  return found == users_.end() ? nullptr : &*found;
}

FakeTenant::User* FakeTenant::find_id(std::string_view id) {
  const auto found = std::ranges::find(users_, id, &User::id);
  return found == users_.end() ? nullptr : &*found;
}

std::string FakeTenant::email_of(std::string_view user_id) const {
  const auto found = std::ranges::find(users_, user_id, &User::id);
  return found == users_.end() ? std::string() : found->email;
}

std::set<std::string> FakeTenant::groups_of(std::string_view email) const {
  std::set<std::string> names;
  if (const User* const user = find(email)) {
    for (const std::string& id : user->groups) names.insert(group(id)->name);
  }
  return names;
}

void FakeTenant::forget_everything() {
  users_.clear();
  by_index_.clear();
  by_email_.clear();
  read_fault_.reset();
  refused_emails_.clear();
  invitations_.clear();
  changes_ = 0;
  reads_ = 0;
}

void FakeTenant::fail_user(std::string_view email, Fault fault) {
  by_email_.insert_or_assign(email_key(email), std::move(fault));
}

void FakeTenant::refuse_email(std::string_view email, std::string message) {
  refused_emails_.insert_or_assign(email_key(email), std::move(message));
}

// ---------------------------------------------------------------------- requests

ScriptedTransport::Handler FakeTenant::handler() {
  return [this](const HttpRequest& request) {
    ScriptedTransport::Reply reply = handle(request);
    reply.after = latency_;
    return reply;
  };
}

ScriptedTransport::Reply FakeTenant::handle(const HttpRequest& request) {
  if (request.method != Method::get) return change(request);
  if (read_fault_ && read_fault_->times > 0) {
    --read_fault_->times;
    if (read_fault_->answer) return {*read_fault_->answer};
    return failure(read_fault_->stage);
  }
  return std::string_view(request.path).starts_with(kUsersPath) ? list_users(request) : list_groups();
}

ScriptedTransport::Reply FakeTenant::list_users(const HttpRequest& request) {
  const std::size_t offset = query_number(request.path, "offset", 0);
  const std::size_t limit = std::clamp<std::size_t>(query_number(request.path, "limit", 10), 1, max_limit_);
  if (offset == 0) ++reads_;
  if (shuffled_) std::ranges::shuffle(users_, shuffle_);
  std::vector<std::string> items;
  for (std::size_t i = offset; i < users_.size() && i < offset + limit; ++i) items.push_back(to_json(users_[i]));
  return reply(200, page(items, users_.size(), offset, limit));
}

ScriptedTransport::Reply FakeTenant::list_groups() const {
  std::vector<std::string> items;
  items.reserve(groups_.size());
  for (const Group& group : groups_) {
    items.push_back(fmt::format(
        R"({{"id":{0},"name":{1},"createdAt":"{2}","updatedAt":"{2}","roles":[{{"id":{0},"name":"r","type":"{3}",)"
        R"("createdAt":"{2}","updatedAt":"{2}","description":"","deleteable":false}}],"deleteable":true,"users":[],)"
        R"("maxDevices":null,"isSamlDefaultGroup":false,"idpMapping":[]}})",
        json_text(group.id), json_text(group.name), kTime, group.role));
  }
  return reply(200, page(items, items.size(), 0, 100));
}

std::string FakeTenant::to_json(const User& user) const {
  std::vector<std::string> groups;
  for (const std::string& id : user.groups) {
    groups.push_back(fmt::format(R"({{"id":{},"name":{},"description":"","createdAt":"{}","updatedAt":"{}"}})",
                                 json_text(id), json_text(group(id)->name), kTime, kTime));
  }
  // Made in the list's order, and changed since in another one.
  const Time start = *parse_rfc3339(kTime);
  const std::string created_at = format_rfc3339(start + std::chrono::seconds{user.ordinal});
  const std::string updated_at = format_rfc3339(start + std::chrono::hours{100 + user.ordinal * 7'919 % 1'009});
  return fmt::format(
      R"({{"id":{},"email":{},"createdAt":"{}","updatedAt":"{}","status":"Active","isOwner":false,"maxDevices":null,)"
      R"("roles":[],"groups":[{}],"devices":[]}})",
      json_text(user.id), json_text(user.email), created_at, updated_at, fmt::join(groups, ","));
}

FakeTenant::Change FakeTenant::take_apart(const HttpRequest& request) const {
  Change change;
  simdjson::dom::parser parser;
  std::string_view rest = std::string_view(request.path).substr(kUsersPath.size());
  if (rest.empty()) {
    const simdjson::dom::element body = parser.parse(request.body);
    change.as_object = body.is_object();
    if (change.as_object) {
      change.create.push_back(user_from(body));
    } else {
      for (const auto element : body.get_array()) change.create.push_back(user_from(element));
    }
    for (const User& user : change.create) change.asked.push_back({"create_user", user.email, {}});
    return change;
  }
  change.user_id = rest.substr(1, 36);
  rest.remove_prefix(37);
  if (request.method == Method::post) {
    change.group_id = std::string(parser.parse(request.body)["groupId"].get_string().value());
  } else {
    change.group_id = rest.substr(std::string_view("/groups/").size());
  }
  const Group* const of = group(change.group_id);
  change.asked.push_back({request.method == Method::post ? "add_member" : "remove_member", email_of(change.user_id),
                          of == nullptr ? change.group_id : of->name});
  return change;
}

std::optional<Fault> FakeTenant::take_fault(std::size_t index, const Change& change) {
  const auto take = [](auto& faults, const auto& key) -> std::optional<Fault> {
    const auto found = faults.find(key);
    if (found == faults.end() || found->second.times == 0) return std::nullopt;
    --found->second.times;
    return found->second;
  };
  if (auto fault = take(by_index_, index)) return fault;
  for (const AskedChange& asked : change.asked) {
    if (auto fault = take(by_email_, email_key(asked.email))) return fault;
  }
  return std::nullopt;
}

ScriptedTransport::Reply FakeTenant::change(const HttpRequest& request) {
  const Change change = take_apart(request);
  const std::size_t index = ++changes_;
  if (before_change_) before_change_(index, change.asked);
  const auto fault = take_fault(index, change);
  const bool arrives = !fault || fault->executed;
  for (const User& user : change.create) {
    if (invitations_.contains(email_key(user.email))) violations_.push_back("a second create of " + user.email);
  }
  HttpAnswer answer = arrives ? execute(request, change) : HttpAnswer{};
  if (!fault) return {std::move(answer)};
  if (fault->answer) return {*fault->answer};
  ScriptedTransport::Reply failed = failure(fault->stage);
  failed.result.error().retryable = fault->retryable;
  return failed;
}

HttpAnswer FakeTenant::carry_out(const HttpRequest& request, std::size_t most) {
  Change change = take_apart(request);
  if (change.create.size() > most) change.create.resize(most);
  return execute(request, change);
}

HttpAnswer FakeTenant::read(const HttpRequest& request) {
  const bool users = std::string_view(request.path).starts_with(kUsersPath);
  return *(users ? list_users(request) : list_groups()).result;
}

HttpAnswer FakeTenant::execute(const HttpRequest& request, const Change& change) {
  if (!change.create.empty()) return create(change);
  return request.method == Method::post ? add(change) : remove(change);
}

// ----------------------------------------------------------------------- changes

std::optional<HttpAnswer> FakeTenant::refusal_of(const User& asked) const {
  const auto refused = refused_emails_.find(email_key(asked.email));
  if (refused != refused_emails_.end()) return refusal(422, refused->second);
  if (find(asked.email) != nullptr && existing_user_ != ExistingUser::invited_again) {
    return refusal(existing_user_ == ExistingUser::conflict ? 409 : 400, asked.email + " already exists");
  }
  if (asked.groups.empty()) return refusal(400, "groups should not be empty");
  for (const std::string& id : asked.groups) {
    if (group(id) == nullptr) return refusal(400, "no group " + id);
  }
  return std::nullopt;
}

HttpAnswer FakeTenant::create(const Change& change) {
  if (change.create.size() > 100) return refusal(400, "at most 100 users");
  std::optional<HttpAnswer> refused;
  std::vector<User> created;
  for (const User& asked : change.create) {
    refused = refusal_of(asked);
    if (refused) break;
    created.push_back(asked);
  }
  if (!refused || partial_batches_) {
    for (User& user : created) {
      ++invitations_[email_key(user.email)];
      if (const User* const existing = find(user.email)) {
        user = *existing;
        continue;
      }
      insert(user);
      user = users_.back();
    }
  }
  if (refused) return *refused;
  return {201, create_answer(std::move(created), change.as_object), {}};
}

std::string FakeTenant::create_answer(std::vector<User> created, bool as_object) const {
  switch (create_answer_) {
    case CreateAnswer::not_json:
      return "<html>created</html>";
    case CreateAnswer::empty_array:
      return "[]";
    case CreateAnswer::reversed:
      std::ranges::reverse(created);
      break;
    case CreateAnswer::without_last:
      created.pop_back();
      break;
    case CreateAnswer::without_last_group:
      for (User& user : created) user.groups.pop_back();
      break;
    case CreateAnswer::upper_case:
      for (User& user : created) {
        for (char& c : user.email) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      }
      break;
    case CreateAnswer::as_asked:
    case CreateAnswer::array:
    case CreateAnswer::wrapped:
      break;
  }
  std::vector<std::string> items;
  items.reserve(created.size());
  for (const User& user : created) items.push_back(to_json(user));
  const bool object = as_object && items.size() == 1 && create_answer_ != CreateAnswer::array;
  std::string body = object ? items.front() : fmt::format("[{}]", fmt::join(items, ","));
  return create_answer_ == CreateAnswer::wrapped ? fmt::format(R"({{"data":{}}})", body) : body;
}

HttpAnswer FakeTenant::add(const Change& change) {
  User* const user = find_id(change.user_id);
  if (user == nullptr || group(change.group_id) == nullptr) return refusal(404, "not found");
  if (std::ranges::find(user->groups, change.group_id) != user->groups.end()) {
    return idempotent_ ? HttpAnswer{201, {}, {}} : refusal(409, "already a member");
  }
  user->groups.push_back(change.group_id);
  return {201, {}, {}};
}

HttpAnswer FakeTenant::remove(const Change& change) {
  User* const user = find_id(change.user_id);
  if (user == nullptr) return refusal(404, "no such user");
  const auto found = std::ranges::find(user->groups, change.group_id);
  if (found == user->groups.end()) return idempotent_ ? HttpAnswer{204, {}, {}} : refusal(404, "not a member");
  if (user->groups.size() == 1) {
    violations_.push_back("a removal of the last group of " + user->email);
    return refusal(400, "a user needs a group");
  }
  user->groups.erase(found);
  return {204, {}, {}};
}

}  // namespace cipherform::fakes
