// A plan and its report for people. Everything that came from a tenant, a file or
// the environment is escaped here, for where it goes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cipherform/diff.h"
#include "cipherform/explain.h"
#include "cipherform/plan.h"
#include "cipherform/report.h"

namespace cipherform {

/// `text` with nothing in it that a terminal or a CI log would act on: control
/// characters, escape sequences, bidirectional and zero-width characters and invalid
/// UTF-8 come out as visible escapes (\x1b, \u202e).
std::string terminal_safe(std::string_view text);

struct TextOptions {
  bool color = false;
};

/// The plan as product contract section 4 has it; ends in a line feed.
std::string render_text(const Plan& plan, const TextOptions& options);
/// The plan as one self-contained HTML page: summary and warnings without a script, and with
/// its own script lists, search, filters and views. It loads nothing, and its policy says so.
/// The same plan gives the same bytes.
std::string render_html(const Plan& plan);
/// How a saved plan stands against the tenant of now: every conflict, person by person, and
/// how many actions are still to do and how many are done; ends in a line feed.
std::string render_standing(const Plan& plan, const std::vector<Standing>& standings, const TextOptions& options);
/// The plan as a comment on a pull request, for GitHub and GitLab; at most 64,000 bytes, which
/// is within GitHub's 65,536 characters however they are counted, with a truthful "and 4,211
/// more" where something is left out. Its first line is a marker of the environment by which a
/// program finds its own comment. Nothing in it that came from elsewhere is a link, a mention,
/// an image or markup. docs/plan-forms.md
std::string render_markdown(const Plan& plan);

/// The end of an apply: what was done, every failed action with the API's words, what
/// running again will do. `left` is the standing after the final read, if there was one.
std::string render_report(const Plan& plan, const ApplyReport& report, const std::vector<Standing>* left,
                          const TextOptions& options);
/// Why one person has, gets or loses each group, as one would tell a colleague.
std::string render_explanation(const Explanation& explanation, const TextOptions& options);

/// Who has what in one tenant and not in the other, person by person; ends in a line feed.
std::string render_text(const TenantDifference& difference, const TextOptions& options);
/// The same as a comment, as safe and at most as long as that of a plan.
std::string render_markdown(const TenantDifference& difference);

}  // namespace cipherform
