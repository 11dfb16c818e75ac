#include "cli/command_table.h"

#include <algorithm>
#include <array>

namespace cipherform::cli {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

constexpr auto kCommands = std::to_array<CommandLine>({
    {Command::validate, "validate", "", 0, "check the declaration, offline",
     "Reads cipherform.yaml and everything that it includes, and reports every error of every file in one run. "
     "Talks to no tenant and needs no key."},
    {Command::plan, "plan", "", 0, "show what apply would change",
     "Compares the declaration with the live tenant and prints the plan. Changes nothing."},
    {Command::drift, "drift", "", 0, "show what became of the tenant",
     "Compares the declaration with the live tenant, as `plan` does, and tells besides who appeared or vanished since "
     "the "
     "last apply that converged, as far as the ledger knows. Exits 2 where the tenant is not as declared. Changes "
     "nothing, takes no lock and writes nothing into the ledger."},
    {Command::apply, "apply", "[PLANFILE]", 1, "make the tenant match the declaration",
     "Plans, shows the plan, asks, and executes it. With PLANFILE it executes a saved plan without asking, after a "
     "fresh read has shown that every action still fits."},
    {Command::show, "show", "PLANFILE", 1, "print a saved plan",
     "Prints a plan that `plan --out` saved. Talks to no tenant."},
    {Command::explain, "explain", "EMAIL", 1, "show why a person has, gets or loses each group",
     "Plans, and tells of one person, named by email or user id, what the plan does about each group and why: what "
     "asks for it and where, until when, and what the tenant has. Changes nothing."},
    {Command::export_tenant, "export", "", 0, "write a declaration of a live tenant",
     "Reads the tenant and writes a declaration of it, on which `plan` finds nothing to do; what cannot be declared is "
     "a comment. With --url it needs no project. Changes nothing, and no file that exists."},
    {Command::diff, "diff", "ENV1 ENV2", 2, "show who has what in one tenant and not in the other",
     "Reads both tenants at once and compares their people and memberships by email and group name, in the words of "
     "the "
     "declaration. Changes nothing."},
    {Command::promote, "promote", "FROM TO", 2, "plan for one tenant what another has",
     "Prints the plan that makes TO's memberships of the declared groups equal to those that FROM has now. It is "
     "reviewed, saved and applied like any other plan. Changes nothing."},
    {Command::history, "history", "[RUN]", 1, "show what was applied, and what came of it",
     "Lists the applies that the ledger knows, newest first; with RUN, which is such a line's number, every action of "
     "that one. Changes nothing and talks to no tenant."},
    {Command::unlock, "unlock", "", 0, "take the lock from an apply that hangs",
     "Shows who holds the environment's lock, asks, and takes it away. An apply that still runs notices before it "
     "sends "
     "its next change, and stops. A lock whose process is gone from this machine, or that has expired, needs no "
     "unlock."},
    {Command::sandbox, "sandbox", "", 0, "serve an emulated tenant on loopback",
     "Serves a tenant with the rules of the Cipherscale API, for demonstrations, rehearsals and tests. The key that "
     "it accepts is CIPHERFORM_API_KEY, or `sandbox` where that is not set. Ctrl-C ends it."},
    {Command::completion, "completion", "SHELL", 1, "write what a shell completes cipherform with",
     "Writes a script for bash, zsh or fish that completes commands, options, files, and the environments, groups and "
     "emails of the declaration: `source <(cipherform completion bash)`."},
    {Command::version, "version", "", 0, "print the version", "Prints the version."},
    {Command::help, "help", "[COMMAND]", 1, "explain a command", "Explains cipherform, or one of its commands."},
});

// For the scripts that `completion` writes, and for the build. They may change at any time.
constexpr auto kInternalCommands = std::to_array<CommandLine>({
    {Command::completion_words, "completion-words", "KIND [PREFIX]", 2, "print words of the declaration",
     "Prints the environments, groups, emails or targets of the declaration that begin with PREFIX, one a line. Prints "
     "nothing where the declaration has errors."},
    {Command::man_pages, "man-pages", "DIR", 1, "write the manual pages", "Writes the manual pages into DIR."},
});

bool uses_tenant(Command command) {
  return command == Command::plan || command == Command::drift || command == Command::apply ||
         command == Command::explain;
}
/// Whether its operands are two environments.
bool uses_two_tenants(Command command) { return command == Command::diff || command == Command::promote; }
bool uses_ledger(Command command) {
  return uses_tenant(command) || uses_two_tenants(command) || command == Command::export_tenant ||
         command == Command::history || command == Command::unlock;
}
/// Whether -e names what it works on.
bool works_on_one(Command command) {
  return (uses_ledger(command) && !uses_two_tenants(command)) || command == Command::validate;
}

void add_selection_options(po::options_description& options) {
  options.add_options()("target", po::value<Strings>()->value_name("GLOB"),
                        "only memberships whose email or group matches; may be repeated")(
      "exclude", po::value<Strings>()->value_name("GLOB"),
      "no memberships whose email or group matches; may be repeated");
}

void add_time_option(po::options_description& options) {
  options.add_options()("as-of", po::value<std::string>()->value_name("TIME"),
                        "judge expiry as of this date or RFC 3339 time");
}

void add_promote_options(po::options_description& options) {
  options.add_options()("only-declared", po::bool_switch(),
                        "only groups that are declared for TO, which is the default")(
      "all-groups", po::bool_switch(), "also FROM's groups that are not declared for TO; nobody is removed from those")(
      "group", po::value<Strings>()->value_name("GLOB"), "only groups whose declared name matches; may be repeated")(
      "out", po::value<std::string>()->value_name("FILE"), "save the plan for `apply FILE`");
}

void add_link_options(po::options_description& options) {
  options.add_options()("parallelism", po::value<std::string>()->value_name("N"),
                        "most requests in flight, 1-256 (default 32)")(
      "max-requests-per-second", po::value<std::string>()->value_name("N"),
      "most requests started in a second, evenly spread (default: as many as the API bears)")(
      "timeout", po::value<std::string>()->value_name("SECONDS"), "for one request (default 30)");
}

void add_export_options(po::options_description& options) {
  options.add_options()("url", po::value<std::string>()->value_name("URL"),
                        "the tenant's base URL; needs no project, and the key from CIPHERFORM_API_KEY")(
      "out", po::value<std::string>()->value_name("DIR"),
      "write files there: groups.yaml, and cipherform.yaml where there is none (default: to standard output)")(
      "split", po::value<std::string>()->value_name("groups"), "with --out: one file for each group");
}

void add_saved_plan_options(po::options_description& options) {
  options.add_options()("max-plan-age", po::value<std::string>()->value_name("AGE"),
                        "refuse a saved plan that is older, such as 90m, 24h (default) or 7d");
}

void add_promotion_options(po::options_description& options) {
  options.add_options()("require-promoted", po::bool_switch(),
                        "refuse a declaration that has not converged in the stage before (promotes_from)")(
      "soak", po::value<std::string>()->value_name("AGE"),
      "with --require-promoted: it must have it for so long, such as 90m, 24h or 7d");
}

void add_ledger_options(po::options_description& options) {
  options.add_options()("state-dir", po::value<std::string>()->value_name("DIR"),
                        "where the ledger is (default .cipherform)")(
      "ledger", po::value<std::string>()->value_name("URL"),
      "postgresql://…: the ledger is in this database instead, for applies from several machines");
}

void add_apply_options(po::options_description& options) {
  options.add_options()("auto-approve", po::bool_switch(), "do not ask")(
      "resume", po::bool_switch(), "only if an earlier apply was cut off: settle what it left open, then plan again")(
      "ack", po::value<Strings>()->value_name("WHAT=N"),
      "acknowledge a guardrail that this plan hits: removals=37, creates=, members=, duties=, domains=, reasons= or "
      "tenant= or stage=, as "
      "the plan says; may be repeated")("expect-fingerprint", po::value<std::string>()->value_name("F"),
                                        "refuse any plan but the one that was approved, whose fingerprint this is")(
      "lock-timeout", po::value<std::string>()->value_name("SECONDS"),
      "how long to wait for another apply to end (default 0)")(
      "settle-time", po::value<std::string>()->value_name("SECONDS"),
      "how long after a lost answer a change may still take effect (default 60)")(
      "lease-time", po::value<std::string>()->value_name("SECONDS"),
      "how long the lock outlives an apply that hangs or is cut off (default 120)");
}

void add_sandbox_options(po::options_description& options) {
  options.add_options()("port", po::value<std::string>()->value_name("N"), "0: any free one (default 8371)")(
      "base-path", po::value<std::string>()->value_name("PATH"), "what the URL ends in (default /qa)")(
      "seed", po::value<std::string>()->value_name("FILE"), "groups and users to start with, in YAML")(
      "users", po::value<std::string>()->value_name("N"), "users to make up beside the seed's")(
      "database", po::value<std::string>()->value_name("FILE"), "keep the tenant in this SQLite file")(
      "latency", po::value<std::string>()->value_name("MS"), "answer after this time")(
      "rate-limit", po::value<std::string>()->value_name("R"), "answer 429 above R requests a second")(
      "no-group-list", po::bool_switch(), "refuse to list groups, as a restricted key would see it")(
      "fault-plan", po::value<std::string>()->value_name("FILE"),
      "what goes wrong, and when: rules in JSON (docs/sandbox.md)")(
      "control-port", po::value<std::string>()->value_name("N"),
      "serve statistics and take fault plans here; 0: any free one (default: off)");
}

}  // namespace

