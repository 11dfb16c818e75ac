#include "cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace cipherform::cli {
namespace {

Error file_error(std::string_view verb, const std::filesystem::path& path, std::string hint = {}) {
  return Error{ErrorKind::file,
               fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(errno)),
               {},
               std::move(hint),
               false};
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Whether `path` must be written to and never replaced: a device, a pipe, or a name that
/// the system gives to an open file (/dev/stdout, /proc/self/fd/1).
bool is_special(const std::filesystem::path& path) {
  std::error_code failure;
  const std::string directory = std::filesystem::weakly_canonical(path.parent_path(), failure).string();
  if (directory == "/dev" || directory.starts_with("/proc/")) return true;
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

Result<void> write_into(const std::filesystem::path& path, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return tl::unexpected(file_error("write", path));
  const bool written = write_all(fd, content);
  const int failure = errno;
  const bool closed = ::close(fd) == 0;
  if (!written) errno = failure;
  if (written && closed) return {};
  return tl::unexpected(file_error("write", path));
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  if (path.empty()) {
    return tl::unexpected(Error{ErrorKind::file, "the file to write has no name", {}, {}, false});
  }
  if (is_special(path)) return write_into(path, content);
  std::string temporary = path.string() + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());  // mode 0600
  if (fd < 0) return tl::unexpected(file_error("write", path, "does its directory exist, and may you write there?"));
  const bool written = write_all(fd, content) && ::fchmod(fd, mode) == 0 && ::fsync(fd) == 0;
  const int failure = errno;
  const bool closed = ::close(fd) == 0;
  if (written && closed && ::rename(temporary.c_str(), path.c_str()) == 0) return {};
  if (!written) errno = failure;
  Error error = file_error("write", path);
  ::unlink(temporary.c_str());
  return tl::unexpected(std::move(error));
}

}  // namespace

Result<void> write_private_file(const std::filesystem::path& path, std::string_view content) {
  return replace_file(path, content, S_IRUSR | S_IWUSR);
}

Result<void> write_public_file(const std::filesystem::path& path, std::string_view content) {
  return replace_file(path, content, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return tl::unexpected(file_error("read", path));
  struct stat status {};
  std::string content;
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(fd);
    return tl::unexpected(
        Error{ErrorKind::file, fmt::format("{} is not a regular file", path.string()), {}, {}, false});
  }
  if (static_cast<std::uint64_t>(status.st_size) > most_bytes) {
    ::close(fd);
    return tl::unexpected(
        Error{ErrorKind::file, fmt::format("{} is larger than {} bytes", path.string(), most_bytes), {}, {}, false});
  }
  content.resize(static_cast<std::size_t>(status.st_size));
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t size = ::read(fd, content.data() + filled, content.size() - filled);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      Error error = file_error("read", path);
      ::close(fd);
      return tl::unexpected(std::move(error));
    }
    if (size == 0) break;
    filled += static_cast<std::size_t>(size);
  }
  ::close(fd);
  content.resize(filled);
  return content;
}

}  // namespace cipherform::cli
