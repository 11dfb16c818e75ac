# Nobody leaves these groups by a plan. (`protected_groups` of the declaration plans no such
# removal in the first place; this holds even where the declaration was changed.)
package main

import future.keywords.contains
import future.keywords.if
import future.keywords.in

kept_groups := {"Break-glass", "Payments"}

deny contains message if {
	some change in input.resource_changes
	change.change.actions == ["delete"]
	before := change.change.before
	before.group.name in kept_groups
	message := sprintf("%s: would be removed from %s", [before.email, before.group.name])
}
