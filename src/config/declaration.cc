// Reads a project: cipherform.yaml first, then what it includes. Files are read and
// hashed one after the other, which costs next to nothing, and parsed in parallel, which
// is where the time goes; they are put together in the order of their names, so that the
// result does not depend on which thread was faster.
#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>

#include "cipherform/config.h"
#include "config/declaration_checks.h"
#include "config/declaration_file.h"
#include "config/diagnostics.h"
#include "config/include_files.h"
#include "config/raw_file.h"
#include "config/resolve.h"
#include "config/root_keys.h"
#include "config/source_text.h"

namespace cipherform {
namespace config {
namespace {

void check_root_keys(const RawRoot& root, const FileDiagnostics& errors) {
  if (!root.has_version) errors.error({}, "version is missing", "cipherform.yaml begins with version: 1");
  if (!root.has_environments) {
    errors.error({}, "environments is missing", "name at least one environment with its url");
  }
}

class Project {
 public:
  explicit Project(std::filesystem::path directory) : directory_(std::move(directory)) {}

  DeclarationResult load(unsigned threads);
  tl::expected<std::vector<Environment>, std::vector<Diagnostic>> load_environments();

 private:
  bool load_root();
  void find_files();
  void find_overlays();
  void load_includes(unsigned threads);
  void load_remaining();
  void load_file(std::size_t index, tl::expected<std::string, std::string> bytes, RawRoot* root);
  tl::expected<std::string, std::string> read_and_hash(const std::string& name);

