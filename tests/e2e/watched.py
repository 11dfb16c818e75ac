"""A sandbox that goes wrong as it is told, and says what it was asked: `--control-port`, docs/sandbox.md."""

import json
import re
import time
import urllib.request

import harness

# The shortest that is tested with; real tenants get the default. What a sandbox executes late is well under it.
SETTLE_TIME = "0.3"


class WatchedSandbox(harness.Sandbox):
    def __init__(self, *arguments):
        super().__init__(*arguments, "--control-port", "0")
        line = self.process.stdout.readline()
        found = re.search(r" at (http://\S+) ", line)
        if not found:
            raise AssertionError("the sandbox said: " + line)
        self.control_url = found.group(1)

    def control(self, method, path, body=None):
        request = urllib.request.Request(self.control_url + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def statistics(self):
        return json.loads(self.control("GET", "/statistics"))

    def go_wrong(self, *rules, seed=0):
        self.control("PUT", "/fault-plan", {"seed": seed, "rules": list(rules)})

    def go_right(self):
        self.control("DELETE", "/fault-plan")

    def everybody(self):
        """email in lower case → sorted group names."""
        return {email.lower(): groups for email, groups in self.users().items()}

    def wait_for(self, condition, what, seconds=60):
        """Asks for the statistics until `condition` holds for them."""
        deadline = time.monotonic() + seconds
        while True:
            statistics = self.statistics()
            if condition(statistics):
                return statistics
            if time.monotonic() > deadline:
                raise AssertionError(f"{what} did not happen: {statistics}")


def sent(statistics):
    """How many requests that change something have come."""
    return sum(statistics["requests"].get(operation, 0) for operation in ("create", "add", "remove"))


def executed(statistics):
    return sum(statistics["changes"].values())


class WatchedTest(harness.CipherformTest):
    def watched(self, *arguments):
        sandbox = WatchedSandbox(*arguments)
        self.addCleanup(sandbox.close)
        return sandbox

    def check_oracles(self, tenant):
        """What must hold whatever has gone wrong."""
        statistics = tenant.statistics()
        twice = {email: count for email, count in statistics["invitations"].items() if count != 1}
        self.assertEqual(twice, {}, "invited twice")
        self.assertEqual(statistics["repeated_creates"], {}, "a less strict tenant would have invited them twice")
        for rule in ("last_group", "too_many_users"):
            self.assertNotIn(rule, statistics["violations"], statistics)
        for email, groups in tenant.everybody().items():
            self.assertTrue(groups, f"{email} is in no group")
        return statistics
