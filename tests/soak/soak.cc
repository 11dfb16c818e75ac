// The transport over hours, in a minute or two: soak [REQUESTS] (500000), through eight
// servers of different manners at once. Every request must end exactly once, as what the
// servers saw; memory and descriptors must not grow. Printed beside a bare client's rate.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cipherform/tenant.h"
#include "fakes/temporary_directory.h"
#include "soak/soak_servers.h"

namespace cipherform::soak {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::uint64_t kCheckpoints = 10;
constexpr std::uint64_t kRoundsForEach = 5;  // so that connections are idle in between, often
/// Of a thousand requests, and how many at once.
constexpr std::array<unsigned, kManners> kShares{400, 200, 100, 50, 75, 75, 50, 50};
constexpr std::array<unsigned, kManners> kLanes{16, 16, 8, 4, 8, 8, 8, 8};

// ------------------------------------------------------------- what is asked

Method method_of(std::uint64_t id) { return id % 10 < 6 ? Method::post : id % 10 < 9 ? Method::get : Method::del; }

HttpRequest request_of(std::uint64_t id) {
  HttpRequest request;
  request.method = method_of(id);
  request.timeout = std::chrono::seconds{60};
  request.path = "/tenants/users";
  if (request.method == Method::post) {
    request.body = fmt::format(R"({{"id":{},"email":"user-{}@example.com"}})", id, id);
  } else {
    request.path += fmt::format("/{}", id);
  }
  return request;
}

std::unique_ptr<Transport> connect_to(Manners manners, const Servers& servers, const std::filesystem::path& directory) {
  TransportOptions options;
  options.api_key = "key-of-the-soak";
  options.lanes = kLanes[static_cast<std::size_t>(manners)];
  const std::string address = fmt::format("127.0.0.1:{}", servers.port(manners));
  options.base_url = "http://" + address;
  const std::string proxy = "http://" + address;
  if (manners == Manners::tls) {
    options.base_url = "https://" + address;
    options.ca_file = directory / "tls.pem";
  } else if (manners == Manners::proxy) {  // never used for loopback
    options.base_url = "http://tenant.invalid";
    options.insecure_http = true;
    ::setenv("http_proxy", proxy.c_str(), 1);
  } else if (manners == Manners::tunnel) {
    options.base_url = "https://tenant.invalid";
    options.ca_file = directory / "tunnel.pem";
    ::setenv("https_proxy", proxy.c_str(), 1);
  }
  auto transport = connect(std::move(options));
  ::unsetenv("http_proxy");
  ::unsetenv("https_proxy");
  if (!transport) throw std::runtime_error(to_string(transport.error()));
  return std::move(*transport);
}

// -------------------------------------------------------------- what came of it

enum class End : std::uint8_t { none, answered, not_sent, ambiguous };

struct Counts {
  std::uint64_t answered = 0;
  std::uint64_t not_sent = 0;
  std::uint64_t ambiguous = 0;
  double seconds = 0;
  std::map<std::string, std::uint64_t> words;  ///< of the failures
};

class Soak {
 public:
  Soak(std::uint64_t requests, const Servers& servers, const std::filesystem::path& directory)
      : servers_(&servers), ends_(requests, End::none), manners_of_(requests) {
    for (std::size_t i = 0; i < kManners; ++i) {
      transports_.push_back(connect_to(static_cast<Manners>(i), servers, directory));
    }
  }

  /// Sends the requests from `first` to `end`, one manner after the other.
  void run(std::uint64_t first, std::uint64_t end) {
    unsigned share = 0;
    for (std::size_t i = 0; i < kManners; ++i) {
      const std::uint64_t from = first + (end - first) * share / 1000;
      share += kShares[i];
      const auto start = std::chrono::steady_clock::now();
      run_one(i, from, first + (end - first) * share / 1000);
      counts_[i].seconds += Seconds(std::chrono::steady_clock::now() - start).count();
    }
  }

  /// With what the servers saw: prints a line for each manner; the number of faults.
  std::uint64_t judge();
  const Counts& counts(Manners manners) const { return counts_[static_cast<std::size_t>(manners)]; }
  void disconnect() { transports_.clear(); }

