"""What the workflows, the action and the other files of the kit promise in docs/gitops.md, read from the files."""

import json
import os
import re
import subprocess
import unittest

import yaml

import kit
from kit import GITOPS, SCRIPTS, SOURCE

WORKFLOWS = {path.stem: path for path in sorted((GITOPS / ".github/workflows").glob("*.yml"))}
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def load(path):
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # BaseLoader: `on` stays a word


def steps():
    for name, path in WORKFLOWS.items():
        for job_name, job in load(path)["jobs"].items():
            for step in job["steps"]:
                yield f"{name}/{job_name}", job, step


class Workflows(unittest.TestCase):
    def job(self, workflow, name):
        return load(WORKFLOWS[workflow])["jobs"][name]

    def test_there_are_three(self):
        self.assertEqual(list(WORKFLOWS), ["cipherform-apply", "cipherform-drift", "cipherform-plan"])

    def test_nothing_runs_with_secrets_for_a_fork(self):
        for name, path in WORKFLOWS.items():
            triggers = load(path)["on"]
            self.assertLessEqual(set(triggers), {"pull_request", "push", "schedule", "workflow_dispatch"}, name)
        plan = load(WORKFLOWS["cipherform-plan"])
        self.assertEqual(set(plan["on"]), {"pull_request"})
        for name, job in plan["jobs"].items():
            if "secrets." in json.dumps(job) or "environment" in job or "write" in json.dumps(job["permissions"]):
                self.assertEqual(name, "plan")
                self.assertTrue(job["if"].startswith(
                    "github.event.pull_request.head.repo.full_name == github.repository && "))
                self.assertNotIn("||", job["if"])

    def test_a_forks_pull_request_is_validated(self):
        job = self.job("cipherform-plan", "validate")
        self.assertNotIn("if", job)
        self.assertEqual(job["permissions"], {"contents": "read"})
        self.assertEqual(job["steps"][-1]["with"], {"step": "validate"})

    def test_permissions_are_named_and_few(self):
        allowed = {"cipherform-plan/plan": {"pull-requests": "write"}, "cipherform-drift/drift": {"issues": "write"},
                   "cipherform-apply/plan-qa": {"pull-requests": "read"},
                   "cipherform-apply/plan-prod": {"pull-requests": "read"}}
        for name, path in WORKFLOWS.items():
            workflow = load(path)
            self.assertEqual(workflow["permissions"], {}, name)
            for job_name, job in workflow["jobs"].items():
                expected = {"contents": "read"} | allowed.get(f"{name}/{job_name}", {})
                self.assertEqual(job["permissions"], expected, f"{name}/{job_name}")

    def test_actions_are_pinned_or_local(self):
        for where, _, step in steps():
            if "uses" in step and step["uses"] != "./ci/cipherform":
                self.assertRegex(step["uses"], r"^actions/[a-z-]+@[0-9a-f]{40}$", where)
        for path in WORKFLOWS.values():
            for line in path.read_text().splitlines():
                if "uses: actions/" in line:
                    self.assertRegex(line, r" # v\d+\.\d+\.\d+$")
                if "container:" in line:
                    self.assertRegex(line, r"container: registry\.example\.com/\S+@sha256:0{64} ")

    def test_no_expression_is_in_a_script(self):
        scripts = [step["run"] for _, _, step in steps() if "run" in step]
        scripts += [step["run"] for step in load(SCRIPTS / "action.yml")["runs"]["steps"]]
        self.assertEqual(len(scripts), 1)
        for script in scripts:
            self.assertNotIn("${{", script)

    def test_nothing_that_a_contributor_writes_is_in_an_expression(self):
        for path in [*WORKFLOWS.values(), SCRIPTS / "action.yml"]:
            for expression in EXPRESSION.findall(path.read_text()):
                self.assertNotRegex(expression, r"\.(title|body|ref|label|login|message|email)\b|head_ref|toJSON", path)

    def test_checkouts_keep_no_credentials(self):
        for where, _, step in steps():
            if step.get("uses", "").startswith("actions/checkout@"):
                self.assertEqual(step["with"], {"persist-credentials": "false"}, where)

    def test_each_key_goes_to_one_kind_of_step_and_no_token_with_it(self):
        for where, job, step in steps():
            given = step.get("with", {})
            environment = job.get("environment", "")
            kind = given.get("step")
            self.assertNotIn("env", step, where)
            self.assertNotIn("env", job, where)
            self.assertEqual("api-key" in given, kind in ("plan", "apply"), where)
            self.assertEqual("ledger" in given, kind == "apply", where)
            self.assertEqual("token" in given, kind in ("comment", "newest", "approved", "drift"), where)
            if kind == "plan":
                self.assertEqual(given["api-key"], "${{ secrets.CIPHERFORM_READ_KEY }}", where)
                self.assertTrue(environment.endswith("-plan"), where)
            if kind == "apply":
                self.assertEqual(given["api-key"], "${{ secrets.CIPHERFORM_WRITE_KEY }}", where)
                self.assertEqual(environment, given["environment"], where)
                self.assertEqual(given["fingerprint"], f"${{{{ needs.plan-{environment}.outputs.fingerprint }}}}", where)
                self.assertEqual(job["needs"], f"plan-{environment}", where)
                self.assertIn(f"needs.plan-{environment}.result == 'success'", job["if"], where)

    def test_the_write_key_is_in_the_apply_workflow_only(self):
        for name, path in WORKFLOWS.items():
            self.assertEqual("WRITE_KEY" in path.read_text(), name == "cipherform-apply", name)
        self.assertEqual(set(load(WORKFLOWS["cipherform-apply"])["on"]), {"push", "workflow_dispatch"})

    def test_what_is_applied_is_what_was_approved(self):
        for environment in ("qa", "prod"):
            job = self.job("cipherform-apply", f"plan-{environment}")
            self.assertEqual(job["outputs"]["fingerprint"], "${{ steps.approved.outputs.fingerprint }}")
            by_id = {step["id"]: step for step in job["steps"] if "id" in step}
            self.assertEqual(by_id["approved"]["with"]["step"], "approved")
            self.assertEqual(by_id["plan"]["with"]["expected-fingerprint"], "${{ steps.approved.outputs.fingerprint }}")
            self.assertNotIn("continue-on-error", json.dumps(job))

    def test_only_the_newest_commit_is_applied(self):
        for name, job in load(WORKFLOWS["cipherform-apply"])["jobs"].items():
            kinds = [step["with"]["step"] for step in job["steps"] if step["uses"] == "./ci/cipherform"]
            conditions = [step.get("if") for step in job["steps"] if step.get("with", {}).get("step") != "plan"]
            self.assertEqual(kinds[0], "newest", name)
            self.assertEqual(set(conditions), {None}, name)

    def test_runs_of_one_kind_do_not_overlap(self):
        for name in ("cipherform-plan", "cipherform-drift"):
            self.assertIn("group", load(WORKFLOWS[name])["concurrency"])
        for name, job in load(WORKFLOWS["cipherform-apply"])["jobs"].items():
            self.assertEqual(job["concurrency"]["group"], "cipherform-" + name)
            self.assertNotEqual(job["concurrency"].get("cancel-in-progress"), "true")

    def test_every_job_has_a_time_limit(self):
        for where, job, _ in steps():
            self.assertIn("timeout-minutes", job, where)


