// The comment of each string of the corpus as files, for renderers that are not ours
// (markdown_gfm_test.py): NN.md, NN.shown with the string as it should be seen, NN.aim.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "cipherform/render.h"
#include "fakes/hostile_strings.h"
#include "fakes/temporary_directory.h"
#include "render/random_plans.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

void write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text << std::flush;
  ASSERT_TRUE(stream) << file;
}

void write_case(const std::filesystem::path& directory, unsigned number, const fakes::HostileString& hostile) {
  const auto file = [&](const char* kind) { return directory / fmt::format("{:02}.{}", number, kind); };
  write(file("md"), render_markdown(samples::plan_of(hostile.text)));
  write(file("shown"), terminal_safe(hostile.text));
  write(file("aim"), hostile.aim);
}

TEST(MarkdownCorpus, IsWrittenForOtherRenderers) {
  const fakes::TemporaryDirectory scratch;
  const char* const wanted = std::getenv("CIPHERFORM_MARKDOWN_CORPUS");
  const std::filesystem::path directory = wanted == nullptr ? scratch.path() : std::filesystem::path{wanted};
  unsigned number = 0;
  for (const auto& hostile : fakes::kHostileStrings) write_case(directory, number++, hostile);
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    write(directory / fmt::format("random-{:02}.md", seed), render_markdown(samples::random_plan(seed, 300)));
  }
  write(directory / "large.md", render_markdown(samples::large_plan(5'000)));
  EXPECT_EQ(number, fakes::kHostileStrings.size());
}

}  // namespace
}  // namespace cipherform
