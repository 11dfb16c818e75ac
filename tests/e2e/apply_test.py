"""Plan and apply through the real binary against the sandbox."""

import json
import os
import re
import signal
import stat
import subprocess
import unittest

import harness
from harness import CipherformTest

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Payments}, {name: Admins, role: ADMIN}]
users:
  - {email: owner@example.com, groups: [Everyone, Admins], owner: true}
  - {email: Bob@example.com, groups: [Everyone, Payments]}
  - {email: eve@example.com, groups: [Engineering]}
"""
BODY = """
groups:
  Engineering: {members: [ada@example.com, bob@example.com]}
  Payments: {members: []}
users:
  - {email: ada@example.com, groups: [Everyone]}
"""
GUARDRAILS = "guardrails: {max_removals: {count: 5}, fallback_group: Everyone}\n"


class PlanAndApply(CipherformTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(self.tenant.url, BODY, GUARDRAILS)

    def converged(self):
        self.assertEqual(self.tenant.users(), {
            "owner@example.com": ["Admins", "Everyone"],
            "Bob@example.com": ["Engineering", "Everyone"],
            "eve@example.com": ["Everyone"],
            "ada@example.com": ["Engineering", "Everyone"],
        })

    def test_apply_converges_and_the_next_plan_is_empty(self):
        answer = self.expect(2, "plan", "--detailed-exitcode")
        self.assertIn("Plan: 1 to create, 2 to add, 2 to remove.", answer.out)
        answer = self.expect(0, "apply", "--auto-approve")
        self.assertIn("Converged", answer.out)
        self.converged()
        answer = self.expect(0, "plan", "--detailed-exitcode")
        self.assertIn("No changes. qa matches the declaration.", answer.out)

    def test_only_yes_is_a_yes(self):
        for said, code in [("no\n", 1), ("", 1), ("y\n", 1), ("Yes\n", 1)]:
            answer = self.expect(code, "apply", stdin=said)
            self.assertIn("Nothing was changed", answer.err)
        self.assertEqual(len(self.tenant.users()), 3)
        self.expect(0, "apply", stdin="yes\n")
        self.converged()

    def test_a_saved_plan_is_private_and_executes_without_asking(self):
        plan = self.directory / "plan.json"
        self.expect(0, "plan", "--out", plan)
        self.assertEqual(stat.S_IMODE(plan.stat().st_mode), 0o600)
        self.assertNotIn(harness.KEY, plan.read_text())
        shown = self.expect(0, "show", plan).out
        self.assertEqual(shown, self.expect(0, "show", plan, "--format", "text").out)
        self.assertEqual(self.expect(0, "show", plan, "--format", "json").out, plan.read_text())
        self.assertEqual(len(json.loads(plan.read_text())["resource_changes"]), 5)
        self.expect(0, "apply", plan)
        self.converged()
        self.assertIn("Nothing left to do", self.expect(0, "apply", plan).out)

    def test_a_stale_plan_sends_nothing(self):
        plan = self.directory / "plan.json"
        self.expect(0, "plan", "--out", plan)
        self.tenant.call("POST", "/tenants/users", {"email": "ADA@example.com",
                                                    "groups": [self.tenant.group_id("Everyone")]})
        before = self.tenant.users()
        answer = self.expect(4, "apply", plan)
        self.assertIn("ada@example.com", answer.err)
        self.assertEqual(self.tenant.users(), before)

    def test_an_edited_plan_is_refused(self):
        plan = self.directory / "plan.json"
        self.expect(0, "plan", "--out", plan)
        plan.write_text(plan.read_text().replace("ada@example.com", "eva@example.com"))
        self.expect(1, "apply", plan)
        self.assertEqual(len(self.tenant.users()), 3)

    def test_a_plan_for_another_tenant_is_refused(self):
        plan = self.directory / "plan.json"
        self.expect(0, "plan", "--out", plan)
        other = self.sandbox("--seed", self.directory / "seed.yaml")
        self.project(other.url, BODY, GUARDRAILS)
        self.assertIn("the plan is for qa at", self.expect(4, "apply", plan).err)

    def test_a_guardrail_refuses_until_acknowledged(self):
        self.project(self.tenant.url, BODY, "guardrails: {max_removals: {count: 1}, fallback_group: Everyone}\n")
        answer = self.expect(3, "apply", "--auto-approve")
        self.assertEqual(len(self.tenant.users()), 3)
        flags = re.search(r"--ack removals=2 --expect-fingerprint [0-9a-f]{16}", answer.err).group(0).split()
        # Nobody has seen the plan: an acknowledgement left in a CI variable must not cover the next one.
        answer = self.expect(3, "apply", "--auto-approve", "--ack", "removals=2")
        self.assertIn("nobody has seen this one", answer.err)
        self.expect(3, "apply", "--auto-approve", "--ack", "removals=1", *flags[2:])
        self.assertEqual(len(self.tenant.users()), 3)
        self.expect(0, "apply", "--auto-approve", *flags)
        self.converged()

    def test_an_acknowledgement_counts_where_the_plan_is_shown_and_answered(self):
        self.project(self.tenant.url, BODY, "guardrails: {max_removals: {count: 1}, fallback_group: Everyone}\n")
        self.assertIn("--ack removals=2)", self.expect(3, "apply", stdin="yes\n").err)
        self.expect(0, "apply", "--ack", "removals=2", stdin="yes\n")
        self.converged()

    def test_a_blocked_removal_does_not_hold_up_the_rest(self):
        self.project(self.tenant.url, BODY, "guardrails: {max_removals: {count: 5}}\n")
        answer = self.expect(3, "apply", "--auto-approve")
        self.assertIn("eve@example.com", answer.out)
        self.assertEqual(self.tenant.users()["eve@example.com"], ["Engineering"])
        self.assertEqual(self.tenant.users()["Bob@example.com"], ["Engineering", "Everyone"])

    def test_target_limits_the_plan(self):
        answer = self.expect(0, "apply", "--auto-approve", "--target", "bob@*", "--exclude", "Payments")
        self.assertIn("Only a part was compared: --target bob@* --exclude Payments\n", answer.out)
        users = self.tenant.users()
        self.assertEqual(users["Bob@example.com"], ["Engineering", "Everyone", "Payments"])
        self.assertNotIn("ada@example.com", users)

    def test_ctrl_c_at_the_question_changes_nothing(self):
        process = subprocess.Popen([harness.BINARY, "-C", str(self.directory), "apply"], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=harness.environment())
        said = ""
        while "accepted" not in said:
            said += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=60)  # while its input is open: an end of input is another answer
        _, rest = process.communicate()
        self.assertEqual(code, 130, said + rest)
        self.assertEqual(len(self.tenant.users()), 3)

    def test_a_second_apply_is_told_who_holds_the_lock(self):
        first = subprocess.Popen([harness.BINARY, "-C", str(self.directory), "apply"], stdin=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                 env=harness.environment())
        said = ""
        while "accepted" not in said:
            said += first.stderr.read(1)
        answer = self.expect(1, "apply", "--auto-approve")
        self.assertIn(f"pid {first.pid}", answer.err)
        self.assertEqual(len(self.tenant.users()), 3)
        first.communicate("yes\n", timeout=60)
        self.assertEqual(first.returncode, 0)
        self.converged()

    def test_a_killed_apply_leaves_a_lock_that_the_next_one_takes_over(self):
        first = subprocess.Popen([harness.BINARY, "-C", str(self.directory), "apply"], stdin=subprocess.PIPE,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                 env=harness.environment())
        said = ""
        while "accepted" not in said:
            said += first.stderr.read(1)
        first.kill()
        first.communicate(timeout=60)
        self.expect(0, "apply", "--auto-approve")
        self.converged()

    def test_the_ledger_is_private(self):
        self.expect(0, "apply", "--auto-approve")
        state = self.directory / ".cipherform"
        self.assertEqual(stat.S_IMODE(state.stat().st_mode), 0o700)
        for path in state.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
            self.assertNotIn(harness.KEY.encode(), path.read_bytes())

    def test_color_only_where_asked_for(self):
        self.assertNotIn("\x1b", self.expect(0, "plan").out)
        self.assertIn("\x1b[32m", self.expect(0, "plan", "--color", "always").out)
        self.assertNotIn("\x1b", self.expect(0, "plan", variables={"NO_COLOR": "1"}).out)
        self.assertIn("\x1b[32m", self.expect(0, "plan", variables={"CIPHERFORM_COLOR": "always"}).out)

    def test_a_closed_reader_is_not_a_crash(self):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([harness.BINARY, "-C", str(self.directory), "plan"], stdout=write, env=harness.environment(),
                              stderr=subprocess.PIPE, text=True, timeout=60)
        os.close(write)
        self.assertGreaterEqual(done.returncode, 0)


class AtSize(CipherformTest):
    def count(self, answer, request):
        return sum(request in line for line in answer.err.splitlines())

    def test_a_plan_of_10000_users_reads_no_page_too_many(self):
        tenant = self.sandbox("--users", 10_000)
        self.project(tenant.url, "users:\n  - {email: user-0000001@example.com, groups: [group-001]}\n")
        answer = self.expect(0, "plan", "--log-level", "debug")
        self.assertEqual(self.count(answer, "GET /tenants/users?"), 1 + -(-(10_000 - 100) // 95), answer)

    def test_1000_users_in_3_groups_are_created_by_12_requests(self):
        tenant = self.sandbox("--seed", self.write("seed.yaml", "groups: [{name: A}, {name: B}, {name: C}]\n"
                                                          "users: [{email: owner@example.com, groups: [A], owner: true}]\n"))
        self.project(tenant.url, "users:\n" + "".join(
            f"  - {{email: new-{i:04}@example.com, groups: [A, B, C]}}\n" for i in range(1000)),
            "guardrails: {max_creates: 1000}\n")
        answer = self.expect(0, "apply", "--auto-approve", "--log-level", "debug")
        self.assertEqual(self.count(answer, "POST /tenants/users:"), 12)
        self.assertEqual(self.count(answer, "/groups:"), 0)
        self.assertEqual(len(tenant.users()), 1001)

    def test_a_key_that_may_not_list_groups_still_works(self):
        tenant = self.sandbox("--seed", self.write("seed.yaml", SEED), "--no-group-list")
        self.project(tenant.url, BODY, GUARDRAILS)
        self.expect(0, "apply", "--auto-approve")
        self.assertEqual(tenant.users()["ada@example.com"], ["Engineering", "Everyone"])

    def test_a_rate_limit_is_obeyed(self):
        tenant = self.sandbox("--seed", self.write("seed.yaml", SEED), "--rate-limit", "20")
        self.project(tenant.url, BODY, GUARDRAILS)
        self.expect(0, "apply", "--auto-approve", timeout=120)
        self.assertEqual(tenant.users()["ada@example.com"], ["Engineering", "Everyone"])

    def test_a_sandbox_keeps_its_tenant_in_a_file(self):
        database = self.directory / "tenant.sqlite"
        first = harness.Sandbox("--seed", self.write("seed.yaml", SEED), "--database", database)
        self.project(first.url, BODY, GUARDRAILS)
        self.expect(0, "apply", "--auto-approve")
        users = first.users()
        self.assertEqual(first.close(), 0)
        second = self.sandbox("--database", database)
        self.assertEqual(second.users(), users)


if __name__ == "__main__":
    harness.main()
