#include "cipherform/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "raw_http.h"
#include "sample_tenant.h"
#include "sandbox/start.h"

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using testing::kAdmins;
using testing::kStaff;
using testing::RawAnswer;
using testing::RawConnection;
using testing::request;
using testing::sample_seed;
using testing::TempDirectory;

SandboxOptions sample_options() {
  SandboxOptions options;
  options.seed = sample_seed();
  return options;
}

std::unique_ptr<Sandbox> started(const SandboxOptions& options) {
  auto sandbox = start_sandbox(options);
  EXPECT_TRUE(sandbox) << (sandbox ? "" : to_string(sandbox.error()));
  return sandbox ? *std::move(sandbox) : nullptr;
}

std::string error_of(const SandboxOptions& options) {
  const auto sandbox = start_sandbox(options);
  return sandbox ? "no error" : to_string(sandbox.error());
}

std::string new_user(const std::string& email) {
  return R"({"email":")" + email + R"(","groups":[")" + kStaff + "\"]}";
}

TEST(Sandbox, ServesItsSeedBelowItsBasePath) {
  const auto sandbox = started(sample_options());
  EXPECT_EQ(sandbox->base_url(), "http://127.0.0.1:" + std::to_string(testing::port_of(sandbox->base_url())) + "/qa");
  EXPECT_EQ(sandbox->users(), 3U);
  const RawAnswer answer = request(sandbox->base_url(), "GET", "/tenants/users");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find(R"("total":3,"page":0,"limit":10,"hasNext":false,"hasPrevious":false})"),
            std::string::npos);
  EXPECT_EQ(sandbox->requests("GET /tenants/users"), 1U);
  EXPECT_EQ(request(sandbox->base_url() + "/more", "GET", "/tenants/users").status, 404);
}

TEST(Sandbox, TakesItsOptions) {
  SandboxOptions options = sample_options();
  options.host = "localhost";
  options.base_path = "/a/b/";
  options.api_key = "k3y";
  options.default_limit = 1;
  options.max_limit = 2;
  options.list_groups = false;
  options.generated_users = 40;
  const auto sandbox = started(options);
  EXPECT_TRUE(sandbox->base_url().ends_with("/a/b"));
  EXPECT_EQ(sandbox->users(), 43U);
  RawConnection connection(sandbox->base_url());
  const auto get = [&](std::string_view path) { return connection.request("GET", path, {}, "apikey: k3y\r\n"); };
  EXPECT_NE(get("/tenants/users").body.find(R"("limit":1,)"), std::string::npos);
  EXPECT_NE(get("/tenants/users?limit=50").body.find(R"("limit":2,)"), std::string::npos);
  EXPECT_EQ(get("/tenants/groups").status, 403);
}

TEST(Sandbox, CanHaveNoBasePath) {
  SandboxOptions options = sample_options();
  options.base_path = "/";
  const auto sandbox = started(options);
  EXPECT_EQ(request(sandbox->base_url(), "GET", "/tenants/users").status, 200);
}

TEST(Sandbox, SaysWhichOptionIsWrong) {
  SandboxOptions options = sample_options();
  options.host = "0.0.0.0";
  EXPECT_EQ(error_of(options), "error: the sandbox listens on loopback only, not on '0.0.0.0' (use 127.0.0.1)");
  options = sample_options();
  options.base_path = "qa?x";
  EXPECT_EQ(error_of(options), "error: 'qa?x' cannot be the sandbox's base path (for example /qa)");
  options = sample_options();
  options.api_key = "a b";
  EXPECT_EQ(error_of(options), "error: the sandbox's API key must be visible ASCII characters");
  options.api_key = "";
  EXPECT_EQ(error_of(options), "error: the sandbox's API key must be visible ASCII characters");
  options = sample_options();
  options.max_limit = 0;
  EXPECT_EQ(error_of(options), "error: the largest page must have 1 to 10000 entries");
  options = sample_options();
  options.default_limit = 101;
  EXPECT_EQ(error_of(options), "error: the default page must have at least one entry and no more than the largest");
  options = sample_options();
  options.requests_per_second = -1;
  EXPECT_EQ(error_of(options), "error: the requests per second must be a number from 0");
  options.requests_per_second = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(error_of(options), "error: the requests per second must be a number from 0");
  options = sample_options();
  options.seed.users[1].groups = {"Nowhere"};
  EXPECT_EQ(error_of(options),
            "users[1]: error: user 'bob@example.com' is in the group 'Nowhere', which the seed does not have");
}

TEST(Sandbox, SaysWhichPortIsTaken) {
  const auto sandbox = started(sample_options());
  SandboxOptions options = sample_options();
  options.port = testing::port_of(sandbox->base_url());
  EXPECT_EQ(error_of(options), "error: port " + std::to_string(options.port) +
                                   " on 127.0.0.1 is in use (choose another port, or 0 for any free one)");
}

