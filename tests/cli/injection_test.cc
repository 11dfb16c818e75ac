// What is said beside the data: diagnostics, errors with the API's own words, progress, and
// history, with the corpus of hostile strings in it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cipherform/tenant.h"
#include "cli/console.h"
#include "cli/history_text.h"
#include "cli/run.h"
#include "fakes/golden.h"
#include "fakes/hostile_strings.h"
#include "fakes/log_safety.h"
#include "fakes/scripted_transport.h"
#include "fakes/temporary_directory.h"

namespace cipherform::cli {
namespace {

using fakes::acted_on;
using fakes::kHostileStrings;

class SaidToTheUser : public testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  Surroundings around_{.in = in_, .out = out_, .err = err_};
  Console console_{around_, ColorMode::never};
};

std::string difference(const char* name, std::string_view text) {
  return fakes::golden_difference(std::filesystem::path{CIPHERFORM_SOURCE_DIR} / "tests" / "golden" / "cli" / name,
                                  text);
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

/// As a double-quoted scalar of YAML, which is a string of JSON too.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += fmt::format("\\u00{:02x}", static_cast<unsigned char>(c));
  return out + '"';
}

TEST_F(SaidToTheUser, DiagnosticsAreALineEach) {
  std::vector<Diagnostic> diagnostics;
  for (const auto& hostile : kHostileStrings) {
    const std::string text{hostile.text};
    diagnostics.push_back({text, 3, 5, "there is no team '" + text + "'", "did you mean '" + text + "'?"});
  }
  console_.diagnostics(diagnostics);
  EXPECT_EQ(acted_on(err_.str()), "");
  EXPECT_EQ(lines(err_.str()), kHostileStrings.size());
  EXPECT_EQ(difference("injection_diagnostics.txt", err_.str()), "");
}

TEST_F(SaidToTheUser, ErrorsWithTheApisWordsAreALineEach) {
  for (const auto& hostile : kHostileStrings) {
    for (const std::string& body :
         {fmt::format(R"({{"message":{}}})", quoted(hostile.text)), std::string{hostile.text}}) {
      console_.error({ErrorKind::refused, "the API answered 400: " + decode_error_message(body),
                      std::string{hostile.text}, std::string{hostile.text}, false});
    }
  }
  EXPECT_EQ(acted_on(err_.str()), "");
  EXPECT_EQ(lines(err_.str()), 2 * kHostileStrings.size());
  EXPECT_EQ(difference("injection_errors.txt", err_.str()), "");
}

TEST_F(SaidToTheUser, ProgressIsALineEach) {
  fakes::VirtualClock clock;
  ConsoleProgress progress(console_, clock);
  for (const auto& hostile : kHostileStrings) {
    clock.advance_to(clock.steady() + std::chrono::seconds{11});
    progress.update(hostile.text, 3, 5);
    clock.advance_to(clock.steady() + std::chrono::seconds{11});
    progress.waiting(hostile.text, std::chrono::seconds{3});
  }
  EXPECT_EQ(acted_on(err_.str()), "");
  EXPECT_EQ(lines(err_.str()), 2 * kHostileStrings.size());
}

TEST_F(SaidToTheUser, ValidateQuotesWhatItRefuses) {
  const fakes::TemporaryDirectory directory;
  std::string yaml = "version: 1\nenvironments:\n  qa: {url: 'https://example.com/qa'}\nusers:\n";
  for (const auto& hostile : kHostileStrings) {
    const std::string name = quoted(hostile.text);
    yaml += fmt::format("  - {{email: {}, groups: [{}, {{name: {}, until: {}, reason: {}}}]}}\n", name, name, name,
                        name, name);
    yaml += fmt::format("  - {{{}: x, email: a@example.com, groups: [{{team: {}}}], environments: [{}]}}\n", name, name,
                        name);
  }
  directory.write("cipherform.yaml", yaml);
  const std::vector<std::string> arguments{"-C", directory.path().string(), "validate"};
  const int code = run(arguments, {.in = in_, .out = out_, .err = err_, .variables = [](std::string_view) {
                                     return std::optional<std::string>{};
                                   }});
  EXPECT_EQ(code, 1);
  EXPECT_EQ(acted_on(err_.str()), "");
  EXPECT_GT(lines(err_.str()), kHostileStrings.size());
  EXPECT_EQ(out_.str(), "");
}

TEST_F(SaidToTheUser, ACommandLineIsQuotedToo) {
  for (const auto& hostile : kHostileStrings) {
    const std::string text{hostile.text.substr(0, hostile.text.find('\0'))};
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{text},
                                                                                           {"plan", "--format", text},
                                                                                           {"plan", "--as-of", text},
                                                                                           {"plan", "--color", text},
                                                                                           {"help", text}}) {
      run(arguments, {.in = in_, .out = out_, .err = err_, .variables = [](std::string_view) {
                        return std::optional<std::string>{};
                      }});
    }
  }
  EXPECT_EQ(acted_on(err_.str()), "");
}

TEST_F(SaidToTheUser, HistoryShowsItAndNothingElse) {
  RunHistory history;
  history.run.id = 1;
  history.run.environment = history.run.base_url = history.run.tool_version = kHostileStrings[0].text;
  for (const auto& hostile : kHostileStrings) {
    ActionRecord action;
    action.action_id = action.kind = action.email = action.group = action.detail = hostile.text;
    history.run.holder = {std::string{hostile.text}, std::string{hostile.text}, 1};
    history.actions.push_back(action);
  }
  EXPECT_EQ(acted_on(history_text(history, Time{})), "");
  EXPECT_EQ(acted_on(history_json(history, Time{})), "");
  EXPECT_EQ(acted_on(history_text(std::vector{history.run}, Time{})), "");
  EXPECT_EQ(acted_on(history_json(std::vector{history.run}, Time{})), "");
}

}  // namespace
}  // namespace cipherform::cli
