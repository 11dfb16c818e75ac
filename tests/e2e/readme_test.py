"""The README's recorded output is what scripts/demo prints. CIPHERFORM_UPDATE_GOLDEN=1 records it anew."""

import os
import re
import subprocess
import unittest

import harness

README = harness.SOURCE / "README.md"
RECORDED = re.compile(r"(?<=\$ scripts/demo\n).*?(?=```\n)", re.DOTALL)


def normalised(text):
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8371", text)
    text = re.sub(r"Fingerprint: [0-9a-f]{16}", "Fingerprint: 5d41402abc4b2a76", text)  # of the port, and of ids made up
    text = re.sub(r"(?<=by cipherform )[^;\s]+", "0.1.0", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "2026-11-23T12:00:00Z", text)


class Readme(unittest.TestCase):
    maxDiff = None

    def test_shows_what_the_demo_prints(self):
        done = subprocess.run([harness.SOURCE / "scripts/demo"], env=harness.environment(CIPHERFORM_BINARY=harness.BINARY),
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        printed = normalised(done.stdout).lstrip("\n")
        readme = README.read_text()
        if os.environ.get("CIPHERFORM_UPDATE_GOLDEN") == "1":
            README.write_text(RECORDED.sub(lambda _: printed, readme))
            return
        self.assertEqual(RECORDED.search(readme).group(0), printed)


if __name__ == "__main__":
    harness.main()
