"""newest.sh: only the newest commit of the default branch is applied."""

import kit
from kit import KitTest, MERGE


class Newest(KitTest):
    def newest(self, code, commit=MERGE, branch="main", **variables):
        self.github["refs"] = {branch: commit}
        return self.expect(code, "newest", **{"GH_TOKEN": "token"} | variables)

    def test_the_newest_commit_passes(self):
        self.newest(0)
        self.assertFalse(self.calls("gh")[0]["saw_key"])

    def test_an_older_one_does_not(self):
        self.assertIn("::error::main has moved on to " + "c" * 40, self.newest(1, "c" * 40).log)

    def test_the_default_branch_may_have_any_name_that_is_safe_in_a_path(self):
        self.event["repository"]["default_branch"] = "release/2.x"
        self.newest(0, branch="release/2.x")
        for name in ("", "../../x", "a?b", "a#b", "a\nb", None):
            self.event["repository"]["default_branch"] = name
            self.newest(1, branch=name or "main")

    def test_without_an_answer_nothing_passes(self):
        for commit in ("", "main", None):
            self.newest(1, commit)
        self.newest(1, GH_TOKEN="")
        self.newest(1, branch="other")


if __name__ == "__main__":
    kit.main()
