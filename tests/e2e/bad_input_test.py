"""Bad input of every kind: its own clear error, exit 1, and nothing changed."""

import os
import socket
import subprocess
import unittest

import harness
from harness import CipherformTest, http_answer, raw_server

SEED = """
groups: [{name: Everyone}, {name: Engineering}, {name: Admins, role: ADMIN}]
users:
  - {email: owner@example.com, groups: [Everyone, Admins], owner: true}
"""
BODY = """
users:
  - {email: owner@example.com, groups: [Everyone, {name: Admins, reason: OPS-1}]}
  - {email: ada@example.com, groups: [Engineering]}
"""


class BadDeclaration(CipherformTest):
    def refused(self, *expected, command="validate"):
        answer = self.expect(1, command)
        self.assertEqual(answer.out, "")
        for text in expected:
            self.assertIn(text, answer.err)
        return answer

    def root(self, text):
        self.write("cipherform.yaml", text)

    def test_no_file(self):
        self.refused("cipherform.yaml", "error:")

    def test_no_directory(self):
        answer = self.run_cipherform("validate", project=self.directory / "nowhere")
        self.assertEqual(answer.code, 1)
        self.assertIn("nowhere", answer.err)

    def test_empty_file(self):
        self.root("")
        self.refused("cipherform.yaml", "empty")

    def test_directory_in_place_of_the_file(self):
        (self.directory / "cipherform.yaml").mkdir()
        self.refused("cipherform.yaml", "directory")

    def test_binary(self):
        for content, expected in [(bytes(range(256)), "1:1: error: a NUL byte"),
                                  (b"version: 1\n\x7fELF\x02", "2:1: error: a control character"),
                                  (b"version: 1\n# caf\xe9\n", "2:6: error: not valid UTF-8"),
                                  ("version: 1\n".encode("utf-16"), "1:1: error: not valid UTF-8")]:
            with self.subTest(expected):
                (self.directory / "cipherform.yaml").write_bytes(content)
                self.refused("cipherform.yaml:" + expected)

    def test_scalar_of_100_megabytes(self):
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\nusers:\n  - email: "
                  + "a" * 100_000_000 + "\n    groups: [A]\n")
        self.refused("cipherform.yaml:4:1: error: a line of more than 1 MiB")

    def test_scalar_of_100_megabytes_over_many_lines(self):
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\nusers:\n  - email: \""
                  + ("a" * 999 + "\n") * 100_000 + "\"\n    groups: [A]\n")
        self.refused("cipherform.yaml:4:5: error: nothing but one value in the 4 MiB that begin here")

    def test_alias_bomb(self):
        bomb = "version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\nteams:\n"
        bomb += "  a: &a [x@example.com, x@example.com, x@example.com, x@example.com, x@example.com, x@example.com]\n"
        for this, before in zip("bcdefghijk", "abcdefghij"):
            bomb += f"  {this}: &{this} [{', '.join(['*' + before] * 9)}]\n"
        self.root(bomb)
        self.refused("error: aliases expand to more than 10000000 values")

    def test_duplicate_and_unknown_keys_are_reported_together(self):
        self.root("version: 1\nversion: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\n"
                  "users:\n  - {email: a@example.com, group: [A]}\n  - {email: b@example.com, groups: [A]}\n")
        answer = self.refused("cipherform.yaml:2:1: error: ", "cipherform.yaml:5:28: error: ", "'groups'")
        self.assertIn("2 errors.", answer.err)

    def test_unterminated_quote_does_not_swallow_the_file(self):
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\nusers:\n"
                  "  - {email: ada@example.com, groups: [\"Engineering]}\n  - {email: b@example.com, groups: [A]}\n")
        self.refused("cipherform.yaml:4:39: error: a value must stand on one line (is a quote not closed?)")

    def test_places_are_right_in_anchors_merges_and_included_files(self):
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\ninclude: [users/*.yaml]\nusers:\n"
                  "  - &ada {email: ada@example.com, groups: [A], age: 7}\n"
                  "  - {<<: *ada, email: bob@example.com}\n"
                  "  - {<<: *ada, email: cleo}\n"
                  "  - *ada\n")
        self.write("users/b.yaml", "users:\r\n- email: dora@example.com\r\n  group: [A]\r\n")
        self.write("users/a.yaml", "\ufeffusers:\n- *nobody\n")
        answer = self.refused()
        self.assertEqual([line[:line.index(" error:")] for line in answer.err.splitlines()[:-1]],
                         ["cipherform.yaml:5:48:", "cipherform.yaml:7:23:", "cipherform.yaml:8:5:", "users/a.yaml:2:3:",
                          "users/b.yaml:3:3:"], answer)

    def test_names_that_yaml_1_1_took_for_booleans_are_names(self):
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\n"
                  "groups: {no: {members: [a@example.com]}, on: {members: [a@example.com]}}\n")
        self.expect(0, "validate")

    def test_what_includes_lead_to_is_a_file_of_the_project(self):
        os.mkfifo(self.directory / "pipe")
        (self.directory / "zero.yaml").symlink_to("/dev/zero")
        (self.directory / "loop.yaml").symlink_to("loop.yaml")
        self.write("empty.yaml", "")
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\n"
                  "include: [pipe, zero.yaml, loop.yaml, empty.yaml, ../x.yaml, /etc/passwd, '[']\n")
        self.refused("pipe: error: is not a regular file", "'zero.yaml' leads outside the project directory",
                     "'loop.yaml' leads outside the project directory, or nowhere", "empty.yaml: error: the file is empty",
                     "'../x.yaml' leads outside", "'/etc/passwd' is absolute", "'[' matches no file")

    def test_hostile_text_is_shown_escaped(self):
        self.root("version: 1\nenvironments: {qa: {url: http://127.0.0.1/qa}}\n\"\\e[31mred\\u202e\": 1\n")
        answer = self.refused("cipherform.yaml:3:1")
        self.assertNotIn("\x1b", answer.err)
        self.assertNotIn("\u202e", answer.err)


class BadUsage(CipherformTest):
    def test_each_is_named(self):
        self.project("http://127.0.0.1:9/qa", BODY)
        for arguments, expected in [
                (["plann"], "did you mean 'plan'?"),
                (["plan", "--paralelism", "3"], "did you mean '--parallelism'?"),
                (["plan", "--parallelism", "0"], "--parallelism is '0', not a number from 1 to 256"),
                (["plan", "--as-of", "tomorrow"], "--as-of is 'tomorrow'"),
                (["plan", "-e", "qaa"], "did you mean 'qa'?"),
                (["plan", "extra"], "`plan` does not take 'extra'"),
                (["show"], "PLANFILE"),
                (["show", "nowhere.json"], "cannot read nowhere.json"),
                (["plan", "--format", "yaml"], "there is no format 'yaml'"),
                (["help", "nothing"], "there is no command 'nothing'"),
                (["plan", "-e", "qa", "-e", "qa"], "cannot be specified more than once"),
                (["show", self.directory], "is not a regular file"),
                (["show", "/dev/zero"], "is not a regular file"),
        ]:
            with self.subTest(arguments):
                answer = self.expect(1, *arguments)
                self.assertIn(expected, answer.err)
                self.assertEqual(answer.out, "")

    def test_several_environments_need_a_name(self):
        self.write("cipherform.yaml", "version: 1\nenvironments:\n  qa: {url: http://127.0.0.1:9/qa}\n"
                                      "  prod: {url: http://127.0.0.1:9/prod}\n" + BODY)
        self.assertIn("name one with -e: qa, prod", self.expect(1, "plan").err)

    def test_a_damaged_plan_is_refused(self):
        self.project("http://127.0.0.1:9/qa", BODY)
        for text in ["", "{", "[]", "{}", "<html>", '{"format_version":"99.0"}', "\0" * 100]:
            with self.subTest(text):
                self.assertIn("plan.json", self.expect(1, "show", self.write("plan.json", text)).err)


class BadSurroundings(CipherformTest):
    """Streams and places that cannot be used."""

    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(self.tenant.url, BODY)

    def shell(self, command):
        return subprocess.run(["bash", "-c", command, "bash", harness.BINARY, "-C", str(self.directory)],
                              env=harness.environment(), capture_output=True, text=True, timeout=60)

    def test_output_that_is_lost_is_an_error(self):
        for command in ['"$@" version >/dev/full', '"$@" version >&-', '"$@" plan >/dev/full',
                        '"$@" plan --format json >&-', '"$@" apply --auto-approve >/dev/full']:
            with self.subTest(command):
                done = self.shell(command)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn("standard output cannot be written", done.stderr)
        self.assertEqual(len(self.tenant.users()), 1, "nothing is applied that could not be shown")

    def test_closed_streams_do_not_become_other_files(self):
        done = self.shell('"$@" apply <&-')
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("there is nobody to answer", done.stderr)
        self.assertEqual(self.shell('"$@" apply --auto-approve <&- 2>&-').returncode, 0)
        self.assertEqual(self.shell('"$@" plan --detailed-exitcode <&- 2>&-').returncode, 0)

    def test_a_plan_is_written_to_a_device_and_does_not_replace_it(self):
        sink = self.directory / "sink"  # not /dev/null itself: were it replaced, the machine would need mending
        sink.symlink_to("/dev/null")
        done = self.shell(f'"$@" plan --format json=/dev/fd/3 --out {sink} 3>&1')
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(done.stdout.count('"format_version"'), 2)
        self.assertTrue(sink.is_symlink())
        for place, expected in [("/dev/full", "No space left"), (self.directory, "Is a directory"),
                                (self.directory / "nowhere/x", "No such file"), ("", "has no name")]:
            with self.subTest(str(place)):
                self.assertIn(expected, self.expect(1, "plan", "--out", place).err)

    def test_a_selection_that_matches_nothing_is_refused(self):
        for option in ("--target", "--exclude"):
            answer = self.expect(1, "plan", option, "addda@example.com")
            self.assertIn(f"{option} 'addda@example.com' matches no email and no group", answer.err)
            self.assertEqual(answer.out, "")

    def test_without_a_home(self):
        self.assertEqual(self.run_cipherform("plan", variables={"HOME": None, "USER": None}).code, 0)


class BadTenant(CipherformTest):
    """plan and apply against a tenant that does not work."""

    def refused(self, *expected):
        for command in (["plan"], ["apply", "--auto-approve"]):
            answer = self.expect(1, *command, "--timeout", "5")
            for text in expected:
                self.assertIn(text, answer.err)
            self.assertEqual(answer.out, "")
        return answer

    def test_no_key(self):
        self.project("http://127.0.0.1:9/qa", BODY)
        answer = self.run_cipherform("plan", variables={"CIPHERFORM_API_KEY": None})
        self.assertEqual(answer.code, 1)
        self.assertIn("CIPHERFORM_API_KEY_QA", answer.err)

    def test_wrong_key(self):
        sandbox = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(sandbox.url, BODY)
        answer = self.run_cipherform("plan", variables={"CIPHERFORM_API_KEY_QA": "wrong-key"})
        self.assertEqual(answer.code, 1)
        self.assertIn("401", answer.err)
        self.assertNotIn("wrong-key", answer.err)
        self.assertEqual(len(sandbox.users()), 1)

    def test_wrong_url(self):
        sandbox = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(sandbox.url.replace("/qa", "/elsewhere"), BODY)
        self.refused("404", "/tenants/users")
        self.assertEqual(len(sandbox.users()), 1)

    def test_refused_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.project(f"http://127.0.0.1:{port}/qa", BODY)
        self.refused("refused", f"127.0.0.1:{port}")

    def test_plain_http_to_another_host(self):
        self.project("http://tenant.example.com/qa", BODY)
        self.refused("http")

    def test_untrusted_tls(self):
        key, certificate = self.directory / "key.pem", self.directory / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = subprocess.Popen(["openssl", "s_server", "-accept", str(port), "-key", key, "-cert", certificate,
                                   "-www"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.addCleanup(lambda: (server.kill(), server.communicate()))
        for line in server.stdout:
            if b"ACCEPT" in line:
                break
        self.project(f"https://localhost:{port}/qa", BODY)
        self.refused("not trusted", "ca_file")

    def test_html_in_place_of_json(self):
        with raw_server(http_answer("200 OK", "<html><body>Sign in</body></html>", "text/html")) as port:
            self.project(f"http://127.0.0.1:{port}/qa", BODY)
            self.refused("the answer is HTML or XML, not JSON", "url")

    def test_truncated_json(self):
        with raw_server(http_answer("200 OK", '{"data":[{"id":"550e8400-e29b-41d4-a716-446655440000","em')) as port:
            self.project(f"http://127.0.0.1:{port}/qa", BODY)
            self.refused("the answer is not complete JSON: it is cut off")

    def test_error_bodies_cannot_write_to_the_terminal(self):
        body = '{"statusCode":400,"message":"bad\\u001b[2J\\u202e ::set-output name=x::y"}'
        with raw_server(http_answer("400 Bad Request", body)) as port:
            self.project(f"http://127.0.0.1:{port}/qa", BODY)
            answer = self.refused("400")
            self.assertNotIn("\x1b", answer.err)
            self.assertNotIn("::set-output", answer.err)

    def test_an_echo_of_the_key_is_not_shown(self):
        for status, content_type, body in [
                ("401 Unauthorized", "application/json", '{"statusCode":401,"message":"no such key: %s"}'),
                ("403 Forbidden", "text/plain", "%s may not do this"),
                ("400 Bad Request", "application/json", '{"statusCode":400,"message":["apikey: %s"]}'),
                ("200 OK", "text/plain", "key %s"),
                ("200 OK", "text/html", "<p>%s</p>"),
        ]:
            with self.subTest(status=status, body=body):
                headers = f"X-Request-Key: {harness.KEY}\r\nRetry-After: {harness.KEY}\r\n"
                with raw_server(http_answer(status, body % harness.KEY, content_type, headers)) as port:
                    self.project(f"http://127.0.0.1:{port}/qa", BODY)
                    answer = self.refused()  # run_cipherform looks for the key in all output
                    self.assertIn(status[:3] if status[0] == "4" else "not JSON", answer.err)
                    for path in (self.directory / ".cipherform").rglob("*"):
                        self.assertNotIn(harness.KEY.encode(), path.read_bytes(), path)

    def test_unknown_group_names_the_candidates(self):
        sandbox = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(sandbox.url, "users:\n  - {email: ada@example.com, groups: [engineering, Enginering, Nothing]}\n")
        answer = self.refused("cipherform.yaml:6:", "'engineering'", "Engineering", "Nothing", "Admins")
        self.assertEqual(sandbox.users(), {"owner@example.com": ["Admins", "Everyone"]}, answer)

    def test_read_only_state_directory(self):
        if os.geteuid() == 0:
            blocked = self.write("state", "a file where the directory should be")
        else:
            blocked = self.directory / "state"
            blocked.mkdir(mode=0o500)
        sandbox = self.sandbox("--seed", self.write("seed.yaml", SEED))
        self.project(sandbox.url, BODY)
        answer = self.expect(1, "apply", "--auto-approve", "--state-dir", blocked)
        self.assertIn(str(blocked), answer.err)
        self.assertEqual(len(sandbox.users()), 1)


if __name__ == "__main__":
    harness.main()
