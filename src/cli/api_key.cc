#include "cli/api_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX asks programs to declare it

namespace cipherform::cli {
namespace {

constexpr std::size_t kMostKeyBytes = 4096;
constexpr std::chrono::seconds kCommandTimeout{30};

Error credential(std::string what, std::string hint) {
  return Error{ErrorKind::credential, std::move(what), {}, std::move(hint), false};
}

std::string trimmed(std::string text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && is_space(text.back())) text.pop_back();
  text.erase(text.begin(), std::ranges::find_if_not(text, is_space));
  return text;
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// Reads to the end, or to one byte more than a key may have. False: a read failed,
/// or nothing came in time.
bool read_all(int fd, std::string& text) {
  std::array<char, 512> buffer{};
  while (text.size() <= kMostKeyBytes) {
    pollfd ready{fd, POLLIN, 0};
    const int polled = ::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{kCommandTimeout}.count()));
    if (polled < 0 && errno == EINTR) continue;
    if (polled <= 0) return false;
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    if (size == 0) return true;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return true;
}

Result<std::string> checked(std::string key, const std::string& source) {
  key = trimmed(std::move(key));
  if (key.empty())
    return tl::unexpected(credential(fmt::format("the API key from {} is empty", source), "set the key"));
  if (key.size() > kMostKeyBytes) {
    return tl::unexpected(credential(fmt::format("the API key from {} is longer than {} bytes", source, kMostKeyBytes),
                                     "it must hold the key and nothing else"));
  }
  return key;
}

Result<std::string> from_file(const KeyFromFile& source, const std::filesystem::path& project) {
  const std::filesystem::path path = project / source.path;
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return tl::unexpected(
        credential(fmt::format("cannot read the key file {}: {}", path.string(), std::strerror(errno)),
                   "it is named by api_key.file"));
  }
  if (!S_ISREG(status.st_mode)) {
    return tl::unexpected(credential(fmt::format("the key file {} is not a regular file", path.string()), ""));
  }
  if ((status.st_mode & S_IROTH) != 0) {
    return tl::unexpected(credential(fmt::format("the key file {} can be read by everybody", path.string()),
                                     fmt::format("chmod o-rwx {}", path.string())));
  }
  std::string key;
  if (!read_all(file.get(), key)) {
    return tl::unexpected(credential(fmt::format("cannot read the key file {}", path.string()), ""));
  }
  return checked(std::move(key), "file " + path.string());
}

/// Runs the command without a shell; its standard error goes to ours.
Result<std::string> from_command(const KeyFromCommand& source) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return tl::unexpected(credential(fmt::format("cannot run the key command: {}", std::strerror(errno)), ""));
  }
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  std::vector<char*> argv;
  std::vector<std::string> words = source.argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  // Ctrl-C is blocked in this process while a tenant is read; it must reach the command.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, argv.front(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  const std::string name = "the key command " + words.front();
  if (failure != 0) {
    return tl::unexpected(
        credential(fmt::format("cannot run {}: {}", name, std::strerror(failure)), "it is named by api_key.command"));
  }
  writing.reset();
  std::string key;
  const bool complete = read_all(reading.get(), key);
  if (!complete || key.size() > kMostKeyBytes) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!complete) {
    return tl::unexpected(
        credential(fmt::format("{} printed nothing for {} s", name, kCommandTimeout.count()), "it was stopped"));
  }
  if (key.size() <= kMostKeyBytes && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
    return tl::unexpected(credential(fmt::format("{} failed", name), "run it by hand to see why"));
  }
  return checked(std::move(key), name);
}

std::string default_variable(std::string_view environment) {
  std::string name = "CIPHERFORM_API_KEY_";
  for (const char c : environment) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    name += alphanumeric ? static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) : '_';
  }
  return name;
}

Result<std::string> from_variables(const std::vector<std::string>& names, const Variables& variables) {
  for (const std::string& name : names) {
    if (auto value = variables(name)) return checked(std::move(*value), "variable " + name);
  }
  return tl::unexpected(
      credential("there is no API key", fmt::format("set the environment variable {}", fmt::join(names, " or "))));
}

}  // namespace

Result<std::string> resolve_api_key(const Environment& environment, const std::filesystem::path& project,
                                    const Variables& variables) {
  if (!environment.api_key) {
    return from_variables({default_variable(environment.name), "CIPHERFORM_API_KEY"}, variables);
  }
  if (const auto* named = std::get_if<KeyFromEnv>(&*environment.api_key)) {
    return from_variables({named->variable}, variables);
  }
  if (const auto* file = std::get_if<KeyFromFile>(&*environment.api_key)) return from_file(*file, project);
  return from_command(std::get<KeyFromCommand>(*environment.api_key));
}

}  // namespace cipherform::cli