std::span<const CommandLine> commands() { return kCommands; }

const CommandLine* find_command(std::string_view name) {
  for (const auto lines : {commands(), std::span<const CommandLine>{kInternalCommands}}) {
    const auto found = std::ranges::find(lines, name, &CommandLine::name);
    if (found != lines.end()) return &*found;
  }
  return nullptr;
}

const ValueForm* value_form(std::string_view metavariable) {
  static const std::array kForms = std::to_array<ValueForm>({
      {"WHEN", ValueKind::word, {"auto", "always", "never"}},
      {"LEVEL", ValueKind::word, {"debug", "info", "warning", "error"}},
      {"SHELL", ValueKind::word, {"bash", "zsh", "fish"}},
      {"WHAT=N",
       ValueKind::word,
       {"removals=", "creates=", "members=", "duties=", "domains=", "reasons=", "tenant=", "stage="}},
      {"FORM[=FILE]", ValueKind::form},
      {"FILE", ValueKind::file},
      {"PLANFILE", ValueKind::file},
      {"DIR", ValueKind::directory},
      {"COMMAND", ValueKind::command},
      {"ENV", ValueKind::environment},
      {"ENV1", ValueKind::environment},
      {"ENV2", ValueKind::environment},
      {"FROM", ValueKind::environment},
      {"TO", ValueKind::environment},
      {"GROUP", ValueKind::group},
      {"EMAIL", ValueKind::email},
      {"GLOB", ValueKind::target},
      {"AGE"},
      {"F"},
      {"groups", ValueKind::word, {"groups"}},
      {"MS"},
      {"N"},
      {"PATH"},
      {"R"},
      {"RUN"},
      {"SECONDS"},
      {"TIME"},
      {"URL"},
  });
  const auto* const found = std::ranges::find(kForms, metavariable, &ValueForm::metavariable);
  return found == kForms.end() ? nullptr : found;
}

