// Switches without a default: a new kind does not compile until it has a word.
#include "plan/words.h"

namespace cipherform::plan {
namespace {

struct KindWord {
  std::string_view operator()(const CreateUser& /*create*/) const { return "create_user"; }
  std::string_view operator()(const AddMember& /*add*/) const { return "add_member"; }
  std::string_view operator()(const RemoveMember& /*removal*/) const { return "remove_member"; }
};

}  // namespace

std::string_view kind_word(const Change& change) { return std::visit(KindWord{}, change); }

std::string_view word(RemovalCause cause) {
  switch (cause) {
    case RemovalCause::not_declared:
      return "not_declared";
    case RemovalCause::expired:
      return "expired";
    case RemovalCause::not_in_source:
      return "not_in_source";
  }
  return {};
}

std::string_view word(BlockCause cause) {
  switch (cause) {
    case BlockCause::last_membership:
      return "last_membership";
    case BlockCause::unproved_listing:
      return "unproved_listing";
    case BlockCause::duplicate_email:
      return "duplicate_email";
    case BlockCause::group_absent:
      return "group_absent";
    case BlockCause::domain_refused:
      return "domain_refused";
  }
  return {};
}

std::string_view word(FindingKind kind) {
  switch (kind) {
    case FindingKind::unmanaged_user:
      return "unmanaged_user";
    case FindingKind::deactivated_user:
      return "deactivated_user";
    case FindingKind::expired_invitation:
      return "expired_invitation";
    case FindingKind::identity_managed_group:
      return "identity_managed_group";
    case FindingKind::user_without_email:
      return "user_without_email";
    case FindingKind::expires_soon:
      return "expires_soon";
    case FindingKind::expired_not_removed:
      return "expired_not_removed";
    case FindingKind::privileged_grant:
      return "privileged_grant";
    case FindingKind::removal_withheld:
      return "removal_withheld";
    case FindingKind::privileged_undeclared:
      return "privileged_undeclared";
    case FindingKind::other_name:
      return "other_name";
    case FindingKind::groups_not_listed:
      return "groups_not_listed";
    case FindingKind::not_promoted:
      return "not_promoted";
    case FindingKind::not_in_source:
      return "not_in_source";
    case FindingKind::appeared_undeclared:
      return "appeared_undeclared";
    case FindingKind::appeared:
      return "appeared";
    case FindingKind::vanished:
      return "vanished";
    case FindingKind::people_not_compared:
      return "people_not_compared";
  }
  return {};
}

std::string_view word(GuardrailKind kind) {
  switch (kind) {
    case GuardrailKind::max_removals:
      return "max_removals";
    case GuardrailKind::max_creates:
      return "max_creates";
    case GuardrailKind::max_members:
      return "max_members";
    case GuardrailKind::separate_duties:
      return "separate_duties";
    case GuardrailKind::allowed_domains:
      return "allowed_domains";
    case GuardrailKind::privileged_reason:
      return "privileged_reason";
    case GuardrailKind::other_tenant:
      return "other_tenant";
    case GuardrailKind::skipped_stage:
      return "skipped_stage";
  }
  return {};
}

}  // namespace cipherform::plan

namespace cipherform {

std::string_view to_string(FindingKind kind) { return plan::word(kind); }

std::string_view to_string(GuardrailKind kind) { return plan::word(kind); }

}  // namespace cipherform
