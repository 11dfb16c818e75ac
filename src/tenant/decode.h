// The API's pages as columns. What is decoded are views: into the answer's body or the
// decoder, valid until the decoder is used again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"

namespace cipherform {

/// What a page says about itself. All of it is optional, and none of it is believed alone.
struct PageFacts {
  std::optional<std::uint64_t> total;  ///< rows over all pages
  std::optional<bool> has_next;
};

/// What every listed thing has: its identity, and what the list's order may hang on.
struct RowKey {
  std::string_view id;
  std::string_view created_at;  ///< empty where there is none
  std::string_view updated_at;  ///< empty where there is none
};

struct GroupMention {
  std::string_view id;
  std::string_view name;  ///< empty where there is none
};

struct UserPage {
  struct User {
    std::string_view email;  ///< empty where there is none
    std::string_view status;
    bool is_owner = false;
    std::uint32_t first_group = 0;  ///< indexes `groups`
    std::uint32_t group_count = 0;
  };
  PageFacts facts;
  std::vector<RowKey> keys;  ///< of users[0], users[1], …
  std::vector<User> users;
  std::vector<GroupMention> groups;
};

struct GroupPage {
  struct Group {
    std::string_view name;
    bool privileged = false;
    bool identity_managed = false;
  };
  PageFacts facts;
  std::vector<RowKey> keys;
  std::vector<Group> groups;
};

/// Decodes pages, one at a time, reusing its memory.
class PageDecoder {
 public:
  PageDecoder();
  ~PageDecoder();
  PageDecoder(const PageDecoder&) = delete;
  PageDecoder& operator=(const PageDecoder&) = delete;

  /// `body` may be grown by a few bytes of padding. Errors are ErrorKind::answer, name
  /// the path in the answer, and have no `where`.
  Result<const UserPage*> users(std::string& body);
  Result<const GroupPage*> groups(std::string& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cipherform
