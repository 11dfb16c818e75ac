#include "cli/this_process.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace cipherform::cli {
namespace {

/// A host name does not tell machines or containers apart that share it. A boot id is the kernel's
/// own, and containers on one kernel have PID namespaces of their own, or one set of processes.
std::string this_machine() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::error_code error;
  const std::filesystem::path processes = std::filesystem::read_symlink("/proc/self/ns/pid", error);
  if (!std::getline(file, boot) || boot.empty() || error) return {};
  return fmt::format("{} {}", boot, processes.string());
}

}  // namespace

Holder this_process() {
  Holder holder;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) holder.host = host.data();
  const passwd* const user = ::getpwuid(::geteuid());
  holder.user = user == nullptr ? std::to_string(::geteuid()) : user->pw_name;
  holder.pid = ::getpid();
  holder.machine = this_machine();
  return holder;
}

}  // namespace cipherform::cli
