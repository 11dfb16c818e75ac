// The Cipherscale API: the transport seam, the requests, and reading a tenant.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"

namespace cipherform {

using SteadyTime = std::chrono::steady_clock::time_point;

/// A moment by both clocks: the wall clock may be set back, and the steady one stands still
/// while the machine sleeps.
struct Instant {
  SteadyTime steady{};
  Time wall{};
};
inline Instant operator+(const Instant& from, std::chrono::milliseconds by) {
  return {from.steady + by, from.wall + by};
}

/// Time. Waiting is Transport::wait, so that a test moves both by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;           ///< wall clock
  virtual SteadyTime steady() const = 0;  ///< never goes back
  Instant instant() const { return {steady(), now()}; }
  /// By either clock.
  bool has_come(const Instant& moment) const { return steady() >= moment.steady || now() >= moment.wall; }
};
/// The machine's clocks.
std::unique_ptr<Clock> system_clock();

enum class Method : std::uint8_t { get, post, del };
std::string_view to_string(Method method);  ///< "GET", "POST", "DELETE"

struct HttpRequest {
  Method method = Method::get;
  std::string path;  ///< below the base URL, escaped, with its query: "/tenants/users?limit=100"
  std::string body;  ///< JSON, or empty
  std::chrono::milliseconds timeout{30'000};  ///< total, from start to the last byte
  std::size_t max_answer_bytes = std::size_t{16} << 20;
  /// From then on the request does not leave any more: it is not sent. A server cannot have
  /// executed it (Transport says how late that is looked at).
  std::optional<Instant> not_after = {};
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string retry_after;  ///< the header's value, or empty
  std::string date = {};    ///< the Date header's value, or empty: the server's clock
};

/// No usable answer.
struct TransportFailure {
  enum class Stage : std::uint8_t {
    not_sent,   ///< no byte of the request left: sending again is safe
    ambiguous,  ///< the server may have executed it
  };
  Stage stage = Stage::ambiguous;
  bool retryable = true;  ///< false: it will fail the same way again (TLS not trusted, bad URL)
  std::string what;
  std::string hint;
};

/// What became of one started request.
struct Completion {
  std::uint64_t ticket = 0;
  tl::expected<HttpAnswer, TransportFailure> result;
};

/// Sends requests without blocking. All calls but wake() come from one thread.
/// 3xx statuses are returned as they are; none is followed. HttpRequest::not_after is looked at
/// last between the head and the body of a request that has one, and else before its first byte
/// or before a connection is made for it.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Starts a request; its completion carries `ticket`.
  virtual void start(std::uint64_t ticket, HttpRequest request) = 0;
  /// The next completion; nothing if `until` passes or wake() is called first. With
  /// nothing in flight it only waits.
  virtual std::optional<Completion> wait(std::optional<SteadyTime> until) = 0;
  /// Makes a wait() under way (or the next one) return nothing. From any thread.
  virtual void wake() noexcept = 0;
};

struct TransportOptions {
  std::string base_url;                          ///< https, or http to loopback only, unless insecure_http
  std::string api_key;                           ///< secret; sent as `apikey`, never logged
  std::optional<std::filesystem::path> ca_file;  ///< trusted beside the system's store
  bool insecure_http = false;
  unsigned lanes = 32;  ///< most requests in flight
  std::string user_agent;
};
/// The transport over cpprestsdk. Fails on a URL or key that cannot be used.
/// One per process and CA file: cpprestsdk's thread pool and OpenSSL's store are
/// set up at the first call.
Result<std::unique_ptr<Transport>> connect(TransportOptions options);

/// Where a long operation stands; called from the operation's own thread.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `done` of `total` (0: unknown) units of `what` ("users read", "actions").
  virtual void update(std::string_view what, std::uint64_t done, std::uint64_t total) = 0;
  /// Nothing is sent until `until`, because of `why` ("rate limited").
  virtual void waiting(std::string_view why, std::chrono::milliseconds left) = 0;
};

/// Asked to stop? Set from a signal's thread; read by the loops.
class Interruption {
 public:
  virtual ~Interruption() = default;
  virtual bool requested() const noexcept = 0;
  /// From then on no request may leave, whoever asked or not; nothing: no such moment.
  virtual std::optional<Instant> no_start_after() const noexcept { return std::nullopt; }
};

// --------------------------------------------------------------------- requests

/// A user to create. At most 100 in one request.
struct NewUser {
  std::string_view email;
  std::vector<std::string_view> group_ids;
};
/// The seed's four operations and List All User Groups (API reference), as requests.
HttpRequest list_users_request(std::uint64_t offset, std::uint32_t limit, std::string_view sort);
HttpRequest list_groups_request(std::uint64_t offset, std::uint32_t limit);
/// One user goes as an object, more as an array.
HttpRequest create_users_request(std::span<const NewUser> users);
HttpRequest add_member_request(std::string_view user_id, std::string_view group_id);
HttpRequest remove_member_request(std::string_view user_id, std::string_view group_id);

/// A user in the answer to a create.
struct CreatedUser {
  std::string id;
  std::string email;
  std::vector<std::string> group_ids;
};
/// The users of a create's answer: an object, an array, or either wrapped in `data`.
Result<std::vector<CreatedUser>> decode_created_users(std::string_view body);
/// Whether a body is what an operation without a documented answer may have: nothing, or a
/// JSON document.
bool is_json_or_nothing(std::string_view body);
/// What an error body says, in one line of at most 500 bytes: the NestJS shape
/// where it is that, else the start of the body.
std::string decode_error_message(std::string_view body);

