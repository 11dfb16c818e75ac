// Numbers that no cipherform writes.
#include "ledger_fixture.h"

namespace cipherform {
namespace {

class DamagedLedger : public LedgerTest {
 protected:
  static inline const Holder kAda{"ada", "laptop", 4711};
  static inline const Holder kBob{"bob", "laptop", 4712};

  void damage(const std::string& statement) {
    must(must(sqlite::Database::open(file().string(), {}))->execute(statement));
  }
};

TEST_F(DamagedLedger, ALeaseWhoseNumbersCannotBeIsSaidToBeDamaged) {
  for (const char* numbers : {"epoch = 9223372036854775807", "epoch = -1", "since = -9223372036854775807 - 1",
                              "since = 9223372036854775807", "expires = 9223372036854775807"}) {
    fs::remove_all(state_dir());
    const auto ledger = open();
    const Lease lease = must(ledger->acquire("qa", kAda, kNoon));
    damage(std::string("UPDATE leases SET ") + numbers);
    for (const Error& error : {error_of(ledger->acquire("qa", kBob, kNoon)), error_of(ledger->renew(lease, kNoon))}) {
      EXPECT_EQ(error.kind, ErrorKind::ledger) << numbers;
      EXPECT_EQ(error.what, "the ledger is damaged: the lease of qa has a number that cannot be") << numbers;
      EXPECT_EQ(error.where, file().string());
    }
  }
}

TEST_F(DamagedLedger, ANegativeNumberOfUsersIsSaidToBeDamaged) {
  const auto ledger = open();
  must(ledger->remember_users("qa", "https://a", 12, kNoon));
  damage("UPDATE tenants SET users = -12");
  EXPECT_EQ(error_of(ledger->known_users("qa", "https://a")).what,
            "the ledger is damaged: qa has a number of users that cannot be");
}

}  // namespace
}  // namespace cipherform
