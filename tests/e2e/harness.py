"""What the end-to-end tests share: the real binary, sandboxes and projects in temporary directories."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CIPHERFORM_BINARY", "")
KEY = "canary-key-7f3a91"


def environment(**variables):
    """The process's environment without anything that would steer cipherform."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("CIPHERFORM_") and name.lower() not in ("http_proxy", "https_proxy", "no_proxy")}
    kept["CIPHERFORM_API_KEY"] = KEY
    kept.update(variables)
    return {name: value for name, value in kept.items() if value is not None}


class Sandbox:
    """`cipherform sandbox` on a free port, or on the one of an earlier sandbox, until close()."""

    def __init__(self, *arguments, port=0):
        self.process = subprocess.Popen([BINARY, "sandbox", "--port", str(port), *map(str, arguments)],
                                        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r" at (http://\S+) ", line)
        if not found:
            raise AssertionError("the sandbox said: " + line + self.process.stderr.read())
        self.url = found.group(1)

    def call(self, method, path, body=None, key=KEY):
        request = urllib.request.Request(self.url + path, method=method, headers={"apikey": key},
                                         data=None if body is None else json.dumps(body).encode())
        if body is not None:
            request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def users(self):
        """email → sorted group names, of everybody."""
        found, offset = {}, 0
        while True:
            page = self.call("GET", f"/tenants/users?limit=100&offset={offset}")
            for user in page["data"]:
                found[user.get("email", user["id"])] = sorted(group["name"] for group in user["groups"])
            if not page["hasNext"]:
                return found
            offset += len(page["data"])

    def user(self, email):
        for user in self.call("GET", "/tenants/users?limit=100")["data"]:
            if user.get("email") == email:
                return user
        raise KeyError(email)

    def group_id(self, name):
        return next(group["id"] for group in self.call("GET", "/tenants/groups?limit=100")["data"]
                    if group["name"] == name)

    def close(self):
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode


class Answer:
    """What a run of the binary came to."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class CipherformTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cipherform-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def sandbox(self, *arguments, port=0):
        sandbox = Sandbox(*arguments, port=port)
        self.addCleanup(sandbox.close)
        return sandbox

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def project(self, url, body="", guardrails="", extra=""):
        """A project with one environment, qa, at `url`."""
        self.write("cipherform.yaml", f"version: 1\nenvironments:\n  qa:\n    url: {url}\n{extra}{guardrails}{body}")

    def example(self, name, **urls):
        """A copy of examples/`name` whose URLs lead to `urls` (environment=url)."""
        project = self.directory / name
        shutil.copytree(SOURCE / "examples" / name, project)
        for path in project.glob("cipherform.yaml"):
            text = path.read_text()
            for environment_name, url in urls.items():
                text, count = re.subn(rf"(\n  {environment_name}:\n(?:    .*\n)*?    url: )\S+", rf"\g<1>{url}", text)
                self.assertEqual(count, 1, environment_name)
            path.write_text(text)
        return project

    def run_cipherform(self, *arguments, project=None, stdin="", variables=None, timeout=300):
        done = subprocess.run([BINARY, "-C", str(project or self.directory), *map(str, arguments)], input=stdin,
                              env=environment(**(variables or {})), capture_output=True, text=True, timeout=timeout)
        self.assertNotIn(KEY, done.stdout + done.stderr, "the API key is in the output")
        return Answer(done.returncode, done.stdout, done.stderr)

    def expect(self, code, *arguments, **options):
        answer = self.run_cipherform(*arguments, **options)
        self.assertEqual(answer.code, code, answer)
        return answer


@contextlib.contextmanager
def raw_server(answer):
    """A server that gives `answer` (bytes) to whatever is sent; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                with contextlib.suppress(OSError):
                    connection.recv(65536)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def http_answer(status, body, content_type="application/json", headers=""):
    body = body.encode()
    return (f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{headers}"
            f"Connection: close\r\n\r\n").encode() + body


def main():
    if not BINARY:
        sys.exit("CIPHERFORM_BINARY must name the binary under test")
    unittest.main(verbosity=1)
