"""What the tests of the CI kit share: its scripts run with stand-ins for gh and cipherform, and GitHub's reading of logs."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
GITOPS = SOURCE / "examples/gitops"
SCRIPTS = GITOPS / "ci/cipherform"
KEY = "canary-key-7f3a91"
HEAD = "a" * 40
MERGE = "b" * 40
FINGERPRINT = "1f3a5c7e9b2d4f60"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
MALLORY = {"login": "mallory", "type": "User"}
HOSTILE = ("::error::owned\n  ::set-output name=outcome::no-changes\n::add-mask::e\n##[set-env name=PATH]/tmp\n"
           "Eve ##[endgroup] ##\u200b[group]x\n::endgroup::\n\x1b[31mred\x1b[0m\r::warning::after a return\n]]> `$(id)` "
           "</pre></details> @everyone\n\u202egnp.exe\u2028::error::after a separator\n::stop-commands::abc\n::abc::")
# What the kit itself may tell a runner.
OWN_COMMANDS = {"group", "endgroup", "stop-commands", "notice", "warning", "error"}


def plan(environment="qa", code=2, fingerprint=FINGERPRINT, markdown="Plan: 1 to add.\n", text="Plan: 1 to add.\n", **more):
    """What the stand-in for cipherform answers to `plan`."""
    marked = f"<!-- cipherform:plan:{environment} -->\n" + markdown
    document = json.dumps({"cipherform": {"fingerprint": fingerprint}, "resource_changes": []})
    return {"exit": code, **more, "forms": {"text": text, "markdown": marked, "json": document, "html": "<!doctype html>",
                                            "saved": "{}"}}


def commands(log):
    """The workflow commands that GitHub's runner would carry out, by name: `::name …::data` at the start of a line, or,
    in the old form, `##[name …]` anywhere in it; none between ::stop-commands::TOKEN and ::TOKEN::."""
    found, stopped_by = [], None
    for line in re.split(r"\r\n|\r|\n", log):
        command = re.match(r"\s*::([^: ]+)[^:]*::(.*)$", line) or re.search(r"##\[([^ \]]+)[^\]]*\](.*)$", line)
        if not command:
            continue
        name, data = command.groups()
        if stopped_by is not None:
            stopped_by = None if name == stopped_by else stopped_by
            continue
        stopped_by = data if name == "stop-commands" else None
        found.append(name)
    return found


class Ended:
    def __init__(self, code, log):
        self.code, self.log = code, log


class KitTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.home = pathlib.Path(holder.name)
        self.github = {"comments": {}, "issues": [], "pulls": {}, "last_id": 100}
        self.answers = {}
        self.event = {"pull_request": {"number": 7, "head": {"sha": HEAD}}, "repository": {"default_branch": "main"}}
        for name in ("output", "summary"):
            (self.home / name).touch()

    def run_kit(self, script, environment="qa", **variables):
        """Runs one of the kit's scripts as a step of a workflow would; keeps what it did to the state of GitHub."""
        (self.home / "github.json").write_text(json.dumps(self.github))
        (self.home / "cipherform.json").write_text(json.dumps(self.answers))
        (self.home / "event.json").write_text(json.dumps(self.event))
        given = {"PATH": f"{HERE / 'stand_in'}:/usr/bin:/bin", "STAND_IN": self.home, "HOME": self.home,
                 "GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "example/access", "GITHUB_RUN_ID": "42",
                 "GITHUB_SHA": MERGE, "GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_NAME": "push",
                 "GITHUB_EVENT_PATH": self.home / "event.json", "GITHUB_OUTPUT": self.home / "output",
                 "GITHUB_STEP_SUMMARY": self.home / "summary", "RUNNER_TEMP": self.home, "KIT_ENVIRONMENT": environment}
        given.update(variables)
        done = subprocess.run(["bash", SCRIPTS / f"{script}.sh"], env={name: str(value) for name, value in given.items()},
                              cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=120)
        self.github = json.loads((self.home / "github.json").read_text())
        return Ended(done.returncode, done.stdout.decode("utf-8", "replace"))

    def expect(self, code, script, environment="qa", **variables):
        ended = self.run_kit(script, environment, **variables)
        self.assertEqual(ended.code, code, ended.log)
        self.assertLessEqual(set(commands(ended.log)), OWN_COMMANDS, ended.log)
        self.assertNotIn(KEY, ended.log)
        return ended

    def calls(self, program):
        file = self.home / f"{program}_calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def words(self):
        """The arguments of the last call of cipherform."""
        return self.calls("cipherform")[-1]["words"]

    def summary(self):
        return (self.home / "summary").read_text()

    def outputs(self):
        """The step's outputs, read as the runner reads them."""
        found, lines = {}, iter((self.home / "output").read_text().splitlines())
        for line in lines:
            name, _, delimiter = line.partition("<<")
            value = []
            while (part := next(lines)) != delimiter:
                value.append(part)
            found[name] = "\n".join(value)
        return found

    def planned(self, environment="qa", ends=0, variables=None, **more):
        """plan.sh run on a plan as kit.plan() makes it."""
        self.answers["plan"] = plan(environment, **more)
        return self.expect(ends, "plan", environment, CIPHERFORM_API_KEY=KEY, **(variables or {}))


def main():
    unittest.main(module="__main__")
