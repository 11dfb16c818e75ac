#include "cipherform/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cipherform/plan.h"
#include "config/declarations.h"
#include "fakes/golden.h"
#include "fakes/states.h"
#include "fakes/temporary_directory.h"

namespace cipherform {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Shape = ExportOptions::Shape;

ExportOptions options_for(Shape shape = Shape::document) {
  ExportOptions options;
  options.shape = shape;
  options.environment.name = "qa";
  options.environment.url = "https://public-api.cipherscale.com/qa";
  options.tool_version = "1.2.3";
  return options;
}

Export exported(const LiveState& live, const ExportOptions& options = options_for()) {
  auto made = export_declaration(live, options);
  EXPECT_TRUE(made) << to_string(made.error());
  return made ? std::move(*made) : Export{};
}

/// Whatever an export may not lead to, a line each.
std::string trouble_with(const Export& made, const LiveState& live) {
  const fakes::TemporaryDirectory project;
  for (const ExportedFile& file : made.files) project.write(file.path, file.content);
  auto declaration = load_declaration(project.path(), 1);
  if (!declaration) return tests::errors_of_project(project.path());
  const DesiredState desired = std::move(*declaration).desired_state("qa");
  const auto plan = make_plan(
      desired, live, PlanOptions{.now = fakes::time_of("2026-01-01T00:00:00Z"), .tool_version = "1", .selection = {}});
  std::string trouble;
  if (!plan) {
    for (const Error& error : plan.error()) trouble += to_string(error) + '\n';
    return trouble;
  }
  for (const Action& action : plan->actions) trouble += "action for " + std::string(email_of(action.change)) + '\n';
  for (const BlockedAction& blocked : plan->blocked) trouble += blocked.message + '\n';
  for (const GuardrailHit& hit : plan->guardrail_hits) trouble += hit.message + '\n';
  if (desired.users.size() != made.people) trouble += "another number of people\n";
  if (desired.groups.size() != made.groups) trouble += "another number of groups\n";
  return trouble;
}

LiveState rich_tenant() {
  return fakes::Live()
      .group("Everyone")
      .group("Admins", {.privileged = true})
      .group("Sales", {.id = "11111111-0000-4000-8000-000000000001"})
      .group("Sales", {.id = "22222222-0000-4000-8000-000000000002"})
      .group("SSO", {.identity_managed = true})
      .group("Empty")
      .group("yes")
      .group("\u202egnp.exe # \"", {.id = "33333333-0000-4000-8000-000000000003"})
      .group("two\nlines", {.id = "44444444-0000-4000-8000-000000000004"})
      .group("nameless\t", {.id = "not a uuid"})
      .user("owner@example.com", {"Everyone", "Admins"}, {.owner = true})
      .user("Zoe@Example.com", {"Everyone", "yes"}, {.status = "Deactivated"})
      .user("bob@example.com", {"Everyone", "11111111-0000-4000-8000-000000000001"}, {.status = "Expired"})
      .user("cleo@example.com", {"22222222-0000-4000-8000-000000000002", "SSO"}, {.status = "Frozen\n- x"})
      .user("sam@example.com", {"SSO"})
      .user("", {"Everyone"})
      .user("not an email", {"yes"})
      .user("ada@example.com", {"Everyone", "33333333-0000-4000-8000-000000000003"})
      .user("ADA@example.com", {"Everyone"})
      .user("#tag!@example.com", {"44444444-0000-4000-8000-000000000004"})
      .user("nobody@example.com", {});
}

std::string joined(const Export& made) {
  std::string text;
  for (const ExportedFile& file : made.files) text += "---- " + file.path + "\n" + file.content;
  return text;
}

std::string golden(const std::string& name) { return CIPHERFORM_SOURCE_DIR "/tests/golden/export/" + name + ".txt"; }

TEST(Export, OfEverythingThatATenantMayHold) {
  EXPECT_EQ(fakes::golden_difference(golden("document"), joined(exported(rich_tenant()))), "");
}

TEST(Export, HasOneFileForEachGroup) {
  const Export made = exported(rich_tenant(), options_for(Shape::file_per_group));
  EXPECT_EQ(fakes::golden_difference(golden("split"), joined(made)), "");
  EXPECT_EQ(trouble_with(made, rich_tenant()), "");
}

TEST(Export, LeavesAProjectThatExistsItsRoot) {
  ExportOptions options = options_for(Shape::one_file);
  options.whole_project = false;
  options.only_this_environment = true;
  const Export made = exported(rich_tenant(), options);
  ASSERT_EQ(made.files.size(), 1U);
  EXPECT_EQ(made.files[0].path, "groups.yaml");
  EXPECT_THAT(made.files[0].content, HasSubstr("    environments: [qa]\n"));
  EXPECT_THAT(made.files[0].content, Not(HasSubstr("version:")));
  EXPECT_THAT(made.files[0].content, HasSubstr("# - group Sales is not declared: several groups have this name"));
  EXPECT_TRUE(made.remarks_written);
  options.shape = Shape::file_per_group;
  EXPECT_FALSE(exported(rich_tenant(), options).remarks_written) << "no file is the place for them";
}

TEST(Export, KeepsWhatItsEnvironmentSays) {
  ExportOptions options = options_for();
  options.environment.api_key = KeyFromCommand{{"pass", "show", "a b"}};
  options.environment.ca_file = "/etc/ssl/my: ca.pem";
  options.environment.insecure_http = true;
  options.environment.ledger = "postgresql://user@host/db";
  const Export made = exported(fakes::Live().user("ada@x.com", {"Eng"}), options);
  const fakes::TemporaryDirectory project;
  project.write("cipherform.yaml", made.files[0].content);
  const auto environments = load_environments(project.path());
  ASSERT_TRUE(environments);
  const Environment& read = environments->front();
  EXPECT_EQ(std::get<KeyFromCommand>(*read.api_key).argv, (std::vector<std::string>{"pass", "show", "a b"}));
  EXPECT_EQ(read.ca_file, "/etc/ssl/my: ca.pem");
  EXPECT_TRUE(read.insecure_http);
  EXPECT_EQ(read.ledger, "postgresql://user@host/db");
  options.environment.api_key = KeyFromFile{"/run/key"};
  EXPECT_THAT(joined(exported(rich_tenant(), options)), HasSubstr("api_key: {file: \"/run/key\"}\n"));
  options.environment.api_key = KeyFromEnv{"QA_KEY"};
  EXPECT_THAT(joined(exported(rich_tenant(), options)), HasSubstr("api_key: {env: QA_KEY}\n"));
}

TEST(Export, OfATenantWithoutGroupsIsADeclarationToo) {
  const LiveState live = fakes::Live();
  for (const Shape shape : {Shape::document, Shape::one_file, Shape::file_per_group}) {
    EXPECT_EQ(trouble_with(exported(live, options_for(shape)), live), "");
  }
}

TEST(Export, SaysWhatIsUnknownWhereGroupsCannotBeListed) {
  const LiveState live = fakes::Live().user("ada@x.com", {"Eng"}).groups_not_listed();
  const Export made = exported(live);
  EXPECT_THAT(made.files[0].content, HasSubstr("# - the key may not list groups"));
  EXPECT_EQ(trouble_with(made, live), "");
}

TEST(Export, NeedsAProof) {
  const auto made = export_declaration(fakes::Live().unproved("two users moved"), options_for());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::listing);
  EXPECT_EQ(made.error().hint, "two users moved");
}

