"""`cipherform export` through the real binary: what it writes is a declaration that finds nothing to do."""

import json

import harness
import jsonschema
import yaml
from harness import CipherformTest

SEED = r"""
groups:
  - {name: Everyone}
  - {name: Admins, role: ADMIN}
  - {name: Engineering}
  - {name: SSO, idp_mapping: [staff]}
  - {name: Empty}
  - {name: "yes"}
  - {name: "# \"quoted\" - {x: *y}"}
  - {name: "../../etc/passwd"}
users:
  - {email: owner@example.com, groups: [Everyone, Admins], owner: true}
  - {email: Zoe@Example.com, groups: [Everyone, "yes"], status: Deactivated}
  - {email: bob@example.com, groups: [Engineering, "# \"quoted\" - {x: *y}"], status: Expired}
  - {email: sam@example.com, groups: [SSO]}
  - {email: cleo@example.com, groups: [SSO, Engineering, "../../etc/passwd"]}
  - {groups: [Everyone]}
"""


def files_below(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


class Export(CipherformTest):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.out = self.directory / "out"
        self.nowhere = self.directory / "nowhere"
        self.nowhere.mkdir()

    def export(self, code, *arguments, **options):
        return self.expect(code, "export", *arguments, project=options.pop("project", self.nowhere), **options)

    def finds_nothing_to_do(self, project):
        plan = self.expect(0, "plan", "--detailed-exitcode", project=project)
        self.assertIn("No changes.", plan.out)
        self.expect(0, "apply", "--auto-approve", project=project)
        return plan

    def valid_by_schema(self, project):
        schema = json.loads((harness.SOURCE / "schemas/cipherform.schema.json").read_text())
        for path in project.rglob("*.yaml"):
            with self.subTest(path.name):
                jsonschema.validate(yaml.safe_load(path.read_text()), schema)

    def test_one_document_without_any_project(self):
        before = self.tenant.users()
        document = self.export(0, "--url", self.tenant.url).out
        self.assertEqual(files_below(self.nowhere), [])
        self.out.mkdir()
        (self.out / "cipherform.yaml").write_text(document)
        self.valid_by_schema(self.out)
        plan = self.finds_nothing_to_do(self.out)
        self.assertIn("for qa (", plan.out)
        self.assertEqual(self.tenant.users(), before)
        groups = yaml.safe_load(document)["groups"]
        self.assertEqual(groups["Admins"]["members"], [{"email": "owner@example.com", "reason": "exported"}])
        self.assertEqual(groups["SSO"], {"membership": "additive", "members": []})
        self.assertEqual(groups["yes"], {"membership": "authoritative", "members": ["Zoe@Example.com"]})
        self.assertIn("- Zoe@Example.com  # deactivated\n", document)
        self.assertRegex(document, r"# - user \S+ has no email and cannot be declared; is in Everyone\n")

    def test_files(self):
        answer = self.export(0, "--url", self.tenant.url, "-e", "live", "--out", self.out)
        self.assertEqual(files_below(self.out), ["cipherform.yaml", "groups.yaml"])
        self.assertIn(f"Wrote 2 files to {self.out}. Now: cipherform -C {self.out} plan\n", answer.err)
        self.assertEqual(answer.out, "")
        self.valid_by_schema(self.out)
        self.assertIn("for live (", self.finds_nothing_to_do(self.out).out)

    def test_a_file_for_each_group(self):
        self.export(0, "--url", self.tenant.url, "--out", self.out, "--split", "groups")
        self.assertEqual(files_below(self.directory / "out"),
                         ["cipherform.yaml", "groups/Admins.yaml", "groups/Empty.yaml", "groups/Engineering.yaml",
                          "groups/Everyone.yaml", "groups/SSO.yaml", "groups/etc-passwd.yaml",
                          "groups/quoted-x-y.yaml", "groups/yes.yaml"])
        self.valid_by_schema(self.out)
        self.finds_nothing_to_do(self.out)

    def test_what_exists_is_never_overwritten(self):
        self.export(0, "--url", self.tenant.url, "--out", self.out, "--split", "groups")
        (self.out / "groups/yes.yaml").write_text("mine")
        for path in ["cipherform.yaml", "groups/Admins.yaml"]:
            (self.out / path).unlink()
        before = files_below(self.out)
        answer = self.export(1, "--url", self.tenant.url, "--out", self.out, "--split", "groups")
        self.assertIn("exists, and nothing is overwritten", answer.err)
        self.assertEqual(files_below(self.out), before)
        self.assertEqual((self.out / "groups/yes.yaml").read_text(), "mine")

    def test_from_a_project_that_names_only_the_environment(self):
        self.project(self.tenant.url, extra="include: [groups/*.yaml]\n")
        self.expect(0, "export", "--out", self.directory, "--split", "groups")
        self.assertEqual((self.directory / "cipherform.yaml").read_text().count("version"), 1)
        self.finds_nothing_to_do(self.directory)
        document = self.expect(0, "export", "-e", "qa").out
        self.assertNotIn("version", document)
        self.expect(0, "export", "-e", "qa", "--out", self.out)
        self.finds_nothing_to_do(self.out)

    def test_of_one_of_several_environments_leaves_the_others_alone(self):
        other = self.sandbox("--seed", self.write("other.yaml", "groups: [{name: Else}]\nusers: [{email: o@example.com, "
                                                  "groups: [Else], owner: true}]\n"), "--base-path", "/prod")
        self.write("cipherform.yaml", f"version: 1\nenvironments:\n  qa: {{url: '{self.tenant.url}'}}\n"
                                      f"  prod: {{url: '{other.url}'}}\ninclude: [groups.yaml]\n")
        self.assertIn("name one with -e: qa, prod", self.expect(1, "export").err)
        self.expect(0, "export", "-e", "qa", "--out", self.directory)
        for environment in ("qa", "prod"):
            self.assertIn("No changes.", self.expect(0, "plan", "-e", environment, "--detailed-exitcode").out)

    def test_paths_of_the_environment_lead_to_the_same_files(self):
        self.write("key", harness.KEY).chmod(0o600)
        self.project(self.tenant.url, extra="    api_key: {file: key}\n")
        self.expect(0, "export", "--out", self.out, variables={"CIPHERFORM_API_KEY": None})
        self.expect(0, "plan", "--detailed-exitcode", project=self.out, variables={"CIPHERFORM_API_KEY": None})

    def test_an_incomplete_list_is_not_exported(self):
        page = self.tenant.call("GET", "/tenants/users?limit=100")
        page["total"] += 1
        faults = {"rules": [{"match": {"operation": "list_users"}, "fault": {"status": 200, "body": page}}]}
        broken = self.sandbox("--seed", self.directory / "seed.yaml", "--fault-plan",
                              self.write("faults.json", json.dumps(faults)))
        answer = self.export(1, "--url", broken.url, "--out", self.out)
        self.assertIn("the list of users was not proved complete, so nothing is exported", answer.err)
        self.assertEqual(answer.out, "")
        self.assertFalse(self.out.exists())

    def test_says_what_is_wrong_with_the_command_line(self):
        for arguments, words in {
            (): "cipherform export --url URL",
            ("--url", "ftp://x"): "url must begin with https:// or http://",
            ("--url", self.tenant.url, "-e", "a b"): "cannot name an environment",
            ("--url", self.tenant.url, "--split", "groups"): "name their directory with --out DIR",
            ("--url", self.tenant.url, "--split", "users", "--out", "x"): "--split is 'users', not groups",
            ("--target", "x"): "no option '--target'",
        }.items():
            with self.subTest(arguments):
                self.assertIn(words, self.export(1, *arguments).err)
        answer = self.export(1, "--url", self.tenant.url, variables={"CIPHERFORM_API_KEY": None})
        self.assertIn("set the environment variable CIPHERFORM_API_KEY_QA or CIPHERFORM_API_KEY", answer.err)

    def test_a_directory_that_cannot_be_made_is_named(self):
        answer = self.export(1, "--url", self.tenant.url, "--out", self.directory / "seed.yaml/x")
        self.assertIn("seed.yaml/x: Not a directory", answer.err)

    def test_the_examples_tenants(self):
        for example, name in [("quickstart", "sandbox.yaml")] + [("company", f"sandbox/{n}.yaml")
                                                                 for n in ("qa", "staging", "prod")]:
            with self.subTest(name):
                tenant = self.sandbox("-C", harness.SOURCE / "examples" / example, "--seed", name)
                project = self.directory / example / name
                self.export(0, "--url", tenant.url, "--out", project, "--split", "groups")
                self.valid_by_schema(project)
                self.finds_nothing_to_do(project)


class Large(CipherformTest):
    def test_ten_thousand_users(self):
        tenant = self.sandbox("--users", 10_000)
        project = self.directory / "out"
        self.expect(0, "export", "--url", tenant.url, "--out", project)
        self.assertGreater((project / "groups.yaml").stat().st_size, 10_000 * 20)
        self.assertIn("No changes.", self.expect(0, "plan", "--detailed-exitcode", project=project).out)


if __name__ == "__main__":
    harness.main()
