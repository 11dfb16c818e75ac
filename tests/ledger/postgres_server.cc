#include "postgres_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

namespace cipherform::fakes {
namespace {

/// The starter ends its server when its input ends: here, or with the program.
class Server {
 public:
  Server() {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    std::string program = "/usr/bin/python3";
    std::string script = CIPHERFORM_SOURCE_DIR "/tests/e2e/postgres.py";
    std::array<char*, 3> arguments{program.data(), script.data(), nullptr};
    if (::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments.data(), environ) != 0) process_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    char c = 0;
    while (::read(output[0], &c, 1) == 1 && c != '\n') url_ += c;
    if (c != '\n') url_.clear();
    ::close(output[0]);
  }
  ~Server() {
    ::close(input_);
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  const std::string& url() const { return url_; }

 private:
  pid_t process_ = -1;
  int input_ = -1;
  std::string url_;
};

}  // namespace

const std::string& postgres_url() {
  static const Server server;
  EXPECT_FALSE(server.url().empty()) << "PostgreSQL did not start: see above, and scripts/setup test";
  return server.url();
}

}  // namespace cipherform::fakes