TEST(Export, FileNamesAreHarmlessAndUnique) {
  fakes::Live live;
  for (const char* name :
       {"../../etc/passwd", ".hidden", "Eng", "eng!", "日本", "中国", "a/b", "CON\xE2\x80\xAE", "-rf *", "$(x)"}) {
    live.group(name);
  }
  live.group(std::string(200, 'x') + "1").group(std::string(200, 'x') + "2");
  const Export made = exported(live, options_for(Shape::file_per_group));
  std::vector<std::string> paths;
  for (const ExportedFile& file : made.files) paths.push_back(file.path);
  const std::string longest(60, 'x');
  EXPECT_THAT(paths, testing::UnorderedElementsAre("cipherform.yaml", "groups/etc-passwd.yaml", "groups/hidden.yaml",
                                                   "groups/Eng.yaml", "groups/eng-2.yaml", "groups/group.yaml",
                                                   "groups/group-2.yaml", "groups/a-b.yaml", "groups/CON.yaml",
                                                   "groups/rf.yaml", "groups/x.yaml", "groups/" + longest + ".yaml",
                                                   "groups/" + longest + "-2.yaml"));
  EXPECT_EQ(trouble_with(made, live), "");
}

TEST(Export, OfMoreGroupsThanADeclarationHasFilesIsRefused) {
  fakes::Live live;
  for (int i = 0; i < 10'001; ++i) live.group("g" + std::to_string(i));
  const auto made = export_declaration(live, options_for(Shape::file_per_group));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::file);
  EXPECT_TRUE(export_declaration(live, options_for()));
}

TEST(EnvironmentAt, IsNamedByItsUrl) {
  const auto name_at = [](std::string_view url) { return environment_at(url, "").value().name; };
  EXPECT_EQ(name_at("https://public-api.cipherscale.com/qa"), "qa");
  EXPECT_EQ(name_at("https://public-api.cipherscale.com/v1/prod-2//"), "prod-2");
  EXPECT_EQ(name_at("https://public-api.cipherscale.com"), "tenant");
  EXPECT_EQ(name_at("https://public-api.cipherscale.com/%20"), "tenant");
  EXPECT_EQ(environment_at("https://a.example/qa/", "live").value().name, "live");
  EXPECT_EQ(environment_at("https://a.example/qa/", "live").value().url, "https://a.example/qa");
  EXPECT_FALSE(environment_at("https://a.example/qa", "no name"));
  EXPECT_FALSE(environment_at("https://user:word@a.example/qa", ""));
  EXPECT_FALSE(environment_at("a.example/qa", ""));
}

