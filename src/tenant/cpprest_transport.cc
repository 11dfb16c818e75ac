// The only file that includes cpprestsdk's client. How it closes the library's traps:
//
// * The caller's thread owns everything; the library's threads only deliver an Exchange to the
//   inbox. An exchange is owned by the request object and the last continuation together, so it
//   comes home exactly when the library has let go of the request and its connection: nothing of
//   it is in flight any more, which makes "not sent" certain and draining possible.
// * A lane carries one request at a time and has a client, and so a connection pool, of its own.
//   It keeps the client only after a clean final answer: whatever may have been left on the
//   connection of a 1xx, a cut or a malformed answer is never taken for another request's answer.
// * Changes carry a body that cannot be rewound: the library repeats a request on its own where a
//   reused connection dies, unless it cannot read the body again. Reads may be repeated.
// * A connection that is reused is looked at first: one that the server has closed, or that holds
//   bytes nobody asked for, is given up before a byte is written, and the request starts again.
// * The last moment of a request is looked at before a connection is used or made for it, and,
//   where it has a body, again between its head and its body: without the body no server can
//   execute it. What has none has its whole self in its head, before which the library asks nobody.
// * Deadlines are for the whole request and kept in wait(); the library's own restarts at every byte.
#include "tenant/cpprest_transport.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier): the library's switch for its macro U(x), which breaks fmt's templates
#define _TURN_OFF_PLATFORM_STRING
#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>
#include <cpprest/producerconsumerstream.h>
#include <fmt/format.h>
#include <pplx/threadpool.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "tenant/hidden_key.h"
#include "tenant/transport_answer.h"
#include "tenant/transport_failure.h"
#include "tenant/transport_inbox.h"
#include "tenant/transport_tls_watch.h"

namespace cipherform {
namespace {

namespace http = web::http;
namespace streams = concurrency::streams;
using std::chrono::milliseconds;
using Bytes = std::vector<std::uint8_t>;

/// One thread: the library cancels, by hand or by its own timers, by closing the socket from whichever
/// thread it is on, and with two threads the other may be inside that socket (seen to crash on a flood
/// of TLS records). It is as fast as two, since the caller's thread does the rest of the work.
constexpr std::size_t kPoolThreads = 1;
constexpr milliseconds kCancelGrace{1000};        // the library lets go at once, except while it resolves a name
constexpr milliseconds kDrainTime{5000};          // then exchanges are left to the library's threads
constexpr std::size_t kBufferToKeep = 1U << 20U;  // a lane that once got a huge answer gives its memory back

/// Thrown into the library before it writes to a connection that cannot be used any more.
struct StaleConnection : std::runtime_error {
  StaleConnection() : std::runtime_error("stale connection") {}
};
/// Thrown into the library before it writes what may not leave any more.
struct TooLate : std::runtime_error {
  TooLate() : std::runtime_error("too late") {}
};
bool is_too_late(const std::optional<Instant>& not_after) { return not_after && system_clock()->has_come(*not_after); }

/// Thrown into the library to make it stop reading.
struct AnswerTooLong : std::runtime_error {
  AnswerTooLong() : std::runtime_error("answer too long") {}
};

/// One request on its way. The library's threads write it; the caller's thread reads it once it is home.
struct Exchange {
  Exchange(std::size_t lane_index, const HttpRequest& request, Bytes buffer)
      : lane(lane_index),
        body_bytes(request.body.size()),
        max_answer_bytes(request.max_answer_bytes),
        not_after(request.not_after),
        received(std::move(buffer), std::ios_base::out) {}

  const std::size_t lane;
  const std::size_t body_bytes;
  const std::size_t max_answer_bytes;
  const std::optional<Instant> not_after;
  std::atomic<bool> sent{false};  ///< every byte of the request was handed to the kernel
  streams::container_buffer<Bytes> received;

