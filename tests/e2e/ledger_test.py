"""history, unlock and --ledger through the real binary, with the ledger in a file and in PostgreSQL."""

import json
import os
import subprocess

import jsonschema

import harness
import postgres
from harness import CipherformTest

SEED = """
groups: [{name: Everyone}, {name: Engineering}]
users: [{email: owner@example.com, groups: [Everyone], owner: true}]
"""
BODY = """
groups: {Engineering: {members: [ada@example.com, owner@example.com]}}
users: [{email: ada@example.com, groups: [Everyone]}]
"""
SCHEMA = json.loads((harness.SOURCE / "schemas" / "history.schema.json").read_text())


class LedgerCommands:
    """The same for both databases."""

    arguments = ()  # what names the ledger

    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(self.tenant.url, BODY)

    def run_cipherform(self, command, *arguments, **options):
        answer = super().run_cipherform(command, *self.arguments, *arguments, **options)
        self.assertNotIn(postgres.PASSWORD, answer.out + answer.err, "the ledger's password is in the output")
        return answer

    def history(self, *arguments):
        document = json.loads(self.expect(0, "history", "--format", "json", *arguments).out)
        jsonschema.Draft7Validator(SCHEMA).validate(document)
        return document

    def asking_apply(self):
        """An apply that holds the lock and waits for an answer."""
        process = subprocess.Popen([harness.BINARY, "-C", str(self.directory), "apply", *self.arguments],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env=harness.environment())
        self.addCleanup(self.end, process)
        said = ""
        while "accepted" not in said:
            read = process.stderr.read(1)
            self.assertTrue(read, said)
            said += read
        return process

    @staticmethod
    def end(process):
        process.kill()
        if not process.stdin.closed:
            process.communicate(timeout=60)

    def test_history_shows_what_was_applied(self):
        self.assertEqual(self.expect(0, "history").out, "No apply is recorded.\n")
        self.assertEqual(self.history()["runs"], [])
        self.expect(0, "apply", "--auto-approve")
        lines = self.expect(0, "history", "-e", "qa").out.splitlines()
        self.assertEqual(lines[0].split(), ["RUN", "STARTED", "WHO", "ENVIRONMENT", "RESULT", "CREATE", "ADD",
                                            "REMOVE", "DONE", "TOOK"])
        number, _, who, environment, result, creates, adds, removes, done, *_ = lines[1].split()
        self.assertEqual([environment, result, creates, adds, removes, done], ["qa", "converged", "1", "1", "0", "2"])
        self.assertTrue(who.endswith("@" + os.uname().nodename))

        shown = self.expect(0, "history", number).out
        self.assertIn(f"Run {number} of qa ({self.tenant.url}): converged\n", shown)
        self.assertRegex(shown, r"(?m)done +1 +create_user +ada@example\.com")
        self.assertRegex(shown, r"(?m)done +1 +add_member +owner@example\.com +Engineering$")

        runs = self.history()["runs"]
        self.assertEqual([run["state"] for run in runs], ["converged"])
        document = self.history(number)
        self.assertEqual(document["run"], runs[0])
        self.assertEqual([(action["kind"], action["outcome"]) for action in document["actions"]],
                         [("create_user", "done"), ("add_member", "done")])

    def test_history_lists_the_newest_first_and_no_more_than_asked_for(self):
        for name in ("bob", "cyd"):
            self.project(self.tenant.url, BODY.replace("users: [", f"users: [{{email: {name}@example.com, "
                                                       "groups: [Everyone]}, "))
            self.expect(0, "apply", "--auto-approve")
        runs = self.history()["runs"]
        self.assertEqual(len(runs), 2)
        self.assertGreater(runs[0]["id"], runs[1]["id"])
        self.assertEqual(self.history("--limit", "1")["runs"], runs[:1])

    def test_an_unknown_run_is_an_error(self):
        self.assertIn("the ledger has no run 7", self.expect(1, "history", "7").err)
        self.assertIn("'x' is not the number of a run", self.expect(1, "history", "x").err)

    def test_a_running_apply_is_shown_as_the_holder_and_can_be_unlocked(self):
        first = self.asking_apply()
        answer = self.expect(1, "apply", "--auto-approve")
        self.assertRegex(answer.err, rf"qa is being applied by \S+ \(pid {first.pid}\) since 20\d\d-")
        answer = self.expect(1, "unlock", stdin="no\n")
        self.assertRegex(answer.err, rf"qa is locked by \S+ \(pid {first.pid}\) since 20\S+, until 20\S+")
        self.assertIn("Not unlocked. Nothing was changed.", answer.err)
        self.assertIn("there is nobody to answer", self.expect(1, "unlock").err)
        answer = self.expect(0, "unlock", stdin="yes\n")
        self.assertIn("Unlocked qa.", answer.out)
        self.assertEqual(self.expect(0, "unlock").out, "Nobody holds the lock of qa.\n")
        # The one that lost its lock sends nothing, whatever it is told.
        out, err = first.communicate("yes\n", timeout=60)
        self.assertEqual(first.returncode, 1, out + err)
        self.assertNotIn("ada@example.com", self.tenant.users())
        self.expect(0, "apply", "--auto-approve")
        self.assertIn("ada@example.com", self.tenant.users())

    def test_a_killed_apply_leaves_a_lock_that_the_next_one_takes_over(self):
        first = self.asking_apply()
        first.kill()
        first.communicate(timeout=60)
        self.expect(0, "apply", "--auto-approve")
        self.assertIn("ada@example.com", self.tenant.users())

    def test_unlock_without_a_question(self):
        self.asking_apply()
        self.assertIn("Unlocked qa.", self.expect(0, "unlock", "--auto-approve").out)

    def test_unlock_without_a_ledger_makes_none(self):
        self.assertEqual(self.expect(0, "unlock").out, "Nobody holds the lock of qa.\n")
        self.assertFalse((self.directory / ".cipherform").exists())


