// `cipherform man-pages DIR`, for the build.
#include <fstream>

#include "cli/commands.h"
#include "cli/man_page.h"
#include "cli/planning.h"

namespace cipherform::cli {

ExitCode run_man_pages(const Invocation& invocation, Console& console) {
  const std::filesystem::path directory = invocation.operands.empty() ? "." : invocation.operands.front();
  for (const ManPage& page : man_pages()) {
    std::ofstream file(directory / page.file);
    file << page.text << std::flush;
    if (!file) {
      return report_error(console, Error{ErrorKind::file,
                                         "'" + (directory / page.file).string() + "' cannot be written",
                                         {},
                                         "the directory must be there",
                                         false});
    }
  }
  return ExitCode::done;
}

}  // namespace cipherform::cli
