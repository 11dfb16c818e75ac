"""`cipherform completion fish`, in the real fish: what it offers for a line, and how it would insert it."""

import completing
from completing import HOSTILE, CompletionTest


class Fish(CompletionTest):
    def setUp(self):
        super().setUp()
        (self.directory / "script.fish").write_text(self.script("fish"))

    def offered(self, line, *how):
        done = self.run_in_project("fish", "--no-config", "-c", "source $argv[1]; complete $argv[3..-1] -C $argv[2]",
                                   str(self.directory / "script.fish"), line, *how)
        self.assertEqual(done.stderr, "")
        return sorted(word.split("\t")[0] for word in done.stdout.splitlines())

    def test_commands(self):
        commands = self.offered("cipherform ")
        self.assertIn("plan", commands)
        self.assertNotIn("completion-words", commands)
        self.assertEqual(self.offered("cipherform -C project val"), ["validate"])
        self.assertEqual(self.offered("cipherform --parallelism 4 unl"), ["unlock"])
        self.assertEqual(self.offered("cipherform help unl"), ["unlock"])
        self.assertEqual(self.offered("cipherform plan unl"), [])

    def test_options_of_the_command(self):
        self.assertEqual(self.offered("cipherform plan --det"), ["--detailed-exitcode"])
        self.assertEqual(self.offered("cipherform unlock --detailed"), [])

    def test_values(self):
        self.assertEqual(self.offered("cipherform plan --color "), ["always", "auto", "never"])
        self.assertEqual(self.offered("cipherform plan --log-level=d"), ["--log-level=debug"])
        self.assertEqual(self.offered("cipherform completion "), ["bash", "fish", "zsh"])
        self.assertEqual(self.offered("cipherform plan --format j"), ["json"])
        self.assertEqual(self.offered("cipherform plan --format json=pro"), ["json=prod.plan"])
        self.assertEqual(self.offered("cipherform apply --ack cre"), ["creates="])
        self.assertEqual(self.offered("cipherform apply pro"), ["prod.plan"])
        self.assertEqual(self.offered("cipherform plan --out pro"), ["prod.plan"])
        self.assertEqual(self.offered("cipherform -C pla"), ["plans/"])

    def test_what_the_declaration_names(self):
        self.assertEqual(self.offered("cipherform plan -e "), ["prod", "qa", "qa-eu"])
        self.assertEqual(self.offered("cipherform plan --target ada"), ["ada@example.com"])
        self.declare("version: [")
        self.assertEqual(self.offered("cipherform plan -e "), [])

    def test_a_hostile_name_is_quoted(self):
        words = self.offered("cipherform plan --target ", "--escape")
        read = self.run_in_project("fish", "--no-config", "-c", "".join(
            f"printf '%s\\n' {word}\n" for word in words)).stdout.splitlines()
        for name in set(HOSTILE) - {"~root"}:  # fish leaves a tilde alone when it is asked like this
            glob = name.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?").replace("[", "\\[")
            self.assertIn(glob, read)
        self.assert_nothing_ran()

    def test_of_the_project_that_is_named(self):
        other = self.directory / "another one"
        other.mkdir()
        (other / "cipherform.yaml").write_text('version: 1\nenvironments: {lab: {url: "https://a.example"}}\n')
        for line in ['cipherform -C "../another one" plan -e ', r"cipherform plan --chdir=../another\ one -e "]:
            self.assertEqual(self.offered(line), ["lab"], line)


if __name__ == "__main__":
    completing.main()
