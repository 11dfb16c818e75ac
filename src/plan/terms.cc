// Sources of the declaration's columns as the plan's values.
#include "plan/terms.h"

namespace cipherform::plan {

Terms::Terms(const DesiredState& desired, Time as_of) : desired_(desired), notice_(as_of + kExpiryNotice) {
  terms_.reserve(desired.details.size());
  for (const SourceDetail& detail : desired.details) {
    if (!detail.until || *detail.until > notice_) {
      terms_.push_back(Term::far);
    } else {
      terms_.push_back(*detail.until < as_of ? Term::past : Term::soon);
    }
  }
  far_.reserve(desired.memberships.size());
  for (const DesiredMembership& membership : desired.memberships) {
    const auto sources = desired.sources_of(membership);
    far_.push_back(std::all_of(sources.begin(), sources.end(),
                               [this](const MembershipSource& each) { return terms_[each.detail] == Term::far; }));
  }
}

std::optional<Time> Terms::end(const DesiredMembership& membership) const {
  std::optional<Time> latest;
  for (const MembershipSource& source : desired_.sources_of(membership)) {
    const std::optional<Time>& until = desired_.details[source.detail].until;
    if (!until) return std::nullopt;
    latest = std::max(latest, until);
  }
  return latest;
}

std::vector<Source> Terms::active_sources(const DesiredMembership& membership) const {
  std::vector<Source> sources;
  for (const MembershipSource& each : desired_.sources_of(membership)) {
    if (terms_[each.detail] != Term::past) sources.push_back(source_of(desired_, each));
  }
  return sources;
}

std::vector<Source> Terms::all_sources(const DesiredMembership& membership) const {
  std::vector<Source> sources;
  sources.reserve(membership.source_count);
  for (const MembershipSource& each : desired_.sources_of(membership)) sources.push_back(source_of(desired_, each));
  return sources;
}

std::string moment(Time time) {
  const std::string text = format_rfc3339(time);
  const bool end_of_day = std::chrono::ceil<std::chrono::days>(time) - time == std::chrono::milliseconds{1};
  return end_of_day ? text.substr(0, text.find('T')) : text;
}

}  // namespace cipherform::plan