TEST(Sandbox, CanStartAgainOnTheSamePort) {
  SandboxOptions options = sample_options();
  options.port = testing::port_of(started(options)->base_url());
  for (int i = 0; i < 3; ++i) {
    const auto sandbox = started(options);
    ASSERT_TRUE(sandbox);
    EXPECT_EQ(request(sandbox->base_url(), "GET", "/tenants/users").status, 200);
  }
}

TEST(Sandbox, LivesBesideOthers) {
  const auto first = started(sample_options());
  SandboxOptions options = sample_options();
  options.seed.users.pop_back();
  auto second = started(options);
  EXPECT_EQ(request(first->base_url(), "POST", "/tenants/users", new_user("c@example.com")).status, 201);
  EXPECT_EQ(first->users(), 4U);
  EXPECT_EQ(second->users(), 2U);
  second.reset();
  EXPECT_EQ(request(first->base_url(), "GET", "/tenants/users").status, 200);
}

TEST(Sandbox, LimitsTheRateOverHttp) {
  SandboxOptions options = sample_options();
  options.requests_per_second = 5;
  std::atomic<std::int64_t> milliseconds = 0;
  Clocks clocks = system_clocks();
  clocks.steady = [&] { return std::chrono::steady_clock::time_point{std::chrono::milliseconds{milliseconds.load()}}; };
  const auto sandbox = sandbox::start(options, clocks).value();
  RawConnection connection(sandbox->base_url());
  const auto passed = [&] {
    int count = 0;
    for (int i = 0; i < 20; ++i) {
      const RawAnswer answer = connection.request("GET", "/tenants/users");
      count += answer.status == 200 ? 1 : 0;
      EXPECT_TRUE(answer.status == 200 || (answer.status == 429 && answer.headers.at("retry-after") == "1"));
    }
    return count;
  };
  EXPECT_EQ(passed(), 5);
  milliseconds += 600;
  EXPECT_EQ(passed(), 3);
  milliseconds += 60'000;
  EXPECT_EQ(passed(), 5);
}

TEST(Sandbox, KeepsItsTenantAcrossRestarts) {
  const TempDirectory directory;
  SandboxOptions options = sample_options();
  options.database = directory / "tenant.sqlite";
  std::string before;
  {
    const auto sandbox = started(options);
    RawConnection connection(sandbox->base_url());
    ASSERT_EQ(connection.request("POST", "/tenants/users", new_user("c@example.com")).status, 201);
    const std::string bob = to_string(make_uuid(IdKind::user, 1));
    ASSERT_EQ(
        connection.request("POST", "/tenants/users/" + bob + "/groups", R"({"groupId":")" + kAdmins + "\"}").status,
        201);
    before = connection.request("GET", "/tenants/users").body + connection.request("GET", "/tenants/groups").body;
  }
  struct stat found {};
  ASSERT_EQ(::stat(options.database->c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);

  options.seed = {};  // what the file has is what counts
  options.generated_users = 5;
  const auto sandbox = started(options);
  ASSERT_TRUE(sandbox);
  EXPECT_EQ(sandbox->users(), 4U);
  EXPECT_EQ(sandbox->invitations("c@example.com"), 1U);
  RawConnection connection(sandbox->base_url());
  EXPECT_EQ(connection.request("GET", "/tenants/users").body + connection.request("GET", "/tenants/groups").body,
            before);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("C@example.com")).status, 409);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("d@example.com")).status, 201)
      << "ids go on where they ended";
}

TEST(Sandbox, DoesNotTouchAForeignDatabase) {
  const TempDirectory directory;
  SandboxOptions options = sample_options();
  options.database = directory / "notes.txt";
  std::ofstream(*options.database) << "these are notes, not a database: keep them";
  EXPECT_EQ(error_of(options), options.database->string() +
                                   ": error: the file is not a sandbox's database, or is damaged (move it away to "
                                   "start with a new tenant)");
  EXPECT_EQ(std::filesystem::file_size(*options.database), 42U);
}

TEST(Sandbox, DecidesRacesOneWay) {
  const auto sandbox = started(sample_options());
  const std::string ada = "/tenants/users/" + to_string(make_uuid(IdKind::user, 0));
  std::atomic<int> created = 0;
  std::atomic<int> contested = 0;
  std::atomic<int> joined = 0;
  std::vector<std::thread> clients;
  clients.reserve(8);
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      RawConnection connection(sandbox->base_url());
      for (int i = 0; i < 25; ++i) {
        const std::string own = "user" + std::to_string(c) + "-" + std::to_string(i) + "@example.com";
        created += connection.request("POST", "/tenants/users", new_user(own)).status == 201 ? 1 : 0;
        const std::string shared = "shared" + std::to_string(i) + "@example.com";
        contested += connection.request("POST", "/tenants/users", new_user(shared)).status == 201 ? 1 : 0;
        connection.request("GET", "/tenants/users?sort=email&limit=5");
      }
      joined += connection.request("POST", ada + "/groups", R"({"groupId":")" + kStaff + "\"}").status == 201 ? 1 : 0;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(created, 200);
  EXPECT_EQ(contested, 25);
  EXPECT_EQ(joined, 1);
  EXPECT_EQ(sandbox->users(), 3U + 225U);

  std::set<std::string> ids;
  std::string last_created;
  for (int offset = 0; offset < 300; offset += 100) {
    const RawAnswer page =
        request(sandbox->base_url(), "GET", "/tenants/users?limit=100&offset=" + std::to_string(offset));
    simdjson::dom::parser parser;
    const simdjson::padded_string text(page.body);
    for (const auto user : parser.parse(text)["data"].get_array()) {
      EXPECT_TRUE(ids.emplace(std::string_view(user["id"].get_string())).second);
      const std::string created_at(std::string_view(user["createdAt"].get_string()));
      EXPECT_LT(last_created, created_at);
      last_created = created_at;
    }
  }
  EXPECT_EQ(ids.size(), 228U);
}

