// The phases of an apply, with nothing under way between them: users first, then what
// they get (also those who turned out to exist already), privileged groups last, and only then what they lose. So
// nobody is without a group at any moment, and a failure on the way leaves people with too much rather than too little.
//
// All of it is one thread: start what fits, wait for one end, record it.
#include <array>
#include <utility>
#include <vector>

#include "apply/create_phase.h"
#include "apply/membership_phase.h"
#include "apply/run.h"
#include "cipherform/apply.h"
#include "model/planted_bug.h"

namespace cipherform {
namespace {

using apply::ActionIndex;

enum Phase : std::uint8_t { kCreates, kAdds, kPrivilegedAdds, kRemoves, kPhases };

Phase phase_of(const Change& change) {
  struct Visitor {
    Phase operator()(const CreateUser&) const { return kCreates; }
    Phase operator()(const AddMember& add) const { return add.grant.privileged ? kPrivilegedAdds : kAdds; }
    Phase operator()(const RemoveMember&) const { return kRemoves; }
  };
  return std::visit(Visitor{}, change);
}

}  // namespace

ApplyReport apply_plan(const Plan& plan, TenantLink& link, LeaseKeeper& lease, RunId run_id,
                       const ApplyOptions& options, ApplyObserver* observer) {
  std::array<std::vector<ActionIndex>, kPhases> phases;
  for (ActionIndex action = 0; action < plan.actions.size(); ++action) {
    phases[phase_of(plan.actions[action].change)].push_back(action);
  }
  apply::Run run(plan, {link, lease, run_id, observer}, options);
  apply::CreatePhase(run, std::move(phases[kCreates])).execute();
  if (planted(Bug::removes_first)) apply::MembershipPhase(run, std::exchange(phases[kRemoves], {})).execute();
  for (const Phase phase : {kAdds, kPrivilegedAdds, kRemoves}) {
    if (phase != kRemoves) {
      const auto adopted = run.adopted_adds(phase == kPrivilegedAdds);
      phases[phase].insert(phases[phase].end(), adopted.begin(), adopted.end());
    }
    apply::MembershipPhase(run, std::move(phases[phase])).execute();
  }
  return run.close();
}

}  // namespace cipherform
