"""`cipherform diff` with the real binary and two sandboxes."""

import json
import unittest

import jsonschema

import harness

SCHEMA = json.loads((harness.SOURCE / "schemas/diff.schema.json").read_text())
QA = """
groups: [{name: Eng}, {name: Everyone}]
users:
  - {email: ada@qa.example.com, groups: [Eng, Everyone]}
  - {email: bob@qa.example.com, groups: [Eng]}
  - {email: cyd@example.com, groups: [Everyone]}
"""
PROD = """
groups: [{name: ENG-Prod}, {name: Admins, role: ADMIN}, {name: Everyone}]
users:
  - {email: Ada@example.com, groups: [Admins, Everyone]}
  - {email: dan@example.com, groups: [ENG-Prod]}
"""


class Diff(harness.CipherformTest):
    def setUp(self):
        super().setUp()
        self.qa = self.sandbox("--seed", self.write("qa.yaml", QA))
        self.prod = self.sandbox("--seed", self.write("prod.yaml", PROD), "--base-path", "/prod")
        self.declare(self.qa.url, self.prod.url)

    def declare(self, qa, prod):
        self.write("cipherform.yaml", f"""version: 1
environments:
  qa: {{url: "{qa}", email_domains: {{example.com: qa.example.com}}}}
  prod: {{url: "{prod}", group_names: {{Eng: ENG-Prod}}}}
""")

    def test_by_email_and_group_in_the_declarations_words(self):
        answer = self.expect(0, "diff", "qa", "prod")
        self.assertIn("  ~ ada@example.com\n      + Admins\n      - Eng\n"
                      "  - bob@example.com   only in qa\n      - Eng\n"
                      "  - cyd@example.com   only in qa  (qa's own name, for which the declaration has no word)\n"
                      "      - Everyone\n"
                      "  + dan@example.com   only in prod\n      + Eng\n", answer.out)
        self.assertTrue(answer.out.endswith(
            "\n2 people only in qa, 1 only in prod, 1 differs: 2 memberships.\n"), answer.out)
        self.assertEqual(answer.err, "")

    def test_every_form_of_one_reading(self):
        self.expect(2, "diff", "prod", "qa", "--detailed-exitcode", "--format", "text",
                    "--format", f"markdown={self.directory}/diff.md", "--format", f"json={self.directory}/diff.json")
        self.assertIn("<!-- cipherform:diff:prod:qa -->", (self.directory / "diff.md").read_text())
        document = json.loads((self.directory / "diff.json").read_text())
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        self.assertEqual(document["counts"], {"only_in": [1, 2], "differ": 1, "memberships": 2})
        self.assertEqual([tenant["environment"] for tenant in document["tenants"]], ["prod", "qa"])

    def test_what_is_selected(self):
        answer = self.expect(0, "diff", "qa", "prod", "--target", "Everyone", "--exclude", "cyd@*",
                             "--detailed-exitcode")
        self.assertIn("No differences in what is selected.", answer.out)
        self.assertIn("Only a part was compared: --target Everyone --exclude cyd@*", answer.out)
        self.assertIn("--target 'Nix' matches no email and no group",
                      self.expect(1, "diff", "qa", "prod", "--target", "Nix").err)

    def test_a_tenant_is_the_same_as_itself(self):
        self.declare(self.prod.url, self.prod.url)
        self.write("cipherform.yaml", (self.directory / "cipherform.yaml").read_text()
                   .replace("email_domains: {example.com: qa.example.com}", "group_names: {Eng: ENG-Prod}"))
        answer = self.expect(0, "diff", "qa", "prod", "--detailed-exitcode")
        self.assertTrue(answer.out.endswith("\n\nNo differences.\n"), answer.out)

    def test_an_unproved_list_is_said(self):
        page = self.prod.call("GET", "/tenants/users?limit=100")
        page["total"] += 1
        faults = {"rules": [{"match": {"operation": "list_users"}, "fault": {"status": 200, "body": page}}]}
        broken = self.sandbox("--seed", self.directory / "prod.yaml", "--fault-plan",
                              self.write("faults.json", json.dumps(faults)))
        self.declare(self.qa.url, broken.url)
        answer = self.expect(0, "diff", "qa", "prod")
        self.assertIn("Warning: the user list of prod was not proved complete, so who is missing there may be there "
                      "all the same.\n  Why: ", answer.out)

    def test_errors_of_both_tenants_are_told(self):
        self.declare(self.qa.url + "x", self.prod.url + "x")
        answer = self.expect(1, "diff", "qa", "prod")
        self.assertIn("error: qa: ", answer.err)
        self.assertIn("error: prod: ", answer.err)
        self.assertEqual(answer.out, "")

    def test_says_what_is_wrong_with_the_command_line(self):
        for arguments, words in {
            (): "`diff` needs two environments (cipherform diff ENV1 ENV2)",
            ("qa",): "`diff` needs two environments",
            ("qa", "qa"): "'qa' is given twice",
            ("qa", "prod", "dev"): "`diff` does not take 'dev'",
            ("qa", "pro"): "there is no environment 'pro' (did you mean 'prod'?)",
            ("qa", "prod", "--format", "html"): "the formats are text, markdown and json",
            ("qa", "prod", "-e", "qa"): "`diff` has no option '-e'",
        }.items():
            with self.subTest(arguments):
                self.assertIn(words, self.expect(1, "diff", *arguments).err)


if __name__ == "__main__":
    harness.main()