  std::optional<tl::expected<HttpAnswer, TransportFailure>> answer;  ///< where headers and body came
  bool reusable = false;  ///< the answer ended where the connection's next may begin
  bool stale = false;
  bool too_long = false;
  bool too_late = false;
  std::string message = "cpprestsdk dropped the request";
  int code = 0;
};
using Inbox = TransportInbox<Exchange>;

// ------------------------------------------------------------- one exchange

std::optional<std::string> header(const http::http_response& response, const char* name) {
  const auto found = response.headers().find(name);
  if (found == response.headers().end()) return std::nullopt;
  return found->second;
}

void judge(Exchange& exchange, const http::http_response& response) {
  const Bytes& body = exchange.received.collection();
  if (body.size() > exchange.max_answer_bytes) {
    exchange.too_long = true;
    return;
  }
  ReceivedHead head;
  head.status = response.status_code();
  head.content_length = header(response, "Content-Length");
  head.transfer_encoding = header(response, "Transfer-Encoding");
  head.content_encoding = header(response, "Content-Encoding");
  head.trailer = header(response, "Trailer").has_value();
  head.body_bytes = body.size();
  if (auto problem = answer_problem(head)) {
    exchange.answer = tl::unexpected(std::move(*problem));
    return;
  }
  exchange.reusable = leaves_connection_usable(head);
  exchange.answer = HttpAnswer{head.status, std::string(body.begin(), body.end()),
                               header(response, "Retry-After").value_or(""), header(response, "Date").value_or("")};
}

/// The last continuation of every request: observes what the library has thrown, or the process would end.
void settle(Exchange& exchange, const pplx::task<http::http_response>& ended) {
  try {
    judge(exchange, ended.get());
  } catch (const StaleConnection&) {
    exchange.stale = true;
  } catch (const TooLate&) {
    exchange.too_late = true;
  } catch (const AnswerTooLong&) {
    exchange.too_long = true;
  } catch (const http::http_exception& error) {
    exchange.message = error.what();
    exchange.code = error.error_code().value();
  } catch (const std::exception& error) {
    exchange.message = error.what();
  }
}

// ------------------------------------------------------------- the library

/// Once in a process, and before anything else uses the library: later it throws.
void start_pool() {
  static std::once_flag once;
  std::call_once(once, [] {
    try {
      crossplat::threadpool::initialize_with_threads(kPoolThreads);
    } catch (const std::exception&) {
      // A sandbox in this process was first, and its pool is ours as well.
      return;
    }
  });
}

/// From the library's thread, where nothing else is inside the connection that this closes.
void cancel(const pplx::cancellation_token_source& source) {
  // Held by a pointer whose count clang's analyzer can follow; of the library's own it
  // believes that the first copy to go frees what the others use.
  const auto held = std::make_shared<const pplx::cancellation_token_source>(source);
  pplx::create_task([held] { held->cancel(); });
}

/// Whether an open connection has nothing to read: no end, no error, no bytes.
bool is_quiet(int descriptor) {
  char byte = 0;
  return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/// The library calls this with the socket before each request; a new one is not open yet.
void check_connection(void* handle, bool tls, const std::optional<Instant>& not_after) {
  if (is_too_late(not_after)) throw TooLate();
  using Socket = boost::asio::ip::tcp::socket;
  Socket& socket =
      tls ? static_cast<boost::asio::ssl::stream<Socket&>*>(handle)->next_layer() : *static_cast<Socket*>(handle);
  if (socket.is_open() && !is_quiet(socket.native_handle())) throw StaleConnection();
}

streams::istream unseekable(const std::string& body) {
  streams::producer_consumer_buffer<std::uint8_t> buffer;
  if (!body.empty()) {
    const Bytes bytes(body.begin(), body.end());
    buffer.putn_nocopy(bytes.data(), bytes.size()).get();  // copies at once
  }
  buffer.close(std::ios_base::out).get();
  return buffer.create_istream();
}

const http::method& method_name(Method method) {
  switch (method) {
    case Method::get:
      return http::methods::GET;
    case Method::post:
      return http::methods::POST;
    case Method::del:
      return http::methods::DEL;
  }
  return http::methods::GET;
}

}  // namespace

// ------------------------------------------------------------ the transport

namespace {

class CpprestTransport final : public Transport {
 public:
  explicit CpprestTransport(CpprestSettings settings);
  ~CpprestTransport() override;
  CpprestTransport(const CpprestTransport&) = delete;
  CpprestTransport& operator=(const CpprestTransport&) = delete;

  void start(std::uint64_t ticket, HttpRequest request) override;
  std::optional<Completion> wait(std::optional<SteadyTime> until) override;
  void wake() noexcept override { inbox_->wake(); }

