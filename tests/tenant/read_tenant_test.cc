#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "cipherform/tenant.h"
#include "tenant/churning_tenant.h"

namespace cipherform {
namespace {

using fakes::Churn;
using fakes::ChurningTenant;
using fakes::failure;
using fakes::Habits;
using fakes::ListOrder;
using fakes::query_number;
using fakes::reply;
using fakes::ScriptedTransport;
using fakes::VirtualClock;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Reply = ScriptedTransport::Reply;
using Handler = std::function<Reply(const HttpRequest&)>;

struct ReadLog final : Progress {
  void update(std::string_view what, std::uint64_t done, std::uint64_t total) override {
    lines.push_back(fmt::format("{} {} {}", what, done, total));
  }
  void waiting(std::string_view /*why*/, milliseconds /*left*/) override {}
  std::vector<std::string> lines;
};

struct Switch final : Interruption {
  bool requested() const noexcept override { return on; }
  bool on = false;
};

bool asks_for_users(const HttpRequest& request) { return request.path.starts_with("/tenants/users?"); }

class ReadTenantTest : public ::testing::Test {
 protected:
  Result<LiveState> read(Handler handler) {
    transport = std::make_unique<ScriptedTransport>(clock, std::move(handler));
    TenantLink link(*transport, clock, random, {});
    return read_tenant(link, options, &log, &interruption);
  }
  /// Users as `users` answers, groups as 404.
  Result<LiveState> read_users(Handler users) {
    return read([users = std::move(users)](const HttpRequest& request) {
      return asks_for_users(request) ? users(request) : reply(404);
    });
  }
  Result<LiveState> read(ChurningTenant& tenant) {
    return read([&](const HttpRequest& request) { return tenant.answer(request); });
  }

  unsigned user_requests() const {
    return static_cast<unsigned>(std::ranges::count_if(
        transport->sent(), [](const ScriptedTransport::Sent& sent) { return asks_for_users(sent.request); }));
  }
  std::uint64_t farthest_offset() const {
    std::uint64_t farthest = 0;
    for (const auto& sent : transport->sent()) farthest = std::max(farthest, query_number(sent.request.path, "offset"));
    return farthest;
  }

  VirtualClock clock;
  std::mt19937_64 random{1};
  ReadOptions options;
  ReadLog log;
  Switch interruption;
  std::unique_ptr<ScriptedTransport> transport;
};

constexpr std::string_view kGroups = R"({"data":[
  {"id":"g-all","name":"Everyone","roles":[{"type":"DEFAULT"}],"users":[{"id":"u1"}],"isSamlDefaultGroup":true,"idpMapping":[]},
  {"id":"g-adm","name":"Admins","roles":[{"type":"ADMIN"}],"users":[],"isSamlDefaultGroup":false,"idpMapping":[]}],
  "total":2,"page":0,"limit":100,"hasNext":false})";
constexpr std::string_view kUsers = R"({"data":[
  {"id":"u1","email":"Ada@example.com","status":"Active","isOwner":true,
   "groups":[{"id":"g-adm","name":"Admins, old"
},{"id":"g-all","name":"Everyone"},{"id":"g-adm","name":"Admins"}]
},
  {"id":"u2","status":"Expired","isOwner":false,"groups":[{"id":"g-new","name":"New"}]}],
  "total":2,"page":0,"limit":100,"hasNext":false
})";

std::vector<std::string_view> group_names(const LiveState& live, const LiveUser& user) {
  std::vector<std::string_view> names;
  for (const std::uint32_t group : live.memberships_of(user)) names.push_back(live.groups[group].name);
  return names;
}

