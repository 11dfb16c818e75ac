#include "cli/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "cli/exit_code.h"

namespace cipherform::cli {
namespace {

/// SIGUSR1 is how the destructor wakes the listening thread.
sigset_t watched() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);
  return signals;
}

}  // namespace

SignalInterruption::SignalInterruption() : event_(::eventfd(0, EFD_CLOEXEC)) {
  const sigset_t signals = watched();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { listen(); });
}

SignalInterruption::~SignalInterruption() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
  const sigset_t signals = watched();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  ::close(event_);
}

void SignalInterruption::on_request(const void* key, std::function<void()> call) {
  const std::scoped_lock lock(mutex_);
  if (!call) {
    calls_.erase(key);
    return;
  }
  const auto& kept = calls_.insert_or_assign(key, std::move(call)).first->second;
  if (requested_) kept();
}

void SignalInterruption::listen() {
  const sigset_t signals = watched();
  while (true) {
    int signal = 0;
    sigwait(&signals, &signal);
    if (ending_) return;
    if (signal == SIGUSR1) continue;
    if (requested_.exchange(true)) _exit(static_cast<int>(ExitCode::interrupted));
    ::eventfd_write(event_, 1);
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, call] : calls_) call();
  }
}

}  // namespace cipherform::cli
