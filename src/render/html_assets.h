// The files of src/render/html as they are built into the program (embed.cmake).
#pragma once

#include <string_view>

namespace cipherform::html_assets {

extern const std::string_view kPage;    ///< plan.html, with {{name}} where render_html writes
extern const std::string_view kStyle;   ///< plan.css
extern const std::string_view kScript;  ///< the scripts, one after the other, as one module

}  // namespace cipherform::html_assets
