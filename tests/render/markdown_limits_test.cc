// What must hold of the comment of any plan: its size, its folds, and that what it shows and
// what it says it leaves out are together what there is.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "cipherform/render.h"
#include "fakes/hostile_strings.h"
#include "fuzz/text_checks.h"
#include "render/random_plans.h"
#include "render/sample_plans.h"

namespace cipherform {
namespace {

constexpr std::size_t kGitHubLimit = 65'536;
constexpr std::size_t kMargin = 1'536;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// "12,411" → 12411
std::size_t number(std::string digits) {
  std::erase(digits, ',');
  return std::stoul(digits);
}

/// A section as a reader sees it.
struct Shown {
  std::size_t said = 0;   ///< the number in its headline
  std::size_t there = 0;  ///< entries
  std::size_t more = 0;   ///< "and N more"
  std::size_t lists = 0;  ///< how often it has entries or a "more"
};

/// Reads a comment as its reader would, from the lines alone.
class Reader {
 public:
  explicit Reader(const std::string& markdown) {
    for (const std::string& line : lines_of(markdown)) read(line);
  }

  std::map<std::string, Shown> sections;
  int folds = 0;
  int deepest = 0;
  bool closed_before_opened = false;
  bool in_block = false;

 private:
  void read(const std::string& line) {
    static const std::regex fence("^(`{3,})(diff)?$");
    static const std::regex person("^[-+~!] [^ ].*");
    static const std::regex more("^(?:> )?-? ?and ([0-9,]+) more$");
    std::smatch match;
    if (std::regex_match(line, match, fence) && (!in_block || match[1] == fence_)) {
      fence_ = match[1];
      in_block = !in_block;
      return;
    }
    if (in_block) {
      if (std::regex_match(line, person)) entry();
      return;
    }
    if (line.starts_with("<details>")) deepest = std::max(deepest, ++folds);
    if (line == "</details>" && --folds < 0) closed_before_opened = true;
    if (std::regex_match(line, match, more)) {
      sections[current_].more += number(match[1]);
      if (sections[current_].there == 0) ++sections[current_].lists;
    } else if (line.starts_with("- ") || line.starts_with("> - ")) {
      entry();
    } else {
      headline(line);
    }
  }
  void entry() {
    if (sections[current_].there++ == 0) ++sections[current_].lists;
  }
  /// "**3 removals**", "<summary>3 removals</summary>", "**Ending within 14 days (3)**", "#### 3 people change"
  void headline(const std::string& line) {
    static const std::regex counted(
        R"(^(?:> \*\*(?:Apply refuses this plan: )?|\*\*|<details><summary>|#### )([0-9,]+) ([a-z ]+)(?:\*\*|</summary>|$).*)");
    static const std::regex titled(R"(^\*\*([A-Z][A-Za-z0-9, ]+) \(([0-9,]+)\)\*\*$)");
    std::smatch match;
    if (std::regex_match(line, match, counted)) {
      current_ = match[2];
      sections[current_].said = number(match[1]);
    } else if (std::regex_match(line, match, titled)) {
      current_ = match[1];
      sections[current_].said = number(match[2]);
    } else if (line.find("<summary>") != std::string::npos || line.starts_with("> **") || line.starts_with("#### ")) {
      current_ = line;
    }
  }

  std::string fence_;
  std::string current_;
};

std::size_t total(const Reader& reader, std::initializer_list<const char*> names) {
  std::size_t said = 0;
  for (const char* name : names) {
    if (const auto found = reader.sections.find(name); found != reader.sections.end()) said += found->second.said;
  }
  return said;
}

std::size_t privileged_grants(const Plan& plan) {
  std::size_t count = 0;
  for (const Action& action : plan.actions) {
    if (const auto* add = std::get_if<AddMember>(&action.change)) count += add->grant.privileged ? 1 : 0;
    if (const auto* create = std::get_if<CreateUser>(&action.change)) {
      count += static_cast<std::size_t>(
          std::count_if(create->grants.begin(), create->grants.end(), [](const Grant& g) { return g.privileged; }));
    }
  }
  return count;
}

void check(const Plan& plan) {
  const std::string text = render_markdown(plan);
  ASSERT_LE(text.size(), kGitHubLimit - kMargin);
  ASSERT_TRUE(text.ends_with('\n'));
  bool harmless = true;
  const bool utf8 = fuzz::code_points(text, [&](char32_t c) { harmless &= c == '\n' || (c >= 0x20 && c != 0x7F); });
  ASSERT_TRUE(utf8 && harmless);

  const Reader reader(text);
  ASSERT_EQ(reader.folds, 0);
  ASSERT_LE(reader.deepest, 1);
  ASSERT_FALSE(reader.closed_before_opened);
  ASSERT_FALSE(reader.in_block);
  for (const auto& [name, shown] : reader.sections) {
    if (shown.said == 0) continue;
    ASSERT_EQ(shown.there + shown.more, shown.said) << name << "\n" << text;
    ASSERT_EQ(shown.lists, 1U) << name;
  }
  const PlanCounts counts = plan.counts();
  ASSERT_EQ(total(reader, {"removal", "removals"}), counts.remove);
  ASSERT_EQ(total(reader, {"blocked change", "blocked changes"}), counts.blocked);
  ASSERT_EQ(total(reader, {"privileged grant", "privileged grants"}), privileged_grants(plan));
  ASSERT_EQ(total(reader, {"guardrail is hit", "guardrails are hit"}), plan.guardrail_hits.size());
  ASSERT_EQ(total(reader, {"Ending within 14 days"}),
            std::count_if(plan.findings.begin(), plan.findings.end(),
                          [](const Finding& finding) { return finding.kind == FindingKind::expires_soon; }));
}

TEST(MarkdownLimits, HoldForRandomPlansOfAnySize) {
  for (std::uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    check(samples::random_plan(seed, std::size_t{1} << (seed % 12)));
    if (HasFatalFailure()) return;
  }
}

TEST(MarkdownLimits, HoldForPlansOfAHundredThousandChanges) {
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
    SCOPED_TRACE(seed);
    check(samples::random_plan(seed, 100'000));
    if (HasFatalFailure()) return;
  }
}

TEST(MarkdownLimits, HoldWhereEveryTextIsHostile) {
  for (const auto& hostile : fakes::kHostileStrings) {
    SCOPED_TRACE(hostile.aim);
    std::string long_text;
    while (long_text.size() < 5000) long_text += hostile.text;
    check(samples::plan_of(hostile.text));
    check(samples::plan_of(long_text));
    if (HasFatalFailure()) return;
  }
}

TEST(MarkdownLimits, KeepWhatIsMostImportant) {
  Plan plan = samples::large_plan(30'000);
  const Reader reader(render_markdown(plan));
  EXPECT_GT(reader.sections.at("removals").there, 300U);
  EXPECT_GT(reader.sections.at("people change").there, 50U);
  EXPECT_GT(reader.sections.at("removals").there, reader.sections.at("people change").there);
}

TEST(MarkdownLimits, AreMadeUseOf) { EXPECT_GT(render_markdown(samples::large_plan(30'000)).size(), 40'000U); }

TEST(MarkdownLimits, TellWhereTheRestIs) {
  const std::string rest = "What does not fit into a comment";
  EXPECT_EQ(render_markdown(samples::rich_plan()).find(rest), std::string::npos);
  EXPECT_NE(render_markdown(samples::large_plan(5'000)).find(rest), std::string::npos);
}

}  // namespace
}  // namespace cipherform
