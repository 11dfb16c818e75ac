#include <gtest/gtest.h>

#include "cipherform/model.h"

namespace cipherform {
namespace {

TEST(Source, IsWhatItsParallelTablesSay) {
  DesiredState desired;
  desired.files = {"a.yaml", "b.yaml"};
  desired.details = {{}, {"platform", "OPS-411", parse_until("2027-01-31")}};
  const Source full = source_of(desired, {{1, 4, 7}, 1});
  EXPECT_EQ(full, (Source{"b.yaml", 4, 7, "platform", "OPS-411", parse_until("2027-01-31")}));
  EXPECT_EQ(source_of(desired, {{0, 2, 3}, 0}), (Source{"a.yaml", 2, 3, "", "", std::nullopt}));
}

}  // namespace
}  // namespace cipherform
