"""explain through the real binary: what it says is what the plan does and what an apply leaves."""

import json
import re
import stat
import unittest

import jsonschema

import harness
from harness import CipherformTest

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Payments}, {name: Legacy}, {name: Admins, role: ADMIN}]
users:
  - {email: owner@example.com, groups: [Everyone, Engineering], owner: true}
  - {email: Bob@example.com, groups: [Everyone, Payments, Legacy]}
  - {email: eve@example.com, groups: [Engineering]}
"""
PROJECT = """version: 1
environments:
  qa: {url: %s}
  prod: {url: 'https://public-api.cipherscale.com/prod'}
guardrails: {fallback_group: Everyone, separate_duties: [[Payments, Admins]]}
groups:
  Engineering: {members: [{team: platform}]}
  Payments: {members: []}
teams:
  platform: [ada@example.com, bob@example.com]
users:
  - email: ada@example.com
    groups: [Everyone, {name: Admins, until: "2027-01-31", reason: OPS-411}, {name: Payments, environments: [prod]}]
  - {email: pia@example.com, groups: [Engineering], environments: [prod]}
"""
SCHEMA = json.loads((harness.SOURCE / "schemas" / "explain.schema.json").read_text())
AS_OF = "2026-11-26T12:00:00Z"


class Explain(CipherformTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.write("cipherform.yaml", PROJECT % self.tenant.url)

    def explain(self, who, *arguments):
        answer = self.expect(0, "explain", who, "-e", "qa", "--as-of", AS_OF, "--format", "json", *arguments)
        document = json.loads(answer.out)
        jsonschema.Draft7Validator(SCHEMA).validate(document)
        return document

    def text(self, who, *arguments):
        return self.expect(0, "explain", who, "-e", "qa", "--as-of", AS_OF, *arguments).out

    @staticmethod
    def verdicts(document):
        return {group["group"]["name"]: group["verdict"] for group in document["groups"]}

    def test_somebody_new(self):
        text = self.text("ADA@example.com")
        self.assertIn(f"ada@example.com in qa ({self.tenant.url}), as of {AS_OF}\n", text)
        self.assertIn("Not in the tenant: will be created.", text)
        self.assertIn("  + will get Admins (privileged)\n"
                      "      because cipherform.yaml:13:24 asks for it; ends 2027-01-31 (in 66 days), OPS-411\n", text)
        self.assertIn("  + will get Engineering\n      because cipherform.yaml:7:27 asks for it via team platform\n", text)
        self.assertIn("    is not in Payments\n      nobody declares it in qa\n"
                      "      cipherform.yaml:13:78 asks for it only in prod\n", text)

    def test_somebody_who_changes_and_what_an_apply_leaves(self):
        document = self.explain("bob@example.com")
        self.assertEqual(self.verdicts(document),
                         {"Engineering": "gets", "Everyone": "untouched", "Legacy": "untouched", "Payments": "loses"})
        self.assertEqual(document["person"]["accounts"][0]["email"], "Bob@example.com")
        plan = json.loads(self.expect(0, "plan", "-e", "qa", "--as-of", AS_OF, "--format", "json").out)
        self.assertEqual(document["plan_fingerprint"], plan["cipherform"]["fingerprint"])
        mine = {change["cipherform"]["id"] for change in plan["resource_changes"]
                if change["index"].lower().startswith("bob@")}
        self.assertEqual({group["action_id"] for group in document["groups"]} - {None}, mine)
        self.assertIn("  - will lose Payments\n      because nobody declares it, and Payments is authoritative "
                      "(cipherform.yaml:8:3)\n", self.text("bob@example.com"))
        self.expect(0, "apply", "-e", "qa", "--as-of", AS_OF, "--auto-approve")
        self.assertEqual(self.verdicts(self.explain("bob@example.com")),
                         {"Engineering": "keeps", "Everyone": "untouched", "Legacy": "untouched"})
        self.assertIn("Nothing changes for bob@example.com.\n", self.text("bob@example.com"))

    def test_somebody_who_is_not_declared(self):
        document = self.explain("EVE@example.com")
        self.assertFalse(document["person"]["declared"])
        self.assertEqual(self.verdicts(document), {"Engineering": "loses", "Everyone": "gets"})
        self.assertIn("Not declared: touched only by authoritative groups.", self.text("eve@example.com"))
        self.assertEqual(self.verdicts(self.explain("owner@example.com")),
                         {"Engineering": "withheld", "Everyone": "untouched"})

    def test_a_user_id_does_as_well(self):
        by_id = self.explain(self.tenant.user("eve@example.com")["id"].upper())
        self.assertEqual(by_id, self.explain("eve@example.com"))

    def test_somebody_of_another_environment(self):
        document = self.explain("pia@example.com")
        self.assertEqual(document["person"]["other_environments"], ["prod"])
        self.assertEqual(self.verdicts(document), {"Engineering": "untouched"})
        self.assertIn("Not declared here, only in prod, first at cipherform.yaml:14:13.", self.text("pia@example.com"))

    def test_time_decides(self):
        later = self.expect(0, "explain", "ada@example.com", "-e", "qa", "--as-of", "2027-02-01").out
        self.assertIn("    is not in Admins (privileged)\n      the membership ended 2027-01-31\n", later)

    def test_guardrails_that_name_the_person(self):
        self.write("cipherform.yaml", (PROJECT % self.tenant.url).replace("[Payments, Admins]", "[Legacy, Engineering]"))
        hits = self.explain("bob@example.com")["guardrail_hits"]
        self.assertEqual([hit["kind"] for hit in hits], ["separate_duties"])
        self.assertIn("Bob@example.com", hits[0]["message"])
        self.assertEqual(self.explain("ada@example.com")["guardrail_hits"], [])

    def test_somebody_unknown(self):
        answer = self.expect(1, "explain", "adda@example.com", "-e", "qa")
        self.assertEqual(answer.out, "")
        self.assertEqual(answer.err, "error: 'adda@example.com' is neither declared nor in the tenant of qa "
                                     "(did you mean 'ada@example.com'?)\n")
        self.expect(1, "explain", "-e", "qa")

    def test_forms_go_where_they_are_asked_for(self):
        file = self.directory / "why.json"
        shown = self.text("bob@example.com", "--format", f"json={file}", "--format", "text", "--color", "always")
        self.assertIn("\x1b[32m+\x1b[0m will get ", shown)
        self.assertEqual(json.loads(file.read_text()), self.explain("bob@example.com"))
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)

    def test_the_readme_shows_what_it_prints(self):
        seed = """