TEST_F(ReadTenantTest, UsersAndGroupsBecomeALiveState) {
  const auto live = read(
      [](const HttpRequest& request) { return reply(200, std::string(asks_for_users(request) ? kUsers : kGroups)); });
  ASSERT_TRUE(live) << to_string(live.error());
  EXPECT_TRUE(live->groups_listed);
  ASSERT_EQ(live->groups.size(), 3U);
  EXPECT_EQ(live->groups[0].name, "Everyone");
  EXPECT_TRUE(live->groups[0].identity_managed);
  EXPECT_FALSE(live->groups[0].privileged);
  EXPECT_EQ(live->groups[1].name, "Admins");
  EXPECT_EQ(live->groups[1].id, "g-adm");
  EXPECT_TRUE(live->groups[1].privileged);
  EXPECT_EQ(live->groups[2].name, "New");  // made since the groups were listed
  ASSERT_EQ(live->users.size(), 2U);
  const LiveUser& ada = live->users[0];
  EXPECT_EQ(ada.id, "u1");
  EXPECT_EQ(ada.email, "Ada@example.com");
  EXPECT_EQ(ada.status, UserStatus::active);
  EXPECT_EQ(ada.status_text, "Active");
  EXPECT_TRUE(ada.is_owner);
  EXPECT_THAT(group_names(*live, ada), ElementsAre("Admins", "Everyone"));
  EXPECT_EQ(live->users[1].email, "");
  EXPECT_EQ(live->users[1].status, UserStatus::expired);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->proof.reason, "");
  EXPECT_EQ(live->proof.requests, 1U);
  EXPECT_EQ(live->proof.pages, 1U);
  EXPECT_EQ(live->proof.passes, 1U);
}

TEST_F(ReadTenantTest, TheStateOutlivesTheAnswersAndMoves) {
  auto read_once = read(
      [](const HttpRequest& request) { return reply(200, std::string(asks_for_users(request) ? kUsers : kGroups)); });
  ASSERT_TRUE(read_once);
  transport.reset();
  const LiveState live = std::move(*read_once);
  EXPECT_EQ(live.users[0].email, "Ada@example.com");
  EXPECT_EQ(live.groups[1].name, "Admins");
}

// ------------------------------------------------------------- quiet tenants

class QuietTenant : public ReadTenantTest, public ::testing::WithParamInterface<unsigned> {};

