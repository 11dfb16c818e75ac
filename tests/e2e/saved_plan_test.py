"""Saved and approved plans through the real binary: what still holds is executed, everything else is refused."""

import datetime
import hashlib
import json
import re
import unittest

import harness
import jsonschema
from harness import CipherformTest

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Payments}]
users:
  - {email: owner@example.com, groups: [Everyone], owner: true}
  - {email: bob@example.com, groups: [Everyone, Payments]}
  - {email: eve@example.com, groups: [Everyone, Engineering]}
"""
BODY = """
groups:
  Engineering: {members: [ada@example.com, bob@example.com]}
  Payments: {members: []}
users:
  - {email: ada@example.com, groups: [Everyone]}
"""
GUARDRAILS = "guardrails: {max_removals: {count: 5}}\n"


class SavedPlans(CipherformTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(self.tenant.url, BODY, GUARDRAILS)
        self.plan = self.directory / "qa.plan"
        self.expect(0, "plan", "--out", self.plan)
        self.before = self.tenant.users()

    def unchanged(self):
        self.assertEqual(self.tenant.users(), self.before)

    def standing(self, code=0):
        answer = self.expect(code, "plan", "--check", self.plan, "--format", "json")
        standing = json.loads(answer.out)
        jsonschema.validate(standing, json.loads((harness.SOURCE / "schemas/standing.schema.json").read_text()))
        return standing

    def resealed(self, change):
        """The saved plan with another content and the digest that fits it."""
        plan = json.loads(self.plan.read_text())
        text = change(self.plan.read_text())
        blank = text.replace(plan["cipherform"]["digest"], "0" * 64)
        self.plan.write_text(text.replace(plan["cipherform"]["digest"], hashlib.sha256(blank.encode()).hexdigest()))

    def test_check_says_that_it_holds_and_changes_nothing(self):
        answer = self.expect(0, "plan", "--check", self.plan)
        self.assertIn("4 actions: 4 still to do, 0 done already, 0 in conflict.\nThe plan still holds.\n", answer.out)
        self.expect(2, "plan", "--check", self.plan, "--detailed-exitcode")
        self.assertTrue(self.standing()["holds"])
        self.unchanged()

    def test_check_after_apply_finds_nothing_left(self):
        self.expect(0, "apply", self.plan)
        self.assertIn("Nothing left to do", self.expect(0, "plan", "--check", self.plan, "--detailed-exitcode").out)
        self.assertEqual(self.standing()["already_done"], 4)

    def test_conflicts_are_listed_per_person_and_nothing_is_sent(self):
        everyone = self.tenant.group_id("Everyone")
        self.tenant.call("POST", "/tenants/users", {"email": "Ada@example.com", "groups": [everyone]})
        self.before = self.tenant.users()
        answer = self.expect(4, "plan", "--check", self.plan)
        self.assertIn("  ada@example.com\n      + create in Engineering, Everyone   ada@example.com exists already, "
                      "without Engineering\n", answer.out)
        self.assertIn("1 in conflict", answer.out)
        self.assertFalse(self.standing(4)["holds"])
        answer = self.expect(4, "apply", self.plan)
        self.assertIn("ada@example.com exists already, without Engineering", answer.err)
        self.assertIn("nothing was changed", answer.err)
        self.unchanged()

    def test_what_is_done_already_is_left_out(self):
        self.expect(0, "apply", "--auto-approve", "--target", "bob@example.com")
        answer = self.expect(0, "apply", self.plan)
        self.assertIn("2 of 4 actions are done already.", answer.err)
        self.assertIn("Converged", answer.out)

    def test_another_declaration_makes_it_stale(self):
        self.project(self.tenant.url, BODY + "  - {email: zoe@example.com, groups: [Everyone]}\n", GUARDRAILS)
        for command in (["apply", self.plan], ["plan", "--check", self.plan]):
            self.assertIn("the declaration has changed since the plan was made", self.expect(4, *command).err)
        self.unchanged()

    def test_an_old_plan_is_refused(self):
        long_ago = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=25)).strftime("%FT%TZ")
        self.resealed(lambda text: re.sub(r'"timestamp":"[^"]+"', f'"timestamp":"{long_ago}"', text))
        for command in (["apply", self.plan], ["plan", "--check", self.plan]):
            self.assertIn("the plan was made 25 h 0 min ago, and may be 24 h 0 min old", self.expect(4, *command).err)
        self.unchanged()
        self.expect(0, "apply", self.plan, "--max-plan-age", "26h")

    def test_a_saved_plan_needs_its_fingerprint_where_one_is_expected(self):
        self.assertIn("is what was approved",
                      self.expect(4, "apply", self.plan, "--expect-fingerprint", "0" * 16).err)
        self.unchanged()
        print_of_plan = json.loads(self.plan.read_text())["cipherform"]["fingerprint"]
        self.expect(0, "apply", self.plan, "--expect-fingerprint", print_of_plan)


class ApprovedPlans(CipherformTest):
    """--expect-fingerprint without a saved plan: CI plans again after the merge."""

    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(self.tenant.url, BODY, GUARDRAILS)
        shown = self.expect(0, "plan").out
        self.fingerprint = re.search(r"\nFingerprint: ([0-9a-f]{16})\n$", shown).group(1)

    def approved(self, code):
        return self.expect(code, "apply", "--auto-approve", "--expect-fingerprint", self.fingerprint)

    def test_what_was_approved_is_done_and_done_again_is_nothing(self):
        self.assertIn("Converged", self.approved(0).out)
        self.assertIn("No changes", self.approved(0).out)

    def test_what_else_is_in_the_tenant_or_the_file_does_not_matter(self):
        self.tenant.call("POST", "/tenants/users", {"email": "zoe@example.com",
                                                    "groups": [self.tenant.group_id("Everyone")]})
        self.project(self.tenant.url, "\n# a comment that moves every line\n" + BODY, GUARDRAILS)
        self.assertIn("Converged", self.approved(0).out)

    def test_done_again_is_nothing_also_where_an_acknowledged_guardrail_stays_hit(self):
        self.project(self.tenant.url, BODY, "guardrails: {separate_duties: [[Everyone, Payments]]}\n")
        shown = self.expect(0, "plan", "--target", "ada@example.com").out
        flags = ["--auto-approve", "--target", "ada@example.com", "--ack",
                 re.search(r"--ack (duties=\d+)", shown).group(1), "--expect-fingerprint",
                 re.search(r"Fingerprint: (\w+)", shown).group(1)]
        self.expect(0, "apply", *flags)
        self.assertIn("No changes", self.expect(0, "apply", *flags).out)

    def test_anything_more_is_refused(self):
        self.tenant.call("POST", "/tenants/users", {"email": "zoe@example.com", "groups": [
            self.tenant.group_id("Everyone"), self.tenant.group_id("Engineering")]})
        before = self.tenant.users()
        answer = self.approved(4)
        self.assertIn(f"and {self.fingerprint} is what was approved", answer.err)
        self.assertIn("zoe@example.com", answer.out)
        self.assertEqual(self.tenant.users(), before)

    def test_anything_less_is_refused(self):
        self.expect(0, "apply", "--auto-approve", "--target", "eve@example.com")
        before = self.tenant.users()
        self.approved(4)
        self.assertEqual(self.tenant.users(), before)


if __name__ == "__main__":
    harness.main()
