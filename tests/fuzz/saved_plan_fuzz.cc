// A saved plan: what is accepted can be written again and is then the same plan, and can be
// shown. The digest is made to fit first, or no changed plan would come past it.
#include <string>

#include "cipherform/plan.h"
#include "cipherform/render.h"
#include "fuzz/property.h"
#include "fuzz/text_checks.h"
#include "plan/json_form.h"

namespace {

using namespace cipherform;
using fuzz::require;

std::string sealed(std::string json) {
  constexpr std::string_view member = R"("digest":")";
  const auto at = json.find(member);
  const std::size_t length = plan::kBlankDigest.size();
  if (at == std::string::npos || json.size() - at < member.size() + length) return json;
  json.replace(at + member.size(), length, plan::kBlankDigest);
  Sha256 hash;
  hash.update(json);
  return json.replace(at + member.size(), length, hash.hex());
}

void check_same(const Plan& a, const Plan& b) {
  require(a.actions == b.actions, "the actions are the same again");
  require(a.blocked == b.blocked, "what is blocked is the same again");
  require(a.findings == b.findings, "the findings are the same again");
  require(a.guardrail_hits == b.guardrail_hits, "the guardrails are the same again");
  require(a.created_at == b.created_at && a.environment == b.environment && a.base_url == b.base_url,
          "where and when it is for is the same again");
}

void check_shown(const Plan& plan) {
  const std::string text = render_text(plan, {.color = false});
  require(text.ends_with('\n'), "a text ends in a line feed");
  bool controls = false;
  const bool valid =
      fuzz::code_points(text, [&](char32_t c) { controls |= (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0); });
  require(valid && !controls, "a text has nothing that a terminal acts on");
  require(render_text(plan, {.color = true}).size() >= text.size(), "colour only adds");
  const std::string comment = render_markdown(plan);
  require(comment.size() <= 64'000, "a comment is within its limit");
  bool acts = false;
  require(fuzz::code_points(comment, [&](char32_t c) { acts |= (c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0); }) &&
              !acts,
          "a comment has nothing that a terminal acts on");
  require(comment.starts_with("<!-- cipherform:plan:") && comment.find("\n<!--") == std::string::npos,
          "a comment has its marker, once");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string json = sealed(std::string(fuzz::text_of(data, size)));
  const auto plan = plan_from_json(json);
  if (!plan) {
    require(plan.error().kind == ErrorKind::plan && !plan.error().what.empty(), "a refusal says why");
    return 0;
  }
  const std::string written = to_json(*plan);
  const auto again = plan_from_json(written);
  require(again.has_value(), "what was accepted is accepted again");
  check_same(*plan, *again);
  require(to_json(*again) == written, "a plan is written as the same bytes");
  require(standing_of(plan->actions, LiveState{}).size() == plan->actions.size(), "every action has a standing");
  require(unacknowledged(plan->guardrail_hits, {}).size() == plan->guardrail_hits.size(),
          "no guardrail acknowledges itself");
  check_shown(*plan);
  return 0;
}
