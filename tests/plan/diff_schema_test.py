"""schemas/diff.schema.json: it describes every golden difference, and not what is wrong. e2e.diff holds the command against it."""

import copy
import json
import pathlib
import unittest

import jsonschema

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = sorted((SOURCE / "tests/golden/diff").glob("*.json"))
SCHEMA = json.loads((SOURCE / "schemas/diff.schema.json").read_text())


class DiffSchema(unittest.TestCase):
    validator = jsonschema.Draft202012Validator(SCHEMA)

    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_describes_every_golden_difference(self):
        self.assertGreaterEqual(len(GOLDEN), 3)
        for path in GOLDEN:
            with self.subTest(path.name):
                self.validator.validate(json.loads(path.read_text()))

    def test_refuses_what_is_wrong(self):
        wrong = {
            "a major version": lambda d: d.update(format_version="2.0"),
            "an unknown key": lambda d: d.update(extra=1),
            "one tenant": lambda d: d["tenants"].pop(),
            "a proof with a reason against it": lambda d: d["tenants"][1].update(complete=True),
            "a person nowhere": lambda d: d["people"][0].update({"in": []}),
            "a membership without its tenant": lambda d: d["people"][0]["memberships"][0].pop("only_in"),
            "an unknown note": lambda d: d["notes"][0].update(kind="gossip"),
            "a selection without excludes": lambda d: d["selection"].pop("excludes"),
        }
        rich = json.loads((SOURCE / "tests/golden/diff/rich.json").read_text())
        for what, break_it in wrong.items():
            document = copy.deepcopy(rich)
            break_it(document)
            with self.subTest(what):
                self.assertFalse(self.validator.is_valid(document))


if __name__ == "__main__":
    unittest.main()
