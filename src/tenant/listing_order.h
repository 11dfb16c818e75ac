// In which order does the API list? The overlap proof (listing_walk.cc) needs an order
// that changes do not reshuffle, and what the `sort` parameter does is not published. So
// the data has to say: an order is believed as long as no page contradicts it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tenant/decode.h"

namespace cipherform {

class OrderEvidence {
 public:
  /// Takes the rows of one page, which are one slice of the list at one moment.
  void add(std::span<const RowKey> page);

  /// Some order by what never changes (id, or createdAt and then id) fits every page.
  bool fits_fixed_order() const { return (alive_ & kFixed) != 0; }
  /// An order by updatedAt fits every page too: a change may move its user to the end …
  bool may_follow_updates() const { return (alive_ & (kUpdatedUp | kUpdatedDown)) != 0; }
  /// … or to the front, behind a reader's back.
  bool may_be_latest_first() const { return (alive_ & kUpdatedDown) != 0; }

 private:
  enum : unsigned {
    kIdUp = 1U << 0U,
    kIdDown = 1U << 1U,
    kCreatedUpIdUp = 1U << 2U,
    kCreatedUpIdDown = 1U << 3U,
    kCreatedDownIdUp = 1U << 4U,
    kCreatedDownIdDown = 1U << 5U,
    kUpdatedUp = 1U << 6U,
    kUpdatedDown = 1U << 7U,
    kFixed = kUpdatedUp - 1,
    kCreated = kCreatedUpIdUp | kCreatedUpIdDown | kCreatedDownIdUp | kCreatedDownIdDown,
    kAll = (1U << 8U) - 1,
  };

  static unsigned fixed_orders_of(const RowKey& first, const RowKey& second);
  static unsigned update_orders_of(const RowKey& first, const RowKey& second);

  unsigned alive_ = kAll;
};

}  // namespace cipherform
