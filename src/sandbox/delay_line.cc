// The delay is the same for all, so a queue in order of arrival is in order of dueness.
#include "sandbox/delay_line.h"

#include <utility>

namespace cipherform::sandbox {

DelayLine::DelayLine(std::chrono::milliseconds delay) : delay_(delay), thread_([this] { run(); }) {}

DelayLine::~DelayLine() {
  {
    const std::scoped_lock lock(mutex_);
    flushed_ = true;
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void DelayLine::send(std::function<void()> deliver) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back({std::chrono::steady_clock::now() + delay_, std::move(deliver)});
  }
  changed_.notify_one();
}

void DelayLine::flush() {
  {
    const std::scoped_lock lock(mutex_);
    flushed_ = true;
  }
  changed_.notify_one();
}

void DelayLine::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (waiting_.empty()) {
      if (stopping_) return;
      changed_.wait(lock);
      continue;
    }
    const auto due = waiting_.front().due;
    if (!flushed_ && std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    const std::function<void()> deliver = std::move(waiting_.front().deliver);
    waiting_.pop_front();
    lock.unlock();
    deliver();
    lock.lock();
  }
}

}  // namespace cipherform::sandbox