class Action(unittest.TestCase):
    def test_every_step_that_a_workflow_names_is_a_script(self):
        script = load(SCRIPTS / "action.yml")["runs"]["steps"][0]["run"]
        named = {step["with"]["step"] for _, _, step in steps() if step.get("uses") == "./ci/cipherform"}
        self.assertEqual(named, {"validate", "plan", "comment", "newest", "approved", "apply", "drift"})
        for name in named:
            self.assertRegex(script, rf"\b{name}\b")
            self.assertTrue((SCRIPTS / f"{name}.sh").is_file())

    def test_every_input_that_a_workflow_gives_exists(self):
        inputs = set(load(SCRIPTS / "action.yml")["inputs"])
        for where, _, step in steps():
            if step.get("uses") == "./ci/cipherform":
                self.assertLessEqual(set(step["with"]), inputs, where)

    def test_no_other_step_can_be_named(self):
        script = load(SCRIPTS / "action.yml")["runs"]["steps"][0]["run"]
        for name in ("", "../../tmp/x", "values", "setup; id"):
            done = subprocess.run(["bash", "-c", script], env={"KIT_STEP": name, "GITHUB_ACTION_PATH": str(SCRIPTS),
                                                               "PATH": os.environ["PATH"]}, capture_output=True, timeout=60)
            self.assertEqual((done.returncode, done.stdout), (1, b"::error::The kit has no such step.\n"))


