#include "cli/this_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cipherform::cli {
namespace {

/// What a child process says of its machine: 0 the same as ours, 1 another, 2 it could not be asked.
template <class Prepare>
int in_a_child(Prepare prepare) {
  const std::string ours = this_process().machine;
  const pid_t child = ::fork();
  if (child == 0) {
    if (!prepare()) ::_exit(2);
    const pid_t grandchild = ::fork();  // a new PID namespace is for children only
    if (grandchild == 0) ::_exit(this_process().machine == ours ? 0 : 1);
    int status = 0;
    ::waitpid(grandchild, &status, 0);
    ::_exit(WEXITSTATUS(status));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(ThisProcess, SaysWhoAndWhere) {
  const Holder holder = this_process();
  EXPECT_EQ(holder.pid, ::getpid());
  EXPECT_FALSE(holder.user.empty());
  EXPECT_FALSE(holder.host.empty());
  EXPECT_THAT(holder.machine, testing::MatchesRegex("[0-9a-f-]+ pid:\\[[0-9]+\\]"));
}

TEST(ThisProcess, AnotherOneOfThisMachineSaysTheSame) {
  EXPECT_EQ(in_a_child([] { return true; }), 0);
}

TEST(ThisProcess, OneInAnotherPidNamespaceIsOnAnotherMachine) {
  // Not everybody may make a namespace; who may not cannot be in another one either.
  EXPECT_NE(in_a_child([] { return ::unshare(CLONE_NEWPID) == 0; }), 0);
}

}  // namespace
}  // namespace cipherform::cli
