// Fed with events directly: what the parser makes of a text is yaml_stream_test's.
#include "config/document_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "config/sink_log.h"

namespace cipherform::config {
namespace {

class DocumentStreamTest : public testing::Test {
 protected:
  void scalar(std::string_view text, AnchorId anchor = 0) {
    stream.scalar({.line = 1, .column = 1}, text, true, anchor);
  }
  void map(AnchorId anchor = 0) { stream.open(Value::Kind::map, {.line = 1, .column = 1}, anchor); }
  void list(AnchorId anchor = 0) { stream.open(Value::Kind::sequence, {.line = 1, .column = 1}, anchor); }
  void alias(AnchorId anchor) { stream.alias({.line = 2, .column = 2}, anchor); }
  std::string errors() { return tests::lines_of(std::move(diagnostics)); }

  Diagnostics diagnostics;
  FileDiagnostics file{diagnostics, 0};
  tests::SinkLog sink;
  DocumentStream stream{sink, file};
};

TEST_F(DocumentStreamTest, HandsUsersOverOneByOne) {
  map();
  scalar("users");
  list();
  map();
  scalar("email");
  scalar("a");
  stream.close();
  EXPECT_EQ(sink.text, "begin root\nbegin users users\nusers: {email: a} @1:1\n");
  stream.close();
  stream.close();
  EXPECT_EQ(sink.text, "begin root\nbegin users users\nusers: {email: a} @1:1\nend users\nend root\n");
  EXPECT_EQ(stream.ending(), Reading::complete);
}

TEST_F(DocumentStreamTest, HandsAnAnchoredListOverInTheSameWayAndKeepsItForAliases) {
  map();
  scalar("teams");
  map();
  scalar("a");
  list(1);
  scalar("x");
  stream.close();
  scalar("b");
  alias(1);
  stream.close();
  stream.close();
  EXPECT_EQ(sink.text,
            "begin root\nbegin teams teams\nbegin team a\nteam: x @1:1\nend team\n"
            "begin team b\nteam: x @1:1\nend team\nend teams\nend root\n");
  EXPECT_EQ(errors(), "");
}

TEST_F(DocumentStreamTest, KeepsAnAnchorWhileOtherUnitsComeAndGo) {
  map();
  scalar("users");
  list();
  scalar("kept", 1);
  for (int i = 0; i < 5000; ++i) scalar("a user that is gone after the call");
  sink.text.clear();
  alias(1);
  EXPECT_EQ(sink.text, "users: kept @2:2\n");
}

TEST_F(DocumentStreamTest, RefusesAnAliasWithinItsOwnAnchor) {
  map();
  scalar("x");
  list(1);
  alias(1);
  stream.close();
  stream.close();
  EXPECT_EQ(errors(), "2:2: an alias to a value that contains the alias itself\n");
}

TEST_F(DocumentStreamTest, MergesIntoAStreamedMapWhenItEnds) {
  map();
  scalar("groups");
  map();
  scalar("G");
  map();
  scalar("<<");
  map();
  scalar("members");
  list();
  scalar("merged");
  stream.close();
  scalar("max_members");
  scalar("1");
  stream.close();
  scalar("max_members");
  scalar("2");
  stream.close();
  stream.close();
  stream.close();
  EXPECT_EQ(sink.text,
            "begin root\nbegin groups groups\nbegin group G\ngroup: max_members = 2 @1:1\n"
            "begin members members\nmembers: merged @1:1\nend members\nend group\nend groups\nend root\n");
}

TEST_F(DocumentStreamTest, DropsTheValueOfADuplicateKeyOfAStreamedMap) {
  map();
  scalar("users");
  list();
  stream.close();
  scalar("users");
  list();
  scalar("dropped");
  stream.close();
  stream.close();
  EXPECT_EQ(sink.text, "begin root\nbegin users users\nend users\nend root\n");
  EXPECT_EQ(errors(), "1:1: duplicate key 'users' (first at 1:1)\n");
}

TEST_F(DocumentStreamTest, HandsOverWhatIsNotOfTheKindThatWouldBeStreamed) {
  map();
  scalar("users");
  map();
  stream.close();
  scalar("groups");
  stream.null({.line = 9, .column = 9}, 0);
  stream.close();
  EXPECT_EQ(sink.text, "begin root\nroot: users = {} @1:1\nroot: groups = null @1:1\nend root\n");
}

TEST_F(DocumentStreamTest, BoundsDepthAnchorsAndWhatIsHeld) {
  map();
  scalar("x");
  for (std::size_t i = 0; i + 1 < kMaxDepth; ++i) list();
  EXPECT_THROW(list(), ReadingStopped);
  EXPECT_THROW(scalar("a", kMaxAnchors + 1), ReadingStopped);
  EXPECT_THROW(
      {
        while (true) scalar("held");
      },
      ReadingStopped);
  EXPECT_EQ(errors(),
            "1:1: a value with too many values in it (at most 256 MiB)\n1:1: more than 10000 anchors\n"
            "1:1: more than 64 levels of lists and maps\n");
}

TEST_F(DocumentStreamTest, SaysThatADocumentIsEmptyOrNoMap) {
  stream.null({.line = 1, .column = 1}, 0);
  EXPECT_EQ(stream.ending(), Reading::empty);
  list();
  stream.close();
  EXPECT_EQ(stream.ending(), Reading::cut);
  EXPECT_EQ(errors(), "1:1: the file must hold a map of keys, but holds a list\n");
}

}  // namespace
}  // namespace cipherform::config
