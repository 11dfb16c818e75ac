// A ledger for tests in which the calls themselves are the point.
#pragma once

#include <gmock/gmock.h>

#include "cipherform/ledger.h"

namespace cipherform::fakes {

class MockLedger : public Ledger {
 public:
  MOCK_METHOD(Result<Lease>, acquire, (std::string_view, const Holder&, Time), (override));
  MOCK_METHOD(Result<void>, renew, (const Lease&, Time), (override));
  MOCK_METHOD(Result<void>, release, (const Lease&), (override));
  MOCK_METHOD(Result<void>, break_lease, (std::string_view, std::int64_t), (override));
  MOCK_METHOD(Result<RunId>, begin_run, (const Lease&, const Plan&, Time), (override));
  MOCK_METHOD(Result<void>, record_intents, (RunId, const Lease&, std::span<const Intent>, Time), (override));
  MOCK_METHOD(Result<void>, record_outcomes, (RunId, std::span<const OutcomeRecord>, Time), (override));
  MOCK_METHOD(Result<void>, finish_run, (RunId, RunResult, Time), (override));
  MOCK_METHOD(Result<std::vector<Intent>>, open_intents, (std::string_view), (override));
  MOCK_METHOD(Result<void>, remember_users, (std::string_view, std::string_view, std::uint64_t, Time), (override));
  MOCK_METHOD(Result<std::optional<std::uint64_t>>, known_users, (std::string_view, std::string_view), (override));
  MOCK_METHOD(Result<void>, remember_identity, (std::string_view, const TenantIdentity&), (override));
  MOCK_METHOD(Result<void>, record_receipt, (const Receipt&, const Roster&), (override));
  MOCK_METHOD(Result<std::optional<TenantIdentity>>, identity, (std::string_view), (override));
  MOCK_METHOD(Result<std::vector<Receipt>>, receipts, (std::string_view, std::size_t), (override));
  MOCK_METHOD(Result<std::optional<Roster>>, roster, (std::string_view, std::string_view), (override));
  MOCK_METHOD(Result<std::vector<RunRecord>>, runs, (std::string_view, std::size_t), (override));
  MOCK_METHOD(Result<std::optional<RunRecord>>, find_run, (RunId), (override));
  MOCK_METHOD(Result<std::vector<ActionRecord>>, actions, (RunId), (override));
  MOCK_METHOD(Result<std::optional<LeaseHolder>>, holder_of, (std::string_view, Time), (override));
};

/// An error as a ledger gives it.
inline tl::unexpected<Error> ledger_failure(ErrorKind kind = ErrorKind::ledger, std::string what = "disk full") {
  return tl::unexpected(Error{kind, std::move(what), "ledger.sqlite", "make room", false});
}

}  // namespace cipherform::fakes
