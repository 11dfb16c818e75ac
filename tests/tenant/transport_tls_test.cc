// TLS: who is trusted, what is said where nobody is, and the limits that only exist there.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "tenant/cpprest_transport.h"
#include "tenant/misbehaving_server.h"
#include "tenant/tls_trust.h"
#include "tenant/transport_certificates.h"
#include "tenant/transport_fixture.h"

namespace cipherform::tests {
namespace {

/// A bundle that the environment names is parsed for every connection, which is slow. Before anything reads it.
const bool kUsualEnvironment = ::unsetenv("SSL_CERT_FILE") == 0 && ::unsetenv("SSL_CERT_DIR") == 0;

class TransportTls : public testing::Test {
 protected:
  TransportTls() {
    EXPECT_TRUE(kUsualEnvironment);
    std::string name = (std::filesystem::temp_directory_path() / "cipherform-tls-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = name;
  }
  ~TransportTls() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<Transport> trusting(const TestCertificate& certificate, const MisbehavingServer& server,
                                      unsigned lanes = 1, const std::string& host = "127.0.0.1") {
    const std::filesystem::path file = directory_ / "authority.pem";
    certificate.write_authority(file);
    TransportOptions options = options_for("https://" + host + ":" + std::to_string(server.port()), lanes);
    options.ca_file = file;
    return connected(options);
  }
  static std::string at(const MisbehavingServer& server, const std::string& host = "127.0.0.1") {
    return host + ":" + std::to_string(server.port());
  }

  std::filesystem::path directory_;
};

TEST_F(TransportTls, AnAuthorityInTheCaFileIsTrusted) {
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({answering("secret")}, certificate.context());
  const auto transport = trusting(certificate, server);
  for (int i = 0; i < 3; ++i) expect_answer(outcome(*transport, to_post()), 200, "secret");
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(TransportTls, AnUnknownAuthorityIsRefusedBeforeAnythingIsSent) {
  const TestCertificate certificate("127.0.0.1");
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
                             if (auto request = peer.request()) record.add(*request);
                           }},
                           certificate.context());
  const auto transport = connected("https://" + at(server));
  const Answered got = outcome(*transport, to_post());
  expect_failure(got, Stage::not_sent, false,
                 "the certificate of " + at(server) + " is not trusted: unable to get local issuer certificate");
  EXPECT_EQ(got.error().hint, "if its authority is your own, name that certificate as the environment's ca_file");
  EXPECT_EQ(record.all().size(), 0U);
}

TEST_F(TransportTls, AChangeWhoseLastMomentComesWhileItsConnectionIsMadeIsNotExecuted) {
  constexpr auto kSlow = 300ms;
  const TestCertificate certificate("127.0.0.1");
  Record executed;
  // The network is what is slow here; to the client it is the same as having been stopped itself.
  MisbehavingServer server({[&](Peer& peer) {
    std::this_thread::sleep_for(kSlow);
    if (!peer.start_tls(certificate.context())) return;
    if (auto request = peer.request()) executed.add(*request);
  }});
  const auto transport = trusting(certificate, server);
  HttpRequest request = to_post();
  request.not_after = system_clock()->instant() + kSlow / 2;
  expect_failure(outcome(*transport, std::move(request)), Stage::not_sent, true,
                 "the time in which it might be sent had passed");
  EXPECT_EQ(server.connections(), 1U);
  server.wait_until_closed(0);
  EXPECT_EQ(executed.all(), std::vector<std::string>{});
}

TEST_F(TransportTls, ACertificateOfAnotherHostIsRefused) {
  const TestCertificate certificate("tenant.example");
  MisbehavingServer server({answering("")}, certificate.context());
  const auto transport = trusting(certificate, server);
  const Answered got = outcome(*transport, to_post());
  expect_failure(got, Stage::not_sent, false, "the certificate of " + at(server) + " is for another host");
  EXPECT_EQ(got.error().hint, "check the environment's url");
}

TEST_F(TransportTls, AHostIsVerifiedByItsName) {
  const TestCertificate certificate("localhost");
  MisbehavingServer server({answering("x")}, certificate.context());
  const auto transport = trusting(certificate, server, 1, "LocalHost");
  expect_answer(outcome(*transport, to_post()), 200, "x");
}

TEST_F(TransportTls, AnExpiredCertificateIsRefused) {
  const TestCertificate certificate("127.0.0.1", -60);
  MisbehavingServer server({answering("")}, certificate.context());
  const auto transport = trusting(certificate, server);
  expect_failure(outcome(*transport, to_get()), Stage::not_sent, false,
                 "the certificate of " + at(server) + " is not trusted: it or its authority's has expired");
}

TEST_F(TransportTls, OldTlsIsRefused) {
  const TestCertificate certificate("127.0.0.1");
  SSL_CTX_set_min_proto_version(certificate.context(), 0);
  SSL_CTX_set_max_proto_version(certificate.context(), TLS1_1_VERSION);
  MisbehavingServer server({answering("")}, certificate.context());
  const auto transport = trusting(certificate, server);
  const Answered got = outcome(*transport, to_get());
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().stage == Stage::not_sent, true);
  EXPECT_FALSE(got.error().retryable);
  EXPECT_EQ(got.error().hint, "is the port right, and does the server speak TLS 1.2 or newer?");
}

