"""What cipherform prints holds names that anybody may have chosen. None of it is a command, and none leaves its fold."""

import re

import kit
from kit import HOSTILE, KitTest, OWN_COMMANDS, commands

HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


class HostileText(KitTest):
    def assert_harmless(self, ended):
        """The kit's folds are whole, hold everything hostile, and nothing in the log is anybody else's command."""
        self.assertNotRegex(ended.log, HARMFUL)
        self.assertNotIn("##[", ended.log)
        names = commands(ended.log)
        self.assertLessEqual(set(names), OWN_COMMANDS)
        self.assertEqual(names.count("group"), names.count("endgroup"))
        self.assertEqual(names.count("group"), names.count("stop-commands"))
        for line in ended.log.splitlines():
            if "Eve" in line or "owned" in line or "after a" in line:
                self.assertTrue(line.startswith("| "), line)
        self.assertIn("| ::error::owned\n", ended.log)

    def test_the_runners_reading_of_the_text_would_be_harmful(self):
        self.assertEqual(commands(HOSTILE)[:5], ["error", "set-output", "add-mask", "set-env", "endgroup"])

    def test_plan(self):
        for tail in ("", "\n", "\n::", "\n\n\n"):
            with self.subTest(tail=tail):
                self.assert_harmless(self.planned(text=HOSTILE + tail, stderr=HOSTILE + tail))

    def test_a_plan_that_fails(self):
        self.assert_harmless(self.planned(code=1, ends=1, text=HOSTILE, stderr=HOSTILE))
        self.assertNotIn("owned", self.summary())

    def test_apply(self):
        self.answers["apply"] = {"exit": 5, "stdout": HOSTILE, "stderr": HOSTILE}
        self.assert_harmless(self.expect(5, "apply", KIT_FINGERPRINT=kit.FINGERPRINT))
        self.assertNotRegex(self.summary(), HARMFUL)
        self.assertEqual(self.summary().count("</pre>"), 1)
        self.assertNotIn("</details>", self.summary())

    def test_apply_with_messages_that_hold_line_breaks(self):
        message = '{"@message": "a\\n::add-mask::e\\r::set-env name=PATH::x\\u2028##[endgroup]"}\n'
        self.answers["apply"] = {"exit": 0, "stdout": message}
        ended = self.expect(0, "apply", KIT_FINGERPRINT=kit.FINGERPRINT)
        self.assertIn("| ::add-mask::e::set-env name=PATH::x# #[endgroup]\n", ended.log)
        self.assertNotIn("##[", ended.log)

    def test_validate(self):
        self.answers["validate"] = {"exit": 1, "stderr": HOSTILE + "\nEve.yaml:1:1: error: ::owned::\n"}
        ended = self.expect(1, "validate", "")
        ended.log = ended.log.replace("::error file=Eve.yaml,line=1,col=1,title=cipherform::::owned::\n", "")
        self.assert_harmless(ended)

    def test_outputs_hold_only_what_was_checked(self):
        self.planned(text=HOSTILE, markdown=HOSTILE, stderr=HOSTILE)
        self.assertEqual(set(self.outputs()), {"directory", "outcome", "fingerprint"})
        self.assertEqual(self.outputs()["outcome"], "changes")

    def test_the_token_that_lets_commands_through_again_is_new_each_time(self):
        tokens = [re.findall("::stop-commands::(.*)", self.planned(text="x", stderr="y").log) for _ in range(3)]
        self.assertEqual(len({token for run in tokens for token in run}), 6)
        self.assertTrue(all(re.fullmatch("[0-9a-f]{32}", token) for run in tokens for token in run))


if __name__ == "__main__":
    kit.main()
