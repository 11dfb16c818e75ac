"""approved.sh: which plan was approved, and every way in which nothing was."""

import copy
import json

import kit
from kit import BOT, FINGERPRINT, HEAD, KitTest, MALLORY, MERGE

MARKER = "<!-- cipherform:plan:qa -->"


def comment(environment="qa", head=HEAD, fingerprint=FINGERPRINT, user=BOT, editor=BOT, id=1):
    record = f"<!-- cipherform:shown environment={environment} head={head} fingerprint={fingerprint} -->"
    body = f"<!-- cipherform:plan:{environment} -->\n{record}\n\nPlan.\n"
    return {"id": id, "user": user, "editor": editor, "body": body}


def pull_request(number=7, head=HEAD, merge=MERGE, merged_at="2026-11-25T03:00:00Z", base="main"):
    return {"number": number, "head": {"sha": head}, "merge_commit_sha": merge, "merged_at": merged_at,
            "base": {"ref": base}}


class AfterAMerge(KitTest):
    def setUp(self):
        super().setUp()
        self.github["pulls"][MERGE] = [pull_request()]
        self.github["comments"]["7"] = [comment()]

    def approved(self):
        self.expect(0, "approved", GH_TOKEN="token")
        return self.outputs()["fingerprint"]

    def refused(self, because):
        ended = self.expect(1, "approved", GH_TOKEN="token")
        self.assertIn("::error::No approved plan for qa: " + because, ended.log)
        self.assertNotIn("fingerprint", self.outputs())

    def test_is_what_the_comment_records(self):
        self.assertEqual(self.approved(), FINGERPRINT)

    def test_a_comment_that_was_never_edited_counts(self):
        self.github["comments"]["7"] = [comment(editor=None)]
        self.assertEqual(self.approved(), FINGERPRINT)

    def test_is_found_among_many_comments_and_pull_requests(self):
        chatter = [{"id": id, "user": MALLORY, "body": "+1"} for id in range(10, 15)]
        others = [comment("prod", fingerprint="0" * 16), comment("qa2", fingerprint="1" * 16)]
        self.github["comments"]["7"] = chatter + others + [comment()]
        self.github["pulls"][MERGE] = [pull_request(1, merged_at=None), pull_request(2, merge="c" * 40),
                                       pull_request(3, base="release"), pull_request()]
        self.assertEqual(self.approved(), FINGERPRINT)

    def test_comments_of_others_count_for_nothing(self):
        for user in (MALLORY, {"login": "github-actions", "type": "User"}, {"login": "renovate[bot]", "type": "Bot"}):
            with self.subTest(user):
                self.github["comments"]["7"] = [comment(user=user, fingerprint="0" * 16), comment()]
                self.assertEqual(self.approved(), FINGERPRINT)
                self.github["comments"]["7"] = [comment(user=user)]
                self.expect(1, "approved", GH_TOKEN="token")

    def test_no_comment(self):
        self.github["comments"]["7"] = []
        self.refused("pull request #7 shows none")

    def test_two_comments(self):
        self.github["comments"]["7"] = [comment(), comment(fingerprint="0" * 16)]
        self.refused("pull request #7 shows several")

    def test_a_comment_that_somebody_edited(self):
        for editor in (MALLORY, {"login": "github-actions", "type": "User"}, {"login": "renovate[bot]", "type": "Bot"}):
            with self.subTest(editor):
                self.github["comments"]["7"] = [comment(editor=editor)]
                self.refused("its comment in pull request #7 was edited")

    def test_a_plan_of_another_commit(self):
        self.github["comments"]["7"] = [comment(head="c" * 40)]
        self.refused("the plan in pull request #7 is of another commit")

    def test_a_record_that_is_not_whole_or_not_in_its_place(self):
        whole = comment()["body"]
        record = whole.splitlines()[1]
        for body in (MARKER + "\n", f"{MARKER}\n\n### no plan\n", f"{MARKER}\n\n{record}\n", f"{MARKER}\n {record}\n",
                     f"{MARKER}\n{record} x\n", f"{MARKER}\n{record.replace(FINGERPRINT, FINGERPRINT[:-1])}\n",
                     f"{MARKER}\n{record.replace('environment=qa', 'environment=prod')}\n", f"{MARKER} {record}\n"):
            with self.subTest(body):
                self.github["comments"]["7"] = [comment() | {"body": body}]
                self.refused("the last plan in pull request #7 failed")

    def test_a_commit_that_no_pull_request_made(self):
        for pulls in ([], [pull_request(merged_at=None)], [pull_request(merge="c" * 40)], [pull_request(base="release")]):
            with self.subTest(pulls):
                self.github["pulls"][MERGE] = copy.deepcopy(pulls)
                self.refused("no merged pull request made commit " + MERGE)

    def test_a_commit_of_two_pull_requests(self):
        self.github["pulls"][MERGE] = [pull_request(), pull_request(8)]
        self.refused("several pull requests")

    def test_when_github_does_not_answer_nothing_is_approved(self):
        self.github["broken"] = "HTTP 502"
        self.expect(1, "approved", GH_TOKEN="token")
        del self.github["broken"]
        self.expect(1, "approved") # no token
        self.assertNotIn("fingerprint", self.outputs())

    def test_other_events_approve_nothing(self):
        for event in ("schedule", "pull_request", "issue_comment"):
            self.expect(1, "approved", GH_TOKEN="token", GITHUB_EVENT_NAME=event)
        self.assertEqual(self.calls("gh"), [])


class ByHand(KitTest):
    def run_by_hand(self, code, fingerprint, ref="refs/heads/main", acknowledge=""):
        self.event["inputs"] = {"fingerprint": fingerprint, "acknowledge": acknowledge}
        return self.expect(code, "approved", GITHUB_EVENT_NAME="workflow_dispatch", GITHUB_REF=ref)

    def test_is_the_fingerprint_that_was_typed(self):
        self.run_by_hand(0, FINGERPRINT)
        self.assertEqual(self.outputs()["fingerprint"], FINGERPRINT)
        self.assertEqual(self.calls("gh"), [])

    def test_the_reviewers_are_told_what_was_typed(self):
        self.run_by_hand(0, FINGERPRINT)
        self.assertIn(f"by hand for qa, with fingerprint {FINGERPRINT}, acknowledging no guardrail.", self.summary())
        self.run_by_hand(0, FINGERPRINT, acknowledge="removals=37 creates=250")
        self.assertIn("acknowledging removals=37 creates=250.", self.summary())

    def test_what_is_no_acknowledgement_approves_nothing(self):
        for typed in ("removals", "*", "removals=1\n# Approved", "</pre>=1"):
            self.run_by_hand(1, FINGERPRINT, acknowledge=typed)
        self.assertEqual(self.summary(), "")

    def test_only_on_the_default_branch(self):
        for ref in ("refs/heads/feature", "refs/tags/main", "refs/heads/main2"):
            self.run_by_hand(1, FINGERPRINT, ref)

    def test_only_a_whole_fingerprint(self):
        for typed in ("", "x", FINGERPRINT + "\nx=y", "$(id)", " " + FINGERPRINT, None):
            with self.subTest(json.dumps(typed)):
                self.run_by_hand(1, typed)
        self.assertNotIn("fingerprint", self.outputs())


if __name__ == "__main__":
    kit.main()
