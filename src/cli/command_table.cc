#include "cli/command_table.h"

#include <algorithm>
#include <array>
#include <vector>

namespace cipherform::cli {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

constexpr std::array<CommandLine, 10> kCommands{{
    {Command::validate, "validate", "", 0, "check the declaration, offline",
     "Reads cipherform.yaml and everything that it includes, and reports every error of every file in one run. "
     "Talks to no tenant and needs no key."},
    {Command::plan, "plan", "", 0, "show what apply would change",
     "Compares the declaration with the live tenant and prints the plan. Changes nothing."},
    {Command::apply, "apply", "[PLANFILE]", 1, "make the tenant match the declaration",
     "Plans, shows the plan, asks, and executes it. With PLANFILE it executes a saved plan without asking, after a "
     "fresh read has shown that every action still fits."},
    {Command::show, "show", "PLANFILE", 1, "print a saved plan",
     "Prints a plan that `plan --out` saved. Talks to no tenant."},
    {Command::export_tenant, "export", "", 0, "write a declaration of a live tenant",
     "Reads the tenant and writes a declaration of it, on which `plan` finds nothing to do; what cannot be declared is "
     "a comment. With --url it needs no project. Changes nothing, and no file that exists."},
    {Command::history, "history", "[RUN]", 1, "show what was applied, and what came of it",
     "Lists the applies that the ledger knows, newest first; with RUN, which is such a line's number, every action of "
     "that one. Changes nothing and talks to no tenant."},
    {Command::unlock, "unlock", "", 0, "take the lock from an apply that hangs",
     "Shows who holds the environment's lock, asks, and takes it away. An apply that still runs notices before it "
     "sends "
     "its next change, and stops. A lock whose process is gone from this host, or that has expired, needs no unlock."},
    {Command::sandbox, "sandbox", "", 0, "serve an emulated tenant on loopback",
     "Serves a tenant with the rules of the Cipherscale API, for demonstrations, rehearsals and tests. The key that "
     "it accepts is CIPHERFORM_API_KEY, or `sandbox` where that is not set. Ctrl-C ends it."},
    {Command::version, "version", "", 0, "print the version", "Prints the version."},
    {Command::help, "help", "[COMMAND]", 1, "explain a command", "Explains cipherform, or one of its commands."},
}};

bool uses_tenant(Command command) { return command == Command::plan || command == Command::apply; }
bool uses_ledger(Command command) {
  return uses_tenant(command) || command == Command::export_tenant || command == Command::history ||
         command == Command::unlock;
}
bool reads_declaration(Command command) { return uses_ledger(command) || command == Command::validate; }

void add_selection_options(po::options_description& options) {
  options.add_options()("target", po::value<Strings>()->value_name("GLOB"),
                        "only memberships whose email or group matches; may be repeated")(
      "exclude", po::value<Strings>()->value_name("GLOB"),
      "no memberships whose email or group matches; may be repeated")(
      "as-of", po::value<std::string>()->value_name("TIME"), "judge expiry as of this date or RFC 3339 time");
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
      "acknowledge a guardrail that this plan hits: removals=37, creates=, members=, duties=, domains= or reasons=, as "
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
  const auto found = std::ranges::find(kCommands, name, &CommandLine::name);
  return found == kCommands.end() ? nullptr : &*found;
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
  if (reads_declaration(command)) {
    options.add_options()("environment,e", po::value<std::string>()->value_name("ENV"),
                          "the environment; needed only where there are several");
  }
  if (uses_tenant(command)) add_selection_options(options);
  if (uses_tenant(command) || command == Command::export_tenant) add_link_options(options);
  if (uses_ledger(command)) add_ledger_options(options);
  if (command == Command::plan) {
    options.add_options()("out", po::value<std::string>()->value_name("FILE"), "save the plan for `apply FILE`")(
        "detailed-exitcode", po::bool_switch(), "exit 2 where there is something to change")(
        "check", po::value<std::string>()->value_name("PLANFILE"),
        "make no plan, but say whether this saved one still fits: exit 4 where it does not");
    add_saved_plan_options(options);
  }
  if (command == Command::plan || command == Command::show) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default) or json, to standard output or a file; may be repeated");
  }
  if (command == Command::export_tenant) add_export_options(options);
  if (command == Command::history) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default) or json, to standard output or a file; may be repeated")(
        "limit", po::value<std::string>()->value_name("N"), "most runs to list (default 20)");
  }
  if (command == Command::unlock) options.add_options()("auto-approve", po::bool_switch(), "do not ask");
  if (command == Command::apply) {
    add_apply_options(options);
    add_saved_plan_options(options);
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