std::vector<OptionLine> option_lines(const po::options_description& options) {
  std::vector<OptionLine> lines;
  for (const auto& option : options.options()) {
    const auto semantic = option->semantic();
    const std::string short_name = option->canonical_display_name(po::command_line_style::allow_dash_for_short);
    lines.push_back({.name = option->long_name(),
                     .letter = short_name.size() == 2 && short_name.front() == '-' ? short_name.back() : '\0',
                     .metavariable = semantic->max_tokens() == 0 ? "" : semantic->name(),
                     .description = option->description(),
                     .repeatable = dynamic_cast<const po::typed_value<Strings>*>(semantic.get()) != nullptr});
  }
  return lines;
}

std::vector<std::string_view> operands_of(const CommandLine& line) {
  std::vector<std::string_view> operands;
  std::string_view left = line.operands;
  while (!left.empty()) {
    std::string_view word = left.substr(0, left.find(' '));
    left.remove_prefix(std::min(left.size(), word.size() + 1));
    if (word.starts_with('[') && word.ends_with(']')) word = word.substr(1, word.size() - 2);
    operands.push_back(word);
  }
  return operands;
}

std::span<const ExitLine> exit_lines() {
  static constexpr std::array<ExitLine, 7> kLines{{{0, "done or nothing to do"},
                                                   {1, "error"},
                                                   {2, "changes present (--detailed-exitcode), or drift"},
                                                   {3, "refused by a guardrail or blocked"},
                                                   {4, "saved plan is stale"},
                                                   {5, "applied in part"},
                                                   {130, "interrupted"}}};
  return kLines;
}

