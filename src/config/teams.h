// Teams of all files: who is in one, directly or through other teams.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "config/diagnostics.h"
#include "config/name_table.h"

namespace cipherform::config {

class Teams {
 public:
  struct Item {
    std::uint32_t id = 0;  ///< of a user, or of a team
    bool is_team = false;
    SourcePosition at;
  };
  struct Team {
    std::string_view name;
    SourcePosition at;
    bool declared = false;
    std::uint64_t environments = 0;  ///< where the file holds that declares it
    std::vector<Item> items;
  };

  explicit Teams(std::uint32_t count) : teams_(count), visited_(count, 0) {}

  Team& operator[](std::uint32_t id) { return teams_[id]; }
  const Team& operator[](std::uint32_t id) const { return teams_[id]; }

  /// Reports every cycle, once, at the reference that closes it.
  void check_cycles(Diagnostics& errors) const;

  /// Calls `visit` with every user of the team, each once however many ways lead there.
  /// Cycles do no harm. Returns the number of items looked at.
  template <class Visit>
  std::uint64_t each_user(std::uint32_t team, std::vector<std::uint32_t>& user_visited, Visit visit) {
    std::uint64_t looked_at = 0;
    ++round_;
    visited_[team] = round_;
    stack_.assign(1, team);
    while (!stack_.empty()) {
      const Team& current = teams_[stack_.back()];
      stack_.pop_back();
      looked_at += 1 + current.items.size();
      for (const Item& item : current.items) {
        std::uint32_t& mark = item.is_team ? visited_[item.id] : user_visited[item.id];
        if (mark == round_) continue;
        mark = round_;
        if (item.is_team) {
          stack_.push_back(item.id);
        } else {
          visit(item.id);
        }
      }
    }
    return looked_at;
  }

 private:
  std::vector<Team> teams_;
  std::vector<std::uint32_t> visited_;  ///< the round in which a team was met last
  std::vector<std::uint32_t> stack_;
  std::uint32_t round_ = 0;
};

}  // namespace cipherform::config