TEST_F(TransportTls, AServerWithoutTlsIsNamedAsSuch) {
  MisbehavingServer server({[](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_until_gone();
  }});
  const auto transport = connected("https://" + at(server));
  const Answered got = outcome(*transport, to_post());
  expect_failure(got, Stage::not_sent, false, "no TLS connection to " + at(server) + ": wrong version number");
}

TEST_F(TransportTls, AHandshakeThatIsCutOffMayBeTriedAgain) {
  MisbehavingServer server({[](Peer&) {}});
  const auto transport = connected("https://" + at(server));
  const Answered got = outcome(*transport, to_post());
  expect_failure(got, Stage::not_sent, true,
                 "no TLS connection to " + at(server) + ": it was closed during the handshake");
}

TEST_F(TransportTls, AHandshakeThatHangsEndsAtTheDeadlineAndNothingWasSent) {
  MisbehavingServer server({[](Peer& peer) { peer.wait_until_gone(); }});
  const auto transport = connected("https://" + at(server));
  expect_failure(outcome(*transport, to_delete(100ms)), Stage::not_sent, true,
                 "timed out after 0.1 s without a connection to " + at(server));
}

TEST_F(TransportTls, AChangeOnADyingConnectionIsSentOnce) {
  const TestCertificate certificate("127.0.0.1");
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
                             if (!peer.request()) return;
                             peer.send(answer(200, "first"));
                             if (auto request = peer.request()) record.add(*request);
                           }},
                           certificate.context());
  const auto transport = trusting(certificate, server);
  for (int i = 0; i < 5; ++i) {
    expect_answer(outcome(*transport, to_get()), 200, "first");
    expect_failure(outcome(*transport, i % 2 == 0 ? to_post() : to_delete()), Stage::ambiguous, true,
                   at(server) + " closed the connection without an answer");
  }
  EXPECT_EQ(record.all().size(), 5U);
}

TEST_F(TransportTls, AConnectionThatTheServerClosedIsNotUsedForAChange) {
  const TestCertificate certificate("127.0.0.1");
  Record record;
  MisbehavingServer server({[&](Peer& peer) {
                             if (auto request = peer.request()) record.add(*request);
                             peer.send(answer(200, "once"));
                           }},
                           certificate.context());
  const auto transport = trusting(certificate, server);
  for (std::size_t i = 0; i < 5; ++i) {
    expect_answer(outcome(*transport, to_post()), 200, "once");
    server.wait_until_closed(i);
  }
  EXPECT_EQ(record.all().size(), 5U);
}

TEST_F(TransportTls, EndlessHeadersAreCutOff) {
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({[](Peer& peer) {
                             peer.request();
                             peer.send("HTTP/1.1 200 X\r\n");
                             const std::string line = "X: " + std::string(8000, 'x') + "\r\n";
                             while (peer.send(line)) {
                             }
                           }},
                           certificate.context());
  const auto transport = trusting(certificate, server);
  HttpRequest request = to_get();
  request.max_answer_bytes = 100'000;
  expect_failure(outcome(*transport, request), Stage::ambiguous, false, "the answer is longer than 100000 bytes");
}

TEST_F(TransportTls, AChunkOfTwoGigabytesIsCutOff) {
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({[](Peer& peer) {
                             peer.request();
                             peer.send("HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n7ffffff0\r\n");
                             const std::string piece(16'000, 'x');
                             while (peer.send(piece)) {
                             }
                           }},
                           certificate.context());
  const auto transport = trusting(certificate, server);
  HttpRequest request = to_get();
  request.max_answer_bytes = 100'000;
  expect_failure(outcome(*transport, request), Stage::ambiguous, false, "the answer is longer than 100000 bytes");
}

TEST_F(TransportTls, ALongAnswerPassesWhatLimitsTheFlood) {
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({answering(std::string(5'000'000, 'x'))}, certificate.context());
  const auto transport = trusting(certificate, server);
  HttpRequest request = to_get();
  request.max_answer_bytes = 5'000'000;
  for (int i = 0; i < 3; ++i) expect_answer(outcome(*transport, request), 200, std::string(5'000'000, 'x'));
}

TEST_F(TransportTls, AnAnswerWithoutALengthThatIsCutOffIsNotTakenForWhole) {
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({[](Peer& peer) {
                             peer.request();
                             peer.send("HTTP/1.1 200 X\r\n\r\n{\"data\":[");
                             peer.reset();
                           }},
                           certificate.context());
  const auto transport = trusting(certificate, server);
  expect_failure(outcome(*transport, to_get()), Stage::ambiguous, true, "the answer of " + at(server) + " is cut off");
}

TEST_F(TransportTls, DestructionLeavesNothingInFlight) {
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({[](Peer& peer) { peer.wait_until_gone(); }}, certificate.context());
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 5; ++round) {
    const auto transport = trusting(certificate, server, 8);
    for (std::uint64_t i = 0; i < 20; ++i) transport->start(i, to_post());
    transport->wait(std::chrono::steady_clock::now() + std::chrono::milliseconds(3 * round));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 20s) << "the library did not let go";
}

