# What is not a plan of cipherform, or one of a format that these policies do not know, is
# denied: a rule that finds nothing to look at would let everything pass.
package main

import future.keywords.contains
import future.keywords.if

deny contains "this is no cipherform plan of format 1" if {
	not startswith(object.get(input, ["cipherform", "format_version"], ""), "1.")
}

# A plan made from a list of users that could not be proved complete removes nobody. It can be
# applied; a reviewer should know.
warn contains message if {
	not input.cipherform.listing.complete
	message := sprintf("the user list was not proved complete: %s", [input.cipherform.listing.reason])
}
