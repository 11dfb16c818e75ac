// All files are written into a directory of their own beside their places, and then linked to
// their names: link() fails where a name is taken, so nothing is ever overwritten, and a full
// disk is noticed before the first name appears.
#include "cli/new_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace cipherform::cli {
namespace {

namespace fs = std::filesystem;

Error file_error(const fs::path& path, int code) {
  if (code == EEXIST) {
    return Error{ErrorKind::file,
                 fmt::format("{} exists, and nothing is overwritten", path.string()),
                 {},
                 "move it away, or name another directory; nothing was written",
                 false};
  }
  return Error{ErrorKind::file,
               fmt::format("cannot write {}: {}", path.string(), std::strerror(code)),
               {},
               "nothing was written",
               false};
}

/// What a failed export takes away again.
class Placing {
 public:
  explicit Placing(fs::path directory) : directory_(std::move(directory)) {}
  ~Placing() {
    std::error_code ignored;
    if (!staging_.empty()) fs::remove_all(staging_, ignored);
    if (kept_) return;
    std::for_each(made_.rbegin(), made_.rend(), [&ignored](const fs::path& path) { fs::remove(path, ignored); });
  }
  Placing(const Placing&) = delete;
  Placing& operator=(const Placing&) = delete;

  Result<void> run(const std::vector<NewFile>& files) {
    if (auto made = make_directory(directory_); !made) return made;
    // Before the first byte, so that the usual reason costs nothing.
    for (const NewFile& file : files) {
      const fs::path path = directory_ / file.path;
      std::error_code ignored;
      if (fs::exists(fs::symlink_status(path, ignored))) return tl::unexpected(file_error(path, EEXIST));
    }
    std::string staging = (directory_ / ".cipherform-export-XXXXXX").string();
    if (::mkdtemp(staging.data()) == nullptr) return tl::unexpected(file_error(staging, errno));
    staging_ = staging;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (auto written = stage(i, files[i]); !written) return written;
    }
    for (std::size_t i = files.size(); i-- > 0;) {
      if (auto placed = place(i, files[i]); !placed) return placed;
    }
    kept_ = true;
    return {};
  }

 private:
  fs::path staged(std::size_t index) const { return staging_ / std::to_string(index); }

  /// With its parents; remembers which were not there.
  Result<void> make_directory(const fs::path& directory) {
    if (directory.empty()) return {};
    if (::mkdir(directory.c_str(), 0777) == 0) {
      made_.push_back(directory);
      return {};
    }
    if (errno == ENOENT && directory.has_parent_path() && directory.parent_path() != directory) {
      if (auto parent = make_directory(directory.parent_path()); !parent) return parent;
      if (::mkdir(directory.c_str(), 0777) == 0) {
        made_.push_back(directory);
        return {};
      }
    }
    const int failure = errno;
    std::error_code ignored;
    if (failure == EEXIST && fs::is_directory(directory, ignored)) return {};
    return tl::unexpected(file_error(directory, failure == EEXIST ? ENOTDIR : failure));
  }

  Result<void> stage(std::size_t index, const NewFile& file) const {
    const fs::path path = staged(index);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return tl::unexpected(file_error(directory_ / file.path, errno));
    std::string_view left = file.content;
    int failure = 0;
    while (!left.empty() && failure == 0) {
      const ssize_t written = ::write(fd, left.data(), left.size());
      if (written >= 0) left.remove_prefix(static_cast<std::size_t>(written));
      if (written < 0 && errno != EINTR) failure = errno;
    }
    if (::close(fd) != 0 && failure == 0) failure = errno;
    if (failure != 0) return tl::unexpected(file_error(directory_ / file.path, failure));
    return {};
  }

  Result<void> place(std::size_t index, const NewFile& file) {
    const fs::path path = directory_ / file.path;
    if (auto made = make_directory(path.parent_path()); !made) return made;
    if (::link(staged(index).c_str(), path.c_str()) != 0) return tl::unexpected(file_error(path, errno));
    made_.push_back(path);
    return {};
  }

  fs::path directory_;
  fs::path staging_;
  std::vector<fs::path> made_;
  bool kept_ = false;
};

}  // namespace

Result<void> write_new_files(const fs::path& directory, const std::vector<NewFile>& files) {
  return Placing(directory).run(files);
}

}  // namespace cipherform::cli
