// From words to values: which command, which of its options are given by a flag or a
// variable, and whether their values can be used.
#include "cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <charconv>
#include <set>
#include <utility>

#include "cipherform/ledger_url.h"
#include "cli/command_table.h"

namespace cipherform::cli {
namespace {

namespace po = boost::program_options;
using Strings = std::vector<std::string>;

Error usage(std::string what, std::string hint = "see `cipherform help`") {
  return Error{ErrorKind::usage, without_ledger_url(std::move(what)), {}, std::move(hint), false};
}

/// The environment variable of an option.
std::string variable_of(std::string_view option) {
  std::string name = "CIPHERFORM_" + std::string{option};
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return name;
}

std::string names_of_commands() {
  std::string names;
  for (const CommandLine& line : commands()) {
    if (!names.empty()) names += ", ";
    names += line.name;
  }
  return names;
}

/// The values of one call's options, and where each came from.
class Given {
 public:
  explicit Given(po::variables_map values, std::set<std::string> from_variables)
      : values_(std::move(values)), from_variables_(std::move(from_variables)) {}

  bool has(const std::string& name) const { return values_.count(name) != 0; }
  std::optional<std::string> text(const std::string& name) const {
    if (!has(name)) return std::nullopt;
    return values_[name].as<std::string>();
  }
  Strings strings(const std::string& name) const { return has(name) ? values_[name].as<Strings>() : Strings{}; }
  bool flag(const std::string& name) const { return has(name) && values_[name].as<bool>(); }
  /// As the user wrote it: "--timeout" or "CIPHERFORM_TIMEOUT".
  std::string spelled(const std::string& name) const {
    return from_variables_.contains(name) ? variable_of(name) : "--" + name;
  }

 private:
  po::variables_map values_;
  std::set<std::string> from_variables_;
};

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
Result<Number> read_number(const Given& given, const std::string& name, Number otherwise, Number least, Number most) {
  const auto text = given.text(name);
  if (!text) return otherwise;
  Number value{};
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failure != std::errc{} || end != text->data() + text->size() || !(value >= least && value <= most)) {
    return tl::unexpected(
        usage(fmt::format("{} is '{}', not a number from {} to {}", given.spelled(name), *text, least, most)));
  }
  return value;
}

/// Seconds, with fractions, in milliseconds.
Result<std::chrono::milliseconds> read_seconds(const Given& given, const std::string& name,
                                               std::chrono::milliseconds otherwise, std::pair<double, double> range) {
  const std::chrono::duration<double> seconds = otherwise;
  const auto read = read_number<double>(given, name, seconds.count(), range.first, range.second);
  if (!read) return tl::unexpected(read.error());
  return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>{*read});
}

/// "90m", "24h", "7d"; seconds without a unit.
Result<std::chrono::milliseconds> read_age(const Given& given, const std::string& name,
                                           std::chrono::milliseconds otherwise) {
  const auto text = given.text(name);
  if (!text) return otherwise;
  static constexpr std::uint32_t kMost = 100'000;
  std::uint32_t count = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), count);
  const std::string_view unit(end, static_cast<std::size_t>(text->data() + text->size() - end));
  if (failure == std::errc{} && count <= kMost) {
    if (unit.empty() || unit == "s") return std::chrono::seconds{count};
    if (unit == "m") return std::chrono::minutes{count};
    if (unit == "h") return std::chrono::hours{count};
    if (unit == "d") return std::chrono::days{count};
  }
  return tl::unexpected(usage(fmt::format("{} is '{}', not an age", given.spelled(name), *text),
                              "a whole number and s, m, h or d, such as 90m or 7d"));
}

