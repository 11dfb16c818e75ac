"""The examples do what their READMEs say, against sandboxes seeded with the examples' own files."""

import subprocess
import unittest

import harness
from harness import CipherformTest

NOW = ["--as-of", "2026-12-20"]


class Quickstart(CipherformTest):
    def test_converges_and_then_takes_a_change(self):
        tenant = self.sandbox("-C", harness.SOURCE / "examples/quickstart", "--seed", "sandbox.yaml")
        project = self.example("quickstart", demo=tenant.url)
        self.expect(0, "validate", project=project)
        self.assertIn("Plan: 3 to create, 3 to add, 1 to remove.", self.expect(0, "plan", project=project).out)
        self.expect(0, "apply", "--auto-approve", project=project)
        users = tenant.users()
        self.assertEqual(users["bob@example.com"], ["Admins", "Engineering", "Everyone"])
        self.assertEqual(users["gus@example.com"], ["Everyone"])
        self.assertEqual(users["zoe@example.com"], ["Everyone"])
        self.assertIn("No changes. demo matches the declaration.", self.expect(0, "plan", project=project).out)
        (project / "users.yaml").write_text((project / "changes/users.yaml").read_text())
        saved = self.directory / "mia.plan"
        self.expect(2, "plan", "--detailed-exitcode", "--out", saved, project=project)
        self.expect(0, "apply", saved, project=project)
        self.assertIn("mia@example.com", tenant.users())
        self.assertEqual(tenant.users()["lea@example.com"], ["Everyone"])
        self.expect(0, "plan", "--detailed-exitcode", project=project)

    def test_a_privileged_grant_without_a_reason_is_refused(self):
        tenant = self.sandbox("-C", harness.SOURCE / "examples/quickstart", "--seed", "sandbox.yaml")
        project = self.example("quickstart", demo=tenant.url)
        users = project / "users.yaml"
        users.write_text(users.read_text().replace("eve@example.com, groups: [Everyone]",
                                                   "eve@example.com, groups: [Everyone, Admins]"))
        before = tenant.users()
        answer = self.expect(3, "apply", "--auto-approve", project=project)
        self.assertIn("eve@example.com", answer.err)
        self.assertEqual(tenant.users(), before)


class Company(CipherformTest):
    def setUp(self):
        super().setUp()
        self.source = harness.SOURCE / "examples/company"
        self.tenants = {name: self.sandbox("-C", self.source, "--base-path", f"/{name}", "--seed", f"sandbox/{name}.yaml")
                        for name in ("qa", "staging", "prod")}
        self.project_directory = self.example("company", **{name: tenant.url for name, tenant in self.tenants.items()})

    def cipherform(self, code, *arguments):
        return self.expect(code, *arguments, project=self.project_directory)

    def test_each_environment_converges(self):
        self.cipherform(0, "validate")
        for name in ("qa", "staging", "prod"):
            with self.subTest(name):
                self.cipherform(2, "plan", "-e", name, "--detailed-exitcode", *NOW)
                self.cipherform(0, "apply", "-e", name, "--auto-approve", *NOW)
                self.assertIn(f"No changes. {name} matches the declaration.",
                              self.cipherform(0, "plan", "-e", name, "--detailed-exitcode", *NOW).out)

    def test_staging_shows_what_its_readme_says(self):
        plan = self.cipherform(0, "plan", "-e", "staging", *NOW).out
        for text in ["bob@example.com", "(privileged)", "OPS-411", "quin@contractors.example.net", "Experiments",
                     "jon@example.com", "hal@example.com", "otto@contractors.example.net", "pat@example.com"]:
            self.assertIn(text, plan)
        self.cipherform(0, "apply", "-e", "staging", "--auto-approve", *NOW)
        users = self.tenants["staging"].users()
        self.assertEqual(users["Bob@Example.com"], ["Admins", "Engineering", "Everyone"])
        self.assertEqual(users["quin@contractors.example.net"], ["Everyone"])
        self.assertEqual(users["pat@example.com"], ["Everyone", "Legacy VPN"])

    def test_prod_moves_a_person_and_keeps_a_protected_group(self):
        self.cipherform(0, "apply", "-e", "prod", "--auto-approve", *NOW)
        users = self.tenants["prod"].users()
        self.assertEqual(users["kim@example.com"], ["Auditors", "Everyone"])
        self.assertEqual(users["rob@example.com"], ["Break-glass", "Everyone"])

    def test_a_contract_ends(self):
        self.cipherform(0, "apply", "-e", "prod", "--auto-approve", *NOW)
        self.cipherform(0, "apply", "-e", "prod", "--auto-approve", "--as-of", "2027-04-15")
        self.assertEqual(self.tenants["prod"].users()["nia@contractors.example.net"], ["Everyone"])

    def test_a_saved_plan_is_for_its_own_environment(self):
        saved = self.directory / "prod.plan"
        self.cipherform(0, "plan", "-e", "prod", "--out", saved, *NOW)
        self.cipherform(4, "apply", saved, "-e", "qa")
        self.cipherform(0, "apply", saved)


class Gitops(CipherformTest):
    def test_the_kit_reads_what_validate_prints(self):
        project = self.example("gitops")
        self.expect(0, "validate", project=project)
        users = project / "users/users.yaml"
        users.write_text(users.read_text().replace("qa-bot@example.com", "qa-bot"))
        printed = self.expect(1, "validate", project=project).err
        done = subprocess.run(["bash", project / "ci/cipherform/diagnostics.sh", "github"], input=printed,
                              capture_output=True, text=True, check=True, timeout=60)
        self.assertRegex(done.stdout, r"\A::error file=users/users\.yaml,line=6,col=\d+,title=cipherform::'qa-bot' is .*\n\Z")


if __name__ == "__main__":
    harness.main()