 private:
  void run_one(std::size_t manners, std::uint64_t from, std::uint64_t end) {
    Transport& transport = *transports_[manners];
    std::uint64_t next = from;
    for (std::uint64_t under_way = 0; next < end || under_way > 0;) {
      for (; next < end && under_way < 2 * std::uint64_t{kLanes[manners]}; ++next, ++under_way) {
        manners_of_[next] = static_cast<std::uint8_t>(manners);
        transport.start(next, request_of(next));
      }
      const auto completion = transport.wait({});
      if (!completion) throw std::runtime_error("wait() returned nothing");
      take(manners, *completion);
      --under_way;
    }
  }

  void take(std::size_t manners, const Completion& completion) {
    Counts& counts = counts_[manners];
    End& end = ends_.at(completion.ticket);
    fault_if(end != End::none, completion.ticket, "ended twice");
    if (!completion.result) {
      const bool sent = completion.result.error().stage == TransportFailure::Stage::ambiguous;
      end = sent ? End::ambiguous : End::not_sent;
      ++(sent ? counts.ambiguous : counts.not_sent);
      ++counts.words[completion.result.error().what];
      return;
    }
    end = End::answered;
    ++counts.answered;
    const std::string start = fmt::format(R"({{"id":{},)", completion.ticket);
    fault_if(completion.result->status != 200 || !completion.result->body.starts_with(start), completion.ticket,
             "was given another's answer");
  }

  void fault_if(bool wrong, std::uint64_t id, std::string_view what) {
    if (!wrong) return;
    if (++faults_ <= 20) fmt::print("FAULT: {} {} {}\n", kNames[manners_of_[id]], id, what);
  }

  const Servers* servers_;
  std::vector<std::unique_ptr<Transport>> transports_;
  std::vector<End> ends_;
  std::vector<std::uint8_t> manners_of_;
  std::array<Counts, kManners> counts_;
  std::uint64_t faults_ = 0;
};

std::uint64_t Soak::judge() {
  const Record& record = servers_->record();
  for (std::uint64_t id = 0; id < ends_.size(); ++id) {
    const unsigned executed = record.executed[id];
    const bool change = method_of(id) != Method::get;  // the library may repeat a read
    fault_if(ends_[id] == End::none, id, "never ended");
    fault_if(change && executed > 1, id, "was executed twice");
    fault_if(ends_[id] == End::answered && executed == 0, id, "was answered, but never executed");
    fault_if(ends_[id] == End::not_sent && executed > 0, id, "is called not sent, but was executed");
    const bool dies = manners_of_[id] == static_cast<std::uint8_t>(Manners::die) && is_fatal(id);
    fault_if(dies && ends_[id] != End::ambiguous, id, "lost its answer and is not called ambiguous");
  }
  for (std::size_t i = 0; i < kManners; ++i) {
    const Counts& counts = counts_[i];
    const std::uint64_t all = counts.answered + counts.not_sent + counts.ambiguous;
    const auto manners = static_cast<Manners>(i);
    const bool faultless = manners != Manners::close && manners != Manners::idle && manners != Manners::die;
    fmt::print("{:<11}{:>8} requests {:>8.0f}/s  answered {:>7}  not sent {:>4}  ambiguous {:>4}  closed {:>6}\n",
               kNames[i], all, static_cast<double>(all) / counts.seconds, counts.answered, counts.not_sent,
               counts.ambiguous, record.closed[i].load());
    for (const auto& [words, times] : counts.words) fmt::print("             {}× {}\n", times, words);
    if (faultless && counts.answered != all) fmt::print("FAULT: {} lost requests without need\n", kNames[i]);
    faults_ += faultless ? all - counts.answered : 0;
  }
  faults_ += record.unknown;
  return faults_;
}

// ------------------------------------------------------------- what it costs

std::size_t resident_kb() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) count += entry.is_symlink() ? 1U : 0U;
  return count - 1;  // the directory's own
}

