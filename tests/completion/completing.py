"""What the tests of the shells share: a project with names that a shell would take for something else."""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = os.environ.get("CIPHERFORM_BINARY", "")
MARK = "pwned"
# Each would do something where a script forgot to quote it.
HOSTILE = ["Big Team", "Lovers' Lane", 'The "Inner" Circle', f"$(touch {MARK})", f"`touch {MARK}`", f"; touch {MARK} #",
           "back\\slash", "star*?[x]", "a:b=c@d", "Größe", "~root", "-rf", "!!", "100% {a,b} |&><"]
DECLARATION = """version: 1
environments:
  qa: {url: "https://a.example"}
  qa-eu: {url: "https://b.example"}
  prod: {url: "https://c.example"}
users:
  - {email: ada@example.com, groups: [Engineering]}
  - {email: "adele+x@example.com", groups: [Engineering]}
  - {email: bob@example.net, groups: [Everyone]}
groups:
"""


def scalar(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class CompletionTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cipherform-completion-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        (self.directory / "bin").mkdir()
        (self.directory / "bin/cipherform").symlink_to(pathlib.Path(BINARY).resolve())
        self.project = self.directory / "project"
        self.project.mkdir()
        self.declare(DECLARATION + "".join(f"  {scalar(name)}: {{members: []}}\n" for name in HOSTILE))
        (self.project / "prod.plan").write_text("")
        (self.project / "old plan").write_text("")
        (self.project / "plans").mkdir()

    def declare(self, text):
        (self.project / "cipherform.yaml").write_text(text)

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CIPHERFORM_", "LC_", "LANG"))}
        return kept | {"PATH": f"{self.directory}/bin:{kept['PATH']}", "HOME": str(self.directory), "LC_ALL": "C.UTF-8",
                       "TERM": "dumb", "XDG_CONFIG_HOME": str(self.directory), "XDG_DATA_HOME": str(self.directory)}

    def run_in_project(self, *command, **options):
        done = subprocess.run(command, cwd=self.project, env=self.environment(), capture_output=True, text=True,
                              timeout=120, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done

    def script(self, shell):
        return self.run_in_project("cipherform", "completion", shell).stdout

    def assert_nothing_ran(self):
        self.assertEqual([path for path in self.directory.rglob(MARK)], [])


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command, directory, environment):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe(command[0], command, environment)

    def send(self, keys):
        os.write(self.master, keys.encode())

    def drain(self, seconds):
        """What the shell says is read so that it does not block, and is not looked at."""
        if select.select([self.master], [], [], seconds)[0]:
            try:
                os.read(self.master, 65536)
            except OSError:  # the shell has ended
                pass

    def wait_for(self, path, limit=60):
        end = time.monotonic() + limit
        while not path.exists():
            if time.monotonic() > end:
                raise AssertionError(f"the shell did not write {path.name}")
            self.drain(0.05)
        text = path.read_text()
        path.unlink()
        return text

    def close(self):
        os.close(self.master)
        os.waitpid(self.pid, 0)


def main():
    if not BINARY:
        sys.exit("CIPHERFORM_BINARY must name the binary under test")
    unittest.main(verbosity=1)