TEST_P(QuietTenant, IsReadWithExactlyThePagesNeeded) {
  for (const std::uint32_t users : {0U, 1U, 5U, 99U, 100U, 101U, 195U, 196U, 290U, 1000U, 10'000U}) {
    ChurningTenant tenant(users, {}, {}, users);
    options.parallelism = GetParam();
    const auto live = read(tenant);
    ASSERT_TRUE(live) << to_string(live.error());
    EXPECT_TRUE(live->proof.complete) << live->proof.reason;
    EXPECT_EQ(live->users.size(), users);
    const unsigned pages = users <= 100 ? 1 : 1 + (users - 100 + 94) / 95;
    EXPECT_EQ(user_requests(), pages) << users;
    EXPECT_EQ(live->proof.requests, pages);
    EXPECT_EQ(live->proof.pages, pages);
    EXPECT_EQ(live->proof.passes, 1U);
    EXPECT_LT(farthest_offset(), std::max(users, 1U));
    EXPECT_LE(transport->most_in_flight(), GetParam());
  }
}

INSTANTIATE_TEST_SUITE_P(Parallelism, QuietTenant, ::testing::Values(1U, 2U, 3U, 4U, 8U));

TEST_F(ReadTenantTest, TenThousandUsersAre106Requests) {
  ChurningTenant tenant(10'000, {}, {}, 1);
  ASSERT_TRUE(read(tenant));
  EXPECT_EQ(user_requests(), 106U);
}

TEST_F(ReadTenantTest, PagesAreInFlightTogether) {
  ChurningTenant tenant(2000, {}, {}, 1);
  options.parallelism = 4;
  ASSERT_TRUE(read(tenant));
  EXPECT_EQ(transport->most_in_flight(), 4U);
}

TEST_F(ReadTenantTest, ReadsTheSameWhateverTheParallelism) {
  std::string first;
  for (unsigned parallelism = 1; parallelism <= 8; ++parallelism) {
    ChurningTenant tenant(777, {}, {}, 5);
    options.parallelism = parallelism;
    const auto live = read(tenant);
    ASSERT_TRUE(live);
    std::string ids;
    for (const LiveUser& user : live->users) ids.append(user.id).append(" ");
    if (first.empty()) first = ids;
    EXPECT_EQ(ids, first) << parallelism;
  }
}

TEST_F(ReadTenantTest, AClampedLimitIsFollowed) {
  struct Case {
    std::uint32_t clamp;
    std::uint32_t stride;
  };
  for (const auto& [clamp, stride] : {Case{10, 8}, Case{25, 20}, Case{50, 45}}) {
    Habits habits;
    habits.most_in_page = clamp;
    ChurningTenant tenant(1000, habits, {}, 1);
    const auto live = read(tenant);
    ASSERT_TRUE(live);
    EXPECT_TRUE(live->proof.complete) << live->proof.reason;
    EXPECT_EQ(live->users.size(), 1000U);
    EXPECT_EQ(user_requests(), 1 + (1000 - clamp + stride - 1) / stride) << clamp;
  }
}

TEST_F(ReadTenantTest, EveryFixedOrderIsProvedInOnePass) {
  for (const ListOrder order : {ListOrder::created_up, ListOrder::created_down, ListOrder::id_up, ListOrder::id_down}) {
    Habits habits;
    habits.order = order;
    ChurningTenant tenant(500, habits, {}, 1);
    const auto live = read(tenant);
    ASSERT_TRUE(live);
    EXPECT_TRUE(live->proof.complete);
    EXPECT_EQ(live->proof.passes, 1U);
  }
}

TEST_F(ReadTenantTest, AnyOtherOrderIsProvedByASecondEqualPass) {
  for (const ListOrder order : {ListOrder::created_in_batches, ListOrder::updated_up, ListOrder::updated_down}) {
    Habits habits;
    habits.order = order;
    ChurningTenant tenant(500, habits, {}, 1);
    const auto live = read(tenant);
    ASSERT_TRUE(live);
    EXPECT_TRUE(live->proof.complete) << live->proof.reason;
    EXPECT_EQ(live->proof.passes, 2U);
    EXPECT_EQ(live->proof.requests, 12U);
    EXPECT_EQ(live->users.size(), 500U);
  }
}

TEST_F(ReadTenantTest, WithoutAnOrderOrATotalThereIsNoProofAndNoSecondPass) {
  Habits habits;
  habits.order = ListOrder::updated_down;
  habits.says_total = false;
  ChurningTenant tenant(500, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_FALSE(live->proof.complete);
  EXPECT_EQ(live->proof.passes, 1U);
  EXPECT_EQ(live->proof.reason, "the list of users has no order that stays as it is, and the API does not count them");
}

TEST_F(ReadTenantTest, WithoutAnyOrderThereIsNoProof) {
  Habits habits;
  habits.order = ListOrder::none;
  ChurningTenant tenant(500, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_FALSE(live->proof.complete);
  EXPECT_EQ(live->proof.passes, 3U);
  EXPECT_THAT(live->proof.reason, HasSubstr("the API counts 500 users, but 3 passes over the list found "));
}

TEST_F(ReadTenantTest, ACreationAndADeletionBetweenTwoPassesAreNoProof) {
  Habits habits;
  habits.order = ListOrder::created_in_batches;
  Churn churn;
  churn.updates = false;
  churn.chance = 1;
  ChurningTenant tenant(500, habits, churn, 3);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_FALSE(live->proof.complete);
  EXPECT_EQ(live->proof.passes, 3U);
  EXPECT_EQ(live->proof.reason, "the list of users has no order that stays as it is, and no two of 3 passes agree");
}

TEST_F(ReadTenantTest, TwoPassesThatSawTheSameAreNoProofWhereTheSecondBeganWithMoreUsers) {
  // In each pass somebody is deleted after having been read, and somebody else moves from
  // where we have not been to where we have been.
  const auto page = [](std::string_view ids, unsigned total, bool has_next) {
    std::string body = R"({"data":[)";
    for (const char id : ids) {
      body += fmt::format(R"({}{{"id":"{}","status":"Active","isOwner":false,"groups":[]}})",
                          body.size() > 9 ? "," : "", id);
    }
    return reply(200, body + fmt::format(R"(],"total":{},"hasNext":{}}})", total, has_next));
  };
  options.limit = 8;
  options.overlap = 2;
  const auto live = read_users([&](const HttpRequest& request) {
    return query_number(request.path, "offset") == 0 ? page("hcagbdfe", 11, true) : page("feji", 10, false);
  });
  ASSERT_TRUE(live) << to_string(live.error());
  EXPECT_EQ(live->users.size(), 10U);
  EXPECT_FALSE(live->proof.complete);
  EXPECT_EQ(live->proof.passes, 3U);
}

TEST_F(ReadTenantTest, ASortThatTheApiDoesNotTakeIsGivenUp) {
  Habits habits;
  habits.takes_sort = false;
  ChurningTenant tenant(300, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->proof.requests, 5U);
  std::vector<std::string> paths;
  for (const auto& sent : transport->sent()) {
    if (asks_for_users(sent.request)) paths.push_back(sent.request.path);
  }
  ASSERT_EQ(paths.size(), 5U);
  EXPECT_EQ(paths[0], "/tenants/users?limit=100&offset=0&sort=createdAt");
  EXPECT_EQ(paths[1], "/tenants/users?limit=100&offset=0");
  EXPECT_EQ(paths[4], "/tenants/users?limit=100&offset=285");
}

TEST_F(ReadTenantTest, AnApiThatRefusesEverySortIsQuoted) {
  const auto live = read_users([](const HttpRequest&) { return reply(400, R"({"message":"limit is wrong"})"); });
  ASSERT_FALSE(live);
  EXPECT_EQ(to_string(live.error()), "GET /tenants/users: error: the API answered 400 Bad Request: limit is wrong");
  EXPECT_EQ(user_requests(), 2U);
}

// ----------------------------------------------------------- what lists say

TEST_F(ReadTenantTest, ATotalThatIsTooSmallIsNotBelieved) {
  Habits habits;
  habits.lie = [](std::uint64_t& total, std::optional<bool>&) { total = 10; };
  ChurningTenant tenant(1000, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->users.size(), 1000U);
}

TEST_F(ReadTenantTest, ATotalThatIsTooLargeCastsDoubt) {
  Habits habits;
  habits.lie = [](std::uint64_t& total, std::optional<bool>&) { ++total; };
  ChurningTenant tenant(1000, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_FALSE(live->proof.complete);
  EXPECT_EQ(live->proof.passes, 3U);
  EXPECT_EQ(live->proof.reason, "the API counts 1001 users, but 3 passes over the list found 1000 at most");
  EXPECT_EQ(live->users.size(), 1000U);
}

TEST_F(ReadTenantTest, AnAbsurdTotalIsAskedForNoFurtherThanTheListGoes) {
  Habits habits;
  habits.lie = [](std::uint64_t& total, std::optional<bool>&) { total = 18'446'744'073'709'551'615U; };
  ChurningTenant tenant(300, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live) << to_string(live.error());
  EXPECT_FALSE(live->proof.complete);
  EXPECT_EQ(live->users.size(), 300U);
  EXPECT_LT(user_requests(), 60U);
}

TEST_F(ReadTenantTest, WithoutATotalPagesComeOneByOne) {
  Habits habits;
  habits.says_total = false;
  ChurningTenant tenant(1000, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(user_requests(), 11U);
  EXPECT_EQ(transport->most_in_flight(), 1U);
}

TEST_F(ReadTenantTest, WithoutHasNextTheLastPageIsTheShortOne) {
  Habits habits;
  habits.says_has_next = false;
  ChurningTenant tenant(1000, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->users.size(), 1000U);
}

TEST_F(ReadTenantTest, AHasNextThatIsAlwaysFalseIsNotBelieved) {
  Habits habits;
  habits.lie = [](std::uint64_t&, std::optional<bool>& has_next) { has_next = false; };
  ChurningTenant tenant(1000, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->users.size(), 1000U);
}

TEST_F(ReadTenantTest, AHasNextThatIsAlwaysTrueIsRefused) {
  Habits habits;
  habits.lie = [](std::uint64_t&, std::optional<bool>& has_next) { has_next = true; };
  ChurningTenant tenant(300, habits, {}, 1);
  const auto live = read(tenant);
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::listing);
  EXPECT_THAT(live.error().what, HasSubstr("the list does not end"));
  EXPECT_LT(user_requests(), 40U);
}

TEST_F(ReadTenantTest, AnIgnoredOffsetIsRefused) {
  ChurningTenant tenant(1000, {}, {}, 1);
  const auto live = read_users([&](const HttpRequest& request) {
    HttpRequest first = request;
    first.path = "/tenants/users?limit=100&offset=0";
    return tenant.answer(first);
  });
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::listing);
  EXPECT_EQ(live.error().what, "every page begins with the same entry: the API ignores `offset`");
  EXPECT_EQ(live.error().where, "GET /tenants/users?limit=100&offset=285&sort=createdAt");
  EXPECT_LT(user_requests(), 12U);
}

TEST_F(ReadTenantTest, AnIgnoredLimitIsFine) {
  Habits habits;
  habits.most_in_page = 1'000'000;
  ChurningTenant tenant(1000, habits, {}, 1);
  const auto live = read_users([&](const HttpRequest&) {
    HttpRequest all;
    all.path = "/tenants/users?limit=1000000&offset=0";
    return tenant.answer(all);
  });
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->users.size(), 1000U);
  EXPECT_EQ(user_requests(), 1U);
}

TEST_F(ReadTenantTest, AnEmptyListIsRefusedWhereUsersAreKnown) {
  options.known_users = 300;
  ChurningTenant tenant(0, {}, {}, 1);
  const auto live = read(tenant);
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::listing);
  EXPECT_EQ(to_string(live.error()),
            "GET /tenants/users: error: the API lists no users, but there were 300 at the last read (is the key for "
            "this environment, and the url the right tenant's? Nothing was changed)");
}

TEST_F(ReadTenantTest, AListThatShrankIsRead) {
  options.known_users = 300;
  ChurningTenant tenant(1, {}, {}, 1);
  const auto live = read(tenant);
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->proof.complete);
}

// ------------------------------------------------------------------- changes

/// Two pages that share the users 95 to 99, who change between them.
TEST_F(ReadTenantTest, TheLaterReadingOfAUserIsKept) {
  const auto page = [](unsigned first, unsigned end, std::string_view status, unsigned groups) {
    std::string body = R"({"data":[)";
    for (unsigned i = first; i < end; ++i) {
      body += fmt::format(R"({}{{"id":"{:04}","email":"{}-{:04}@x.org","status":"{}","isOwner":false,"groups":[)",
                          i == first ? "" : ",", i, status, i, status);
      for (unsigned g = 0; g < groups; ++g) body += fmt::format(R"({}{{"id":"g{}"}})", g == 0 ? "" : ",", g);
      body += R"(],"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-02-01T00:00:00Z"})";
    }
    return body + fmt::format(R"(],"total":150,"hasNext":{}}})", end < 150);
  };
  const auto live = read_users([&](const HttpRequest& request) {
    return reply(200,
                 query_number(request.path, "offset") == 0 ? page(0, 100, "Invited", 1) : page(95, 150, "Active", 3));
  });
  ASSERT_TRUE(live) << to_string(live.error());
  ASSERT_EQ(live->users.size(), 150U);
  std::uint32_t next = 0;
  for (unsigned i = 0; i < 150; ++i) {
    const LiveUser& user = live->users[i];
    const bool later = i >= 95;
    EXPECT_EQ(user.status, later ? UserStatus::active : UserStatus::invited) << i;
    EXPECT_EQ(user.email, fmt::format("{}-{:04}@x.org", later ? "Active" : "Invited", i));
    EXPECT_EQ(user.first_membership, next) << i;
    EXPECT_EQ(user.membership_count, later ? 3U : 1U) << i;
    next += user.membership_count;
  }
  EXPECT_EQ(live->memberships.size(), next);
}

TEST_F(ReadTenantTest, FailuresInTheMiddleChangeNothing) {
  ChurningTenant tenant(1000, {}, {}, 1);
  unsigned requests = 0;
  const auto live = read_users([&](const HttpRequest& request) {
    switch (requests++ % 5) {
      case 1:
        return reply(503, "", "1");
      case 2:
        return failure(TransportFailure::Stage::ambiguous);
      default:
        return tenant.answer(request);
    }
  });
  ASSERT_TRUE(live) << to_string(live.error());
  EXPECT_TRUE(live->proof.complete);
  EXPECT_EQ(live->users.size(), 1000U);
  EXPECT_EQ(live->proof.requests, 11U);
}

TEST_F(ReadTenantTest, AnInterruptionEndsIt) {
  ChurningTenant tenant(1000, {}, {}, 1);
  const auto live = read_users([&](const HttpRequest& request) {
    if (query_number(request.path, "offset") == 285) interruption.on = true;
    return tenant.answer(request);
  });
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::interrupted);
  EXPECT_EQ(live.error().what, "interrupted while the users were read");
  EXPECT_LE(user_requests(), 5U);
  EXPECT_EQ(transport->wait(clock.steady() + std::chrono::hours{1}), std::nullopt);  // nothing is left in flight
}

