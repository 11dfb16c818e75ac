#include "cipherform/model.h"

namespace cipherform {

Source source_of(const DesiredState& desired, const MembershipSource& source) {
  const SourceDetail& detail = desired.details[source.detail];
  Source value;
  if (!detail.promoted_from.empty()) {
    value.promoted_from = detail.promoted_from;
    return value;
  }
  value.file = desired.files[source.at.file];
  value.line = source.at.line;
  value.column = source.at.column;
  value.team = detail.team;
  value.reason = detail.reason;
  value.until = detail.until;
  return value;
}

}  // namespace cipherform
