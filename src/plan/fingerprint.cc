// What is approved, as a sequence of fields that no two different plans share: each field
// goes in with its length in front, so none can be taken for two, or two for one.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "cipherform/plan.h"
#include "plan/words.h"

namespace cipherform {
namespace {

constexpr std::size_t kDigits = 16;

class Fields {
 public:
  Fields& operator<<(std::string_view field) {
    buffer_.clear();
    fmt::format_to(std::back_inserter(buffer_), "{}:{}", field.size(), field);
    hash_.update(buffer_);
    return *this;
  }
  Fields& operator<<(std::size_t number) { return *this << std::string_view{std::to_string(number)}; }

  std::string hex() { return hash_.hex(); }

 private:
  Sha256 hash_;
  std::string buffer_;
};

void add_grant(Fields& fields, const Grant& grant) {
  fields << grant.group.id << grant.group.name << (grant.privileged ? "privileged" : "")
         << (grant.fallback ? "fallback" : "") << (grant.until ? format_rfc3339(*grant.until) : std::string{});
}

struct AddChange {
  Fields& fields;

  void operator()(const CreateUser& create) const {
    fields << create.email << create.grants.size();
    for (const Grant& grant : create.grants) add_grant(fields, grant);
  }
  void operator()(const AddMember& add) const {
    fields << add.user_id << add.email;
    add_grant(fields, add.grant);
  }
  void operator()(const RemoveMember& removal) const {
    fields << removal.user_id << removal.email << removal.group.id << removal.group.name << plan::word(removal.cause);
  }
};

void add_change(Fields& fields, const Change& change) {
  fields << plan::kind_word(change);
  std::visit(AddChange{fields}, change);
}

void add_globs(Fields& fields, const std::vector<std::string>& globs) {
  fields << globs.size();
  for (const std::string& glob : globs) fields << glob;
}

}  // namespace

std::string fingerprint(const Plan& plan) {
  Fields fields;
  fields << "cipherform plan 1" << plan.environment << plan.base_url;
  add_globs(fields, plan.selection.targets);
  add_globs(fields, plan.selection.excludes);
  if (plan.promoted_from) {
    const PromotedFrom& from = *plan.promoted_from;
    fields << "promotion" << from.environment << from.base_url << (from.all_groups ? "all groups" : "");
    add_globs(fields, from.groups);
  }
  fields << plan.actions.size();
  for (const Action& action : plan.actions) add_change(fields, action.change);
  fields << plan.blocked.size();
  for (const BlockedAction& blocked : plan.blocked) {
    fields << plan::word(blocked.cause);
    add_change(fields, blocked.change);
  }
  fields << plan.guardrail_hits.size();
  for (const GuardrailHit& hit : plan.guardrail_hits) {
    // What the removals are a share of is everybody else's memberships, and may change.
    // What tells tenants apart is in the acknowledgement; when one was recorded is no matter.
    const bool is_open = hit.kind == GuardrailKind::max_removals || hit.kind == GuardrailKind::other_tenant;
    fields << plan::word(hit.kind) << hit.acknowledgement << (is_open ? std::string_view{} : hit.message);
  }
  return fields.hex().substr(0, kDigits);
}

}  // namespace cipherform