TEST_F(ReadTenantTest, ProgressIsTold) {
  options.parallelism = 1;
  ChurningTenant tenant(250, {}, {}, 1);
  ASSERT_TRUE(read(tenant));
  EXPECT_THAT(log.lines, ElementsAre("users read 100 250", "users read 195 250", "users read 250 250"));
}

// -------------------------------------------------------------------- refusals

TEST_F(ReadTenantTest, ARefusedKeyIsACredentialErrorAtTheFirstRequest) {
  const auto live = read([](const HttpRequest&) { return reply(401, R"({"message":"Unauthorized"})"); });
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::credential);
  EXPECT_EQ(transport->sent().size(), 1U);
}

TEST_F(ReadTenantTest, AKeyThatMayNotListUsersIsACredentialError) {
  const auto live = read([](const HttpRequest&) { return reply(403); });
  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().kind, ErrorKind::credential);
  EXPECT_EQ(live.error().where, "GET /tenants/users");
}

TEST_F(ReadTenantTest, AnAnswerThatIsNoPageNamesTheRequest) {
  const auto live = read_users([](const HttpRequest&) { return reply(200, "<html>Sign in</html>"); });
  ASSERT_FALSE(live);
  EXPECT_EQ(
      to_string(live.error()),
      "GET /tenants/users?limit=100&offset=0&sort=createdAt: error: the answer is HTML or XML, not JSON (check the "
      "environment's url: something else than the API may have answered)");
}

