"""The forms of a plan through the real binary: several in one run, from a saved plan, and with hostile names in them."""

import json
import re
import stat
import unittest

import harness
from harness import CipherformTest, http_answer, raw_server

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Old team}]
users:
  - {email: owner@example.com, groups: [Everyone], owner: true}
  - {email: bob@example.com, groups: [Everyone, Old team]}
  - {email: eve@example.com, groups: [Everyone, Engineering]}
"""
BODY = """
groups:
  Old team: {members: []}
users:
  - {email: ada@example.com, groups: [Everyone, {name: Engineering, until: "2027-01-31", reason: OPS-411}]}
  - {email: eve@example.com, groups: [Everyone, {name: Engineering, until: "2027-01-31", reason: OPS-412}]}
"""
# What a terminal or a runner acts on, or a reader does not see.
ACTED_ON = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|##[\[v]|^\s*::", re.MULTILINE)


class Forms(CipherformTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(self.tenant.url, BODY)

    def test_several_forms_are_written_in_one_run(self):
        markdown, document = self.directory / "plan.md", self.directory / "plan.json"
        answer = self.expect(0, "plan", "--format", "text", "--format", f"markdown={markdown}",
                             "--format", f"json={document}")
        self.assertIn("Plan: 1 to create, 0 to add, 1 to remove.", answer.out)
        self.assertNotIn("<!--", answer.out)
        comment = markdown.read_text()
        self.assertTrue(comment.startswith("<!-- cipherform:plan:qa -->\n### cipherform plan for `qa`: +1 created, −1 "
                                           "removed\n"), comment)
        self.assertIn("`bob@example.com` loses `Old team`: not declared", comment)
        self.assertEqual(stat.S_IMODE(markdown.stat().st_mode), 0o600)
        fingerprint = json.loads(document.read_text())["cipherform"]["fingerprint"]
        self.assertIn(f"fingerprint `{fingerprint}`", comment)
        self.assertIn(f"Fingerprint: {fingerprint}", answer.out)

    def test_a_saved_plan_is_shown_as_the_same_comment(self):
        saved = self.directory / "qa.plan"
        planned = self.expect(0, "plan", "--out", saved, "--format", "markdown").out
        self.assertEqual(self.expect(0, "show", saved, "--format", "markdown").out, planned)

    def test_no_changes_are_one_line(self):
        self.expect(0, "apply", "--auto-approve")
        out = self.expect(0, "plan", "--format", "markdown").out
        self.assertIn("\n### No changes. qa matches the declaration.\n", out)

    def test_what_ends_within_14_days_is_in_every_form(self):
        def forms(as_of):
            text = self.expect(0, "plan", "--as-of", as_of).out
            comment = self.expect(0, "plan", "--as-of", as_of, "--format", "markdown").out
            document = json.loads(self.expect(0, "plan", "--as-of", as_of, "--format", "json").out)
            endings = [(f["subject"], f["group"]) for f in document["cipherform"]["findings"]
                       if f["kind"] == "expires_soon"]
            return text, comment, endings

        both = [("ada@example.com", "Engineering"), ("eve@example.com", "Engineering")]
        text, comment, endings = forms("2027-01-20")
        self.assertEqual(endings, both)
        self.assertIn("Ending within 14 days (2):\n", text)
        self.assertIn("**Ending within 14 days (2)**\n", comment)
        self.assertIn("- the membership of `eve@example.com` in `Engineering` ends 2027-01-31", comment)
        self.assertIn("until 2027-01-31 (in 11 days)", comment)
        self.assertIn("Judged as of 2027-01-20 23:59 UTC", comment)

        text, comment, endings = forms("2027-01-10")  # 21 days ahead
        self.assertEqual(endings, [])
        self.assertNotIn("14 days", text + comment)

    def test_what_will_have_ended_is_removed_as_of_then(self):
        body = BODY.replace("Old team: {members: []}", "Old team: {members: []}\n  Engineering: {members: []}")
        self.project(self.tenant.url, body)
        comment = self.expect(0, "plan", "--as-of", "2027-02-03", "--format", "markdown").out
        self.assertRegex(comment, r"`eve@example.com` loses `Engineering`: ended 2027-01-31 \(3 days ago\), "
                                  r"`cipherform.yaml:\d+:\d+`, `OPS-412`")

    def test_an_unknown_form_names_those_that_there_are(self):
        answer = self.expect(1, "plan", "--format", "markdwon")
        self.assertIn("the formats are text, markdown, json and html", answer.err)


class Hostile(CipherformTest):
    def test_groups_of_the_tenant(self):
        names = ["Ad\u202emins", "::error::x", "##[error]x", "`x` | <b> @everyone #1", "--> <!--", "a\u200bb"]
        seed = {"groups": [{"name": name} for name in ["Everyone", *names]],
                "users": [{"email": "owner@example.com", "groups": ["Everyone"], "owner": True},
                          {"email": "bob@example.com", "groups": ["Everyone", *names]}]}
        tenant = self.sandbox("--seed", self.write("seed.yaml", json.dumps(seed)))
        groups = "".join(f"  {json.dumps(name)}: {{members: []}}\n" for name in names)
        self.project(tenant.url, f"groups:\n{groups}users:\n  - {{email: bob@example.com, groups: [Everyone]}}\n",
                     "guardrails: {max_removals: {count: 100}}\n")
        for form in ("text", "markdown", "json"):
            with self.subTest(form):
                out = self.expect(0, "plan", "--format", form).out
                self.assertIsNone(ACTED_ON.search(out), out)
                self.assertIn("bob@example.com", out)

    def test_the_apis_words(self):
        message = "::error::x\n##[error]y\r\n\x1b[2J::set-output name=a::b \u202e\u200b"
        for body in (json.dumps({"message": message}), message, f"<script>{message}</script>"):
            with self.subTest(body), raw_server(http_answer("400 Bad Request", body)) as port:
                self.project(f"http://127.0.0.1:{port}/qa", BODY)
                for arguments in (["plan"], ["apply", "--auto-approve"], ["plan", "--log-level", "debug"]):
                    answer = self.expect(1, *arguments)
                    self.assertIsNone(ACTED_ON.search(answer.out + answer.err), answer)


if __name__ == "__main__":
    harness.main()
