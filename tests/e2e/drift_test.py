"""drift through the real binary: changes made by hand are seen, told and counted, and an apply ends them."""

import contextlib
import json
import os
import sqlite3
import stat
import unittest

import jsonschema
from prometheus_client.parser import text_string_to_metric_families

import harness
from harness import CipherformTest, KEY

SEED = """
groups: [{name: Everyone}, {name: Engineering}]
users:
  - {email: owner@example.com, groups: [Everyone], owner: true}
  - {email: bob@example.com, groups: [Everyone, Engineering]}
  - {email: Zoe@example.com, groups: [Everyone]}
"""
DECLARATION = """groups:
  Engineering: {members: [ada@example.com, bob@example.com]}
users:
  - {email: ada@example.com, groups: [Everyone]}
  - {email: bob@example.com, groups: [Everyone]}
"""
SCHEMA = json.loads((harness.SOURCE / "schemas" / "plan.schema.json").read_text())
ABOUT_PEOPLE = ("appeared", "appeared_undeclared", "vanished", "people_not_compared")


class Drift(CipherformTest):
    def setUp(self):
        super().setUp()
        self.database = self.directory / "tenant.sqlite"
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED), "--database", self.database)
        self.project(self.tenant.url, DECLARATION)
        self.metrics_file = self.directory / "cipherform.prom"

    def drift(self, code, *arguments, **options):
        """The document of a check that ends with `code`."""
        answer = self.expect(code, "drift", "--format", "json", *arguments, **options)
        document = json.loads(answer.out)
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return document

    @staticmethod
    def people(document):
        return sorted((finding["kind"], finding["subject"]) for finding in document["cipherform"]["findings"]
                      if finding["kind"] in ABOUT_PEOPLE)

    def metrics(self):
        """name → value, or name{label=value} where there is a label besides the environment."""
        found = {}
        for family in text_string_to_metric_families(self.metrics_file.read_text()):
            self.assertEqual(family.type, "gauge")
            for sample in family.samples:
                labels = dict(sample.labels)
                self.assertEqual(labels.pop("environment"), "qa")
                found[sample.name + "".join(f"{{{name}={value}}}" for name, value in labels.items())] = sample.value
        return found

    def converge(self):
        self.expect(0, "apply", "--auto-approve")

    def change_by_hand(self):
        """Somebody is let in; Zoe, and Ada whom the apply made, are deleted, which the sandbox has no operation for."""
        self.tenant.close()
        with contextlib.closing(sqlite3.connect(self.database)) as database:
            for statement in ("DELETE FROM memberships WHERE user >= 2", "DELETE FROM users WHERE position >= 2"):
                database.execute(statement)
            database.commit()
        self.tenant = self.sandbox("--database", self.database, port=self.tenant.url.rsplit(":", 1)[1].split("/")[0])
        self.tenant.call("POST", "/tenants/users", {"email": "Eve@example.com",
                                                    "groups": [self.tenant.group_id("Engineering"),
                                                               self.tenant.group_id("Everyone")]})

    def test_in_step_after_an_apply(self):
        self.converge()
        answer = self.expect(0, "drift")
        self.assertTrue(answer.out.startswith(f"cipherform drift of qa ({self.tenant.url})\n"), answer)
        self.assertIn("\nLast converged apply: 2", answer.out)
        self.assertTrue(answer.out.endswith("\nNo drift. qa matches the declaration.\n"), answer)
        self.assertEqual(self.people(self.drift(0)), [])

    def test_who_was_added_and_removed_by_hand_is_told_until_an_apply(self):
        self.converge()
        self.change_by_hand()
        document = self.drift(2, "--format", f"html={self.directory}/drift.html", "--metrics-file", self.metrics_file)
        self.assertEqual(self.people(document), [("appeared_undeclared", "Eve@example.com"),
                                                 ("vanished", "ada@example.com"), ("vanished", "zoe@example.com")])
        self.assertEqual({change["index"] for change in document["resource_changes"]},
                         {"ada@example.com", "Eve@example.com/Engineering"})
        self.assertIn("Eve@example.com is not declared, and appeared since", (self.directory / "drift.html").read_text())
        found = self.metrics()
        for name, value in {
                "cipherform_up": 1, "cipherform_listing_complete": 1, "cipherform_drift_actions{action=create}": 1,
                "cipherform_drift_actions{action=add}": 0, "cipherform_drift_actions{action=remove}": 1,
                "cipherform_blocked_actions": 0, "cipherform_users{side=live}": 3, "cipherform_users{side=declared}": 2,
                "cipherform_people_appeared{declared=false}": 1, "cipherform_people_appeared{declared=true}": 0,
                "cipherform_people_vanished": 2, "cipherform_findings{kind=vanished}": 2}.items():
            self.assertEqual(found[name], value, name)
        self.assertGreaterEqual(found["cipherform_check_timestamp_seconds"],
                                found["cipherform_last_converged_timestamp_seconds"] - 1)
        text = self.expect(2, "drift").out
        self.assertIn("\nDrift: 1 to create, 0 to add, 1 to remove.\n", text)
        self.assertIn("\n    zoe@example.com is not declared, and vanished since the last converged apply (2", text)
        self.converge()
        self.assertEqual(self.people(self.drift(0, "--metrics-file", self.metrics_file)), [])
        self.assertEqual(self.metrics()["cipherform_people_vanished"], 0)

    def test_without_an_apply_it_is_not_known_who_appeared(self):
        document = self.drift(2, "--metrics-file", self.metrics_file)
        self.assertEqual(self.people(document), [("people_not_compared", "")])
        self.assertEqual(document["cipherform"]["drift"], {})
        found = self.metrics()
        self.assertEqual(found["cipherform_up"], 1)
        for name in found:
            self.assertNotRegex(name, "people_(appeared|vanished)|last_converged")

    def test_it_is_the_plan_and_writes_nothing(self):
        before = self.tenant.users()
        document = self.drift(2)
        plan = json.loads(self.expect(2, "plan", "--detailed-exitcode", "--format", "json").out)
        self.assertEqual(document["cipherform"]["fingerprint"], plan["cipherform"]["fingerprint"])
        self.assertEqual(document["resource_changes"], plan["resource_changes"])
        self.assertEqual(self.tenant.users(), before)
        self.assertFalse((self.directory / ".cipherform").exists())
        self.converge()
        files = {path: path.read_bytes() for path in (self.directory / ".cipherform").iterdir()}
        self.drift(0)
        self.assertEqual({path: path.read_bytes() for path in (self.directory / ".cipherform").iterdir()}, files)

    def test_a_saved_drift_is_shown_as_one(self):
        self.drift(2, "--format", f"json={self.directory}/drift.json")
        shown = self.expect(0, "show", self.directory / "drift.json").out
        self.assertTrue(shown.startswith("cipherform drift of qa"), shown)

    def test_a_selection_is_what_is_looked_at(self):
        self.converge()
        self.change_by_hand()
        self.assertEqual(self.people(self.drift(2, "--target", "a*@example.com")), [("vanished", "ada@example.com")])
        self.assertEqual(self.people(self.drift(0, "--target", "[bz]o?@*")), [("vanished", "zoe@example.com")])

    def test_a_check_that_fails_says_so_where_the_old_numbers_were(self):
        self.drift(2, "--metrics-file", self.metrics_file)
        answer = self.expect(1, "drift", "--metrics-file", self.metrics_file, variables={"CIPHERFORM_API_KEY": "wrong"})
        self.assertEqual(answer.out, "")
        self.assertEqual(set(self.metrics()), {"cipherform_up", "cipherform_check_timestamp_seconds"})
        self.assertEqual(self.metrics()["cipherform_up"], 0)

    def test_a_declaration_with_errors_is_a_check_that_fails(self):
        self.write("cipherform.yaml", "version: 1\nenvironments: {qa: 7}\n")
        self.expect(1, "drift", "--metrics-file", self.metrics_file)
        self.assertIn("\ncipherform_up 0\n", self.metrics_file.read_text())
        self.expect(1, "drift", "-e", "qa", "--metrics-file", self.metrics_file)
        self.assertEqual(self.metrics()["cipherform_up"], 0)

    def test_others_may_read_the_metrics_which_hold_no_name(self):
        self.addCleanup(os.umask, os.umask(0o077))
        self.drift(2, "--metrics-file", self.metrics_file)
        self.assertEqual(stat.S_IMODE(self.metrics_file.stat().st_mode), 0o644)
        self.assertEqual([path.name for path in self.directory.glob("cipherform.prom*")], ["cipherform.prom"])
        self.assertNotIn("@", self.metrics_file.read_text())
        self.assertNotIn(KEY, self.metrics_file.read_text())

    def test_metrics_that_cannot_be_written_are_an_error(self):
        answer = self.expect(1, "drift", "--metrics-file", self.directory / "nowhere/cipherform.prom")
        self.assertIn("nowhere/cipherform.prom: No such file", answer.err)
        self.assertIn("\nDrift: ", answer.out)

    def test_every_environment_is_checked_into_one_file(self):
        other = self.sandbox("--base-path", "/prod", "--seed", self.write("prod.yaml", """
groups: [{name: Everyone}, {name: Engineering}]
users:
  - {email: ada@example.com, groups: [Everyone, Engineering]}
  - {email: bob@example.com, groups: [Everyone, Engineering]}
"""))
        self.write("cipherform.yaml", f"""version: 1
environments:
  qa: {{url: {self.tenant.url}}}
  prod: {{url: {other.url}}}
{DECLARATION}""")
        answer = self.expect(2, "drift", "-e", "all", "--metrics-file", self.metrics_file)
        qa, prod = answer.out.split("\n\ncipherform drift of prod")
        self.assertIn("\nDrift: 1 to create, 0 to add, 0 to remove.\n", qa)
        self.assertIn("\nNo drift. prod matches the declaration.\n", prod)
        self.assertEqual(self.up(), {"qa": 1, "prod": 1})
        other.close()
        answer = self.expect(1, "drift", "-e", "all", "--metrics-file", self.metrics_file, "--timeout", "2")
        self.assertIn("\nDrift: 1 to create, 0 to add, 0 to remove.\n", answer.out)
        self.assertEqual(self.up(), {"qa": 1, "prod": 0})
        self.write("cipherform.yaml", (self.directory / "cipherform.yaml").read_text() + "include: [people.yaml]\n")
        self.write("people.yaml", "users: 7\n")
        self.expect(1, "drift", "-e", "all", "--metrics-file", self.metrics_file)
        self.assertEqual(self.up(), {"qa": 0, "prod": 0})

    def up(self):
        """environment → cipherform_up"""
        families = {family.name: family for family in text_string_to_metric_families(self.metrics_file.read_text())}
        return {sample.labels["environment"]: sample.value for sample in families["cipherform_up"].samples}

    def test_events_tell_it(self):
        answer = self.expect(2, "drift", "--json", "--format", f"markdown={self.directory}/drift.md")
        events = [json.loads(line) for line in answer.out.splitlines()]
        self.assertEqual(events[-1]["type"], "change_summary")
        self.assertTrue((self.directory / "drift.md").read_text().startswith("<!-- cipherform:drift:qa -->\n"))


if __name__ == "__main__":
    harness.main()
