// Columns rather than objects: a key is written once for each column and not once for each
// row, and what many rows share (a file, a ticket, the list of groups somebody is in) is
// written once at all. Indexes are in the order of first use, so they stay short and the
// same plan gives the same bytes.
#include "render/html_data.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cipherform/model.h"
#include "render/html_text.h"
#include "render/terminal.h"

namespace cipherform {
namespace {

using Column = std::vector<std::int64_t>;

/// Strings as they are shown, each once. The first is the empty one.
class ShownStrings {
 public:
  ShownStrings() { name({}); }
  std::int64_t name(std::string_view text) { return shown(text, kLongestName); }
  std::int64_t sentence(std::string_view text) { return shown(text, kLongestSentence); }
  const std::vector<std::string>& all() const { return strings_; }

 private:
  std::int64_t shown(std::string_view text, std::size_t longest) {
    std::string visible;
    append_safe(visible, text, longest);
    const auto [place, is_new] = index_.try_emplace(visible, static_cast<std::int64_t>(strings_.size()));
    if (is_new) strings_.push_back(std::move(visible));
    return place->second;
  }

  std::vector<std::string> strings_;
  std::unordered_map<std::string, std::int64_t> index_;
};

/// Groups by their true names, which may differ where what is shown does not.
class Groups {
 public:
  explicit Groups(ShownStrings& strings) : strings_(strings) {}
  std::int64_t index(std::string_view raw_name) {
    const auto [place, is_new] = index_.try_emplace(std::string(raw_name), static_cast<std::int64_t>(names_.size()));
    if (is_new) {
      names_.push_back(strings_.name(raw_name));
      members_.push_back(-1);
    }
    return place->second;
  }
  void set_members(std::int64_t group, std::int64_t members) { members_[static_cast<std::size_t>(group)] = members; }
  const Column& names() const { return names_; }
  const Column& members() const { return members_; }  ///< -1: not known

