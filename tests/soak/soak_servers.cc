#include "soak/soak_servers.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tenant/misbehaving_server.h"
#include "tenant/transport_certificates.h"

namespace cipherform::soak {
namespace {

using tests::MisbehavingServer;
using tests::Peer;
using tests::TestCertificate;

std::size_t record_bytes(std::uint64_t requests) { return sizeof(Record) + requests; }

/// POST carries its id in the body, the others in the path.
std::optional<std::uint64_t> id_of(std::string_view request) {
  const std::string_view mark = request.starts_with("POST") ? R"({"id":)" : "/tenants/users/";
  const std::size_t at = request.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = request.substr(at + mark.size());
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc{} || end == digits.data()) return std::nullopt;
  return id;
}

class Service {
 public:
  Service(Record& record, std::uint64_t requests, Manners manners, SSL_CTX* tunnelled)
      : record_(&record), requests_(requests), manners_(manners), tunnelled_(tunnelled) {}

  void serve(Peer& peer) const {
    if (manners_ == Manners::idle) peer.lose_patience_after(std::chrono::milliseconds{20});
    if (manners_ == Manners::tunnel && !open_tunnel(peer)) return;
    for (unsigned answered = 1;; ++answered) {
      const auto request = peer.request();
      if (!request) return manners_ == Manners::idle ? count_closed() : void();
      const auto id = execute(*request);
      if (!id) return;
      if (manners_ == Manners::die && is_fatal(*id)) return die(peer, *id);
      const bool last = (manners_ == Manners::renew && answered % 10 == 0);
      if (!peer.send(tests::answer(200, body_of(*id), last ? "Connection: close\r\n" : ""))) return;
      if (last || (manners_ == Manners::close && answered % 20 == 0)) return count_closed();
    }
  }

 private:
  static std::string body_of(std::uint64_t id) {
    return R"({"id":)" + std::to_string(id) + R"(,"padding":")" + std::string(id % 512, '.') + R"("})";
  }

  bool open_tunnel(Peer& peer) const {
    const auto request = peer.request();
    return request && request->starts_with("CONNECT ") && peer.send("HTTP/1.1 200 Connection established\r\n\r\n") &&
           peer.start_tls(tunnelled_);
  }

  std::optional<std::uint64_t> execute(std::string_view request) const {
    const auto id = id_of(request);
    if (!id || *id >= requests_) {
      ++record_->unknown;
      return std::nullopt;
    }
    ++record_->executed[*id];
    return id;
  }

  void die(Peer& peer, std::uint64_t id) const {
    const std::string whole = tests::answer(200, body_of(id));
    if (id % 2 == 0) peer.send(whole.substr(0, whole.size() - 3));
    if (id % 3 == 0) peer.reset();
    count_closed();
  }

  void count_closed() const { ++record_->closed[static_cast<std::size_t>(manners_)]; }

  Record* record_;
  std::uint64_t requests_;
  Manners manners_;
  SSL_CTX* tunnelled_;
};

/// The child's whole life. It is killed, so nothing is cleaned up.
[[noreturn]] void run_servers(Record& record, std::uint64_t requests, const std::filesystem::path& directory,
                              int ready) {
  const TestCertificate tls("127.0.0.1", 86'400);
  const TestCertificate tunnel("tenant.invalid", 86'400);
  tls.write_authority(directory / "tls.pem");
  tunnel.write_authority(directory / "tunnel.pem");
  std::vector<std::unique_ptr<MisbehavingServer>> servers;
  for (std::size_t i = 0; i < kManners; ++i) {
    const auto manners = static_cast<Manners>(i);
    const Service service(record, requests, manners, tunnel.context());
    servers.push_back(std::make_unique<MisbehavingServer>(
        std::vector<MisbehavingServer::Script>{[service](Peer& peer) { service.serve(peer); }},
        manners == Manners::tls ? tls.context() : nullptr));
    record.port[i] = servers.back()->port();
  }
  const char byte = 1;
  if (::write(ready, &byte, 1) != 1) ::_exit(1);
  while (true) ::pause();
}

}  // namespace

Servers::Servers(std::uint64_t requests, const std::filesystem::path& directory) : requests_(requests) {
  void* shared = ::mmap(nullptr, record_bytes(requests), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw std::runtime_error("no shared memory");
  record_ = new (shared) Record{};
  record_->executed = reinterpret_cast<std::atomic<std::uint8_t>*>(static_cast<char*>(shared) + sizeof(Record));
  std::array<int, 2> ready{};
  if (::pipe(ready.data()) != 0) throw std::runtime_error("no pipe");
  const ::pid_t parent = ::getpid();
  child_ = ::fork();
  if (child_ < 0) throw std::runtime_error("no process for the servers");
  if (child_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    run_servers(*record_, requests, directory, ready[1]);
  }
  ::close(ready[1]);
  char byte = 0;
  const bool started = ::read(ready[0], &byte, 1) == 1;
  ::close(ready[0]);
  if (!started) throw std::runtime_error("the servers did not start");
}

Servers::~Servers() {
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  ::munmap(record_, record_bytes(requests_));
}

}  // namespace cipherform::soak