Result<void> read_saved_plan_options(const Given& given, Invocation& invocation) {
  const auto age = read_age(given, "max-plan-age", invocation.max_plan_age);
  if (!age) return tl::unexpected(age.error());
  invocation.max_plan_age = *age;
  if (const auto check = given.text("check")) invocation.check = *check;
  invocation.expected_fingerprint = given.text("expect-fingerprint");
  if (!invocation.expected_fingerprint) return {};
  std::string& expected = *invocation.expected_fingerprint;
  std::ranges::transform(expected, expected.begin(),
                         [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  if (expected.size() == 16 && expected.find_first_not_of("0123456789abcdef") == std::string::npos) return {};
  return tl::unexpected(
      usage(fmt::format("{} is '{}', not 16 hex digits", given.spelled("expect-fingerprint"), expected),
            "the last line of a plan says its fingerprint"));
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
      if (takes_value(argument) && i + 1 < arguments.size()) rest.push_back(arguments[++i]);
      continue;
    }
    const CommandLine* const command = find_command(argument);
    if (command == nullptr) {
      Strings names;
      for (const CommandLine& line : commands()) names.emplace_back(line.name);
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

/// CIPHERFORM_STATE_DIR for --state-dir; a switch takes 1/true/yes or 0/false/no. The names
/// of the options that came so.
Result<std::set<std::string>> read_variables(const po::options_description& options, const Variables& variables,
                                             po::variables_map& given) {
  po::parsed_options parsed(&options);
  std::set<std::string> found;
  for (const auto& option : options.options()) {
    const std::string& name = option->long_name();
    const auto value = variables(variable_of(name));
    if (!value || value->empty()) continue;
    const bool is_switch = option->semantic()->max_tokens() == 0;
    static constexpr std::array<std::string_view, 6> truth{"1", "true", "yes", "0", "false", "no"};
    if (is_switch && std::ranges::find(truth, *value) == truth.end()) {
      return tl::unexpected(usage(fmt::format("{} is '{}', not 1 or 0", variable_of(name), *value)));
    }
    if (given.count(name) != 0 && !given[name].defaulted()) continue;
    parsed.options.emplace_back(name, Strings{*value});
    found.insert(name);
  }
  po::store(parsed, given);
  return found;
}

Result<Given> read_options(const CommandLine& line, const Strings& arguments, const Variables& variables,
                           Strings& operands) {
  po::options_description visible;
  visible.add(command_options(line.command)).add(global_options());
  po::options_description all;
  all.add(visible).add_options()("operand", po::value<Strings>());
  po::positional_options_description positional;
  positional.add("operand", -1);
  po::variables_map given;
  std::set<std::string> from_variables;
  using po::command_line_style::style_t;
  const int style = style_t::allow_long | style_t::long_allow_adjacent | style_t::long_allow_next |
                    style_t::allow_short | style_t::short_allow_adjacent | style_t::short_allow_next |
                    style_t::allow_dash_for_short;
  try {
    po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(), given);
    auto read = read_variables(visible, variables, given);
    if (!read) return tl::unexpected(read.error());
    from_variables = std::move(*read);
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
  return Given(std::move(given), std::move(from_variables));
}

struct FormName {
  std::string_view name;
  Form form;
};
constexpr std::array kPlanForms = std::to_array<FormName>(
    {{"text", Form::text}, {"markdown", Form::markdown}, {"json", Form::json}, {"html", Form::html}});
constexpr std::array kDiffForms =
    std::to_array<FormName>({{"text", Form::text}, {"markdown", Form::markdown}, {"json", Form::json}});
constexpr std::array kListForms = std::to_array<FormName>({{"text", Form::text}, {"json", Form::json}});

/// Those of a plan; those of everything else that is printed.
std::span<const FormName> forms_of(const Invocation& invocation) {
  if (invocation.command == Command::history || invocation.command == Command::explain || invocation.check) {
    return kListForms;
  }
  return invocation.command == Command::diff ? std::span<const FormName>{kDiffForms} : kPlanForms;
}

std::string names_of(std::span<const FormName> forms) {
  std::string names;
  for (std::size_t i = 0; i < forms.size(); ++i) {
    names += fmt::format("{}{}", i == 0 ? "" : i + 1 == forms.size() ? " and " : ", ", forms[i].name);
  }
  return names;
}

Result<void> read_outputs(const Given& given, Invocation& invocation) {
  const auto forms = forms_of(invocation);
  for (const std::string& format : given.strings("format")) {
    const auto equals = format.find('=');
    const std::string name = format.substr(0, equals);
    const auto form = std::ranges::find(forms, name, &FormName::name);
    if (form == forms.end()) {
      return tl::unexpected(usage(fmt::format("there is no format '{}'", name), "the formats are " + names_of(forms)));
    }
    Output output{form->form, std::nullopt};
    if (equals != std::string::npos) output.file = format.substr(equals + 1);
    if (output.file && output.file->empty()) {
      return tl::unexpected(usage(fmt::format("--format {} names no file", format)));
    }
    invocation.outputs.push_back(std::move(output));
  }
  if (invocation.outputs.empty() && !invocation.json) invocation.outputs.push_back({Form::text, std::nullopt});
  return {};
}

/// Standard output has room for one: the events.
Result<void> check_events(const Given& given, const Invocation& invocation) {
  if (!invocation.json) return {};
  const std::string json = given.spelled("json");
  if (invocation.check) return tl::unexpected(usage(json + " does not go with --check", "give --format json"));
  if (std::ranges::any_of(invocation.outputs, [](const Output& output) { return !output.file; })) {
    return tl::unexpected(usage(json + " and a --format without a file both want standard output",
                                "give the form a file, such as --format text=plan.txt"));
  }
  if (invocation.command == Command::apply && !invocation.auto_approve && invocation.operands.empty()) {
    return tl::unexpected(usage(json + " cannot ask", "give --auto-approve, or a saved plan"));
  }
  return {};
}

Result<void> read_global(const Given& given, const Variables& variables, Invocation& invocation) {
  if (const auto directory = given.text("chdir")) invocation.project = *directory;
  const std::string color = given.text("color").value_or("auto");
  const auto no_color = variables("NO_COLOR");
  if (color == "always") {
    invocation.color = ColorMode::always;
  } else if (color == "never" || (color == "auto" && no_color && !no_color->empty())) {
    invocation.color = ColorMode::never;
  } else if (color != "auto") {
    return tl::unexpected(usage(fmt::format("{} is '{}', not auto, always or never", given.spelled("color"), color)));
  }
  invocation.log_level = given.text("log-level").value_or("warning");
  const auto levels = value_form("LEVEL")->words;
  if (std::ranges::find(levels, invocation.log_level) == levels.end()) {
    return tl::unexpected(usage(fmt::format("{} is '{}', not debug, info, warning or error", given.spelled("log-level"),
                                            invocation.log_level)));
  }
  return {};
}

Result<void> read_ledger_options(const Given& given, Invocation& invocation) {
  invocation.ledger = given.text("ledger").value_or("");
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

Result<void> read_tenant_options(const Given& given, Invocation& invocation) {
  invocation.environment = given.text("environment");
  invocation.selection = {given.strings("target"), given.strings("exclude")};
  invocation.state_dir = given.text("state-dir").value_or("");
  if (auto read = read_ledger_options(given, invocation); !read) return read;
  if (const auto as_of = given.text("as-of")) {
    invocation.as_of = parse_until(*as_of);
    if (!invocation.as_of) {
      return tl::unexpected(
          usage(fmt::format("{} is '{}', not a date or an RFC 3339 time", given.spelled("as-of"), *as_of),
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
  invocation.acknowledgements = given.strings("ack");
  invocation.auto_approve = given.flag("auto-approve");
  invocation.json = given.flag("json");
  invocation.resume = given.flag("resume");
  invocation.detailed_exitcode = given.flag("detailed-exitcode");
  if (const auto out = given.text("out")) invocation.plan_file = *out;
  if (const auto metrics = given.text("metrics-file")) invocation.metrics_file = *metrics;
  return {};
}

Result<void> read_export_options(const Given& given, ExportArguments& exporting) {
  exporting.url = given.text("url");
  if (const auto out = given.text("out")) exporting.directory = *out;
  const auto split = given.text("split");
  exporting.split_groups = split.has_value();
  if (split && *split != "groups") {
    return tl::unexpected(
        usage(fmt::format("{} is '{}', not groups", given.spelled("split"), *split), "see `cipherform help export`"));
  }
  if (split && !exporting.directory) {
    return tl::unexpected(usage(fmt::format("{} writes files, and none is asked for", given.spelled("split")),
                                "name their directory with --out DIR"));
  }
  return {};
}

Result<void> read_promotion_options(const Given& given, Invocation& invocation) {
  invocation.require_promoted = given.flag("require-promoted");
  if (!given.text("soak")) return {};
  if (!invocation.require_promoted) {
    return tl::unexpected(usage(given.spelled("soak") + " needs --require-promoted",
                                "it says for how long the stage before must have had the declaration"));
  }
  const auto soak = read_age(given, "soak", std::chrono::milliseconds{0});
  if (!soak) return tl::unexpected(soak.error());
  invocation.soak = *soak;
  return {};
}

Result<void> read_promote_options(const Given& given, PromotionArguments& promotion) {
  promotion.all_groups = given.flag("all-groups");
  promotion.groups = given.strings("group");
  if (promotion.all_groups && given.flag("only-declared")) {
    return tl::unexpected(
        usage(fmt::format("{} and {} exclude each other", given.spelled("all-groups"), given.spelled("only-declared")),
              "see `cipherform help promote`"));
  }
  return {};
}

/// What a command cannot do without.
Result<void> check_operands(const CommandLine& line, const Strings& operands) {
  if (line.command == Command::show && operands.empty()) {
    return tl::unexpected(usage("`show` needs the file of a saved plan", "cipherform show PLANFILE"));
  }
  if (line.command == Command::explain && (operands.empty() || operands.front().empty())) {
    return tl::unexpected(usage("`explain` needs the email of a person", "cipherform explain EMAIL"));
  }
  if (line.command != Command::diff && line.command != Command::promote) return {};
  if (operands.size() < 2) {
    return tl::unexpected(usage(fmt::format("`{}` needs two environments", line.name),
                                fmt::format("cipherform {} {}", line.name, line.operands)));
  }
  if (operands[0] != operands[1]) return {};
  return tl::unexpected(
      usage(fmt::format("`{}` needs two environments, and '{}' is given twice", line.name, operands[0]),
            fmt::format("cipherform {} {}", line.name, line.operands)));
}

/// A saved plan is what it is: nothing may choose what would be planned.
Result<void> check_saved_plan_options(const Given& given, const Invocation& invocation) {
  const bool applies = invocation.command == Command::apply && !invocation.operands.empty();
  if (!applies && !invocation.check) return {};
  for (const char* option : {"target", "exclude", "as-of", "out"}) {
    if (!given.has(option)) continue;
    return tl::unexpected(usage(fmt::format("{} does not go with a saved plan, which is {} as it is",
                                            given.spelled(option), applies ? "applied" : "checked"),
                                fmt::format("give --{} to the `cipherform plan --out` that makes it", option)));
  }
  return {};
}

Result<void> read_sandbox_options(const Given& given, SandboxArguments& sandbox) {
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
  sandbox.base_path = given.text("base-path").value_or("/qa");
  if (const auto seed = given.text("seed")) sandbox.seed = *seed;
  if (const auto database = given.text("database")) sandbox.database = *database;
  sandbox.list_groups = !given.flag("no-group-list");
  if (const auto plan = given.text("fault-plan")) sandbox.fault_plan = *plan;
  if (given.has("control-port")) {
    const auto control = read_number<unsigned>(given, "control-port", 0, 0, 65'535);
    if (!control) return tl::unexpected(control.error());
    sandbox.control_port = static_cast<std::uint16_t>(*control);
  }
  return {};
}

}  // namespace

std::vector<std::string_view> names_of_forms(Command command) {
  std::vector<std::string_view> names;
  Invocation invocation;
  invocation.command = command;
  for (const FormName& form : forms_of(invocation)) names.push_back(form.name);
  return names;
}

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
  if (auto enough = check_operands(*line, invocation.operands); !enough) return tl::unexpected(enough.error());
  if (auto read = read_global(*given, variables, invocation); !read) return tl::unexpected(read.error());
  if (auto read = read_tenant_options(*given, invocation); !read) return tl::unexpected(read.error());
  if (auto read = read_saved_plan_options(*given, invocation); !read) return tl::unexpected(read.error());
  if (auto read = read_promotion_options(*given, invocation); !read) return tl::unexpected(read.error());
  if (auto fit = check_saved_plan_options(*given, invocation); !fit) return tl::unexpected(fit.error());
  if (auto read = read_outputs(*given, invocation); !read) return tl::unexpected(read.error());
  if (auto fit = check_events(*given, invocation); !fit) return tl::unexpected(fit.error());
  if (auto read = read_sandbox_options(*given, invocation.sandbox); !read) return tl::unexpected(read.error());
  if (auto read = read_export_options(*given, invocation.exporting); !read) return tl::unexpected(read.error());
  if (auto read = read_promote_options(*given, invocation.promotion); !read) return tl::unexpected(read.error());
  return invocation;
}

}  // namespace cipherform::cli
