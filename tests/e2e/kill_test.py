"""kill -9 at random moments of `apply`, over and over, while the tenant misbehaves: nothing is lost, nothing is done twice.

CIPHERFORM_KILLS (300) kills are spread over the shards; CIPHERFORM_KILL_SEED steers the choices. The moments are as
random as the machine's scheduling.
"""

import json
import os
import random
import subprocess
import sys

import harness
from watched import SETTLE_TIME, WatchedTest, executed, sent

SHARDS = 3
KILLS = int(os.environ.get("CIPHERFORM_KILLS", "300"))
SEED = int(os.environ.get("CIPHERFORM_KILL_SEED", "1"))

GROUPS = ["Everyone", "Engineering", "Payments", "Support"]
FIRST = 20  # users at the start
CHANGES = ["create", "add", "remove"]
# What is executed late is late by less than SETTLE_TIME. Removals are not: one that comes after the next apply has
# read the tenant would be the fault of nobody.
FAULTS = [
    {"match": {"operation": "create", "probability": 0.05}, "fault": {"execute_after_ms": 40, "close": "before"}},
    {"match": {"operation": "create", "probability": 0.05}, "fault": {"execute_only_first": 2, "status": 500}},
    {"match": {"operation": "create", "probability": 0.05}, "fault": {"execute_only_first": 1, "close": "before"}},
    {"match": {"operation": "add", "probability": 0.03}, "fault": {"execute_after_ms": 40, "status": 504}},
    {"match": {"operation": CHANGES, "probability": 0.05}, "fault": {"close": "before"}},
    {"match": {"operation": CHANGES, "probability": 0.03}, "fault": {"close": "before", "execute": False}},
    {"match": {"operation": CHANGES, "probability": 0.03}, "fault": {"close": "in_head", "reset": True}},
    {"match": {"operation": CHANGES, "probability": 0.02}, "fault": {"status": 429, "retry_after": 0}},
    {"match": {"operation": CHANGES, "probability": 0.3}, "fault": {"answer_after_ms": 15}},
    {"match": {"operation": "list_users", "probability": 0.03}, "fault": {"close": "in_body"}},
]


class Company:
    """A declaration that changes from round to round, and what it wants of the tenant."""

    def __init__(self, dice):
        self.dice = dice
        self.groups = {f"first-{number}@example.com": {"Everyone", dice.choice(GROUPS)} for number in range(FIRST)}
        self.seed = {"groups": [{"name": name} for name in GROUPS],
                     "users": [{"email": email, "groups": sorted(groups)} for email, groups in self.groups.items()]}

    def change(self):
        """Some people join, some change their groups."""
        for _ in range(self.dice.randint(1, 4)):
            self.groups[f"person-{len(self.groups)}@example.com"] = self.some_groups()
        for email in self.dice.sample(sorted(self.groups), self.dice.randint(2, 8)):
            self.groups[email] = self.some_groups()

    def some_groups(self):
        return set(self.dice.sample(GROUPS, self.dice.randint(1, 3)))

    def declaration(self, url):
        members = {name: [email for email, groups in self.groups.items() if name in groups] for name in GROUPS}
        return json.dumps({"version": 1, "environments": {"qa": {"url": url}},
                           "guardrails": {"max_removals": {"count": 10000}, "max_creates": 10000},
                           "groups": {name: {"members": emails} for name, emails in members.items()}}, indent=1)

    def wants(self):
        return {email: sorted(groups) for email, groups in self.groups.items()}


class Kill(WatchedTest):
    def start_apply(self):
        output = open(self.directory / "output", "wb")
        self.addCleanup(output.close)
        return subprocess.Popen([harness.BINARY, "-C", str(self.directory), "apply", "--auto-approve"],
                                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                env=harness.environment(CIPHERFORM_SETTLE_TIME=SETTLE_TIME))

    def output(self):
        return (self.directory / "output").read_bytes()

    def ended_within(self, process, seconds):
        try:
            process.wait(timeout=seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def reach(self, process, tenant, dice):
        """Returns at the moment to kill, or when the apply has ended: after some time, or after some requests."""
        if dice.random() < 0.5:
            self.ended_within(process, dice.uniform(0, 0.4))
            return
        wanted = sent(tenant.statistics()) + dice.randint(1, 8)
        while sent(tenant.statistics()) < wanted:
            if self.ended_within(process, 0.001):
                return
        self.ended_within(process, dice.choice([0, 0, dice.uniform(0, 0.02)]))

    def kill_often(self, shard):
        dice = random.Random(SEED * SHARDS + shard)
        company = Company(dice)
        tenant = self.watched("--seed", self.write("seed.yaml", json.dumps(company.seed)), "--latency", "2")
        tenant.go_wrong(*FAULTS, seed=SEED * SHARDS + shard)
        wanted = KILLS * (shard + 1) // SHARDS - KILLS * shard // SHARDS
        kills = between = ended = 0
        while kills < wanted:
            company.change()
            self.write("cipherform.yaml", company.declaration(tenant.url))
            before = executed(tenant.statistics())
            process = self.start_apply()
            self.reach(process, tenant, dice)
            process.kill()
            if process.wait() == -9:
                kills += 1
                between += executed(tenant.statistics()) > before
            else:
                ended += 1
                self.assertIn(process.returncode, (0, 5), self.output().decode())
            self.assertNotIn(harness.KEY.encode(), self.output())
        print(f"shard {shard}, seed {SEED}: {kills} kills, {between} of them after changes; {ended} applies ended before",
              file=sys.stderr)
        self.check_end(tenant, company)

    def check_end(self, tenant, company):
        tenant.go_right()
        for _ in range(3):
            answer = self.run_cipherform("apply", "--auto-approve", variables={"CIPHERFORM_SETTLE_TIME": SETTLE_TIME})
            if answer.code == 0:
                break
            self.assertEqual(answer.code, 5, answer)
        self.assertEqual(answer.code, 0, answer)
        self.assertEqual(self.run_cipherform("plan", "--detailed-exitcode").code, 0)
        self.assertEqual(tenant.everybody(), company.wants())
        statistics = self.check_oracles(tenant)
        self.assertEqual(set(statistics["violations"]) - {"existing_member", "absent_member"}, set(), statistics)
        self.assertEqual(len(statistics["invitations"]), len(company.groups) - FIRST)
        for path in self.directory.rglob("*"):
            if path.is_file():
                self.assertNotIn(harness.KEY.encode(), path.read_bytes(), path)

    def test_shard_0(self):
        self.kill_often(0)

    def test_shard_1(self):
        self.kill_often(1)

    def test_shard_2(self):
        self.kill_often(2)


if __name__ == "__main__":
    harness.main()
