"""Every fault of the sandbox's plan against the real binary: it says the truth, and the next apply converges."""

import harness
from watched import SETTLE_TIME, WatchedSandbox, WatchedTest

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Payments}]
users:
  - {email: owner@example.com, groups: [Everyone], owner: true}
  - {email: bob@example.com, groups: [Everyone, Payments]}
  - {email: eve@example.com, groups: [Engineering]}
"""
NEW = [f"new-{number}@example.com" for number in range(5)]
BODY = f"""
guardrails: {{max_removals: {{count: 5}}, fallback_group: Everyone}}
groups:
  Engineering: {{members: [bob@example.com, {", ".join(NEW)}]}}
  Payments: {{members: []}}
users: [{", ".join(f"{{email: {email}, groups: [Everyone]}}" for email in NEW)}]
"""
GOAL = {"owner@example.com": ["Everyone"], "bob@example.com": ["Engineering", "Everyone"],
        "eve@example.com": ["Everyone"], **{email: ["Engineering", "Everyone"] for email in NEW}}

LATE = 60  # ms; well under SETTLE_TIME

FAULTS = {
    "not executed, closed": {"execute": False, "close": "before"},
    "not executed, reset": {"execute": False, "close": "before", "reset": True},
    "executed, closed": {"close": "before"},
    "executed, reset": {"close": "before", "reset": True},
    "closed in the head": {"close": "in_head"},
    "closed in the body": {"close": "in_body"},
    "reset in the body": {"close": "in_body", "reset": True},
    "Content-Length too long": {"content_length": "longer"},
    "Content-Length too short": {"content_length": "shorter"},
    "Content-Length malformed": {"content_length": "malformed"},
    "1xx first": {"interim": 103},
    "100 first": {"interim": 100},
    "redirect": {"status": 307, "headers": {"Location": "http://127.0.0.1:9/"}},
    "redirect after executing": {"status": 302, "execute": True, "headers": {"Location": "http://127.0.0.1:9/"}},
    "drip": {"drip_ms": 1, "shape": "ids"},
    "slow": {"execute_after_ms": LATE, "answer_after_ms": LATE},
    "late, closed": {"execute_after_ms": LATE, "close": "before"},
    "late, 504": {"execute_after_ms": LATE, "status": 504},
    "hang": {"hang": True},
    "hang, not executed": {"execute": False, "hang": True},
    "hang, late": {"execute_after_ms": LATE, "hang": True},
    "500": {"status": 500},
    "500 after executing": {"status": 500, "execute": True},
    "502 with HTML": {"status": 502, "html": True},
    "HTML after executing": {"html": True},
    "HTML instead": {"execute": False, "status": 200, "html": True},
    "429": {"status": 429, "retry_after": 1},
    "429 with a date": {"status": 429, "retry_after": 1, "retry_after_as_date": True},
    "503": {"status": 503, "retry_after": 0},
    "429 with nonsense": {"status": 429, "headers": {"Retry-After": "soon"}},
    "400": {"status": 400},
    "401": {"status": 401},
    "403": {"status": 403},
    "409": {"status": 409},
    "409 after executing": {"status": 409, "execute": True},
    "422": {"status": 422, "body": "not even JSON"},
    "empty body": {"execute": True, "status": 201, "body": ""},
    "null": {"execute": True, "status": 201, "body": None},
    "wrong types": {"execute": True, "status": 201, "body": [{"id": 7, "email": ["x"]}]},
}
# What an answer without a body cannot show to be untrue.
LIE = {"200 without executing": {"execute": False, "status": 200, "body": {}}}
# Faults that only an answer with users, or a batch, can have.
OF_CREATES = {
    "partly, closed": {"execute_only_first": 2, "close": "before"},
    "partly, 500": {"execute_only_first": 2, "status": 500},
    "partly, 400": {"execute_only_first": 2, "status": 400},
    "partly, 201": {"execute_only_first": 2},
    "none, 201": {"execute_only_first": 0},
    "partly, late": {"execute_only_first": 2, "execute_after_ms": LATE, "close": "before"},
    "wrapped": {"shape": "wrapped"},
    "reversed": {"shape": "reversed"},
    "the first alone": {"shape": "first"},
    "ids only": {"shape": "ids"},
}
OF_LISTINGS = {
    "bare": {"shape": "bare"},
    "wrapped": {"shape": "wrapped"},
    "reversed": {"shape": "reversed"},
    "the first alone": {"shape": "first"},
    "ids only": {"shape": "ids"},
}


class Faults:
    def run_apply(self, **options):
        return self.run_cipherform("apply", "--auto-approve", "--timeout", "1",
                                   variables={"CIPHERFORM_SETTLE_TIME": SETTLE_TIME}, **options)

    def survive(self, match, fault):
        tenant = WatchedSandbox("--seed", self.write("seed.yaml", SEED))
        self.project(tenant.url, BODY)
        tenant.go_wrong({"match": {**match, "times": 1}, "fault": fault})
        try:
            answer = self.run_apply()
            statistics = tenant.statistics()
            self.assertEqual(statistics["rules"][0]["applied"], 1, f"the fault did not happen\n{answer}")
            self.check_truth(tenant, answer)
            tenant.go_right()
            self.check_next(tenant)
        finally:
            tenant.close()
            for path in (self.directory / ".cipherform").glob("*"):
                path.unlink()

    def check_truth(self, tenant, answer):
        self.assertIn(answer.code, (0, 1, 5), answer)
        if answer.code == 0:
            self.assertIn("Converged", answer.out)
            self.assertEqual(tenant.everybody(), GOAL, answer)
        elif answer.code == 1:
            self.assertIn("rror: ", answer.out + answer.err)
            self.assertNotIn("Converged", answer.out)
        else:
            self.assertRegex(answer.out, "Run the same command again|was not read again")
            self.assertNotIn("Converged:", answer.out)

    def check_next(self, tenant):
        answer = self.run_apply()
        self.assertEqual(answer.code, 0, answer)
        self.assertEqual(tenant.everybody(), GOAL, answer)
        plan = self.run_cipherform("plan", "--detailed-exitcode")
        self.assertEqual(plan.code, 0, plan)
        self.check_oracles(tenant)

    def survive_all(self, faults, *matches):
        for match in matches:
            for name, fault in faults.items():
                with self.subTest(fault=name, **match):
                    self.survive(match, fault)


class OfCreates(Faults, WatchedTest):
    def test_faults_of_a_batch_of_creates(self):
        self.survive_all(FAULTS | OF_CREATES | LIE, {"operation": "create", "nth": 2})

    def test_faults_of_a_single_create(self):
        self.survive_all(FAULTS | OF_CREATES | LIE, {"operation": "create", "nth": 1})


class OfMemberships(Faults, WatchedTest):
    def test_faults_of_adds(self):
        self.survive_all(FAULTS, {"operation": "add", "nth": 1})

    def test_an_add_that_is_a_lie_is_found_by_the_last_read(self):
        tenant = self.watched("--seed", self.write("seed.yaml", SEED))
        self.project(tenant.url, BODY)
        tenant.go_wrong({"match": {"operation": "add"}, "fault": LIE["200 without executing"]})
        answer = self.run_apply()
        self.assertEqual(answer.code, 5, answer)
        self.assertIn("Done, but not in place when the tenant was read again", answer.out)
        self.assertEqual(tenant.everybody()["eve@example.com"], ["Engineering"])
        tenant.go_right()
        self.assertEqual(self.run_apply().code, 0)
        self.assertEqual(tenant.everybody(), GOAL)

    def test_faults_of_removals(self):
        self.survive_all(FAULTS, {"operation": "remove", "nth": 1})


class OfReads(Faults, WatchedTest):
    def test_faults_of_listings(self):
        self.survive_all(FAULTS | OF_LISTINGS | LIE, {"operation": "list_users", "nth": 1},
                         {"operation": "list_groups", "nth": 1})

    def test_faults_of_the_last_read(self):
        self.survive_all(FAULTS | OF_LISTINGS | LIE, {"operation": "list_users", "nth": 2})


if __name__ == "__main__":
    harness.main()
