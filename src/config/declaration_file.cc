// Decodes one file. A user costs the strings that are new (an email, once) and fixed-size
// entries in four vectors; groups, teams, reasons and sets of environments are ids.
#include "config/declaration_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "config/root_keys.h"
#include "config/values.h"

namespace cipherform::config {
namespace {

constexpr std::array<std::string_view, 3> kUserKeys{"email", "groups", "environments"};
constexpr std::array<std::string_view, 4> kGrantKeys{"name", "until", "reason", "environments"};
constexpr std::array<std::string_view, 4> kMemberKeys{"email", "team", "until", "reason"};
constexpr std::array<std::string_view, 1> kTeamItemKeys{"team"};
constexpr std::array<std::string_view, 5> kGroupKeys{"membership", "environments", "members", "max_members",
                                                     "require_reason"};
constexpr std::array<std::string_view, 7> kRootKeys{"version", "environments", "include", "guardrails",
                                                    "groups",  "users",        "teams"};

bool has_upper_case(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

class DeclarationFile : public DocumentSink {
 public:
  DeclarationFile(RawFile& file, RawRoot* root, const FileDiagnostics& errors)
      : file_(&file), root_(root), errors_(&errors) {}

  Place child(Place parent, std::string_view key) const override;
  void begin(Place place, const Value* key) override;
  void item(Place parent, const Value* key, const Value& value) override;
  void end(Place place) override;

 private:
  /// What an item of a list says beyond whom it names.
  struct Terms {
    std::string_view reason;
    std::optional<Time> until;
    std::uint32_t environments = 0;
    bool faulty = false;
  };

  void root_item(const Value& key, const Value& value);
  void user(const Value& value);
  void grants(const Value& value, RawUser& user);
  void grant(const Value& value, RawUser& user);
  void add_grant(std::string_view group, LineColumn at, const Terms& terms);
  void group_item(const Value& key, const Value& value);
  void authority(const Value& value);
  void begin_list(const Value& key, std::string_view what, NameTable& names);
  void member(const Value& value, bool in_team);
  void member_map(const Value& value, bool in_team);
  void add_member(const Value& name, bool is_team, LineColumn at, const Terms& terms);
  bool term(const Value& key, const Value& value, Terms& terms);
  std::uint32_t detail(const Terms& terms);
  std::uint32_t email_id(std::string_view email, LineColumn at);
  std::optional<std::uint32_t> environment_set(const Value& value);

  RawFile* file_;
  RawRoot* root_;
  const FileDiagnostics* errors_;
  RawGroup group_;            ///< the group or team being read
  bool list_usable_ = false;  ///< whether its name is
  std::vector<std::uint32_t> scratch_;
  std::map<std::vector<std::uint32_t>, std::uint32_t> set_ids_;
  std::map<std::tuple<std::string, std::optional<Time>, std::uint32_t>, std::uint32_t> detail_ids_;
};

Place DeclarationFile::child(Place parent, std::string_view key) const {
  switch (parent) {
    case Place::root:
      if (key == "users") return Place::users;
      if (key == "groups") return Place::groups;
      return key == "teams" ? Place::teams : Place::whole;
    case Place::groups:
      return Place::group;
    case Place::group:
      return key == "members" ? Place::members : Place::whole;
    case Place::teams:
      return Place::team;
    default:
      return Place::whole;
  }
}

void DeclarationFile::begin(Place place, const Value* key) {
  if (place == Place::group) begin_list(*key, "a group name", file_->groups);
  if (place == Place::team) begin_list(*key, "a team name", file_->teams);
}

void DeclarationFile::begin_list(const Value& key, std::string_view what, NameTable& names) {
  group_ = RawGroup{};
  group_.list.at = key.at;
  group_.list.first_member = static_cast<std::uint32_t>(file_->members.size());
  const auto name = name_value(key, what, *errors_);
  list_usable_ = name.has_value();
  if (name) group_.list.name = names.intern(*name, errors_->position(key.at), file_->strings);
}

void DeclarationFile::end(Place place) {
  if (place != Place::group && place != Place::team) return;
  if (!list_usable_) {
    file_->members.resize(group_.list.first_member);
    return;
  }
  group_.list.member_count = static_cast<std::uint32_t>(file_->members.size()) - group_.list.first_member;
  if (place == Place::group) {
    file_->declared_groups.push_back(group_);
  } else {
    file_->declared_teams.push_back(group_.list);
  }
}

void DeclarationFile::item(Place parent, const Value* key, const Value& value) {
  switch (parent) {
    case Place::root:
      return root_item(*key, value);
    case Place::users:
      return user(value);
    case Place::groups:
      return wrong_type(value, "group " + in_quotes(key->text), "a map", *errors_);
    case Place::group:
      return group_item(*key, value);
    case Place::members:
      return member(value, false);
    case Place::teams:
      return wrong_type(value, "team " + in_quotes(key->text), "a list", *errors_);
    case Place::team:
      return member(value, true);
    case Place::seed_groups:
    case Place::whole:
      break;
  }
}

void DeclarationFile::root_item(const Value& key, const Value& value) {
  if (key.text == "users") return wrong_type(value, "users", "a list", *errors_);
  if (key.text == "groups" || key.text == "teams") return wrong_type(value, key.text, "a map", *errors_);
  if (std::find(kRootKeys.begin(), kRootKeys.end(), key.text) == kRootKeys.end()) {
    return unknown_key(key, root_ == nullptr ? "an included file" : kRootFile,
                       std::span(kRootKeys).subspan(root_ == nullptr ? 4 : 0), *errors_);
  }
  if (root_ == nullptr) {
    return errors_->error(key.at, in_quotes(key.text) + " stands in " + std::string(kRootFile) + " only");
  }
  if (key.text == "version") return read_version(value, *root_, *errors_);
  if (key.text == "environments") return read_environments(value, *root_, *errors_);
  if (key.text == "include") return read_include(value, root_->include, *errors_);
  read_guardrails(value, root_->guardrails, *errors_);
}

void DeclarationFile::user(const Value& value) {
  if (!is_map(value, "a user", *errors_)) return;
  RawUser user;
  user.at = value.at;
  user.first_grant = static_cast<std::uint32_t>(file_->grants.size());
  const Value* email = nullptr;
  for (const auto& [key, element] : Entries(value)) {
    if (key.text == "email") {
      email = &element;
    } else if (key.text == "groups") {
      grants(element, user);
    } else if (key.text == "environments") {
      const auto set = environment_set(element);
      user.environments = set.value_or(0);
      user.faulty = user.faulty || !set;
    } else {
      user.faulty = true;
      unknown_key(key, "a user", kUserKeys, *errors_);
    }
  }
  if (email == nullptr) errors_->error(value.at, "a user without an email");
  const auto text = email == nullptr ? std::nullopt : email_value(*email, *errors_);
  if (!text) {
    file_->grants.resize(user.first_grant);
    return;
  }
  user.email = email_id(*text, email->at);
  user.grant_count = static_cast<std::uint32_t>(file_->grants.size()) - user.first_grant;
  file_->users.push_back(user);
}

void DeclarationFile::grants(const Value& value, RawUser& user) {
  if (!is_list(value, "groups", *errors_)) {
    user.faulty = true;
    return;
  }
  for (const Value& element : Elements(value)) grant(element, user);
}

void DeclarationFile::grant(const Value& value, RawUser& user) {
  if (value.kind != Value::Kind::map) {
    const auto name = name_value(value, "a group name", *errors_);
    if (name) add_grant(*name, value.at, {});
    user.faulty = user.faulty || !name;
    return;
  }
  Terms terms;
  const Value* name = nullptr;
  for (const auto& [key, element] : Entries(value)) {
    if (key.text == "name") {
      name = &element;
    } else if (key.text == "environments") {
      const auto set = environment_set(element);
      terms.environments = set.value_or(0);
      terms.faulty = terms.faulty || !set;
    } else if (!term(key, element, terms)) {
      terms.faulty = true;
      unknown_key(key, "a group of a user", kGrantKeys, *errors_);
    }
  }
  if (name == nullptr) errors_->error(value.at, "a group of a user without a name");
  const auto text = name == nullptr ? std::nullopt : name_value(*name, "a group name", *errors_);
  if (text) add_grant(*text, value.at, terms);
  user.faulty = user.faulty || !text || terms.faulty;
}

void DeclarationFile::add_grant(std::string_view group, LineColumn at, const Terms& terms) {
  const std::uint32_t id = file_->groups.intern(group, errors_->position(at), file_->strings);
  file_->grants.push_back({.group = id, .at = at, .detail = detail(terms)});
}

void DeclarationFile::group_item(const Value& key, const Value& value) {
  if (key.text == "members") {
    wrong_type(value, "members", "a list", *errors_);
  } else if (key.text == "membership") {
    authority(value);
  } else if (key.text == "environments") {
    group_.environments = environment_set(value).value_or(0);
  } else if (key.text == "max_members") {
    group_.max_members = count_value(value, "max_members", *errors_);
    group_.max_members_at = value.at;
  } else if (key.text == "require_reason") {
    group_.require_reason = bool_value(value, "require_reason", *errors_);
  } else {
    unknown_key(key, "a group", kGroupKeys, *errors_);
  }
}

void DeclarationFile::authority(const Value& value) {
  static constexpr std::array<std::string_view, 2> kWords{"authoritative", "additive"};
  const auto word = string_value(value, "membership", *errors_);
  if (!word) return;
  if (*word == "additive") {
    group_.authority = Authority::additive;
  } else if (*word == "authoritative") {
    group_.authority = Authority::authoritative;
  } else {
    errors_->error(value.at, "membership must be authoritative or additive, but is " + in_quotes(*word),
                   meant(*word, kWords));
  }
}

void DeclarationFile::member(const Value& value, bool in_team) {
  if (value.kind == Value::Kind::map) {
    member_map(value, in_team);
  } else {
    add_member(value, false, value.at, {});
  }
}

void DeclarationFile::member_map(const Value& value, bool in_team) {
  Terms terms;
  const Value* name = nullptr;
  bool is_team = false;
  std::size_t names = 0;
  for (const auto& [key, element] : Entries(value)) {
    if (key.text == "team" || (key.text == "email" && !in_team)) {
      ++names;
      name = &element;
      is_team = key.text == "team";
    } else if (in_team || !term(key, element, terms)) {
      unknown_key(key, in_team ? "an item of a team" : "a member",
                  in_team ? std::span<const std::string_view>(kTeamItemKeys) : kMemberKeys, *errors_);
    }
  }
  if (names == 1) {
    add_member(*name, is_team, value.at, terms);
  } else if (in_team) {
    errors_->error(value.at, "an item of a team must be an email or {team: name}");
  } else {
    errors_->error(value.at, "a member must have either email or team");
  }
}

void DeclarationFile::add_member(const Value& name, bool is_team, LineColumn at, const Terms& terms) {
  const auto text = is_team ? name_value(name, "a team name", *errors_) : email_value(name, *errors_);
  if (!text) return;
  const std::uint32_t id =
      is_team ? file_->teams.intern(*text, errors_->position(name.at), file_->strings) : email_id(*text, name.at);
  file_->members.push_back({.name = id, .at = at, .detail = detail(terms), .is_team = is_team});
}

/// Whether `key` is `until` or `reason`, which are then read.
bool DeclarationFile::term(const Value& key, const Value& value, Terms& terms) {
  if (key.text == "reason") {
    const auto reason = string_value(value, "reason", *errors_);
    terms.reason = reason.value_or(std::string_view{});
    terms.faulty = terms.faulty || !reason;
    return true;
  }
  if (key.text != "until") return false;
  const auto text = string_value(value, "until", *errors_);
  if (text) {
    terms.until = parse_until(*text);
    if (!terms.until) {
      errors_->error(value.at, "until must be a date or a time, but is " + in_quotes(*text),
                     "such as 2027-01-31 or 2027-01-31T12:00:00Z");
    }
  }
  terms.faulty = terms.faulty || !terms.until;
  return true;
}

std::uint32_t DeclarationFile::detail(const Terms& terms) {
  if (terms.reason.empty() && !terms.until && terms.environments == 0) return 0;
  const auto id = static_cast<std::uint32_t>(file_->details.size());
  const auto [known, added] = detail_ids_.try_emplace({std::string(terms.reason), terms.until, terms.environments}, id);
  if (added) {
    file_->details.push_back(
        {.reason = file_->strings.store(terms.reason), .until = terms.until, .environments = terms.environments});
  }
  return known->second;
}

std::uint32_t DeclarationFile::email_id(std::string_view email, LineColumn at) {
  const SourcePosition position = errors_->position(at);
  if (!has_upper_case(email)) return file_->emails.intern(email, position, file_->strings);
  return file_->emails.intern(email_key(email), email, position, file_->strings);
}

/// The id of the set of environments that a list names.
std::optional<std::uint32_t> DeclarationFile::environment_set(const Value& value) {
  if (!is_list(value, "environments", *errors_)) return std::nullopt;
  if (value.first == nullptr) {
    errors_->error(value.at, "environments must name at least one environment", "without the key it means all of them");
    return std::nullopt;
  }
  scratch_.clear();
  bool good = true;
  for (const Value& element : Elements(value)) {
    const auto name = string_value(element, "an environment's name", *errors_);
    good = good && name.has_value();
    if (!name) continue;
    const std::uint32_t id = file_->environments.intern(*name, errors_->position(element.at), file_->strings);
    file_->environment_mentions.emplace_back(id, element.at);
    scratch_.push_back(id);
  }
  if (!good) return std::nullopt;
  std::sort(scratch_.begin(), scratch_.end());
  scratch_.erase(std::unique(scratch_.begin(), scratch_.end()), scratch_.end());
  const auto [known, added] =
      set_ids_.try_emplace(scratch_, static_cast<std::uint32_t>(file_->environment_sets.size()));
  if (added) file_->environment_sets.push_back(scratch_);
  return known->second;
}

}  // namespace

Reading read_declaration_file(std::string_view text, RawFile& file, RawRoot* root, const FileDiagnostics& errors) {
  DeclarationFile sink(file, root, errors);
  const Reading reading = read_document(text, sink, errors);
  if (reading == Reading::empty) errors.error({}, "the file is empty");
  return reading;
}

}  // namespace cipherform::config
