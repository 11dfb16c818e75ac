#include "cli/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <map>
#include <utility>

#include "cipherform/render.h"

namespace cipherform::cli {
namespace {

class LoggedTransport final : public Transport {
 public:
  LoggedTransport(std::unique_ptr<Transport> inner, const Clock& clock) : inner_(std::move(inner)), clock_(clock) {}

  void start(std::uint64_t ticket, HttpRequest request) override {
    under_way_[ticket] = {fmt::format("{} {}", to_string(request.method), request.path), clock_.steady()};
    inner_->start(ticket, std::move(request));
  }

  std::optional<Completion> wait(std::optional<SteadyTime> until) override {
    auto completion = inner_->wait(until);
    if (!completion) return completion;
    const auto found = under_way_.find(completion->ticket);
    if (found == under_way_.end()) return completion;
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - found->second.since);
    const std::string end =
        completion->result ? fmt::format("{}, {} bytes", completion->result->status, completion->result->body.size())
                           : completion->result.error().what;
    spdlog::debug("{}", terminal_safe(fmt::format("{}: {} ({} ms)", found->second.request, end, took.count())));
    under_way_.erase(found);
    return completion;
  }

  void wake() noexcept override { inner_->wake(); }

 private:
  struct UnderWay {
    std::string request;
    SteadyTime since;
  };
  std::unique_ptr<Transport> inner_;
  const Clock& clock_;
  std::map<std::uint64_t, UnderWay> under_way_;
};

}  // namespace

void start_log(std::string_view level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("cipherform", std::move(sink));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(std::string(level)));
  spdlog::set_default_logger(std::move(logger));
}

void log_info(std::string_view line) { spdlog::info("{}", terminal_safe(line)); }

std::unique_ptr<Transport> with_request_log(std::unique_ptr<Transport> transport, const Clock& clock) {
  if (!spdlog::should_log(spdlog::level::debug)) return transport;
  return std::make_unique<LoggedTransport>(std::move(transport), clock);
}

}  // namespace cipherform::cli
