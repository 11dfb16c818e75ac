// The two states that are compared, in a line or two of a test:
//
//   const DesiredState desired = Desired().group("Eng").user("ada@x.com", {"Eng", in("Admins").until("2026-02-01")});
//   const LiveState live = Live().group("Eng").user("ada@x.com", {"Eng"}, {.owner = true});
//
// Everything that a test does not say gets a fixed value: positions follow the order of
// the calls, ids are made from names and ordinals.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/model.h"

namespace cipherform::fakes {

/// One source of a membership. A group given twice to one user has two sources.
struct Membership {
  Membership(const char* name) : group(name) {}             // NOLINT(google-explicit-constructor): {"Eng"} is the point
  Membership(std::string name) : group(std::move(name)) {}  // NOLINT(google-explicit-constructor)

  /// As in a declaration: a date or an RFC 3339 time.
  Membership until(std::string_view time) &&;
  Membership reason(std::string text) &&;
  Membership team(std::string name) &&;

  std::string group;
  std::string team_name;
  std::string reason_text;
  std::optional<Time> end;
};
inline Membership in(std::string group) { return Membership{std::move(group)}; }

/// Builds a DesiredState as src/config would: groups by name, users by key, a group
/// that is only named by users is additive.
class Desired {
 public:
  struct GroupOptions {
    Authority authority = Authority::authoritative;
    bool require_reason = false;
    std::optional<std::uint32_t> max_members = std::nullopt;
  };

  Desired& environment(std::string name, std::string base_url);
  Desired& group(std::string name);  ///< authoritative
  Desired& group(std::string name, GroupOptions options);
  Desired& additive(std::string name);
  /// The same email again (in any case) adds to the first.
  Desired& user(std::string email, std::vector<Membership> memberships);
  Desired& pin(std::string name, std::string id);
  /// What the tenant calls the group. Emails are in the tenant's words already.
  Desired& called(std::string name, std::string own);
  Desired& guardrails(Guardrails guardrails);

  DesiredState build() const;
  operator DesiredState() const { return build(); }  // NOLINT(google-explicit-constructor): reads as the state

 private:
  struct Group {
    std::string name;
    GroupOptions options;
    SourcePosition at;
  };
  struct Source {
    Membership membership;
    SourcePosition at;
  };
  struct User {
    std::string email;
    SourcePosition at;
    std::vector<Source> sources;
  };

  std::vector<Group> groups_with_named_ones() const;
  void append_user(DesiredState& state, const User& user) const;

  std::string environment_ = "qa";
  std::string base_url_ = "https://public-api.cipherscale.com/qa";
  std::vector<Group> groups_;
  std::vector<User> users_;
  std::map<std::string, std::string> group_ids_;
  Mapping mapping_;
  Guardrails guardrails_;
};

/// Builds a LiveState as a read would: proved complete and with listed groups, unless
/// said otherwise.
class Live {
 public:
  struct GroupOptions {
    std::string id = {};  ///< empty: group_id(name)
    bool privileged = false;
    bool identity_managed = false;
  };
  struct UserOptions {
    std::string id = {};  ///< empty: user_id(ordinal)
    std::string status = "Active";
    bool owner = false;
  };

  Live& group(std::string name);
  Live& group(std::string name, GroupOptions options);
  /// Groups by name (the first of that name) or by id; one that is not there yet is made.
  Live& user(std::string email, std::vector<std::string> groups);
  Live& user(std::string email, std::vector<std::string> groups, UserOptions options);
  /// The listing was not proved complete, and why.
  Live& unproved(std::string reason);
  Live& groups_not_listed();

  LiveState build() const;
  operator LiveState() const { return build(); }  // NOLINT(google-explicit-constructor): reads as the state

 private:
  struct Group {
    std::string name;
    GroupOptions options;
  };
  struct User {
    std::string email;
    UserOptions options;
    std::vector<std::uint32_t> groups;
  };

  std::uint32_t index_of(const std::string& group);

  std::vector<Group> groups_;
  std::vector<User> users_;
  std::optional<std::string> unproved_;
  bool groups_listed_ = true;
};

/// A UUID made from a group's name.
std::string group_id(std::string_view name);
/// The UUID of the `ordinal`-th user of a Live, from 1.
std::string user_id(std::uint32_t ordinal);
/// A time as a test writes it: "2026-01-31" (the day's end) or RFC 3339.
Time time_of(std::string_view text);

}  // namespace cipherform::fakes
