"""The plan's JSON as programs see it that were not written for it: GitLab's jq expression, HashiCorp's own types, Open
Policy Agent (conftest's engine) with the policies of examples/, and ajv. All plans are the binary's."""

import copy
import json
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import harness  # noqa: E402
from harness import SOURCE, CipherformTest  # noqa: E402

TOOLS = SOURCE / "build/tools"
POLICIES = SOURCE / "examples/policies"
SCHEMA = SOURCE / "schemas/plan.schema.json"

# Word for word as GitLab documents it for its Terraform widget.
GITLAB = ('([.resource_changes[]?.change.actions?]|flatten)|{"create":(map(select(.=="create"))|length),'
          '"update":(map(select(.=="update"))|length),"delete":(map(select(.=="delete"))|length)}')

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Payments}, {name: Admins, role: ADMIN}]
users:
  - {email: owner@example.com, groups: [Everyone, Admins], owner: true}
  - {email: bob@example.com, groups: [Everyone, Payments]}
  - {email: eve@example.com, groups: [Everyone, Engineering]}
"""
RICH = """
groups:
  Engineering: {members: [ada@example.com, bob@example.com]}
  Payments: {members: []}
  Admins: {membership: additive}
users:
  - {email: ada@example.com, groups: [Everyone]}
  - {email: bob@example.com, groups: [{name: Admins, reason: REASON}]}
"""
GUARDRAILS = "guardrails: {max_removals: {count: 5}, max_creates: 20000, fallback_group: Everyone}\n"

# Hits every guardrail that a valid declaration can hit, and has something blocked.
GUARDED = """
groups:
  Engineering: {membership: additive, members: [bob@example.com], max_members: 1}
  Payments: {membership: additive}
  Admins: {membership: additive}
  Support: {members: []}
users:
  - {email: new@example.com, groups: [Everyone, Admins]}
  - {email: two@example.com, groups: [Everyone]}
"""
STRICT = """guardrails:
  max_removals: {count: 1}
  max_creates: 1
  privileged_groups: [Admins]
  separate_duties: [[Engineering, Payments]]
"""
LEAVERS = """  - {email: gus@example.com, groups: [Support]}
  - {email: hal@example.com, groups: [Everyone, Support]}
  - {email: ivy@example.com, groups: [Everyone, Support]}
