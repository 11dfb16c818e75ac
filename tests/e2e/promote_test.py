"""`cipherform promote` with the real binary and two sandboxes: review, save, apply, and nothing is left to do."""

import json
import unittest

import jsonschema

import harness
from review_example_test import fingerprint

SCHEMA = json.loads((harness.SOURCE / "schemas/plan.schema.json").read_text())
QA = """
groups: [{name: Eng}, {name: Ops}, {name: New}, {name: Lab}, {name: Everyone}]
users:
  - {email: ada@qa.example.com, groups: [Eng, Everyone]}
  - {email: bob@qa.example.com, groups: [Eng]}
  - {email: cyd@qa.example.com, groups: [Ops, New]}
  - {email: eve@other.example, groups: [Eng]}
  - {email: fay@qa.example.com, groups: [Lab, Everyone]}
"""
PROD = """
groups: [{name: ENG-Prod}, {name: Ops}, {name: Everyone}, {name: Lab}]
users:
  - {email: ada@example.com, groups: [Everyone]}
  - {email: dan@example.com, groups: [ENG-Prod, Everyone]}
  - {email: cyd@example.com, groups: [Ops]}
  - {email: gil@example.com, groups: [Lab]}
"""


class Promote(harness.CipherformTest):
    def setUp(self):
        super().setUp()
        self.qa = self.sandbox("--seed", self.write("qa.yaml", QA))
        self.prod = self.sandbox("--seed", self.write("prod.yaml", PROD), "--base-path", "/prod")
        self.plan = self.directory / "promotion.json"
        self.declare()

    def declare(self, promotes_from="qa", extra=""):
        self.write("cipherform.yaml", f"""version: 1
environments:
  qa: {{url: "{self.qa.url}", email_domains: {{example.com: qa.example.com}}}}
  staging: {{url: "{self.qa.url}", promotes_from: qa}}
  prod:
    url: "{self.prod.url}"
    promotes_from: {promotes_from}
    group_names: {{Eng: ENG-Prod}}
groups:
  Eng: {{members: [{{email: ada@example.com, reason: OPS-411}}]}}
  Ops: {{members: []}}
  New: {{members: []}}
guardrails: {{max_removals: {{count: 50, percent: 100}}{extra}}}
""")

    def promote(self, code, *arguments):
        return self.expect(code, "promote", "qa", "prod", *arguments)

    def test_diff_promote_apply_and_nothing_is_left(self):
        before = self.expect(2, "diff", "qa", "prod", "--target", "Eng", "--target", "Ops", "--detailed-exitcode")
        self.assertIn("  + dan@example.com   only in prod\n      + Eng\n", before.out)

        answer = self.promote(2, "--group", "Eng", "--group", "Ops", "--out", self.plan, "--detailed-exitcode")
        self.assertIn("Promotion from qa (", answer.out)
        self.assertIn("Only a part was compared: --group Eng --group Ops", answer.out)
        self.assertRegex(answer.out, r"\+ Eng   cipherform.yaml:\d+:\d+, OPS-411\n")
        self.assertIn("  + bob@example.com\n      + Eng   promoted from qa\n", answer.out)
        self.assertIn("      - Eng   not in qa\n", answer.out)
        self.assertIn(f"cipherform apply {self.plan}", answer.err)
        document = json.loads(self.plan.read_text())
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        source = document["cipherform"]["promotion_source"]
        self.assertEqual((source["environment"], source["base_url"], source["groups"]),
                         ("qa", self.qa.url, ["Eng", "Ops"]))
        self.assertEqual(document["cipherform"]["fingerprint"], fingerprint(document))
        shown = self.expect(0, "show", self.plan)
        self.assertEqual(shown.out, answer.out)

        self.expect(0, "apply", self.plan)
        self.assertEqual(self.prod.users(), {
            "ada@example.com": ["ENG-Prod", "Everyone"], "bob@example.com": ["ENG-Prod"],
            "cyd@example.com": ["Ops"], "dan@example.com": ["Everyone"], "eve@other.example": ["ENG-Prod"],
            "gil@example.com": ["Lab"]})
        again = self.promote(0, "--group", "Eng", "--group", "Ops", "--detailed-exitcode")
        self.assertIn("No changes", again.out)
        after = self.expect(0, "diff", "qa", "prod", "--target", "Eng", "--target", "Ops", "--detailed-exitcode")
        self.assertIn("No differences in what is selected.", after.out)

    def test_a_group_that_the_target_lacks_is_blocked_and_the_rest_applied(self):
        answer = self.promote(2, "--out", self.plan, "--detailed-exitcode")
        self.assertIn("  ! cyd@example.com\n      ! New   blocked: prod has no group New, promoted from qa\n", answer.out)
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(self.plan.read_text()))
        self.expect(3, "apply", self.plan)
        self.assertEqual(self.prod.users()["bob@example.com"], ["ENG-Prod"])
        left = self.promote(2, "--detailed-exitcode")
        self.assertIn("Plan: 0 to create, 0 to add, 0 to remove, 1 blocked.", left.out)

    def test_a_domain_that_the_target_refuses_is_blocked(self):
        self.declare(extra=", allowed_domains: [example.com]")
        answer = self.promote(0, "--group", "Eng", "--out", self.plan)
        self.assertIn("  ! eve@other.example\n      ! Eng   blocked: the domain of eve@other.example is not allowed in "
                      "prod, promoted from qa\n", answer.out)
        self.assertNotIn("Guardrails", answer.out)
        self.expect(3, "apply", self.plan)
        self.assertNotIn("eve@other.example", self.prod.users())

    def test_a_skipped_stage_is_refused_until_it_is_acknowledged(self):
        self.declare(promotes_from="staging")
        answer = self.promote(0, "--group", "Eng", "--out", self.plan)
        words = "prod is promoted from staging, and not from qa, which skips a stage: qa → staging → prod"
        self.assertIn(words, answer.out)
        before = self.prod.users()
        self.assertIn(words, self.expect(3, "apply", self.plan).err)
        self.expect(3, "apply", self.plan, "--ack", "stage=staging")
        self.assertEqual(self.prod.users(), before)
        self.expect(0, "apply", self.plan, "--ack", "stage=qa")
        self.assertIn("bob@example.com", self.prod.users())

    def test_undeclared_groups_only_gain(self):
        self.assertNotIn("Lab", self.promote(0).out)
        answer = self.promote(0, "--all-groups", "--group", "Lab", "--out", self.plan)
        self.assertIn("  + fay@example.com\n      + Lab   promoted from qa\n", answer.out)
        self.assertIn("gil@example.com stays in Lab, which only gains", answer.out)
        self.expect(0, "apply", self.plan)
        self.assertEqual(self.prod.users()["gil@example.com"], ["Lab"])

    def test_an_unproved_list_of_the_source_removes_nobody(self):
        page = self.qa.call("GET", "/tenants/users?limit=100")
        page["total"] += 1
        faults = {"rules": [{"match": {"operation": "list_users"}, "fault": {"status": 200, "body": page}}]}
        self.qa = self.sandbox("--seed", self.directory / "qa.yaml", "--fault-plan",
                               self.write("faults.json", json.dumps(faults)))
        self.declare()
        answer = self.promote(0, "--group", "Eng")
        self.assertIn("Warning: the user list of qa was not proved complete, so every removal is withheld.", answer.out)
        self.assertIn("! Eng   blocked: the user list of qa was not proved complete", answer.out)
        self.assertIn("0 to remove", answer.out)

    def test_a_changed_declaration_makes_the_saved_plan_stale(self):
        self.promote(0, "--out", self.plan)
        with open(self.directory / "cipherform.yaml", "a") as declaration:
            declaration.write("# changed\n")
        self.assertIn("the declaration has changed", self.expect(4, "apply", self.plan).err)

    def test_every_form(self):
        forms = [f"--format={form}={self.directory}/p.{form}" for form in ("text", "markdown", "json", "html")]
        self.promote(0, *forms)
        for form in ("text", "markdown", "html"):
            with self.subTest(form):
                text = (self.directory / f"p.{form}").read_text()
                self.assertIn("Promotion from", text)
                self.assertIn("not in qa", text)
        self.assertIn("prod has no group", (self.directory / "p.markdown").read_text())

    def test_says_what_is_wrong_with_the_command_line(self):
        for arguments, words in {
            (): "`promote` needs two environments (cipherform promote FROM TO)",
            ("qa",): "`promote` needs two environments",
            ("prod", "prod"): "'prod' is given twice",
            ("qa", "prodd"): "there is no environment 'prodd' (did you mean 'prod'?)",
            ("qa", "prod", "--group", "Nix"): "--group 'Nix' matches no group that is declared for prod",
            ("qa", "prod", "--target", "nix"): "--target 'nix' matches no email and no group",
            ("qa", "prod", "--all-groups", "--only-declared"): "--all-groups and --only-declared exclude each other",
        }.items():
            with self.subTest(arguments):
                self.assertIn(words, self.expect(1, "promote", *arguments).err)


if __name__ == "__main__":
    harness.main()
