// A tenant in memory with the API reference's rules, behind ScriptedTransport, that
// breaks wherever a test wants. It answers as an implementation of the reference would,
// and knows nothing of the sandbox.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/tenant.h"
#include "fakes/scripted_transport.h"

namespace cipherform::fakes {

/// What goes wrong with a change.
struct Fault {
  bool executed = false;  ///< the tenant does what it was asked nevertheless
  std::optional<HttpAnswer> answer = {};
  TransportFailure::Stage stage = TransportFailure::Stage::ambiguous;  ///< where there is no answer
  bool retryable = true;
  unsigned times = 1;  ///< how many attempts it hits

  Fault always() && {
    times = ~0U;
    return std::move(*this);
  }
};
/// Answered so, not executed. `message` in NestJS's shape.
Fault answers(int status, std::string_view message = "no", std::string retry_after = {});
/// No byte left.
Fault not_sent();
/// It left, and its answer was lost; the tenant had not executed it.
Fault lost_before();
/// It left, the tenant executed it, and the answer was lost.
Fault lost_after();
/// Executed, and answered with this.
Fault executed_but(int status, std::string body = {});

/// How a create is answered.
enum class CreateAnswer : std::uint8_t {
  as_asked,            ///< an object for an object, an array for an array, in the request's order
  array,               ///< always an array
  wrapped,             ///< {"data": …}
  reversed,            ///< the array backwards
  upper_case,          ///< emails in upper case
  without_last,        ///< the last user is missing from the answer
  without_last_group,  ///< each user lacks one of the groups, in the answer only
  empty_array,
  not_json,
};

/// What a create for an email that exists comes to. The API reference does not say.
enum class ExistingUser : std::uint8_t {
  conflict,       ///< 409, nothing of the batch is made
  bad_request,    ///< 400, nothing of the batch is made
  invited_again,  ///< answered as if it were new, and a second e-mail goes out
};

/// One change that a request asks for.
struct AskedChange {
  std::string kind;   ///< as Intent::kind
  std::string email;  ///< as the request or the tenant has it
  std::string group;  ///< a name; empty for a create
};

class FakeTenant {
 public:
  struct Group {
    std::string id;
    std::string name;
    std::string role = "BASIC";
  };
  struct User {
    std::string id;
    std::string email;
    std::vector<std::string> groups;  ///< ids
    std::uint64_t ordinal = 0;        ///< id and createdAt follow it
  };

  /// The id.
  std::string add_group(std::string name, std::string role = "BASIC");
  /// Groups by name; they must exist.
  std::string add_user(std::string email, const std::vector<std::string>& groups);
  void set_groups(std::string_view email, const std::vector<std::string>& groups);
  void erase_user(std::string_view email);

  ScriptedTransport::Handler handler();
  /// The changes that a request asks for.
  std::vector<AskedChange> asked(const HttpRequest& request) const { return take_apart(request).asked; }
  /// Carries a change out, of a create only the first `most` users, without faults and hooks.
  HttpAnswer carry_out(const HttpRequest& request, std::size_t most = ~std::size_t{0});
  /// Answers a read.
  HttpAnswer read(const HttpRequest& request);

  /// The nth change request, retries counted, from 1.
  void fail_change(std::size_t n, Fault fault) { by_index_.insert_or_assign(n, std::move(fault)); }
  /// Every change that is about this user, alone or in a batch.
  void fail_user(std::string_view email, Fault fault);
  /// Every request for users or groups.
  void fail_reads(Fault fault) { read_fault_ = std::move(fault); }
  /// Emails that a create refuses (422), with all that came with them.
  void refuse_email(std::string_view email, std::string message);
  /// A refused batch has created those before the bad record.
  void set_partial_batches(bool partial) { partial_batches_ = partial; }
  void set_create_answer(CreateAnswer answer) { create_answer_ = answer; }
  void set_existing_user(ExistingUser existing) { existing_user_ = existing; }
  /// To add a member again, or to remove who is none, succeeds.
  void set_idempotent(bool idempotent) { idempotent_ = idempotent; }
  void set_max_limit(std::size_t limit) { max_limit_ = limit; }
  /// Each page comes from another order of the users: no listing can be proved.
  void set_shuffled(bool shuffled) { shuffled_ = shuffled; }
  void set_latency(std::chrono::milliseconds latency) { latency_ = latency; }
  /// Called for each change before anything happens; `index` counts from 1.
  void before_change(std::function<void(std::size_t index, std::span<const AskedChange>)> hook) {
    before_change_ = std::move(hook);
  }

  /// No users, no faults, nothing seen; groups and settings stay.
  void forget_everything();
  /// Creates after this are judged on their own.
  void forget_invitations() { invitations_.clear(); }

  const std::vector<User>& users() const { return users_; }
  const User* find(std::string_view email) const;
  /// The names of the user's groups; empty where there is no such user.
  std::set<std::string> groups_of(std::string_view email) const;
  std::size_t changes() const { return changes_; }  ///< change requests, retries counted
  std::size_t reads() const { return reads_; }      ///< times a listing of users was begun
  /// How often each email was created.
  const std::map<std::string, unsigned>& invitations() const { return invitations_; }
  /// Rules that a request tried to break: a user without a group, a second create.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  /// A change request, taken apart.
  struct Change {
    std::vector<AskedChange> asked;
    std::vector<User> create;  ///< without ids
    bool as_object = false;
    std::string user_id;
    std::string group_id;
  };

  ScriptedTransport::Reply handle(const HttpRequest& request);
  ScriptedTransport::Reply list_users(const HttpRequest& request);
  ScriptedTransport::Reply list_groups() const;
  ScriptedTransport::Reply change(const HttpRequest& request);
  Change take_apart(const HttpRequest& request) const;
  HttpAnswer execute(const HttpRequest& request, const Change& change);
  void insert(User user);
  HttpAnswer create(const Change& change);
  HttpAnswer add(const Change& change);
  HttpAnswer remove(const Change& change);
  std::optional<HttpAnswer> refusal_of(const User& asked) const;
  std::string create_answer(std::vector<User> created, bool as_object) const;
  std::string to_json(const User& user) const;
  std::optional<Fault> take_fault(std::size_t index, const Change& change);
  const Group* group(std::string_view id_or_name) const;
  std::string email_of(std::string_view user_id) const;
  User* find_id(std::string_view id);

  std::vector<Group> groups_;
  std::vector<User> users_;
  std::uint64_t next_ordinal_ = 1;
  std::map<std::size_t, Fault> by_index_;
  std::map<std::string, Fault> by_email_;
  std::optional<Fault> read_fault_;
  std::map<std::string, std::string> refused_emails_;
  bool partial_batches_ = false;
  CreateAnswer create_answer_ = CreateAnswer::as_asked;
  ExistingUser existing_user_ = ExistingUser::conflict;
  bool idempotent_ = false;
  std::size_t max_limit_ = 100;
  bool shuffled_ = false;
  std::mt19937_64 shuffle_{1};
  std::chrono::milliseconds latency_{10};
  std::function<void(std::size_t, std::span<const AskedChange>)> before_change_;
  std::size_t changes_ = 0;
  std::size_t reads_ = 0;
  std::map<std::string, unsigned> invitations_;
  std::vector<std::string> violations_;
};

}  // namespace cipherform::fakes
