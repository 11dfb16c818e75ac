// A request meets at most one fault. The order is always: execute, wait, answer.
#include "sandbox/tenant_front.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sandbox/answer_shape.h"

namespace cipherform::sandbox {
namespace {

constexpr std::string_view kHtml =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1></body></html>\n";

using WholeSecond = std::chrono::sys_seconds;

/// When a wait that begins at `now` is over, as a date can say it.
WholeSecond end_of(std::chrono::seconds wait, Time now) { return std::chrono::ceil<std::chrono::seconds>(now + wait); }

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(WholeSecond time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void set_header(WireAnswer& answer, const std::string& name, std::string value) {
  std::erase_if(answer.headers, [&](const auto& header) { return header.first == name; });
  answer.headers.emplace_back(name, std::move(value));
}

/// What Content-Length says of a body of `size` bytes.
std::string length_of(std::size_t size, Length length) {
  switch (length) {
    case Length::right:
      return std::to_string(size);
    case Length::longer:
      return std::to_string(size + 10);
    case Length::shorter:
      return std::to_string(size / 2);
    case Length::malformed:
      return "many";
  }
  return {};
}

bool send_slowly(const Connection& connection, std::string_view bytes, std::chrono::milliseconds drip) {
  if (drip.count() == 0) return connection.send(bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (!connection.send(bytes.substr(at, 1))) return false;
    connection.pause(drip);
  }
  return true;
}

/// The answer that the fault makes of the API's.
WireAnswer worsened(ApiAnswer answer, const Fault& fault, Time now) {
  answer.body = reshaped(std::move(answer.body), fault.shape);
  if (fault.status) answer = refusal_answer({*fault.status, {"a fault of the sandbox's plan"}});
  if (fault.body) answer.body = *fault.body;
  answer.retry_after = fault.retry_after ? fault.retry_after : answer.retry_after;
  WireAnswer wire = to_wire(std::move(answer));
  if (fault.html) {
    wire.body = kHtml;
    set_header(wire, "Content-Type", "text/html; charset=utf-8");
  }
  if (fault.retry_after_as_date) set_header(wire, "Retry-After", http_date(end_of(*fault.retry_after, now)));
  for (const auto& [name, value] : fault.headers) set_header(wire, name, value);
  return wire;
}

}  // namespace

/// A request from when it has been read until it is answered, or not. It ends before the
/// answer leaves: a client that has its answer may send the next request at once.
class TenantFront::InFlight {
 public:
  InFlight(Statistics& statistics, std::string_view operation, std::uint64_t connection, Statistics::SteadyTime now)
      : statistics_(statistics) {
    statistics_.begin(operation, connection, now);
  }
  ~InFlight() { end(); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  void end() {
    if (!std::exchange(ended_, true)) statistics_.end();
  }

 private:
  Statistics& statistics_;
  bool ended_ = false;
};

TenantFront::TenantFront(TenantApi& api, Socket listener, std::chrono::milliseconds latency, Clocks clocks)
    : api_(api),
      latency_(latency),
      clocks_(std::move(clocks)),
      server_(std::move(listener), [this](const Connection& connection) { serve(connection); }) {}

void TenantFront::serve(const Connection& connection) {
  std::string unread;
  while (const auto request = read_request(connection, unread)) {
    if (!*request) {
      connection.send(bytes_of(to_wire(refusal_answer(request->error()))));
      return;
    }
    if (!exchange(connection, **request) || (*request)->close) return;
  }
}

bool TenantFront::exchange(const Connection& connection, const WireRequest& request) {
  const std::string_view operation = api_.operation(request.method, request.path);
  InFlight in_flight(statistics_, operation, connection.number(), clocks_.steady());
  if (const auto fault = faults_.choose(request.method, operation)) {
    return exchange_badly(connection, request, operation, *fault, in_flight);
  }
  ApiAnswer answer = execute(request, operation);
  connection.pause(latency_);
  note_answer(connection, answer.status, answer.retry_after);
  if (request.method == "HEAD") answer.body.clear();
  in_flight.end();
  return connection.send(bytes_of(to_wire(std::move(answer))));
}

bool TenantFront::exchange_badly(const Connection& connection, const WireRequest& request, std::string_view operation,
                                 const Fault& fault, InFlight& in_flight) {
  ApiAnswer executed = execute_as_told(connection, request, operation, fault);
  connection.pause(latency_ + fault.answer_after);
  const auto now = clocks_.now();
  std::optional<std::chrono::milliseconds> wait = fault.retry_after ? fault.retry_after : executed.retry_after;
  if (fault.retry_after_as_date) wait = end_of(*fault.retry_after, now) - now;
  const WireAnswer answer = worsened(std::move(executed), fault, now);
  if (fault.hang) {
    connection.wait_until_gone();
    return false;
  }
  if (fault.cut != Cut::before) note_answer(connection, answer.status, wait);
  in_flight.end();
  return deliver(connection, answer, fault);
}

ApiAnswer TenantFront::execute(const WireRequest& request, std::string_view operation) {
  const ApiRequest asked = api_request(request);
  ApiAnswer answer = api_.answer(asked);
  statistics_.executed(operation, asked, answer);
  return answer;
}

ApiAnswer TenantFront::execute_as_told(const Connection& connection, WireRequest request, std::string_view operation,
                                       const Fault& fault) {
  if (fault.only_first && operation == "create") request.body = first_users(request.body, *fault.only_first);
  if (!fault.execute) return {};
  if (fault.only_first && request.body.empty()) {
    ApiAnswer nobody;
    nobody.status = 201;
    nobody.body = "[]";
    return nobody;
  }
  if (fault.execute_after.count() > 0 && fault.answers_without_executing()) {
    later_.send(fault.execute_after, [this, request = std::move(request), operation] { execute(request, operation); });
    return {};
  }
  connection.pause(fault.execute_after);
  return execute(request, operation);
}

void TenantFront::note_answer(const Connection& connection, unsigned status,
                              std::optional<std::chrono::milliseconds> wait) {
  statistics_.answered(status);
  const auto now = clocks_.steady();
  if (wait) statistics_.announced(connection.number(), now, now + *wait);
}

bool deliver(const Connection& connection, const WireAnswer& answer, const Fault& fault) {
  if (fault.reset) connection.reset_when_closed();
  if (fault.cut == Cut::before) return false;
  if (fault.interim) {
    connection.send(fmt::format("HTTP/1.1 {} {}\r\n\r\n", *fault.interim, reason_of(*fault.interim)));
  }
  const std::string head = head_of(answer, length_of(answer.body.size(), fault.length));
  if (fault.cut == Cut::in_head) {
    send_slowly(connection, std::string_view(head).substr(0, head.size() / 2), fault.drip);
    return false;
  }
  const std::size_t size = fault.cut == Cut::in_body ? answer.body.size() / 2 : answer.body.size();
  const bool sent = send_slowly(connection, head + answer.body.substr(0, size), fault.drip);
  return sent && fault.cut == Cut::nowhere && fault.length != Length::longer;
}

}  // namespace cipherform::sandbox
