// Manual pages, made from the table of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cipherform::cli {

struct ManPage {
  std::string file;  ///< "cipherform-plan.1"
  std::string text;  ///< roff, with the macros of man(7)
};

/// cipherform(1), and one for each command.
std::vector<ManPage> man_pages();

/// `text` as roff prints it; what stands in `backquotes` is set in bold.
std::string roff_text(std::string_view text);

}  // namespace cipherform::cli
