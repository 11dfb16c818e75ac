// A state in the declaration's words becomes one in its tenant's, and the other way round. What
// is not mapped keeps its string, so a state without a mapping costs nothing.
#include <algorithm>

#include "cipherform/model.h"

namespace cipherform {
namespace {

/// Whether the user is spelled otherwise in the tenant; then it is.
bool respell(DesiredUser& user, const Mapping& mapping, StringArena& strings) {
  std::string email = tenant_email(mapping, user.email);
  if (email == user.email) return false;
  user.email = strings.store(email);
  user.key = strings.store(email_key(email));
  return true;
}

}  // namespace

void to_tenant_words(DesiredState& desired) {
  const Mapping& mapping = desired.mapping;
  if (mapping.email_domains.empty()) return;
  bool respelled = false;
  for (DesiredUser& user : desired.users) respelled = respell(user, mapping, desired.strings) || respelled;
  if (respelled) {
    std::sort(desired.users.begin(), desired.users.end(),
              [](const DesiredUser& a, const DesiredUser& b) { return a.key < b.key; });
  }
  for (std::string& email : desired.guardrails.protected_users) email = tenant_email(mapping, email);
  for (std::string& domain : desired.guardrails.allowed_domains) {
    const auto mapped = mapping.email_domains.find(domain);
    if (mapped != mapping.email_domains.end()) domain = mapped->second;
  }
}

void to_declared_words(LiveState& live, const Mapping& mapping) {
  if (!mapping.group_names.empty()) {
    for (LiveGroup& group : live.groups) {
      const std::string_view word = declared_group(mapping, group.name).value_or(std::string_view{});
      if (word != group.name) group.name = live.strings.store(word);
    }
  }
  if (mapping.email_domains.empty()) return;
  for (LiveUser& user : live.users) {
    const std::string word = declared_email(mapping, user.email).value_or(std::string{});
    if (word != user.email) user.email = live.strings.store(word);
  }
}

}  // namespace cipherform