"""

# A group whose name would break out of a string, an address, a table, a page, a log.
HOSTILE = "a\"b\\c</script>|`@everyone`::set-output name=x::\u202e=cmd()\u200b' ${x}"


def setUpModule():
    for tool in (TOOLS / "bin/opa", TOOLS / "bin/terraform_json", TOOLS / "node_modules/ajv/package.json"):
        if not tool.exists():
            raise AssertionError(f"{tool} is missing: run scripts/test-tools")


def run(*command, stdin=None, **variables):
    return subprocess.run([str(part) for part in command], input=stdin, capture_output=True, text=True, timeout=300,
                          env=harness.environment(**variables))


class PlanJson(CipherformTest):
    def plan(self, seed, body, *arguments, guardrails=GUARDRAILS):
        """A plan that the binary saved."""
        tenant = self.sandbox("--seed", self.write("seed.yaml", seed))
        self.project(tenant.url, body, guardrails)
        self.made = getattr(self, "made", 0) + 1
        path = self.directory / f"plan-{self.made}.json"
        self.expect(0, "plan", "--out", path, *arguments)
        return path

    def rich(self, reason="OPS-411"):
        return self.plan(SEED, RICH.replace("REASON", reason))

    def empty(self):
        return self.plan(SEED, "users: [{email: eve@example.com, groups: [Everyone]}]\n")

    def hostile(self):
        name = json.dumps(HOSTILE)
        return self.plan(SEED.replace("{name: Payments}", f"{{name: Payments}}, {{name: {name}}}")
                         .replace("[Everyone, Payments]", f"[Everyone, {name}]"),
                         f"groups:\n  {name}: {{members: [eve@example.com]}}\n")

    def guarded(self, *arguments):
        seed = SEED.replace("{name: Payments}", "{name: Payments}, {name: Support}") + LEAVERS
        return self.plan(seed, GUARDED, *arguments, guardrails=STRICT)

    def large(self):
        return self.plan(SEED, "users:\n" + "".join(
            f"  - {{email: user-{i:05}@example.com, groups: [Everyone]}}\n" for i in range(10_000)))

    # ------------------------------------------------------------------ jq

    def test_gitlabs_widget_counts(self):
        for path, counts in [(self.rich(), (1, 2, 0, 2)), (self.empty(), (0, 0, 0, 0)), (self.hostile(), (0, 1, 0, 1)),
                             (self.large(), (10_000, 0, 0, 0))]:
            created, added, updated, removed = counts
            done = run("/usr/bin/jq", "-r", GITLAB, path)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(json.loads(done.stdout), {"create": created + added, "update": updated, "delete": removed})

    # ----------------------------------------------------------- HashiCorp

    def understood(self, path):
        done = run(TOOLS / "bin/terraform_json", "plan", path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def test_hashicorps_types_understand_a_plan(self):
        path = self.rich()
        first, *rest = self.understood(path)
        self.assertRegex(first, r"^format 1\.0, made \S+Z, complete true$")
        changes = ["".join(line.strip() + "; " for line in rest[i:i + 3]) for i in range(0, len(rest), 3)]
        user, membership = "cipherscale_user", "cipherscale_group_membership"
        self.assertEqual(changes, [
            f'create {user}.users["ada@example.com"]; managed {user} users["ada@example.com"] of cipherform; '
            'email "ada@example.com"; ',
            *[f'{action} {membership}.memberships["{index}"]; managed {membership} memberships["{index}"] of '
              f'cipherform; email "{index.split("/")[0]}"; '
              for action, index in [("create", "bob@example.com/Engineering"), ("create", "bob@example.com/Admins"),
                                    ("delete", "bob@example.com/Payments"), ("delete", "eve@example.com/Engineering")]],
        ])

    def test_hashicorps_types_understand_any_size_and_any_name(self):
        self.assertEqual(len(self.understood(self.empty())), 1)
        self.assertEqual(sum(line.startswith("create cipherscale_user.") for line in self.understood(self.large())), 10_000)
        escaped = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
        self.assertEqual([line for line in self.understood(self.hostile()) if not line.startswith(" ")][1:],
                         [f'create cipherscale_group_membership.memberships["eve@example.com/{escaped}"]',
                          f'delete cipherscale_group_membership.memberships["bob@example.com/{escaped}"]'])

    # ------------------------------------------------------------ policies

    def judged(self, path):
        """What the policies deny and warn of, and the exit code that CI sees."""
        opa = [TOOLS / "bin/opa", "eval", "--data", POLICIES, "--input", path]
        done = run(*opa, "--format", "json", "data.main")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
        code = run(*opa, "--format", "pretty", "--fail-defined", "data.main.deny[message]").returncode
        return sorted(found["deny"]), sorted(found["warn"]), code

    def test_the_policies_own_tests_pass(self):
        done = run(TOOLS / "bin/opa", "test", POLICIES, "--format", "json")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(len(json.loads(done.stdout)), 6)
        self.assertEqual(run(TOOLS / "bin/opa", "check", "--strict", POLICIES).returncode, 0)

    def test_policies_deny_what_they_say(self):
        self.assertEqual(self.judged(self.rich()), (["bob@example.com: would be removed from Payments"], [], 1))
        self.assertEqual(self.judged(self.rich(reason="please")),
                         (["bob@example.com: Admins is privileged, and no ticket is given",
                           "bob@example.com: would be removed from Payments"], [], 1))
        self.assertEqual(self.judged(self.large()), (["10000 users would be created; at most 20 in one plan"], [], 1))

    def test_policies_see_the_grants_of_a_new_user(self):
        body = "users: [{email: new@example.com, groups: [Everyone, {name: Admins, reason: soon}]}]\n"
        self.assertEqual(self.judged(self.plan(SEED, body)),
                         (["new@example.com: Admins is privileged, and no ticket is given"], [], 1))
        self.assertEqual(self.judged(self.plan(SEED, body.replace("soon", "OPS-7"))), ([], [], 0))

    def test_policies_let_the_rest_pass(self):
        self.assertEqual(self.judged(self.empty()), ([], [], 0))
        self.assertEqual(self.judged(self.hostile()), ([], [], 0))

    def test_policies_deny_what_is_no_plan(self):
        other = self.write("other.json", json.dumps({"format_version": "1.0", "resource_changes": []}))
        self.assertEqual(self.judged(other), (["this is no cipherform plan of format 1"], [], 1))

    # ----------------------------------------------------------------- ajv

    def validated(self, *paths, schema=SCHEMA):
        return run("node", SOURCE / "tests/tools/ajv/validate.js", schema, *paths, NODE_PATH=str(TOOLS / "node_modules"))

    def test_ajv_finds_every_plan_valid(self):
        paths = [self.rich(), self.empty(), self.hostile(), self.large(), self.guarded(),
                 self.guarded("--target", "e*", "--exclude", "Payments")]
        guarded, selected = (json.loads(path.read_text())["cipherform"] for path in paths[-2:])
        self.assertEqual({hit["kind"] for hit in guarded["guardrail_hits"]},
                         {"max_removals", "max_creates", "max_members", "separate_duties", "privileged_reason"})
        self.assertEqual([blocked["cause"] for blocked in guarded["blocked"]], ["last_membership"])
        self.assertEqual(selected["selection"], {"targets": ["e*"], "excludes": ["Payments"]})
        done = self.validated(*paths)
        self.assertEqual(done.stdout.splitlines(), [f"{path}: valid" for path in paths])
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_ajv_finds_promotions_and_differences_valid(self):
        qa = self.sandbox("--seed", self.write("qa.yaml", SEED.replace("[Everyone, Payments]", "[Engineering, Payments]")))
        prod = self.sandbox("--seed", self.write("prod.yaml", SEED.replace("{name: Payments}, ", "")
                                                 .replace("[Everyone, Payments]", "[Everyone]")
                                                 .replace("eve@", "dan@")), "--base-path", "/prod")
        self.write("cipherform.yaml", f"""version: 1
