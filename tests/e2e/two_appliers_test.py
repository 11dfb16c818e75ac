"""Two applies at once: on SQLite in one state directory, and on PostgreSQL as two machines would, each with its own."""

import harness
import postgres
from two_appliers import TwoAppliers
from watched import WatchedTest


class OnSqlite(TwoAppliers, WatchedTest):
    pass


class OnPostgres(TwoAppliers, WatchedTest):
    def setUp(self):
        server = postgres.Postgres()
        self.addCleanup(server.close)
        self.ledger = server.url
        super().setUp()

    def arguments(self, number):
        return ["--ledger", self.ledger, "--state-dir", self.directory / f"state-{number}"]


if __name__ == "__main__":
    harness.main()
