"""schemas/history.schema.json: what it accepts and what not. That the command's output fits it is part of e2e.ledger."""

import copy
import json
import pathlib
import unittest

import jsonschema

SCHEMA = json.loads((pathlib.Path(__file__).resolve().parents[2] / "schemas" / "history.schema.json").read_text())
RUN = {
    "id": 12, "environment": "qa", "base_url": "https://a/qa", "state": "partial",
    "started_at": "2026-03-01T12:00:00Z", "finished_at": "2026-03-01T12:00:02.450Z", "duration_ms": 2450,
    "holder": {"user": "ada", "host": "laptop", "pid": 4711},
    "plan": {"tool_version": "0.1.0", "planned_at": "2026-03-01T12:00:00Z", "declaration_digest": "d1",
             "live_digest": "l1", "create": 3, "add": 5, "remove": 0},
    "actions_tried": 8, "actions_done": 7,
}
ACTION = {"id": "a1", "kind": "add_member", "email": "ada@example.com", "group": "Engineering",
          "intended_at": "2026-03-01T12:00:00Z", "attempts": 1, "outcome": "open", "outcome_at": None, "detail": ""}
RUNS = {"format_version": "1.0", "runs": [RUN]}
ONE = {"format_version": "1.0", "run": RUN, "actions": [ACTION]}


class HistorySchema(unittest.TestCase):
    validator = jsonschema.Draft7Validator(SCHEMA)

    def test_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_accepts_both_forms(self):
        running = {**RUN, "state": "running", "finished_at": None, "duration_ms": None}
        for document in (RUNS, ONE, {**RUNS, "runs": []}, {**ONE, "actions": []}, {**RUNS, "runs": [running]}):
            self.validator.validate(document)

    def test_refuses_what_is_wrong(self):
        wrong = {
            "a major version": lambda d: d.update(format_version="2.0"),
            "an unknown key": lambda d: d.update(extra=1),
            "a missing key": lambda d: d["run"].pop("holder"),
            "an unknown state": lambda d: d["run"].update(state="done"),
            "a time without its zone": lambda d: d["run"].update(started_at="2026-03-01T12:00:00"),
            "a negative count": lambda d: d["run"]["plan"].update(add=-1),
            "an unknown outcome": lambda d: d["actions"][0].update(outcome="lost"),
            "an action that nobody tried": lambda d: d["actions"][0].update(attempts=0),
            "both forms at once": lambda d: d.update(runs=[]),
        }
        for what, break_it in wrong.items():
            document = copy.deepcopy(ONE)
            break_it(document)
            with self.subTest(what):
                self.assertFalse(self.validator.is_valid(document))


if __name__ == "__main__":
    unittest.main()
