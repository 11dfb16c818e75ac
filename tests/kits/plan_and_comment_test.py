"""plan.sh makes every form of a plan and says how it is; comment.sh shows it in the pull request, once."""

import json
import os
import stat

import kit
from kit import BOT, FINGERPRINT, HEAD, KEY, KitTest, MALLORY

MARKER = "<!-- cipherform:plan:qa -->"
RECORD = f"<!-- cipherform:shown environment=qa head={HEAD} fingerprint={FINGERPRINT} -->"


class Plan(KitTest):
    def test_asks_for_every_form_with_the_key_and_without_the_token(self):
        self.planned(variables={"KIT_DIRECTORY": "access/eu"})
        call = self.calls("cipherform")[0]
        self.assertEqual(call["key"], KEY)
        self.assertFalse(call["saw_token"])
        out = f"{self.home}/cipherform-qa"
        self.assertEqual(call["words"], [
            "-C", "access/eu", "plan", "-e", "qa", "--detailed-exitcode", "--out", f"{out}/qa.plan", "--format",
            f"text={out}/plan.txt", "--format", f"markdown={out}/plan.md", "--format", f"json={out}/plan.json", "--format",
            f"html={out}/plan.html"])

    def test_exit_codes_become_outcomes(self):
        for code, outcome in ((0, "no-changes"), (2, "changes"), (3, "refused")):
            with self.subTest(code):
                self.planned(code=code)
                self.assertEqual(self.outputs()["outcome"], outcome)
                self.assertEqual(self.outputs()["fingerprint"], FINGERPRINT)

    def test_any_other_exit_code_is_no_plan(self):
        for code in (1, 4, 5, 130):
            with self.subTest(code):
                ended = self.planned(code=code, ends=1)
                self.assertIn(f"cipherform plan ended with {code}", ended.log)
                self.assertNotIn("outcome", self.outputs())

    def test_a_plan_without_a_sound_fingerprint_or_markdown_is_none(self):
        for fingerprint in ("1f3a5c7e9b2d4f6", "1f3a5c7e9b2d4f60\nx=y", "1F3A5C7E9B2D4F60", None):
            self.planned(fingerprint=fingerprint, ends=1)
        self.answers["plan"] = kit.plan()
        del self.answers["plan"]["forms"]["markdown"]
        self.expect(1, "plan")
        self.assertNotIn("fingerprint", self.outputs())

    def test_a_plan_of_an_earlier_run_is_not_taken_for_this_one(self):
        self.planned()
        self.answers["plan"] = {"exit": 2}
        self.expect(1, "plan")
        self.assertEqual((self.home / "cipherform-qa/outcome").read_text(), "failed\n")

    def test_the_forms_are_for_nobody_else_on_the_machine(self):
        self.planned()
        self.assertEqual(stat.S_IMODE(os.stat(self.home / "cipherform-qa").st_mode), 0o700)

    def test_the_summary_is_the_markdown_form(self):
        self.planned(markdown="Plan: 2 to add.\n")
        self.assertIn("Plan: 2 to add.", self.summary())

    def test_another_plan_than_the_approved_one_ends_with_4(self):
        self.planned(variables={"KIT_EXPECTED_FINGERPRINT": FINGERPRINT})
        ended = self.planned(variables={"KIT_EXPECTED_FINGERPRINT": "0" * 16}, ends=4)
        self.assertIn(f"now {FINGERPRINT}, and {'0' * 16} was approved", ended.log)

    def test_another_plan_with_nothing_to_do_is_no_reason_to_fail(self):
        self.planned(code=0, variables={"KIT_EXPECTED_FINGERPRINT": "0" * 16})
        self.assertEqual(self.outputs()["outcome"], "no-changes")

    def test_names_of_environments_are_checked(self):
        self.answers["plan"] = kit.plan()
        for name in ("", "../x", "qa -->", "qa\nprod", "-e", "$(id)", "ä"):
            with self.subTest(name):
                self.expect(1, "plan", name)
        self.assertEqual(self.calls("cipherform"), [])


