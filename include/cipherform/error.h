// What went wrong, in the words that a user needs: what failed, where, what may
// have changed on the server, and what to do next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace cipherform {

/// The class of a failure. It decides the exit code (see cli/exit_code.h) and
/// nothing else; the words are in Error itself.
enum class ErrorKind : std::uint8_t {
  usage,        ///< the command line or an environment variable is wrong
  file,         ///< a file could not be opened, read or written
  declaration,  ///< the YAML does not say something that can be planned
  credential,   ///< no key, an unreadable key, or a key that the API refuses (401, 403)
  transport,    ///< no answer: name resolution, connection, TLS, timeout, reset
  refused,      ///< the API answered with an error status
  answer,       ///< the API's answer is not what api-reference.md describes
  listing,      ///< the user list could not be read, or is not credible
  plan,         ///< no plan can be made (an unknown group, an ambiguous name)
  guardrail,    ///< refused by a guardrail, or blocked
  stale,        ///< a saved plan no longer fits the tenant
  locked,       ///< another apply holds the environment
  ledger,       ///< the durable record cannot be read or written
  interrupted,  ///< the user asked to stop
};

/// One failure. The strings are raw: whoever prints them escapes them for where
/// they go (a terminal, Markdown, HTML).
struct Error {
  ErrorKind kind{};
  std::string what;   ///< what failed, as a sentence without a final full stop
  std::string where;  ///< "file:line:column", or "GET /tenants/users"; may be empty
  std::string hint;   ///< what to do next; may be empty
  /// True where a request left and its answer is not known.
  bool server_may_have_changed = false;
};

template <class T>
using Result = tl::expected<T, Error>;

/// One finding about a declaration. Lines and columns are 1-based, columns count
/// bytes; line 0 means that the message is about the file as a whole.
struct Diagnostic {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;
  std::string hint;
};

/// "where: error: what (hint)", without a line break. Raw: not escaped.
std::string to_string(const Error& error);
/// "file:line:column: error: message (hint)". Raw: not escaped.
std::string to_string(const Diagnostic& diagnostic);

}  // namespace cipherform
