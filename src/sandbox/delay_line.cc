// What is due at the same time stays in order of arrival: a multimap keeps it.
#include "sandbox/delay_line.h"

#include <utility>

namespace cipherform::sandbox {

DelayLine::DelayLine() : thread_([this] { run(); }) {}

DelayLine::~DelayLine() {
  {
    const std::scoped_lock lock(mutex_);
    flushed_ = true;
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void DelayLine::send(std::chrono::milliseconds delay, std::function<void()> deliver) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.emplace(std::chrono::steady_clock::now() + delay, std::move(deliver));
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
    const auto due = waiting_.begin()->first;
    if (!flushed_ && std::chrono::steady_clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    const std::function<void()> deliver = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    lock.unlock();
    deliver();
    lock.lock();
  }
}

}  // namespace cipherform::sandbox