 private:
  using Answered = tl::expected<HttpAnswer, TransportFailure>;
  struct Started {
    std::uint64_t ticket = 0;
    HttpRequest request;
    SteadyTime deadline;
  };
  struct Lane {
    std::unique_ptr<http::client::http_client> client;
    std::shared_ptr<TlsWatch> watch;
    std::shared_ptr<std::optional<Instant>> not_after;  ///< of the request that the lane carries
    milliseconds client_timeout{};
    SteadyTime last_used;
    Bytes buffer;
    std::optional<Started> current;
    pplx::cancellation_token_source cancellation;
    bool timed_out = false;
    bool too_long = false;
    bool completed = false;  ///< its completion is out, though the library still holds the request
  };

  void fill_lanes();
  void send(std::size_t index);
  http::http_request to_message(const HttpRequest& request, const std::shared_ptr<Exchange>& exchange) const;
  std::unique_ptr<http::client::http_client> make_client(const Lane& lane);
  void receive(std::unique_ptr<Exchange> exchange);
  Answered outcome(Exchange& exchange, const Lane& lane) const;
  /// Without the key: the server, or a proxy, may have echoed it.
  Answered hidden(Answered outcome) const;
  void stop_flooded_lanes();
  void expire(SteadyTime now);
  void expire_queue(SteadyTime now);
  std::optional<SteadyTime> next_deadline() const;

