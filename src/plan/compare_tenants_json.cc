// A difference between tenants for programs. Each person and each note is a line of its own.
#include <string>
#include <string_view>

#include "cipherform/diff.h"
#include "cipherform/json_writer.h"
#include "plan/json_parts.h"

namespace cipherform {
namespace {

constexpr std::string_view kFormat = "1.0";

std::string_view word(DifferenceNoteKind kind) {
  switch (kind) {
    case DifferenceNoteKind::groups_not_listed:
      return "groups_not_listed";
    case DifferenceNoteKind::group_in_one:
      return "group_in_one";
    case DifferenceNoteKind::duplicate_group:
      return "duplicate_group";
    case DifferenceNoteKind::duplicate_email:
      return "duplicate_email";
    case DifferenceNoteKind::user_without_email:
      return "user_without_email";
    case DifferenceNoteKind::deactivated_in_one:
      return "deactivated_in_one";
  }
  return {};
}

void write_tenant(JsonWriter& json, const ComparedTenant& tenant) {
  json.open_object();
  json.field("environment", tenant.environment);
  json.field("base_url", tenant.base_url);
  json.field("users", tenant.users);
  json.field("live_digest", tenant.live_digest);
  json.flag_field("complete", tenant.proof.complete);
  if (!tenant.proof.reason.empty()) json.field("incomplete_because", tenant.proof.reason);
  json.close_object();
}

void write_counts(JsonWriter& json, const DifferenceCounts& counts) {
  json.open_object();
  json.key("only_in");
  json.open_array();
  for (const std::uint32_t people : counts.only_in) json.number(people);
  json.close_array();
  json.field("differ", counts.differ);
  json.field("memberships", counts.memberships);
  json.close_object();
}

void write_name(JsonWriter& json, std::string_view key, const ComparedName& name) {
  json.field(key, name.text);
  json.flag_field("declared_word", !name.own);
}

void write_person(JsonWriter& json, const PersonDifference& person, const TenantDifference& difference) {
  json.open_object();
  write_name(json, "email", person.email);
  json.key("in");
  json.open_array();
  if (person.presence != Presence::only_second) json.text(difference.tenants[0].environment);
  if (person.presence != Presence::only_first) json.text(difference.tenants[1].environment);
  json.close_array();
  json.key("memberships");
  json.open_array();
  for (const MembershipDifference& membership : person.memberships) {
    json.open_object();
    write_name(json, "group", membership.group);
    json.field("only_in", difference.tenant(membership.only_in).environment);
    json.close_object();
  }
  json.close_array();
  json.close_object();
}

void write_note(JsonWriter& json, const DifferenceNote& note, const TenantDifference& difference) {
  json.open_object();
  json.field("kind", word(note.kind));
  json.field("environment", difference.tenant(note.side).environment);
  if (!note.subject.empty()) json.field("subject", note.subject);
  json.field("message", note.message);
  json.close_object();
}

/// `,"NAME":[`, one element a line, `]`.
template <class Values, class Write>
void write_lines(std::string& out, JsonWriter& json, std::string_view name, const Values& values, Write write) {
  out.append(",\n\"").append(name).append(R"(":[)");
  std::string_view separator = "\n";
  for (const auto& value : values) {
    out += separator;
    json.next_document();
    write(value);
    separator = ",\n";
  }
  out += values.empty() ? "]" : "\n]";
}

}  // namespace

std::string to_json(const TenantDifference& difference) {
  std::string out = R"({"format_version":")";
  out.reserve(1024 + 256 * (difference.people.size() + difference.notes.size()));
  out.append(kFormat).append("\"");
  JsonWriter json(out);
  write_lines(out, json, "tenants", difference.tenants,
              [&](const ComparedTenant& tenant) { write_tenant(json, tenant); });
  if (!difference.selection.everything()) {
    out += ",\n\"selection\":";
    json.next_document();
    json.open_object();
    plan::write_texts(json, "targets", difference.selection.targets);
    plan::write_texts(json, "excludes", difference.selection.excludes);
    json.close_object();
  }
  out += ",\n\"counts\":";
  json.next_document();
  write_counts(json, difference.counts());
  write_lines(out, json, "people", difference.people,
              [&](const PersonDifference& person) { write_person(json, person, difference); });
  write_lines(out, json, "notes", difference.notes,
              [&](const DifferenceNote& note) { write_note(json, note, difference); });
  return out += "}\n";
}

}  // namespace cipherform
