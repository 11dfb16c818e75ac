"""examples/review has one rich plan in every form, made by the binary. CIPHERFORM_UPDATE_GOLDEN=1 makes them anew.

The plan is saved against a sandbox on a free port, then brought to the URL and the time that are written in the example,
as if it had been made there and then; from it `show` makes the other forms."""

import hashlib
import json
import os
import re
import unittest

import harness
from harness import CipherformTest

EXAMPLE = harness.SOURCE / "examples/review"
URL = "http://127.0.0.1:8371/prod"
TIME = "2026-12-20T09:00:00Z"
FORMS = {"text": "plan.txt", "markdown": "plan.md", "html": "plan.html"}


def fingerprint(plan):
    """docs/plan-format.md, "The fingerprint", written a second time."""
    fields = []

    def grant(group, why):
        fields.extend([group["id"], group["name"], "privileged" if why["privileged"] else "",
                       "fallback" if why["fallback"] else "", why.get("until", "")])

    def change(resource):
        own, values = resource["cipherform"], resource["change"]
        fields.append(own["kind"])
        if own["kind"] == "create_user":
            after = values["after"]
            fields.extend([after["email"], str(len(after["groups"]))])
            for group, why in zip(after["groups"], own["grants"]):
                grant(group, why)
        elif own["kind"] == "add_member":
            fields.extend([values["after"]["user_id"], values["after"]["email"]])
            grant(values["after"]["group"], own["grant"])
        else:
            before = values["before"]
            fields.extend([before["user_id"], before["email"], before["group"]["id"], before["group"]["name"],
                           own["cause"]])

    own = plan["cipherform"]
    selection = own.get("selection", {"targets": [], "excludes": []})
    fields.extend(["cipherform plan 1", own["environment"], own["base_url"]])
    for globs in (selection["targets"], selection["excludes"]):
        fields.extend([str(len(globs)), *globs])
    if source := own.get("promotion_source"):
        fields.extend(["promotion", source["environment"], source["base_url"],
                       "all groups" if source["all_groups"] else "", str(len(source["groups"])), *source["groups"]])
    fields.append(str(len(plan["resource_changes"])))
    for resource in plan["resource_changes"]:
        change(resource)
    fields.append(str(len(own["blocked"])))
    for blocked in own["blocked"]:
        fields.append(blocked["cause"])
        change(blocked["resource_change"])
    fields.append(str(len(own["guardrail_hits"])))
    for hit in own["guardrail_hits"]:
        fields.extend([hit["kind"], hit["acknowledgement"],
                       "" if hit["kind"] == "max_removals" else hit["message"]])
    data = b"".join(f"{len(field.encode())}:".encode() + field.encode() for field in fields)
    return hashlib.sha256(data).hexdigest()[:16]


def sealed(text):
    """With the fingerprint and the digest that fit."""
    text = re.sub(r'"fingerprint":"[0-9a-f]{16}"', f'"fingerprint":"{fingerprint(json.loads(text))}"', text)
    blank = re.sub(r'"digest":"[0-9a-f]{64}"', f'"digest":"{"0" * 64}"', text, count=1)
    return blank.replace("0" * 64, hashlib.sha256(blank.encode()).hexdigest(), 1)


class WalkThrough(CipherformTest):
    def test_goes_as_the_readme_says(self):
        tenant = self.sandbox("-C", EXAMPLE, "--base-path", "/prod", "--seed", "sandbox.yaml")
        project = self.example("review", prod=tenant.url)
        before = tenant.users()
        saved = self.directory / "prod.plan"
        self.expect(0, "plan", "--as-of", "2026-12-20", "--out", saved, project=project)
        self.assertIn("11 still to do", self.expect(0, "plan", "--check", saved, project=project).out)
        answer = self.expect(3, "apply", saved, project=project)
        flags = re.findall(r"--ack (\w+=\d+)\)", answer.err)
        self.assertEqual(flags, ["removals=4", "duties=1", "reasons=1"])
        self.assertIn("Nothing was changed.", answer.err)
        self.expect(3, "apply", saved, "--ack", flags[0], "--ack", flags[1], project=project)
        self.assertEqual(tenant.users(), before)
        answer = self.expect(3, "apply", saved, *(word for flag in flags for word in ("--ack", flag)), project=project)
        self.assertIn("Converged", answer.out)
        after = tenant.users()
        self.assertEqual(after["gus@example.com"], ["Everyone"])
        self.assertEqual(after["kim@example.com"], ["Engineering"])
        self.assertEqual(after["lou@example.net"], ["Contractors"])


class Review(CipherformTest):
    def setUp(self):
        super().setUp()
        tenant = self.sandbox("-C", EXAMPLE, "--base-path", "/prod", "--seed", "sandbox.yaml")
        self.url = tenant.url
        project = self.example("review", prod=tenant.url)
        # The digest of the declaration is that of the example's own files.
        made = self.expect(0, "plan", "--as-of", TIME, "--format", "json", project=project).out
        (project / "cipherform.yaml").write_text((EXAMPLE / "cipherform.yaml").read_text())
        self.declaration = hashlib.sha256(b"".join(
            f"{name}\0{len(data)}\0".encode() + data for name, data in
            ((name, (EXAMPLE / name).read_bytes()) for name in ("cipherform.yaml", "access.yaml")))).hexdigest()
        self.made = made

    def normalised(self):
        text = self.made.replace(f'"{self.url}"', f'"{URL}"').replace(f'"as_of":"{TIME}",\n', "")
        text = re.sub(r'"tool_version":"[^"]+"', '"tool_version":"0.1.0"', text)
        text = re.sub(r'"timestamp":"[^"]+"', f'"timestamp":"{TIME}"', text)
        text = re.sub(r'"declaration_digest":"[^"]+"', f'"declaration_digest":"{self.declaration}"', text)
        return sealed(text)

    def compare(self, name, made):
        if os.environ.get("CIPHERFORM_UPDATE_GOLDEN") == "1":
            (EXAMPLE / name).write_text(made)
        self.assertEqual((EXAMPLE / name).read_text(), made, f"examples/review/{name}")

    def test_the_fingerprint_is_as_documented(self):
        plan = json.loads(self.made)
        self.assertEqual(plan["cipherform"]["fingerprint"], fingerprint(plan))

    def test_every_form_is_what_the_binary_makes(self):
        self.compare("plan.json", self.normalised())
        for form, name in FORMS.items():
            self.compare(name, self.expect(0, "show", EXAMPLE / "plan.json", "--format", form).out)

    def test_every_form_has_every_person_and_the_fingerprint(self):
        plan = json.loads((EXAMPLE / "plan.json").read_text())
        people = {change["change"][side]["email"] for change in plan["resource_changes"]
                  for side in ("before", "after") if change["change"][side]}
        self.assertGreater(len(people), 8)
        for name in FORMS.values():
            shown = (EXAMPLE / name).read_text()
            for word in [plan["cipherform"]["fingerprint"], *people]:
                self.assertIn(word, shown, name)


if __name__ == "__main__":
    harness.main()
