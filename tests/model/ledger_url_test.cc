#include "cipherform/ledger_url.h"

#include <gtest/gtest.h>

namespace cipherform {
namespace {

TEST(LedgerUrl, MayNameEverythingThatPostgresqlKnows) {
  for (const auto* url : {"postgresql://", "postgres://db", "postgresql://u@db:5432/name",
                          "postgresql://u:p%40s@db/name", "postgresql:///name?host=%2Frun%2Fpostgresql",
                          "postgresql://a:1,b:2/x?target_session_attrs=read-write", "postgresql://[::1]/x"}) {
    EXPECT_EQ(ledger_url_problem(url), "") << url;
  }
}

TEST(LedgerUrl, OfAnotherSchemeIsNone) {
  for (const auto* url : {"", "db", "postgresql:/db", "POSTGRESQL://db", "host=db user=u", "sqlite:///x"}) {
    EXPECT_EQ(ledger_url_problem(url), "the ledger's URL must begin with postgresql://") << url;
  }
}

TEST(LedgerUrl, WhosePasswordCouldBeTakenForAHostIsRefused) {
  for (const auto* url : {"postgresql://u:a@b@db", "postgresql://u:a/b@db", "postgresql://u:a?b@db/x"}) {
    EXPECT_EQ(ledger_url_problem(url), "in the user and password of the ledger's URL @ / ? must be written %40 %2F %3F")
        << url;
  }
}

TEST(LedgerUrl, HasNoBareCharactersThatMustBeEncoded) {
  for (const auto* url : {"postgresql://db/a b", "postgresql://db/\n", "postgresql://db/\xc3\xa4", "postgresql://%",
                          "postgresql://db/%4", "postgresql://db/%zz"}) {
    EXPECT_EQ(ledger_url_problem(url), "the ledger's URL has a character that must be percent-encoded") << url;
  }
}

TEST(LedgerUrl, KnowsWhereAPasswordCanStand) {
  for (const auto* url : {"postgresql://u:p@db", "postgresql://:p@db", "postgresql://db?password=p",
                          "postgresql://db/x?a=b&sslpassword=p", "postgresql://db?p%61ssword=p"}) {
    EXPECT_TRUE(ledger_url_has_password(url)) << url;
  }
  for (const auto* url : {"postgresql://", "postgresql://u@db:5432/x", "postgresql://u:@db", "postgresql://db:5432",
                          "postgresql://db?passfile=/etc/pgpass", "postgresql://db/x?user=password"}) {
    EXPECT_FALSE(ledger_url_has_password(url)) << url;
  }
}

TEST(LedgerUrl, IsCutOutOfAMessage) {
  EXPECT_EQ(without_ledger_url("there is no command 'plann'"), "there is no command 'plann'");
  EXPECT_EQ(without_ledger_url("there is no command 'postgresql://u:p'q@db'"), "there is no command 'postgresql://…'");
  EXPECT_EQ(without_ledger_url("no option '--ledgr=postgres://u:p@db'"), "no option '--ledgr=postgres://…'");
  EXPECT_EQ(without_ledger_url("it's postgres://u:p@db"), "it's postgres://…");
}

}  // namespace
}  // namespace cipherform
