// The saved plan. Each change, finding and blocked action is a line of its own, so that
// grep and diff work on it and a reader can stream it; the brackets between the lines are
// written by hand, what is in a line by the JSON writer.
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/json_writer.h"
#include "cipherform/plan.h"
#include "plan/json_form.h"
#include "plan/json_parts.h"
#include "plan/words.h"

namespace cipherform {
namespace {

void write_group(JsonWriter& json, const GroupRef& group) {
  json.open_object();
  json.field("id", group.id);
  json.field("name", group.name);
  json.close_object();
}

void write_sources(JsonWriter& json, const std::vector<Source>& sources) {
  json.key("sources");
  json.open_array();
  for (const Source& source : sources) {
    json.open_object();
    plan::write_source_fields(json, source);
    json.close_object();
  }
  json.close_array();
}

/// Why a group is given; which one stands in the change itself.
void write_grant(JsonWriter& json, const Grant& grant) {
  json.open_object();
  json.flag_field("privileged", grant.privileged);
  json.flag_field("fallback", grant.fallback);
  write_sources(json, grant.sources);
  if (grant.until) json.field("until", format_rfc3339(*grant.until));
  json.close_object();
}

void write_membership(JsonWriter& json, std::string_view user_id, std::string_view email, const GroupRef& group) {
  json.open_object();
  json.field("user_id", user_id);
  json.field("email", email);
  json.key("group");
  write_group(json, group);
  json.close_object();
}

/// What Terraform calls `before` and `after`.
struct WriteValues {
  JsonWriter& json;

  void operator()(const CreateUser& create) const {
    json.key("before");
    json.null();
    json.key("after");
    json.open_object();
    json.field("email", create.email);
    json.key("groups");
    json.open_array();
    for (const Grant& grant : create.grants) write_group(json, grant.group);
    json.close_array();
    json.close_object();
    json.key("after_unknown");
    json.open_object();
    json.flag_field("id", true);
    json.close_object();
  }
  void operator()(const AddMember& add) const {
    json.key("before");
    json.null();
    json.key("after");
    write_membership(json, add.user_id, add.email, add.grant.group);
    nothing_unknown();
  }
  void operator()(const RemoveMember& removal) const {
    json.key("before");
    write_membership(json, removal.user_id, removal.email, removal.group);
    json.key("after");
    json.null();
    nothing_unknown();
  }
  void nothing_unknown() const {
    json.key("after_unknown");
    json.open_object();
    json.close_object();
  }
};

struct WriteWhy {
  JsonWriter& json;

  void operator()(const CreateUser& create) const {
    json.key("grants");
    json.open_array();
    for (const Grant& grant : create.grants) write_grant(json, grant);
    json.close_array();
  }
  void operator()(const AddMember& add) const {
    json.key("grant");
    write_grant(json, add.grant);
  }
  void operator()(const RemoveMember& removal) const {
    json.field("cause", plan::word(removal.cause));
    write_sources(json, removal.sources);
  }
};

/// `id` is empty for a blocked change, which has none.
void write_change(JsonWriter& json, const Change& change, std::string_view id) {
  const ResourceForm form = resource_form(change);
  json.open_object();
  json.field("address", form.address);
  json.field("mode", "managed");
  json.field("type", form.type);
  json.field("name", form.name);
  json.field("index", form.index);
  json.field("provider_name", "cipherform");
  json.key("change");
  json.open_object();
  json.key("actions");
  json.open_array();
  json.text(form.action);
  json.close_array();
  std::visit(WriteValues{json}, change);
  json.close_object();
  if (!form.reason.empty()) json.field("action_reason", form.reason);
  json.key("cipherform");
  json.open_object();
  if (!id.empty()) json.field("id", id);
  json.field("kind", plan::kind_word(change));
  std::visit(WriteWhy{json}, change);
  json.close_object();
  json.close_object();
}

void write_one(JsonWriter& json, const Action& action) { write_change(json, action.change, action.id); }

void write_one(JsonWriter& json, const BlockedAction& blocked) {
  json.open_object();
  json.field("cause", plan::word(blocked.cause));
  json.field("message", blocked.message);
  json.key("resource_change");
  write_change(json, blocked.change, {});
  json.close_object();
}

void write_one(JsonWriter& json, const Finding& finding) {
  json.open_object();
  json.field("kind", plan::word(finding.kind));
  json.field("subject", finding.subject);
  if (!finding.group.empty()) json.field("group", finding.group);
  json.field("message", finding.message);
  json.close_object();
}

void write_one(JsonWriter& json, const GuardrailHit& hit) {
  json.open_object();
  json.field("kind", plan::word(hit.kind));
  json.field("message", hit.message);
  if (!hit.acknowledgement.empty()) json.field("acknowledgement", hit.acknowledgement);
  json.close_object();
}

void write_one(JsonWriter& json, const ListingProof& proof) {
  json.open_object();
  json.flag_field("complete", proof.complete);
  if (!proof.reason.empty()) json.field("reason", proof.reason);
  json.field("pages", proof.pages);
  json.field("requests", proof.requests);
  json.field("passes", proof.passes);
  json.close_object();
}

void write_one(JsonWriter& json, const PersonBefore& person) {
  json.open_object();
  json.field("user_id", person.user_id);
  json.field("email", person.email);
  plan::write_texts(json, "groups", person.groups);
  json.close_object();
}

void write_one(JsonWriter& json, const GroupBefore& group) {
  json.open_object();
  json.field("name", group.name);
  json.field("members", group.members);
  json.close_object();
}

void write_one(JsonWriter& json, const Stage& stage) {
  json.open_object();
  json.field("environment", stage.environment);
  if (stage.converged_at) json.field("converged_at", format_rfc3339(*stage.converged_at));
  json.close_object();
}

void write_one(JsonWriter& json, const Selection& selection) {
  json.open_object();
  plan::write_texts(json, "targets", selection.targets);
  plan::write_texts(json, "excludes", selection.excludes);
  json.close_object();
}

void write_one(JsonWriter& json, const DriftBasis& drift) {
  json.open_object();
  if (drift.last_converged) json.field("last_converged", format_rfc3339(*drift.last_converged));
  json.close_object();
}

void write_one(JsonWriter& json, const PromotedFrom& from) {
  json.open_object();
  json.field("environment", from.environment);
  json.field("base_url", from.base_url);
  json.field("live_digest", from.live_digest);
  json.field("users", from.users);
  json.key("listing");
  write_one(json, from.proof);
  json.flag_field("all_groups", from.all_groups);
  plan::write_texts(json, "groups", from.groups);
  json.close_object();
}

void write_one(JsonWriter& json, const PlanCounts& counts) {
  json.open_object();
  json.field("create", counts.create);
  json.field("add", counts.add);
  json.field("remove", counts.remove);
  json.field("blocked", counts.blocked);
  json.close_object();
}

/// Lines of a document under way.
class Document {
 public:
  explicit Document(std::size_t bytes) : json_(out_) { out_.reserve(bytes); }