TEST_F(TransportTls, TheProcessMayEndWithRequestsInFlight) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const TestCertificate certificate("127.0.0.1");
  MisbehavingServer server({answering(std::string(100'000, 'x'))}, certificate.context());
  const std::filesystem::path file = directory_ / "authority.pem";
  certificate.write_authority(file);
  // The test runs again in the process that is to end; there, what the first has set stays: its server
  // is used, not one whose threads would end with the process.
  ::setenv("CIPHERFORM_TEST_URL", ("https://" + at(server)).c_str(), 0);
  ::setenv("CIPHERFORM_TEST_CA", file.c_str(), 0);
  const auto leave_in_the_middle = [&] {
    TransportOptions options = options_for(std::getenv("CIPHERFORM_TEST_URL"), 8);
    options.ca_file = std::getenv("CIPHERFORM_TEST_CA");
    std::filesystem::remove_all(directory_);
    {
      const auto transport = connected(options);
      for (std::uint64_t i = 0; i < 100; ++i) transport->start(i, to_get());
      for (int i = 0; i < 20; ++i) transport->wait({});
    }
    std::exit(0);
  };
  EXPECT_EXIT(leave_in_the_middle(), testing::ExitedWithCode(0), "");
  EXPECT_GT(server.connections(), 0U);
  ::unsetenv("CIPHERFORM_TEST_URL");
  ::unsetenv("CIPHERFORM_TEST_CA");
}

// -------------------------------------------------------------------- ca_file

using TlsTrust = TransportTls;

TEST_F(TlsTrust, AnUnusableCaFileIsAnErrorThatNamesIt) {
  const auto error_of = [&](const std::filesystem::path& file) {
    TransportOptions options = options_for("https://127.0.0.1:1");
    options.ca_file = file;
    const auto transport = connect(options);
    EXPECT_FALSE(transport.has_value());
    if (transport) return std::string();
    EXPECT_EQ(transport.error().kind, ErrorKind::file);
    EXPECT_EQ(transport.error().where, file.string());
    return transport.error().what;
  };
  const auto written = [&](const std::string& text) {
    std::ofstream(directory_ / "file.pem") << text;
    return directory_ / "file.pem";
  };
  EXPECT_EQ(error_of(directory_ / "absent.pem"), "cannot use the CA file: No such file or directory");
  EXPECT_EQ(error_of(directory_), "cannot use the CA file: it is not a regular file");
  EXPECT_EQ(error_of(written("")), "cannot use the CA file: it holds no certificate");
  EXPECT_EQ(error_of(written("certificates are elsewhere\n")), "cannot use the CA file: it holds no certificate");
  EXPECT_EQ(error_of(written("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")),
            "cannot use the CA file: a certificate in it cannot be read");

  const TestCertificate certificate("127.0.0.1");
  const std::filesystem::path file = directory_ / "good.pem";
  certificate.write_authority(file);
  EXPECT_TRUE(load_certificate_store(file).has_value());
  std::ofstream(file, std::ios::app) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(error_of(file), "cannot use the CA file: a certificate in it cannot be read");
}

TEST_F(TlsTrust, TheCaFileIsTrustedBesideTheSystemsStore) {
  const TestCertificate certificate("127.0.0.1");
  const std::filesystem::path file = directory_ / "authority.pem";
  certificate.write_authority(file);
  const auto count = [](const CertificateStore& store) {
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(store.get()));
  };
  const auto system = load_certificate_store(std::nullopt);
  const auto both = load_certificate_store(file);
  ASSERT_TRUE(system && both);
  EXPECT_EQ(count(*both), count(*system) + 1);
}

/// Ends the process with the variables as they are after avoid_parsing_the_bundle(), on standard error.
[[noreturn]] void show_variables(const char* file, const std::filesystem::path& directory) {
  std::filesystem::remove_all(directory);
  ::unsetenv("SSL_CERT_DIR");
  ::unsetenv("SSL_CERT_FILE");
  if (file != nullptr) ::setenv("SSL_CERT_FILE", file, 1);
  avoid_parsing_the_bundle();
  for (const char* name : {"SSL_CERT_FILE", "SSL_CERT_DIR"}) {
    const char* value = std::getenv(name);
    std::fprintf(stderr, "%s=%s\n", name, value != nullptr ? value : "");
  }
  std::exit(0);
}

TEST_F(TlsTrust, TheBundleIsNotParsedForEveryConnectionUnlessTheUserChoseIt) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(show_variables("/my/bundle.pem", directory_), testing::ExitedWithCode(0),
              "SSL_CERT_FILE=/my/bundle.pem\nSSL_CERT_DIR=\n");
  // One of the system's own certificates and its directory; nothing where it has no such directory.
  EXPECT_EXIT(show_variables(nullptr, directory_), testing::ExitedWithCode(0),
              "SSL_CERT_FILE=(.*/[0-9a-f]+\\.0\nSSL_CERT_DIR=/.*|\nSSL_CERT_DIR=)\n");
}

}  // namespace
}  // namespace cipherform::tests
