"""validate.sh and diagnostics.sh: errors of the declaration at their lines, whatever the names are."""

import json
import re
import subprocess
import unittest

import kit
from kit import KitTest, SCRIPTS, SOURCE

ERRORS = "".join(file.read_text() for file in sorted((SOURCE / "tests/config/corpus/invalid").glob("*.errors")))


def diagnostics(form, text, directory="."):
    done = subprocess.run(["bash", SCRIPTS / "diagnostics.sh", form, directory], input=text.encode(), capture_output=True,
                          timeout=300, check=True)
    return done.stdout.decode()


def annotations(output):
    """[(level, {file, line, col}, message)] as GitHub unescapes them."""
    found = []
    for line in output.splitlines():
        level, properties, message = re.fullmatch(r"::(error|warning) ([^:]*)::(.*)", line).groups()
        values = dict(part.split("=", 1) for part in properties.split(","))
        for name, value in values.items():
            values[name] = re.sub("%(25|0D|0A|3A|2C)", lambda escape: chr(int(escape[1], 16)), value)
        found.append((level, values, re.sub("%(25|0D|0A)", lambda escape: chr(int(escape[1], 16)), message)))
    return found


def as_line(file, line, column, level, message):
    """A diagnostic as cipherform writes it."""
    return f"{file}:{line}:{column}: {level}: {message}" if line else f"{file}: {level}: {message}"


class Diagnostics(unittest.TestCase):
    def test_every_error_of_the_corpus_becomes_one_annotation(self):
        lines = ERRORS.splitlines()
        found = annotations(diagnostics("github", ERRORS))
        self.assertGreater(len(lines), 200)
        self.assertEqual([as_line(at["file"], at.get("line"), at.get("col"), level, message)
                          for level, at, message in found], lines)

    def test_every_error_of_the_corpus_fits_the_problem_matcher(self):
        [matcher] = json.loads((SCRIPTS / "problem-matcher.json").read_text())["problemMatcher"]
        [pattern] = matcher["pattern"]
        for line in ERRORS.splitlines():
            with self.subTest(line):
                found = re.search(pattern["regexp"], line)
                parts = [found[pattern[part]] for part in ("file", "line", "column", "severity", "message")]
                self.assertEqual(as_line(*parts), line)

    def test_paths_are_those_of_the_repository(self):
        for directory, path in ((".", "a.yaml"), ("./", "a.yaml"), ("access", "access/a.yaml"), ("./x/y/", "x/y/a.yaml")):
            [(_, at, _)] = annotations(diagnostics("github", "a.yaml:1:2: error: no\n", directory))
            self.assertEqual(at["file"], path)

    def test_other_lines_are_left_out(self):
        text = "The declaration is valid.\n1 error.\nerror: no such file\n::error::x\na:b: error: x\n"
        self.assertEqual(diagnostics("github", text), "")

    def test_hostile_names_stay_in_their_place(self):
        text = "a,line=9::x%0A\tb.yaml:3:4: error: '100%25 ::set-env::, ##[endgroup] \x1b[2J\u202e'\n"
        output = diagnostics("github", text)
        self.assertEqual(len(output.splitlines()), 1)
        self.assertEqual(annotations(output), [("error", {"file": "a,line=9::x%0A\tb.yaml", "line": "3", "col": "4",
                                                          "title": "cipherform"},
                                                "'100%25 ::set-env::, # #[endgroup] [2J'")])

    def test_bytes_that_are_no_text_do_not_stop_it(self):
        done = subprocess.run(["bash", SCRIPTS / "diagnostics.sh", "github"], input=b"\xff\xfe\na.yaml:1:1: error: \xff\n",
                              capture_output=True, timeout=60, check=True)
        self.assertIn(b"file=a.yaml,line=1,col=1", done.stdout)

    def test_code_quality_report(self):
        text = 'a.yaml:3:4: error: x "y"\na.yaml: warning: x\n'
        report = json.loads(diagnostics("codequality", text, "access"))
        self.assertEqual([(entry["description"], entry["severity"], entry["location"]) for entry in report],
                         [('x "y"', "major", {"path": "access/a.yaml", "lines": {"begin": 3}}),
                          ("x", "minor", {"path": "access/a.yaml", "lines": {"begin": 1}})])
        self.assertEqual(len({entry["fingerprint"] for entry in report}), 2)
        self.assertEqual(report, json.loads(diagnostics("codequality", text, "access")))

    def test_code_quality_report_of_nothing_is_an_empty_list(self):
        self.assertEqual(json.loads(diagnostics("codequality", "")), [])


class Validate(KitTest):
    def test_needs_no_key_no_token_and_no_environment(self):
        self.answers["validate"] = {"exit": 0, "stdout": "The declaration is valid for qa.\n"}
        ended = self.expect(0, "validate", "")
        self.assertIn("| The declaration is valid for qa.\n", ended.log)
        self.assertEqual(self.calls("cipherform"), [{"words": ["-C", ".", "validate"], "key": "", "saw_token": False}])
        self.assertEqual(self.calls("gh"), [])
        self.assertEqual(self.summary(), "")

    def test_shows_errors_at_their_lines(self):
        self.answers["validate"] = {"exit": 1, "stderr": "users/a.yaml:3:4: error: '<b>' is no email (did you mean b@c?)\n"}
        ended = self.expect(1, "validate", "", KIT_DIRECTORY="access")
        self.assertIn("\n::error file=access/users/a.yaml,line=3,col=4,title=cipherform::"
                      "'<b>' is no email (did you mean b@c?)\n", ended.log)
        self.assertIn("&lt;b&gt;", self.summary())

    def test_outside_github_there_are_no_commands_but_a_report_if_asked(self):
        self.answers["validate"] = {"exit": 1, "stderr": "a.yaml:3:4: error: no\n"}
        ended = self.expect(1, "validate", "", GITHUB_ACTIONS="", KIT_CODEQUALITY=self.home / "report.json")
        self.assertNotIn("::", ended.log)
        self.assertEqual(len(json.loads((self.home / "report.json").read_text())), 1)


if __name__ == "__main__":
    kit.main()
