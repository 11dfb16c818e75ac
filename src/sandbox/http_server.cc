// The only file that includes http_listener (cpprestsdk 2.10.18). What is known of it:
// - Its pool has 40 threads unless it is told otherwise before first use.
// - Handlers run on the pool and may outlive a listener's close(), so everything that
//   they touch is shared with them.
// - When the last listener of a process closes, the server behind it stays, and the
//   next start would bind all its old ports again: it is retired (see retire_server).
// - Closing a listener while another is open leaves the first one's port bound,
//   answering 404, until the last is closed.
#include "sandbox/http_server.h"

#include <cpprest/details/http_server.h>
#include <cpprest/details/http_server_api.h>
#include <cpprest/http_listener.h>
#include <pplx/threadpool.h>

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "sandbox/delay_line.h"
#include "sandbox/loopback.h"
#include "sandbox/request_bodies.h"

namespace cipherform::sandbox {
namespace {

namespace http = web::http;
using http::experimental::details::http_server_api;
using http::experimental::listener::http_listener;

constexpr std::size_t kPoolThreads = 2;
constexpr int kPortAttempts = 20;
constexpr std::size_t kBodyPiece = std::size_t{64} << 10;

/// The pool can be sized once a process, by whoever is first (the client too sizes it).
void size_pool() {
  static std::once_flag once;
  std::call_once(once, [] {
    try {
      crossplat::threadpool::initialize_with_threads(kPoolThreads);
    } catch (const std::exception&) {
      return;  // it runs already, and cannot be changed
    }
  });
}

/// Takes a stopped server out of use, so that the next listener gets a fresh one. It is
/// kept, not destroyed: its last handlers may still be returning.
void retire_server() {
  static std::mutex mutex;
  static std::vector<std::unique_ptr<http::experimental::details::http_server>> retired;
  const std::scoped_lock lock(mutex);
  auto* const server = http_server_api::server_api();
  if (server == nullptr || http_server_api::has_listener()) return;
  try {
    http_server_api::unregister_server_api();
    retired.emplace_back(server);
  } catch (const http::http_exception&) {
    return;  // another listener was opened meanwhile: the server is in use
  }
}

http::http_response to_response(ApiAnswer answer, bool close) {
  http::http_response response(static_cast<http::status_code>(answer.status));
  if (!answer.body.empty()) response.set_body(std::move(answer.body), "application/json; charset=utf-8");
  if (answer.retry_after) response.headers().add("Retry-After", std::to_string(answer.retry_after->count()));
  if (!answer.allow.empty()) response.headers().add("Allow", answer.allow);
  if (close) response.headers().add("Connection", "close");
  return response;
}

bool has_body(const http::http_request& request) {
  const auto& headers = request.headers();
  return headers.has("Transfer-Encoding") || (headers.has("Content-Length") && headers.content_length() > 0);
}

}  // namespace

/// What handlers share with the server, and may hold for longer than it lives.
struct HttpServer::Service {
  Service(TenantApi& served, DelayLine* line, std::chrono::milliseconds delay)
      : api(served), delays(line), latency(delay) {}

  /// Every send() is one begin() and one end().
  void begin() {
    const std::scoped_lock lock(mutex);
    ++in_flight;
  }
  void end() {
    const std::scoped_lock lock(mutex);
    --in_flight;
    changed.notify_all();
  }

  /// The API's answer, or 503 once the server is stopping: then `api` may be gone.
  ApiAnswer ask(const ApiRequest& request) {
    {
      const std::scoped_lock lock(mutex);
      if (stopping) return refusal_answer({503, {"the sandbox is stopping"}});
      ++asking;
    }
    ApiAnswer answer = answer_or_fail(request);
    const std::scoped_lock lock(mutex);
    --asking;
    changed.notify_all();
    return answer;
  }

  /// Sends by the delay line, while there is one.
  void after_latency(std::function<void()> send) {
    {
      const std::scoped_lock lock(mutex);
      if (delays != nullptr) {
        delays->send(latency, std::move(send));
        return;
      }
    }
    send();
  }

  bool is_stopping() {
    const std::scoped_lock lock(mutex);
    return stopping;
  }

  /// From here on nothing new is asked and nothing is delayed; what is in flight is
  /// waited for, but not for ever: a client may not read its answer.
  void drain() {
    std::unique_lock lock(mutex);
    stopping = true;
    if (DelayLine* const line = std::exchange(delays, nullptr)) {
      lock.unlock();
      line->flush();
      lock.lock();
    }
    changed.wait_for(lock, kLongestDrain, [&] { return in_flight == 0; });
    changed.wait(lock, [&] { return asking == 0; });
  }

