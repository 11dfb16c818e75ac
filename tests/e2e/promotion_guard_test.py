"""What the ledger knows of the tenants behind the environments: another tenant under the same name is refused, and so
is a declaration that has not converged in the stage before."""

import json
import re

import harness
import jsonschema
from harness import CipherformTest

SEED = """
groups: [{name: Everyone}, {name: Engineering}]
users:
  - {email: %s, groups: [Everyone], owner: true}
  - {email: bob@example.com, groups: [Everyone]}
"""
BODY = """
groups:
  Engineering: {members: [bob@example.com]}
"""


def acknowledgement(answer):
    return re.search(r"--ack (tenant=[0-9a-f]{16})", answer.err).group(1)


class WrongTenant(CipherformTest):
    def setUp(self):
        super().setUp()
        self.first = self.tenant("ada@example.com")
        self.project(self.first.url, BODY)

    def tenant(self, owner):
        return self.sandbox("--seed", self.write("seed.yaml", SEED % owner))

    def test_another_tenant_under_the_same_name_is_refused_until_acknowledged_and_then_remembered(self):
        self.expect(0, "apply", "--auto-approve")
        second = self.tenant("eve@example.com")
        self.project(second.url, BODY)
        before = second.users()

        plan = self.expect(0, "plan")
        self.assertIn("another tenant may be behind qa: recorded on ", plan.out)
        self.assertIn(self.first.url, plan.out)
        refused = self.expect(3, "apply", "--auto-approve")
        self.assertIn(f"{self.first.url}, owned by ", refused.err)
        self.assertIn(f"there now is {second.url}, owned by ", refused.err)
        self.assertIn("Nothing was changed.", refused.err)
        self.assertEqual(second.users(), before)
        self.expect(3, "apply", "--ack", "tenant=0123456789abcdef", stdin="yes\n")
        self.assertEqual(second.users(), before)

        self.expect(0, "apply", "--ack", acknowledgement(refused), stdin="yes\n")
        self.assertEqual(second.users()["bob@example.com"], ["Engineering", "Everyone"])
        self.assertNotIn("another tenant", self.expect(0, "plan").out)
        self.project(self.first.url, BODY)
        self.expect(3, "apply", "--auto-approve")

    def test_an_empty_plan_on_a_first_apply_records_the_tenant_too(self):
        self.project(self.first.url, "groups: {Engineering: {members: []}}\n")
        self.expect(0, "apply", "--auto-approve")
        self.project(self.tenant("eve@example.com").url, BODY)
        self.expect(3, "apply", "--auto-approve")

    def test_planning_and_declining_record_nothing(self):
        self.expect(0, "plan")
        self.expect(1, "apply", stdin="no\n")
        self.project(self.tenant("eve@example.com").url, BODY)
        self.expect(0, "apply", "--auto-approve")

    def test_a_saved_plan_that_was_made_without_the_ledger_is_checked_against_it(self):
        self.expect(0, "apply", "--auto-approve")
        second = self.tenant("eve@example.com")
        self.project(second.url, BODY)
        before = second.users()
        self.expect(0, "plan", "--out", self.directory / "qa.plan", "--state-dir", self.directory / "elsewhere")
        self.assertFalse((self.directory / "elsewhere").exists())
        refused = self.expect(3, "apply", self.directory / "qa.plan")
        self.assertEqual(second.users(), before)
        self.expect(0, "apply", self.directory / "qa.plan", "--ack", acknowledgement(refused))
        self.assertIn("Engineering", second.users()["bob@example.com"])

    def test_the_plan_says_so_in_every_form(self):
        self.expect(0, "apply", "--auto-approve")
        self.project(self.tenant("eve@example.com").url, BODY)
        plan = json.loads(self.expect(0, "plan", "--format", "json").out)
        jsonschema.validate(plan, json.loads((harness.SOURCE / "schemas/plan.schema.json").read_text()))
        (hit,) = plan["cipherform"]["guardrail_hits"]
        self.assertEqual(hit["kind"], "other_tenant")
        self.assertFalse(plan["applyable"])
        for form in ("text", "markdown", "html"):
            self.assertIn(hit["acknowledgement"], self.expect(0, "plan", "--format", form).out)