TEST_F(ReadTenantTest, AServerThatStaysBrokenIsReported) {
  const auto live = read_users([](const HttpRequest&) { return reply(502); });
  ASSERT_FALSE(live);
  EXPECT_EQ(to_string(live.error()), "GET /tenants/users: error: the API answered 502 Bad Gateway, after 6 attempts");
  EXPECT_FALSE(live.error().server_may_have_changed);
}

// ---------------------------------------------------------------------- groups

TEST_F(ReadTenantTest, GroupsThatCannotBeListedComeFromUsersAndThePinned) {
  options.group_ids = {{"New", "g-new"}, {"Pinned", "g-pin"}};
  for (const int status : {403, 404, 405}) {
    const auto live = read([&](const HttpRequest& request) {
      return asks_for_users(request) ? reply(200, std::string(kUsers)) : reply(status);
    });
    ASSERT_TRUE(live) << status;
    EXPECT_FALSE(live->groups_listed);
    ASSERT_EQ(live->groups.size(), 4U);
    EXPECT_EQ(live->groups[0].name, "Admins, old");
    EXPECT_FALSE(live->groups[0].privileged);
    EXPECT_EQ(live->groups[2].name, "New");
    EXPECT_EQ(live->groups[3].name, "Pinned");
    EXPECT_EQ(live->groups[3].id, "g-pin");
  }
}