 private:
  ApiAnswer answer_or_fail(const ApiRequest& request) {
    try {
      return api.answer(request);
    } catch (const std::exception& failure) {  // memory, most likely; the connection still needs an answer
      return refusal_answer({500, {failure.what()}});
    }
  }

  TenantApi& api;
  std::mutex mutex;
  std::condition_variable changed;
  DelayLine* delays;
  const std::chrono::milliseconds latency;
  std::size_t in_flight = 0;  ///< received whole and not yet answered
  std::size_t asking = 0;     ///< inside `api`
  bool stopping = false;
};

/// One request on its way to its answer. Kept alive by the continuation that is next.
struct HttpServer::Exchange : std::enable_shared_from_this<HttpServer::Exchange> {
  Exchange(std::shared_ptr<Service> shared, const http::http_request& received)
      : service(std::move(shared)), request(received) {}

  void read_body() {
    piece.resize(kBodyPiece);
    request.body()
        .streambuf()
        .getn(piece.data(), piece.size())
        .then([self = shared_from_this()](const pplx::task<size_t>& read) { self->take_piece(read); });
  }

  /// A body that is too long is read to its end, because the library answers only then,
  /// but it is not kept.
  void take_piece(const pplx::task<size_t>& read) {
    std::size_t size = 0;
    try {
      size = read.get();
    } catch (const std::exception&) {  // the client is gone, or the body is malformed
      service->begin();
      send(refusal_answer({400, {"the body could not be read"}}));
      return;
    }
    if (size == 0) {
      answer();
      return;
    }
    too_long = too_long || body.size() + size > kMaxBodyBytes;
    if (!too_long) body.append(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
    read_body();
  }

  void answer() {
    service->begin();
    const auto& headers = request.headers();
    const auto key = headers.find("apikey");
    ApiAnswer result =
        service->ask({.method = request.method(),
                      .path = request.request_uri().path(),
                      .query = request.request_uri().query(),
                      .api_key = key == headers.end() ? std::string_view() : std::string_view(key->second),
                      .body = body,
                      .body_too_long = too_long});
    service->after_latency([self = shared_from_this(), kept = std::make_shared<ApiAnswer>(std::move(result))] {
      self->send(std::move(*kept));
    });
  }

  void send(ApiAnswer result) {
    if (request.method() == http::methods::HEAD) result.body.clear();
    try {
      request.reply(to_response(std::move(result), service->is_stopping()))
          .then([self = shared_from_this()](const pplx::task<void>& written) { self->finish(written); });
    } catch (const http::http_exception&) {  // the connection was closed, and answered, under us
      service->end();
    }
  }

  void finish(const pplx::task<void>& written) {
    try {
      written.get();
    } catch (const std::exception&) {
      // The client went away before its answer. Nobody is left to tell.
    }
    service->end();
  }

  std::shared_ptr<Service> service;
  http::http_request request;
  std::vector<std::uint8_t> piece;
  std::string body;
  bool too_long = false;
};

struct HttpServer::Listener {
  explicit Listener(const std::string& origin) : http(web::uri(origin + '/')) {}
  http_listener http;
};

HttpServer::HttpServer(TenantApi& api, std::chrono::milliseconds latency)
    : delays_(latency.count() > 0 ? std::make_unique<DelayLine>() : nullptr),
      service_(std::make_shared<Service>(api, delays_.get(), latency)) {}

HttpServer::~HttpServer() {
  service_->drain();
  if (!listener_) return;
  try {
    listener_->http.close().wait();
  } catch (const std::exception&) {
    // It was not open any more, which is what was wanted.
  }
  listener_.reset();
  retire_server();
}

Result<void> HttpServer::listen(const std::string& address, std::uint16_t port) {
  size_pool();
  std::string why;
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    const auto free_port = find_free_port(address, port);
    if (!free_port) return tl::unexpected(free_port.error());
    origin_ = "http://" + address + ':' + std::to_string(*free_port);
    auto listener = std::make_unique<Listener>(origin_);
    listener->http.support([service = service_](const http::http_request& request) {
      const auto exchange = std::make_shared<Exchange>(service, request);
      if (has_body(request)) {
        exchange->read_body();
      } else {
        exchange->answer();
      }
    });
    try {
      listener->http.open().wait();
      listener_ = std::move(listener);
      return {};
    } catch (const std::exception& failure) {  // somebody was quicker to bind the port
      why = failure.what();
    }
  }
  return tl::unexpected(Error{ErrorKind::usage, "no port on " + address + " can be listened on: " + why, {}, {}});
}

}  // namespace cipherform::sandbox
