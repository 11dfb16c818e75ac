// Names to ids. A pinned id wins; else the name must be exactly that of one live group.
// A name that is wrong must never fall through to "no such group, nothing to do", so
// every failure names what was probably meant.
#include "plan/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

namespace cipherform::plan {
namespace {

constexpr std::size_t kMostCandidates = 10;

/// A name without case and spaces.
std::string folded(std::string_view name) {
  std::string text = email_key(name);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
  return text;
}

/// The first names in quotes, and how many more there are.
std::string listed(const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : std::span{names}.first(std::min(names.size(), kMostCandidates))) {
    list += fmt::format("{}'{}'", list.empty() ? "" : ", ", name);
  }
  if (names.size() > kMostCandidates) list += fmt::format(" and {} more", names.size() - kMostCandidates);
  return list;
}

class Resolution {
 public:
  Resolution(const DesiredState& desired, const LiveState& live, const Terms& terms, const PromotionRules* promotion)
      : desired_(desired), live_(live), terms_(terms), promotion_(promotion) {
    std::unordered_map<std::string_view, std::string_view> pinned;
    for (const auto& [name, id] : desired.group_ids) pinned.emplace(id, name);
    for (std::uint32_t i = 0; i < live.groups.size(); ++i) {
      const LiveGroup& group = live.groups[i];
      const std::string id = email_key(group.id);  // UUIDs compare without case
      const auto pin = pinned.find(id);
      groups_.all.push_back({.id = group.id, .name = pin == pinned.end() ? word_for(group) : pin->second});
      by_name_[group.name].push_back(i);
      by_id_.emplace(id, i);
    }
    for (const auto& [name, indexes] : by_name_) names_.push_back(name);
  }

  tl::expected<Groups, std::vector<Error>> run() {
    resolve_declared();
    resolve_fallback();
    check_guardrail_names();
    if (!errors_.empty()) return tl::unexpected(std::move(errors_));
    return std::move(groups_);
  }

 private:
  /// The declared name, or one that is no declared group's.
  std::string_view word_for(const LiveGroup& group) {
    if (const auto word = declared_group(desired_.mapping, group.name)) return *word;
    return groups_.strings.store(fmt::format("{} (not the declared one)", group.name));
  }

  void resolve_declared() {
    groups_.of_desired.assign(desired_.groups.size(), kNone);
    std::vector<std::uint32_t> in_file_order(desired_.groups.size());
    std::iota(in_file_order.begin(), in_file_order.end(), 0U);
    std::sort(in_file_order.begin(), in_file_order.end(),
              [this](std::uint32_t a, std::uint32_t b) { return desired_.groups[a].at < desired_.groups[b].at; });
    for (const std::uint32_t index : in_file_order) {
      const DesiredGroup& group = desired_.groups[index];
      auto found = resolve(group.name, fmt::format("group '{}'", group.name));
      if (found) {
        claim(*found, index);
      } else if (promotion_ != nullptr && lacks(group.name)) {
        add_absent(index);
      } else if (needed(index)) {
        unresolved_.push_back(group.name);
        fail(std::move(found).error(), group.at);
      }
    }
  }

  bool lacks(std::string_view name) const {
    if (desired_.group_ids.contains(std::string{name})) return false;
    const std::string_view own = tenant_group(desired_.mapping, name);
    return !by_name_.contains(own) || !other_word(own, name).empty();
  }

  /// What the declaration calls the group `own` of the tenant, where that is not `name`; else empty.
  std::string_view other_word(std::string_view own, std::string_view name) const {
    const std::string_view word = declared_group(desired_.mapping, own).value_or(name);
    return word == name ? std::string_view{} : word;
  }

  void add_absent(std::uint32_t index) {
    groups_.of_desired[index] = static_cast<std::uint32_t>(groups_.all.size());
    groups_.all.push_back({.id = {}, .name = desired_.groups[index].name, .desired = index, .absent = true});
  }

  /// Two declared groups may not be the same live one: each would undo the other.
  void claim(std::uint32_t found, std::uint32_t index) {
    Group& group = groups_.all[found];
    const DesiredGroup& declared = desired_.groups[index];
    if (group.desired != kNone) {
      fail(error(fmt::format("groups '{}' and '{}' are the same group of the tenant ({})",
                             desired_.groups[group.desired].name, declared.name, group.id),
                 "change group_ids, or declare only one of them"),
           declared.at);
      return;
    }
    group.desired = index;
    group.name = declared.name;
    group.authoritative = declared.authority == Authority::authoritative;
    group.judged = group.authoritative || (promotion_ != nullptr && promotion_->promoted[index]);
    groups_.of_desired[index] = found;
  }

  void resolve_fallback() {
    const std::string& name = desired_.guardrails.fallback_group;
    if (name.empty() || std::find(unresolved_.begin(), unresolved_.end(), name) != unresolved_.end()) return;
    auto found = resolve(name, fmt::format("guardrails.fallback_group '{}'", name));
    if (found) {
      groups_.fallback = *found;
    } else {
      errors_.push_back(std::move(found).error());
    }
  }

  /// A guardrail may name a group that only another environment has; but a misspelt one
  /// would silently protect nothing.
  void check_guardrail_names() {
    const Guardrails& guardrails = desired_.guardrails;
    check_names("protected_groups", guardrails.protected_groups);
    check_names("privileged_groups", guardrails.privileged_groups);
    for (const auto& set : guardrails.separate_duties) check_names("separate_duties", set);
  }

  void check_names(std::string_view key, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const bool declared = std::any_of(desired_.groups.begin(), desired_.groups.end(),
                                        [&](const DesiredGroup& group) { return group.name == name; });
      const std::string_view own = tenant_group(desired_.mapping, name);
      if (declared || by_name_.contains(own)) continue;
      const auto near = same_but_for_case(own);
      if (near.empty()) continue;
      errors_.push_back(error(fmt::format("guardrails.{} names '{}', which is not a group of the tenant", key, name),
                              fmt::format("it differs only by case or spaces from {}", listed(near))));
    }
  }

