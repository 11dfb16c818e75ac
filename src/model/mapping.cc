#include "cipherform/mapping.h"

#include <algorithm>

#include "cipherform/model.h"

namespace cipherform {
namespace {

using Words = std::map<std::string, std::string, std::less<>>;

std::string_view forward(const Words& words, std::string_view word) {
  const auto found = words.find(word);
  return found == words.end() ? word : std::string_view{found->second};
}

std::optional<std::string_view> backward(const Words& words, std::string_view word) {
  const auto found =
      std::find_if(words.begin(), words.end(), [word](const auto& entry) { return entry.second == word; });
  if (found != words.end()) return found->first;
  return words.contains(word) ? std::nullopt : std::optional{word};
}

/// The part before the domain, with the @; empty where there is none.
std::string_view local_part(std::string_view email) { return email.substr(0, email.rfind('@') + 1); }

std::string domain_key(std::string_view email) { return email_key(email.substr(local_part(email).size())); }

/// `email` with the domain `mapped`, which stands for `key`; the spelling stays where nothing changes.
std::string with_domain(std::string_view email, std::string_view key, std::string_view mapped) {
  if (mapped == key) return std::string{email};
  return std::string{local_part(email)}.append(mapped);
}

}  // namespace

std::string_view tenant_group(const Mapping& mapping, std::string_view name) {
  return forward(mapping.group_names, name);
}

std::optional<std::string_view> declared_group(const Mapping& mapping, std::string_view name) {
  return backward(mapping.group_names, name);
}

std::string tenant_email(const Mapping& mapping, std::string_view email) {
  if (mapping.email_domains.empty()) return std::string{email};
  const std::string key = domain_key(email);
  return with_domain(email, key, forward(mapping.email_domains, key));
}

std::optional<std::string> declared_email(const Mapping& mapping, std::string_view email) {
  if (mapping.email_domains.empty()) return std::string{email};
  const std::string key = domain_key(email);
  const auto declared = backward(mapping.email_domains, key);
  if (!declared) return std::nullopt;
  return with_domain(email, key, *declared);
}

}  // namespace cipherform
