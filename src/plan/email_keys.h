// Email keys of live users, without an allocation where the API spells them in lower case.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "cipherform/model.h"

namespace cipherform::plan {

class EmailKeys {
 public:
  /// email_key(email); valid until the next call, or as long as `email`.
  std::string_view of(std::string_view email) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (std::none_of(email.begin(), email.end(), is_upper)) return email;
    lowered_ = email_key(email);
    return lowered_;
  }

 private:
  std::string lowered_;
};

}  // namespace cipherform::plan