environments: {{qa: {{url: "{qa.url}"}}, prod: {{url: "{prod.url}", promotes_from: staging}}, staging: {{url: "{qa.url}"}}}}
groups: {{Engineering: {{members: []}}, Payments: {{members: []}}}}
""")
        promotion, difference = self.directory / "promotion.json", self.directory / "difference.json"
        self.expect(0, "promote", "qa", "prod", "--out", promotion)
        self.expect(0, "diff", "qa", "prod", "--format", f"json={difference}", "--exclude", "owner@*")
        own = json.loads(promotion.read_text())["cipherform"]
        self.assertEqual({blocked["cause"] for blocked in own["blocked"]}, {"group_absent"})
        self.assertEqual({hit["kind"] for hit in own["guardrail_hits"]}, {"skipped_stage"})
        done = self.validated(promotion)
        self.assertEqual((done.stdout, done.stderr), (f"{promotion}: valid\n", ""))
        paths = [difference, *sorted((SOURCE / "tests/golden/diff").glob("*.json"))]
        done = self.validated(*paths, schema=SOURCE / "schemas/diff.schema.json")
        self.assertEqual((done.stdout.splitlines(), done.stderr), ([f"{path}: valid" for path in paths], ""))

    def test_ajv_refuses_what_was_changed(self):
        rich = json.loads(self.rich().read_text())
        create, remove = rich["resource_changes"][0], rich["resource_changes"][-1]
        self.assertEqual((create["cipherform"]["kind"], remove["cipherform"]["kind"]), ("create_user", "remove_member"))
        changes = {
            "another major version": (lambda d: d.update(format_version="2.0"), "/format_version must match pattern"),
            "an unknown key": (lambda d: d.update(extra=1), "/ must NOT have additional properties"),
            "a count that is text": (lambda d: d["cipherform"].update(live_users="3"), "/cipherform/live_users must be integer"),
            "a fingerprint that is none": (lambda d: d["cipherform"].update(fingerprint="x"),
                                           "/cipherform/fingerprint must match pattern"),
            "a create that deletes": (lambda d: d["resource_changes"][0]["change"].update(actions=["delete"]),
                                      "/resource_changes/0/change/actions must be equal to constant"),
            "a user without a group": (lambda d: d["resource_changes"][0]["change"]["after"].update(groups=[]),
                                       "/resource_changes/0/change/after/groups must NOT have fewer than 1 items"),
            "a removal without its cause": (lambda d: d["resource_changes"][-1]["cipherform"].pop("cause"),
                                            "/cipherform must have required property 'cause'"),
            "a plan without its changes": (lambda d: d.pop("resource_changes"),
                                           "/ must have required property 'resource_changes'"),
        }
        for what, (change, complaint) in changes.items():
            document = copy.deepcopy(rich)
            change(document)
            done = self.validated(self.write("changed.json", json.dumps(document)))
            with self.subTest(what):
                self.assertEqual(done.returncode, 1)
                self.assertIn(complaint, done.stdout)


if __name__ == "__main__":
    harness.main()