  Document& raw(std::string_view text) {
    out_ += text;
    return *this;
  }
  Document& field(std::string_view name, std::string_view value) {
    begin(name);
    json_.text(value);
    return *this;
  }
  Document& field(std::string_view name, std::uint32_t value) {
    begin(name);
    json_.number(value);
    return *this;
  }
  Document& flag_field(std::string_view name, bool value) {
    begin(name);
    json_.flag(value);
    return *this;
  }
  template <class Value>
  Document& object(std::string_view name, const Value& value) {
    begin(name);
    write_one(json_, value);
    return *this;
  }
  /// One element a line.
  template <class Values>
  Document& array(std::string_view name, const Values& values) {
    begin(name);
    out_ += '[';
    std::string_view separator = "\n";
    for (const auto& value : values) {
      out_ += separator;
      json_.next_document();
      write_one(json_, value);
      separator = ",\n";
    }
    out_ += values.empty() ? "]" : "\n]";
    return *this;
  }
  std::size_t size() const { return out_.size(); }

  /// Puts the digest of all bytes into the place at `position`, which is blank.
  std::string sealed(std::size_t position) && {
    Sha256 hash;
    hash.update(out_);
    out_.replace(position, plan::kBlankDigest.size(), hash.hex());
    return std::move(out_);
  }

 private:
  void begin(std::string_view name) {
    if (out_.back() != '{') out_ += ",\n";
    json_.next_document();
    json_.text(name);
    out_ += ':';
    json_.next_document();
  }

  std::string out_;
  JsonWriter json_;
};

std::size_t likely_bytes(const Plan& plan) {
  return 4096 + plan.actions.size() * 800 + plan.blocked.size() * 900 + plan.findings.size() * 200;
}

}  // namespace

std::string to_json(const Plan& plan) {
  Document json(likely_bytes(plan));
  json.raw("{")
      .field("format_version", plan::kTerraformFormat)
      .field("timestamp", format_rfc3339(plan.created_at))
      .flag_field("applyable", !plan.empty() && plan.guardrail_hits.empty())
      .flag_field("complete", plan.blocked.empty() && plan.compared_everything())
      .flag_field("errored", false)
      .raw(",\n\"cipherform\":{")
      .field("format_version", plan::kOwnFormat)
      .field("digest", plan::kBlankDigest);
  const std::size_t digest_at = json.size() - 1 - plan::kBlankDigest.size();
  json.field("fingerprint", fingerprint(plan))
      .field("tool_version", plan.tool_version)
      .field("environment", plan.environment)
      .field("base_url", plan.base_url)
      .field("declaration_digest", plan.declaration_digest)
      .field("live_digest", plan.live_digest);
  if (plan.as_of) json.field("as_of", format_rfc3339(*plan.as_of));
  json.field("declared_users", plan.declared_users)
      .field("live_users", plan.live_users)
      .object("listing", plan.proof)
      .object("counts", plan.counts())
      .field("requests", plan.requests());
  if (!plan.selection.everything()) json.object("selection", plan.selection);
  if (!plan.promotion.empty()) json.array("promotion", plan.promotion);
  if (plan.drift) json.object("drift", *plan.drift);
  if (plan.promoted_from) json.object("promotion_source", *plan.promoted_from);
  json.array("guardrail_hits", plan.guardrail_hits)
      .array("blocked", plan.blocked)
      .array("findings", plan.findings)
      .array("people", plan.people)
      .array("groups", plan.groups)
      .raw("}")
      .array("resource_changes", plan.actions)
      .raw("}\n");
  return std::move(json).sealed(digest_at);
}

}  // namespace cipherform
