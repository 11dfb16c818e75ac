// What a no-change plan costs, part by part, each beside its floor in the same run:
//   bench [USERS…]     (default 10000 100000 1000000)
// The sandbox and the whole plan are real processes; the parts run in this one.
#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/plan.h"
#include "cipherform/tenant.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX asks programs to declare it

namespace cipherform {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kFiles = 10;

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "bench: {}\n", why);
  std::exit(EXIT_FAILURE);
}

double seconds_of(auto&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Resident memory of this process now, MB.
double resident_mb() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

void print_row(std::string_view part, double seconds, double mb, std::string_view floor, double floor_seconds) {
  fmt::print("  {:<22} {:>9.3f} s {:>8.0f} MB   floor: {:<34} {:>8.3f} s   ratio {:>6.1f}\n", part, seconds, mb, floor,
             floor_seconds, seconds / floor_seconds);
}

/// A child process with its standard output on a pipe.
class Child {
 public:
  explicit Child(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (::posix_spawn(&pid_, argv.front(), &actions, nullptr, argv.data(), environ) != 0)
      fail("cannot run " + words[0]);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    out_ = ::fdopen(ends[0], "r");
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (out_ != nullptr) std::fclose(out_);
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  std::string line() {
    std::array<char, 1024> buffer{};
    return std::fgets(buffer.data(), buffer.size(), out_) == nullptr ? std::string{} : std::string{buffer.data()};
  }
  /// Waits for its end; the most memory that it had, MB.
  double finish() {
    rusage used{};
    int status = 0;
    ::wait4(std::exchange(pid_, 0), &status, 0, &used);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("a child failed");
    return static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
  }

 private:
  pid_t pid_ = 0;
  FILE* out_ = nullptr;
};

/// Declares exactly what `live` has, in ten files.
std::vector<fs::path> write_declaration(const fs::path& project, const std::string& url, const LiveState& live) {
  std::ofstream root(project / "cipherform.yaml");
  root << "version: 1\nenvironments:\n  bench: {url: " << url << "}\ninclude: [users/*.yaml]\ngroups:\n";
  for (const LiveGroup& group : live.groups) root << "  " << group.name << ": {members: []}\n";
  fs::create_directory(project / "users");
  std::vector<fs::path> files{project / "cipherform.yaml"};
  const std::size_t share = (live.users.size() + kFiles - 1) / kFiles;
  for (std::size_t file = 0; file < kFiles; ++file) {
    files.push_back(project / "users" / fmt::format("{}.yaml", file));
    std::ofstream out(files.back());
    out << "users:\n";
    for (std::size_t i = file * share; i < std::min(live.users.size(), (file + 1) * share); ++i) {
      out << "  - email: " << live.users[i].email << "\n    groups: [";
      const char* separator = "";
      for (const std::uint32_t group : live.memberships_of(live.users[i])) {
        out << std::exchange(separator, ", ") << live.groups[group].name;
      }
      out << "]\n";
    }
  }
  return files;
}

struct NoHandler final : YAML::EventHandler {
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

void scan_with_yaml_cpp(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    std::ifstream in(file);
    YAML::Parser parser(in);
    NoHandler handler;
    parser.HandleNextDocument(handler);
  }
}

std::size_t read_bytes(const std::vector<fs::path>& files) {
  std::size_t lines = 0;
  for (const fs::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    lines += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }
  return lines;
}

TransportOptions to_sandbox(const std::string& url) {
  TransportOptions options;
  options.base_url = url;
  options.api_key = "sandbox";
  return options;
}

/// A page as the API sends it, to measure what decoding alone costs.
std::string one_page(Transport& transport) {
  transport.start(1, list_users_request(0, 100, ""));
  while (true) {
    if (auto completion = transport.wait(std::nullopt)) {
      if (!completion->result) fail(completion->result.error().what);
      return completion->result->body;
    }
  }
}

double simdjson_floor(const std::string& page, std::size_t pages) {
  const simdjson::padded_string padded(page);
  std::size_t bytes = 0;
  const double seconds = seconds_of([&] {
    for (std::size_t i = 0; i < pages; ++i) {
      simdjson::ondemand::parser parser;
      auto document = parser.iterate(padded);
      for (auto user : document["data"].get_array()) {
        bytes += std::string_view(user["id"]).size();
        for (auto group : user["groups"].get_array()) bytes += std::string_view(group["id"]).size();
      }
    }
  });
  if (bytes == 0) fail("the page is empty");
  return seconds;
}

void bench_listing(Transport& transport, const Clock& clock, LiveState& live) {
  std::mt19937_64 random(1);
  TenantLink link(transport, clock, random, {});
  ReadOptions options;
  options.parallelism = 8;
  const double before = resident_mb();
  const double seconds = seconds_of([&] {
    auto read = read_tenant(link, options);
    if (!read) fail(to_string(read.error()));
    live = std::move(*read);
  });
  if (!live.proof.complete) fail("the listing is not proved: " + live.proof.reason);
  const double mb = resident_mb() - before;
  const std::string page = one_page(transport);
  print_row("listing", seconds, mb,
            fmt::format("simdjson over {} pages of {} kB", live.proof.pages, page.size() / 1000),
            simdjson_floor(page, live.proof.pages));
}

DesiredState bench_parse(const fs::path& project, const std::vector<fs::path>& files) {
  const double read_seconds = seconds_of([&] {
    if (read_bytes(files) == 0) fail("nothing was written");
  });
  const double scan_seconds = seconds_of([&] { scan_with_yaml_cpp(files); });
  DesiredState desired;
  const double before = resident_mb();
  const double seconds = seconds_of([&] {
    auto declaration = load_declaration(project);
    if (!declaration) fail(to_string(declaration.error().front()));
    desired = std::move(*declaration).desired_state("bench");
  });
  const double mb = resident_mb() - before;
  print_row("parse", seconds, mb, "bytes read", read_seconds);
  print_row("parse", seconds, mb, "yaml-cpp's events, 1 thread", scan_seconds);
  return desired;
}

void bench_plan(const DesiredState& desired, const LiveState& live) {
  std::size_t bytes = 0;
  const double pass = seconds_of([&] {
    for (const DesiredUser& user : desired.users) bytes += std::hash<std::string_view>{}(user.key);
    for (const LiveUser& user : live.users) bytes += std::hash<std::string_view>{}(user.email);
  });
  std::string fingerprint;
  const double digest_seconds = seconds_of([&] { fingerprint = digest(live); });
  const double before = resident_mb();
  PlanOptions options{};
  options.tool_version = fmt::format("bench {}", bytes % 2);
  const double seconds = seconds_of([&] {
    const auto plan = make_plan(desired, live, options);
    if (!plan || !plan->empty() || plan->live_digest != fingerprint) fail("the plan is not the empty one");
  });
  print_row("diff and plan", seconds, resident_mb() - before, "every email hashed once", pass);
  print_row("  of it: live digest", digest_seconds, 0, "every email hashed once", pass);
}

void bench_whole(const fs::path& project) {
  double mb = 0;
  const double seconds = seconds_of([&] {
    Child plan({CIPHERFORM_BINARY, "-C", project.string(), "plan"});
    std::string line;
    std::string last;
    while (!(line = plan.line()).empty()) last += line;
    mb = plan.finish();
    if (last.find("No changes.") == std::string::npos) fail("the whole plan said: " + last);
  });
  fmt::print("  {:<22} {:>9.3f} s {:>8.0f} MB   (process, peak memory)\n", "whole no-change plan", seconds, mb);
}

void bench(std::uint64_t users) {
  fmt::print("{} users\n", users);
  const fs::path project = fs::temp_directory_path() / fmt::format("cipherform-bench-{}", ::getpid());
  fs::create_directory(project);
  Child sandbox({CIPHERFORM_BINARY, "sandbox", "--port", "0", "--users", std::to_string(users)});
  const std::string hello = sandbox.line();
  const auto at = hello.find("http://");
  if (at == std::string::npos) fail("the sandbox said: " + hello);
  const std::string url = hello.substr(at, hello.find(' ', at) - at);
  {
    auto transport = connect(to_sandbox(url));
    if (!transport) fail(to_string(transport.error()));
    const auto clock = system_clock();
    LiveState live;
    bench_listing(**transport, *clock, live);
    const auto files = write_declaration(project, url, live);
    const DesiredState desired = bench_parse(project, files);
    bench_plan(desired, live);
  }
  bench_whole(project);
  fs::remove_all(project);
}

}  // namespace
}  // namespace cipherform

int main(int argc, char** argv) {
  ::setenv("CIPHERFORM_API_KEY", "sandbox", 1);  // before any thread
  std::vector<std::uint64_t> sizes;
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    std::uint64_t size = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), size).ec != std::errc{} || size == 0) {
      fmt::print(stderr, "usage: bench [USERS...]\n");
      return EXIT_FAILURE;
    }
    sizes.push_back(size);
  }
  if (sizes.empty()) sizes = {10'000, 100'000, 1'000'000};
  for (const std::uint64_t size : sizes) cipherform::bench(size);
  return EXIT_SUCCESS;
}
