# Tests of the policies, for whoever changes them: `opa test .` or `conftest verify -p .`
package main

import future.keywords.if

plan(changes) := {
	"cipherform": {"format_version": "1.2", "listing": {"complete": true}},
	"resource_changes": changes,
}

added(reason) := {
	"type": "cipherscale_group_membership",
	"change": {"actions": ["create"], "before": null, "after": {"email": "bob@example.com", "group": {"name": "Admins"}}},
	"cipherform": {"kind": "add_member", "grant": {"privileged": true, "sources": [{"file": "a.yaml", "reason": reason}]}},
}

removed(group) := {
	"type": "cipherscale_group_membership",
	"change": {"actions": ["delete"], "after": null, "before": {"email": "bob@example.com", "group": {"name": group}}},
	"cipherform": {"kind": "remove_member", "cause": "not_declared", "sources": []},
}

created(n) := {
	"type": "cipherscale_user",
	"change": {"actions": ["create"], "before": null, "after": {"email": sprintf("user-%d@example.com", [n]), "groups": [{"name": "Everyone"}, {"name": "Admins"}]}},
	"cipherform": {"kind": "create_user", "grants": [{"privileged": false, "sources": []}, {"privileged": true, "sources": [{"reason": "OPS-1"}]}]},
}

test_an_empty_plan_passes if {
	count(deny) == 0 with input as plan([])
	count(warn) == 0 with input as plan([])
}

test_what_is_no_plan_is_denied if {
	count(deny) == 1 with input as {"resource_changes": []}
}

test_an_incomplete_listing_is_a_warning if {
	document := {"cipherform": {"format_version": "1.2", "listing": {"complete": false, "reason": "two passes differ"}}}
	warn == {"the user list was not proved complete: two passes differ"} with input as document
}

test_a_privileged_grant_needs_a_ticket if {
	count(deny) == 0 with input as plan([added("OPS-411")])
	deny == {"bob@example.com: Admins is privileged, and no ticket is given"} with input as plan([added("please")])
}

test_nobody_leaves_a_kept_group if {
	count(deny) == 0 with input as plan([removed("Engineering")])
	deny == {"bob@example.com: would be removed from Payments"} with input as plan([removed("Payments")])
}

users(most) := [created(n) | n := numbers.range(1, most)[_]]

test_twenty_creates_and_no_more if {
	count(deny) == 0 with input as plan(users(20))
	deny == {"21 users would be created; at most 20 in one plan"} with input as plan(users(21))
}
