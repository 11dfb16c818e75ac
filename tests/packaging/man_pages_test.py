"""The manual pages: without a warning of mandoc's or groff's, and complete."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("CIPHERFORM_BINARY", "")


class ManPages(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cipherform-man-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        subprocess.run([BINARY, "man-pages", self.directory], check=True)
        text = (SOURCE / "docs/man/cipherform.yaml.5.in").read_text()
        (self.directory / "cipherform.yaml.5").write_text(text.replace("@DATE@", "2026-11-23").replace("@VERSION@", "1.2.3"))

    def pages(self):
        found = sorted(self.directory.iterdir())
        self.assertGreater(len(found), 10)
        return found

    def test_are_clean_for_mandoc(self):
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *self.pages()], capture_output=True, text=True)
        self.assertEqual((done.stdout, done.returncode), ("", 0))

    def test_are_clean_for_man(self):
        for page in self.pages():
            done = subprocess.run(["man", "--warnings=w", "-E", "UTF-8", "-l", page], capture_output=True, text=True,
                                  env=os.environ | {"MANROFFSEQ": "", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
            self.assertEqual((done.stderr, done.returncode), ("", 0), page.name)
            # Lintian reads the name and the summary like this.
            self.assertEqual(subprocess.run(["lexgrog", page], capture_output=True).returncode, 0, page.name)

    def test_show_text_as_it_is(self):
        shown = subprocess.run(["man", "-E", "UTF-8", "-l", self.directory / "cipherform-apply.1"], capture_output=True, text=True,
                               env=os.environ | {"MANWIDTH": "200", "LC_ALL": "C.UTF-8"}, check=True).stdout
        self.assertIn("--state-dir DIR", shown)
        self.assertIn("postgresql://…: the ledger", shown)

    def test_every_key_of_the_schema_has_its_place(self):
        page = (self.directory / "cipherform.yaml.5").read_text()
        bold = set(re.findall(r"^\.(?:B|BR) \"?([a-z_]+)", page, re.MULTILINE))
        schema = json.loads((SOURCE / "schemas/cipherform.schema.json").read_text())

        def keys(node):
            if isinstance(node, list):
                return set().union(*map(keys, node))
            if not isinstance(node, dict):
                return set()
            return set(node.get("properties", {})).union(*map(keys, node.values()))

        inline = {"env", "file", "command", "team"}
        self.assertEqual({key for key in keys(schema) if key not in bold | inline}, set())
        for key in inline:
            self.assertRegex(page, rf'[{{"]{key}: ')


if __name__ == "__main__":
    if not BINARY:
        sys.exit("CIPHERFORM_BINARY must name the binary under test")
    unittest.main(verbosity=1)