groups: [{name: Admins}, {name: Engineering}, {name: Payments}]
users: [{email: ada@example.com, groups: [Admins, Engineering]}, {email: bob@example.com, groups: [Engineering]}]
"""
        tenant = self.sandbox("--seed", self.write("readme.yaml", seed))
        self.project(tenant.url, "include: [groups.yaml, users.yaml]\n", "guardrails: {privileged_groups: [Admins]}\n")
        self.write("users.yaml", """users:
  - email: ada@example.com
    groups: [{name: Admins, until: "2027-01-31", reason: OPS-411}]
""")
        self.write("groups.yaml", """groups:
  Engineering: {members: [bob@example.com]}
  Payments: {members: [{team: finance}]}
teams:
  finance: [ada@example.com]
""")
        out = self.text("ada@example.com").replace(tenant.url, "https://public-api.cipherscale.com/qa")
        out = out.replace(tenant.user("ada@example.com")["id"], "550e8400-e29b-41d4-a716-446655440000")
        shown = re.search(r"\$ cipherform explain ada@example.com\n(.*?)```", (harness.SOURCE / "README.md").read_text(),
                          re.DOTALL).group(1)
        self.assertEqual(re.sub(r"action \w+", "action X", out), re.sub(r"action \w+", "action X", shown))

    def test_it_changes_nothing(self):
        before = self.tenant.users()
        self.explain("ada@example.com")
        self.assertEqual(self.tenant.users(), before)
        self.assertFalse((self.directory / ".cipherform").exists())


if __name__ == "__main__":
    harness.main()