// ------------------------------------------------------------------- random tenants

constexpr unsigned kTenants = 500;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned end) { return static_cast<unsigned>(engine_() % end); }
  bool one_in(unsigned n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& list) {
    return list[below(static_cast<unsigned>(list.size()))];
  }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

const std::vector<std::string> kNames = {
    "Eng",   "eng",  "E n g",  "Eng",     "yes",  "null",   "1e3",       "~",       "- x",        "# x",
    "\"",    "\\",   "'",      "a\nb",    "\t",   "",       " lead",     "trail ",  "*a",         "&a",
    "!x",    "<<",   "{a: b}", "[a]",     "a: b", "a #b",   "\u202egnp", "\u200b",  "\u0085",     "\u2028",
    "\x01",  "%TAG", "---",    "...",     "? x",  "| x",    "> x",       "@x",      "`",          "日本語",
    "\xff",  "=",    "0x10",   "2027-01", "1:30", "groups", "../../etc", "members", "\U000e0041", "group 91234567",
    "Eng (9"};
const std::vector<std::string> kPeople = {
    "ada@x.com",    "Ada@x.com",     "ADA@X.com",     "bob@x.com", "no@x.com",  "1e3@x.com",    "#c@x.com",
    "*d@x.com",     "&e@x.com",      "{f}@x.com",     "'g'@x.com", "`h`@x.com", "!i@x.com",     "|j@x.com",
    "é@x.com",      "\u202ek@x.com", "\u0085l@x.com", "",          "",          "not an email", "a@b",
    "two\nl@x.com", "\xff@x.com",    "~@x.com",       "%m@x.com",  "=@x.com",   "yes",          "a@b@c.de"};
const std::vector<std::string> kStatuses = {"Active", "Invited", "Expired", "Deactivated", "Odd # \n- x", "\u202e", ""};

std::string some_name(Dice& dice) {
  if (dice.one_in(12)) return std::string(200 + dice.below(100), dice.one_in(2) ? 'x' : '"');
  std::string name = dice.of(kNames);
  return dice.one_in(3) ? name + dice.of(kNames) : name;
}

LiveState some_tenant(unsigned seed) {
  Dice dice(seed);
  fakes::Live live;
  std::vector<std::string> ids;
  for (unsigned i = dice.below(12); i > 0; --i) {
    const std::string id =
        dice.one_in(10) ? "odd id " + std::to_string(i) : fakes::group_id(std::to_string(seed * 100 + i));
    live.group(some_name(dice), {.id = id, .privileged = dice.one_in(6), .identity_managed = dice.one_in(6)});
    ids.push_back(id);
  }
  for (unsigned i = dice.below(15); i > 0; --i) {
    std::vector<std::string> groups;
    for (const std::string& id : ids) {
      if (dice.one_in(3)) groups.push_back(id);
    }
    live.user(dice.of(kPeople), groups, {.status = dice.of(kStatuses), .owner = dice.one_in(8)});
  }
  if (dice.one_in(8)) live.groups_not_listed();
  return live;
}

TEST(ExportOfAnyTenant, IsADeclarationWithAnEmptyPlan) {
  for (unsigned seed = 0; seed < kTenants && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const LiveState live = some_tenant(seed);
    const auto shape = static_cast<Shape>(seed % 3);
    const Export made = exported(live, options_for(shape));
    EXPECT_EQ(trouble_with(made, live), "") << joined(made);
  }
}

/// Into a project that pins some of the groups already.
TEST(ExportOfAnyTenant, FitsAProjectThatExists) {
  for (unsigned seed = 0; seed < kTenants && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const LiveState live = some_tenant(seed);
    Dice dice(seed + 7);
    ExportOptions options = options_for(Shape::one_file);
    std::string pins;
    for (const LiveGroup& group : live.groups) {
      if (!is_uuid(group.id) || !dice.one_in(3)) continue;
      const std::string name = "pinned " + std::to_string(options.environment.group_ids.size());
      options.environment.group_ids.emplace(name, group.id);
      pins += "      " + name + ": " + std::string(group.id) + "\n";
    }
    options.whole_project = false;
    Export made = exported(live, options);
    made.files.push_back({"cipherform.yaml", "version: 1\nenvironments:\n  qa:\n    url: https://a.example\n" +
                                                 (pins.empty() ? "" : "    group_ids:\n" + pins) +
                                                 "include: [groups.yaml]\n"});
    EXPECT_EQ(trouble_with(made, live), "") << joined(made);
  }
}

TEST(ExportOfAnyTenant, IsTheSameInWhateverOrderTheTenantLists) {
  for (unsigned seed = 0; seed < 300 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    LiveState live = some_tenant(seed);
    const std::string before = joined(exported(live, options_for(static_cast<Shape>(seed % 3))));
    Dice dice(seed);
    std::shuffle(live.users.begin(), live.users.end(), dice.engine());  // each keeps its memberships
    EXPECT_EQ(joined(exported(live, options_for(static_cast<Shape>(seed % 3)))), before);
  }
}

}  // namespace
}  // namespace cipherform
