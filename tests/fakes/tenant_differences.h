// Differences between tenants made by hand: their forms are tested without the comparison.
#pragma once

#include "cipherform/diff.h"

namespace cipherform::fakes {

/// Every kind of person and of note, an unproved list, a selection.
TenantDifference rich_difference();
/// Two tenants that have the same.
TenantDifference empty_difference();
/// Every string of the corpus in every place.
TenantDifference hostile_difference();
/// `people` who are in both, each with two groups that differ.
TenantDifference large_difference(std::size_t people);

}  // namespace cipherform::fakes
