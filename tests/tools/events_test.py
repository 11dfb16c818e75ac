"""`--json` of the real binary: what is sent, in which order, with which exit code; each line held against
schemas/events.schema.json by ajv."""

import json
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import harness  # noqa: E402
from harness import SOURCE, CipherformTest  # noqa: E402
from plan_json_test import GUARDRAILS, HOSTILE, RICH, SEED, TOOLS, run, setUpModule  # noqa: E402, F401

BODY = RICH.replace("REASON", "OPS-411")
BOB_ADMINS = 'cipherscale_group_membership.memberships["bob@example.com/Admins"]'
COMMON = ["@level", "@message", "@module", "@timestamp"]


class Events(CipherformTest):
    def tenant(self, body=BODY, guardrails=GUARDRAILS, *arguments):
        tenant = self.sandbox("--seed", self.write("seed.yaml", SEED), *arguments)
        self.project(tenant.url, body, guardrails)
        return tenant

    def events(self, code, *arguments, **options):
        """The events of a run, after ajv has seen each line."""
        answer = self.expect(code, *arguments, "--json", **options)
        self.assertEqual(answer.err, "")
        done = self.validated(self.write("events.jsonl", answer.out))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), len(answer.out.splitlines()))
        events = [json.loads(line) for line in answer.out.splitlines()]
        self.assertEqual({key: events[0][key] for key in ("type", "ui")}, {"type": "version", "ui": "1.0"})
        for event in events:
            self.assertEqual(list(event)[:4], COMMON)
        return [event for event in events[1:] if event["type"] != "progress"]

    def validated(self, path):
        return run("node", SOURCE / "tests/tools/ajv/validate.js", "--lines", SOURCE / "schemas/events.schema.json", path,
                   NODE_PATH=str(TOOLS / "node_modules"))

    def types(self, events):
        return [event["type"] for event in events]

    def problems(self, events):
        return [event["diagnostic"] for event in events if event["type"] == "diagnostic"]

    def test_a_plan(self):
        self.tenant()
        saved = self.directory / "plan.json"
        events = self.events(0, "plan", "--out", saved)
        planned = [event for event in events if event["type"] == "planned_change"]
        changes = json.loads(saved.read_text())["resource_changes"]
        self.assertEqual([event["change"]["resource"]["addr"] for event in planned], [c["address"] for c in changes])
        self.assertEqual([event["cipherform"]["id"] for event in planned], [c["cipherform"]["id"] for c in changes])
        self.assertEqual([event["change"]["action"] for event in planned], [c["change"]["actions"][0] for c in changes])
        summary = next(event for event in events if event["type"] == "change_summary")
        self.assertEqual(summary["changes"], {"add": 3, "change": 0, "import": 0, "remove": 2, "operation": "plan"})
        self.assertEqual(summary["@message"], "Plan: 3 to add, 0 to change, 2 to destroy.")
        own = json.loads(saved.read_text())["cipherform"]
        self.assertEqual(summary["cipherform"]["fingerprint"], own["fingerprint"])
        self.assertIn("bob@example.com gets Admins, which gives privileges", [p["summary"] for p in self.problems(events)])
        self.assertEqual({problem["severity"] for problem in self.problems(events)}, {"warning"})
        self.assertIn("Saved to", events[-1]["@message"])
        self.assertEqual(self.events(2, "plan", "--detailed-exitcode")[-1]["type"], "change_summary")

    def test_other_forms_go_to_files(self):
        self.tenant()
        self.events(0, "plan", "--format", f"text={self.directory / 'plan.txt'}")
        self.assertIn("Plan: 1 to create", (self.directory / "plan.txt").read_text())

    def test_an_apply_that_converges(self):
        tenant = self.tenant()
        events = self.events(0, "apply", "--auto-approve")
        hooks = {}
        for event in events:
            if "hook" in event:
                hooks.setdefault(event["hook"]["resource"]["addr"], []).append(event["type"])
        self.assertEqual(len(hooks), 5)
        self.assertEqual(set(map(tuple, hooks.values())), {("apply_start", "apply_complete")})
        self.assertEqual(events[-1]["changes"], {"add": 3, "change": 0, "import": 0, "remove": 2, "operation": "apply"})
        self.assertEqual(events[-1]["@message"], "Apply complete! Resources: 3 added, 0 changed, 2 destroyed.")
        self.assertEqual(events[-1]["cipherform"], {"result": "converged", "missing": 0, "requests": 5})
        self.assertEqual(tenant.users()["bob@example.com"], ["Admins", "Engineering", "Everyone"])

    def test_a_saved_plan_again_and_a_stale_one(self):
        tenant = self.tenant()
        saved = self.directory / "plan.json"
        self.expect(0, "plan", "--out", saved)
        self.assertEqual(self.events(0, "apply", saved)[-1]["cipherform"]["result"], "converged")
        again = self.events(0, "apply", saved)
        self.assertEqual(self.types(again), ["change_summary"])
        self.assertEqual(again[0]["changes"]["add"], 0)
        self.expect(0, "plan", "--out", saved)
        self.write("cipherform.yaml", (self.directory / "cipherform.yaml").read_text() + "  - {email: z@example.com, groups: [Everyone]}\n")
        self.expect(0, "plan", "--out", saved)
        tenant.call("POST", "/tenants/users", {"email": "Z@example.com", "groups": [tenant.group_id("Payments")]})
        stale = self.problems(self.events(4, "apply", saved))
        self.assertEqual(stale[0]["address"], 'cipherscale_user.users["z@example.com"]')
        self.assertEqual(stale[-1]["summary"], "the saved plan no longer fits the tenant")

    def test_an_apply_in_part(self):
        faults = self.write("faults.json", json.dumps({"rules": [
            {"match": {"operation": "add", "nth": 2}, "fault": {"status": 422, "body": {"message": "no \u202eway"}}}]}))
        self.tenant(BODY, GUARDRAILS, "--fault-plan", faults)
        events = self.events(5, "apply", "--auto-approve")
        errored = [event for event in events if event["type"] == "apply_errored"]
        self.assertEqual(len(errored), 1)
        failed = errored[0]["hook"]["resource"]["addr"]
        problem = next(p for p in self.problems(events) if p.get("address") == failed and p["severity"] == "error")
        self.assertIn("422", problem["detail"])
        self.assertEqual(events[-1]["@level"], "error")
        self.assertEqual(events[-1]["changes"]["operation"], "apply")
        self.assertEqual(events[-1]["cipherform"]["result"], "partial")
        self.assertEqual(sum(events[-1]["changes"][key] for key in ("add", "remove")) + events[-1]["cipherform"]["missing"], 5)
        not_tried = [p for p in self.problems(events) if p["summary"].endswith("not tried")]
        self.assertEqual([p["severity"] for p in not_tried], ["warning"] * len(not_tried))

    def test_a_declaration_that_is_wrong(self):
        self.tenant(BODY + "  - {email: nobody, groups: [{team: nowhere}]}\n")
        events = self.events(1, "plan")
        self.assertEqual(set(self.types(events)), {"diagnostic"})
        problems = self.problems(events)
        self.assertGreaterEqual(len(problems), 2)
        for problem in problems:
            self.assertEqual(problem["range"]["filename"], "cipherform.yaml")
            self.assertEqual(problem["range"]["start"]["line"], len((self.directory / "cipherform.yaml").read_text().splitlines()))
            self.assertGreaterEqual(problem["range"]["start"]["column"], 1)

    def test_a_guardrail_refuses(self):
        tenant = self.tenant(BODY, "guardrails: {max_removals: {count: 1}, fallback_group: Everyone}\n")
        before = tenant.users()
        warned = self.problems(self.events(0, "plan"))
        self.assertTrue(any("--ack removals=2" in problem["detail"] for problem in warned))
        refused = [p for p in self.problems(self.events(3, "apply", "--auto-approve")) if p["severity"] == "error"]
        self.assertEqual(len(refused), 1)
        self.assertIn("--ack removals=2", refused[0]["detail"])
        self.assertEqual(tenant.users(), before)

    def test_what_is_blocked_is_a_warning_with_an_address(self):
        self.tenant("groups: {Payments: {members: []}, Everyone: {members: [owner@example.com, eve@example.com]}}\n", "")
        blocked = [p for p in self.problems(self.events(0, "plan")) if p["summary"].startswith("blocked: ")]
        self.assertEqual([problem["severity"] for problem in blocked], ["warning"] * len(blocked))
        self.assertTrue(blocked and all("bob@example.com" in problem["address"] for problem in blocked))

    def test_no_key_and_no_question(self):
        self.project("http://127.0.0.1:9/qa", BODY, GUARDRAILS)
        events = self.events(1, "plan", variables={"CIPHERFORM_API_KEY": None})
        self.assertEqual([p["severity"] for p in self.problems(events)], ["error"])
        self.assertEqual(self.problems(self.events(1, "apply"))[0]["summary"], "--json cannot ask")

    def test_hostile_names_stay_in_their_line(self):
        name = json.dumps(HOSTILE)
        tenant = self.sandbox("--seed", self.write("seed.yaml", SEED.replace(
            "{name: Payments}", f"{{name: Payments}}, {{name: {name}}}")))
        self.project(tenant.url, f"groups:\n  {name}: {{members: [eve@example.com]}}\n", GUARDRAILS)
        planned = self.events(0, "plan")[0]
        self.assertEqual(planned["change"]["resource"]["resource_key"], "eve@example.com/" + HOSTILE)
        self.assertIn("\\u202e", planned["@message"])
        self.assertTrue(planned["@message"].isascii())

    def test_hashicorps_types_understand_them(self):
        tenant = self.tenant()
        answer = self.expect(0, "apply", "--auto-approve", "--json")
        done = run(TOOLS / "bin/terraform_json", "events", self.write("events.jsonl", answer.out))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"^info ui 1\.0\.0: cipherform ")
        self.assertIn(f"info planned_change: {BOB_ADMINS}: Plan to create", lines)
        self.assertIn(f"info apply_start: {BOB_ADMINS}: Creating...", lines)
        self.assertIn("warn warning: Warning: bob@example.com gets Admins, which gives privileges", lines)
        self.assertEqual(lines[-1], "info change_summary: Apply complete! Resources: 3 added, 0 changed, 2 destroyed.")
        self.project(tenant.url, "users: [{email: nobody, groups: [Everyone]}]\n", GUARDRAILS)
        answer = self.expect(1, "plan", "--json")
        done = run(TOOLS / "bin/terraform_json", "events", self.write("events.jsonl", answer.out))
        self.assertRegex(done.stdout.splitlines()[1], r"^error error at cipherform\.yaml:6:17: Error: ")

    def test_the_golden_files_are_valid_and_a_changed_line_is_not(self):
        golden = sorted((SOURCE / "tests/golden/render").glob("events_*.jsonl"))
        self.assertEqual(len(golden), 4)
        for path in golden:
            done = self.validated(path)
            self.assertEqual(done.returncode, 0, done.stdout)
        line = next(json.loads(line) for line in golden[0].read_text().splitlines() if '"apply_start"' in line)
        for what, change in {
            "an unknown type": lambda e: e.update(type="apply_wish"),
            "no message": lambda e: e.pop("@message"),
            "a message that acts": lambda e: e.update({"@message": "\x1b[2J"}),
            "a line break": lambda e: e.update({"@message": "a\nb"}),
            "another key": lambda e: e.update(extra=1),
            "no resource": lambda e: e["hook"].pop("resource"),
            "an elapsed time at the start": lambda e: e["hook"].update(elapsed_seconds=1),
        }.items():
            changed = json.loads(json.dumps(line))
            change(changed)
            with self.subTest(what):
                self.assertEqual(self.validated(self.write("line.jsonl", json.dumps(changed) + "\n")).returncode, 1)


if __name__ == "__main__":
    harness.main()
