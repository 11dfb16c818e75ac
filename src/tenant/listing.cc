// A pass is one walk over the list (listing_walk.h). It is the proof where
// - the walk proves it: its pages join, and they show an order that changes do not reshuffle;
// - or it is the second of two passes that saw the same ids, and there are as many of them
//   as the API counted when the second one began. Whatever the order: each id that both
//   passes saw existed when the second one began (ids do not come back), so if there are as
//   many as existed then, they are all of them. ∎
// In either case no page may have counted more than were seen: `total` proves nothing, but
// it may cast doubt.
#include "tenant/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace cipherform {
namespace {

/// Below two rows, pages cannot overlap and go on.
constexpr std::uint32_t kSmallestLimit = 2;

std::string where(const HttpRequest& request) { return fmt::format("{} {}", to_string(request.method), request.path); }

bool same_ids(const ListingWalk& a, const ListingWalk& b) {
  if (a.rows() != b.rows()) return false;
  for (std::uint32_t row = 0; row < a.rows(); ++row) {
    if (!b.has(a.id(row))) return false;
  }
  return true;
}

bool fewer_than_counted(const ListingWalk& walk) { return walk.rows() < walk.least_total().value_or(0); }

bool is_proved(const ListingWalk& walk, const ListingWalk* before) {
  if (fewer_than_counted(walk)) return false;
  return walk.proves() || (before != nullptr && walk.first_total() == walk.rows() && same_ids(walk, *before));
}

std::string why_not(const ListingWalk& walk, std::string_view name, std::uint32_t passes) {
  if (fewer_than_counted(walk)) {
    return fmt::format("the API counts {} {}, but {} passes over the list found {} at most", *walk.least_total(), name,
                       passes, walk.rows());
  }
  if (!walk.first_total()) {
    return fmt::format("the list of {} has no order that stays as it is, and the API does not count them", name);
  }
  return fmt::format("the list of {} has no order that stays as it is, and no two of {} passes agree", name, passes);
}

}  // namespace

struct Listing::Pass {
  explicit Pass(const WalkOptions& options) : walk(options, ids) {}
  StringArena ids;
  ListingWalk walk;
  std::map<std::uint64_t, std::uint64_t> offsets;  ///< of the requests under way, by ticket
};

/// Why a pass ended early.
struct Listing::Stop {
  ListingFailure failure;
  bool start_over = false;  ///< pages are asked for in another way now
};

tl::expected<ListingProof, ListingFailure> Listing::read(ListedRows& list, std::uint32_t most_passes,
                                                         Progress* progress) {
  limit_ = std::max(1U, options_.limit);
  ListingProof proof;
  std::unique_ptr<Pass> before;
  while (true) {
    WalkOptions options;
    options.limit = limit_;
    options.overlap = options_.overlap;
    options.ahead = std::max(1U, options_.parallelism);
    auto pass = std::make_unique<Pass>(options);
    list.begin_pass();
    auto ran = run(list, *pass, progress);
    const ListingWalk& walk = pass->walk;
    proof.requests += walk.requests();
    if (!ran) {
      if (ran.error().start_over) continue;
      return tl::unexpected(std::move(ran).error().failure);
    }
    ++proof.passes;
    proof.pages += walk.accepted_pages();
    proof.complete = is_proved(walk, before ? &before->walk : nullptr);
    const bool more_may_help = fewer_than_counted(walk) || walk.first_total().has_value();
    if (proof.complete || proof.passes >= most_passes || !more_may_help) {
      if (!proof.complete) proof.reason = why_not(walk, list.name(), proof.passes);
      list.adopt_ids(std::move(pass->ids));
      return proof;
    }
    before = std::move(pass);
  }
}

tl::expected<void, Listing::Stop> Listing::run(ListedRows& list, Pass& pass, Progress* progress) {
  while (true) {
    if (auto judged = judge_arrived(list, pass, progress); !judged) return judged;
    if (pass.walk.ended()) return {};
    ask_for_pages(list, pass);
    auto dispatched = dispatcher_.next();
    if (interruption_ != nullptr && interruption_->requested()) {
      return tl::unexpected(Stop{
          {{ErrorKind::interrupted, fmt::format("interrupted while the {} were read", list.name()), {}, {}, false}}});
    }
    if (!dispatched) continue;
    const auto page = pass.offsets.find(dispatched->ticket);
    if (page == pass.offsets.end()) continue;  // of a pass that was given up
    const std::uint64_t offset = page->second;
    pass.offsets.erase(page);
    if (dispatched->outcome != Outcome::done) return tl::unexpected(page_failed(list, offset, *dispatched));
    pass.walk.arrived(offset, std::move(dispatched->answer.body));
  }
}

void Listing::ask_for_pages(const ListedRows& list, Pass& pass) {
  while (dispatcher_.has_room()) {
    const auto offset = pass.walk.next_request();
    if (!offset) return;
    pass.offsets.emplace(++last_ticket_, *offset);
    dispatcher_.submit(last_ticket_, list.page_request(*offset, limit_), Safety::repeatable);
  }
}

tl::expected<void, Listing::Stop> Listing::judge_arrived(ListedRows& list, Pass& pass, Progress* progress) {
  while (std::string* const body = pass.walk.turn()) {
    const std::uint64_t offset = pass.walk.turn_offset();
    const auto fail = [&](Error error) {
      error.where = where(list.page_request(offset, limit_));
      return tl::unexpected(Stop{{std::move(error)}});
    };
    auto page = list.decode(*body);
    if (!page) return fail(std::move(page).error());
    auto verdict = pass.walk.judge(*page->facts, page->keys);
    if (!verdict) return fail(std::move(verdict).error());
    if (!verdict->accepted) continue;
    list.keep(pass.walk, verdict->rows);
    if (progress == nullptr) continue;
    const std::uint64_t rows = pass.walk.rows();
    progress->update(fmt::format("{} read", list.name()), rows, std::max(rows, pass.walk.last_total().value_or(0)));
  }
  return {};
}

Listing::Stop Listing::page_failed(ListedRows& list, std::uint64_t offset, const Dispatched& dispatched) {
  Stop stop{{to_error(list.page_request(offset, limit_), dispatched), dispatched.answer.status}};
  // What fails the same way again after the answer began is an answer that is too long.
  const bool too_long =
      dispatched.outcome == Outcome::ambiguous && dispatched.answer.status == 0 && !dispatched.failure.retryable;
  if (too_long && limit_ > kSmallestLimit) {
    constexpr std::uint32_t kSmaller = 10;
    limit_ = std::max(limit_ / kSmaller, kSmallestLimit);
    stop.start_over = true;
    return stop;
  }
  stop.failure.answer_too_long = too_long;
  stop.start_over = offset == 0 && list.ask_differently(dispatched);
  return stop;
}

}  // namespace cipherform
