// Reading a list that others change meanwhile, page by page, and knowing that nobody who
// was there throughout is missed.
//
// The trouble: an offset counts from the front. When somebody before the reader's place
// is deleted, everybody behind moves up by one, and the reader steps over one. `total`
// does not tell, because a user who is created balances one who is missed.
//
// The idea: pages overlap. One page is one contiguous slice of the list at one moment.
// Let the list be ordered by a key that never changes (id; createdAt, then id), so that
// any two users who both exist throughout stand in the same order on every page.
//
//   Accept a page only if it starts at offset 0, or has a row that an accepted page has.
//
//   Claim: with M the greatest key of all accepted pages, everybody who existed throughout
//   and has a key up to M is on an accepted page.
//   - A page at offset 0 has everybody up to its own greatest key at its moment.
//   - A page P that shares the row s: everybody up to s is on an accepted page (s is not
//     greater than M), and everybody from s to P's end is on P, because P has no gaps. ∎
//   So once a page that is the end of the list is accepted, nobody is missing.
//
// The moments of the pages play no part in it, so pages may be read ahead in any order.
// A page that does not share a row is kept, and we look for what lies before it: at the
// cursor if it lies beyond, else 5, 10, 20 … rows before the place where it should have
// joined, at last at offset 0, which always joins. Then the kept page is tried again; one
// that still does not join has been overtaken by changes and is dropped.
//
// Which order it is, the pages have to show (listing_order.h). Two doubts are handled here:
// - An order by updatedAt, oldest first, cannot always be told from one by createdAt (it
//   is the same one while nobody is updated). There, a changed row moves to the end. The
//   claim still holds if two things are added: a row joins only if its updatedAt is what it
//   was, and the page that ends the list was asked for when all the others had arrived, so
//   that it has whatever moved to the end meanwhile. Both cost nothing on a quiet tenant.
// - An order by updatedAt, latest first, moves a row that was not read yet to where we have
//   been. One pass proves nothing then; nor does it where no order fits (listing.cc
//   compares passes).
//
// A list that is one page has one moment and needs no order.
#include "tenant/listing_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "model/planted_bug.h"

namespace cipherform {
namespace {

tl::unexpected<Error> not_credible(std::string what) {
  return tl::unexpected(Error{ErrorKind::listing, std::move(what), {}, {}, false});
}

std::uint32_t fingerprint(std::string_view text) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
}

constexpr std::uint64_t kMostCounted = 1'000'000'000'000;  // far from where sums overflow
constexpr std::uint32_t kMostIdlePages = 16;
constexpr std::uint32_t kMostSameStarts = 3;
constexpr std::uint32_t kMostReturns = 8;

}  // namespace

// ------------------------------------------------------------ what to ask for

std::uint64_t ListingWalk::ask(std::uint64_t offset) {
  while (offset > 0 && asked_.contains(offset)) --offset;
  asked_[offset].asked = ++ticks_;
  ++requests_;
  return offset;
}

std::optional<std::uint64_t> ListingWalk::next_request() {
  if (ended_) return std::nullopt;
  if (repair_) return ask(*std::exchange(repair_, std::nullopt));
  if (asked_.empty()) return ask(cursor_);
  // Ahead of its turn goes only what is known to be needed and not the last page.
  if (page_rows_ == 0 || !last_total_ || asked_.size() >= 2 * std::size_t{options_.ahead}) return std::nullopt;
  const std::uint64_t next = std::max(cursor_, asked_.rbegin()->first + stride());
  if (next + page_rows_ >= *last_total_) return std::nullopt;
  return ask(next);
}

void ListingWalk::arrived(std::uint64_t offset, std::string body) {
  const auto at = asked_.find(offset);
  if (at == asked_.end()) return;
  at->second.is_here = true;
  at->second.read = ++ticks_;
  at->second.body = std::move(body);
}

std::string* ListingWalk::turn() {
  if (ended_ || repair_ || asked_.empty() || !asked_.begin()->second.is_here) return nullptr;
  return &asked_.begin()->second.body;
}

