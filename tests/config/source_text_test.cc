#include "config/source_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "config/sink_log.h"
#include "fakes/temporary_directory.h"

namespace cipherform::config {
namespace {

std::string problem(std::string_view text) {
  Diagnostics errors;
  const bool good = check_text(text, FileDiagnostics(errors, 0));
  EXPECT_EQ(good, errors.empty());
  return tests::lines_of(std::move(errors));
}

TEST(ReadRegularFile, GivesAllBytes) {
  const fakes::TemporaryDirectory directory;
  const std::string bytes = std::string("a\0b", 3) + std::string(300'000, 'x');
  EXPECT_EQ(read_regular_file(directory.write("file", bytes)), bytes);
  EXPECT_EQ(read_regular_file(directory.write("empty", "")), "");
}

TEST(ReadRegularFile, SaysWhyThereIsNothingToRead) {
  const fakes::TemporaryDirectory directory;
  EXPECT_EQ(read_regular_file(directory.path() / "none").error(), "no such file");
  EXPECT_EQ(read_regular_file(directory.path()).error(), "is a directory, not a file");
  EXPECT_EQ(read_regular_file(directory.write("file", "") / "below").error(), "cannot be read: Not a directory");
}

TEST(ReadRegularFile, DoesNotWaitForAPipeOrReadADevice) {
  const fakes::TemporaryDirectory directory;
  const std::filesystem::path pipe = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_regular_file(pipe).error(), "is not a regular file");
  EXPECT_EQ(read_regular_file("/dev/zero").error(), "is not a regular file");
}

TEST(ReadRegularFile, RefusesWhatIsTooLargeWithoutReadingIt) {
  const fakes::TemporaryDirectory directory;
  const std::filesystem::path file = directory.write("sparse", "");
  std::filesystem::resize_file(file, kMaxFileBytes + 1);
  EXPECT_EQ(read_regular_file(file).error(), "is larger than 128 MiB");
}

TEST(ReadRegularFile, SaysWhyAFileCannotBeRead) {
  const fakes::TemporaryDirectory directory;
  const std::filesystem::path loop = directory.path() / "loop";
  std::filesystem::create_symlink(loop, loop);  // not a matter of permissions, so root sees it too
  EXPECT_EQ(read_regular_file(loop).error(), "cannot be read: Too many levels of symbolic links");
}

TEST(CheckText, LetsTextPass) {
  EXPECT_EQ(problem(""), "");
  EXPECT_EQ(problem("a: b\r\n# tab\there\nö: \xE2\x82\xAC \xF0\x9F\x98\x80\n\t\n \t# comment\n"), "");
}

TEST(CheckText, NamesTheFirstThingThatIsNoText) {
  EXPECT_EQ(problem(std::string("a: b\nc: \0\n", 10)), "2:4: a NUL byte (a declaration is text in UTF-8)\n");
  EXPECT_EQ(problem("a\x1B[31m"), "1:2: a control character\n");
  EXPECT_EQ(problem("a\x7F"), "1:2: a control character\n");
  EXPECT_EQ(problem("a\xC2\x85z"), "1:2: a control character\n");
  EXPECT_EQ(problem("a\xE2\x80\xA8z"), "1:2: a Unicode line separator\n");
  EXPECT_EQ(problem("a\rb"), "1:2: a carriage return without a line feed\n");
}

TEST(CheckText, AcceptsUtf8OfRfc3629Only) {
  for (const std::string_view bytes : {"\xFF", "\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                       "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xC3("}) {
    EXPECT_EQ(problem("x" + std::string(bytes)), "1:2: not valid UTF-8 (a declaration is text in UTF-8)\n");
  }
  EXPECT_EQ(problem("\xC2\xA0\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBD"), "");
}

TEST(CheckText, RefusesTabsThatIndentContent) {
  EXPECT_EQ(problem("a:\n  \tb: c\n"), "2:3: a tab in the indentation: YAML indents with spaces only\n");
  EXPECT_EQ(problem("a:\n\tb: c"), "2:1: a tab in the indentation: YAML indents with spaces only\n");
}

TEST(CheckText, BoundsTheLengthOfALine) {
  EXPECT_EQ(problem(std::string(kMaxLineBytes, 'x') + "\n"), "");
  EXPECT_EQ(problem("a\n" + std::string(kMaxLineBytes + 1, 'x')), "2:1: a line of more than 1 MiB\n");
}

}  // namespace
}  // namespace cipherform::config
