"""The CI kit with the real binary: what a pull request showed is what a merge applies. Only gh is a stand-in."""

import json
import re
import subprocess
import unittest

import harness
from harness import CipherformTest

SCRIPTS = harness.SOURCE / "examples/gitops/ci/cipherform"
STAND_IN = harness.SOURCE / "tests/kits/stand_in"
HEAD, MERGE = "a" * 40, "b" * 40


class Gitops(CipherformTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("-C", harness.SOURCE / "examples/quickstart", "--seed", "sandbox.yaml")
        self.project_directory = self.example("quickstart", demo=self.tenant.url)
        programs = self.directory / "bin"
        programs.mkdir()
        (programs / "cipherform").symlink_to(harness.BINARY)
        (programs / "gh").symlink_to(STAND_IN / "gh")
        merged = {"number": 7, "head": {"sha": HEAD}, "merge_commit_sha": MERGE, "merged_at": "now",
                  "base": {"ref": "main"}}
        self.write("github.json", json.dumps({"comments": {}, "issues": [], "last_id": 1, "refs": {"main": MERGE},
                                              "pulls": {MERGE: [merged]}}))
        self.event()

    def event(self, **inputs):
        self.write("event.json", json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}, "inputs": inputs,
                                             "repository": {"default_branch": "main"}}))

    def step(self, code, name, **variables):
        """One of the kit's steps, which has to end with `code`; gives its log."""
        given = harness.environment(
            PATH=f"{self.directory}/bin:/usr/bin:/bin", STAND_IN=str(self.directory), RUNNER_TEMP=str(self.directory),
            GITHUB_ACTIONS="true", GITHUB_REPOSITORY="example/access", GITHUB_RUN_ID="42", GITHUB_SHA=MERGE,
            GITHUB_REF="refs/heads/main", GITHUB_EVENT_PATH=f"{self.directory}/event.json",
            GITHUB_OUTPUT=f"{self.directory}/output", GITHUB_STEP_SUMMARY=f"{self.directory}/summary", GH_TOKEN="token",
            KIT_ENVIRONMENT="demo", KIT_DIRECTORY=str(self.project_directory), **{"GITHUB_EVENT_NAME": "push"} | variables)
        done = subprocess.run(["bash", SCRIPTS / f"{name}.sh"], env=given, cwd=self.directory, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(done.returncode, code, done.stdout)
        self.assertNotIn(harness.KEY, done.stdout)
        return done.stdout

    def approved(self, **variables):
        """The fingerprint that approved.sh finds."""
        log = self.step(0, "approved", **variables)
        return re.search("the plan ([0-9a-f]{16})\n", log)[1]

    def github(self):
        return json.loads((self.directory / "github.json").read_text())

    def show_in_pull_request(self):
        for name in ("validate", "plan", "comment"):
            self.step(0, name)
        [comment] = self.github()["comments"]["7"]
        return comment["body"]

    def test_what_was_shown_is_applied(self):
        body = self.show_in_pull_request()
        self.assertEqual(body.count("<!-- cipherform:plan:demo -->"), 1)
        self.step(0, "newest")
        fingerprint = self.approved()
        self.assertIn(fingerprint, body.split("-->", 2)[2])  # where people read it, too
        self.step(0, "plan", KIT_EXPECTED_FINGERPRINT=fingerprint)
        self.assertIn("Apply complete! Resources: 6 added, 0 changed, 1 destroyed.", self.step(0, "apply", KIT_FINGERPRINT=fingerprint))
        self.assertEqual(self.tenant.users()["lea@example.com"], ["Engineering", "Everyone"])
        self.step(0, "plan", KIT_EXPECTED_FINGERPRINT=fingerprint)
        self.assertEqual((self.directory / "cipherform-demo/outcome").read_text(), "no-changes\n")
        for form in ("demo.plan", "plan.txt", "plan.md", "plan.json", "plan.html"):
            self.assertGreater((self.directory / "cipherform-demo" / form).stat().st_size, 0, form)

    def test_a_tenant_that_changed_after_the_approval_is_left_alone(self):
        self.show_in_pull_request()
        fingerprint = self.approved()
        self.tenant.call("POST", "/tenants/users", {"email": "kim@example.com",
                                                    "groups": [self.tenant.group_id("Everyone")]})
        before = self.tenant.users()
        self.step(4, "plan", KIT_EXPECTED_FINGERPRINT=fingerprint)
        self.step(4, "apply", KIT_FINGERPRINT=fingerprint)
        self.assertEqual(self.tenant.users(), before)

    def test_a_guardrail_is_acknowledged_by_hand(self):
        groups = self.project_directory / "groups.yaml"
        groups.write_text(groups.read_text().replace("      - team: platform\n", ""))
        body = self.show_in_pull_request()
        acknowledgement = re.search(r"--ack (removals=\d+)", body)[1]
        before = self.tenant.users()
        self.step(3, "apply", KIT_FINGERPRINT=self.approved())
        self.assertEqual(self.tenant.users(), before)
        self.event(fingerprint=self.approved(), acknowledge=acknowledgement)
        fingerprint = self.approved(GITHUB_EVENT_NAME="workflow_dispatch")
        self.step(0, "apply", KIT_FINGERPRINT=fingerprint, KIT_ACKNOWLEDGE=acknowledgement)
        self.assertEqual(self.tenant.users()["cleo@example.com"], ["Everyone"])

    def test_drift_is_an_issue_until_it_is_gone(self):
        self.step(0, "plan")
        self.step(0, "drift")
        self.assertEqual([issue["state"] for issue in self.github()["issues"]], ["open"])
        self.expect(0, "apply", "--auto-approve", project=self.project_directory)
        self.step(0, "plan")
        self.step(0, "drift")
        self.assertEqual([issue["state"] for issue in self.github()["issues"]], ["closed"])


if __name__ == "__main__":
    harness.main()
