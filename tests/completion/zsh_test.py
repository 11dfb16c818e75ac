"""`cipherform completion zsh`, in the real zsh on a terminal."""

import completing
from completing import HOSTILE, CompletionTest, Terminal

RC = r"""
PS1='> '
fpath=($HOME/functions $fpath)
autoload -U compinit
compinit -D -u
compadd() {
  local -a got
  [[ " $* " == *" -"[OAD]" "* ]] || { builtin compadd -O got "$@"; print -rl -- $got >>$HOME/matches }
  builtin compadd "$@"
}
complete-and-write() { zle expand-or-complete; print -rn -- "$BUFFER" >$HOME/line.part; mv $HOME/line.part $HOME/line }
zle -N complete-and-write
bindkey '^U' kill-whole-line
bindkey '^I' complete-and-write
LISTMAX=10000
unsetopt beep
: >$HOME/ready
"""


class Zsh(CompletionTest):
    def setUp(self):
        super().setUp()
        (self.directory / "functions").mkdir()
        (self.directory / "functions/_cipherform").write_text(self.script("zsh"))
        (self.directory / ".zshrc").write_text(RC)
        self.terminal = Terminal(["zsh", "-i", "-d"], self.project, self.environment() | {"ZDOTDIR": str(self.directory)})
        self.addCleanup(self.terminal.close)
        self.terminal.wait_for(self.directory / "ready")

    def completed(self, typed):
        (self.directory / "matches").write_text("")
        self.terminal.send(f"\x15{typed}\t")
        return self.terminal.wait_for(self.directory / "line")

    def offered(self, typed):
        self.completed(typed)
        return sorted({line for line in (self.directory / "matches").read_text().splitlines() if line})

    def test_completes_on_the_line(self):
        for typed, line in [
                ("cipherform val", "cipherform validate "),
                ("cipherform -C plans pl", "cipherform -C plans plan "),
                ("cipherform plan --det", "cipherform plan --detailed-exitcode "),
                ("cipherform plan -e pr", "cipherform plan -e prod "),
                ("cipherform plan --environment=pr", "cipherform plan --environment=prod "),
                ("cipherform plan --target ada", "cipherform plan --target ada@example.com "),
                ("cipherform plan --target Big", r"cipherform plan --target Big\ Team "),
                ('cipherform plan --target "Big T', 'cipherform plan --target "Big Team" '),
                ("cipherform plan --target \\$", f"cipherform plan --target \\$\\(touch\\ {completing.MARK}\\) "),
                ("cipherform plan --exclude a:", "cipherform plan --exclude a:b=c@d "),
                ("cipherform plan --color al", "cipherform plan --color always "),
                ("cipherform plan --format js", "cipherform plan --format json "),
                ("cipherform plan --format json=pro", "cipherform plan --format json=prod.plan "),
                ("cipherform completion fi", "cipherform completion fish "),
                ("cipherform apply --ack cr", "cipherform apply --ack creates="),
                ("cipherform apply old", r"cipherform apply old\ plan "),
                ("cipherform help unl", "cipherform help unlock ")]:
            self.assertEqual(self.completed(typed), line)
        self.assert_nothing_ran()

    def test_offers_what_the_declaration_names(self):
        self.assertEqual(self.offered("cipherform plan -e "), ["prod", "qa", "qa-eu"])
        self.assertLess({"ada@example.com", "Everyone", "Big Team"}, set(self.offered("cipherform plan --target ")))
        self.assertLess({name for name in HOSTILE if not set(name) & set("\\*?[")},
                        set(self.offered("cipherform plan --target ")))
        self.declare("version: [")
        self.assertEqual(self.offered("cipherform plan -e "), [])
        self.assert_nothing_ran()

    def test_of_the_project_that_is_named(self):
        other = self.directory / "another one"
        other.mkdir()
        (other / "cipherform.yaml").write_text('version: 1\nenvironments: {lab: {url: "https://a.example"}}\n')
        for line in ['cipherform -C "../another one" plan -e ', r"cipherform plan --chdir=../another\ one -e "]:
            self.assertEqual(self.completed(line), line + "lab ")


if __name__ == "__main__":
    completing.main()
