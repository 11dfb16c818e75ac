"""Two applies of one environment at the same time, whatever keeps the ledger.

A test class inherits from TwoAppliers and WatchedTest and says by arguments() where each of the two finds the ledger.
"""

import json
import signal
import subprocess

import harness
from watched import SETTLE_TIME, executed, sent

GROUPS = ["Everyone", "Engineering", "Payments"]
NEW = [f"new-{number:02}@example.com" for number in range(14)]  # three requests: 1, 10, 3
OLD = [f"old-{number}@example.com" for number in range(4)]
SEED = {"groups": [{"name": name} for name in GROUPS],
        "users": [{"email": email, "groups": ["Everyone", "Payments"]} for email in OLD]}
GOAL = {email: ["Engineering", "Everyone"] for email in NEW + OLD}
ALL = {"users_created": len(NEW), "memberships_added": len(OLD), "memberships_removed": len(OLD)}
CHANGES = ["create", "add", "remove"]

LEASE_TIME = "2"  # s, of whoever is stopped past it


class TwoAppliers:
    def arguments(self, number):
        """What the applier with that number (1, 2) is told of the ledger; here: one state directory for both."""
        return []

    def setUp(self):
        super().setUp()
        self.tenant = self.watched("--seed", self.write("seed.yaml", json.dumps(SEED)))
        self.declare(GOAL)

    def declare(self, goal):
        members = {name: [email for email, groups in goal.items() if name in groups] for name in GROUPS}
        self.write("cipherform.yaml", json.dumps({
            "version": 1, "environments": {"qa": {"url": self.tenant.url}},
            "guardrails": {"max_removals": {"count": 1000}},
            "groups": {name: {"members": emails} for name, emails in members.items()}}))

    def start(self, number, *options, lease_time=None):
        process = subprocess.Popen(
            [harness.BINARY, "-C", str(self.directory), "apply", "--auto-approve", *self.arguments(number), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=harness.environment(CIPHERFORM_SETTLE_TIME=SETTLE_TIME, CIPHERFORM_LEASE_TIME=lease_time,
                                    CIPHERFORM_TIMEOUT="3"))
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        process.kill()  # also what is stopped
        process.communicate()

    def finish(self, process):
        out, err = process.communicate(timeout=120)
        self.assertNotIn(harness.KEY, out + err)
        return harness.Answer(process.returncode, out, err)

    def hold(self, milliseconds, **match):
        """The request that matches is answered so late."""
        self.tenant.go_wrong({"match": {**match, "times": 1}, "fault": {"answer_after_ms": milliseconds}})

    def wait_until_held(self):
        return self.tenant.wait_for(lambda statistics: statistics["rules"][0]["applied"] == 1, "the request")

    def check_converged(self, goal=None):
        plan = self.run_cipherform("plan", "--detailed-exitcode", *self.arguments(1))
        self.assertEqual(plan.code, 0, plan)
        self.assertEqual(self.tenant.everybody(), goal or GOAL)
        statistics = self.check_oracles(self.tenant)
        self.assertEqual(statistics["violations"], {}, "something was sent that was in place already")
        return statistics

    def test_the_second_is_refused_and_told_who_applies(self):
        self.hold(1500, operation="create", nth=2)
        first = self.start(1)
        self.wait_until_held()
        second = self.finish(self.start(2))
        self.assertEqual(second.code, 1, second)
        self.assertIn(f"pid {first.pid}", second.err)
        first = self.finish(first)
        self.assertEqual(first.code, 0, first)
        self.assertEqual(self.check_converged()["changes"], ALL)

    def test_the_second_waits_as_long_as_it_is_told(self):
        self.hold(1500, operation="create", nth=2)
        first = self.start(1)
        self.wait_until_held()
        second = self.start(2, "--lock-timeout", "60")
        first, second = self.finish(first), self.finish(second)
        self.assertEqual((first.code, second.code), (0, 0), (first, second))
        self.assertIn("Converged", first.out)
        self.assertIn("No changes", second.out)
        self.assertEqual(self.check_converged()["changes"], ALL)

    def test_both_at_once_again_and_again(self):
        goal = dict(GOAL)
        for turn in range(8):
            goal[f"turn-{turn}@example.com"] = ["Everyone", "Payments"]
            goal[OLD[turn % len(OLD)]] = ["Everyone"] if turn % 2 else ["Engineering", "Everyone"]
            self.declare(goal)
            both = [self.start(number, "--lock-timeout", "60") for number in (1, 2)]
            for answer in [self.finish(process) for process in both]:
                self.assertEqual(answer.code, 0, answer)
        self.assertEqual(self.check_converged(goal)["changes"]["users_created"], len(NEW) + 8)

    def test_what_a_killed_one_left_open_is_not_settled_in_another_tenant(self):
        self.hold(1500, operation="create", nth=1)
        first = self.start(1)
        self.wait_until_held()
        first.kill()
        first.communicate()
        old, self.tenant = self.tenant, self.watched("--seed", self.directory / "seed.yaml")
        self.declare(GOAL)
        refused = self.finish(self.start(1))
        self.assertEqual(refused.code, 1, refused)
        self.assertRegex(refused.err, rf"1 change of run \d+ may have been made or not in qa at {old.url}, and its url "
                                      rf"is {self.tenant.url} now .*nothing was read or changed; put the old url back")
        self.assertEqual(self.tenant.statistics()["requests"], {})
        self.tenant = old
        self.declare(GOAL)
        resumed = self.finish(self.start(1, "--resume"))
        self.assertEqual(resumed.code, 0, resumed)
        self.check_converged()

    def stop_past_the_lease(self, **match):
        """The first applier is stopped while it waits for the answer to `match`, and goes on when all is done.

        It has one request in flight, so that none is on its way out when it is stopped.
        """
        self.hold(600, **match)
        first = self.start(1, "--parallelism", "1", lease_time=LEASE_TIME)
        self.wait_until_held()
        first.send_signal(signal.SIGSTOP)
        taker = self.start(2, "--lock-timeout", "60")
        second = self.finish(taker)
        self.assertEqual(second.code, 0, second)
        done = self.tenant.statistics()
        self.assertEqual(done["changes"], ALL)
        first.send_signal(signal.SIGCONT)
        first = self.finish(first)
        after = self.tenant.statistics()
        self.assertEqual(sent(after), sent(done), f"it sent something after the other took over\n{first}")
        self.assertEqual(executed(after), executed(done))
        self.assertRegex(first.out + first.err, rf"taken over by \S+ \(pid {taker.pid}\)")
        # Its last read may well find that the other one has done everything.
        self.assertIn(first.code, (0, 1, 5), first)
        self.check_converged()

    def test_stopped_past_its_lease_while_it_reads(self):
        self.stop_past_the_lease(operation="list_users", nth=1)

    def test_stopped_past_its_lease_at_its_first_request(self):
        self.stop_past_the_lease(operation="create", nth=1)

    def test_stopped_past_its_lease_within_its_creates(self):
        self.stop_past_the_lease(operation="create", nth=2)

    def test_stopped_past_its_lease_at_its_first_add(self):
        self.stop_past_the_lease(operation="add", nth=1)

    def test_stopped_past_its_lease_within_its_removals(self):
        self.stop_past_the_lease(operation="remove", nth=2)

    def test_stopped_past_its_lease_at_its_last_request(self):
        self.stop_past_the_lease(operation="remove", nth=len(OLD))
