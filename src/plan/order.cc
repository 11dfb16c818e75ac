// What depends on what, and hence the order:
//
//   create ──▶ add (ordinary) ──▶ add (privileged) ──▶ remove
//
// A person is added before being removed, so nobody is ever without a group; powers are
// given last, when everything that may fail harmlessly has had its chance. Within a step
// the order is that of email keys and group names, whatever order the tenant listed.
#include "plan/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "plan/words.h"

namespace cipherform::plan {
namespace {

bool is_privileged(const Grant& grant) { return grant.privileged; }

bool gives_privileges(const Change& change) {
  if (const auto* create = std::get_if<CreateUser>(&change)) {
    return std::any_of(create->grants.begin(), create->grants.end(), is_privileged);
  }
  const auto* add = std::get_if<AddMember>(&change);
  return add != nullptr && add->grant.privileged;
}

/// What orders two changes of one kind.
auto rank(std::string_view key, const Change& change) {
  static const GroupRef no_group;
  static const std::string no_user;
  const GroupRef* group = &no_group;
  const std::string* user_id = &no_user;
  if (const auto* add = std::get_if<AddMember>(&change)) {
    group = &add->grant.group;
    user_id = &add->user_id;
  } else if (const auto* removal = std::get_if<RemoveMember>(&change)) {
    group = &removal->group;
    user_id = &removal->user_id;
  }
  return std::tuple<bool, std::string_view, std::string_view, std::string_view, std::string_view>{
      gives_privileges(change), key, group->name, group->id, *user_id};
}

/// Where each element belongs; the elements are large, so indexes are sorted.
template <class Element, class Before>
std::vector<std::uint32_t> sorted_indexes(const std::vector<Element>& elements, Before before) {
  std::vector<std::uint32_t> indexes(elements.size());
  std::iota(indexes.begin(), indexes.end(), 0U);
  const auto by_element = [&](std::uint32_t a, std::uint32_t b) { return before(elements[a], elements[b]); };
  if (!std::is_sorted(indexes.begin(), indexes.end(), by_element)) {
    std::sort(indexes.begin(), indexes.end(), by_element);
  }
  return indexes;
}

void append_in_order(std::vector<Draft>& drafts, std::vector<Action>& actions) {
  const auto before = [](const Draft& a, const Draft& b) { return rank(a.key, a.change) < rank(b.key, b.change); };
  for (const std::uint32_t index : sorted_indexes(drafts, before)) {
    Draft& draft = drafts[index];
    std::string id = action_id(draft.change, draft.key);
    actions.push_back({std::move(id), std::move(draft.change)});
  }
  drafts = {};
}

}  // namespace

std::vector<Action> ordered_actions(Drafts& drafts) {
  std::vector<Action> actions;
  actions.reserve(drafts.creates.size() + drafts.adds.size() + drafts.removes.size());
  append_in_order(drafts.creates, actions);
  append_in_order(drafts.adds, actions);
  append_in_order(drafts.removes, actions);
  return actions;
}

std::vector<BlockedAction> ordered_blocked(Drafts& drafts) {
  const auto before = [](const BlockedDraft& a, const BlockedDraft& b) {
    if (a.key != b.key) return a.key < b.key;
    if (a.blocked.change.index() != b.blocked.change.index()) {
      return a.blocked.change.index() < b.blocked.change.index();
    }
    return rank(a.key, a.blocked.change) < rank(b.key, b.blocked.change);
  };
  std::vector<BlockedAction> blocked;
  blocked.reserve(drafts.blocked.size());
  for (const std::uint32_t index : sorted_indexes(drafts.blocked, before)) {
    blocked.push_back(std::move(drafts.blocked[index].blocked));
  }
  drafts.blocked = {};
  return blocked;
}

bool before(const Finding& a, const Finding& b) {
  return std::tie(a.kind, a.subject, a.group, a.message) < std::tie(b.kind, b.subject, b.group, b.message);
}

std::vector<Finding> ordered_findings(Drafts& drafts) {
  std::vector<Finding> findings = std::exchange(drafts.findings, {});
  std::sort(findings.begin(), findings.end(), before);
  findings.erase(std::unique(findings.begin(), findings.end()), findings.end());
  return findings;
}

std::string action_id(const Change& change, std::string_view email_key) {
  const auto* add = std::get_if<AddMember>(&change);
  const auto* removal = std::get_if<RemoveMember>(&change);
  const std::string_view group = add != nullptr       ? std::string_view{add->grant.group.id}
                                 : removal != nullptr ? std::string_view{removal->group.id}
                                                      : std::string_view{};
  Sha256 hash;
  hash.update(fmt::format("{} {}:{} {}", kind_word(change), email_key.size(), email_key, group));
  return hash.hex().substr(0, 16);
}

}  // namespace cipherform::plan

namespace cipherform {

std::string action_id(const Change& change) { return plan::action_id(change, email_key(email_of(change))); }

}  // namespace cipherform