// ------------------------------------------------------------ what to believe

std::optional<std::uint32_t> ListingWalk::find(std::string_view id, std::uint64_t hash) const {
  return index_.find(id, hash, [this](std::uint32_t row) { return seen_[row].id; });
}

Result<PageVerdict> ListingWalk::judge(const PageFacts& facts, std::span<const RowKey> keys) {
  const std::uint64_t offset = asked_.begin()->first;
  if (!joins(offset, keys)) {
    reject(offset, keys.empty());
  } else {
    const Asked page = std::move(asked_.extract(asked_.begin()).mapped());
    accept(offset, page, facts, keys);
    if (auto why = implausible(offset, facts, keys)) return not_credible(*std::move(why));
    return PageVerdict{true, places_};
  }
  const std::uint64_t rows = std::max<std::uint64_t>(seen_.size(), std::min(most_total_, options_.most_rows));
  constexpr std::uint64_t kSpare = 64;
  constexpr std::uint64_t kTimes = 8;
  if (requests_ > kSpare + kTimes * (rows / stride() + 1)) {
    return not_credible(fmt::format("the pages do not fit together after {} requests", requests_));
  }
  return PageVerdict{};
}

bool ListingWalk::joins(std::uint64_t offset, std::span<const RowKey> keys) {
  known_.clear();
  hashes_.clear();
  bool shares = false;
  for (const RowKey& key : keys) {
    hashes_.push_back(IdIndex::hash(key.id));
    const auto row = find(key.id, hashes_.back());
    known_.push_back(row);
    shares = shares || (row && (!order_.may_follow_updates() || seen_[*row].update == fingerprint(key.updated_at)));
  }
  // Pages of one row cannot overlap and go on: they are taken as they come, and prove nothing.
  return shares || offset == 0 || overlap_ == 0 || planted(Bug::accept_unjoined_pages);
}

void ListingWalk::size_pages(const PageFacts& facts, std::size_t rows) {
  if (page_rows_ != 0) return;
  // A first page that is shorter than asked for is either all there is, or the API's own limit.
  const bool is_all = rows == 0 || (facts.has_next == false && facts.total.value_or(rows) <= rows);
  page_rows_ = is_all ? std::max<std::uint64_t>(options_.limit, 1) : rows;
  overlap_ = page_rows_ < 2 ? 0 : std::min<std::uint64_t>(options_.overlap, std::max<std::uint64_t>(page_rows_ / 4, 1));
}

void ListingWalk::accept(std::uint64_t offset, const Asked& page, const PageFacts& facts,
                         std::span<const RowKey> keys) {
  size_pages(facts, keys.size());
  order_.add(keys);
  take_rows(page, keys);
  if (facts.total) take_total(std::min(*facts.total, kMostCounted));
  ++accepted_;
  step_ = 0;
  const std::uint64_t end = offset + keys.size();
  cursor_ = end > overlap_ ? end - overlap_ : 0;
  const bool read_last = page.asked > last_accepted_read_;
  last_accepted_read_ = std::max(last_accepted_read_, page.read);
  if (!says_end(offset, facts, keys.size())) return;
  if (offset == 0) ended_in_one_page_ = true;
  ended_ = offset == 0 || read_last || !order_.may_follow_updates();
}

void ListingWalk::take_total(std::uint64_t total) {
  if (!first_total_) first_total_ = total;
  last_total_ = total;
  least_total_ = std::min(least_total_.value_or(total), total);
  most_total_ = std::max(most_total_, total);
}