/// The same requests as a bare client sends them: blocking, one thread for each lane.
void send_bare(std::uint32_t port, std::uint64_t first, std::uint64_t end, unsigned step) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) std::abort();
  std::array<char, 65536> buffer;
  for (std::uint64_t id = first; id < end; id += step) {
    const HttpRequest request = request_of(id);
    const std::string bytes =
        fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\napikey: key-of-the-soak\r\nContent-Length: {}\r\n\r\n{}",
                    to_string(request.method), request.path, request.body.size(), request.body);
    if (::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) std::abort();
    std::string answer;
    while (!answer.ends_with("\"}")) {
      const ssize_t got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
      if (got <= 0) std::abort();
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(descriptor);
}

double bare_seconds(std::uint64_t requests, const std::filesystem::path& directory) {
  const Servers servers(requests, directory);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> clients;
  for (unsigned lane = 0; lane < kLanes[0]; ++lane) {
    clients.emplace_back([&, lane] { send_bare(servers.port(Manners::keep_alive), lane, requests, kLanes[0]); });
  }
  for (std::thread& client : clients) client.join();
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

struct Checkpoint {
  std::size_t resident_kb = 0;
  std::size_t descriptors = 0;
};

Checkpoint checkpoint(std::uint64_t requests) {
  const Checkpoint now{resident_kb(), open_descriptors()};
  fmt::print("{:>9} requests  {:>7} KB resident  {:>3} descriptors\n", requests, now.resident_kb, now.descriptors);
  std::fflush(stdout);
  return now;
}

/// Whether the end is as it was after the first fifth, when everything had been used once.
bool is_flat(const Checkpoint& fifth, const Checkpoint& end, std::size_t before) {
  unsigned lanes = 0;
  for (const unsigned each : kLanes) lanes += each;
  const std::size_t most_kb = fifth.resident_kb + fifth.resident_kb / 10 + 8192;
  if (end.resident_kb > most_kb) fmt::print("FAULT: over {} KB resident\n", most_kb);
  const std::size_t most = before + lanes + 8;  // one connection a lane, and what the library's pool has
  if (end.descriptors > most) fmt::print("FAULT: over {} descriptors\n", most);
  return end.resident_kb <= most_kb && end.descriptors <= most;
}

int run(std::uint64_t requests) {
  const fakes::TemporaryDirectory directory;
  const Servers servers(requests, directory.path());
  // Before this process has threads of the library's, as the servers are forked.
  const std::uint64_t plain = requests * kShares[0] / 1000;
  const fakes::TemporaryDirectory other;
  const double floor = bare_seconds(plain, other.path());
  const std::size_t before = open_descriptors();
  Soak soak(requests, servers, directory.path());
  Checkpoint fifth;
  Checkpoint end;
  const std::uint64_t rounds = kCheckpoints * kRoundsForEach;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    soak.run(requests * (round - 1) / rounds, requests * round / rounds);
    if (round % kRoundsForEach != 0) continue;
    end = checkpoint(requests * round / rounds);
    if (round == 2 * kRoundsForEach) fifth = end;
  }
  const double seconds = Seconds(std::chrono::steady_clock::now() - start).count();
  soak.disconnect();
  const std::size_t left = open_descriptors();
  const std::uint64_t faults = soak.judge();
  const Counts& keep_alive = soak.counts(Manners::keep_alive);
  fmt::print("all        {:>8} requests {:>8.0f}/s\n", requests, static_cast<double>(requests) / seconds);
  fmt::print("floor, bare sockets {:>8.0f}/s against {:.0f}/s: {:.1f}×\n", static_cast<double>(plain) / floor,
             static_cast<double>(plain) / keep_alive.seconds, keep_alive.seconds / floor);
  if (left > before + 8) fmt::print("FAULT: {} descriptors are left of {} before\n", left, before);
  const bool good = is_flat(fifth, end, before) && faults == 0 && left <= before + 8;
  fmt::print("{}\n", good ? "every request ended once, as the servers saw it; memory and descriptors are flat"
                          : fmt::format("FAILED: {} faults", faults));
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace cipherform::soak

int main(int argc, char** argv) {
  try {
    const std::uint64_t requests = argc > 1 ? std::stoull(argv[1]) : 500'000;
    if (argc > 2 || requests < 1000) throw std::invalid_argument("soak [REQUESTS], at least 1000");
    return cipherform::soak::run(requests);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "soak: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
