// The parts of the page that are there without a script: what a reviewer has to see first.
#pragma once

#include "cipherform/plan.h"
#include "render/html_text.h"
#include "render/rows.h"

namespace cipherform {

/// Environment, tenant, when and by what it was made, fingerprint.
void write_facts(HtmlWriter& page, const Plan& plan);
/// How many are created, added, removed and blocked; or that nothing changes.
void write_counts(HtmlWriter& page, const Plan& plan);
/// Whatever asks for a second look before the plan is approved: a listing without proof, a
/// plan of a part or of another time, guardrails, removals, privileged grants, blocked
/// changes. The first few of each, and how many more there are.
void write_warnings(HtmlWriter& page, const Plan& plan, const PlanRows& rows);
/// Findings by kind, the first of each; not the privileged grants, which are warnings.
void write_findings(HtmlWriter& page, const PlanRows& rows);

}  // namespace cipherform