  /// The index in groups_.all.
  Result<std::uint32_t> resolve(std::string_view name, const std::string& subject) {
    const auto pinned = desired_.group_ids.find(std::string{name});
    if (pinned != desired_.group_ids.end()) return resolve_pinned(name, pinned->second, subject);
    const std::string_view own = tenant_group(desired_.mapping, name);
    if (const std::string_view other = other_word(own, name); !other.empty()) {
      return tl::unexpected(error(
          fmt::format("{} is not a group of the tenant: by group_names, what it calls so is '{}'", subject, other),
          fmt::format("say in group_names of environment '{}' what the tenant calls '{}'", desired_.environment,
                      name)));
    }
    const auto found = by_name_.find(own);
    if (found == by_name_.end()) {
      const std::string called = own == name ? std::string{} : fmt::format(" (as '{}', by group_names)", own);
      return tl::unexpected(error(fmt::format("{}{} is not a group of the tenant", subject, called), candidates(own)));
    }
    if (found->second.size() == 1) return found->second.front();
    std::vector<std::string_view> ids;
    for (const std::uint32_t index : found->second) ids.push_back(live_.groups[index].id);
    std::sort(ids.begin(), ids.end());
    return tl::unexpected(error(
        fmt::format("{} is the name of {} groups of the tenant: {}",
                    own == name ? subject : fmt::format("{}, there '{}',", subject, own), ids.size(), listed(ids)),
        fmt::format("pin the one that is meant with group_ids in environment '{}'", desired_.environment)));
  }

  Result<std::uint32_t> resolve_pinned(std::string_view name, const std::string& id, const std::string& subject) {
    const auto [found, is_new] = by_id_.try_emplace(email_key(id), static_cast<std::uint32_t>(groups_.all.size()));
    if (!is_new) return found->second;
    if (live_.groups_listed) {
      by_id_.erase(found);
      return tl::unexpected(
          error(fmt::format("{} is pinned to {}, and the tenant has no group with that id", subject, id),
                fmt::format("correct or remove its group_ids entry in environment '{}'", desired_.environment)));
    }
    groups_.all.push_back({.id = id, .name = name});
    return found->second;
  }

  bool needed(std::uint32_t index) const {
    if (desired_.groups[index].authority == Authority::authoritative) return true;
    return std::any_of(desired_.memberships.begin(), desired_.memberships.end(),
                       [&](const DesiredMembership& m) { return m.group == index && terms_.active(m); });
  }

  std::vector<std::string_view> same_but_for_case(std::string_view name) const {
    const std::string fold = folded(name);
    std::vector<std::string_view> near;
    std::copy_if(names_.begin(), names_.end(), std::back_inserter(near),
                 [&](std::string_view candidate) { return folded(candidate) == fold; });
    return near;
  }

  std::string candidates(std::string_view name) const {
    std::string hint;
    if (const auto near = same_but_for_case(name); !near.empty()) {
      hint = fmt::format("it differs only by case or spaces from {}", listed(near));
    } else if (const std::string_view meant = did_you_mean(name, names_); !meant.empty()) {
      hint = fmt::format("did you mean '{}'?", meant);
    } else if (names_.empty()) {
      hint = "the tenant has no groups";
    } else {
      hint = fmt::format("the tenant has {}", listed(names_));
    }
    if (live_.groups_listed) return hint;
    return hint + "; the key may not list groups, so only those with members are known: supply the id with group_ids";
  }

  static Error error(std::string what, std::string hint) {
    return {ErrorKind::plan, std::move(what), {}, std::move(hint), false};
  }

  void fail(Error error, SourcePosition at) {
    error.where = fmt::format("{}:{}:{}", desired_.files[at.file], at.line, at.column);
    errors_.push_back(std::move(error));
  }

  const DesiredState& desired_;
  const LiveState& live_;
  const Terms& terms_;
  const PromotionRules* promotion_;
  Groups groups_;
  std::map<std::string_view, std::vector<std::uint32_t>> by_name_;
  std::unordered_map<std::string, std::uint32_t> by_id_;
  std::vector<std::string_view> names_;  ///< of live groups, sorted, each once
  std::vector<std::string_view> unresolved_;
  std::vector<Error> errors_;
};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the guardrails and the tenant's roles say of each group. A pinned group is also meant by
/// the name that it has in the tenant: a guardrail rather holds too much than too little.
void mark(Groups& groups, const DesiredState& desired, const LiveState& live, const Selector& selector) {
  const Guardrails& guardrails = desired.guardrails;
  for (std::size_t i = 0; i < groups.all.size(); ++i) {
    Group& group = groups.all[i];
    const bool is_live = i < live.groups.size();
    const auto word = declared_group(desired.mapping, is_live ? live.groups[i].name : group.name);
    const auto named_in = [&](const std::vector<std::string>& names) {
      return contains(names, group.name) || (word && contains(names, *word));
    };
    group.privileged = named_in(guardrails.privileged_groups) || (is_live && live.groups[i].privileged);
    group.is_protected = named_in(guardrails.protected_groups);
    group.match = selector.of_group(group.name);
  }
}

}  // namespace

tl::expected<Groups, std::vector<Error>> resolve_groups(const DesiredState& desired, const LiveState& live,
                                                        const Terms& terms, const Selector& selector,
                                                        const PromotionRules* promotion) {
  auto groups = Resolution(desired, live, terms, promotion).run();
  if (groups) mark(*groups, desired, live, selector);
  return groups;
}

}  // namespace cipherform::plan
