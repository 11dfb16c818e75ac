"""drift.sh: one issue for each environment that is not as declared, while it is not."""

import kit
from kit import BOT, FINGERPRINT, KitTest, MALLORY

MARKER = "<!-- cipherform:drift:qa -->"


class Drift(KitTest):
    def drift(self, environment="qa", ends=0, **plan):
        self.planned(environment, **plan)
        return self.expect(ends, "drift", environment, GH_TOKEN="token")

    def issues(self, state="open"):
        return [issue for issue in self.github["issues"] if issue["state"] == state]

    def test_opens_one_issue_and_brings_it_up_to_date(self):
        self.drift(markdown="Plan: 1 to add.\n")
        self.drift(markdown="Plan: 2 to add.\n")
        [issue] = self.issues()
        self.assertEqual(issue["title"], "cipherform: qa has drifted")
        self.assertTrue(issue["body"].startswith(MARKER + "\n"))
        self.assertIn("Plan: 2 to add.", issue["body"])
        self.assertNotIn("Plan: 1 to add.", issue["body"])

    def test_a_blocked_plan_is_drift(self):
        self.drift(code=3)
        self.assertEqual(len(self.issues()), 1)

    def test_closes_it_when_nothing_is_left(self):
        self.drift()
        number = self.issues()[0]["number"]
        self.drift(code=0)
        self.assertEqual(self.issues(), [])
        self.assertEqual(self.issues("closed")[0]["state_reason"], "completed")
        self.assertIn("qa is as declared again", self.github["comments"][str(number)][0]["body"])

    def test_opens_a_new_one_after_that(self):
        for code in (2, 0, 2):
            self.drift(code=code)
        self.assertEqual((len(self.issues()), len(self.issues("closed"))), (1, 1))

    def test_without_drift_and_issue_nothing_is_written(self):
        self.drift(code=0)
        self.assertEqual({call["method"] for call in self.calls("gh")}, {"GET"})

    def test_each_environment_has_its_own(self):
        self.drift()
        self.drift("prod")
        self.drift(code=0)
        self.assertEqual([issue["title"] for issue in self.issues()], ["cipherform: prod has drifted"])

    def test_issues_of_others_and_pull_requests_are_left_alone(self):
        others = [{"number": 1, "user": MALLORY, "body": MARKER, "state": "open"},
                  {"number": 2, "user": BOT, "body": MARKER, "state": "open", "pull_request": {"url": "x"}},
                  {"number": 3, "user": BOT, "body": None, "state": "open"},
                  {"number": 4, "user": BOT, "body": "see " + MARKER, "state": "open"}]
        self.github["issues"] = [dict(issue) for issue in others]
        self.drift()
        self.drift(code=0)
        self.assertEqual(self.github["issues"][:4], others)
        self.assertEqual(len(self.github["issues"]), 5)

    def test_without_a_plan_no_issue_changes(self):
        self.drift()
        self.planned(code=1, ends=1)
        self.expect(1, "drift", GH_TOKEN="token")
        self.assertEqual(len(self.issues()), 1)
        self.assertIn(FINGERPRINT, (self.home / "output").read_text())

    def test_what_does_not_fit_is_in_the_summary(self):
        self.drift(markdown="x" * 65500)
        self.assertLess(len(self.issues()[0]["body"]), 1000)

    def test_github_never_sees_the_key(self):
        self.drift()
        self.assertFalse(any(call["saw_key"] for call in self.calls("gh")))


if __name__ == "__main__":
    kit.main()
