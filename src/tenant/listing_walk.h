// One pass over a list that changes while it is read: which page to ask for next, and
// which pages to believe. Pure: no I/O. The algorithm and its proof open listing_walk.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cipherform/error.h"
#include "cipherform/model.h"
#include "tenant/decode.h"
#include "tenant/id_index.h"
#include "tenant/listing_order.h"

namespace cipherform {

struct WalkOptions {
  std::uint32_t limit = 100;  ///< rows asked for; what the API makes of it is found out
  std::uint32_t overlap = 5;  ///< rows that adjacent pages share
  unsigned ahead = 4;         ///< pages asked for before their turn
  std::uint64_t most_rows = 10'000'000;
};

/// Where a page's row belongs: a row number, which is new if it is the next one.
inline constexpr std::uint32_t kKeepWhatIsThere = ~std::uint32_t{0};

/// What became of the page whose turn it was.
struct PageVerdict {
  bool accepted = false;
  /// For each row of an accepted page: the row it is, or kKeepWhatIsThere where what we
  /// have of it was read later.
  std::span<const std::uint32_t> rows;
};

class ListingWalk {
 public:
  /// The ids of accepted rows are stored in `strings`.
  ListingWalk(const WalkOptions& options, StringArena& strings) : options_(options), strings_(strings) {}

  /// The offset of a page to ask for now, if any. It then counts as asked for.
  std::optional<std::uint64_t> next_request();
  /// An answer to it.
  void arrived(std::uint64_t offset, std::string body);
  /// The body of the page whose turn it is, if it has arrived: to be decoded and judged.
  std::string* turn();
  std::uint64_t turn_offset() const { return asked_.begin()->first; }
  /// ErrorKind::listing where the list cannot be what it says.
  Result<PageVerdict> judge(const PageFacts& facts, std::span<const RowKey> keys);

  bool ended() const { return ended_; }
  std::uint32_t rows() const { return static_cast<std::uint32_t>(seen_.size()); }
  std::string_view id(std::uint32_t row) const { return seen_[row].id; }
  bool has(std::string_view id) const { return find(id, IdIndex::hash(id)).has_value(); }

  std::uint32_t requests() const { return requests_; }
  std::uint32_t accepted_pages() const { return accepted_; }
  /// What the accepted pages said the list's length is: the first one, the last one, the least.
  std::optional<std::uint64_t> first_total() const { return first_total_; }
  std::optional<std::uint64_t> last_total() const { return last_total_; }
  std::optional<std::uint64_t> least_total() const { return least_total_; }
  /// Ended, and every row that existed throughout is there, if the order is what it seems to be.
  bool proves() const;

 private:
  struct Seen {
    std::string_view id;
    std::uint32_t update = 0;  ///< hash of updatedAt, as first read
    std::uint32_t read = 0;    ///< when: ticks
  };
  struct Asked {
    std::uint32_t asked = 0;  ///< when: ticks
    std::uint32_t read = 0;
    bool is_here = false;
    bool stepped_back = false;  ///< its predecessors were looked for already
    std::string body;
  };

  std::optional<std::uint32_t> find(std::string_view id, std::uint64_t hash) const;
  std::uint64_t ask(std::uint64_t offset);
  std::uint64_t stride() const { return page_rows_ - overlap_; }
  bool joins(std::uint64_t offset, std::span<const RowKey> keys);
  void size_pages(const PageFacts& facts, std::size_t rows);
  void accept(std::uint64_t offset, const Asked& page, const PageFacts& facts, std::span<const RowKey> keys);
  void take_total(std::uint64_t total);
  void take_rows(const Asked& page, std::span<const RowKey> keys);
  bool says_end(std::uint64_t offset, const PageFacts& facts, std::size_t rows) const;
  void reject(std::uint64_t offset, bool empty);
  std::optional<std::string> implausible(std::uint64_t offset, const PageFacts& facts, std::span<const RowKey> keys);

  const WalkOptions options_;
  StringArena& strings_;

  std::vector<Seen> seen_;
  IdIndex index_;
  OrderEvidence order_;

  std::map<std::uint64_t, Asked> asked_;  ///< by offset; the first one's turn it is
  std::uint64_t cursor_ = 0;              ///< where the next page should start
  std::optional<std::uint64_t> repair_;   ///< a page to ask for before all others
  std::uint64_t join_ = 0;                ///< where the page that does not join should have joined
  std::uint64_t step_ = 0;                ///< how far back of it we looked; 0: not at all
  std::uint64_t page_rows_ = 0;           ///< rows that the API gives in a page; 0: not known yet
  std::uint64_t overlap_ = 0;
  std::uint32_t ticks_ = 0;               ///< counts requests and arrivals, to tell what was read after what
  std::uint32_t last_accepted_read_ = 0;  ///< the latest of all accepted pages
  bool ended_ = false;
  bool ended_in_one_page_ = false;

  std::uint32_t requests_ = 0;
  std::uint32_t accepted_ = 0;
  std::optional<std::uint64_t> first_total_;
  std::optional<std::uint64_t> last_total_;
  std::optional<std::uint64_t> least_total_;
  std::uint64_t most_total_ = 0;

  // What tells a list that does not work from one that changes.
  std::uint64_t farthest_step_ = 0;
  std::uint32_t idle_pages_ = 0;        ///< accepted one after another, without a new row
  std::uint32_t same_start_pages_ = 0;  ///< one after another that begin like the very first
  std::uint32_t returns_to_start_ = 0;
  std::string_view first_id_;

  std::vector<std::uint32_t> places_;                ///< of the page judged last
  std::vector<std::optional<std::uint32_t>> known_;  ///< its rows that were there before
  std::vector<std::uint64_t> hashes_;
};

}  // namespace cipherform