// ------------------------------------------------------------------ dispatching

/// What may be done when a request has no clean answer.
enum class Safety : std::uint8_t {
  repeatable,      ///< a read: any failure may be retried
  not_repeatable,  ///< a change: only what certainly was not executed may be sent again
};

struct RetryPolicy {
  unsigned attempts = 6;                ///< in all, the first included
  std::chrono::milliseconds base{250};  ///< full jitter: uniform in [0, min(cap, base·2^n))
  std::chrono::milliseconds cap{60'000};
  /// Being refused for a rate limit is charged to neither attempts nor the retry budget. Where
  /// the server does not say when to come again: full jitter, by refusals in a row.
  std::chrono::milliseconds throttle_base{1'000};
  std::chrono::milliseconds throttle_cap{5 * 60'000};
  /// When the waits for a rate limit since the last answer add up to more, waiting is over.
  std::chrono::milliseconds longest_wait{15 * 60'000};
};

/// How a request ended, for the ledger and the report.
enum class Outcome : std::uint8_t {
  done,       ///< 2xx
  refused,    ///< 4xx: not executed
  throttled,  ///< 429, or 503 with Retry-After, and waiting is over: not executed
  not_sent,   ///< no byte left, and no attempt left
  ambiguous,  ///< may have been executed: only reading the tenant tells
};

/// A request's end, after retries.
struct Dispatched {
  std::uint64_t ticket = 0;
  Outcome outcome{};
  HttpAnswer answer;         ///< of the last attempt, where there was one
  TransportFailure failure;  ///< of the last attempt, where there was no answer
  unsigned attempts = 0;     ///< how often it was sent
  /// Where waiting for a rate limit took too long: when the tenant may be asked again. It
  /// holds for all requests of the link.
  std::optional<Time> resume_at = {};
};

class RequestGate;

/// One tenant as this process talks to it: the seams, and what all conversations with it
/// share, however many there are one after another: how fast requests may leave.
class TenantLink {
 public:
  struct Options {
    RetryPolicy retry;
    unsigned parallelism = 32;                  ///< most requests in flight; how many is learned, from 4 on
    std::chrono::milliseconds timeout{30'000};  ///< of one request, in all
    double requests_per_second = 0;             ///< most starts, evenly spread; 0: as many as the server bears
  };
  TenantLink(Transport& transport, const Clock& clock, std::mt19937_64& random, Options options);
  ~TenantLink();
  TenantLink(TenantLink&&) noexcept;

  Transport& transport() const { return *transport_; }
  const Clock& clock() const { return *clock_; }
  std::mt19937_64& random() const { return *random_; }
  const Options& options() const { return options_; }
  RequestGate& gate() const { return *gate_; }

 private:
  Transport* transport_;
  const Clock* clock_;
  std::mt19937_64* random_;
  Options options_;
  std::unique_ptr<RequestGate> gate_;
};

/// Sends requests as the link's gate admits them (tenant/request_gate.h: how many in flight,
/// how fast, and not before Retry-After), and retries what is safe, with full jitter. What was
/// refused for a rate limit is sent again until waiting takes too long. Single-threaded.
/// Dispatchers of one link may live together, but only one may have requests under way.
class Dispatcher {
 public:
  /// At most `parallelism` requests are under way, and no more than the link allows. A wait
  /// that the gate asks for is told to `progress` at least once a second.
  Dispatcher(TenantLink& link, unsigned parallelism, Progress* progress = nullptr,
             const Interruption* interruption = nullptr);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Whether submit() may be called: fewer than `parallelism` requests are under way.
  bool has_room() const;
  std::size_t under_way() const;
  /// The request gets the link's timeout.
  void submit(std::uint64_t ticket, HttpRequest request, Safety safety);
  /// Waits for the next request to end, but not past `until`; a time that has passed
  /// takes only what has ended already. Nothing: `until` passed, none is under way, or an
  /// interruption was requested while requests wait for a retry (those end as what
  /// they were). Requests in flight are always waited for, where `until` allows.
  std::optional<Dispatched> next(std::optional<SteadyTime> until = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The error that a failed request is reported as: method and path, status and the
/// API's own words, what may have changed, what to do.
Error to_error(const HttpRequest& request, const Dispatched& dispatched);

/// Retry-After (RFC 9110 section 10.2.3): seconds or an HTTP-date; nothing if it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value, Time now);

// ---------------------------------------------------------------------- reading

/// A tenant has its owner at least, who cannot be made or unmade by the API (api-reference.md,
/// How the product behaves): a list of nobody is never true.
inline constexpr std::uint64_t kLeastUsers = 1;

struct ReadOptions {
  std::uint32_t limit = 100;  ///< page size asked for; a smaller one that the API clamps to is followed
  std::uint32_t overlap = 5;  ///< users that adjacent pages share
  unsigned parallelism = 8;   ///< most pages in flight
  /// Users that the tenant had at the last read that the ledger knows of, or kLeastUsers:
  /// an empty list is then refused. 0: it may be empty.
  std::uint64_t known_users = 0;
  std::map<std::string, std::string> group_ids;  ///< pinned names, used where groups cannot be listed
};

/// Everything of the tenant that a plan depends on: groups and users. A listing that
/// cannot be proved complete is returned with proof.complete == false.
Result<LiveState> read_tenant(TenantLink& link, const ReadOptions& options, Progress* progress = nullptr,
                              const Interruption* interruption = nullptr);

}  // namespace cipherform
