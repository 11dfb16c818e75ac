#include "cli/plan_output.h"

#include "cipherform/render.h"
#include "cli/output_file.h"

namespace cipherform::cli {
namespace {

std::string rendered(const Plan& plan, Form form, bool color) {
  switch (form) {
    case Form::text:
      return render_text(plan, {.color = color});
    case Form::markdown:
      return render_markdown(plan);
    case Form::json:
      return to_json(plan);
    case Form::html:
      return render_html(plan);
  }
  return {};
}

}  // namespace

Error output_lost() {
  return {ErrorKind::file, "standard output cannot be written", {}, "is the disk full, or its reader gone?", false};
}

Result<void> write_forms(const std::vector<Output>& outputs, Console& console,
                         const std::function<std::string(Form form, bool color)>& text_of) {
  for (const Output& output : outputs) {
    if (!output.file) {
      if (!console.data(text_of(output.form, console.color_out()))) return tl::unexpected(output_lost());
      continue;
    }
    if (auto written = write_private_file(*output.file, text_of(output.form, false)); !written) return written;
  }
  return {};
}

Result<void> write_plan(const Plan& plan, const std::vector<Output>& outputs, Console& console) {
  if (console.events() != nullptr) send_plan(*console.events(), plan);
  return write_forms(outputs, console, [&plan](Form form, bool color) { return rendered(plan, form, color); });
}

Result<void> save_plan(const Plan& plan, const std::filesystem::path& file) {
  return write_private_file(file, to_json(plan));
}

}  // namespace cipherform::cli
