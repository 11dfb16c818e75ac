#include "plan/shared_words.h"

#include <algorithm>
#include <string>

#include "plan/email_keys.h"

namespace cipherform::plan {

Word group_word(const TenantView& view, Side side, const LiveGroup& group) {
  const std::string id = email_key(group.id);  // UUIDs compare without case
  for (const auto& [name, pinned] : view.group_ids) {
    if (email_key(pinned) == id) return {name, Wording::declared};
  }
  const auto declared = declared_group(view.mapping, group.name);
  // A name that is pinned to another group is not this one's.
  if (declared && !view.group_ids.contains(std::string{*declared})) return {*declared, Wording::declared};
  return {group.name, own_of(side)};
}

GroupWords::GroupWords(const TenantView& first, const TenantView& second) {
  std::array<std::vector<Word>, 2> words;
  for (const Side side : {Side::first, Side::second}) {
    const TenantView& view = side == Side::first ? first : second;
    auto& own = words[static_cast<std::size_t>(side)];
    for (const LiveGroup& group : view.live.groups) own.push_back(group_word(view, side, group));
    words_.insert(words_.end(), own.begin(), own.end());
  }
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  for (std::size_t side = 0; side < 2; ++side) {
    for (const Word& word : words[side]) {
      const auto found = std::lower_bound(words_.begin(), words_.end(), word);
      of_[side].push_back(static_cast<std::uint32_t>(found - words_.begin()));
    }
  }
}

PeopleWords::PeopleWords(const TenantView& view, Side side) {
  people_.reserve(view.live.users.size());
  const bool is_mapped = !view.mapping.email_domains.empty();
  EmailKeys keys;
  for (std::uint32_t i = 0; i < view.live.users.size(); ++i) {
    const std::string_view email = view.live.users[i].email;
    if (email.empty()) continue;
    Wording wording = Wording::declared;
    std::string declared;
    std::string_view spelled = email;
    if (is_mapped) {
      if (auto found = declared_email(view.mapping, email)) {
        declared = std::move(*found);
        spelled = declared;
      } else {
        wording = own_of(side);
      }
    }
    std::string_view key = keys.of(spelled);
    if (key.data() != email.data()) key = keys_.store(key);
    people_.push_back({{key, wording}, i});
  }
  std::sort(people_.begin(), people_.end(),
            [](const PersonWord& a, const PersonWord& b) { return a.key != b.key ? a.key < b.key : a.user < b.user; });
}

}  // namespace cipherform::plan
