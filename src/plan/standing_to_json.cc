// How a saved plan stands, for programs: every action, in the plan's order.
#include <algorithm>
#include <string>
#include <string_view>

#include "cipherform/json_writer.h"
#include "cipherform/plan.h"
#include "plan/json_form.h"

namespace cipherform {
namespace {

std::string_view word(ActionStanding standing) {
  switch (standing) {
    case ActionStanding::still_valid:
      return "still_valid";
    case ActionStanding::already_done:
      return "already_done";
    case ActionStanding::conflicting:
      return "conflicting";
  }
  return {};
}

}  // namespace

std::string standing_to_json(const Plan& plan, std::span<const Standing> standings) {
  const auto count = [&standings](ActionStanding standing) {
    return static_cast<std::uint32_t>(std::count_if(standings.begin(), standings.end(),
                                                    [standing](const Standing& s) { return s.standing == standing; }));
  };
  const std::uint32_t conflicting = count(ActionStanding::conflicting);
  std::string out;
  JsonWriter json(out);
  json.open_object();
  json.field("format_version", "1.0");
  json.field("environment", plan.environment);
  json.field("base_url", plan.base_url);
  json.field("fingerprint", fingerprint(plan));
  json.flag_field("holds", conflicting == 0);
  json.field("still_valid", count(ActionStanding::still_valid));
  json.field("already_done", count(ActionStanding::already_done));
  json.field("conflicting", conflicting);
  json.key("actions");
  json.open_array();
  for (std::size_t i = 0; i < standings.size(); ++i) {
    const Action& action = plan.actions[i];
    json.open_object();
    json.field("id", action.id);
    json.field("address", resource_form(action.change).address);
    json.field("standing", word(standings[i].standing));
    if (!standings[i].why.empty()) json.field("why", standings[i].why);
    json.close_object();
  }
  json.close_array();
  json.close_object();
  out += '\n';
  return out;
}

}  // namespace cipherform
