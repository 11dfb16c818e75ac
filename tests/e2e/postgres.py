"""A PostgreSQL of a test's own: Debian's package, a new cluster in a temporary directory, reached by a socket in it.

From Python: `with Postgres() as server: server.url`. Other programs run this file: it prints the URL, and
ends the server when its standard input ends, which it does however that program dies.
"""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

USER = "cipherform"
PASSWORD = "canary-password-5d02"


def binaries():
    """The newest version's; the test fails where Debian's package is missing."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if not found:
        raise FileNotFoundError("PostgreSQL is not installed: scripts/setup test")
    return found[-1].parent


def as_server():
    """How to start a process that ends with this one, and as somebody else where this is root: PostgreSQL refuses root."""
    ends_with_us = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() != 0:
        return ends_with_us
    return [*ends_with_us, "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]


def in_memory():
    """Where files are in memory, if there is room: containers often have 64 MB, and a cluster needs 40."""
    memory = pathlib.Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 512 << 20:
        return None
    return memory


class Postgres:
    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cipherform-pg-", dir=in_memory()))
        self.server = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        password = self.directory / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            for path in (self.directory, password):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        # Readable by all, like the socket in it: the password is what keeps others out.
        self.directory.chmod(0o755)
        data = self.directory / "data"
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
        made = subprocess.run([*as_server(), binaries() / "initdb", "-D", data, "-U", USER, "--auth=scram-sha-256",
                               f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--wal-segsize=1", "--no-sync",
                               "--no-instructions"], env=environment, cwd="/", capture_output=True, text=True,
                              check=False)
        if made.returncode != 0:
            raise RuntimeError(made.stdout + made.stderr)
        # What a crash of the machine would lose does not matter here: fsync is off.
        settings = {"listen_addresses": "", "unix_socket_directories": self.directory, "fsync": "off",
                    "shared_buffers": "16MB", "min_wal_size": "2MB", "max_wal_size": "16MB", "max_connections": "40", "autovacuum": "off",
                    "dynamic_shared_memory_type": "mmap", "log_min_messages": "fatal"}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (self.directory / "log").open("w") as log:
            self.server = subprocess.Popen([*as_server(), binaries() / "postgres", "-D", data, *arguments],
                                           env=environment, cwd="/", stdin=subprocess.DEVNULL,
                                           stdout=subprocess.DEVNULL, stderr=log)
        self.wait_until_ready()

    def wait_until_ready(self):
        give_up = time.monotonic() + 60
        while self.server.poll() is None and time.monotonic() < give_up:
            status = self.directory / "data" / "postmaster.pid"
            if status.exists() and status.read_text().rstrip().endswith("ready"):
                return
            time.sleep(0.02)
        raise RuntimeError("PostgreSQL did not start: " + (self.directory / "log").read_text())

    @property
    def url(self):
        """With the password, which no output may repeat."""
        return f"postgresql://{USER}:{PASSWORD}@/postgres?host={urllib.parse.quote(str(self.directory), safe='')}"

    @property
    def url_without_password(self):
        return self.url.replace(f":{PASSWORD}@", "@")

    def sql(self, statement):
        """Runs it; the first column of each row."""
        done = subprocess.run([binaries() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url,
                               "-c", statement], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.splitlines()

    def close(self):
        if self.server is not None:
            self.server.send_signal(signal.SIGQUIT)  # at once; SIGKILL would leave its shared memory behind
            self.server.wait(timeout=60)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


if __name__ == "__main__":
    with Postgres() as running:
        print(running.url, flush=True)
        sys.stdin.read()
