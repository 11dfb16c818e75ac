// Bugs on purpose. Each switch removes one safeguard, so that the simulator can be seen to
// catch it (tests/sim/planted_bug_test.cc): a check that cannot fail proves nothing. They
// exist only in the tests' own copy of the code, which is compiled with
// CIPHERFORM_PLANTED_BUGS; in the product planted() is the constant false.
#pragma once

#include <cstdint>

namespace cipherform {

enum class Bug : std::uint8_t {
  skip_intent,              ///< a request leaves without an intent in the ledger
  ignore_failed_intent,     ///< … or although the ledger could not record it
  ignore_expired_lease,     ///< a process that was stopped past its lease goes on sending
  send_whenever,            ///< … if it was stopped just before the request's first byte
  forget_open_intents,      ///< what a crash left open is not settled
  open_intents_one_read,    ///< … or only by one read, at once
  settle_in_any_tenant,     ///< … or by reading the tenant that the environment's url names by now
  record_doubt_as_done,     ///< an ambiguous end is recorded as done
  retry_ambiguous,          ///< a change whose answer was lost is sent again at once
  timeout_is_not_sent,      ///< a lost connection counts as if nothing had left
  server_error_is_refusal,  ///< a 5xx counts as not executed
  ignore_retry_after,       ///< the gate does not close
  no_settle_time,           ///< a create in doubt is absent as soon as two reads say so
  split_without_reading,    ///< a refused batch is sent again in halves, whoever is there
  trust_unreadable_answer,  ///< a 2xx that does not parse counts as done
  match_by_position,        ///< the answer's users are taken to be in the request's order
  adopt_without_adding,     ///< a user who exists counts as created
  trust_conflict,           ///< 409 on an add counts as done
  trust_not_found,          ///< 404 on a removal counts as done
  remove_after_failed_add,  ///< a failed add does not hold up the user's removals
  removes_first,            ///< removals come before adds
  assume_converged,         ///< the final read is not looked at
  believe_empty_list,       ///< a tenant that lists nobody has nobody
  accept_unjoined_pages,    ///< pages that share nobody are taken to follow each other
  show_key,                 ///< a key that a server echoes is shown
};
inline constexpr std::uint8_t kBugs = static_cast<std::uint8_t>(Bug::show_key) + 1;

#ifdef CIPHERFORM_PLANTED_BUGS
bool planted(Bug bug);
#else
constexpr bool planted(Bug /*bug*/) { return false; }
#endif

}  // namespace cipherform