TEST(Sandbox, StopsWhileItIsChanged) {
  const TempDirectory directory;
  SandboxOptions options = sample_options();
  options.database = directory / "t";
  std::atomic<std::uint64_t> created = 0;
  auto sandbox = started(options);
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&created, c, url = sandbox->base_url()] {
      RawConnection connection(url);
      for (int i = 0;; ++i) {
        const std::string email = "user" + std::to_string(c) + "-" + std::to_string(i) + "@example.com";
        if (connection.request("POST", "/tenants/users", new_user(email)).status != 201) return;
        ++created;
      }
    });
  }
  while (sandbox->users() < 100) std::this_thread::yield();
  sandbox.reset();
  for (std::thread& client : clients) client.join();
  // Every answer that said "created" is in the file; nothing that is there went unanswered.
  EXPECT_EQ(started(options)->users(), 3U + created.load());
}

TEST(Sandbox, GoesWrongAsItsFaultPlanSays) {
  const TempDirectory directory;
  SandboxOptions options = sample_options();
  options.fault_plan = directory / "faults.json";
  std::ofstream(*options.fault_plan) << R"({"rules":[{"match":{"nth":2},"fault":{"status":503}}]})";
  const auto sandbox = started(options);
  EXPECT_EQ(sandbox->control_url(), "");
  EXPECT_TRUE(sandbox->base_url().ends_with("/qa"));
  RawConnection connection(sandbox->base_url());
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 200);
  EXPECT_EQ(connection.request("GET", "/tenants/users").status, 503);
  EXPECT_EQ(connection.request("POST", "/tenants/users", new_user("new@example.com")).status, 201);
  EXPECT_EQ(sandbox->users(), 4U);
  EXPECT_EQ(sandbox->invitations("new@example.com"), 1U);
  EXPECT_EQ(sandbox->requests("GET /tenants/users"), 1U) << "the other one did not reach the tenant";
}

TEST(Sandbox, IsControlledOnASecondPort) {
  SandboxOptions options = sample_options();
  options.control_port = 0;
  const auto sandbox = started(options);
  EXPECT_NE(testing::port_of(sandbox->control_url()), testing::port_of(sandbox->base_url()));
  EXPECT_EQ(request(sandbox->base_url(), "GET", "/tenants/users").status, 200);
  EXPECT_EQ(request(sandbox->control_url(), "PUT", "/fault-plan", R"({"rules":[{"fault":{"status":503}}]})").status,
            204);
  EXPECT_EQ(request(sandbox->base_url(), "GET", "/tenants/users").status, 503);
  EXPECT_NE(request(sandbox->control_url(), "GET", "/statistics").body.find(R"("answers":{"200":1,"503":1})"),
            std::string::npos);
  EXPECT_EQ(started(sample_options())->control_url(), "");
}

TEST(Sandbox, SaysWhatIsWrongWithAFaultPlan) {
  const TempDirectory directory;
  SandboxOptions options = sample_options();
  options.fault_plan = directory / "faults.json";
  const std::string path = options.fault_plan->string();
  EXPECT_EQ(error_of(options), path + ": error: the fault plan cannot be read: No such file or directory");
  std::ofstream(*options.fault_plan) << R"({"rules":[{"fault":{"stat":503}}]})";
  EXPECT_EQ(error_of(options), path + ": rules[0].fault.stat: error: this key is not known (see docs/sandbox.md)");
  std::filesystem::resize_file(*options.fault_plan, (1U << 20) + 1);
  EXPECT_EQ(error_of(options), path + ": error: the fault plan is too long");
  options.fault_plan = directory / "";
  EXPECT_EQ(error_of(options), (directory / "").string() + ": error: the fault plan cannot be read: Is a directory");
}

TEST(Sandbox, SaysThatTheControlPortIsTaken) {
  SandboxOptions options = sample_options();
  options.control_port = 0;
  const auto sandbox = started(options);
  options.control_port = testing::port_of(sandbox->control_url());
  EXPECT_NE(error_of(options).find(" is in use"), std::string::npos);
}

}  // namespace
}  // namespace cipherform::sandbox
