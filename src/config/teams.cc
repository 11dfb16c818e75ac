// Cycles by depth-first search with colours and an explicit stack: a chain of a million
// teams must not become a million frames.
#include "config/teams.h"

#include <algorithm>
#include <string>

namespace cipherform::config {
namespace {

enum class Colour : std::uint8_t { unseen, on_path, done };

struct Step {
  std::uint32_t team = 0;
  std::size_t next_item = 0;
};

/// "a → b → a", shortened where it is long.
std::string describe_cycle(const Teams& teams, const std::vector<Step>& path, std::uint32_t closing) {
  static constexpr std::size_t kShown = 8;
  auto step = std::find_if(path.begin(), path.end(), [closing](const Step& s) { return s.team == closing; });
  std::string text;
  for (std::size_t shown = 0; step != path.end(); ++step, ++shown) {
    if (shown == kShown) {
      text += "… → ";
      break;
    }
    text += std::string(teams[step->team].name) + " → ";
  }
  return text + std::string(teams[closing].name);
}

}  // namespace

void Teams::check_cycles(Diagnostics& errors) const {
  std::vector<Colour> colours(teams_.size(), Colour::unseen);
  std::vector<Step> path;
  for (std::uint32_t start = 0; start < teams_.size(); ++start) {
    if (colours[start] != Colour::unseen) continue;
    colours[start] = Colour::on_path;
    path.push_back({.team = start, .next_item = 0});
    while (!path.empty()) {
      Step& step = path.back();
      const std::vector<Item>& items = teams_[step.team].items;
      if (step.next_item == items.size()) {
        colours[step.team] = Colour::done;
        path.pop_back();
        continue;
      }
      const Item& item = items[step.next_item++];
      if (!item.is_team || colours[item.id] == Colour::done) continue;
      if (colours[item.id] == Colour::on_path) {
        errors.add(item.at, "team cycle: " + describe_cycle(*this, path, item.id));
      } else {
        colours[item.id] = Colour::on_path;
        path.push_back({.team = item.id, .next_item = 0});
      }
    }
  }
}

}  // namespace cipherform::config
