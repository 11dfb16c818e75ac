// Each command has its own set of options, so that a flag that does nothing for a
// command is an error there and not ignored.
#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <charconv>
#include <sstream>
#include <utility>

#include "cipherform/ledger_url.h"

namespace cipherform::cli {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

struct CommandLine {
  Command command;
  std::string_view name;
  std::string_view operands;  ///< as the synopsis shows them
  std::size_t most_operands;
  std::string_view summary;
  std::string_view description;
};

constexpr std::array<CommandLine, 9> kCommands{{
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
    {Command::history, "history", "[RUN]", 1, "show what was applied, and what came of it",
     "Lists the applies that the ledger knows, newest first; with RUN, which is such a line's number, every action of "
     "that one. Changes nothing and talks to no tenant."},
    {Command::unlock, "unlock", "", 0, "take the lock from an apply that hangs",
     "Shows who holds the environment's lock, asks, and takes it away. An apply that still runs notices before it "
     "sends "
     "its next change, and stops. A lock whose process is gone from this machine, or that has expired, needs no unlock."},
    {Command::sandbox, "sandbox", "", 0, "serve an emulated tenant on loopback",
     "Serves a tenant with the rules of the Cipherscale API, for demonstrations, rehearsals and tests. The key that "
     "it accepts is CIPHERFORM_API_KEY, or `sandbox` where that is not set. Ctrl-C ends it."},
    {Command::version, "version", "", 0, "print the version", "Prints the version."},
    {Command::help, "help", "[COMMAND]", 1, "explain a command", "Explains cipherform, or one of its commands."},
}};

const CommandLine* find_command(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &CommandLine::name);
  return found == kCommands.end() ? nullptr : &*found;
}

Error usage(std::string what, std::string hint = "see `cipherform help`") {
  return Error{ErrorKind::usage, without_ledger_url(std::move(what)), {}, std::move(hint), false};
}

bool uses_tenant(Command command) { return command == Command::plan || command == Command::apply; }
bool uses_ledger(Command command) {
  return uses_tenant(command) || command == Command::history || command == Command::unlock;
}
bool reads_declaration(Command command) { return uses_ledger(command) || command == Command::validate; }

po::options_description global_options() {
  po::options_description options("Options of every command");
  options.add_options()("chdir,C", po::value<std::string>()->value_name("DIR"), "the project (default: here)")(
      "color", po::value<std::string>()->value_name("WHEN"), "auto (default), always or never; NO_COLOR is honoured")(
      "log-level", po::value<std::string>()->value_name("LEVEL"),
      "debug, info, warning (default) or error; debug shows every request");
  return options;
}

void add_tenant_options(po::options_description& options) {
  options.add_options()("target", po::value<Strings>()->value_name("GLOB"),
                        "only memberships whose email or group matches; may be repeated")(
      "exclude", po::value<Strings>()->value_name("GLOB"),
      "no memberships whose email or group matches; may be repeated")(
      "as-of", po::value<std::string>()->value_name("TIME"), "judge expiry as of this date or RFC 3339 time")(
      "parallelism", po::value<std::string>()->value_name("N"), "most requests in flight, 1-256 (default 32)")(
      "max-requests-per-second", po::value<std::string>()->value_name("N"),
      "most requests started in a second, evenly spread (default: as many as the API bears)")(
      "timeout", po::value<std::string>()->value_name("SECONDS"), "for one request (default 30)");
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
      "acknowledge a guardrail for exactly this plan, for example removals=37; may be repeated")(
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

po::options_description command_options(Command command) {
  po::options_description options("Options");
  if (reads_declaration(command)) {
    options.add_options()("environment,e", po::value<std::string>()->value_name("ENV"),
                          "the environment; needed only where there are several");
  }
  if (uses_tenant(command)) add_tenant_options(options);
  if (uses_ledger(command)) add_ledger_options(options);
  if (command == Command::plan) {
    options.add_options()("out", po::value<std::string>()->value_name("FILE"), "save the plan for `apply FILE`")(
        "detailed-exitcode", po::bool_switch(), "exit 2 where there is something to change");
  }
  if (command == Command::plan || command == Command::show) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default) or json, to standard output or a file; may be repeated");
  }
  if (command == Command::history) {
    options.add_options()("format", po::value<Strings>()->value_name("FORM[=FILE]"),
                          "text (default) or json, to standard output or a file; may be repeated")(
        "limit", po::value<std::string>()->value_name("N"), "most runs to list (default 20)");
  }
  if (command == Command::unlock) options.add_options()("auto-approve", po::bool_switch(), "do not ask");
  if (command == Command::apply) add_apply_options(options);
  if (command == Command::sandbox) add_sandbox_options(options);
  return options;
}

