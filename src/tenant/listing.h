// Reading a whole list through the dispatcher: passes of ListingWalk until one is proved,
// or until more of them would not help.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cipherform/tenant.h"
#include "tenant/decode.h"
#include "tenant/listing_walk.h"

namespace cipherform {

/// What the listing needs to know of a page that was decoded.
struct PageView {
  const PageFacts* facts = nullptr;
  std::span<const RowKey> keys;
};

/// A list of the API: how its pages are asked for and decoded, and where its rows go.
class ListedRows {
 public:
  virtual ~ListedRows() = default;
  virtual std::string_view name() const = 0;  ///< "users"
  virtual HttpRequest page_request(std::uint64_t offset, std::uint32_t limit) const = 0;
  /// Whether the first page, which was refused, may be asked for in another way;
  /// page_request() then does.
  virtual bool ask_differently(const Dispatched& refused) = 0;
  /// Forgets the rows of the pass before.
  virtual void begin_pass() = 0;
  virtual Result<PageView> decode(std::string& body) = 0;
  /// Takes the rows of the page decoded last, which `walk` accepted as `rows`.
  virtual void keep(const ListingWalk& walk, std::span<const std::uint32_t> rows) = 0;
  /// Takes over the storage of the ids of the pass that is kept.
  virtual void adopt_ids(StringArena&& ids) = 0;
};

/// Why a list could not be read.
struct ListingFailure {
  Error error;
  int status = 0;                ///< of the answer to a page, where that is why
  bool answer_too_long = false;  ///< even the smallest page
};

/// Reads lists, one after another, through one dispatcher.
class Listing {
 public:
  Listing(Dispatcher& dispatcher, const ReadOptions& options, const Interruption* interruption)
      : dispatcher_(dispatcher), options_(options), interruption_(interruption) {}

  /// Reads `list` until a pass is proved, at most `most_passes` times.
  tl::expected<ListingProof, ListingFailure> read(ListedRows& list, std::uint32_t most_passes, Progress* progress);

 private:
  struct Pass;
  struct Stop;
  tl::expected<void, Stop> run(ListedRows& list, Pass& pass, Progress* progress);
  tl::expected<void, Stop> judge_arrived(ListedRows& list, Pass& pass, Progress* progress);
  void ask_for_pages(const ListedRows& list, Pass& pass);
  Stop page_failed(ListedRows& list, std::uint64_t offset, const Dispatched& dispatched);

  Dispatcher& dispatcher_;
  const ReadOptions& options_;
  const Interruption* interruption_;
  std::uint32_t limit_ = 0;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace cipherform
