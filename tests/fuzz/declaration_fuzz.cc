// A project of cipherform.yaml and, behind a line "=== more.yaml", one more file that it
// may include: refused with places that are there, or a desired state that fits together.
#include <string>

#include "cipherform/config.h"
#include "fakes/temporary_directory.h"
#include "fuzz/declaration_checks.h"
#include "fuzz/property.h"

namespace {

using namespace cipherform;
using fuzz::require;

constexpr std::string_view kNextFile = "\n=== more.yaml\n";

fuzz::Files files_of(std::string_view input) {
  const std::size_t cut = input.find(kNextFile);
  if (cut == std::string_view::npos) return {{"cipherform.yaml", input}, {"more.yaml", {}}};
  return {{"cipherform.yaml", input.substr(0, cut + 1)}, {"more.yaml", input.substr(cut + kNextFile.size())}};
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fakes::TemporaryDirectory directory;
  const fuzz::Files files = files_of(fuzz::text_of(data, size));
  for (const auto& [name, text] : files) directory.write(name, text);
  auto declaration = load_declaration(directory.path(), 1);
  const auto environments = load_environments(directory.path());
  if (!declaration) {
    fuzz::check_diagnostics(declaration.error(), files);
    return 0;
  }
  require(environments.has_value(), "what is accepted has environments that are accepted");
  require(!environments->empty() && environments->size() == declaration->environments().size(),
          "both readers see the same environments");
  for (std::size_t i = 0; i < environments->size() && i < 2; ++i) {
    auto again = load_declaration(directory.path(), 1);  // asking for a state uses a declaration up
    require(again.has_value() && again->environments()[i].name == (*environments)[i].name,
            "reading twice gives the same");
    fuzz::check_desired(std::move(*again).desired_state((*environments)[i].name));
  }
  return 0;
}
