"""docs/promotion.md is what happens: its commands are run in a copy of examples/company on three sandboxes, and print
what it shows. A line "…" there stands for any lines, and "…" within a line for any text."""

import re
import shlex
import subprocess

import harness
from harness import CipherformTest

DOCUMENT = harness.SOURCE / "docs/promotion.md"
# A command and its output, or something that is done in a tenant by hand.
STEP = re.compile(r"<!-- by hand: (?P<tenant>\S+) (?P<email>\S+) (?P<group>\S+) -->|"
                  r"^\$ (?P<command>.*)\n(?P<output>(?:(?!\$ |```).*\n)*)", re.MULTILINE)


def pattern_of(shown):
    def pattern(line):
        if line == "…":
            return "(?:.*\n)*?"
        own = re.escape(line).replace("…", "[^\n]*")
        return own.replace(re.escape("just now"), "(?:just now|a minute ago)") + "\n"  # machines are slow at times
    return "".join(map(pattern, shown.splitlines()))


class Promotion(CipherformTest):
    def setUp(self):
        super().setUp()
        source = harness.SOURCE / "examples/company"
        self.tenants = {name: self.sandbox("-C", source, "--base-path", f"/{name}", "--seed", f"sandbox/{name}.yaml")
                        for name in ("qa", "staging", "prod")}
        self.company = self.example("company", **{name: tenant.url for name, tenant in self.tenants.items()})
        # The example's dates come nearer with every day; what it shows must not depend on them.
        for path in self.company.rglob("*.yaml"):
            path.write_text(re.sub(r'until: "20\d\d', 'until: "2099', path.read_text()))

    def give(self, tenant, email, group):
        tenant = self.tenants[tenant]
        tenant.call("POST", f"/tenants/users/{tenant.user(email)['id']}/groups", {"groupId": tenant.group_id(group)})

    def run_command(self, line):
        """What the command prints, and its exit code; places as in the document."""
        words = shlex.split(line, comments=True)
        self.assertIn(words[0], ("cipherform", "sed"))
        if words[0] == "cipherform":
            words[0] = harness.BINARY
        done = subprocess.run(words, cwd=self.company, env=harness.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        self.assertNotIn(harness.KEY, done.stdout)
        printed = done.stdout
        for port, tenant in zip((8381, 8382, 8383), self.tenants.values()):
            printed = printed.replace(re.search(r"127\.0\.0\.1:\d+", tenant.url).group(0), f"127.0.0.1:{port}")
        return printed, done.returncode

    def test_the_walk_is_as_the_document_says(self):
        steps = list(STEP.finditer(DOCUMENT.read_text()))
        self.assertGreater(len(steps), 20)
        for step in steps:
            if step["tenant"]:
                self.give(step["tenant"], step["email"], step["group"])
                continue
            printed, code = self.run_command(step["command"])
            wanted = re.search(r"# exit (\d+)$", step["command"])
            self.assertEqual(code, int(wanted.group(1)) if wanted else 0, step["command"] + "\n" + printed)
            self.assertRegex(printed, r"\A" + pattern_of(step["output"]) + r"\Z", step["command"])
        for name, groups in (("staging", ["Engineering", "Everyone"]), ("prod", ["ENG-Prod", "Everyone"])):
            self.assertEqual(self.tenants[name].users()["lea@example.com"], groups)


if __name__ == "__main__":
    harness.main()
