"""`cipherform completion bash`, in the real bash: what it offers, and what readline makes of that on a terminal."""

import subprocess

import completing
from completing import HOSTILE, CompletionTest, Terminal

COMPLETE = r"""
source "$1"
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
COMP_LINE=$2 COMP_POINT=${#2}
_cipherform cipherform
[ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
"""
RC = r"""
PS1='> '
source "$HOME/script"
_write_line() { printf '%s' "$READLINE_LINE" >"$HOME/line.part"; mv "$HOME/line.part" "$HOME/line"; }
bind -x '"\C-xd": _write_line'
bind 'set bell-style none'
bind 'set completion-query-items 0'
bind 'set page-completions off'
: >"$HOME/ready"
"""


class Bash(CompletionTest):
    def setUp(self):
        super().setUp()
        (self.directory / "script").write_text(self.script("bash"))

    def offered(self, line):
        done = self.run_in_project("bash", "--norc", "--noprofile", "-c", COMPLETE, "bash", self.directory / "script", line)
        self.assertEqual(done.stderr, "")
        return sorted(done.stdout.splitlines())

    def test_commands(self):
        commands = self.offered("cipherform ")
        self.assertIn("plan", commands)
        self.assertNotIn("completion-words", commands)
        self.assertEqual(self.offered("cipherform -C project va"), ["validate"])
        self.assertEqual(self.offered("cipherform help pl"), ["plan"])
        self.assertEqual(self.offered("cipherform --parallelism 4 unl"), ["unlock"])

    def test_options_of_the_command(self):
        self.assertEqual(self.offered("cipherform plan --det"), ["--detailed-exitcode"])
        self.assertEqual(self.offered("cipherform validate --det"), [])
        self.assertIn("--version", self.offered("cipherform --"))

    def test_values_that_are_words(self):
        self.assertEqual(self.offered("cipherform plan --color "), ["always", "auto", "never"])
        self.assertEqual(self.offered("cipherform plan --log-level=d"), ["debug"])
        self.assertEqual(self.offered("cipherform completion "), ["bash", "fish", "zsh"])
        self.assertEqual(self.offered("cipherform plan --format j"), ["json"])
        self.assertEqual(self.offered("cipherform apply --ack re"), ["reasons=", "removals="])

    def test_files(self):
        self.assertEqual(self.offered("cipherform apply pro"), ["prod.plan"])
        self.assertEqual(self.offered("cipherform plan --format json=pro"), ["prod.plan"])
        self.assertEqual(self.offered("cipherform plan --out=pla"), ["plans"])
        self.assertEqual(self.offered("cipherform -C p"), ["plans"])
        self.assertEqual(self.offered("cipherform unlock p"), [])

    def test_environments(self):
        self.assertEqual(self.offered("cipherform plan -e "), ["prod", "qa", "qa-eu"])
        self.assertEqual(self.offered("cipherform plan --environment=q"), ["qa", "qa-eu"])
        self.assertEqual(self.offered("cipherform -e p"), ["prod"])

    def test_of_the_project_that_is_named(self):
        other = self.directory / "another one"
        other.mkdir()
        (other / "cipherform.yaml").write_text('version: 1\nenvironments: {lab: {url: "https://a.example"}}\n')
        for line in ['cipherform -C "../another one" plan -e ', r"cipherform plan --chdir=../another\ one -e ",
                     "cipherform plan -C'../another one' -e ", "cipherform -C ~/another\\ one plan -e "]:
            self.assertEqual(self.offered(line), ["lab"], line)

    def test_emails_are_cut_where_readline_cuts_them(self):
        self.assertEqual(self.offered("cipherform plan --target ad"), ["ada@example.com", "adele+x@example.com"])
        self.assertEqual(self.offered("cipherform plan --target ada@e"), ["@example.com"])
        self.assertEqual(self.offered("cipherform plan --exclude=ada@"), ["@example.com"])
        self.assertEqual(self.offered("cipherform plan --exclude='ada@"), ["ada@example.com"])

    def test_a_hostile_name_is_quoted_for_the_quote_that_is_open(self):
        for opening, closing in [("", ""), ('"', '"'), ("'", "'")]:
            words = self.offered(f"cipherform plan --target {opening}")
            read = self.run_in_project("bash", "--norc", "-c", "".join(
                f"printf '%s\\n' {opening}{word}{closing}\n" for word in words)).stdout.splitlines()
            for name in HOSTILE:
                glob = name.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?").replace("[", "\\[")
                self.assertIn(glob, read, opening)
        self.assert_nothing_ran()

    def test_nothing_of_a_broken_declaration(self):
        self.declare("version: 1\nenvironments: {qa: {url: \"https://a.example\"}}\nusers: 7\n")
        self.assertEqual(self.offered("cipherform plan --target "), [])
        self.declare("version: [")
        self.assertEqual(self.offered("cipherform plan -e "), [])

    def test_is_clean_for_shellcheck(self):
        subprocess.run(["shellcheck", "--shell=bash", self.directory / "script"], check=True)


class BashOnATerminal(CompletionTest):
    def setUp(self):
        super().setUp()
        (self.directory / "script").write_text(self.script("bash"))
        (self.directory / "rc").write_text(RC)
        self.terminal = Terminal(["bash", "--noprofile", "--rcfile", str(self.directory / "rc"), "-i"], self.project,
                                 self.environment())
        self.addCleanup(self.terminal.close)
        self.terminal.wait_for(self.directory / "ready")

    def completed(self, typed):
        self.terminal.send(f"\x15{typed}\t\x18d")
        return self.terminal.wait_for(self.directory / "line")

    def test_completes_on_the_line(self):
        for typed, line in [
                ("cipherform val", "cipherform validate "),
                ("cipherform plan -e pr", "cipherform plan -e prod "),
                ("cipherform plan --environment=pr", "cipherform plan --environment=prod "),
                ("cipherform plan --target ada", "cipherform plan --target ada@example.com "),
                ("cipherform plan --target=ada@ex", "cipherform plan --target=ada@example.com "),
                ("cipherform plan --target Big", r"cipherform plan --target Big\ Team "),
                (r"cipherform plan --target Big\ T", r"cipherform plan --target Big\ Team "),
                ('cipherform plan --target "Big T', 'cipherform plan --target "Big Team" '),
                ("cipherform plan --target \\$", f"cipherform plan --target \\$\\(touch\\ {completing.MARK}\\) "),
                ("cipherform plan --exclude a:", "cipherform plan --exclude a:b=c@d "),
                ("cipherform plan --format js", "cipherform plan --format json "),
                ("cipherform plan --format json=pro", "cipherform plan --format json=prod.plan "),
                ("cipherform apply --ack cr", "cipherform apply --ack creates="),
                ("cipherform apply old", r"cipherform apply old\ plan "),
                ("cipherform -C pl", "cipherform -C plans/")]:
            self.assertEqual(self.completed(typed), line)
        self.assert_nothing_ran()


if __name__ == "__main__":
    completing.main()
