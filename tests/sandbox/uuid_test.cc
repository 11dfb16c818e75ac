#include "sandbox/uuid.h"

#include <gtest/gtest.h>

#include <set>

#include "cipherform/model.h"

namespace cipherform::sandbox {
namespace {

TEST(Uuid, ReadsAndWritesTheCanonicalForm) {
  const auto uuid = parse_uuid("550E8400-e29b-41d4-a716-44665544FFff");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(to_string(*uuid), "550e8400-e29b-41d4-a716-44665544ffff");
  EXPECT_FALSE(parse_uuid("550e8400-e29b-41d4-a716-44665544000"));
  EXPECT_FALSE(parse_uuid(""));
}

TEST(Uuid, ComparesAsItsText) {
  const auto a = *parse_uuid("0f000000-0000-4000-8000-000000000000");
  const auto b = *parse_uuid("f0000000-0000-4000-8000-000000000000");
  EXPECT_LT(a, b);
  EXPECT_LT(to_string(a), to_string(b));
}

TEST(MakeUuid, IsVersionFourAndTheSameForever) {
  // Recorded output of examples depends on these.
  EXPECT_EQ(to_string(make_uuid(IdKind::user, 0)), "6f7e194d-2fdd-46a7-9e4f-41f405a382b3");
  EXPECT_EQ(to_string(make_uuid(IdKind::group, 0)), "007cc3f0-793e-4746-a6c8-0c3dc6274337");
  for (std::uint64_t n = 0; n < 100; ++n) {
    const std::string text = to_string(make_uuid(IdKind::user, n));
    EXPECT_TRUE(is_uuid(text));
    EXPECT_EQ(text[14], '4');
    EXPECT_NE(std::string_view("89ab").find(text[19]), std::string_view::npos) << text;
  }
}

TEST(MakeUuid, DoesNotRepeat) {
  std::set<Uuid> seen;
  for (std::uint64_t n = 0; n < 10'000; ++n) {
    EXPECT_TRUE(seen.insert(make_uuid(IdKind::user, n)).second);
    EXPECT_TRUE(seen.insert(make_uuid(IdKind::group, n)).second);
  }
}

}  // namespace
}  // namespace cipherform::sandbox
