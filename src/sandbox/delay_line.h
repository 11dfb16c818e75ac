// Holds answers back for a fixed time on a thread of its own, so that latency does not
// cost the server its pool threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cipherform::sandbox {

class DelayLine {
 public:
  explicit DelayLine(std::chrono::milliseconds delay);
  /// Delivers what still waits.
  ~DelayLine();
  DelayLine(const DelayLine&) = delete;
  DelayLine& operator=(const DelayLine&) = delete;

  /// Calls `deliver` after the delay, in the order of send(); at once after flush().
  void send(std::function<void()> deliver);
  /// Delivers everything that waits, and from now on without a delay.
  void flush();

 private:
  struct Waiting {
    std::chrono::steady_clock::time_point due;
    std::function<void()> deliver;
  };
  void run();

  const std::chrono::milliseconds delay_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  bool flushed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cipherform::sandbox
