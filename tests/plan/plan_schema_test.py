"""The saved form as others read it: its schema, its digest, and Terraform's conventions."""

import copy
import hashlib
import json
import pathlib
import re
import unittest

import jsonschema

SOURCE = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = sorted((SOURCE / "tests/golden/plan").glob("*.json"))
SCHEMA = json.loads((SOURCE / "schemas/plan.schema.json").read_text())


def plan(name):
    return json.loads((SOURCE / f"tests/golden/plan/{name}.json").read_text())


class PlanSchema(unittest.TestCase):
    def setUp(self):
        self.validator = jsonschema.Draft202012Validator(SCHEMA)

    def test_is_a_schema(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_describes_every_golden_plan(self):
        self.assertGreaterEqual(len(GOLDEN), 4)
        for path in GOLDEN:
            with self.subTest(path.name):
                self.validator.validate(json.loads(path.read_text()))

    def test_refuses_what_is_not_a_plan(self):
        def own(document):
            return document["cipherform"]

        def change(document, kind):
            return next(c for c in document["resource_changes"] if c["cipherform"]["kind"] == kind)

        wrong = {
            "a major version": lambda d: d.update(format_version="2.0"),
            "an own major version": lambda d: own(d).update(format_version="2.0"),
            "an unknown key": lambda d: own(d).update(extra=1),
            "a missing key": lambda d: own(d).pop("digest"),
            "a time without its zone": lambda d: d.update(timestamp="2026-01-01T00:00:00"),
            "a negative count": lambda d: own(d).update(live_users=-1),
            "an unknown finding": lambda d: own(d)["findings"][0].update(kind="bored_user"),
            "an action without an id": lambda d: change(d, "add_member")["cipherform"].pop("id"),
            "a create that deletes": lambda d: change(d, "create_user")["change"].update(actions=["delete"]),
            "a removal of what is not there": lambda d: change(d, "remove_member")["change"].update(before=None),
            "a user without a group": lambda d: change(d, "create_user")["change"]["after"].update(groups=[]),
            "an add to a group that is not there":
                lambda d: change(d, "add_member")["change"]["after"]["group"].update(id=""),
            "a create in a group that is not there":
                lambda d: change(d, "create_user")["change"]["after"]["groups"][0].update(id=""),
            "a source of two kinds":
                lambda d: change(d, "add_member")["cipherform"]["grant"]["sources"][0].update(promoted_from="qa"),
            "a grant without its sources": lambda d: change(d, "add_member")["cipherform"]["grant"].pop("sources"),
        }
        for what, break_it in wrong.items():
            document = copy.deepcopy(plan("rich"))
            break_it(document)
            with self.subTest(what):
                self.assertFalse(self.validator.is_valid(document))


class SavedPlan(unittest.TestCase):
    def test_digest_is_that_of_the_bytes_without_it(self):
        for path in GOLDEN:
            data = path.read_bytes()
            digest = json.loads(data)["cipherform"]["digest"].encode()
            with self.subTest(path.name):
                self.assertEqual(hashlib.sha256(data.replace(digest, b"0" * 64)).hexdigest().encode(), digest)

    def test_is_one_ascii_line_for_each_change(self):
        for path in GOLDEN:
            text = path.read_bytes().decode("ascii")
            changes = json.loads(text)["resource_changes"]
            lines = [line for line in text.splitlines() if line.startswith('{"address":')]
            with self.subTest(path.name):
                self.assertEqual([json.loads(line.rstrip(",")) for line in lines], changes)

    def test_counts_as_gitlabs_plan_widget_counts(self):
        actions = [action for change in plan("rich")["resource_changes"] for action in change["change"]["actions"]]
        counts = plan("rich")["cipherform"]["counts"]
        self.assertEqual(actions.count("create"), counts["create"] + counts["add"])
        self.assertEqual(actions.count("delete"), counts["remove"])

    def test_addresses_are_unique_and_of_terraforms_form(self):
        for path in GOLDEN:
            addresses = [change["address"] for change in json.loads(path.read_text())["resource_changes"]]
            self.assertEqual(len(set(addresses)), len(addresses))
            for address in addresses:
                self.assertRegex(address, re.compile(r'^[a-z_]+\.[a-z]+\[".*"\]$'))


if __name__ == "__main__":
    unittest.main()
