// An explanation for programs. Each group is a line of its own.
#include <string>
#include <string_view>

#include "cipherform/explain.h"
#include "cipherform/json_writer.h"
#include "plan/json_parts.h"
#include "plan/words.h"

namespace cipherform {
namespace {

constexpr std::string_view kFormat = "1.0";

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::keeps:
      return "keeps";
    case Verdict::gets:
      return "gets";
    case Verdict::loses:
      return "loses";
    case Verdict::blocked:
      return "blocked";
    case Verdict::withheld:
      return "withheld";
    case Verdict::untouched:
      return "untouched";
  }
  return {};
}

std::string_view word(Wanted wanted) {
  switch (wanted) {
    case Wanted::no:
      return "no";
    case Wanted::yes:
      return "yes";
    case Wanted::expired:
      return "expired";
  }
  return {};
}

std::string_view word(GroupRule rule) {
  switch (rule) {
    case GroupRule::undeclared:
      return "undeclared";
    case GroupRule::additive:
      return "additive";
    case GroupRule::authoritative:
      return "authoritative";
  }
  return {};
}

std::string_view word(SourceForce force) {
  switch (force) {
    case SourceForce::in_force:
      return "in_force";
    case SourceForce::ended:
      return "ended";
    case SourceForce::elsewhere:
      return "elsewhere";
  }
  return {};
}

/// A text, or null where it is empty.
void text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) return json.field(name, text);
  json.key(name);
  json.null();
}

void write_place(JsonWriter& json, std::string_view name, const std::optional<Place>& place) {
  json.key(name);
  if (!place) return json.null();
  json.open_object();
  json.field("file", place->file);
  json.field("line", place->line);
  json.field("column", place->column);
  json.close_object();
}

void write_source(JsonWriter& json, const ExplainedSource& explained) {
  json.open_object();
  json.field("force", word(explained.force));
  plan::write_source_fields(json, explained.source);
  if (explained.force == SourceForce::elsewhere) plan::write_texts(json, "environments", explained.environments);
  json.close_object();
}

void write_one(JsonWriter& json, const ExplainedGroup& group) {
  json.open_object();
  text_or_null(json, "user_id", group.user_id);
  json.key("group");
  json.open_object();
  text_or_null(json, "id", group.group.id);
  json.field("name", group.group.name);
  json.close_object();
  json.field("verdict", word(group.verdict));
  json.field("why", group.why);
  if (group.cause) json.field("blocked_by", plan::word(*group.cause));
  text_or_null(json, "action_id", group.action_id);
  json.flag_field("member", group.member);
  json.field("wanted", word(group.wanted));
  text_or_null(json, "until", group.until ? format_rfc3339(*group.until) : std::string{});
  json.field("rule", word(group.rule));
  write_place(json, "declared_at", group.declared_at);
  json.flag_field("privileged", group.privileged);
  json.flag_field("protected", group.is_protected);
  json.flag_field("identity_managed", group.identity_managed);
  json.key("sources");
  json.open_array();
  for (const ExplainedSource& source : group.sources) write_source(json, source);
  json.close_array();
  json.close_object();
}

void write_one(JsonWriter& json, const Finding& finding) {
  json.open_object();
  json.field("kind", plan::word(finding.kind));
  if (!finding.group.empty()) json.field("group", finding.group);
  json.field("message", finding.message);
  json.close_object();
}

void write_one(JsonWriter& json, const GuardrailHit& hit) {
  json.open_object();
  json.field("kind", plan::word(hit.kind));
  json.field("message", hit.message);
  json.close_object();
}

void write_person(JsonWriter& json, const Explanation& explanation) {
  json.open_object();
  text_or_null(json, "email", explanation.email);
  json.flag_field("declared", explanation.declared);
  write_place(json, "mentioned_at", explanation.at);
  plan::write_texts(json, "other_environments", explanation.other_environments);
  json.flag_field("protected", explanation.is_protected);
  json.key("accounts");
  json.open_array();
  for (const Account& account : explanation.accounts) {
    json.open_object();
    json.field("user_id", account.user_id);
    text_or_null(json, "email", account.email);
    json.field("status", account.status);
    json.flag_field("owner", account.is_owner);
    json.close_object();
  }
  json.close_array();
  json.close_object();
}

template <class Values>
void append_array(std::string& out, JsonWriter& json, std::string_view name, const Values& values) {
  out += ",\n\"";
  out += name;
  out += "\":[";
  std::string_view separator = "\n";
  for (const auto& value : values) {
    out += separator;
    json.next_document();
    write_one(json, value);
    separator = ",\n";
  }
  out += values.empty() ? "]" : "\n]";
}

}  // namespace

std::string to_json(const Explanation& explanation) {
  std::string out = "{";
  JsonWriter json(out);
  std::string_view separator;
  for (const auto& [name, value] : {std::pair<std::string_view, std::string>{"format_version", kFormat},
                                    {"environment", explanation.environment},
                                    {"base_url", explanation.base_url},
                                    {"as_of", format_rfc3339(explanation.as_of)},
                                    {"plan_fingerprint", explanation.plan_fingerprint}}) {
    out += separator;
    json.next_document();
    json.text(name);
    out += ':';
    json.next_document();
    json.text(value);
    separator = ",\n";
  }
  out += ",\n\"person\":";
  json.next_document();
  write_person(json, explanation);
  append_array(out, json, "groups", explanation.groups);
  append_array(out, json, "findings", explanation.findings);
  append_array(out, json, "guardrail_hits", explanation.guardrail_hits);
  out += "}\n";
  return out;
}

}  // namespace cipherform
