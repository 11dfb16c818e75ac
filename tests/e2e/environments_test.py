"""One declaration and several tenants: what each calls groups and people, overlays, `-e all`."""

import json
import os

from harness import CipherformTest, KEY, main


class Environments(CipherformTest):
    def setUp(self):
        super().setUp()
        self.qa = self.sandbox("--base-path", "/qa", "--seed", self.write("qa-seed.yaml", """\
groups: [{name: ENG-QA}, {name: Engineering}, {name: Everyone}]
users:
  - {email: Ada@qa.example.com, groups: [Everyone]}
  - {email: eve@qa.example.com, groups: [ENG-QA, Everyone]}
  - {email: guest@elsewhere.org, groups: [Engineering]}
"""))
        self.prod = self.sandbox("--base-path", "/prod", "--seed", self.write("prod-seed.yaml", """\
groups: [{name: Engineering}, {name: Everyone}]
users:
  - {email: ada@example.com, groups: [Engineering, Everyone]}
"""))
        self.project_of()

    def project_of(self, extra=""):
        self.write("project/cipherform.yaml", f"""\
version: 1
environments:
  qa:
    url: {self.qa.url}
    group_names: {{Engineering: ENG-QA}}
    email_domains: {{example.com: qa.example.com}}
    include: [overlays/qa.yaml]
    guardrails: {{max_removals: {{percent: 100}}, privileged_groups: []}}
  prod:
    url: {self.prod.url}
    promotes_from: qa
include: [people.yaml]
guardrails:
  max_removals: {{count: 0}}
  privileged_groups: [Engineering]
  protected_users: [ceo@example.com]
  allowed_domains: [example.com]
{extra}""")
        self.write("project/people.yaml", """\
groups:
  Engineering: {members: [ada@example.com]}
  Everyone: {membership: additive, members: [ada@example.com]}
""")
        self.write("project/overlays/qa.yaml", """\
users:
  - {email: bot@example.com, groups: [Engineering]}
""")
        self.root = self.directory / "project"

    def plan(self, environment):
        answer = self.run_cipherform("plan", "-e", environment, "--format", "json", project=self.root)
        self.assertEqual(answer.code, 0, answer)
        return json.loads(answer.out)

    def addresses(self, environment):
        return sorted((c["change"]["actions"][0], c["index"]) for c in self.plan(environment)["resource_changes"])

    def test_each_tenant_is_planned_in_its_own_words(self):
        self.assertEqual(self.addresses("qa"), [("create", "ada@qa.example.com/Engineering"),
                                                ("create", "bot@qa.example.com"),
                                                ("delete", "eve@qa.example.com/Engineering")])
        self.assertEqual(self.addresses("prod"), [])

    def test_apply_converges_and_leaves_the_group_alone_that_only_has_the_name(self):
        self.expect(0, "apply", "-e", "qa", "--auto-approve", project=self.root)
        users = self.qa.users()
        self.assertEqual(users["Ada@qa.example.com"], ["ENG-QA", "Everyone"])
        self.assertEqual(users["bot@qa.example.com"], ["ENG-QA"])
        self.assertEqual(users["eve@qa.example.com"], ["Everyone"])
        self.assertEqual(users["guest@elsewhere.org"], ["Engineering"])
        self.assertEqual(self.addresses("qa"), [])

    def test_a_plan_says_what_the_tenant_calls_a_group(self):
        answer = self.expect(0, "plan", "-e", "qa", project=self.root)
        self.assertIn("Engineering is called 'ENG-QA' in the tenant", answer.out)

    def test_guardrails_are_those_of_the_environment(self):
        self.prod.call("POST", "/tenants/users", [{"email": "eve@example.com",
                                                   "groups": [self.prod.group_id("Engineering"),
                                                                self.prod.group_id("Everyone")]}])
        answer = self.expect(3, "apply", "-e", "prod", "--auto-approve", project=self.root)
        self.assertIn("--ack removals=1", answer.err)
        self.expect(0, "apply", "-e", "qa", "--auto-approve", project=self.root)

    def test_explain_takes_either_spelling(self):
        for email in ("ada@example.com", "ADA@qa.example.com"):
            answer = self.expect(0, "explain", "-e", "qa", email, project=self.root)
            self.assertIn("Engineering", answer.out)
            self.assertIn("people.yaml:2:", answer.out)

    def test_an_export_for_the_project_is_in_the_declarations_words(self):
        answer = self.expect(0, "export", "-e", "qa", project=self.root)
        self.assertIn("Engineering:", answer.out)
        self.assertNotIn("ENG-QA:", answer.out)
        self.assertIn("eve@example.com", answer.out)
        self.assertNotIn("qa.example.com\n", answer.out)

    def test_all_plans_every_environment_in_one_run(self):
        answer = self.expect(2, "plan", "-e", "all", "--detailed-exitcode", project=self.root)
        self.assertLess(answer.out.index("cipherform plan for qa"), answer.out.index("cipherform plan for prod"))
        self.assertIn("No changes. prod matches the declaration.", answer.out)
        self.expect(0, "plan", "-e", "all", project=self.root)

    def test_all_writes_a_file_for_each(self):
        out = self.directory / "out"
        out.mkdir()
        answer = self.expect(0, "plan", "-e", "all", "--format", f"json={out}/{{env}}.json", "--format",
                             f"markdown={out}/{{env}}.md", "--out", f"{out}/{{env}}.plan", project=self.root)
        self.assertEqual(answer.out, "")
        self.assertEqual(sorted(os.listdir(out)), ["prod.json", "prod.md", "prod.plan", "qa.json", "qa.md", "qa.plan"])
        self.assertEqual(json.loads((out / "prod.json").read_text())["cipherform"]["environment"], "prod")
        self.expect(0, "apply", out / "qa.plan", project=self.root)
        self.assertEqual(self.addresses("qa"), [])

    def test_all_says_which_environment_failed_and_shows_the_others(self):
        answer = self.run_cipherform("plan", "-e", "all", "--detailed-exitcode", project=self.root,
                                     variables={"CIPHERFORM_API_KEY": None, "CIPHERFORM_API_KEY_QA": KEY,
                                                "CIPHERFORM_API_KEY_PROD": "wrong"})
        self.assertEqual(answer.code, 1, answer)
        self.assertIn("error: prod: ", answer.err)
        self.assertIn("cipherform plan for qa", answer.out)

    def test_all_takes_a_target_that_one_of_them_has(self):
        answer = self.expect(0, "plan", "-e", "all", "--target", "bot@qa.example.com", project=self.root)
        self.assertIn("No changes in what is selected", answer.out)
        answer = self.expect(1, "plan", "-e", "all", "--target", "nobody@example.com", project=self.root)
        self.assertIn("nobody@example.com", answer.err)
        self.assertEqual(answer.out, "")

    def test_all_refuses_what_is_one_environments(self):
        for arguments, words in ((["--format", "json"], "several documents"),
                                 (["--format", "text=plan.txt"], "a file for each environment"),
                                 (["--out", "x.plan"], "saves a plan for each environment"),
                                 (["--json"], "--json tells of one environment")):
            answer = self.expect(1, "plan", "-e", "all", *arguments, project=self.root)
            self.assertIn(words, answer.err + answer.out)
        answer = self.expect(1, "apply", "-e", "all", "--auto-approve", project=self.root)
        self.assertIn("works on one environment", answer.err)
        self.expect(0, "validate", "-e", "all", project=self.root)


if __name__ == "__main__":
    main()
