// Does things later on a thread of its own: answers are held back without costing the
// server its pool threads, and changes are executed when their client has long gone.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace cipherform::sandbox {

class DelayLine {
 public:
  DelayLine();
  /// Delivers what still waits.
  ~DelayLine();
  DelayLine(const DelayLine&) = delete;
  DelayLine& operator=(const DelayLine&) = delete;

  /// Calls `deliver` after `delay`, equal delays in the order of send(); at once after flush().
  void send(std::chrono::milliseconds delay, std::function<void()> deliver);
  /// Delivers everything that waits, and from now on without a delay.
  void flush();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> waiting_;  ///< by when they are due
  bool flushed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cipherform::sandbox
