// Addresses as Terraform writes those of for_each: type.name["key"].
#include <fmt/format.h>

#include "cipherform/plan.h"

namespace cipherform {
namespace {

std::string address_of(std::string_view type, std::string_view name, std::string_view index) {
  std::string address = fmt::format("{}.{}[\"", type, name);
  for (const char c : index) {
    if (static_cast<unsigned char>(c) < 0x20) {
      address += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      continue;
    }
    if (c == '"' || c == '\\') address += '\\';
    address += c;
  }
  return address + "\"]";
}

ResourceForm membership(const std::string& email, const GroupRef& group) {
  ResourceForm form;
  form.type = "cipherscale_group_membership";
  form.name = "memberships";
  form.index = email + '/' + group.name;
  form.address = address_of(form.type, form.name, form.index);
  return form;
}

struct FormOf {
  ResourceForm operator()(const CreateUser& create) const {
    ResourceForm form;
    form.type = "cipherscale_user";
    form.name = "users";
    form.index = create.email;
    form.address = address_of(form.type, form.name, form.index);
    form.action = "create";
    return form;
  }
  ResourceForm operator()(const AddMember& add) const {
    ResourceForm form = membership(add.email, add.grant.group);
    form.action = "create";
    return form;
  }
  ResourceForm operator()(const RemoveMember& removal) const {
    ResourceForm form = membership(removal.email, removal.group);
    form.action = "delete";
    // Terraform has no word for a membership that ran out.
    if (removal.cause != RemovalCause::expired) form.reason = "delete_because_no_resource_config";
    return form;
  }
};

}  // namespace

ResourceForm resource_form(const Change& change) { return std::visit(FormOf{}, change); }

}  // namespace cipherform
