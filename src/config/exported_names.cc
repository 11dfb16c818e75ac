// Names are given in three rounds, each in the order of names and ids, so that the listing's
// order does not matter: the pinned, those that only one group has, and the rest. A name is
// taken if a declaration would call another one the same but for case and spaces.
#include "config/exported_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "config/limits.h"
#include "config/source_text.h"
#include "config/yaml_text.h"

namespace cipherform::config {
namespace {

/// What name_value() and the text checks accept.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxGroupNameBytes && text.front() != ' ' && text.back() != ' ' &&
         !find_bad_character(text, false);
}

/// As declaration_checks.cc compares the names of groups.
std::string compared_form(std::string_view name) {
  std::string form = email_key(name);
  std::erase(form, ' ');
  return form;
}

class Naming {
 public:
  Naming(const LiveState& live, const std::map<std::string, std::string>& group_ids, bool may_pin)
      : live_(live), may_pin_(may_pin), order_(live.groups.size()) {
    names_.of_live.resize(live.groups.size());
    names_.remarks.resize(live.groups.size());
    names_.group_ids = group_ids;
    std::iota(order_.begin(), order_.end(), 0U);
    std::sort(order_.begin(), order_.end(), [&live](std::uint32_t a, std::uint32_t b) {
      return std::tie(live.groups[a].name, live.groups[a].id) < std::tie(live.groups[b].name, live.groups[b].id);
    });
    for (const LiveGroup& group : live.groups) ++groups_of_[group.name];
    for (const auto& [name, id] : group_ids) {
      taken_.insert(compared_form(name));
      pinned_.emplace(email_key(id), name);
    }
  }

  ExportedNames run() {
    for (const std::uint32_t index : order_) take_pinned(index);
    for (const std::uint32_t index : order_) take_own(index);
    for (const std::uint32_t index : order_) pin(index);
    return std::move(names_);
  }

 private:
  void take_pinned(std::uint32_t index) {
    const auto pinned = pinned_.find(email_key(live_.groups[index].id));
    if (pinned != pinned_.end() && ids_.insert(pinned->first).second) names_.of_live[index] = pinned->second;
  }

  void take_own(std::uint32_t index) {
    const std::string_view name = live_.groups[index].name;
    if (!names_.of_live[index].empty() || groups_of_.at(name) > 1 || !is_name(name)) return;
    if (taken_.insert(compared_form(name)).second) names_.of_live[index] = name;
  }

  void pin(std::uint32_t index) {
    if (!names_.of_live[index].empty()) return;
    const LiveGroup& group = live_.groups[index];
    const std::string id = email_key(group.id);
    const std::string called = yaml_comment(group.name);
    const std::string_view why = why_not_its_own(group.name);
    if (!is_uuid(group.id) || ids_.contains(id)) {
      names_.remarks[index] = fmt::format("group {} ({}) is not declared: {}, and its id is no UUID of its own", called,
                                          yaml_comment(group.id), why);
      return;
    }
    std::string name = free_name(group.name, id);
    if (!may_pin_) {
      names_.remarks[index] =
          fmt::format("group {} is not declared: {}; group_ids of the environment can name it: {}: {}", called, why,
                      yaml_string(name), id);
      return;
    }
    if (name != group.name) names_.remarks[index] = fmt::format("the tenant calls it {}: {}", called, why);
    taken_.insert(compared_form(name));
    ids_.insert(id);
    names_.group_ids.emplace(name, id);
    names_.of_live[index] = std::move(name);
  }

  std::string_view why_not_its_own(std::string_view name) const {
    if (groups_of_.at(name) > 1) return "several groups have this name";
    if (!is_name(name)) return "a declaration cannot hold this name";
    return "the name differs from another one only by case or spaces, or is pinned to another group";
  }

  /// The name itself, or with as much of the id as makes it unique.
  std::string free_name(std::string_view name, const std::string& id) const {
    const bool usable = is_name(name) && name.size() + id.size() + 3 <= kMaxGroupNameBytes;
    if (is_name(name) && !taken_.contains(compared_form(name))) return std::string(name);
    for (const std::string_view part : {std::string_view(id).substr(0, 8), std::string_view(id)}) {
      std::string candidate = usable ? fmt::format("{} ({})", name, part) : fmt::format("group {}", part);
      if (!taken_.contains(compared_form(candidate))) return candidate;
    }
    for (std::size_t n = 2;; ++n) {
      std::string candidate = fmt::format("group {} {}", id, n);
      if (!taken_.contains(compared_form(candidate))) return candidate;
    }
  }

  const LiveState& live_;
  bool may_pin_;
  std::vector<std::uint32_t> order_;
  std::unordered_map<std::string_view, std::size_t> groups_of_;  ///< by name
  std::map<std::string, std::string> pinned_;                    ///< lower-case id → name
  std::set<std::string> taken_;
  std::set<std::string> ids_;  ///< of groups that have their name, in lower case
  ExportedNames names_;
};

}  // namespace

ExportedNames exported_names(const LiveState& live, const std::map<std::string, std::string>& group_ids, bool may_pin) {
  return Naming(live, group_ids, may_pin).run();
}

}  // namespace cipherform::config