def as_nobody():
    """Root may write everything, so what others may not do is tried as nobody."""
    return ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] if os.geteuid() == 0 else []


class LedgerInAFile(LedgerCommands, CipherformTest):
    def test_a_directory_that_may_not_be_written_is_found_before_the_first_request(self):
        self.project("http://127.0.0.1:1/qa", BODY)  # any request would fail, with another error
        (self.directory / ".cipherform").mkdir(mode=0o555)
        os.chmod(self.directory, 0o755)
        done = subprocess.run([*as_nobody(), harness.BINARY, "-C", str(self.directory), "apply", "--auto-approve"],
                              env=harness.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the ledger cannot be made: Permission denied (make the state directory writable", done.stderr)
        self.assertNotIn("127.0.0.1", done.stderr)

    def test_history_reads_what_it_may_not_write(self):
        self.expect(0, "apply", "--auto-approve")
        state = self.directory / ".cipherform"
        before = sorted(path.name for path in state.iterdir())
        os.chmod(state / "ledger.sqlite", 0o444)
        os.chmod(state, 0o555)
        self.addCleanup(os.chmod, state, 0o755)
        os.chmod(self.directory, 0o755)
        os.chmod(self.directory / "cipherform.yaml", 0o644)
        done = subprocess.run([*as_nobody(), harness.BINARY, "-C", str(self.directory), "history"],
                              env=harness.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("converged", done.stdout)
        self.assertEqual(sorted(path.name for path in state.iterdir()), before)


class LedgerInPostgres(LedgerCommands, CipherformTest):
    @classmethod
    def setUpClass(cls):
        cls.server = postgres.Postgres()
        cls.addClassCleanup(cls.server.close)
        cls.arguments = ("--ledger", cls.server.url)

    def setUp(self):
        self.server.sql("DROP SCHEMA IF EXISTS cipherform CASCADE")
        super().setUp()

    def test_nothing_is_in_the_state_directory(self):
        self.expect(0, "apply", "--auto-approve")
        self.assertFalse((self.directory / ".cipherform").exists())

    def test_the_password_is_in_no_output_of_any_command(self):
        plan = self.directory / "plan.json"
        variables = {"CIPHERFORM_LOG_LEVEL": "debug"}
        self.expect(0, "plan", "--out", plan, variables=variables)
        self.expect(0, "apply", plan, variables=variables)
        self.assertNotIn(postgres.PASSWORD, plan.read_text())
        for table in ("leases", "runs", "actions", "tenants"):
            dumped = self.server.sql(f"SELECT t::text FROM cipherform.{table} t")
            self.assertNotIn(postgres.PASSWORD, "\n".join(dumped))

    def test_errors_repeat_no_password(self):
        for url in (self.server.url.replace("/postgres?", "/nowhere?"),
                    self.server.url.replace("cipherform:", "nobody:"),
                    self.server.url.replace("@/", "@x@/"),
                    f"postgresql://u:{postgres.PASSWORD}@127.0.0.1:1/x",
                    f"mysql://u:{postgres.PASSWORD}@127.0.0.1/x"):
            self.arguments = ("--ledger", url)
            for command in (("plan",), ("apply", "--auto-approve"), ("history",), ("unlock", "-e", "qa")):
                self.assertIn("ledger", self.expect(1, *command).err)
        self.assertEqual(len(self.tenant.users()), 1)

    def test_a_url_in_the_wrong_place_is_not_repeated(self):
        url, self.arguments = self.server.url, ()
        for command in ((url,), ("plan", url), ("plan", f"--ledgr={url}"), ("history", url), ("help", url)):
            self.expect(1, *command)

    def test_the_environment_names_the_ledger_and_flag_beats_variable_beats_file(self):
        url = self.server.url_without_password
        self.project(self.tenant.url, BODY, extra=f"    ledger: {url}\n")
        self.arguments = ()
        password = {"PGPASSWORD": postgres.PASSWORD}
        self.expect(0, "apply", "--auto-approve", variables=password)
        self.assertEqual(len(self.history_of(password)), 1)
        wrong = url.replace("/postgres?", "/nowhere?")
        answer = self.expect(1, "history", variables={**password, "CIPHERFORM_LEDGER": wrong})
        self.assertIn("nowhere", answer.err)
        self.assertEqual(len(self.history_of({**password, "CIPHERFORM_LEDGER": wrong}, "--ledger", url)), 1)

    def history_of(self, variables, *arguments):
        return json.loads(self.expect(0, "history", *arguments, "--format", "json", variables=variables).out)["runs"]

    def test_a_password_in_the_declaration_is_refused_and_not_repeated(self):
        self.project(self.tenant.url, BODY, extra=f"    ledger: {self.server.url}\n")
        self.arguments = ()
        answer = self.expect(1, "validate")
        self.assertIn("PGPASSFILE", answer.err)


if __name__ == "__main__":
    harness.main()
