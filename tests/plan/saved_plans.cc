#include "plan/saved_plans.h"

#include "cipherform/drift.h"
#include "fakes/states.h"
#include "plan/planning.h"

namespace cipherform::plan_tests {

using fakes::Desired;
using fakes::in;
using fakes::Live;

Plan rich_plan() {
  Guardrails guardrails;
  guardrails.max_removals_count = 2;
  guardrails.max_creates = 0;
  guardrails.protected_users = {"ceo@example.com"};
  guardrails.separate_duties = {{"Payments", "Auditors"}};
  guardrails.allowed_domains = {"example.com"};
  guardrails.fallback_group = "Everyone";
  const Desired desired = Desired()
                              .group("Engineering", {.max_members = 1})
                              .group("Payments")
                              .additive("Guests")
                              .group("Staff", {.require_reason = true})
                              .user("Ada@example.com", {in("Admins").until("2026-01-10").reason("OPS-411"),
                                                        in("Engineering").team("platform"), "Engineering"})
                              .user("bob@example.com", {in("Guests").until("2025-12-01"), "Engineering", "Admins",
                                                        in("Payments").until("2025-12-24").reason("PAY-1")})
                              .user("dora@example.com", {"Everyone"})
                              .user("fay@example.com", {"Everyone"})
                              .user("joe@elsewhere.org", {"Staff"})
                              .guardrails(guardrails);
  const Live live = Live()
                        .group("Everyone")
                        .group("Engineering")
                        .group("Payments")
                        .group("Auditors")
                        .group("Guests")
                        .group("Admins", {.privileged = true})
                        .group("Staff", {.identity_managed = true})
                        .user("root@example.com", {"Payments", "Admins"}, {.owner = true})
                        .user("Bob@example.com", {"Everyone", "Payments", "Guests"})
                        .user("ceo@example.com", {"Payments"})
                        .user("dora@example.com", {"Everyone"}, {.status = "Deactivated"})
                        .user("eve@example.com", {"Engineering", "Payments"})
                        .user("fay@example.com", {"Everyone"}, {.status = "Expired"})
                        .user("", {"Payments"})
                        .user("gus@example.com", {"Payments", "Auditors"}, {.owner = true})
                        .groups_not_listed();
  return plan_of(desired, live);
}

Plan blocked_plan() {
  return plan_of(Desired().group("Eng").user("ada@example.com", {"Ops"}),
                 Live()
                     .group("Ops")
                     .user("ada@example.com", {"Eng"})
                     .user("ADA@example.com", {"Eng"})
                     .user("eve@example.com", {"Eng", "Ops"})
                     .unproved("the list shrank from 12 to 3 while it was read"));
}

Plan empty_plan() {
  return plan_of(Desired().group("Eng").user("ada@example.com", {"Eng"}), Live().user("ada@example.com", {"Eng"}));
}

Plan selected_plan() {
  return plan_of(Desired().group("Eng").user("ada@example.com", {"Eng"}).user("bob@example.com", {"Eng"}),
                 Live().group("Eng"), {{"ada@*"}, {"Ops", "*@elsewhere.org"}});
}

Plan drift_plan() {
  const DesiredState desired = Desired().group("Eng").user("ada@example.com", {"Eng"}).user("bob@example.com", {"Eng"});
  const LiveState live = Live().group("Eng").user("ada@example.com", {"Eng"}).user("eve@example.com", {"Eng", "Ops"});
  Plan plan = plan_of(desired, live);
  const std::vector<std::string> known{"bob@example.com"};
  add_drift(plan, desired, live, LastConverged{fakes::time_of("2025-12-24T18:00:00Z"), known});
  return plan;
}

Plan hostile_plan() {
  const std::string name = "</script>\"\\\n\x1b[31m\xE2\x80\xAE\"digest\":\"x";
  return plan_of(Desired().group(name).user("\"'$(x)`@example.com", {in(name).reason("\",{}]\x7f").team("\xE9")}),
                 Live().group(name).user("eve\"\n@example.com", {name, "A"}));
}

}  // namespace cipherform::plan_tests