class Gitlab(unittest.TestCase):
    pipeline = load(GITOPS / ".gitlab-ci.yml")

    def test_the_widget_gets_what_gitlab_documents(self):
        program = re.search(r"jq -r '([^']+)'", "\n".join(self.pipeline[".plan"]["script"]))[1]
        changes = [{"change": {"actions": [action]}} for action in ("create", "create", "delete", "no-op", "update")]
        for given, counts in (({"resource_changes": changes}, {"create": 2, "update": 1, "delete": 1}),
                              ({"resource_changes": []}, {"create": 0, "update": 0, "delete": 0})):
            done = subprocess.run(["jq", "-r", program], input=json.dumps(given), capture_output=True, text=True, check=True)
            self.assertEqual(json.loads(done.stdout), counts)
        self.assertEqual(self.pipeline[".plan"]["artifacts"]["reports"]["terraform"],
                         "cipherform-plan-$KIT_ENVIRONMENT/tfplan.json")

    def test_plans_are_not_public(self):
        self.assertEqual(self.pipeline[".plan"]["artifacts"]["public"], "false")

    def test_keys_are_where_they_belong(self):
        for name, job in self.pipeline.items():
            text = json.dumps(job)
            self.assertEqual("CIPHERFORM_READ_KEY" in text, name == ".plan", name)
            self.assertEqual("CIPHERFORM_WRITE_KEY" in text, name == ".apply", name)

    def test_applies_are_started_by_hand_on_the_default_branch_with_the_plan_of_the_same_pipeline(self):
        [rule] = self.pipeline[".apply"]["rules"]
        self.assertEqual(rule, {"if": '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
                                "when": "manual"})
        for environment in ("qa", "prod"):
            self.assertIn(f"plan-{environment}", self.pipeline[f"apply-{environment}"]["needs"])
            self.assertEqual(self.pipeline[f"apply-{environment}"]["variables"]["KIT_ENVIRONMENT"], environment)
        self.assertIn("fingerprint", self.pipeline[".apply"]["script"][0])

    def test_a_forks_merge_request_gets_no_plan(self):
        rules = [rule["if"] for rule in self.pipeline[".plan"]["rules"]]
        self.assertEqual([rule for rule in rules if "merge_request_event" in rule],
                         ['$CI_PIPELINE_SOURCE == "merge_request_event" && '
                          "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID"])


class PreCommit(unittest.TestCase):
    def test_the_hook_validates_the_whole_declaration(self):
        [hook] = load(SOURCE / ".pre-commit-hooks.yaml")
        self.assertEqual((hook["entry"], hook["language"]), ("cipherform validate", "system"))
        self.assertEqual(hook["pass_filenames"], "false")
        self.assertRegex("users/a.yaml", hook["files"])
        self.assertRegex("cipherform.yml", hook["files"])
        [repo] = load(GITOPS / ".pre-commit-config.yaml")["repos"]
        self.assertEqual([used["id"] for used in repo["hooks"]], [hook["id"]])


class Owners(unittest.TestCase):
    def test_what_decides_where_keys_go_has_an_owner(self):
        owners = (GITOPS / ".github/CODEOWNERS").read_text()
        for path in ("/cipherform.yaml", "/ci/", "/.github/", "/.gitlab-ci.yml"):
            self.assertRegex(owners, rf"(?m)^{re.escape(path)}\s+@example/security$")


if __name__ == "__main__":
    kit.main()
