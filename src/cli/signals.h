// Ctrl-C and SIGTERM as a request to stop, told to the loops by a thread of its own:
// a signal handler may do almost nothing, a thread in sigwait may do anything.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "cipherform/tenant.h"

namespace cipherform::cli {

/// From construction to destruction SIGINT and SIGTERM do not end the process: the
/// first sets requested() and calls all that on_request() was given, the second ends the
/// process at once with exit code 130. Construct it before other threads start, so
/// that they inherit the blocked signals.
class SignalInterruption final : public Interruption {
 public:
  SignalInterruption();
  ~SignalInterruption() override;
  SignalInterruption(const SignalInterruption&) = delete;
  SignalInterruption& operator=(const SignalInterruption&) = delete;

  bool requested() const noexcept override { return requested_.load(); }
  /// A descriptor that becomes readable with the request, for poll().
  int descriptor() const noexcept { return event_; }
  /// Called from the signal's thread; replaces what was given before under the same `key`. An
  /// empty function takes it away.
  void on_request(const void* key, std::function<void()> call);

 private:
  void listen();

  std::atomic<bool> requested_ = false;
  std::atomic<bool> ending_ = false;
  int event_;
  std::mutex mutex_;
  std::map<const void*, std::function<void()>> calls_;
  std::thread thread_;
};

/// While it lives, a request to stop wakes whoever waits at the transport. It must end before
/// the transport does: the signal's thread may call at any time.
class WakeOnRequest {
 public:
  WakeOnRequest(SignalInterruption& interruption, Transport& transport) : interruption_(interruption) {
    interruption_.on_request(this, [&transport] { transport.wake(); });
  }
  ~WakeOnRequest() { interruption_.on_request(this, {}); }
  WakeOnRequest(const WakeOnRequest&) = delete;
  WakeOnRequest& operator=(const WakeOnRequest&) = delete;

 private:
  SignalInterruption& interruption_;
};

}  // namespace cipherform::cli
