#include "sandbox/fault_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cipherform::sandbox {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

FaultPlan parsed(std::string_view json) {
  auto plan = parse_fault_plan(json);
  EXPECT_TRUE(plan) << (plan ? "" : to_string(plan.error()));
  return plan ? *std::move(plan) : FaultPlan{};
}

Fault fault(const std::string& fields) {
  const FaultPlan plan = parsed(R"({"rules":[{"fault":{)" + fields + "}}]}");
  return plan.rules.empty() ? Fault{} : plan.rules.front().fault;
}

std::string refusal(const std::string& json) {
  const auto plan = parse_fault_plan(json);
  return plan ? "no error" : to_string(plan.error());
}

std::string fault_refusal(const std::string& fields) { return refusal(R"({"rules":[{"fault":{)" + fields + "}}]}"); }

TEST(FaultPlan, SaysWhichRequestsAreMeant) {
  const FaultPlan plan = parsed(R"({"seed":7,"rules":[
    {"match":{"method":"POST","operation":"create","nth":3},"fault":{"hang":true}},
    {"match":{"operation":["add","remove"],"every":2,"probability":0.25,"times":4},"fault":{"hang":true}},
    {"match":{"probability":1},"fault":{"hang":true}},
    {"fault":{"hang":true}}]})");
  EXPECT_EQ(plan.seed, 7U);
  ASSERT_EQ(plan.rules.size(), 4U);
  EXPECT_EQ(plan.rules[0].method, "POST");
  EXPECT_THAT(plan.rules[0].operations, ElementsAre("create"));
  EXPECT_EQ(plan.rules[0].nth, 3U);
  EXPECT_EQ(plan.rules[0].times, std::nullopt);
  EXPECT_THAT(plan.rules[1].operations, ElementsAre("add", "remove"));
  EXPECT_EQ(plan.rules[1].every, 2U);
  EXPECT_EQ(plan.rules[1].probability, 0.25);
  EXPECT_EQ(plan.rules[1].times, 4U);
  EXPECT_EQ(plan.rules[3].probability, 1);
  EXPECT_THAT(plan.rules[3].operations, IsEmpty());
  EXPECT_THAT(parsed(R"({"rules":[]})").rules, IsEmpty());
}

TEST(FaultPlan, SaysWhatIsAnswered) {
  const Fault answer = fault(
      R"("status":503,"body":{"a": [1]},"headers":{"X-A":"b","Retry-After":"soon"},"retry_after":0,"retry_after_as_date":true,"interim":103)");
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(answer.body, R"({"a":[1]})");
  EXPECT_THAT(answer.headers, ElementsAre(Pair("X-A", "b"), Pair("Retry-After", "soon")));
  EXPECT_EQ(answer.retry_after, 0s);
  EXPECT_TRUE(answer.retry_after_as_date);
  EXPECT_EQ(answer.interim, 103U);
  EXPECT_EQ(fault(R"("body":"not JSON")").body, "not JSON");
  EXPECT_EQ(fault(R"("shape":"reversed")").shape, Shape::reversed);
  EXPECT_EQ(fault(R"("shape":"ids")").shape, Shape::ids);
  EXPECT_TRUE(fault(R"("html":true)").html);
}

TEST(FaultPlan, SaysHowItIsSent) {
  const Fault sent =
      fault(R"("answer_after_ms":5,"close":"in_body","reset":true,"content_length":"shorter","drip_ms":1)");
  EXPECT_EQ(sent.answer_after, 5ms);
  EXPECT_EQ(sent.cut, Cut::in_body);
  EXPECT_TRUE(sent.reset);
  EXPECT_EQ(sent.length, Length::shorter);
  EXPECT_EQ(sent.drip, 1ms);
  EXPECT_TRUE(sent.execute);
  EXPECT_EQ(fault(R"("content_length":"malformed")").length, Length::malformed);
  EXPECT_EQ(fault(R"("close":"before")").cut, Cut::before);
}

TEST(FaultPlan, ExecutesUnlessItRefuses) {
  EXPECT_TRUE(fault(R"("close":"before")").execute);
  EXPECT_TRUE(fault(R"("hang":true)").execute);
  EXPECT_FALSE(fault(R"("execute":false,"close":"before")").execute);
  EXPECT_FALSE(fault(R"("status":500)").execute);
  EXPECT_TRUE(fault(R"("status":500,"execute":true)").execute);
  const Fault late = fault(R"("status":504,"execute_after_ms":20)");
  EXPECT_TRUE(late.execute);
  EXPECT_EQ(late.execute_after, 20ms);
  const Fault part = fault(R"("status":500,"execute_only_first":3)");
  EXPECT_TRUE(part.execute);
  EXPECT_EQ(part.only_first, 3U);
  EXPECT_EQ(fault(R"("execute_only_first":0,"hang":true)").only_first, 0U);
}

