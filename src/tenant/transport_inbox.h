// Where the library's threads leave what the transport's own thread picks up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace cipherform {

/// Many threads put in, one takes out. `Item` is what is delivered.
template <class Item>
class TransportInbox {
 public:
  struct Mail {
    std::vector<std::unique_ptr<Item>> items;
    bool woken = false;        ///< wake() was called
    bool alarmed = false;      ///< alarm() was called
    std::size_t departed = 0;  ///< how often depart() was called
  };

  /// At most `capacity` items are out at once, so that deliver() never allocates.
  explicit TransportInbox(std::size_t capacity) : capacity_(capacity) { mail_.items.reserve(capacity); }

  void deliver(std::unique_ptr<Item> item) noexcept {
    const std::lock_guard lock(mutex_);
    mail_.items.push_back(std::move(item));
    changed_.notify_all();
  }
  void wake() noexcept { set(mail_.woken); }
  void alarm() noexcept { set(mail_.alarmed); }
  void depart() noexcept {
    const std::lock_guard lock(mutex_);
    ++mail_.departed;
    changed_.notify_all();
  }

  /// Everything there is, without waiting.
  Mail take() {
    Mail taken;
    taken.items.reserve(capacity_);
    const std::lock_guard lock(mutex_);
    std::swap(taken, mail_);
    return taken;
  }
  /// Returns when there is something to take, or `until` has passed.
  void wait(std::optional<std::chrono::steady_clock::time_point> until) {
    std::unique_lock lock(mutex_);
    const auto something = [this] {
      return !mail_.items.empty() || mail_.woken || mail_.alarmed || mail_.departed > 0;
    };
    if (until) {
      changed_.wait_until(lock, *until, something);
    } else {
      changed_.wait(lock, something);
    }
  }

 private:
  void set(bool& flag) noexcept {
    const std::lock_guard lock(mutex_);
    flag = true;
    changed_.notify_all();
  }

  std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Mail mail_;
};

}  // namespace cipherform