TEST_F(ReadTenantTest, PinnedGroupsAreNotNeededWhereGroupsAreListed) {
  options.group_ids = {{"Pinned", "g-pin"}};
  const auto live = read(
      [](const HttpRequest& request) { return reply(200, std::string(asks_for_users(request) ? kUsers : kGroups)); });
  ASSERT_TRUE(live);
  EXPECT_EQ(live->groups.size(), 3U);
}

TEST_F(ReadTenantTest, ABrokenGroupListIsAnError) {
  const auto live = read([](const HttpRequest& request) {
    return reply(200, asks_for_users(request) ? std::string(kUsers) : R"({"data":[{"id":1}]})");
  });
  ASSERT_FALSE(live);
  EXPECT_EQ(to_string(live.error()),
            "GET /tenants/groups?limit=100&offset=0: error: data[0].id is a number, not a string");
}

std::string group_page(std::uint64_t offset, std::uint64_t limit, unsigned groups) {
  std::string body = R"({"data":[)";
  const std::uint64_t end = std::min<std::uint64_t>(groups, offset + limit);
  for (std::uint64_t i = offset; i < end; ++i) {
    body += fmt::format(R"({}{{"id":"g{:03}","name":"Group {}","roles":[],"createdAt":"{}","updatedAt":"{}"}})",
                        i == offset ? "" : ",", i, i, "2026-01-01T00:00:00Z",
                        i % 2 == 0 ? "2026-01-03T00:00:00Z" : "2026-01-02T00:00:00Z");
  }
  return body + fmt::format(R"(],"total":{},"hasNext":{}}})", groups, end < groups);
}

