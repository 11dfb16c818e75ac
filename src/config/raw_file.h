// What one file says, in columns, before files are put together. Names are ids of the
// file's own tables; text lives in the file's arena.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cipherform/config.h"
#include "cipherform/model.h"
#include "config/diagnostics.h"
#include "config/name_table.h"

namespace cipherform::config {

/// What an entry says beyond who and where. Element 0 of RawFile::details says nothing.
struct RawDetail {
  std::string_view reason;
  std::optional<Time> until;
  std::uint32_t environments = 0;  ///< indexes RawFile::environment_sets
};

/// An item of a user's `groups`.
struct RawGrant {
  std::uint32_t group = 0;
  LineColumn at;
  std::uint32_t detail = 0;
};

/// An item of `users`.
struct RawUser {
  std::uint32_t email = 0;
  LineColumn at;
  std::uint32_t first_grant = 0;
  std::uint32_t grant_count = 0;
  std::uint32_t environments = 0;
  bool faulty = false;  ///< something in it was left out because it was wrong
};

/// An item of a group's `members`, or of a team.
struct RawMember {
  std::uint32_t name = 0;  ///< of an email, or of a team
  LineColumn at;
  std::uint32_t detail = 0;
  bool is_team = false;
};

struct RawTeam {
  std::uint32_t name = 0;
  LineColumn at;
  std::uint32_t first_member = 0;
  std::uint32_t member_count = 0;
};

struct RawGroup {
  RawTeam list;  ///< name, place and members, as of a team
  std::optional<Authority> authority;
  std::optional<bool> require_reason;
  std::optional<std::uint32_t> max_members;
  LineColumn max_members_at;
  std::uint32_t environments = 0;
};

struct RawFile {
  StringArena strings;
  NameTable emails;  ///< by email_key
  NameTable groups;  ///< declared and named
  NameTable teams;   ///< declared and named
  NameTable environments;
  /// Sets of ids of `environments`, sorted; element 0 is empty and means all.
  std::vector<std::vector<std::uint32_t>> environment_sets{1};
  /// Every mention of an environment, so that each unknown one can be reported.
  std::vector<std::pair<std::uint32_t, LineColumn>> environment_mentions;
  std::vector<RawDetail> details{1};
  std::vector<RawUser> users;
  std::vector<RawGrant> grants;
  std::vector<RawGroup> declared_groups;
  std::vector<RawTeam> declared_teams;
  std::vector<RawMember> members;
};

struct NamedAt {
  std::string name;
  LineColumn at;
};

/// A map `guardrails`: the one of all environments, or the one of a single environment.
struct RawGuardrails {
  Guardrails values;
  std::set<std::string, std::less<>> given;  ///< the keys that are written
  // Where the names in `values` stand, in their order.
  std::vector<LineColumn> protected_groups_at;
  std::vector<LineColumn> privileged_groups_at;
  std::vector<std::vector<LineColumn>> separate_duties_at;
  LineColumn fallback_group_at;
};

/// What only cipherform.yaml may say.
struct RawRoot {
  struct Tenant {
    Environment environment;
    LineColumn at;
    LineColumn promotes_from_at;
    std::vector<NamedAt> group_ids;    ///< by declared name
    std::vector<NamedAt> group_names;  ///< by declared name
    std::vector<NamedAt> include;      ///< overlays
    RawGuardrails guardrails;          ///< what it says otherwise than all
  };
  std::vector<Tenant> environments;
  std::vector<NamedAt> include;
  RawGuardrails guardrails;
  bool has_version = false;
  bool has_environments = false;
};

}  // namespace cipherform::config
