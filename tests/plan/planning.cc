#include "plan/planning.h"

#include <gtest/gtest.h>

#include "fakes/states.h"
#include "plan/words.h"

namespace cipherform::plan_tests {
namespace {

PlanOptions options_at_now(Selection selection) {
  return {.now = fakes::time_of(kNow), .tool_version = "0.1.0", .selection = std::move(selection)};
}

std::string marked(const Grant& grant) {
  return grant.group.name + (grant.privileged ? "*" : "") + (grant.fallback ? "~" : "");
}

struct LineOf {
  std::string operator()(const CreateUser& create) const {
    std::string line = "create " + create.email;
    std::string_view separator = " in ";
    for (const Grant& grant : create.grants) {
      line += separator;
      line += marked(grant);
      separator = ", ";
    }
    return line;
  }
  std::string operator()(const AddMember& add) const { return "add " + add.email + " to " + marked(add.grant); }
  std::string operator()(const RemoveMember& removal) const {
    return "remove " + removal.email + " from " + removal.group.name +
           (removal.cause == RemovalCause::expired ? ", expired" : "");
  }
};

std::string subject_of(const Finding& finding) {
  return finding.subject + (finding.group.empty() ? "" : " in " + finding.group);
}

}  // namespace

Plan plan_of(const DesiredState& desired, const LiveState& live, Selection selection) {
  auto plan = make_plan(desired, live, options_at_now(std::move(selection)));
  if (plan) return std::move(*plan);
  for (const Error& error : plan.error()) ADD_FAILURE() << to_string(error);
  return {};
}

Lines errors_of(const DesiredState& desired, const LiveState& live) {
  const auto plan = make_plan(desired, live, options_at_now({}));
  if (plan) {
    ADD_FAILURE() << "there is a plan";
    return {};
  }
  Lines lines;
  for (const Error& error : plan.error()) {
    EXPECT_EQ(error.kind, ErrorKind::plan);
    lines.push_back(error.what + " [" + error.where + "] (" + error.hint + ")");
  }
  return lines;
}

std::string line_of(const Change& change) { return std::visit(LineOf{}, change); }

Lines actions(const Plan& plan) {
  Lines lines;
  for (const Action& action : plan.actions) lines.push_back(line_of(action.change));
  return lines;
}

Lines blocked(const Plan& plan) {
  Lines lines;
  for (const BlockedAction& each : plan.blocked) {
    lines.push_back(line_of(each.change) + " [" + std::string{plan::word(each.cause)} + "]");
  }
  return lines;
}

Lines findings(const Plan& plan) {
  Lines lines;
  for (const Finding& finding : plan.findings) {
    lines.push_back(std::string{plan::word(finding.kind)} + " " + subject_of(finding));
  }
  return lines;
}

Lines findings(const Plan& plan, FindingKind kind) {
  Lines lines;
  for (const Finding& finding : plan.findings) {
    if (finding.kind == kind) lines.push_back(subject_of(finding));
  }
  return lines;
}

Lines hits(const Plan& plan) {
  Lines lines;
  for (const GuardrailHit& hit : plan.guardrail_hits) {
    lines.push_back(hit.message + (hit.acknowledgement.empty() ? "" : " [" + hit.acknowledgement + "]"));
  }
  return lines;
}

}  // namespace cipherform::plan_tests
