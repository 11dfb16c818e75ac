// The plan as a page for a browser: one file that asks nobody for anything. plan.html is the
// frame; what a reviewer must see stands in it as HTML, everything is in it as data, and the
// script makes lists, filters and views of the data.
//
// The plan's texts come from people who may not be trusted. Three walls, each enough: text is
// escaped here and is only ever set as text by the script; the policy lets nothing run but
// the one script with the hash that is computed below, and nothing be loaded; and the policy
// takes every function away from the script that would make markup of a text.
#include <string>
#include <string_view>

#include "cipherform/render.h"
#include "render/html_assets.h"
#include "render/html_blocks.h"
#include "render/html_data.h"
#include "render/html_text.h"
#include "render/rows.h"

namespace cipherform {
namespace {

/// No 'unsafe-inline' anywhere. Images: only the page's own icon, which is in its address.
std::string policy() {
  return "default-src 'none'; script-src " + policy_hash(html_assets::kScript) + "; style-src " +
         policy_hash(html_assets::kStyle) +
         "; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
         "trusted-types 'none'";
}

void write_part(std::string_view part, std::string& out, const Plan& plan, const PlanRows& rows) {
  HtmlWriter page(out);
  if (part == "policy") {
    page.own(policy());
  } else if (part == "style") {
    page.own(html_assets::kStyle);
  } else if (part == "script") {
    page.own(html_assets::kScript);
  } else if (part == "heading") {
    page.own(heading_of(plan));
  } else if (part == "environment") {
    page.name(plan.environment);
  } else if (part == "summary") {
    page.sentence(summary_line(plan));
  } else if (part == "facts") {
    write_facts(page, plan);
  } else if (part == "counts") {
    write_counts(page, plan);
  } else if (part == "warnings") {
    write_warnings(page, plan, rows);
  } else if (part == "findings") {
    write_findings(page, rows);
  } else if (part == "data") {
    out += script_data(plan, rows);
  }
}

}  // namespace

std::string render_html(const Plan& plan) {
  const PlanRows rows = make_rows(plan);
  std::string out;
  std::string_view frame = html_assets::kPage;
  for (auto mark = frame.find("{{"); mark != std::string_view::npos; mark = frame.find("{{")) {
    const auto end = frame.find("}}", mark);
    out += frame.substr(0, mark);
    write_part(frame.substr(mark + 2, end - mark - 2), out, plan, rows);
    frame.remove_prefix(end + 2);
  }
  out += frame;
  return out;
}

}  // namespace cipherform
