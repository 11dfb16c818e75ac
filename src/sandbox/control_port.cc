#include "sandbox/control_port.h"

#include <utility>

#include "sandbox/wire_http.h"

namespace cipherform::sandbox {
namespace {

WireAnswer refuse(unsigned status, std::string message) {
  return to_wire(refusal_answer({status, {std::move(message)}}));
}

WireAnswer answer_of(unsigned status, std::string body = {}) {
  ApiAnswer answer;
  answer.status = status;
  answer.body = std::move(body);
  return to_wire(std::move(answer));
}

}  // namespace

ControlPort::ControlPort(TenantFront& front, Socket listener)
    : front_(front), server_(std::move(listener), [this](const Connection& connection) { serve(connection); }) {}

void ControlPort::serve(const Connection& connection) {
  std::string unread;
  while (const auto request = read_request(connection, unread)) {
    if (!*request) {
      connection.send(bytes_of(to_wire(refusal_answer(request->error()))));
      return;
    }
    if (!connection.send(bytes_of(answer(**request))) || (*request)->close) return;
  }
}

WireAnswer ControlPort::answer(const WireRequest& request) {
  const bool statistics = request.path == "/statistics";
  if (!statistics && request.path != "/fault-plan") return refuse(404, "there are /fault-plan and /statistics");
  if (statistics && request.method == "GET") return answer_of(200, front_.statistics());
  if (!statistics && request.method == "PUT") return put_plan(request);
  if (!statistics && request.method == "DELETE") {
    front_.faults().put({});
    return answer_of(204);
  }
  WireAnswer wrong = refuse(405, "that method does nothing here");
  wrong.headers.emplace_back("Allow", statistics ? "GET" : "PUT, DELETE");
  return wrong;
}

WireAnswer ControlPort::put_plan(const WireRequest& request) {
  auto plan = parse_fault_plan(request.body);
  if (!plan) return refuse(400, to_string(plan.error()));
  front_.faults().put(*std::move(plan));
  return answer_of(204);
}

}  // namespace cipherform::sandbox
