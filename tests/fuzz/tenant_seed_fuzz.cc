// A sandbox's seed file.
#include <algorithm>
#include <string>
#include <vector>

#include "cipherform/config.h"
#include "fakes/temporary_directory.h"
#include "fuzz/declaration_checks.h"
#include "fuzz/property.h"

namespace {

using namespace cipherform;
using fuzz::require;

void check_seed(const TenantSeed& seed) {
  std::vector<std::string_view> names;
  for (const TenantSeed::Group& group : seed.groups) {
    require(!group.name.empty(), "every group has a name");
    require(group.id.empty() || is_uuid(group.id), "an id is a UUID");
    names.emplace_back(group.name);
  }
  std::ranges::sort(names);
  require(std::ranges::adjacent_find(names) == names.end(), "no group comes twice");
  std::vector<std::string> emails;
  for (const TenantSeed::User& user : seed.users) {
    require(!user.groups.empty(), "every user is in a group");
    for (const std::string& group : user.groups) {
      require(std::ranges::binary_search(names, std::string_view(group)), "every user's group is there");
    }
    require(user.email.empty() || is_email(user.email), "an email is one");
    if (!user.email.empty()) emails.push_back(email_key(user.email));
  }
  std::ranges::sort(emails);
  require(std::ranges::adjacent_find(emails) == emails.end(), "no user comes twice");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fakes::TemporaryDirectory directory;
  const std::string_view text = fuzz::text_of(data, size);
  const auto file = directory.write("seed.yaml", text);
  const auto seed = load_tenant_seed(file);
  if (seed) {
    check_seed(*seed);
  } else {
    fuzz::check_diagnostics(seed.error(), {{file.string(), text}});
  }
  return 0;
}
