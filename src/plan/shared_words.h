// Groups and people of two tenants under names that both share: the declaration's words. What
// it has no word for keeps the tenant's own spelling and is never taken for anything else.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cipherform/diff.h"

namespace cipherform::plan {

/// Whose word it is. Two names are one only if they are of one kind.
enum class Wording : std::uint8_t { declared, first_own, second_own };

inline Wording own_of(Side side) { return side == Side::first ? Wording::first_own : Wording::second_own; }

struct Word {
  std::string_view text;
  Wording wording{};
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 of a generated comparison for a pointer
  friend auto operator<=>(const Word&, const Word&) = default;
};

/// What the declaration calls a group of the tenant: by its pinned id, else by its name.
Word group_word(const TenantView& view, Side side, const LiveGroup& group);

/// The groups of both, in the order of their words.
class GroupWords {
 public:
  GroupWords(const TenantView& first, const TenantView& second);

  const std::vector<Word>& all() const { return words_; }
  /// For each live group its index in all().
  const std::vector<std::uint32_t>& of(Side side) const { return of_[static_cast<std::size_t>(side)]; }

 private:
  std::vector<Word> words_;
  std::array<std::vector<std::uint32_t>, 2> of_;
};

/// A live user under the word that people are compared by: the key of the declared email.
struct PersonWord {
  Word key;
  std::uint32_t user = 0;  ///< indexes LiveState::users
};

/// The people of one tenant by word; those without an email are not among them.
class PeopleWords {
 public:
  PeopleWords(const TenantView& view, Side side);
  const std::vector<PersonWord>& sorted() const { return people_; }

 private:
  std::vector<PersonWord> people_;
  StringArena keys_;  ///< those that are not the live emails themselves
};

}  // namespace cipherform::plan