class Promotion(CipherformTest):
    def setUp(self):
        super().setUp()
        seed = self.write("seed.yaml", SEED % "ada@example.com")
        self.tenants = {name: self.sandbox("--seed", seed) for name in ("qa", "staging", "prod")}
        self.declare(BODY)

    def declare(self, body):
        urls = {name: tenant.url for name, tenant in self.tenants.items()}
        self.write("cipherform.yaml", f"""version: 1
environments:
  qa: {{url: {urls["qa"]}}}
  staging: {{url: {urls["staging"]}, promotes_from: qa}}
  prod: {{url: {urls["prod"]}, promotes_from: staging}}
{body}""")

    def apply(self, environment, *options, code=0):
        return self.expect(code, "apply", "-e", environment, "--auto-approve", *options)

    def test_a_declaration_must_have_converged_in_the_stage_before(self):
        saved = self.directory / "prod.plan"
        refused = self.expect(3, "plan", "-e", "prod", "--require-promoted", "--out", saved)
        self.assertIn("has not converged in staging, the stage before; nothing has", refused.err)
        self.assertIn("cipherform apply -e staging", refused.err)
        self.assertEqual(refused.out, "")
        self.assertFalse(saved.exists())
        before = self.tenants["prod"].users()
        self.apply("prod", "--require-promoted", code=3)
        self.assertEqual(self.tenants["prod"].users(), before)

        self.apply("staging")
        plan = self.expect(0, "plan", "-e", "prod", "--require-promoted", "--out", saved)
        self.assertRegex(plan.out, r"\npromotion: qa ✗ → staging ✓ (just now|a minute ago) → prod\n")
        self.expect(0, "apply", saved, "--require-promoted")
        self.assertIn("Engineering", self.tenants["prod"].users()["bob@example.com"])

    def test_another_declaration_has_to_converge_anew(self):
        self.apply("staging")
        self.declare(BODY.replace("bob@", "ada@"))
        refused = self.expect(3, "plan", "-e", "prod", "--require-promoted")
        self.assertRegex(refused.err, r"has not converged in staging, the stage before; what has is [0-9a-f]{12}, last on ")
        self.declare(BODY)
        self.expect(0, "plan", "-e", "prod", "--require-promoted")

    def test_a_saved_plan_is_checked_again(self):
        saved = self.directory / "prod.plan"
        self.expect(0, "plan", "-e", "prod", "--out", saved)
        self.expect(3, "apply", saved, "--require-promoted")
        self.apply("staging")
        self.expect(0, "apply", saved, "--require-promoted")

    def test_an_apply_that_finds_nothing_to_do_counts_and_one_of_a_part_or_of_another_time_does_not(self):
        self.apply("staging", "--target", "bob@example.com")
        self.apply("staging", "--as-of", "2030-01-01")
        self.expect(3, "plan", "-e", "prod", "--require-promoted")
        self.apply("staging")
        self.expect(0, "plan", "-e", "prod", "--require-promoted")

    def test_a_plan_that_is_done_is_not_yet_all_that_is_declared(self):
        saved = self.directory / "staging.plan"
        self.expect(0, "plan", "-e", "staging", "--out", saved)
        staging = self.tenants["staging"]
        staging.call("POST", "/tenants/users", {"email": "eve@example.com", "groups": [staging.group_id("Engineering")]})
        done = self.expect(0, "apply", saved)
        self.assertIn("All of this plan is done, and staging does not match the declaration yet", done.err)
        self.expect(3, "plan", "-e", "prod", "--require-promoted")

    def test_of_all_environments_each_is_asked_for_its_own_stage_before(self):
        refused = self.expect(3, "plan", "-e", "all", "--require-promoted")
        self.assertIn("cipherform plan for qa", refused.out)
        self.assertNotIn("cipherform plan for staging", refused.out)
        self.assertIn("error: staging: this declaration", refused.err)
        self.assertIn("error: prod: this declaration", refused.err)
        self.apply("qa")
        refused = self.expect(3, "plan", "-e", "all", "--require-promoted")
        self.assertRegex(refused.out, "promotion: qa ✓ (just now|a minute ago) → staging")
        self.apply("staging")
        self.expect(0, "plan", "-e", "all", "--require-promoted")

    def test_it_has_to_soak(self):
        self.apply("staging")
        refused = self.expect(3, "plan", "-e", "prod", "--require-promoted", "--soak", "24h")
        self.assertIn("and is to soak there for 24 h", refused.err)
        self.assertIn("plan again after ", refused.err)
        self.expect(0, "plan", "-e", "prod", "--require-promoted", "--soak", "0m")

    def test_what_it_asks_for_must_make_sense(self):
        self.assertIn("--soak needs --require-promoted", self.expect(1, "plan", "-e", "prod", "--soak", "24h").err)
        self.assertIn("the stage before qa, and it has none",
                      self.expect(1, "plan", "-e", "qa", "--require-promoted").err)

    def test_every_form_shows_the_chain(self):
        self.apply("qa")
        plan = json.loads(self.expect(0, "plan", "-e", "prod", "--format", "json").out)
        jsonschema.validate(plan, json.loads((harness.SOURCE / "schemas/plan.schema.json").read_text()))
        qa, staging = plan["cipherform"]["promotion"]
        self.assertEqual(qa["environment"], "qa")
        self.assertIn("converged_at", qa)
        self.assertEqual(staging, {"environment": "staging"})
        for form in ("text", "markdown", "html"):
            self.assertIn("✗ → ", self.expect(0, "plan", "-e", "prod", "--format", form).out)
        self.assertNotIn("promotion", json.loads(self.expect(0, "plan", "-e", "qa", "--format", "json").out)["cipherform"])


if __name__ == "__main__":
    harness.main()