std::string names_of_commands() {
  std::string names;
  for (const CommandLine& line : kCommands) {
    if (!names.empty()) names += ", ";
    names += line.name;
  }
  return names;
}

/// The option names of a set, for "did you mean".
Strings names_of(const po::options_description& options) {
  Strings names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

std::string suggestion(std::string_view word, const Strings& candidates, std::string otherwise) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  const std::string_view close = did_you_mean(word, views);
  return close.empty() ? std::move(otherwise) : fmt::format("did you mean '{}'?", close);
}

template <class Number>
Result<Number> read_number(const po::variables_map& given, const std::string& name, Number otherwise, Number least,
                           Number most) {
  if (given.count(name) == 0) return otherwise;
  const auto text = given[name].as<std::string>();
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !(value >= least && value <= most)) {
    return tl::unexpected(usage(fmt::format("--{} is '{}', not a number from {} to {}", name, text, least, most)));
  }
  return value;
}

/// Seconds, with fractions, in milliseconds.
Result<std::chrono::milliseconds> read_seconds(const po::variables_map& given, const std::string& name,
                                               std::chrono::milliseconds otherwise, std::pair<double, double> range) {
  const std::chrono::duration<double> seconds = otherwise;
  const auto read = read_number<double>(given, name, seconds.count(), range.first, range.second);
  if (!read) return tl::unexpected(read.error());
  return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>{*read});
}

/// Finds the command among the arguments: the first that is neither an option nor an
/// option's value. Options may stand before it (`cipherform -C DIR plan`).
Result<std::pair<const CommandLine*, Strings>> split_command(std::span<const std::string> arguments) {
  Strings rest;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--help" || argument == "-h") return std::pair{find_command("help"), Strings{}};
    if (argument == "--version") return std::pair{find_command("version"), Strings{}};
    if (argument.starts_with('-')) {
      rest.push_back(argument);
      static constexpr std::array<std::string_view, 6> with_value{"-C",      "--chdir",    "-e", "--environment",
                                                                  "--color", "--log-level"};
      const bool takes_value = std::ranges::find(with_value, argument) != with_value.end();
      if (takes_value && i + 1 < arguments.size()) rest.push_back(arguments[++i]);
      continue;
    }
    const CommandLine* const command = find_command(argument);
    if (command == nullptr) {
      Strings names;
      for (const CommandLine& line : kCommands) names.emplace_back(line.name);
      return tl::unexpected(usage(fmt::format("there is no command '{}'", argument),
                                  suggestion(argument, names, "the commands are " + names_of_commands())));
    }
    rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
    return std::pair{command, std::move(rest)};
  }
  if (!rest.empty()) {
    return tl::unexpected(usage("no command is given", "the commands are " + names_of_commands()));
  }
  return std::pair{find_command("help"), Strings{}};
}