po::options_description global_options() {
  po::options_description options("Options of every command");
  options.add_options()("chdir,C", po::value<std::string>()->value_name("DIR"), "the project (default: here)")(
      "color", po::value<std::string>()->value_name("WHEN"), "auto (default), always or never; NO_COLOR is honoured")(
      "log-level", po::value<std::string>()->value_name("LEVEL"),
      "debug, info, warning (default) or error; debug shows every request");
  return options;
}

po::options_description command_options(Command command) {
  po::options_description options("Options");
  if (works_on_one(command)) {
    options.add_options()(
        "environment,e", po::value<std::string>()->value_name("ENV"),
        "the environment, needed only where there are several; `validate`, `plan` and `drift` take `all`");
  }
  if (uses_tenant(command) || uses_two_tenants(command)) add_selection_options(options);
  if (uses_tenant(command) || command == Command::promote) add_time_option(options);
  if (command == Command::promote) add_promote_options(options);
  if (uses_tenant(command) || uses_two_tenants(command) || command == Command::export_tenant) {
    add_link_options(options);
  }
  if (uses_tenant(command)) {
    options.add_options()("json", po::bool_switch(),
                          "what happens as events on standard output, one JSON object a line (docs/events.md)");
  }
  if (uses_ledger(command)) add_ledger_options(options);
  if (command == Command::plan) {
    options.add_options()("out", po::value<std::string>()->value_name("FILE"), "save the plan for `apply FILE`")(
        "detailed-exitcode", po::bool_switch(), "exit 2 where there is something to change")(
        "check", po::value<std::string>()->value_name("PLANFILE"),
        "make no plan, but say whether this saved one still fits: exit 4 where it does not");
    add_saved_plan_options(options);
    add_promotion_options(options);
  }
  if (command == Command::drift) {
    options.add_options()("metrics-file", po::value<std::string>()->value_name("FILE"),
                          "write what the check came to for Prometheus, such as /…/textfile/cipherform.prom "
                          "(docs/metrics.md)");
  }
  if (uses_two_tenants(command)) {
    options.add_options()(
        "detailed-exitcode", po::bool_switch(),
        command == Command::diff ? "exit 2 where they differ" : "exit 2 where there is something to change");
  }
  if (command == Command::diff) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default), markdown or json, to standard output or a file; may be repeated");
  }
  if (command == Command::plan || command == Command::drift || command == Command::show ||
      command == Command::promote) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default), markdown, json or html, to standard output or a file; may be repeated");
  }
  if (command == Command::history || command == Command::explain) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default) or json, to standard output or a file; may be repeated");
  }
  if (command == Command::export_tenant) add_export_options(options);
  if (command == Command::history) {
    options.add_options()("limit", po::value<std::string>()->value_name("N"), "most runs to list (default 20)");
  }
  if (command == Command::unlock) options.add_options()("auto-approve", po::bool_switch(), "do not ask");
  if (command == Command::apply) {
    add_apply_options(options);
    add_saved_plan_options(options);
    add_promotion_options(options);
  }
  if (command == Command::sandbox) add_sandbox_options(options);
  return options;
}

bool takes_value(std::string_view argument) {
  po::options_description all = global_options();
  for (const CommandLine& line : kCommands) all.add(command_options(line.command));
  return std::ranges::any_of(all.options(), [argument](const auto& option) {
    const bool named = argument == "--" + option->long_name() ||
                       argument == option->canonical_display_name(po::command_line_style::allow_dash_for_short);
    return named && option->semantic()->max_tokens() != 0;
  });
}

}  // namespace cipherform::cli
