// What a plan says of itself: whom, how many, in how many requests.
#include "cipherform/plan.h"

#include <algorithm>

namespace cipherform {
namespace {

constexpr std::uint32_t kLargestBatch = 100;

struct EmailOf {
  std::string_view operator()(const CreateUser& create) const { return create.email; }
  std::string_view operator()(const AddMember& add) const { return add.email; }
  std::string_view operator()(const RemoveMember& removal) const { return removal.email; }
};

struct UserIdOf {
  std::string_view operator()(const CreateUser& /*create*/) const { return {}; }
  std::string_view operator()(const AddMember& add) const { return add.user_id; }
  std::string_view operator()(const RemoveMember& removal) const { return removal.user_id; }
};

struct Count {
  PlanCounts& counts;
  void operator()(const CreateUser& /*create*/) const { ++counts.create; }
  void operator()(const AddMember& /*add*/) const { ++counts.add; }
  void operator()(const RemoveMember& /*removal*/) const { ++counts.remove; }
};

}  // namespace

std::string_view email_of(const Change& change) { return std::visit(EmailOf{}, change); }
std::string_view user_id_of(const Change& change) { return std::visit(UserIdOf{}, change); }

PlanCounts Plan::counts() const {
  PlanCounts counts;
  for (const Action& action : actions) std::visit(Count{counts}, action.change);
  counts.blocked = static_cast<std::uint32_t>(blocked.size());
  return counts;
}

std::uint32_t Plan::requests() const {
  const PlanCounts count = counts();
  return static_cast<std::uint32_t>(create_batches(count.create).size()) + count.add + count.remove;
}

std::vector<std::uint32_t> create_batches(std::uint32_t users) {
  std::vector<std::uint32_t> batches;
  std::uint32_t size = 1;
  while (users != 0) {
    const std::uint32_t batch = std::min(size, users);
    batches.push_back(batch);
    users -= batch;
    size = std::min(size * 10, kLargestBatch);
  }
  return batches;
}

std::vector<GuardrailHit> unacknowledged(std::span<const GuardrailHit> hits,
                                         std::span<const std::string> acknowledgements) {
  std::vector<GuardrailHit> left;
  std::copy_if(hits.begin(), hits.end(), std::back_inserter(left), [&](const GuardrailHit& hit) {
    return hit.acknowledgement.empty() ||
           std::find(acknowledgements.begin(), acknowledgements.end(), hit.acknowledgement) == acknowledgements.end();
  });
  return left;
}

}  // namespace cipherform
