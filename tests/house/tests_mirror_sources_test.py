"""Every source file has its test: src/ROOM/x.cc has tests/ROOM/x_test.cc, or stands here with what tests it."""

import pathlib
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]

# What has no test file of its own, because it can only be seen through something else.
ELSEWHERE = {
    # wiring: what it connects is tested alone, the wiring with the real binary
    "cli/apply_command": "e2e/apply_test.py",
    "cli/diff_command": "e2e/diff_test.py",
    "cli/drift_command": "e2e/drift_test.py",
    "cli/explain_command": "e2e/explain_test.py",
    "cli/export_command": "e2e/export_test.py",
    "cli/plan_command": "e2e/apply_test.py",
    "cli/promote_command": "e2e/promote_test.py",
    "cli/sandbox_command": "e2e/harness.py",
    "cli/show_command": "e2e/apply_test.py",
    "cli/validate_command": "cli/run_test.cc",
    "cli/unlock_command": "e2e/ledger_test.py",
    # parts of one machine
    "cli/command_table": "cli/options_test.cc",
    "config/environment_words": "config/corpus_test.cc",
    "cli/help": "cli/options_test.cc",
    "plan/json_parts": "plan/to_json_test.cc",
    "plan/promoted_difference": "plan/plan_promotion_test.cc",
    "plan/person_plan": "plan/explain_test.cc",
    "plan/verdict": "plan/explain_test.cc",
    "cli/completion_bash": "completion/bash_test.py",
    "cli/completion_command": "cli/completion_test.cc",
    "cli/completion_fish": "completion/fish_test.py",
    "cli/completion_zsh": "completion/zsh_test.py",
    "cli/man_pages_command": "packaging/man_pages_test.py",
    "cli/history_json": "cli/history_schema_test.py",
    "render/markdown_review": "render/markdown_test.cc",
    "ledger/database": "ledger/sql_ledger_test.cc",
    "ledger/postgres_connect": "ledger/postgres_test.cc",
    "ledger/postgres_schema": "ledger/postgres_test.cc",
    "tenant/request_gate": "tenant/rate_limit_test.cc",
    "apply/settling": "apply/create_phase_test.cc",
    "tenant/tenant_link": "tenant/dispatcher_test.cc",
    "tenant/answer_json": "tenant/decode_answer_test.cc",
    "tenant/listing": "tenant/read_tenant_test.cc",
    "tenant/live_columns": "tenant/decode_page_test.cc",
    "tenant/tls_trust": "tenant/transport_tls_test.cc",
    "tenant/transport_tls_watch": "tenant/transport_tls_test.cc",
}


class TestsMirrorSources(unittest.TestCase):
    def test_every_source_has_its_test(self):
        for path in sorted((SOURCE / "src").glob("*/*.cc")):
            name = f"{path.parent.name}/{path.stem}"
            with self.subTest(name):
                self.assertTrue((SOURCE / "tests" / ELSEWHERE.get(name, f"{name}_test.cc")).is_file())

    def test_every_exception_is_still_one(self):
        for name in ELSEWHERE:
            with self.subTest(name):
                self.assertTrue((SOURCE / "src" / f"{name}.cc").is_file())
                self.assertFalse((SOURCE / "tests" / f"{name}_test.cc").exists())


if __name__ == "__main__":
    unittest.main()
