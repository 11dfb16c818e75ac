#include "sim/planted_bugs.h"

namespace cipherform {
namespace {

std::optional<Bug> there;

}  // namespace

bool planted(Bug bug) { return there == bug; }

void sim::plant(std::optional<Bug> bug) { there = bug; }

}  // namespace cipherform