TEST(FaultPlan, NamesWhatItDoesNotUnderstand) {
  EXPECT_TRUE(refusal("{").starts_with("error: this is not JSON: "));
  EXPECT_EQ(refusal("[]"), "error: an object is expected");
  EXPECT_EQ(refusal("{}"), "rules: error: a fault plan has an array of rules");
  EXPECT_EQ(refusal(R"({"rules":[],"sed":1})"), "sed: error: this key is not known (see docs/sandbox.md)");
  EXPECT_EQ(refusal(R"({"rules":[{}]})"), "rules[0]: error: the rule has no fault");
  EXPECT_EQ(refusal(R"({"rules":[{"fault":{"hang":true}},{"fault":3}]})"),
            "rules[1].fault: error: an object is expected");
  EXPECT_EQ(refusal(R"({"rules":[{"fault":{"hang":true},"extra":1}]})"),
            "rules[0].extra: error: this key is not known (see docs/sandbox.md)");
  EXPECT_EQ(refusal(R"({"rules":[{"match":{"nth":0},"fault":{"hang":true}}]})"),
            "rules[0].match.nth: error: a number from 1 to 1000000000 is expected");
  EXPECT_EQ(refusal(R"({"rules":[{"match":{"probability":1.5},"fault":{"hang":true}}]})"),
            "rules[0].match.probability: error: a number from 0 to 1 is expected");
  EXPECT_EQ(refusal(R"({"rules":[{"match":{"operation":"creates"},"fault":{"hang":true}}]})"),
            "rules[0].match.operation: error: one or several of list_users, create, get_user, add, remove, "
            "list_groups, get_group, other are expected");
  EXPECT_EQ(fault_refusal(R"("hang":1)"), "rules[0].fault.hang: error: true or false is expected");
  EXPECT_EQ(fault_refusal(R"("hang":true,"hang":true)"), "rules[0].fault.hang: error: the key is there twice");
  EXPECT_EQ(fault_refusal(R"("close":"after")"),
            "rules[0].fault.close: error: 'after' is none of before, in_head, in_body");
  EXPECT_EQ(fault_refusal(R"("shape":7)"), "rules[0].fault.shape: error: a string is expected");
  EXPECT_EQ(fault_refusal(R"("status":100)"), "rules[0].fault.status: error: a number from 200 to 599 is expected");
  EXPECT_EQ(fault_refusal(R"("drip_ms":-1)"), "rules[0].fault.drip_ms: error: a number from 0 to 600000 is expected");
}

TEST(FaultPlan, RefusesHeadersThatWouldBreakTheAnswer) {
  EXPECT_EQ(fault_refusal(R"("headers":{"A":"b\r\nC: d"})"),
            "rules[0].fault.headers.A: error: this cannot be a header");
  EXPECT_EQ(fault_refusal(R"("headers":{"A B":"c"})"), "rules[0].fault.headers.A B: error: this cannot be a header");
  EXPECT_EQ(fault_refusal(R"("headers":{"Content-Length":"3"})"),
            "rules[0].fault.headers.Content-Length: error: the sandbox writes this header by itself "
            "(content_length makes it wrong)");
  EXPECT_EQ(fault_refusal(R"("headers":[])"), "rules[0].fault.headers: error: an object is expected");
}

TEST(FaultPlan, RefusesWhatContradictsItself) {
  EXPECT_EQ(fault_refusal(R"("execute":false)"),
            "rules[0].fault.execute: error: is false, but nothing says what to answer (add status, hang, or close: "
            "before)");
  EXPECT_EQ(fault_refusal(R"("execute":false,"execute_after_ms":3,"hang":true)"),
            "rules[0].fault.execute: error: is false, although another key says how to execute");
  EXPECT_EQ(fault_refusal(R"("reset":true)"), "rules[0].fault.reset: error: needs close");
  EXPECT_EQ(fault_refusal(R"("retry_after_as_date":true)"),
            "rules[0].fault.retry_after_as_date: error: needs retry_after");
}

}  // namespace
}  // namespace cipherform::sandbox