class Comment(KitTest):
    def comments(self):
        return self.github["comments"].get("7", [])

    def comment(self, code=0, environment="qa"):
        return self.expect(code, "comment", environment, GH_TOKEN="token")

    def test_the_first_plan_is_a_new_comment(self):
        self.planned()
        self.comment()
        self.assertEqual([comment["body"] for comment in self.comments()],
                         [f"{MARKER}\n{RECORD}\n\nPlan: 1 to add.\n"])

    def test_a_later_plan_replaces_it(self):
        self.github["comments"]["7"] = [{"id": id, "user": MALLORY, "body": "hm"} for id in (1, 2, 3, 4)]
        self.planned()
        self.comment()
        self.planned(fingerprint="0000000000000002", markdown="Plan: 2 to add.\n")
        self.comment()
        self.assertEqual(len(self.comments()), 5)
        self.assertIn("fingerprint=0000000000000002 -->\n\nPlan: 2 to add.\n", self.comments()[-1]["body"])

    def test_two_environments_are_two_comments(self):
        for environment in ("qa", "qa2", "qa"):
            self.planned(environment=environment)
            self.comment(environment=environment)
        self.assertEqual([comment["body"].splitlines()[0] for comment in self.comments()],
                         [MARKER, "<!-- cipherform:plan:qa2 -->"])

    def test_a_comment_of_somebody_else_with_the_marker_is_left_alone(self):
        strangers = [{"id": 1, "user": MALLORY, "body": MARKER + "\nmine"},
                     {"id": 2, "user": {"login": "github-actions[bot]", "type": "User"}, "body": MARKER + "\nmine"},
                     {"id": 3, "user": {"login": "renovate[bot]", "type": "Bot"}, "body": MARKER + "\nmine"},
                     {"id": 4, "user": BOT, "body": "first this, then " + MARKER}]
        self.github["comments"]["7"] = strangers
        self.planned()
        self.comment()
        self.assertEqual(self.comments()[:4], strangers)
        self.assertEqual(len(self.comments()), 5)

    def test_no_changes_is_shown_too(self):
        self.planned(code=0, markdown="No changes. qa matches the declaration.\n")
        self.comment()
        self.assertIn(RECORD + "\n\nNo changes.", self.comments()[0]["body"])

    def test_a_plan_that_failed_replaces_the_old_one_and_shows_no_output(self):
        self.planned()
        self.comment()
        self.answers["plan"] = {"exit": 1, "stderr": "401 for key " + KEY[:-1] + "\n", "stdout": "token ghs_secret\n"}
        self.expect(1, "plan", CIPHERFORM_API_KEY=KEY)
        self.comment()
        self.assertEqual(len(self.comments()), 1)
        body = self.comments()[0]["body"]
        self.assertIn("no plan for qa", body)
        self.assertIn("https://github.com/example/access/actions/runs/42", body)
        for secret in ("cipherform:shown", FINGERPRINT, KEY[:-1], "ghs_secret", "401"):
            self.assertNotIn(secret, body)
            self.assertNotIn(secret, self.summary().split("no plan for qa")[1])

    def test_a_plan_that_never_ran_is_a_failed_one(self):
        self.comment()
        self.assertIn("no plan for qa", self.comments()[0]["body"])

    def test_text_that_looks_like_a_record_is_not_in_its_place(self):
        forged = RECORD.replace(FINGERPRINT, "f" * 16)
        self.planned(markdown=forged + "\n" + forged + "\n")
        self.comment()
        self.assertEqual(self.comments()[0]["body"].splitlines()[1], RECORD)

    def test_the_markdown_is_shown_as_it_is(self):
        markdown = "&amp; <code>ev&#8203;e</code> @\u200beveryone \\ % $HOME `id`\r\n\n::error::x\n"
        self.planned(markdown=markdown)
        self.comment()
        self.assertTrue(self.comments()[0]["body"].endswith("\n\n" + markdown))

    def test_what_does_not_fit_is_in_the_summary(self):
        fits = "ä" * (65536 - len(f"{MARKER}\n{RECORD}\n\n\n"))
        self.planned(markdown=fits + "\n")
        self.comment()
        self.assertEqual(self.comments()[0]["body"], f"{MARKER}\n{RECORD}\n\n{fits}\n")
        self.planned(markdown=fits + "ä\n")
        self.comment()
        body = self.comments()[0]["body"]
        self.assertLess(len(body), 1000)
        self.assertIn(RECORD, body)
        self.assertIn(f"Fingerprint: {FINGERPRINT}", body)

    def test_github_never_sees_the_key(self):
        self.planned()
        self.comment()
        self.assertTrue(self.calls("gh"))
        self.assertFalse(any(call["saw_key"] for call in self.calls("gh")))
        self.assertNotIn(KEY, json.dumps(self.calls("gh")))

    def test_outside_a_pull_request_nothing_is_written(self):
        self.planned()
        for event in ({}, {"pull_request": {"number": "7; id", "head": {"sha": HEAD}}},
                      {"pull_request": {"number": 7, "head": {"sha": "main"}}}):
            self.event = event
            self.comment(code=1)
        self.assertEqual(self.calls("gh"), [])


if __name__ == "__main__":
    kit.main()