void ListingWalk::take_rows(const Asked& page, std::span<const RowKey> keys) {
  places_.clear();
  const auto before = seen_.size();
  const auto hash_of = [this](std::uint32_t row) { return IdIndex::hash(seen_[row].id); };
  for (std::size_t i = 0; i < keys.size(); ++i) {
    // A row may come twice in one page; then the first one was not known when it was looked up.
    const auto row = known_[i] || i == 0 ? known_[i] : find(keys[i].id, hashes_[i]);
    if (!row) {
      const auto next = static_cast<std::uint32_t>(seen_.size());
      seen_.push_back({strings_.store(keys[i].id), fingerprint(keys[i].updated_at), page.read});
      index_.insert(hashes_[i], next, hash_of);
      places_.push_back(next);
    } else if (seen_[*row].read > page.read) {
      places_.push_back(kKeepWhatIsThere);
    } else {
      seen_[*row].read = page.read;
      seen_[*row].update = fingerprint(keys[i].updated_at);
      places_.push_back(*row);
    }
  }
  idle_pages_ = seen_.size() > before ? 0 : idle_pages_ + 1;
}

bool ListingWalk::says_end(std::uint64_t offset, const PageFacts& facts, std::size_t rows) const {
  if (rows == 0) return facts.has_next != true;
  const std::uint64_t end = offset + rows;
  if (facts.has_next) {
    // A full page that the total goes far beyond is not the last one, whatever it says.
    return !*facts.has_next && !(rows >= page_rows_ && facts.total && *facts.total > end);
  }
  // Not said. Behind the first page, a page that is not full is the last one. A first page
  // that is not what was asked for may be the API's limit, unless the total agrees.
  if (accepted_ > 1) return rows < page_rows_;
  return offset == 0 && rows != options_.limit && facts.total == rows;
}

void ListingWalk::reject(std::uint64_t offset, bool empty) {
  Asked& page = asked_.begin()->second;
  if (offset > cursor_) {
    if (empty) {
      asked_.erase(asked_.begin());  // the list became shorter
    } else {
      repair_ = cursor_;
    }
    return;
  }
  if (page.stepped_back) {
    asked_.erase(asked_.begin());
    return;
  }
  page.stepped_back = true;
  if (step_ == 0) join_ = offset;
  step_ = step_ == 0 ? std::max<std::uint64_t>(overlap_, 1) : 2 * step_;
  farthest_step_ = std::max(farthest_step_, step_);
  repair_ = join_ > step_ ? join_ - step_ : 0;
  if (*repair_ == 0) ++returns_to_start_;
  if (empty) asked_.erase(asked_.begin());
}

bool ListingWalk::proves() const {
  if (!ended_) return false;
  if (ended_in_one_page_) return true;
  return overlap_ > 0 && order_.fits_fixed_order() && !order_.may_be_latest_first();
}

/// What no change of the tenant explains.
std::optional<std::string> ListingWalk::implausible(std::uint64_t offset, const PageFacts& facts,
                                                    std::span<const RowKey> keys) {
  if (offset == 0 && keys.empty() && facts.total.value_or(0) > 0) {
    return fmt::format("the API counts {} but lists none", *facts.total);
  }
  if (offset == 0 && keys.empty() && facts.has_next == true)
    return "the first page is empty, yet it says that more follow";
  if (ended_) return std::nullopt;
  if (offset == 0 && first_id_.empty()) first_id_ = seen_[places_.front()].id;
  same_start_pages_ = offset > 0 && !keys.empty() && keys.front().id == first_id_ ? same_start_pages_ + 1 : 0;
  if (same_start_pages_ >= kMostSameStarts) return "every page begins with the same entry: the API ignores `offset`";
  const std::uint64_t growth = most_total_ - first_total_.value_or(most_total_);
  if (idle_pages_ > kMostIdlePages + (growth + farthest_step_) / stride()) {
    return fmt::format("the list does not end: {} pages in a row had nobody new", idle_pages_);
  }
  constexpr std::uint64_t kTimes = 10;
  constexpr std::uint64_t kSpare = 10'000;
  const std::uint64_t most =
      last_total_ ? std::min(options_.most_rows, kTimes * most_total_ + kSpare) : options_.most_rows;
  if (seen_.size() > most) return fmt::format("the list does not end: {} were read", seen_.size());
  if (returns_to_start_ > kMostReturns) return "the list changes faster than it can be read";
  return std::nullopt;
}

}  // namespace cipherform
