#include "cli/man_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "cipherform/utf8.h"
#include "cli/command_table.h"
#include "cli/version.h"

namespace cipherform::cli {
namespace {

/// roff's own spelling of a character that it or its terminal would take for something else;
/// empty where there is none.
std::string_view roff_name(char c) {
  switch (c) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '"':
      return "\\(dq";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    case '\n':
      return " ";
    default:
      return {};
  }
}

/// The character at the front of well-formed UTF-8, taken away from it.
char32_t take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 1;
  if (lead >= 0xC0) length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  text.remove_prefix(length);
  return code;
}

std::string heading(std::string_view name, int section) {
  std::string title(name);
  std::ranges::transform(title, title.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return fmt::format(".TH {} {} \"{}\" \"cipherform {}\" \"User Commands\"\n", roff_text(title), section, tool_date(),
                     roff_text(tool_version()));
}

/// An entry of a list: its words in bold, and what they mean.
std::string entry(std::string_view tag, std::string_view text) {
  return fmt::format(".TP\n{}\n{}\n", tag, roff_text(text));
}

std::string bold(std::string_view text) { return fmt::format("\\fB{}\\fR", roff_text(text)); }
std::string italic(std::string_view text) { return fmt::format("\\fI{}\\fR", roff_text(text)); }

std::string option_entries(const std::vector<OptionLine>& options) {
  std::string out;
  for (const OptionLine& option : options) {
    std::string tag = option.letter == 0 ? "" : bold(fmt::format("-{}", option.letter)) + ", ";
    tag += bold("--" + option.name);
    if (!option.metavariable.empty()) tag += " " + italic(option.metavariable);
    out += entry(tag, option.description);
  }
  return out;
}

ManPage page_of(const CommandLine& line) {
  const std::string name = fmt::format("cipherform-{}", line.name);
  std::string text = heading(name, 1);
  text += fmt::format(".SH NAME\n{} \\- {}\n", roff_text(name), roff_text(line.summary));
  text += fmt::format(".SH SYNOPSIS\n{} [{} {}] {} {}{}[{}]\n", bold("cipherform"), bold("-C"), italic("DIR"),
                      bold(line.name), italic(line.operands), line.operands.empty() ? "" : " ", italic("options"));
  text += fmt::format(".SH DESCRIPTION\n{}\n", roff_text(line.description));
  const auto options = option_lines(command_options(line.command));
  if (!options.empty()) text += ".SH OPTIONS\n" + option_entries(options);
  text += ".SH OPTIONS OF EVERY COMMAND\n" + option_entries(option_lines(global_options()));
  text += ".SH SEE ALSO\n.BR cipherform (1),\n.BR cipherform.yaml (5)\n";
  return {name + ".1", std::move(text)};
}

std::string see_also() {
  std::string out = ".SH SEE ALSO\n";
  for (const CommandLine& line : commands()) out += fmt::format(".BR cipherform\\-{} (1),\n", roff_text(line.name));
  return out + ".BR cipherform.yaml (5)\n";
}

ManPage page_of_all() {
  std::string text = heading("cipherform", 1);
  text += ".SH NAME\ncipherform \\- reconcile a Cipherscale tenant with a declaration\n";
  text += fmt::format(".SH SYNOPSIS\n{} [{} {}] {} [{} {}] [{}]\n", bold("cipherform"), bold("-C"), italic("DIR"),
                      italic("COMMAND"), bold("-e"), italic("ENV"), italic("options"));
  text += ".SH DESCRIPTION\n" +
          roff_text(
              "cipherform reconciles the users and group memberships of a Cipherscale tenant with a declaration in "
              "YAML. The tenant itself is read, completely and with proof, before anything is taken away.") +
          "\n.SH COMMANDS\n";
  for (const CommandLine& line : commands()) text += entry(bold(line.name), line.summary);
  text += ".SH OPTIONS\nThe page of a command has its own; those of every command are\n" +
          option_entries(option_lines(global_options()));
  text += ".SH ENVIRONMENT\n" +
          roff_text("Every option has a variable: `--state-dir` is `CIPHERFORM_STATE_DIR`. A flag wins.") + "\n";
  text += entry(bold("CIPHERFORM_API_KEY_") + italic("ENVIRONMENT") + ", " + bold("CIPHERFORM_API_KEY"),
                "The API key, where `api_key` of the environment names no other place.");
  text += entry(bold("NO_COLOR"), "Without `--color`, no colors where this is not empty.");
  text += ".SH EXIT STATUS\n";
  for (const ExitLine& line : exit_lines()) text += entry(bold(std::to_string(line.code)), line.meaning);
  text += ".SH FILES\n" + entry(bold("cipherform.yaml"), "The declaration.") +
          entry(bold(".cipherform/"), "Where the ledger is, unless `--state-dir` or `--ledger` names another place.");
  return {"cipherform.1", text + see_also()};
}

}  // namespace

std::string roff_text(std::string_view text) {
  const std::string whole = repaired_utf8(text);
  std::string out;
  // A dot or a quote at the front of a line would be a request.
  if (whole.starts_with('.')) out += "\\&";
  bool is_bold = false;
  for (std::string_view left = whole; !left.empty();) {
    const char32_t character = take_character(left);
    if (character == U'`') {
      is_bold = !is_bold;
      out += is_bold ? "\\fB" : "\\fR";
    } else if (character > 0x7F) {
      out += fmt::format("\\[u{:04X}]", static_cast<std::uint32_t>(character));
    } else {
      const char c = static_cast<char>(character);
      const std::string_view name = roff_name(c);
      name.empty() ? out += c : out += name;
    }
  }
  return out += is_bold ? "\\fR" : "";
}

std::vector<ManPage> man_pages() {
  std::vector<ManPage> pages{page_of_all()};
  for (const CommandLine& line : commands()) pages.push_back(page_of(line));
  return pages;
}

}  // namespace cipherform::cli
