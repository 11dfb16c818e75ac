"""What a person at a terminal sees: colour, and a progress line that leaves nothing behind."""

import os
import pty
import subprocess
import unittest

import harness
from harness import CipherformTest

CHANGE = "users:\n  - {email: new@example.com, groups: [group-001]}\n"


class Terminal(CipherformTest):
    def on_a_terminal(self, *arguments, variables=None):
        """Exit code and all that was printed, both streams being one terminal."""
        controller, terminal = pty.openpty()
        process = subprocess.Popen([harness.BINARY, "-C", str(self.directory), *arguments], stdin=subprocess.DEVNULL,
                                   stdout=terminal, stderr=terminal, env=harness.environment(**(variables or {})))
        os.close(terminal)
        printed = b""
        while True:
            try:
                piece = os.read(controller, 65536)
            except OSError:  # how Linux says that nobody holds the terminal any more
                break
            if not piece:
                break
            printed += piece
        os.close(controller)
        return process.wait(timeout=60), printed.decode()

    def test_colour_unless_no_color_says_otherwise(self):
        self.project(self.sandbox("--users", "20").url, CHANGE)
        for variables, arguments, coloured in [({}, [], True), ({"NO_COLOR": "1"}, [], False), ({"NO_COLOR": ""}, [], True),
                                               ({}, ["--color", "never"], False),
                                               ({"NO_COLOR": "1"}, ["--color", "always"], True)]:
            with self.subTest(variables=variables, arguments=arguments):
                code, printed = self.on_a_terminal("plan", *arguments, variables=variables)
                self.assertEqual(code, 0, printed)
                self.assertEqual("\x1b[32m" in printed, coloured, printed)

    def test_a_long_read_shows_how_far_it_is_in_one_line(self):
        tenant = self.sandbox("--users", "3000", "--latency", "400")
        self.project(tenant.url, CHANGE)
        code, printed = self.on_a_terminal("plan", variables={"NO_COLOR": "1"})
        self.assertEqual(code, 0, printed)
        progress, plan = printed.rsplit("\r\x1b[K", 1)
        self.assertRegex(progress, r"\r\x1b\[K\d+ of 3000 users read \(\d+ %\)")
        self.assertNotIn("\n", progress)
        self.assertTrue(plan.startswith("cipherform plan for qa"), plan)
        self.assertNotIn("\x1b", plan)

    def test_a_short_read_shows_no_progress(self):
        self.project(self.sandbox("--users", "20").url, CHANGE)
        self.assertNotIn("\r\x1b[K", self.on_a_terminal("plan")[1])


if __name__ == "__main__":
    harness.main()
