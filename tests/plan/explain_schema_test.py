"""schemas/explain.schema.json: it describes every golden answer, and not what is wrong. e2e.explain holds the command against it."""

import copy
import json
import pathlib
import unittest

import jsonschema

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = sorted((SOURCE / "tests/golden/explain").glob("*.json"))
SCHEMA = json.loads((SOURCE / "schemas/explain.schema.json").read_text())


class ExplainSchema(unittest.TestCase):
    validator = jsonschema.Draft7Validator(SCHEMA)

    def test_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_describes_every_golden_answer(self):
        self.assertGreaterEqual(len(GOLDEN), 5)
        for path in GOLDEN:
            with self.subTest(path.name):
                self.validator.validate(json.loads(path.read_text()))

    def test_refuses_what_is_wrong(self):
        def group(document, verdict):
            return next(group for group in document["groups"] if group["verdict"] == verdict)

        wrong = {
            "a major version": lambda d: d.update(format_version="2.0"),
            "an unknown key": lambda d: d.update(extra=1),
            "a missing key": lambda d: d["person"].pop("accounts"),
            "a time without its zone": lambda d: d.update(as_of="2026-03-01T12:00:00"),
            "an unknown verdict": lambda d: d["groups"][0].update(verdict="gains"),
            "a verdict without a reason": lambda d: d["groups"][0].update(why=""),
            "a change without its action": lambda d: group(d, "gets").update(action_id=None),
            "an action that changes nothing": lambda d: group(d, "keeps").update(action_id="0123456789abcdef"),
            "a block without its cause": lambda d: group(d, "blocked").pop("blocked_by"),
            "a cause without a block": lambda d: group(d, "loses").update(blocked_by="last_membership"),
            "a source without its place": lambda d: group(d, "gets")["sources"][0].pop("line"),
            "another environment that is not named": lambda d: group(d, "keeps")["sources"][2].pop("environments"),
            "environments of a source in force": lambda d: group(d, "gets")["sources"][0].update(environments=["qa"]),
            "a guardrail of the whole plan": lambda d: d["guardrail_hits"][0].update(kind="max_removals"),
        }
        rich = json.loads((SOURCE / "tests/golden/explain/rich.json").read_text())
        for what, break_it in wrong.items():
            document = copy.deepcopy(rich)
            break_it(document)
            with self.subTest(what):
                self.assertFalse(self.validator.is_valid(document))


if __name__ == "__main__":
    unittest.main()