  std::filesystem::path directory_;
  RawRoot root_;
  std::vector<LoadedFile> files_;
  std::vector<Diagnostics> errors_of_;  ///< parallel to files_: threads share nothing
  Diagnostics errors_;
  Sha256 digest_;
  std::mutex next_file_;  ///< guards next_ and digest_
  std::size_t next_ = 1;
};

tl::expected<std::string, std::string> Project::read_and_hash(const std::string& name) {
  auto bytes = read_regular_file(directory_ / name);
  if (bytes) {
    const std::string size = std::to_string(bytes->size());
    digest_.update(name);
    digest_.update(std::string_view("\0", 1));
    digest_.update(size);
    digest_.update(std::string_view("\0", 1));
    digest_.update(*bytes);
  }
  return bytes;
}

void Project::load_file(std::size_t index, tl::expected<std::string, std::string> bytes, RawRoot* root) {
  const FileDiagnostics errors(errors_of_[index], static_cast<std::uint32_t>(index));
  if (!bytes) {
    errors.error({}, bytes.error(), index == 0 && root != nullptr ? "cipherform -C DIR names the project" : "");
    return;
  }
  if (!check_text(*bytes, errors)) return;
  const Reading reading = read_declaration_file(*bytes, files_[index].raw, root, errors);
  files_[index].complete = reading != Reading::cut;
  if (root != nullptr && reading == Reading::complete) check_root_keys(*root, errors);
}

bool Project::load_root() {
  const std::string name(kRootFile);
  files_.push_back({.name = name, .raw = {}, .complete = false});
  errors_of_.emplace_back();
  auto bytes = read_and_hash(name);
  std::error_code failure;
  if (!std::filesystem::is_directory(directory_, failure)) {
    bytes = tl::unexpected("there is no project directory '" + directory_.string() + "'");
  }
  if (bytes && !is_inside(directory_, name)) bytes = tl::unexpected(std::string("leads outside the project directory"));
  const bool readable = bytes.has_value();
  load_file(0, std::move(bytes), &root_);
  return readable;
}

/// Takes files until there are none left. Reading and hashing stay in order under the
/// lock.
void Project::load_remaining() {
  while (true) {
    std::size_t index = 0;
    tl::expected<std::string, std::string> bytes;
    {
      const std::scoped_lock lock(next_file_);
      if (next_ >= files_.size()) return;
      index = next_++;
      bytes = read_and_hash(files_[index].name);
    }
    load_file(index, std::move(bytes), nullptr);
  }
}

/// First what holds everywhere, then the overlays: what an overlay adds to is known then.
void Project::find_files() {
  const FileDiagnostics errors(errors_of_.front(), 0);
  for (std::string& name : expand_includes(directory_, root_.include, errors)) {
    files_.push_back({.name = std::move(name), .raw = {}, .complete = false});
  }
  find_overlays();
  errors_of_.resize(files_.size());
}

void Project::find_overlays() {
  const FileDiagnostics errors(errors_of_.front(), 0);
  const auto real_path = [this](const std::string& name) {
    std::error_code failure;
    return std::filesystem::canonical(directory_ / name, failure);
  };
  std::map<std::filesystem::path, std::string> everywhere;
  std::map<std::filesystem::path, std::pair<std::string, std::uint64_t>> overlays;
  for (const LoadedFile& file : files_) everywhere.emplace(real_path(file.name), file.name);
  for (std::size_t i = 0; i < root_.environments.size(); ++i) {
    const RawRoot::Tenant& tenant = root_.environments[i];
    for (const NamedAt& pattern : tenant.include) {
      for (const std::string& name : expand_includes(directory_, std::span(&pattern, 1), errors)) {
        const auto path = real_path(name);
        if (const auto file = everywhere.find(path); file != everywhere.end()) {
          errors.error(pattern.at, "file " + in_quotes(name) + " is included for all environments already",
                       "an overlay lies where no other include finds it");
        } else {
          overlays.try_emplace(path, name, 0).first->second.second |= std::uint64_t{1} << i;
        }
      }
    }
  }
  const std::size_t first = files_.size();
  for (auto& [path, overlay] : overlays) {
    files_.push_back({.name = overlay.first, .environments = overlay.second, .raw = {}, .complete = false});
  }
  std::sort(files_.begin() + static_cast<std::ptrdiff_t>(first), files_.end(),
            [](const LoadedFile& a, const LoadedFile& b) { return a.name < b.name; });
}

void Project::load_includes(unsigned threads) {
  find_files();
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::future<void>> others;
  for (unsigned i = 1; i < threads && i < files_.size() - 1; ++i) {
    try {
      others.push_back(std::async(std::launch::async, [this] { load_remaining(); }));
    } catch (const std::system_error&) {
      break;  // no more threads to be had: those that run do all the work
    }
  }
  load_remaining();
  for (std::future<void>& other : others) other.get();
}

DeclarationResult Project::load(unsigned threads) {
  const bool root_readable = load_root();
  if (root_readable) {
    check_environments(root_, FileDiagnostics(errors_of_.front(), 0));
    load_includes(threads);
  }
  bool complete = true;
  for (const LoadedFile& file : files_) complete = complete && file.complete;
  std::vector<std::string> names;
  for (const LoadedFile& file : files_) names.push_back(file.name);
  for (Diagnostics& errors : errors_of_) errors_.absorb(std::move(errors));
  auto data = std::make_unique<Declaration::Data>();
  if (root_readable) {
    Resolved resolved = resolve(files_, root_, errors_);
    check_declaration(resolved, root_, complete, errors_);
    *data = std::move(resolved.data);
    for (const RawRoot::Tenant& tenant : root_.environments) {
      data->guardrails.push_back(in_force(root_.guardrails, tenant.guardrails).values);
    }
  }
  if (!errors_.empty()) return tl::unexpected(std::move(errors_).take(names));
  data->all.digest = digest_.hex();
  return Declaration(std::move(data));
}

tl::expected<std::vector<Environment>, std::vector<Diagnostic>> Project::load_environments() {
  if (load_root()) check_environments(root_, FileDiagnostics(errors_of_.front(), 0));
  Diagnostics& errors = errors_of_.front();
  const std::vector<std::string> names{std::string(kRootFile)};
  if (!errors.empty()) return tl::unexpected(std::move(errors).take(names));
  std::vector<Environment> environments;
  environments.reserve(root_.environments.size());
  for (RawRoot::Tenant& tenant : root_.environments) environments.push_back(std::move(tenant.environment));
  return environments;
}

}  // namespace
}  // namespace config

tl::expected<std::vector<Environment>, std::vector<Diagnostic>> load_environments(
    const std::filesystem::path& project) {
  return config::Project(project).load_environments();
}

DeclarationResult load_declaration(const std::filesystem::path& project, unsigned threads) {
  return config::Project(project).load(threads);
}

Declaration::Declaration() : data_(std::make_unique<Data>()) {}
Declaration::Declaration(std::unique_ptr<Data> data) : data_(std::move(data)) {}
Declaration::~Declaration() = default;
Declaration::Declaration(Declaration&&) noexcept = default;
Declaration& Declaration::operator=(Declaration&&) noexcept = default;

const std::vector<Environment>& Declaration::environments() const { return data_->environments; }

std::vector<std::string_view> Declaration::group_names() const {
  std::vector<std::string_view> names;
  names.reserve(data_->all.groups.size());
  for (const DesiredGroup& group : data_->all.groups) names.push_back(group.name);
  return names;
}

std::vector<std::string_view> Declaration::emails() const {
  std::vector<std::string_view> emails;
  emails.reserve(data_->all.users.size());
  for (const DesiredUser& user : data_->all.users) emails.push_back(user.email);
  return emails;
}

const std::string& Declaration::digest() const { return data_->all.digest; }

}  // namespace cipherform
