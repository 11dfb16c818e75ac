"""Two applies at once whose ledger is SQLite in one state directory."""

import harness
from two_appliers import TwoAppliers
from watched import WatchedTest


class OnSqlite(TwoAppliers, WatchedTest):
    pass


if __name__ == "__main__":
    harness.main()
