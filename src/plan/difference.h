// What has to change for one person after another, before it is put in order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/model.h"
#include "cipherform/plan.h"
#include "plan/groups.h"
#include "plan/people.h"
#include "plan/selector.h"
#include "plan/terms.h"

namespace cipherform::plan {

/// A change with the email key that it is ordered by.
struct Draft {
  std::string_view key;  ///< lives as long as the states and the Drafts
  Change change;
};
struct BlockedDraft {
  std::string_view key;
  BlockedAction blocked;
};
struct Drafts {
  std::vector<Draft> creates;
  std::vector<Draft> adds;
  std::vector<Draft> removes;
  std::vector<BlockedDraft> blocked;
  std::vector<Finding> findings;
  StringArena keys;  ///< of live users whose email is not in lower case
};

/// Compares person by person. Independent of the order of calls but for the order
/// within the Drafts.
class Difference {
 public:
  Difference(const DesiredState& desired, const LiveState& live, const Groups& groups, const Terms& terms,
             const Selector& selector, const People& people, const PromotionRules* promotion = nullptr);

  /// A declared user whom the tenant does not have.
  void absent(const DesiredUser& user);
  /// A declared user whom the tenant has.
  void declared(const DesiredUser& user, const LiveUser& live_user);
  /// A live user who is not declared.
  void unmanaged(const LiveUser& live_user);
  void without_email(const LiveUser& live_user);

  Drafts take() && { return std::move(drafts_); }

 private:
  /// A person while compared.
  struct Person {
    std::string_view email;
    std::string_view key;
    Match match;
    const LiveUser* live = nullptr;
    const std::string* duplicate = nullptr;  ///< the sentence, where others have the email too
  };
  /// A membership that is to go.
  struct Removal {
    std::uint32_t group = 0;
    const DesiredMembership* expired = nullptr;  ///< what the declaration asked for until it ended
  };
  /// Everything that one live person gets and loses.
  struct Turnover {
    std::vector<Grant> grants;
    std::vector<Removal> removals;
  };

  Person person_of(std::string_view email, std::string_view key, const LiveUser* live_user) const;
  bool is_selected(const Person& person, std::uint32_t group) const;
  bool any_selected(const Person& person) const;

  Grant grant_of(std::uint32_t group, const DesiredMembership& membership) const;
  RemoveMember removal_of(const Person& person, const Removal& removal) const;

  std::vector<Grant> missing_grants(const Person& person, const DesiredUser& user);
  std::vector<Removal> surplus(const Person& person, const DesiredUser* user);
  bool withheld(const Person& person, std::uint32_t group);

  // Of a promotion:
  bool is_limited(const DesiredMembership& membership) const;
  std::vector<Grant> without_withheld(const Person& person, const DesiredUser& user, std::vector<Grant> grants);
  void block_grants(const Person& person, bool is_created, std::vector<Grant> grants, BlockCause cause,
                    const std::string& message);
  void find_left_out(const Person& person, const Group& group, std::string_view why);
  bool domain_is_refused(std::string_view key) const;
  std::string asked_for() const;
  std::string not_asked_for() const;
  std::string_view why_unproved() const;

  void settle(const Person& person, Turnover turnover);
  void keep_in_a_group(const Person& person, Turnover& turnover);

  void block(const Person& person, Change change, BlockCause cause, std::string message);
  void find(FindingKind kind, std::string_view subject, std::string_view group, std::string message);
  void find_status(const Person& person, const DesiredUser& user);
  void find_ending(const Person& person, std::uint32_t group, const std::optional<Time>& end);
  void find_about_grants(const Person& person, const std::vector<Grant>& grants);

  const DesiredState& desired_;
  const LiveState& live_;
  const Groups& groups_;
  const Terms& terms_;
  const Selector& selector_;
  const People& people_;
  const PromotionRules* promotion_;
  Drafts drafts_;
  /// The membership that wants a group, for the person under comparison; else null.
  std::vector<const DesiredMembership*> wanted_;
};

}  // namespace cipherform::plan