Reply too_long() {
  return {tl::unexpected(
      TransportFailure{TransportFailure::Stage::ambiguous, false, "the answer is longer than 16 MB", {}})};
}

TEST_F(ReadTenantTest, ManyGroupsArePagedLikeUsers) {
  const auto live = read([](const HttpRequest& request) {
    if (asks_for_users(request)) return reply(200, std::string(kUsers));
    return reply(200, group_page(query_number(request.path, "offset"), query_number(request.path, "limit"), 250));
  });
  ASSERT_TRUE(live);
  EXPECT_TRUE(live->groups_listed);
  EXPECT_EQ(live->groups.size(), 253U);
  EXPECT_EQ(live->groups[249].name, "Group 249");
  EXPECT_EQ(transport->sent().size(), 4U);
}

TEST_F(ReadTenantTest, GroupPagesThatAreTooLongAreAskedForSmaller) {
  for (const std::uint64_t fits : {10U, 2U}) {
    const auto live = read([&](const HttpRequest& request) {
      if (asks_for_users(request)) return reply(200, std::string(kUsers));
      const std::uint64_t limit = query_number(request.path, "limit");
      return limit > fits ? too_long() : reply(200, group_page(query_number(request.path, "offset"), limit, 12));
    });
    ASSERT_TRUE(live) << to_string(live.error());
    EXPECT_TRUE(live->groups_listed) << fits;
    EXPECT_EQ(live->groups.size(), 15U) << fits;
  }
}

TEST_F(ReadTenantTest, GroupsThatAreTooLongEvenInPairsAreDoneWithout) {
  const auto live = read([](const HttpRequest& request) {
    return asks_for_users(request) ? reply(200, std::string(kUsers)) : too_long();
  });
  ASSERT_TRUE(live);
  EXPECT_FALSE(live->groups_listed);
  EXPECT_EQ(live->groups.size(), 3U);
}

}  // namespace
}  // namespace cipherform
