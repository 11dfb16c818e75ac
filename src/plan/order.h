// The order of a plan, and the ids of its actions.
#pragma once

#include <string>
#include <vector>

#include "cipherform/plan.h"
#include "plan/difference.h"

namespace cipherform::plan {

/// creates, adds, removes; each by privilege, email key, group. Consumes the drafts'.
std::vector<Action> ordered_actions(Drafts& drafts);
/// By email key, kind, group.
std::vector<BlockedAction> ordered_blocked(Drafts& drafts);
/// The order of findings: by kind, subject, group.
bool before(const Finding& a, const Finding& b);
/// In that order; each once.
std::vector<Finding> ordered_findings(Drafts& drafts);

/// The id of a change: stable, and unique within a plan.
std::string action_id(const Change& change, std::string_view email_key);

}  // namespace cipherform::plan
