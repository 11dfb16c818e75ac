#include "cli/environment_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/api_key.h"
#include "cli/log.h"
#include "cli/version.h"

namespace cipherform::cli {

Result<Environment> choose_environment(const std::vector<Environment>& environments,
                                       const std::optional<std::string>& name) {
  std::vector<std::string_view> names;
  names.reserve(environments.size());
  for (const Environment& environment : environments) names.emplace_back(environment.name);
  if (!name) {
    if (environments.size() == 1) return environments.front();
    return tl::unexpected(Error{ErrorKind::usage,
                                "there are several environments, and none is named",
                                {},
                                fmt::format("name one with -e: {}", fmt::join(names, ", ")),
                                false});
  }
  if (*name == kEveryEnvironment) {
    return tl::unexpected(Error{ErrorKind::usage,
                                "this command works on one environment",
                                {},
                                fmt::format("name one: {}", fmt::join(names, ", ")),
                                false});
  }
  const auto found = std::ranges::find(environments, *name, &Environment::name);
  if (found != environments.end()) return *found;
  const std::string_view close = did_you_mean(*name, names);
  return tl::unexpected(Error{ErrorKind::usage,
                              fmt::format("there is no environment '{}'", *name),
                              {},
                              close.empty() ? fmt::format("the environments are {}", fmt::join(names, ", "))
                                            : fmt::format("did you mean '{}'?", close),
                              false});
}

Error of_environment(std::string_view name, Error error) {
  error.what = fmt::format("{}: {}", name, error.what);
  return error;
}

std::filesystem::path state_directory(const Invocation& invocation) {
  return invocation.state_dir.empty() ? invocation.project / ".cipherform" : invocation.state_dir;
}

LedgerPlace ledger_place(const Environment& environment, const Invocation& invocation) {
  return {.url = invocation.ledger.empty() ? environment.ledger : invocation.ledger,
          .state_dir = state_directory(invocation)};
}

Result<TenantAccess> open_tenant(const Environment& environment, const Invocation& invocation,
                                 const Variables& variables) {
  auto key = resolve_api_key(environment, invocation.project, variables);
  if (!key) return tl::unexpected(std::move(key).error());
  TransportOptions options;
  options.base_url = environment.url;
  options.api_key = std::move(*key);
  if (environment.ca_file) options.ca_file = invocation.project / *environment.ca_file;
  options.insecure_http = environment.insecure_http;
  options.lanes = invocation.parallelism;
  options.user_agent = fmt::format("cipherform/{}", tool_version());
  auto transport = connect(std::move(options));
  if (!transport) return tl::unexpected(std::move(transport).error());

  TenantAccess access;
  access.environment = environment;
  access.clock = system_clock();
  access.transport = with_request_log(std::move(*transport), *access.clock);
  access.random = std::make_unique<std::mt19937_64>(std::random_device{}());
  TenantLink::Options link;
  link.parallelism = invocation.parallelism;
  link.timeout = invocation.timeout;
  link.requests_per_second = invocation.requests_per_second;
  access.link = std::make_unique<TenantLink>(*access.transport, *access.clock, *access.random, link);
  access.read.group_ids = environment.group_ids;
  return access;
}

}  // namespace cipherform::cli
