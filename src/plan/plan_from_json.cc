// Reading a saved plan back. What is applied is read from the very values that a
// reviewer sees in resource_changes; whatever else the document derives from them
// (addresses, actions, counts) has to agree, so that no two readers see two plans.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cipherform/plan.h"
#include "plan/json_form.h"
#include "plan/json_reader.h"
#include "plan/words.h"

namespace cipherform {
namespace {

using plan::JsonReader;
using simdjson::dom::element;
using simdjson::dom::object;

Error refusal(std::string what, std::string where, std::string hint) {
  return {ErrorKind::plan, std::move(what), std::move(where), std::move(hint), false};
}

// ---------------------------------------------------------------------- changes

GroupRef read_group(JsonReader& reader, const object& in) { return {reader.text(in, "id"), reader.text(in, "name")}; }

std::vector<Source> read_sources(JsonReader& reader, const object& in) {
  return reader.each(in, "sources", [&](const object& source) {
    if (JsonReader::has(source, "promoted_from")) {
      Source promoted;
      promoted.promoted_from = reader.text(source, "promoted_from");
      return promoted;
    }
    return Source{reader.text(source, "file"),
                  reader.number(source, "line"),
                  reader.number(source, "column"),
                  reader.optional_text(source, "team"),
                  reader.optional_text(source, "reason"),
                  reader.optional_time(source, "until"),
                  {}};
  });
}

Grant read_grant(JsonReader& reader, const object& in) {
  Grant grant;
  grant.privileged = reader.flag(in, "privileged");
  grant.fallback = reader.flag(in, "fallback");
  grant.sources = read_sources(reader, in);
  grant.until = reader.optional_time(in, "until");
  return grant;
}

CreateUser read_create(JsonReader& reader, const object& in) {
  CreateUser create;
  auto groups = reader.within(in, "change", [&](const object& change) {
    reader.expect_null(change, "before");
    return reader.within(change, "after", [&](const object& after) {
      create.email = reader.text(after, "email");
      return reader.each(after, "groups", [&](const object& group) { return read_group(reader, group); });
    });
  });
  create.grants = reader.within(in, "cipherform", [&](const object& why) {
    return reader.each(why, "grants", [&](const object& grant) { return read_grant(reader, grant); });
  });
  if (groups.empty()) reader.fail("change.after.groups", "a user needs a group");
  if (groups.size() != create.grants.size()) {
    reader.fail("cipherform.grants", fmt::format("{} grants for {} groups", create.grants.size(), groups.size()));
    return create;
  }
  for (std::size_t i = 0; i < groups.size(); ++i) create.grants[i].group = std::move(groups[i]);
  return create;
}

struct Membership {
  std::string user_id;
  std::string email;
  GroupRef group;
};

/// `given` is where the membership stands, `null` the other of before and after.
Membership read_membership(JsonReader& reader, const object& in, std::string_view given, std::string_view null) {
  return reader.within(in, "change", [&](const object& change) {
    reader.expect_null(change, null);
    return reader.within(change, given, [&](const object& value) {
      return Membership{reader.text(value, "user_id"), reader.text(value, "email"),
                        reader.within(value, "group", [&](const object& group) { return read_group(reader, group); })};
    });
  });
}

AddMember read_add(JsonReader& reader, const object& in) {
  Membership to = read_membership(reader, in, "after", "before");
  AddMember add{std::move(to.user_id), std::move(to.email), {}};
  add.grant = reader.within(in, "cipherform", [&](const object& why) {
    return reader.within(why, "grant", [&](const object& grant) { return read_grant(reader, grant); });
  });
  add.grant.group = std::move(to.group);
  return add;
}

RemoveMember read_removal(JsonReader& reader, const object& in) {
  Membership from = read_membership(reader, in, "before", "after");
  RemoveMember removal{std::move(from.user_id), std::move(from.email), std::move(from.group), {}, {}};
  removal.sources = reader.within(in, "cipherform", [&](const object& why) {
    removal.cause = reader.one_of<RemovalCause>(why, "cause");
    return read_sources(reader, why);
  });
  return removal;
}

/// Everything that the document says of a change beside what it is made of.
void check_form(JsonReader& reader, const object& in, const Change& change) {
  const ResourceForm form = resource_form(change);
  reader.expect(in, "mode", "managed");
  reader.expect(in, "type", form.type);
  reader.expect(in, "name", form.name);
  reader.expect(in, "index", form.index);
  reader.expect(in, "address", form.address);
  if (JsonReader::has(in, "action_reason") || !form.reason.empty()) reader.expect(in, "action_reason", form.reason);
  const auto actions =
      reader.within(in, "change", [&](const object& values) { return reader.texts(values, "actions"); });
  if (actions != std::vector<std::string_view>{form.action}) {
    reader.fail("change.actions", fmt::format("this is not [\"{}\"]", form.action));
  }
}

Change read_change(JsonReader& reader, const object& in) {
  const auto kind = reader.within(
      in, "cipherform", [&](const object& why) { return reader.get<std::string_view>(why, "kind", "a string"); });
  Change change;
  if (kind == plan::kind_word(CreateUser{})) {
    change = read_create(reader, in);
  } else if (kind == plan::kind_word(AddMember{})) {
    change = read_add(reader, in);
  } else if (kind == plan::kind_word(RemoveMember{})) {
    change = read_removal(reader, in);
  } else {
    reader.fail("cipherform.kind", fmt::format("'{}' is not known", kind));
  }
  if (!reader.failed()) check_form(reader, in, change);
  return change;
}

bool is_action_id(std::string_view text) {
  return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Action read_action(JsonReader& reader, const object& in) {
  Action action;
  action.change = read_change(reader, in);
  if (reader.failed()) return action;
  action.id = reader.within(in, "cipherform", [&](const object& why) {
    std::string id = reader.text(why, "id");
    if (!is_action_id(id)) reader.fail("id", "this is not 16 hex digits");
    return id;
  });
  return action;
}

// ------------------------------------------------------------------------- plan

BlockedAction read_blocked(JsonReader& reader, const object& in) {
  return {reader.within(in, "resource_change", [&](const object& change) { return read_change(reader, change); }),
          reader.one_of<BlockCause>(in, "cause"), reader.text(in, "message")};
}

Finding read_finding(JsonReader& reader, const object& in) {
  return {reader.one_of<FindingKind>(in, "kind"), reader.text(in, "subject"), reader.optional_text(in, "group"),
          reader.text(in, "message")};
}

GuardrailHit read_hit(JsonReader& reader, const object& in) {
  return {reader.one_of<GuardrailKind>(in, "kind"), reader.text(in, "message"),
          reader.optional_text(in, "acknowledgement")};
}

ListingProof read_proof(JsonReader& reader, const object& in) {
  return {reader.flag(in, "complete"), reader.optional_text(in, "reason"), reader.number(in, "pages"),
          reader.number(in, "requests"), reader.number(in, "passes")};
}

Selection read_selection(JsonReader& reader, const object& in) {
  const auto globs = [&](std::string_view key) {
    const auto texts = reader.texts(in, key);
    return std::vector<std::string>(texts.begin(), texts.end());
  };
  return {globs("targets"), globs("excludes")};
}

Stage read_stage(JsonReader& reader, const object& in) {
  return {reader.text(in, "environment"), reader.optional_time(in, "converged_at")};
}

PromotedFrom read_promoted_from(JsonReader& reader, const object& in) {
  PromotedFrom from;
  from.environment = reader.text(in, "environment");
  from.base_url = reader.text(in, "base_url");
  from.live_digest = reader.text(in, "live_digest");
  from.users = reader.number(in, "users");
  from.proof = reader.within(in, "listing", [&](const object& listing) { return read_proof(reader, listing); });
  from.all_groups = reader.flag(in, "all_groups");
  const auto groups = reader.texts(in, "groups");
  from.groups = {groups.begin(), groups.end()};
  return from;
}

PersonBefore read_person(JsonReader& reader, const object& in) {
  const auto names = reader.texts(in, "groups");
  return {reader.text(in, "user_id"), reader.text(in, "email"), {names.begin(), names.end()}};
}

GroupBefore read_group_before(JsonReader& reader, const object& in) {
  return {reader.text(in, "name"), reader.number(in, "members")};
}

PlanCounts read_counts(JsonReader& reader, const object& in) {
  return {reader.number(in, "create"), reader.number(in, "add"), reader.number(in, "remove"),
          reader.number(in, "blocked")};
}

void read_own(JsonReader& reader, const object& own, Plan& plan) {
  plan.tool_version = reader.text(own, "tool_version");
  plan.environment = reader.text(own, "environment");
  plan.base_url = reader.text(own, "base_url");
  plan.declaration_digest = reader.text(own, "declaration_digest");
  plan.live_digest = reader.text(own, "live_digest");
  plan.as_of = reader.optional_time(own, "as_of");
  plan.declared_users = reader.number(own, "declared_users");
  plan.live_users = reader.number(own, "live_users");
  plan.proof = reader.within(own, "listing", [&](const object& in) { return read_proof(reader, in); });
  if (JsonReader::has(own, "selection")) {
    plan.selection = reader.within(own, "selection", [&](const object& in) { return read_selection(reader, in); });
  }
  // Since 1.3.
  if (JsonReader::has(own, "promotion")) {
    plan.promotion = reader.each(own, "promotion", [&](const object& in) { return read_stage(reader, in); });
  }
  if (JsonReader::has(own, "drift")) {
    plan.drift = reader.within(
        own, "drift", [&](const object& in) { return DriftBasis{reader.optional_time(in, "last_converged")}; });
  }
  if (JsonReader::has(own, "promotion_source")) {
    plan.promoted_from =
        reader.within(own, "promotion_source", [&](const object& in) { return read_promoted_from(reader, in); });
  }
  plan.guardrail_hits = reader.each(own, "guardrail_hits", [&](const object& in) { return read_hit(reader, in); });
  plan.blocked = reader.each(own, "blocked", [&](const object& in) { return read_blocked(reader, in); });
  plan.findings = reader.each(own, "findings", [&](const object& in) { return read_finding(reader, in); });
  // Since 1.2.
  if (JsonReader::has(own, "people")) {
    plan.people = reader.each(own, "people", [&](const object& in) { return read_person(reader, in); });
    plan.groups = reader.each(own, "groups", [&](const object& in) { return read_group_before(reader, in); });
  }
}

void check_unique_ids(JsonReader& reader, const Plan& plan) {
  std::vector<std::string_view> ids;
  ids.reserve(plan.actions.size());
  for (const Action& action : plan.actions) ids.push_back(action.id);
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) reader.fail("resource_changes", fmt::format("two actions have the id {}", *twice));
}

/// What the document sums up must be what it lists.
void check_sums(JsonReader& reader, const object& root, const object& own, const Plan& plan) {
  const auto counts = reader.within(own, "counts", [&](const object& in) { return read_counts(reader, in); });
  if (counts != plan.counts()) reader.fail("cipherform.counts", "these do not fit the changes");
  if (reader.number(own, "requests") != plan.requests()) {
    reader.fail("cipherform.requests", "this does not fit the changes");
  }
  const bool applyable = !plan.empty() && plan.guardrail_hits.empty();
  if (reader.flag(root, "applyable") != applyable) reader.fail("applyable", "this does not fit the changes");
  const bool complete = plan.blocked.empty() && plan.compared_everything();
  if (reader.flag(root, "complete") != complete) reader.fail("complete", "this does not fit the changes");
  if (reader.flag(root, "errored")) reader.fail("errored", "a plan with errors cannot be used");
  if (JsonReader::has(own, "fingerprint")) {
    if (reader.text(own, "fingerprint") != fingerprint(plan)) {
      reader.fail("cipherform.fingerprint", "this does not fit the changes");
    }
  }
  check_unique_ids(reader, plan);
}

/// The digest covers every byte but its own.
bool is_intact(std::string_view json, std::string_view digest) {
  if (digest.size() != plan::kBlankDigest.size()) return false;
  const std::string member = fmt::format(R"("digest":"{}")", digest);
  const auto at = json.find(member);
  if (at == std::string_view::npos) return false;
  const auto start = at + member.size() - 1 - digest.size();
  Sha256 hash;
  hash.update(json.substr(0, start));
  hash.update(plan::kBlankDigest);
  hash.update(json.substr(start + digest.size()));
  return hash.hex() == digest;
}

void check_format(JsonReader& reader, const object& in) {
  const auto version = reader.get<std::string_view>(in, "format_version", "a string");
  if (!version.starts_with(plan::kMajor)) {
    reader.fail("format_version", fmt::format("plan format '{}' is not one that this version of cipherform reads ({}x)",
                                              version, plan::kMajor));
  }
}

Plan read_plan(JsonReader& reader, std::string_view json, const object& root) {
  Plan plan;
  check_format(reader, root);
  const object own = reader.within(root, "cipherform", [&](const object& in) {
    check_format(reader, in);
    const auto digest = reader.get<std::string_view>(in, "digest", "a string");
    if (!reader.failed() && !is_intact(json, digest)) reader.fail("digest", "the plan was changed after it was saved");
    return in;
  });
  if (reader.failed()) return plan;
  plan.created_at = reader.time(root, "timestamp");
  reader.within(root, "cipherform", [&](const object& in) {
    read_own(reader, in, plan);
    return true;
  });
  plan.actions = reader.each(root, "resource_changes", [&](const object& in) { return read_action(reader, in); });
  if (!reader.failed()) check_sums(reader, root, own, plan);
  return plan;
}

}  // namespace

Result<Plan> plan_from_json(std::string_view json) {
  if (json.size() > plan::kLargestPlan) {
    return tl::unexpected(refusal(fmt::format("the plan has {} bytes: more than 1 GiB", json.size()), {}, {}));
  }
  simdjson::dom::parser parser;
  element document;
  if (const auto error = parser.parse(json.data(), json.size()).get(document); error != simdjson::SUCCESS) {
    return tl::unexpected(
        refusal(fmt::format("this is not a saved plan: {}", simdjson::error_message(error)), {}, "make a new plan"));
  }
  object root;
  if (document.get(root) != simdjson::SUCCESS) {
    return tl::unexpected(refusal("this is not a saved plan: not a JSON object", {}, "make a new plan"));
  }
  JsonReader reader;
  Plan plan = read_plan(reader, json, root);
  if (reader.failed()) return tl::unexpected(std::move(reader).error());
  return plan;
}

}  // namespace cipherform
