#include "cli/promotion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherform::cli {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

constexpr Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + hours{12}};

/// Receipts of staging, newest first: each a digest, and how long before noon.
StageReceipts staging(std::initializer_list<std::pair<const char*, hours>> receipts) {
  StageReceipts stage;
  stage.stage.name = "staging";
  stage.stage.url = "https://staging";
  for (const auto& [digest, ago] : receipts) {
    stage.receipts.push_back({"staging", "https://staging", digest, "live", kNoon - ago, {}});
  }
  return stage;
}

std::optional<hours> since(const StageReceipts& stage, std::string_view digest) {
  const auto time = converged_since(stage, digest);
  if (!time) return std::nullopt;
  return std::chrono::duration_cast<hours>(kNoon - *time);
}

TEST(ConvergedSince, IsTheFirstReceiptOfTheNewestUnbrokenSeries) {
  EXPECT_EQ(since(staging({}), "a"), std::nullopt);
  EXPECT_EQ(since(staging({{"b", hours{1}}}), "a"), std::nullopt);
  EXPECT_EQ(since(staging({{"a", hours{1}}, {"a", hours{5}}}), "a"), hours{5});
  EXPECT_EQ(since(staging({{"a", hours{1}}, {"a", hours{5}}, {"b", hours{6}}, {"a", hours{9}}}), "a"), hours{5});
}

TEST(ConvergedSince, WhatConvergedThereLaterDoesNotMatter) {
  EXPECT_EQ(since(staging({{"b", hours{1}}, {"a", hours{5}}, {"a", hours{7}}}), "a"), hours{7});
}

TEST(ConvergedSince, ReceiptsOfAnotherTenantAreNoReceipts) {
  StageReceipts stage = staging({{"a", hours{1}}, {"b", hours{2}}, {"a", hours{3}}});
  stage.receipts[0].base_url = "https://before";
  EXPECT_EQ(since(stage, "a"), hours{3});
  stage.receipts[1].base_url = "https://before";
  stage.receipts[2].base_url = "https://before";
  EXPECT_EQ(since(stage, "a"), std::nullopt);
}

TEST(CheckPromoted, AClockAheadIsNoMatterWithoutATimeToSoak) {
  const StageReceipts ahead = staging({{"a", hours{-1}}});
  EXPECT_TRUE(check_promoted(ahead, "a", hours{0}, kNoon));
  EXPECT_FALSE(check_promoted(ahead, "a", hours{1}, kNoon));
}

TEST(CheckPromoted, SaysWhatHasConvergedThereAndWhatToDo) {
  const auto never = check_promoted(staging({}), "0123456789abcdef", hours{0}, kNoon);
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().kind, ErrorKind::guardrail);
  EXPECT_EQ(never.error().what,
            "this declaration (0123456789ab) has not converged in staging, the stage before; nothing has");
  EXPECT_THAT(never.error().hint, HasSubstr("cipherform apply -e staging"));
  const auto other = check_promoted(staging({{"fedcba9876543210", hours{2}}}), "0123456789abcdef", hours{0}, kNoon);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().what, HasSubstr("what has is fedcba987654, last on 2026-03-01T10:00:00Z"));
}

TEST(CheckPromoted, SoaksFromTheFirstReceiptToTheLastMinute) {
  const StageReceipts stage = staging({{"a", hours{1}}, {"a", hours{23}}});
  EXPECT_TRUE(check_promoted(stage, "a", hours{0}, kNoon));
  EXPECT_TRUE(check_promoted(stage, "a", hours{23}, kNoon));
  const auto early = check_promoted(stage, "a", hours{24}, kNoon);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().kind, ErrorKind::guardrail);
  EXPECT_EQ(early.error().what,
            "this declaration converged in staging on 2026-02-28T13:00:00Z, and is to soak there for 24 h");
  EXPECT_EQ(early.error().hint, "plan again after 2026-03-01T13:00:00Z, in 60 min");
}

TEST(CheckHasStage, OnlyWhereItIsAskedFor) {
  Environment qa;
  qa.name = "qa";
  Invocation invocation;
  EXPECT_TRUE(check_has_stage(qa, invocation));
  invocation.require_promoted = true;
  EXPECT_EQ(check_has_stage(qa, invocation).error().kind, ErrorKind::usage);
  qa.promotes_from = "dev";
  EXPECT_TRUE(check_has_stage(qa, invocation));
}

}  // namespace
}  // namespace cipherform::cli