 private:
  ShownStrings& strings_;
  std::unordered_map<std::string, std::int64_t> index_;
  Column names_;
  Column members_;
};

struct PeopleColumns {
  Column email, id, changes, befores;
  std::string mark;
};
struct ChangeColumns {
  Column group, note, origin, until, reason;
  std::string kind;  ///< c, a, r, b: create, add, remove, blocked; a capital: privileged
};
struct BeforeColumns {
  Column id, set;
  std::vector<Column> sets;  ///< of groups
};
struct FindingColumns {
  Column titles, section, text, subject;
};

char kind_of(const PersonRow& person, const MembershipRow& row) {
  const char kind = row.mark == Mark::blocked  ? 'b'
                    : row.mark == Mark::remove ? 'r'
                    : person.user_id.empty()   ? 'c'
                                               : 'a';
  return row.privileged ? static_cast<char>(kind - 'a' + 'A') : kind;
}

ChangeColumns change_columns(const PlanRows& rows, ShownStrings& strings, Groups& groups) {
  ChangeColumns columns;
  for (const PersonRow& person : rows.people) {
    for (std::size_t i = person.first; i < person.first + person.count; ++i) {
      const MembershipRow& row = rows.memberships[i];
      columns.group.push_back(groups.index(row.group));
      columns.kind += kind_of(person, row);
      columns.note.push_back(strings.sentence(row.note));
      columns.origin.push_back(strings.sentence(row.origin));
      columns.until.push_back(strings.sentence(row.until));
      columns.reason.push_back(strings.sentence(row.reason));
    }
  }
  return columns;
}

PersonKey key_of(std::string_view email, std::string_view user_id) {
  return email.empty() ? PersonKey{{}, user_id} : PersonKey{email_key(email), {}};
}

/// What each person was in before. Both lists are in the order of PersonKey, so one walk
/// finds them; two live users with one email are one person of two befores.
BeforeColumns before_columns(const Plan& plan, const PlanRows& rows, PeopleColumns& people, ShownStrings& strings,
                             Groups& groups) {
  BeforeColumns columns;
  std::unordered_map<std::string, std::int64_t> known_sets;
  auto before = plan.people.begin();
  for (const PersonRow& person : rows.people) {
    const PersonKey key = key_of(person.email, person.user_id);
    while (before != plan.people.end() && key_of(before->email, before->user_id) < key) ++before;
    std::int64_t found = 0;
    for (; before != plan.people.end() && key_of(before->email, before->user_id) == key; ++before, ++found) {
      Column set;
      std::string set_key;
      for (const std::string& group : before->groups) {
        set.push_back(groups.index(group));
        set_key += std::to_string(set.back()) + ' ';
      }
      const auto [place, is_new] = known_sets.try_emplace(set_key, static_cast<std::int64_t>(columns.sets.size()));
      if (is_new) columns.sets.push_back(std::move(set));
      columns.id.push_back(strings.name(before->user_id));
      columns.set.push_back(place->second);
    }
    people.befores.push_back(found);
  }
  return columns;
}

PeopleColumns people_columns(const PlanRows& rows, ShownStrings& strings) {
  PeopleColumns columns;
  for (const PersonRow& person : rows.people) {
    columns.email.push_back(strings.name(person.email));
    columns.id.push_back(strings.name(person.user_id));
    columns.changes.push_back(static_cast<std::int64_t>(person.count));
    columns.mark += static_cast<char>(person.mark);
  }
  return columns;
}

FindingColumns finding_columns(const PlanRows& rows, ShownStrings& strings) {
  FindingColumns columns;
  for (const FindingSection& section : rows.sections) {
    for (const Finding* finding : section.findings) {
      columns.section.push_back(static_cast<std::int64_t>(columns.titles.size()));
      columns.text.push_back(strings.sentence(sentence_of(*finding)));
      columns.subject.push_back(strings.name(finding->subject));
    }
    columns.titles.push_back(strings.sentence(section.title));
  }
  return columns;
}

/// Writes one JSON object whose members are given in turn.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ObjectWriter& column(std::string_view key, const Column& values) {
    start(key);
    numbers(values);
    return *this;
  }
  ObjectWriter& text(std::string_view key, std::string_view value) {
    start(key);
    append_script_json(out_, value);
    return *this;
  }
  ObjectWriter& strings(std::string_view key, const std::vector<std::string>& values) {
    start(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out_ += ',';
      append_script_json(out_, values[i]);
    }
    out_ += ']';
    return *this;
  }
  ObjectWriter& columns(std::string_view key, const std::vector<Column>& values) {
    start(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out_ += ',';
      numbers(values[i]);
    }
    out_ += ']';
    return *this;
  }
  /// The next value is written by somebody else.
  void start(std::string_view key) {
    if (!first_) out_ += ",\n";
    first_ = false;
    append_script_json(out_, key);
    out_ += ':';
  }
  void end() { out_ += '}'; }

 private:
  void numbers(const Column& values) {
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) out_ += ',';
      out_ += std::to_string(values[i]);
    }
    out_ += ']';
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace

std::string script_data(const Plan& plan, const PlanRows& rows) {
  ShownStrings strings;
  Groups groups(strings);
  for (const GroupBefore& group : plan.groups) groups.set_members(groups.index(group.name), group.members);
  PeopleColumns people = people_columns(rows, strings);
  const ChangeColumns changes = change_columns(rows, strings, groups);
  const BeforeColumns befores = before_columns(plan, rows, people, strings, groups);
  const FindingColumns findings = finding_columns(rows, strings);

  std::string out;
  out.reserve(4096 + 64 * strings.all().size() + 48 * rows.memberships.size());
  ObjectWriter data(out);
  data.strings("strings", strings.all());
  data.start("groups");
  ObjectWriter(out).column("name", groups.names()).column("members", groups.members()).end();
  data.start("people");
  ObjectWriter(out)
      .column("email", people.email)
      .column("id", people.id)
      .text("mark", people.mark)
      .column("changes", people.changes)
      .column("befores", people.befores)
      .end();
  data.start("changes");
  ObjectWriter(out)
      .column("group", changes.group)
      .text("kind", changes.kind)
      .column("note", changes.note)
      .column("origin", changes.origin)
      .column("until", changes.until)
      .column("reason", changes.reason)
      .end();
  data.start("befores");
  ObjectWriter(out).column("id", befores.id).column("set", befores.set).columns("sets", befores.sets).end();
  data.start("findings");
  ObjectWriter(out)
      .column("titles", findings.titles)
      .column("section", findings.section)
      .column("text", findings.text)
      .column("subject", findings.subject)
      .end();
  data.end();
  return out;
}

}  // namespace cipherform
