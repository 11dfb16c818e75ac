# Nobody gets a privileged group without a ticket. What counts as one: `reason` of the
# membership in the declaration, in this form.
package main

import future.keywords.contains
import future.keywords.if
import future.keywords.in

ticket := `^[A-Z][A-Z0-9]+-[0-9]+$`

deny contains message if {
	some grant in privileged_grants
	not has_ticket(grant.why)
	message := sprintf("%s: %s is privileged, and no ticket is given", [grant.email, grant.group])
}

# An existing user who joins a group
privileged_grants contains {"email": after.email, "group": after.group.name, "why": why} if {
	some change in input.resource_changes
	change.cipherform.kind == "add_member"
	after := change.change.after
	why := change.cipherform.grant
	why.privileged
}

# A new user, who is created in several groups: why each is given stands in the same order
privileged_grants contains {"email": after.email, "group": after.groups[i].name, "why": why} if {
	some change in input.resource_changes
	change.cipherform.kind == "create_user"
	after := change.change.after
	why := change.cipherform.grants[i]
	why.privileged
}

has_ticket(why) if {
	some source in why.sources
	regex.match(ticket, source.reason)
}
