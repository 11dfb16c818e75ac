// Whether what came back is an answer, and whether its connection may carry another request.
//
// cpprestsdk is generous: it takes a Content-Length that is no number for 0 and reports 200 with an
// empty body, takes a 1xx for the final answer, and reads no body after a 204. So this is decided
// anew from the headers, and stricter than RFC 9112 section 6.3 asks for: what two readers could
// understand differently is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cipherform/tenant.h"

namespace cipherform {

/// The head of an answer, as far as it matters here, and how many bytes of body came with it.
struct ReceivedHead {
  int status = 0;
  std::optional<std::string> content_length;
  std::optional<std::string> transfer_encoding;
  std::optional<std::string> content_encoding;
  bool trailer = false;
  std::size_t body_bytes = 0;
};

/// What is wrong with the answer, if anything.
std::optional<TransportFailure> answer_problem(const ReceivedHead& head);
/// Whether the answer, which has no problem, surely ended where the connection's next answer will
/// begin: not where trailers or the body of a 204 may follow, or the connection's end was its end.
bool leaves_connection_usable(const ReceivedHead& head);

}  // namespace cipherform