  const CpprestSettings settings_;
  const PeerName peer_;
  const std::string origin_;
  const std::shared_ptr<Inbox> inbox_;  // shared with what the library may still hold after we are gone
  std::vector<Lane> lanes_;
  std::vector<std::size_t> free_lanes_;  // the last used on top: the others age out
  std::deque<Started> queue_;
  SteadyTime queue_deadline_ = SteadyTime::max();  // no later than the first in the queue
  std::deque<Completion> ready_;
  std::size_t clients_ = 0;  // whose connections the library may still hold
};

PeerName peer_of(const CpprestSettings& settings) {
  PeerName peer{address(settings.base), std::nullopt, settings.base.loopback};
  if (settings.proxy) peer.proxy = fmt::format("{}:{}", settings.proxy->host, settings.proxy->port);
  return peer;
}

std::string origin_of(const BaseUrl& base) {
  const bool usual = base.port == (base.https ? 443 : 80);
  return (base.https ? "https://" : "http://") + (usual ? base.host : address(base));
}

CpprestTransport::CpprestTransport(CpprestSettings settings)
    : settings_(std::move(settings)),
      peer_(peer_of(settings_)),
      origin_(origin_of(settings_.base)),
      inbox_(std::make_shared<Inbox>(settings_.lanes)),
      lanes_(settings_.lanes) {
  start_pool();
  for (std::size_t i = lanes_.size(); i > 0; --i) {
    lanes_[i - 1].not_after = std::make_shared<std::optional<Instant>>();
    lanes_[i - 1].watch = std::make_shared<TlsWatch>([inbox = inbox_] { inbox->alarm(); });
    free_lanes_.push_back(i - 1);
  }
}

/// Returning from main while the library's threads are inside OpenSSL crashes, so they must have
/// let go of every request and every connection.
CpprestTransport::~CpprestTransport() {
  for (Lane& lane : lanes_) {
    if (lane.current) cancel(lane.cancellation);
    lane.client.reset();
  }
  const SteadyTime until = std::chrono::steady_clock::now() + kDrainTime;
  while ((free_lanes_.size() < lanes_.size() || clients_ > 0) && std::chrono::steady_clock::now() < until) {
    inbox_->wait(until);
    const Inbox::Mail mail = inbox_->take();
    for (const auto& exchange : mail.items) free_lanes_.push_back(exchange->lane);
    clients_ -= mail.departed;
  }
}

void CpprestTransport::start(std::uint64_t ticket, HttpRequest request) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + request.timeout;
  queue_.push_back(Started{ticket, std::move(request), deadline});
  fill_lanes();
  if (!queue_.empty()) queue_deadline_ = std::min(queue_deadline_, deadline);
}

void CpprestTransport::fill_lanes() {
  while (!queue_.empty() && !free_lanes_.empty()) {
    const std::size_t index = free_lanes_.back();
    free_lanes_.pop_back();
    Lane& lane = lanes_[index];
    lane.current = std::move(queue_.front());
    queue_.pop_front();
    lane.timed_out = lane.too_long = lane.completed = false;
    send(index);
  }
}

void CpprestTransport::send(std::size_t index) {
  Lane& lane = lanes_[index];
  const HttpRequest& request = lane.current->request;
  if (std::chrono::steady_clock::now() - lane.last_used > settings_.max_idle) lane.client.reset();
  if (lane.client_timeout != request.timeout) lane.client.reset();
  lane.client_timeout = request.timeout;
  // Twice the body for its framing, and a generous header.
  lane.watch->begin(2 * std::uint64_t{request.max_answer_bytes} + (1U << 20U));
  lane.cancellation = pplx::cancellation_token_source();

  lane.buffer.clear();
  const auto come_home = [inbox = inbox_](Exchange* home) { inbox->deliver(std::unique_ptr<Exchange>(home)); };
  const std::shared_ptr<Exchange> exchange(new Exchange(index, request, std::move(lane.buffer)), come_home);
  *lane.not_after = request.not_after;
  if (is_too_late(request.not_after)) {
    exchange->too_late = true;
    return;
  }
  try {
    if (!lane.client) lane.client = make_client(lane);
    lane.client->request(to_message(request, exchange), lane.cancellation.get_token())
        .then([](const http::http_response& response) { return response.content_ready(); })
        .then([exchange](const pplx::task<http::http_response>& ended) { settle(*exchange, ended); });
  } catch (const std::exception& error) {
    exchange->message = error.what();  // before anything was sent: an URL that cannot be, no memory
  }
}

std::unique_ptr<http::client::http_client> CpprestTransport::make_client(const Lane& lane) {
  http::client::http_client_config config;
  config.set_max_redirects(0);
  // Per stage and restarted by progress, so only a second net under our deadline.
  config.set_timeout(lane.client_timeout + kDrainTime);
  const bool tls = settings_.base.https;
  if (settings_.proxy) {
    web::web_proxy proxy(web::uri(fmt::format("http://{}:{}", settings_.proxy->host, settings_.proxy->port)));
    if (!settings_.proxy->user.empty()) {
      proxy.set_credentials(web::credentials(settings_.proxy->user, settings_.proxy->password));
    }
    config.set_proxy(proxy);
  }
  // Through a tunnel the handle is a plain socket at first and a TLS stream later: not to be told apart.
  if (!tls || !settings_.proxy) {
    config.set_nativehandle_options(
        [tls, not_after = lane.not_after](void* handle) { check_connection(handle, tls, *not_after); });
  }
  // The library keeps the configuration until the client's last connection is closed.
  ++clients_;
  const std::shared_ptr<Inbox> alive(inbox_.get(), [inbox = inbox_](Inbox*) { inbox->depart(); });
  config.set_ssl_context_callback(
      [alive, watch = lane.watch, trust = settings_.trust](boost::asio::ssl::context& context) {
        watch->attach(context.native_handle(), trust.get());
      });
  return std::make_unique<http::client::http_client>(web::uri(origin_), config);
}

http::http_request CpprestTransport::to_message(const HttpRequest& request,
                                                const std::shared_ptr<Exchange>& exchange) const {
  http::http_request message(method_name(request.method));
  message.set_request_uri(web::uri(settings_.base.prefix + request.path));
  auto& headers = message.headers();
  headers.add("apikey", settings_.api_key);
  headers.add("Accept", "application/json");
  headers.add("Accept-Encoding", "identity");
  headers.add("User-Agent", settings_.user_agent);
  if (request.method != Method::get) {
    message.set_body(unseekable(request.body), request.body.size(), "application/json");
    if (request.body.empty()) headers.remove("Content-Type");
  }
  message.set_response_stream(exchange->received.create_ostream());
  message.set_progress_handler([exchange](http::message_direction::direction direction, utility::size64_t bytes) {
    if (direction == http::message_direction::upload) {
      // The header block is out when this is called; with the last of the body, so is the request.
      if (bytes < exchange->body_bytes && is_too_late(exchange->not_after)) throw TooLate();
      if (bytes >= exchange->body_bytes) exchange->sent = true;
    } else if (bytes > exchange->max_answer_bytes) {
      throw AnswerTooLong();
    }
  });
  return message;
}

void CpprestTransport::receive(std::unique_ptr<Exchange> exchange) {
  const std::size_t index = exchange->lane;
  Lane& lane = lanes_[index];
  lane.last_used = std::chrono::steady_clock::now();
  if (!exchange->reusable) lane.client.reset();
  lane.buffer = std::move(exchange->received.collection());
  if (lane.buffer.capacity() > kBufferToKeep) lane.buffer = Bytes();
  if (exchange->stale && !lane.timed_out) {
    send(index);
    return;
  }
  if (!lane.completed) ready_.push_back({lane.current->ticket, outcome(*exchange, lane)});
  lane.current.reset();
  free_lanes_.push_back(index);
}

CpprestTransport::Answered CpprestTransport::outcome(Exchange& exchange, const Lane& lane) const {
  if (exchange.answer) return hidden(std::move(*exchange.answer));
  LostRequest lost;
  lost.sent = exchange.sent;
  lost.timed_out = lane.timed_out;
  lost.too_late = exchange.too_late;
  lost.timeout = lane.current->request.timeout;
  if (exchange.too_long || lane.too_long) lost.answer_longer_than = exchange.max_answer_bytes;
  lost.message = std::move(exchange.message);
  lost.code = exchange.code;
  lost.certificate_error = lane.watch->certificate_error();
  lost.certificate_of_another_host = lane.watch->certificate_of_another_host();
  return hidden(tl::unexpected(to_failure(lost, peer_)));
}

CpprestTransport::Answered CpprestTransport::hidden(Answered outcome) const {
  if (outcome) {
    hide_key(*outcome, settings_.api_key);
  } else {
    hide_key(outcome.error(), settings_.api_key);
  }
  return outcome;
}

std::optional<Completion> CpprestTransport::wait(std::optional<SteadyTime> until) {
  while (true) {
    Inbox::Mail mail = inbox_->take();
    for (auto& exchange : mail.items) receive(std::move(exchange));
    clients_ -= mail.departed;
    if (mail.alarmed) stop_flooded_lanes();
    const SteadyTime now = std::chrono::steady_clock::now();
    expire(now);
    fill_lanes();
    if (mail.woken) return std::nullopt;
    if (!ready_.empty()) {
      Completion completion = std::move(ready_.front());
      ready_.pop_front();
      return completion;
    }
    if (until && *until <= now) return std::nullopt;
    const auto deadline = next_deadline();
    inbox_->wait(until && deadline ? std::min(*until, *deadline) : (until ? until : deadline));
  }
}

void CpprestTransport::stop_flooded_lanes() {
  for (Lane& lane : lanes_) {
    if (!lane.current || lane.too_long || !lane.watch->exceeded()) continue;
    lane.too_long = true;
    cancel(lane.cancellation);
  }
}

/// Cancels what is late. The library answers that at once, which settles how far the request
/// got; where it is stuck in resolving a name or in a proxy's tunnel, its completion does not wait.
void CpprestTransport::expire(SteadyTime now) {
  for (Lane& lane : lanes_) {
    if (!lane.current || lane.completed || lane.current->deadline > now) continue;
    if (!lane.timed_out) {
      lane.timed_out = true;
      cancel(lane.cancellation);
    } else if (lane.current->deadline + kCancelGrace <= now) {
      lane.completed = true;
      LostRequest lost;  // sent, for all we know
      lost.timed_out = true;
      lost.timeout = lane.current->request.timeout;
      ready_.push_back({lane.current->ticket, tl::unexpected(to_failure(lost, peer_))});
    }
  }
  if (queue_deadline_ <= now) expire_queue(now);
}

void CpprestTransport::expire_queue(SteadyTime now) {
  queue_deadline_ = SteadyTime::max();
  std::deque<Started> waiting;
  for (Started& started : queue_) {
    if (started.deadline > now) {
      queue_deadline_ = std::min(queue_deadline_, started.deadline);
      waiting.push_back(std::move(started));
      continue;
    }
    LostRequest lost;
    lost.sent = false;
    lost.timed_out = true;
    lost.timeout = started.request.timeout;
    ready_.push_back({started.ticket, tl::unexpected(to_failure(lost, peer_))});
  }
  queue_ = std::move(waiting);
}

std::optional<SteadyTime> CpprestTransport::next_deadline() const {
  SteadyTime first = queue_.empty() ? SteadyTime::max() : queue_deadline_;
  for (const Lane& lane : lanes_) {
    if (!lane.current || lane.completed) continue;
    first = std::min(first, lane.timed_out ? lane.current->deadline + kCancelGrace : lane.current->deadline);
  }
  if (first == SteadyTime::max()) return std::nullopt;
  return first;
}

}  // namespace

std::unique_ptr<Transport> make_cpprest_transport(CpprestSettings settings) {
  return std::make_unique<CpprestTransport>(std::move(settings));
}

}  // namespace cipherform