/// CIPHERFORM_STATE_DIR for --state-dir; a switch takes 1/true/yes or 0/false/no.
Result<void> read_variables(const po::options_description& options, const Variables& variables,
                            po::variables_map& given) {
  po::parsed_options parsed(&options);
  for (const auto& option : options.options()) {
    std::string name = "CIPHERFORM_" + option->long_name();
    std::ranges::transform(name, name.begin(), [](char c) {
      return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    const auto value = variables(name);
    if (!value || value->empty()) continue;
    const bool is_switch = option->semantic()->max_tokens() == 0;
    static constexpr std::array<std::string_view, 6> truth{"1", "true", "yes", "0", "false", "no"};
    if (is_switch && std::ranges::find(truth, *value) == truth.end()) {
      return tl::unexpected(usage(fmt::format("{} is '{}', not 1 or 0", name, *value)));
    }
    if (given.count(option->long_name()) != 0 && !given[option->long_name()].defaulted()) continue;
    parsed.options.emplace_back(option->long_name(), Strings{*value});
  }
  po::store(parsed, given);
  return {};
}

Result<po::variables_map> read_options(const CommandLine& line, const Strings& arguments, const Variables& variables,
                                       Strings& operands) {
  po::options_description visible;
  visible.add(command_options(line.command)).add(global_options());
  po::options_description all;
  all.add(visible).add_options()("operand", po::value<Strings>());
  po::positional_options_description positional;
  positional.add("operand", -1);
  po::variables_map given;
  using po::command_line_style::style_t;
  const int style = style_t::allow_long | style_t::long_allow_adjacent | style_t::long_allow_next |
                    style_t::allow_short | style_t::short_allow_adjacent | style_t::short_allow_next |
                    style_t::allow_dash_for_short;
  try {
    po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(), given);
    if (auto read = read_variables(visible, variables, given); !read) return tl::unexpected(read.error());
  } catch (const po::unknown_option& unknown) {
    return tl::unexpected(usage(
        fmt::format("`{}` has no option '{}'", line.name, unknown.get_option_name()),
        suggestion(unknown.get_option_name(), names_of(visible), fmt::format("see `cipherform help {}`", line.name))));
  } catch (const po::error& failure) {
    return tl::unexpected(usage(failure.what(), fmt::format("see `cipherform help {}`", line.name)));
  }
  if (given.count("operand") != 0) operands = given["operand"].as<Strings>();
  if (operands.size() > line.most_operands) {
    return tl::unexpected(usage(fmt::format("`{}` does not take '{}'", line.name, operands[line.most_operands]),
                                fmt::format("see `cipherform help {}`", line.name)));
  }
  return given;
}

Strings strings(const po::variables_map& given, const std::string& name) {
  return given.count(name) == 0 ? Strings{} : given[name].as<Strings>();
}

std::optional<std::string> text(const po::variables_map& given, const std::string& name) {
  if (given.count(name) == 0) return std::nullopt;
  return given[name].as<std::string>();
}

bool flag(const po::variables_map& given, const std::string& name) {
  return given.count(name) != 0 && given[name].as<bool>();
}

Result<void> read_outputs(const po::variables_map& given, Invocation& invocation) {
  for (const std::string& format : strings(given, "format")) {
    const auto equals = format.find('=');
    const std::string form = format.substr(0, equals);
    Output output;
    if (form == "text") {
      output.form = Form::text;
    } else if (form == "json") {
      output.form = Form::json;
    } else {
      return tl::unexpected(usage(fmt::format("there is no format '{}'", form), "the formats are text and json"));
    }
    if (equals != std::string::npos) output.file = format.substr(equals + 1);
    if (output.file && output.file->empty()) {
      return tl::unexpected(usage(fmt::format("--format {} names no file", format)));
    }
    invocation.outputs.push_back(std::move(output));
  }
  if (invocation.outputs.empty()) invocation.outputs.push_back({Form::text, std::nullopt});
  return {};
}

Result<void> read_global(const po::variables_map& given, const Variables& variables, Invocation& invocation) {
  if (const auto directory = text(given, "chdir")) invocation.project = *directory;
  const std::string color = text(given, "color").value_or("auto");
  const auto no_color = variables("NO_COLOR");
  if (color == "always") {
    invocation.color = ColorMode::always;
  } else if (color == "never" || (color == "auto" && no_color && !no_color->empty())) {
    invocation.color = ColorMode::never;
  } else if (color != "auto") {
    return tl::unexpected(usage(fmt::format("--color is '{}', not auto, always or never", color)));
  }
  invocation.log_level = text(given, "log-level").value_or("warning");
  static constexpr std::array<std::string_view, 4> levels{"debug", "info", "warning", "error"};
  if (std::ranges::find(levels, invocation.log_level) == levels.end()) {
    return tl::unexpected(
        usage(fmt::format("--log-level is '{}', not debug, info, warning or error", invocation.log_level)));
  }
  return {};
}

Result<void> read_ledger_options(const po::variables_map& given, Invocation& invocation) {
  invocation.ledger = text(given, "ledger").value_or("");
  if (!invocation.ledger.empty()) {
    // The URL is not repeated: it may hold a password.
    if (const auto problem = ledger_url_problem(invocation.ledger); !problem.empty()) {
      return tl::unexpected(usage(std::string(problem), "such as postgresql://user@host/database"));
    }
  }
  const auto limit = read_number<unsigned>(given, "limit", 20, 1, 1'000'000);
  if (!limit) return tl::unexpected(limit.error());
  invocation.limit = *limit;
  return {};
}

Result<void> read_tenant_options(const po::variables_map& given, Invocation& invocation) {
  invocation.environment = text(given, "environment");
  invocation.selection = {strings(given, "target"), strings(given, "exclude")};
  invocation.state_dir = text(given, "state-dir").value_or("");
  if (auto read = read_ledger_options(given, invocation); !read) return read;
  if (const auto as_of = text(given, "as-of")) {
    invocation.as_of = parse_until(*as_of);
    if (!invocation.as_of) {
      return tl::unexpected(usage(fmt::format("--as-of is '{}', not a date or an RFC 3339 time", *as_of),
                                  "for example 2027-01-31 or 2027-01-31T12:00:00Z"));
    }
  }
  const auto parallelism = read_number<unsigned>(given, "parallelism", 32, 1, 256);
  if (!parallelism) return tl::unexpected(parallelism.error());
  invocation.parallelism = *parallelism;
  const auto most = read_number<double>(given, "max-requests-per-second", 0, 0.001, 1e6);
  if (!most) return tl::unexpected(most.error());
  invocation.requests_per_second = *most;
  const auto timeout = read_number<unsigned>(given, "timeout", 30, 1, 3600);
  if (!timeout) return tl::unexpected(timeout.error());
  invocation.timeout = std::chrono::seconds{*timeout};
  const auto lock_timeout = read_number<unsigned>(given, "lock-timeout", 0, 0, 86'400);
  if (!lock_timeout) return tl::unexpected(lock_timeout.error());
  invocation.lock_timeout = std::chrono::seconds{*lock_timeout};
  const auto settle_time = read_seconds(given, "settle-time", invocation.settle_time, {0.0, 86'400.0});
  if (!settle_time) return tl::unexpected(settle_time.error());
  invocation.settle_time = *settle_time;
  const auto lease_time = read_seconds(given, "lease-time", invocation.lease_time, {1.0, 86'400.0});
  if (!lease_time) return tl::unexpected(lease_time.error());
  invocation.lease_time = *lease_time;
  invocation.acknowledgements = strings(given, "ack");
  invocation.auto_approve = flag(given, "auto-approve");
  invocation.resume = flag(given, "resume");
  invocation.detailed_exitcode = flag(given, "detailed-exitcode");
  if (const auto out = text(given, "out")) invocation.plan_file = *out;
  return {};
}

Result<void> read_sandbox_options(const po::variables_map& given, SandboxArguments& sandbox) {
  const auto port = read_number<unsigned>(given, "port", 8371, 0, 65'535);
  if (!port) return tl::unexpected(port.error());
  sandbox.port = static_cast<std::uint16_t>(*port);
  const auto users = read_number<std::uint64_t>(given, "users", 0, 0, 10'000'000);
  if (!users) return tl::unexpected(users.error());
  sandbox.users = *users;
  const auto latency = read_number<unsigned>(given, "latency", 0, 0, 600'000);
  if (!latency) return tl::unexpected(latency.error());
  sandbox.latency_ms = *latency;
  const auto rate = read_number<double>(given, "rate-limit", 0, 0, 1e6);
  if (!rate) return tl::unexpected(rate.error());
  sandbox.requests_per_second = *rate;
  sandbox.base_path = text(given, "base-path").value_or("/qa");
  if (const auto seed = text(given, "seed")) sandbox.seed = *seed;
  if (const auto database = text(given, "database")) sandbox.database = *database;
  sandbox.list_groups = !flag(given, "no-group-list");
  if (const auto plan = text(given, "fault-plan")) sandbox.fault_plan = *plan;
  if (given.count("control-port") != 0) {
    const auto control = read_number<unsigned>(given, "control-port", 0, 0, 65'535);
    if (!control) return tl::unexpected(control.error());
    sandbox.control_port = static_cast<std::uint16_t>(*control);
  }
  return {};
}

}  // namespace

Result<Invocation> parse_invocation(std::span<const std::string> arguments, const Variables& variables) {
  auto split = split_command(arguments);
  if (!split) return tl::unexpected(split.error());
  const auto& [line, rest] = *split;
  Invocation invocation;
  invocation.command = line->command;
  if (std::ranges::find_if(rest, [](const std::string& word) { return word == "--help" || word == "-h"; }) !=
      rest.end()) {
    invocation.command = Command::help;
    invocation.operands = {std::string(line->name)};
    return invocation;
  }
  const auto given = read_options(*line, rest, variables, invocation.operands);
  if (!given) return tl::unexpected(given.error());
  if (line->command == Command::show && invocation.operands.empty()) {
    return tl::unexpected(usage("`show` needs the file of a saved plan", "cipherform show PLANFILE"));
  }
  if (auto read = read_global(*given, variables, invocation); !read) return tl::unexpected(read.error());
  if (auto read = read_tenant_options(*given, invocation); !read) return tl::unexpected(read.error());
  if (line->command == Command::apply && !invocation.operands.empty()) {
    for (const char* option : {"target", "exclude", "as-of"}) {
      if (given->count(option) == 0) continue;
      return tl::unexpected(usage(fmt::format("--{} does not go with a saved plan, which is applied as it is", option),
                                  fmt::format("give --{} to `cipherform plan --out`", option)));
    }
  }
  if (auto read = read_outputs(*given, invocation); !read) return tl::unexpected(read.error());
  if (auto read = read_sandbox_options(*given, invocation.sandbox); !read) return tl::unexpected(read.error());
  return invocation;
}

std::optional<std::string> help_text(std::string_view command) {
  std::ostringstream help;
  if (command.empty()) {
    help << "cipherform reconciles the users and group memberships of a Cipherscale tenant with a declaration in "
            "YAML.\n\nUsage: cipherform [-C DIR] COMMAND [-e ENV] [options]\n\nCommands:\n";
    for (const CommandLine& line : kCommands) help << fmt::format("  {:<10} {}\n", line.name, line.summary);
    help << '\n' << global_options();
    help << "\nEvery option has an environment variable: --state-dir is CIPHERFORM_STATE_DIR. A flag wins.\n"
            "Exit codes: 0 done or nothing to do, 1 error, 2 changes present (plan --detailed-exitcode), 3 refused by "
            "a guardrail or blocked, 4 saved plan is stale, 5 applied in part, 130 interrupted.\n"
            "`cipherform help COMMAND` explains a command.\n";
    return help.str();
  }
  const CommandLine* const line = find_command(command);
  if (line == nullptr) return std::nullopt;
  help << "Usage: cipherform [-C DIR] " << line->name << (line->operands.empty() ? "" : " ") << line->operands
       << " [options]\n\n"
       << line->description << "\n\n";
  const auto options = command_options(line->command);
  if (!options.options().empty()) help << options << '\n';
  help << global_options();
  return help.str();
}

}  // namespace cipherform::cli
