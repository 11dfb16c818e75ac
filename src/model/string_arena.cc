// Strings that live as long as their arena, in chunks that never move.
#include <algorithm>
#include <cstring>
#include <utility>

#include "cipherform/model.h"

namespace cipherform {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

}  // namespace

StringArena::StringArena(StringArena&& other) noexcept
    : chunks_(std::move(other.chunks_)),
      next_(std::exchange(other.next_, nullptr)),
      left_(std::exchange(other.left_, 0)),
      bytes_(std::exchange(other.bytes_, 0)) {
  other.chunks_.clear();
}

StringArena& StringArena::operator=(StringArena&& other) noexcept {
  chunks_ = std::exchange(other.chunks_, {});
  next_ = std::exchange(other.next_, nullptr);
  left_ = std::exchange(other.left_, 0);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

std::string_view StringArena::store(std::string_view text) {
  if (text.empty()) return {};
  if (text.size() > left_) {
    const std::size_t size = std::max(kChunk, text.size());
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = chunks_.back().get();
    left_ = size;
    bytes_ += size;
  }
  char* const place = next_;
  std::memcpy(place, text.data(), text.size());
  next_ += text.size();
  left_ -= text.size();
  return {place, text.size()};
}

void StringArena::absorb(StringArena&& other) {
  for (auto& chunk : other.chunks_) chunks_.push_back(std::move(chunk));
  bytes_ += other.bytes_;
  other.chunks_.clear();
  other.next_ = nullptr;
  other.left_ = 0;
  other.bytes_ = 0;
}

}  // namespace cipherform
