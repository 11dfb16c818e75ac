#include "cli/plan_output.h"

#include <utility>

#include "cipherform/render.h"
#include "cli/output_file.h"

namespace cipherform::cli {
namespace {

constexpr std::size_t kLargestPlan = std::size_t{1} << 30;

std::string rendered(const Plan& plan, Form form, bool color) {
  switch (form) {
    case Form::text:
      return render_text(plan, {.color = color});
    case Form::json:
      return to_json(plan);
  }
  return {};
}

}  // namespace

Error output_lost() {
  return {ErrorKind::file, "standard output cannot be written", {}, "is the disk full, or its reader gone?", false};
}

Result<void> write_plan(const Plan& plan, const std::vector<Output>& outputs, Console& console) {
  for (const Output& output : outputs) {
    if (!output.file) {
      if (!console.data(rendered(plan, output.form, console.color_out()))) return tl::unexpected(output_lost());
      continue;
    }
    if (auto written = write_private_file(*output.file, rendered(plan, output.form, false)); !written) return written;
  }
  return {};
}

Result<void> save_plan(const Plan& plan, const std::filesystem::path& file) {
  return write_private_file(file, to_json(plan));
}

Result<Plan> load_plan(const std::filesystem::path& file) {
  const auto json = read_file(file, kLargestPlan);
  if (!json) return tl::unexpected(json.error());
  auto plan = plan_from_json(*json);
  if (plan) return plan;
  Error error = std::move(plan).error();
  error.where = error.where.empty() ? file.string() : file.string() + ": " + error.where;
  return tl::unexpected(std::move(error));
}

}  // namespace cipherform::cli
