// Log lines on standard error, below --log-level silent. The only module that knows spdlog.
#pragma once

#include <memory>
#include <string_view>

#include "cipherform/tenant.h"

namespace cipherform::cli {

/// `level` is one of debug, info, warning, error. Before the first log line.
void start_log(std::string_view level);
/// Escaped for a terminal here.
void log_info(std::string_view line);

/// `transport` itself, or one that logs method, path, status and duration of every
/// request where the level is debug. No header and no body is ever logged.
std::unique_ptr<Transport> with_request_log(std::unique_ptr<Transport> transport, const Clock& clock);

}  // namespace cipherform::cli
