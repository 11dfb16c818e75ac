// The URL of a ledger in PostgreSQL, as far as it must be understood without
// PostgreSQL's library: is it one, and does it hold a password?
#pragma once

#include <string>
#include <string_view>

namespace cipherform {

/// What is wrong with `url`, or nothing. Stricter than libpq, so that no part of a
/// password can be taken for a host, and come back in an error. Repeats no part of `url`.
std::string_view ledger_url_problem(std::string_view url);

/// Whether a password (of the user, or of a TLS key) stands in `url`, which has no problem.
bool ledger_url_has_password(std::string_view url);

/// `message` without the URL that somebody gave where none is due: up to its closing quote,
/// or whole.
std::string without_ledger_url(std::string message);

}  // namespace cipherform
