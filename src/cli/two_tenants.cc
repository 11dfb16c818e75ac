#include "cli/two_tenants.h"

#include <fmt/format.h>

#include <future>
#include <utility>

#include "cli/log.h"
#include "cli/planning.h"

namespace cipherform::cli {
void ProgressOfTwo::Part::update(std::string_view what, std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(whole_.mutex_);
  what_ = what;
  done_ = done;
  total_ = total;
  std::uint64_t all_done = 0;
  std::uint64_t all_total = 0;
  bool all_known = true;
  for (const Part& part : whole_.parts_) {
    if (part.what_ != what) continue;  // it counts something else at the moment
    all_done += part.done_;
    all_total += part.total_;
    all_known &= part.total_ != 0;
  }
  whole_.together_.update(what, all_done, all_known ? all_total : 0);
}

void ProgressOfTwo::Part::waiting(std::string_view why, std::chrono::milliseconds left) {
  const std::lock_guard lock(whole_.mutex_);
  whole_.together_.waiting(why, left);
}

std::optional<TwoEnvironments> two_environments_of(const Invocation& invocation, Console& console) {
  auto environments = environments_of(invocation, console);
  if (!environments) return std::nullopt;
  auto first = choose_environment(*environments, invocation.operands[0]);
  auto second = choose_environment(*environments, invocation.operands[1]);
  for (const auto* chosen : {&first, &second}) {
    if (!*chosen) console.error(chosen->error());
  }
  if (!first || !second) return std::nullopt;
  return TwoEnvironments{std::move(*environments), std::move(*first), std::move(*second)};
}

Result<TwoAccesses> open_two(const TwoEnvironments& environments, const Invocation& invocation,
                             const Variables& variables) {
  auto first = open_to_read(environments.first, invocation, variables);
  if (!first) return tl::unexpected(of_environment(environments.first.name, std::move(first).error()));
  auto second = open_to_read(environments.second, invocation, variables);
  if (!second) return tl::unexpected(of_environment(environments.second.name, std::move(second).error()));
  return TwoAccesses{std::move(*first), std::move(*second)};
}

tl::expected<std::array<LiveState, 2>, ExitCode> read_two(TwoAccesses& accesses, Console& console,
                                                          SignalInterruption& interruption) {
  const WakeOnRequest waking_first(interruption, *accesses[0].transport);
  const WakeOnRequest waking_second(interruption, *accesses[1].transport);
  ConsoleProgress shown(console, *accesses[0].clock);
  ProgressOfTwo progress(shown);
  const auto read = [&](std::size_t which) {
    TenantAccess& access = accesses.at(which);
    return read_tenant(*access.link, access.read, &progress.part(which), &interruption);
  };
  auto beside = std::async(std::launch::async, [&] { return read(1); });
  std::array<Result<LiveState>, 2> read_ones{read(0), beside.get()};
  std::optional<ExitCode> wrong;
  for (std::size_t i = 0; i < read_ones.size(); ++i) {
    if (!read_ones[i]) {
      wrong = report_error(console, of_environment(accesses[i].environment.name, read_ones[i].error()));
      continue;
    }
    log_info(fmt::format("{}: read {} users and {} groups with {} page requests", accesses[i].environment.name,
                         read_ones[i]->users.size(), read_ones[i]->groups.size(), read_ones[i]->proof.requests));
  }
  if (wrong) return tl::unexpected(*wrong);
  return std::array<LiveState, 2>{std::move(*read_ones[0]), std::move(*read_ones[1])};
}

}  // namespace cipherform::cli
