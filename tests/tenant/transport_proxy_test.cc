#include "tenant/transport_proxy.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>

#include "tenant/cpprest_transport.h"
#include "tenant/misbehaving_server.h"
#include "tenant/transport_certificates.h"
#include "tenant/transport_fixture.h"

// cpprestsdk does not free what it decrypts of a proxy's password. LeakSanitizer sees no more of that stack.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the sanitizer's name
extern "C" const char* __lsan_default_suppressions() { return "leak:libcpprest.so"; }

namespace cipherform::tests {
namespace {

using Variables = std::map<std::string, std::string>;

Result<std::optional<Proxy>> chosen(const std::string& url, const Variables& variables) {
  return choose_proxy(*parse_base_url(url, true), [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

/// "user:password@host:port", "none", or the error.
std::string proxy_for(const std::string& url, const Variables& variables) {
  const auto proxy = chosen(url, variables);
  if (!proxy) return proxy.error().what;
  if (!*proxy) return "none";
  const std::string user = (*proxy)->user.empty() ? "" : (*proxy)->user + ":" + (*proxy)->password + "@";
  return user + (*proxy)->host + ":" + std::to_string((*proxy)->port);
}

const std::string kTenant = "https://api.tenant.example/qa";

TEST(TransportProxy, IsTheOneOfTheUrlsScheme) {
  EXPECT_EQ(proxy_for(kTenant, {}), "none");
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", ""}}), "none");
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", "http://proxy:3128"}}), "proxy:3128");
  EXPECT_EQ(proxy_for(kTenant, {{"https_proxy", "http://lower:1/"}, {"HTTPS_PROXY", "http://upper:2"}}), "lower:1");
  EXPECT_EQ(proxy_for(kTenant, {{"http_proxy", "http://proxy:3128"}}), "none");
  EXPECT_EQ(proxy_for("http://api.tenant.example", {{"http_proxy", "proxy:3128"}}), "proxy:3128");
  EXPECT_EQ(proxy_for("http://api.tenant.example", {{"HTTP_PROXY", "http://proxy:3128"}}), "none")
      << "a CGI server would let a client choose it";
}

TEST(TransportProxy, MayHaveADefaultPortAndCredentials) {
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", "proxy"}}), "proxy:1080");
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", "HTTP://ada:p%40ss%3a@10.0.0.1:8080/"}}), "ada:p@ss:@10.0.0.1:8080");
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", "ada:100%@proxy:80"}}), "ada:100%@proxy:80");
}

TEST(TransportProxy, ThatCannotBeUsedIsAnErrorWithoutItsPassword) {
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", "socks5://u:secret@proxy:1"}}),
            "the environment variable HTTPS_PROXY names a proxy that does not speak plain HTTP");
  EXPECT_EQ(proxy_for(kTenant, {{"https_proxy", "http://u:secret@proxy:99999"}}),
            "the environment variable https_proxy is not the address of a proxy");
  EXPECT_EQ(proxy_for(kTenant, {{"https_proxy", "http://u:secret@"}}),
            "the environment variable https_proxy is not the address of a proxy");
}

TEST(TransportProxy, IsNotUsedWhereNoProxyNamesTheHost) {
  const auto with = [](const std::string& list) {
    return proxy_for(kTenant, {{"HTTPS_PROXY", "proxy:1"}, {"NO_PROXY", list}});
  };
  for (const char* list : {"*", "api.tenant.example", "tenant.example", ".tenant.example", "*.tenant.example",
                           "EXAMPLE", "other.example, tenant.example", "other\ttenant.example", "tenant.example:443"}) {
    EXPECT_EQ(with(list), "none") << list;
  }
  for (const char* list :
       {"", ",", "enant.example", "xapi.tenant.example", "tenant.example.org", "tenant.example:8443", "."}) {
    EXPECT_EQ(with(list), "proxy:1") << list;
  }
  EXPECT_EQ(proxy_for(kTenant, {{"HTTPS_PROXY", "proxy:1"}, {"no_proxy", "x"}, {"NO_PROXY", "*"}}), "proxy:1")
      << "the lower case wins";
}

TEST(TransportProxy, IsNeverUsedForLoopback) {
  const Variables all{{"HTTPS_PROXY", "proxy:1"}, {"http_proxy", "proxy:1"}};
  for (const char* url : {"http://localhost:8080", "https://127.0.0.1", "http://127.9.8.7/qa"}) {
    EXPECT_EQ(proxy_for(url, all), "none") << url;
  }
}

// --------------------------------------------------------- through a proxy

CpprestSettings through(const MisbehavingServer& proxy, const std::string& url) {
  CpprestSettings settings;
  settings.base = *parse_base_url(url, true);
  settings.api_key = kKey;
  settings.user_agent = "cipherform-test";
  settings.lanes = 1;
  settings.proxy = Proxy{"127.0.0.1", proxy.port(), "ada", "pass"};
  settings.trust = *load_certificate_store(std::nullopt);
  return settings;
}

std::string at(const MisbehavingServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

TEST(TransportProxy, RelaysPlainHttp) {
  Record record;
  MisbehavingServer proxy({[&](Peer& peer) {
    while (auto request = peer.request()) {
      record.add(request->substr(0, request->find("\r\nAccept")));
      peer.send(answer(200, "relayed"));
    }
  }});
  const auto transport = make_cpprest_transport(through(proxy, "http://tenant.invalid/qa"));
  expect_answer(outcome(*transport, to_get()), 200, "relayed");
  ASSERT_EQ(record.all().size(), 1U);
  EXPECT_EQ(record.all()[0], "GET http://tenant.invalid/qa/tenants/users HTTP/1.1\r\nHost: tenant.invalid");
}

TEST(TransportProxy, TunnelsTlsAndNeverSeesTheKey) {
  const TestCertificate certificate("tenant.invalid");
  std::string directory = (std::filesystem::temp_directory_path() / "cipherform-proxy-XXXXXX").string();
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const std::filesystem::path authority = std::filesystem::path(directory) / "authority.pem";
  certificate.write_authority(authority);
  Record asked;
  Record tunnelled;
  MisbehavingServer proxy({[&](Peer& peer) {
    asked.add(peer.request().value_or(""));
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    if (!peer.start_tls(certificate.context())) return;
    while (auto request = peer.request()) {
      tunnelled.add(request->substr(0, request->find("\r\nAccept")));
      peer.send(answer(200, "tunnelled"));
    }
  }});
  CpprestSettings settings = through(proxy, "https://tenant.invalid/qa");
  settings.trust = *load_certificate_store(authority);
  std::filesystem::remove_all(directory);
  {
    const auto transport = make_cpprest_transport(std::move(settings));
    for (int i = 0; i < 3; ++i) expect_answer(outcome(*transport, to_post()), 200, "tunnelled");
  }
  ASSERT_EQ(asked.all().size(), 1U);
  EXPECT_EQ(asked.all()[0],
            "CONNECT tenant.invalid:443 HTTP/1.1\r\nHost: tenant.invalid:443\r\nProxy-Connection: Keep-Alive\r\n"
            "Proxy-Authorization: Basic YWRhOnBhc3M=\r\n\r\n");
  EXPECT_EQ(tunnelled.all(), std::vector<std::string>(3, "POST /qa/tenants/users HTTP/1.1\r\nHost: tenant.invalid"));
}

TEST(TransportProxy, ThatRefusesATunnelIsNamed) {
  for (const auto& [status, retryable] : {std::pair(407, false), std::pair(403, false), std::pair(503, true)}) {
    MisbehavingServer proxy({[status = status](Peer& peer) {
      peer.request();
      peer.send(answer(status, ""));
    }});
    const auto transport = make_cpprest_transport(through(proxy, "https://tenant.invalid/qa"));
    expect_failure(
        outcome(*transport, to_post()), Stage::not_sent, retryable,
        "the proxy " + at(proxy) + " refused a tunnel to tenant.invalid:443: status " + std::to_string(status));
  }
}

TEST(TransportProxy, ThatClosesTheConnectionHasSentNothing) {
  MisbehavingServer proxy({[](Peer& peer) { peer.request(); }});
  const auto transport = make_cpprest_transport(through(proxy, "https://tenant.invalid/qa"));
  expect_failure(outcome(*transport, to_post()), Stage::not_sent, true,
                 "the proxy " + at(proxy) + " gave no tunnel to tenant.invalid:443");
}

TEST(TransportProxy, ThatIsDownIsNamedInsteadOfTheTenant) {
  std::optional<MisbehavingServer> proxy;
  proxy.emplace(std::vector<MisbehavingServer::Script>{answering("")});
  const std::string address = at(*proxy);
  const auto transport = make_cpprest_transport(through(*proxy, "https://tenant.invalid/qa"));
  proxy.reset();
  expect_failure(outcome(*transport, to_post()), Stage::not_sent, true,
                 "connection refused by " + address + ", or no route to it");
}

TEST(TransportProxy, ThatHangsDoesNotHoldUpTheCompletion) {
  std::promise<void> release;
  MisbehavingServer proxy({[&](Peer&) { release.get_future().wait(); }});
  const auto transport = make_cpprest_transport(through(proxy, "https://tenant.invalid/qa"));
  // cpprestsdk cannot be cancelled here, so nobody knows whether it will still send: ambiguous.
  expect_failure(outcome(*transport, to_post("{}", 50ms)), Stage::ambiguous, true, "timed out after 0.05 s");
  // The lane is the library's until the tunnel has come to an end.
  expect_failure(outcome(*transport, to_post("{}", 50ms)), Stage::not_sent, true,
                 "timed out after 0.05 s without a connection to " + at(proxy));
  release.set_value();
}

}  // namespace
}  // namespace cipherform::tests
