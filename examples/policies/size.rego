# A plan that a reviewer can still read. Each created user gets an invitation by e-mail.
package main

import future.keywords.contains
import future.keywords.if

most_creates := 20

deny contains message if {
	creates := count([change | change := input.resource_changes[_]; change.type == "cipherscale_user"])
	creates > most_creates
	message := sprintf("%d users would be created; at most %d in one plan", [creates, most_creates])
}
