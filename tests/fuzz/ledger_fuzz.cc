// A damaged ledger: an error that says so or data, never a crash, and never changed where it
// is refused as a stranger's. The input is a whole file if it begins like one of SQLite's;
// else a patch of a good ledger's bytes ('p' offset length bytes …) or rows that no
// constraint has seen ('r' table number number text …).
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "cipherform/ledger.h"
#include "fakes/temporary_directory.h"
#include "fuzz/property.h"
#include "ledger/sql_ledger.h"

namespace {

using namespace cipherform;
using fuzz::require;

namespace fs = std::filesystem;
constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
const std::string kUrl = "https://public-api.cipherscale.com/qa";

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

Plan plan_of_nothing() {
  Plan plan;
  plan.environment = "qa";
  plan.base_url = kUrl;
  plan.created_at = kNow;
  return plan;
}

/// A ledger after a run that a crash cut short, as bytes.
std::string good_ledger() {
  const fakes::TemporaryDirectory directory;
  {
    auto ledger = open_ledger(directory.path());
    require(ledger.has_value(), "a ledger can be made");
    const auto lease = (*ledger)->acquire("qa", {"ada", "laptop", 1}, kNow);
    const auto run = (*ledger)->begin_run(*lease, plan_of_nothing(), kNow);
    const Intent add{"0000000000000001", "add_member", "ada@example.com", "Engineering"};
    const Intent create{"0000000000000002", "create_user", "bob@example.com", ""};
    require((*ledger)->record_intents(*run, *lease, std::array{add, create}, kNow).has_value(), "intents are recorded");
    const OutcomeRecord done{add.action_id, ActionOutcome::done, ""};
    require((*ledger)->record_outcomes(*run, {&done, 1}, kNow).has_value(), "outcomes are recorded");
    require((*ledger)->remember_users("qa", kUrl, 12, kNow).has_value(), "users are remembered");
    require((*ledger)->remember_identity("qa", {kUrl, {"u1"}, kNow}).has_value(), "an identity is remembered");
    require((*ledger)->record_receipt({"qa", kUrl, "d", "l", kNow, *run}, {kNow, {"ada@example.com"}}).has_value(),
            "a receipt is recorded");
  }
  return read_file(directory.path() / kLedgerFileName);
}

/// Takes values off the front of the input; 0 where there are no more.
class Values {
 public:
  explicit Values(std::string_view rest) : rest_(rest) {}
  bool done() const { return rest_.empty(); }
  template <class Integer>
  Integer integer() {
    Integer value{};
    const std::string_view bytes = text(sizeof value);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  std::string_view text(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

std::string patched(std::string bytes, Values values) {
  while (!values.done()) {
    const std::size_t offset = values.integer<std::uint16_t>() % bytes.size();
    const std::string_view patch = values.text(values.integer<std::uint8_t>() % 16U + 1);
    bytes.replace(offset, std::min(patch.size(), bytes.size() - offset), patch.substr(0, bytes.size() - offset));
  }
  return bytes;
}

constexpr const char* kRows[] = {
    "INSERT OR REPLACE INTO leases VALUES ('qa', ?1, ?3, 'laptop', ?2, ?1, ?2, '')",
    "INSERT OR REPLACE INTO leases VALUES ('qa', ?1, ?3, 'laptop', 1, ?2, NULL, '')",
    "INSERT OR REPLACE INTO runs VALUES (?1, 'qa', ?2, ?3, ?3, ?1, ?3, ?3, ?2, ?3, ?3, ?1, ?2, ?1, ?2, NULL, NULL)",
    "INSERT OR REPLACE INTO actions VALUES (?1, ?2, ?3, ?3, ?3, ?3, ?1, NULL, NULL, ?3, ?2, ?3)",
    "INSERT OR REPLACE INTO actions VALUES (?1, 1, ?3, 'add_member', ?3, ?3, ?2, NULL, ?1, ?3, ?2, ?3)",
    "INSERT OR REPLACE INTO tenants VALUES ('qa', 'https://public-api.cipherscale.com/qa', ?1, ?2)",
    "INSERT OR REPLACE INTO identities VALUES ('qa', ?3, ?3, ?1)",
    "INSERT OR REPLACE INTO receipts VALUES (?1, 'qa', ?3, ?3, ?3, ?2, ?1)",
    "INSERT OR REPLACE INTO rosters VALUES ('qa', 'https://public-api.cipherscale.com/qa', ?1, ?3)",
};

void insert_rows(const fs::path& file, Values values) {
  sqlite3* opened = nullptr;
  sqlite3_open(file.c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, sqlite3_close);
  sqlite3_exec(opened, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF", nullptr, nullptr, nullptr);
  while (!values.done()) {
    sqlite3_stmt* prepared = nullptr;
    sqlite3_prepare_v2(opened, kRows[values.integer<std::uint8_t>() % std::size(kRows)], -1, &prepared, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
    sqlite3_bind_int64(prepared, 1, values.integer<std::int64_t>());
    sqlite3_bind_int64(prepared, 2, values.integer<std::int64_t>());
    const std::string_view text = values.text(values.integer<std::uint8_t>() % 40U);
    sqlite3_bind_text(prepared, 3, text.empty() ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    sqlite3_step(prepared);
  }
}

template <class T>
void check_error(const Result<T>& result) {
  if (result) return;
  const ErrorKind kind = result.error().kind;
  require(kind == ErrorKind::ledger || kind == ErrorKind::locked, "a failure is the ledger's");
  require(!result.error().what.empty(), "a failure says why");
}

void check_intents(Ledger& ledger) {
  const auto intents = ledger.open_intents("qa");
  check_error(intents);
  if (!intents) return;
  for (const Intent& intent : *intents) {
    for (const std::string& text : {intent.action_id, intent.kind, intent.email, intent.group}) fuzz::touch(text);
  }
}

void check_history(Ledger& ledger) {
  const auto runs = ledger.runs({}, 10);
  check_error(runs);
  if (!runs) return;
  for (const RunRecord& run : *runs) {
    require(!format_rfc3339(run.started_at).empty(), "a run's time can be written");
    static_cast<void>(ledger.actions(run.id));
  }
}

void check_tenants(Ledger& ledger) {
  const auto identity = ledger.identity("qa");
  check_error(identity);
  if (identity && *identity) require(!format_rfc3339((*identity)->recorded_at).empty(), "its time can be written");
  const auto receipts = ledger.receipts("qa", 10);
  check_error(receipts);
  if (receipts) {
    for (const Receipt& receipt : *receipts) {
      require(!format_rfc3339(receipt.converged_at).empty(), "a receipt's time can be written");
    }
  }
  const auto roster = ledger.roster("qa", kUrl);
  check_error(roster);
  if (roster && *roster) {
    check_error(ledger.record_receipt({"qa", kUrl, "d", "l", kNow, {}}, **roster));
    const auto again = ledger.roster("qa", kUrl);
    if (again && *again) require((*again)->people == (*roster)->people, "people are read as they were written");
  }
}

void check_run(Ledger& ledger) {
  check_history(ledger);
  const auto lease = ledger.acquire("qa", {"bob", "laptop", 2}, kNow);
  check_error(lease);
  if (!lease) return;
  check_intents(ledger);
  const auto run = ledger.begin_run(*lease, plan_of_nothing(), kNow);
  check_error(run);
  if (run) {
    const Intent intent{"0000000000000003", "add_member", "eve@example.com", "Ops"};
    check_error(ledger.record_intents(*run, *lease, {&intent, 1}, kNow));
    const OutcomeRecord done{intent.action_id, ActionOutcome::done, ""};
    check_error(ledger.record_outcomes(*run, {&done, 1}, kNow));
    check_error(ledger.finish_run(*run, RunResult::converged, kNow));
  }
  check_error(ledger.release(*lease));
}

void check_ledger(const fs::path& state_dir) {
  const auto peeked = peek_known_users(state_dir, "qa", kUrl);
  check_error(peeked);
  const std::string before = read_file(state_dir / kLedgerFileName);
  const auto ledger =
      open_ledger(LedgerPlace{.url = {}, .state_dir = state_dir}, {.is_alive = [](std::int64_t) { return true; }});
  check_error(ledger);
  if (!ledger) {
    const bool foreign = ledger.error().what == "the file is not a cipherform ledger";
    require(!foreign || read_file(state_dir / kLedgerFileName) == before, "a stranger's file is left as it is");
    return;
  }
  check_intents(**ledger);
  const auto known = (*ledger)->known_users("qa", kUrl);
  check_error(known);
  if (peeked && known) require(*peeked == *known, "peeking sees what reading sees");
  if (known && *known) require(**known <= std::uint64_t{1} << 63U, "a number of users is not negative");
  check_tenants(**ledger);
  check_run(**ledger);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string good = good_ledger();
  static const fakes::TemporaryDirectory directory;
  const std::string_view input = fuzz::text_of(data, size);
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    fs::remove(directory.path() / (std::string(kLedgerFileName) + suffix));
  }
  const bool whole = input.starts_with("SQLite format 3");
  const bool rows = input.starts_with('r');
  const std::string_view rest = input.substr(std::min<std::size_t>(1, input.size()));
  const std::string bytes = whole ? std::string(input) : (rows ? good : patched(good, Values(rest)));
  const fs::path file = directory.write(kLedgerFileName, bytes);
  if (rows) insert_rows(file, Values(rest));
  check_ledger(directory.path());
  return 0;
}
