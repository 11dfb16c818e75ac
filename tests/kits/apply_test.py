"""apply.sh: applies what was approved, and says in which way it ended."""

import json

import kit
from kit import FINGERPRINT, KEY, KitTest


def event(kind, message, **more):
    return json.dumps({"@level": "info", "@message": message, "type": kind, **more}) + "\n"


class Apply(KitTest):
    def apply(self, ends=0, fingerprint=FINGERPRINT, code=None, acknowledge="", stdout="", stderr=""):
        self.answers["apply"] = {"exit": ends if code is None else code, "stdout": stdout, "stderr": stderr}
        return self.expect(ends, "apply", CIPHERFORM_API_KEY=KEY, KIT_FINGERPRINT=fingerprint, KIT_ACKNOWLEDGE=acknowledge)

    def test_applies_the_approved_plan_and_no_other(self):
        self.apply()
        self.assertEqual(self.words(), ["-C", ".", "apply", "-e", "qa", "--auto-approve", "--expect-fingerprint",
                                        FINGERPRINT, "--json"])
        self.assertEqual(self.calls("cipherform")[0]["key"], KEY)
        self.assertFalse(self.calls("cipherform")[0]["saw_token"])

    def test_without_an_approved_fingerprint_nothing_is_run(self):
        for fingerprint in ("", "1f3a", "1F3A5C7E9B2D4F60", FINGERPRINT + "\n", "--auto-approve"):
            with self.subTest(fingerprint):
                self.apply(1, fingerprint=fingerprint, code=0)
        self.assertEqual(self.calls("cipherform"), [])

    def test_acknowledgements_are_passed_on(self):
        self.apply(acknowledge="removals=37  creates=250")
        self.assertEqual(self.words()[-4:], ["--ack", "removals=37", "--ack", "creates=250"])

    def test_another_tenant_is_acknowledged_by_its_digits(self):
        self.apply(acknowledge="tenant=0123456789abcdef")
        self.assertEqual(self.words()[-2:], ["--ack", "tenant=0123456789abcdef"])

    def test_what_is_no_acknowledgement_runs_nothing(self):
        for text in ("tenant=abc", "removals=abcdef0123456789", "removals", "removals=", "removals=3x", "--auto-approve", "removals=1 --target=x", "*", "$(id)=1"):
            with self.subTest(text):
                self.apply(1, acknowledge=text, code=0)
        self.assertEqual(self.calls("cipherform"), [])

    def test_exit_codes_are_kept_and_explained(self):
        for code, words in ((0, "is as the declaration says"), (1, "failed"), (3, "A guardrail refused"),
                            (4, "not the one that was approved"), (5, "in part"), (130, "interrupted")):
            with self.subTest(code):
                ended = self.apply(code)
                self.assertIn(("::notice::" if code == 0 else "::error::"), ended.log)
                self.assertIn(words, ended.log)
                self.assertIn(f"Exit code {code}, fingerprint {FINGERPRINT}.", self.summary())

    def test_events_are_shown_as_their_messages(self):
        ended = self.apply(stdout=event("apply_complete", "ada@example.com joined Admins") + "not JSON\n"
                           + event("change_summary", "Apply complete: 1 added."))
        for text in (ended.log, self.summary()):
            self.assertIn("ada@example.com joined Admins\n", text)
            self.assertIn("not JSON\n", text)
            self.assertIn("Apply complete: 1 added.\n", text)
            self.assertNotIn("@level", text)

    def test_the_summary_shows_the_end_of_a_long_apply(self):
        self.apply(stdout="".join(event("apply_complete", f"user {number} " + "x" * 5000) for number in range(500)))
        self.assertIn("user 499 ", self.summary())
        self.assertNotIn("user 399 ", self.summary())
        self.assertTrue(self.summary().endswith("</pre>\n\n"))
        self.assertLess(len(self.summary()), 100_000)


if __name__ == "__main__":
    kit.main()
