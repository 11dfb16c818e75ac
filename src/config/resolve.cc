// Idea: names become ranks before anything is joined. Users and groups of all files are
// interned once, sorted, and every mention is mapped from its file's id to the rank; then
// memberships are a counting sort of (user, group, source) triples by user, and sorting
// within one user is the sorting of a handful of integers. Two passes over the mentions
// (count, then fill) need no intermediate list.
//
// A source that comes through a team stands where the group refers to the team and
// carries that team's name, whichever teams lie between.
#include "config/resolve.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "config/teams.h"

namespace cipherform::config {
namespace {

std::string in_place(std::span<const LoadedFile> files, SourcePosition at) {
  return files[at.file].name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

SourcePosition position(std::size_t file, LineColumn at) {
  return {.file = static_cast<std::uint32_t>(file), .line = at.line, .column = at.column};
}

/// How one file's ids translate.
struct FileIds {
  std::vector<std::uint32_t> users;
  std::vector<std::uint32_t> groups;
  std::vector<std::uint32_t> teams;
  std::vector<std::uint64_t> environment_sets;
  std::vector<std::uint32_t> details;
};

/// One name of all files, with its rank in sorted order.
struct Ranked {
  NameTable table;
  std::vector<std::uint32_t> order;  ///< rank → id
  std::vector<std::uint32_t> ranks;  ///< id → rank

  void sort() {
    order.resize(table.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    const auto by_key = [this](std::uint32_t a, std::uint32_t b) { return table[a].key < table[b].key; };
    // A generated declaration is often sorted already.
    if (!std::is_sorted(order.begin(), order.end(), by_key)) std::sort(order.begin(), order.end(), by_key);
    ranks.resize(order.size());
    for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
  }
};

/// Moves a file's names into the table of all; the ids there.
std::vector<std::uint32_t> adopt_all(NameTable& table, NameTable& names) {
  std::vector<std::uint32_t> ids;
  ids.reserve(names.size());
  for (const NameTable::Entry& entry : names.entries()) ids.push_back(table.adopt(entry));
  names = NameTable{};
  return ids;
}

void to_ranks(std::vector<std::uint32_t>& ids, const Ranked& ranked) {
  for (std::uint32_t& id : ids) id = ranked.ranks[id];
}

class Resolver {
 public:
  Resolver(std::vector<LoadedFile>& files, const RawRoot& root, Diagnostics& errors)
      : files_(&files), root_(&root), errors_(&errors), ids_(files.size()) {
    complete_ = std::all_of(files.begin(), files.end(), [](const LoadedFile& file) { return file.complete; });
  }

  Resolved run() {
    take_root();
    translate_environments();
    translate_names();
    translate_details();
    declare_groups();
    check_overlay_groups();
    take_user_entries();
    Teams teams = take_teams();
    fill_sources(teams);
    make_memberships();
    return std::move(resolved_);
  }

 private:
  using DetailKey = std::tuple<std::uint32_t, std::string_view, std::optional<Time>, std::uint64_t>;

  void take_root();
  void translate_environments();
  std::uint64_t environment_bit(std::string_view name) const;
  void translate_names();
  void translate_details();
  std::uint32_t detail_id(const DetailKey& key);
  void declare_groups();
  void declare(std::size_t file, const RawGroup& raw);
  void add_to_group(std::size_t file, const RawGroup& raw, std::uint32_t id);
  void check_overlay_groups() const;
  void take_user_entries();
  void take_user_entry(std::size_t file, const RawUser& raw, std::vector<std::uint32_t>& entry_of);
  Teams take_teams();
  void report_unknown_teams(const Teams& teams);
  template <class Visit>
  bool each_source(Teams& teams, Visit visit);
  void fill_sources(Teams& teams);
  void make_memberships();
  void sort_sources(std::uint32_t begin, std::uint32_t end);

  DesiredState& all() { return resolved_.data.all; }

  std::vector<LoadedFile>* files_;
  const RawRoot* root_;
  Diagnostics* errors_;
  std::vector<FileIds> ids_;
  bool complete_ = false;
  Resolved resolved_;
  std::map<std::pair<std::size_t, std::uint32_t>, std::uint32_t> overlay_entries_;  ///< by file and user, from 1
  std::vector<std::uint64_t> group_files_in_;  ///< of each group, where the file holds that declares it first
  NameTable team_names_;
  std::map<DetailKey, std::uint32_t> detail_ids_;
  std::vector<std::uint32_t> first_source_;  ///< of each user, and the end
  std::vector<std::uint32_t> source_group_;  ///< parallel to sources
  std::vector<std::pair<std::uint32_t, MembershipSource>> sorting_;
};

void Resolver::take_root() {
  for (const RawRoot::Tenant& tenant : root_->environments) {
    resolved_.data.environments.push_back(tenant.environment);
  }
  for (const LoadedFile& file : *files_) all().files.push_back(file.name);
}

std::uint64_t Resolver::environment_bit(std::string_view name) const {
  const std::vector<Environment>& environments = resolved_.data.environments;
  for (std::size_t i = 0; i < environments.size(); ++i) {
    if (environments[i].name == name) return std::uint64_t{1} << i;
  }
  return 0;
}

void Resolver::translate_environments() {
  std::vector<std::string_view> names;
  for (const Environment& environment : resolved_.data.environments) names.push_back(environment.name);
  for (std::size_t f = 0; f < files_->size(); ++f) {
    RawFile& raw = (*files_)[f].raw;
    std::vector<std::uint64_t> bits;
    for (const NameTable::Entry& entry : raw.environments.entries()) bits.push_back(environment_bit(entry.key));
    const bool overlay = (*files_)[f].is_overlay();
    for (const auto& [id, at] : raw.environment_mentions) {
      if (overlay) {
        errors_->add(position(f, at), "environments does not belong in an overlay",
                     "all of it holds for the environments that include it");
        continue;
      }
      // The rest of a broken cipherform.yaml may name it.
      if (bits[id] != 0 || !files_->front().complete) continue;
      const std::string_view name = raw.environments[id].key;
      errors_->add(position(f, at), "unknown environment " + in_quotes(name), meant(name, names));
    }
    for (const std::vector<std::uint32_t>& set : raw.environment_sets) {
      std::uint64_t mask = 0;
      bool unknown = set.empty();
      for (const std::uint32_t id : set) {
        mask |= bits[id];
        unknown = unknown || bits[id] == 0;
      }
      // With an unknown name it holds everywhere, so that nothing else seems missing.
      ids_[f].environment_sets.push_back((*files_)[f].environments & (unknown ? kEverywhere : mask));
    }
    raw.environment_mentions = {};
  }
}

void Resolver::translate_names() {
  Ranked users;
  Ranked groups;
  for (std::size_t f = 0; f < files_->size(); ++f) {
    RawFile& raw = (*files_)[f].raw;
    ids_[f].users = adopt_all(users.table, raw.emails);
    ids_[f].groups = adopt_all(groups.table, raw.groups);
    ids_[f].teams = adopt_all(team_names_, raw.teams);
    all().strings.absorb(std::move(raw.strings));
  }
  users.sort();
  groups.sort();
  for (FileIds& ids : ids_) {
    to_ranks(ids.users, users);
    to_ranks(ids.groups, groups);
  }
  all().users.reserve(users.order.size());
  for (const std::uint32_t id : users.order) {
    const NameTable::Entry& entry = users.table[id];
    DesiredUser user;
    user.email = entry.spelled;
    user.key = entry.key;
    user.at = entry.at;
    all().users.push_back(user);
  }
  all().groups.reserve(groups.order.size());
  for (const std::uint32_t id : groups.order) {
    const NameTable::Entry& entry = groups.table[id];
    DesiredGroup group;
    group.name = entry.key;
    group.at = entry.at;
    all().groups.push_back(group);
  }
}

std::uint32_t Resolver::detail_id(const DetailKey& key) {
  const auto [known, added] = detail_ids_.try_emplace(key, static_cast<std::uint32_t>(all().details.size()));
  if (added) {
    const auto& [team, reason, until, environments] = key;
    SourceDetail detail;
    if (team != 0) detail.team = team_names_[team - 1].key;
    detail.reason = reason;
    detail.until = until;
    all().details.push_back(detail);
    resolved_.data.details_in.push_back(environments);
  }
  return known->second;
}

void Resolver::translate_details() {
  detail_id({0, {}, std::nullopt, kEverywhere});
  for (std::size_t f = 0; f < files_->size(); ++f) {
    for (const RawDetail& raw : (*files_)[f].raw.details) {
      const std::uint64_t environments = ids_[f].environment_sets[raw.environments];
      ids_[f].details.push_back(detail_id({0, raw.reason, raw.until, environments}));
    }
  }
}

void Resolver::declare(std::size_t file, const RawGroup& raw) {
  const std::uint32_t id = ids_[file].groups[raw.list.name];
  DesiredGroup& group = all().groups[id];
  const SourcePosition at = position(file, raw.list.at);
  if (resolved_.data.group_is_declared[id]) {
    if ((*files_)[file].is_overlay()) return add_to_group(file, raw, id);
    errors_->add(at, "duplicate group " + in_quotes(group.name), "first at " + in_place(*files_, group.at));
    return;
  }
  resolved_.data.group_is_declared[id] = true;
  resolved_.data.groups_in[id] = ids_[file].environment_sets[raw.environments];
  group_files_in_[id] = (*files_)[file].environments;
  group.authority = raw.authority.value_or(Authority::authoritative);
  group.require_reason = raw.require_reason.value_or(false);
  group.max_members = raw.max_members;
  group.at = at;
  if (raw.max_members) resolved_.limits.push_back({.group = id, .at = position(file, raw.max_members_at)});
}

/// An overlay adds members to a group that is declared already, and changes nothing of it. Of two
/// overlays neither comes first, so a group of both must be the same in both.
void Resolver::add_to_group(std::size_t file, const RawGroup& raw, std::uint32_t id) {
  const DesiredGroup& group = all().groups[id];
  const SourcePosition at = position(file, raw.list.at);
  const std::uint64_t here = (*files_)[file].environments;
  const bool among_overlays = group_files_in_[id] != kEverywhere;
  const auto differs = [among_overlays](const auto& given, const auto& standing, const auto& otherwise) {
    return given ? *given != standing : among_overlays && standing != otherwise;
  };
  const auto refuse = [&](std::string_view key) {
    errors_->add(at, "an overlay cannot change " + std::string(key) + " of group " + in_quotes(group.name),
                 "the group is declared at " + in_place(*files_, group.at));
  };
  if (differs(raw.authority, group.authority, Authority::authoritative)) refuse("membership");
  if (differs(raw.require_reason, group.require_reason, false)) refuse("require_reason");
  if (raw.max_members ? raw.max_members != group.max_members : among_overlays && group.max_members.has_value()) {
    refuse("max_members");
  }
  std::uint64_t& holds_in = resolved_.data.groups_in[id];
  if (among_overlays) {
    holds_in |= here;
  } else if ((here & ~holds_in) != 0) {
    errors_->add(at, "group " + in_quotes(group.name) + " does not exist where this overlay holds",
                 "its environments are limited at " + in_place(*files_, group.at));
  }
}

void Resolver::declare_groups() {
  resolved_.data.groups_in.assign(all().groups.size(), kEverywhere);
  resolved_.data.group_is_declared.assign(all().groups.size(), false);
  group_files_in_.assign(all().groups.size(), kEverywhere);
  for (std::size_t f = 0; f < files_->size(); ++f) {
    for (const RawGroup& raw : (*files_)[f].raw.declared_groups) declare(f, raw);
  }
}

/// A person's own entry limits the person: where it says `environments`, nothing is
/// desired for the person elsewhere, through groups and teams neither. An overlay adds
/// groups, and limits nobody.
void Resolver::take_user_entry(std::size_t file, const RawUser& raw, std::vector<std::uint32_t>& entry_of) {
  const std::uint32_t user = ids_[file].users[raw.email];
  const SourcePosition at = position(file, raw.at);
  const bool overlay = (*files_)[file].is_overlay();
  std::uint32_t& first = overlay ? overlay_entries_[{file, user}] : entry_of[user];
  if (first != 0) {
    errors_->add(at, "duplicate user " + in_quotes(all().users[user].email),
                 "first at " + in_place(*files_, resolved_.entries[first - 1].at));
    return;
  }
  const std::uint64_t environments = ids_[file].environment_sets[raw.environments];
  if (overlay && (environments & ~resolved_.data.users_in[user]) != 0) {
    errors_->add(
        at, "user " + in_quotes(all().users[user].email) + " does not exist where this overlay holds",
        "the user's environments are limited at " + in_place(*files_, resolved_.entries[entry_of[user] - 1].at));
    return;
  }
  if (!overlay) resolved_.data.users_in[user] = environments;
  resolved_.entries.push_back({.user = user, .at = at, .environments = environments, .faulty = raw.faulty});
  first = static_cast<std::uint32_t>(resolved_.entries.size());
}

/// A group that an overlay declares does not exist elsewhere; whoever is to be in it there must not
/// lose it in silence.
void Resolver::check_overlay_groups() const {
  if (std::none_of(files_->begin(), files_->end(), [](const LoadedFile& file) { return file.is_overlay(); })) return;
  const std::uint64_t existing = existing_environments(resolved_.data);
  for (std::size_t f = 0; f < files_->size(); ++f) {
    const RawFile& raw = (*files_)[f].raw;
    for (const RawUser& user : raw.users) {
      const std::uint64_t user_in = ids_[f].environment_sets[user.environments] & existing;
      for (std::uint32_t i = user.first_grant; i < user.first_grant + user.grant_count; ++i) {
        const RawGrant& grant = raw.grants[i];
        const std::uint32_t group = ids_[f].groups[grant.group];
        if (group_files_in_[group] == kEverywhere) continue;
        const std::uint64_t wanted_in = user_in & ids_[f].environment_sets[raw.details[grant.detail].environments];
        if ((wanted_in & ~resolved_.data.groups_in[group]) == 0) continue;
        const DesiredGroup& declared = resolved_.data.all.groups[group];
        errors_->add(position(f, grant.at), "group " + in_quotes(declared.name) + " belongs to an overlay",
                     "it is declared at " + in_place(*files_, declared.at) + ", and holds only there");
      }
    }
  }
}

void Resolver::take_user_entries() {
  resolved_.data.users_in.assign(all().users.size(), kEverywhere);
  std::vector<std::uint32_t> entry_of(all().users.size(), 0);
  for (std::size_t f = 0; f < files_->size(); ++f) {
    for (const RawUser& raw : (*files_)[f].raw.users) take_user_entry(f, raw, entry_of);
  }
}

Teams Resolver::take_teams() {
  Teams teams(team_names_.size());
  for (std::uint32_t id = 0; id < team_names_.size(); ++id) teams[id].name = team_names_[id].key;
  for (std::size_t f = 0; f < files_->size(); ++f) {
    const RawFile& raw = (*files_)[f].raw;
    for (const RawTeam& declared : raw.declared_teams) {
      Teams::Team& team = teams[ids_[f].teams[declared.name]];
      const SourcePosition at = position(f, declared.at);
      if (team.declared) {
        errors_->add(at, "duplicate team " + in_quotes(team.name), "first at " + in_place(*files_, team.at));
        continue;
      }
      team.declared = true;
      team.at = at;
      team.environments = (*files_)[f].environments;
      for (std::uint32_t i = 0; i < declared.member_count; ++i) {
        const RawMember& member = raw.members[declared.first_member + i];
        const auto& names = member.is_team ? ids_[f].teams : ids_[f].users;
        team.items.push_back({.id = names[member.name], .is_team = member.is_team, .at = position(f, member.at)});
      }
    }
  }
  if (complete_) report_unknown_teams(teams);
  teams.check_cycles(*errors_);
  return teams;
}

void Resolver::report_unknown_teams(const Teams& teams) {
  std::vector<std::string_view> names;
  for (std::uint32_t id = 0; id < team_names_.size(); ++id) {
    if (teams[id].declared) names.push_back(teams[id].name);
  }
  for (std::size_t f = 0; f < files_->size(); ++f) {
    for (const RawMember& member : (*files_)[f].raw.members) {
      if (!member.is_team) continue;
      const Teams::Team& team = teams[ids_[f].teams[member.name]];
      if (!team.declared) {
        errors_->add(position(f, member.at), "unknown team " + in_quotes(team.name), meant(team.name, names));
      } else if (((*files_)[f].environments & ~team.environments) != 0) {
        errors_->add(position(f, member.at), "team " + in_quotes(team.name) + " belongs to an overlay",
                     "it is declared at " + in_place(*files_, team.at) + ", and holds only there");
      }
    }
  }
}

/// Calls `visit(user, group, source)` for every source; false where there are too many.
template <class Visit>
bool Resolver::each_source(Teams& teams, Visit visit) {
  std::vector<std::uint32_t> user_visited(team_names_.size() != 0 ? all().users.size() : 0, 0);
  std::uint64_t looked_at = 0;
  for (std::size_t f = 0; f < files_->size(); ++f) {
    const RawFile& raw = (*files_)[f].raw;
    const FileIds& ids = ids_[f];
    for (const RawUser& user : raw.users) {
      for (std::uint32_t i = user.first_grant; i < user.first_grant + user.grant_count; ++i) {
        const RawGrant& grant = raw.grants[i];
        visit(ids.users[user.email], ids.groups[grant.group],
              MembershipSource{.at = position(f, grant.at), .detail = ids.details[grant.detail]});
      }
    }
    looked_at += raw.grants.size() + raw.members.size();
    for (const RawGroup& group : raw.declared_groups) {
      const std::uint32_t group_id = ids.groups[group.list.name];
      for (std::uint32_t i = 0; i < group.list.member_count; ++i) {
        const RawMember& member = raw.members[group.list.first_member + i];
        MembershipSource source{.at = position(f, member.at), .detail = ids.details[member.detail]};
        if (!member.is_team) {
          visit(ids.users[member.name], group_id, source);
          continue;
        }
        const std::uint32_t team = ids.teams[member.name];
        const RawDetail& terms = raw.details[member.detail];
        source.detail = detail_id({team + 1, terms.reason, terms.until, ids.environment_sets[terms.environments]});
        looked_at += teams.each_user(team, user_visited, [&](std::uint32_t user) { visit(user, group_id, source); });
        if (looked_at > kMaxMembershipSources) return false;
      }
    }
  }
  return looked_at <= kMaxMembershipSources;
}

void Resolver::fill_sources(Teams& teams) {
  first_source_.assign(all().users.size() + 1, 0);
  const bool fits = each_source(
      teams, [this](std::uint32_t user, std::uint32_t, const MembershipSource&) { ++first_source_[user + 1]; });
  if (!fits) {
    errors_->add({}, "more than " + std::to_string(kMaxMembershipSources) + " memberships, teams expanded");
    first_source_.assign(all().users.size() + 1, 0);
    return;
  }
  std::partial_sum(first_source_.begin(), first_source_.end(), first_source_.begin());
  all().sources.resize(first_source_.back());
  source_group_.resize(first_source_.back());
  std::vector<std::uint32_t> next(first_source_.begin(), first_source_.end() - 1);
  each_source(teams, [&](std::uint32_t user, std::uint32_t group, const MembershipSource& source) {
    const std::uint32_t place = next[user]++;
    all().sources[place] = source;
    source_group_[place] = group;
  });
  for (LoadedFile& file : *files_) file.raw = RawFile{};
}

void Resolver::sort_sources(std::uint32_t begin, std::uint32_t end) {
  const auto key = [](const std::pair<std::uint32_t, MembershipSource>& entry) {
    return std::tuple{entry.first, entry.second.at, entry.second.detail};
  };
  sorting_.clear();
  for (std::uint32_t i = begin; i < end; ++i) sorting_.emplace_back(source_group_[i], all().sources[i]);
  const auto before = [&key](const auto& a, const auto& b) { return key(a) < key(b); };
  if (std::is_sorted(sorting_.begin(), sorting_.end(), before)) return;
  std::sort(sorting_.begin(), sorting_.end(), before);
  for (std::uint32_t i = begin; i < end; ++i) {
    source_group_[i] = sorting_[i - begin].first;
    all().sources[i] = sorting_[i - begin].second;
  }
}

void Resolver::make_memberships() {
  DesiredState& state = all();
  state.memberships.reserve(state.sources.size());
  for (std::uint32_t u = 0; u < state.users.size(); ++u) {
    const std::uint32_t end = first_source_[u + 1];
    sort_sources(first_source_[u], end);
    DesiredUser& user = state.users[u];
    user.first_membership = static_cast<std::uint32_t>(state.memberships.size());
    for (std::uint32_t i = first_source_[u]; i < end; ++i) {
      if (i == first_source_[u] || source_group_[i] != source_group_[i - 1]) {
        state.memberships.push_back({.group = source_group_[i], .first_source = i, .source_count = 0});
      }
      ++state.memberships.back().source_count;
    }
    user.membership_count = static_cast<std::uint32_t>(state.memberships.size()) - user.first_membership;
  }
}

}  // namespace

Resolved resolve(std::vector<LoadedFile>& files, const RawRoot& root, Diagnostics& errors) {
  return Resolver(files, root, errors).run();
}

}  // namespace cipherform::config
