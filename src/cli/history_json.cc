// Each run and each action is a line of its own, so that a reader can stream it; the
// brackets between the lines are written by hand, what is in a line by the JSON writer.
#include <string_view>
#include <utility>

#include "cipherform/json_writer.h"
#include "cli/history_text.h"

namespace cipherform::cli {
namespace {

class Line {
 public:
  Line() { json_.open_object(); }

  void open(std::string_view name) {
    json_.key(name);
    json_.open_object();
  }
  void close() { json_.close_object(); }
  template <class Value>
  void field(std::string_view name, const Value& value) {
    json_.field(name, value);
  }
  void field(std::string_view name, Time value) { json_.field(name, format_rfc3339(value)); }
  void field(std::string_view name, const std::optional<Time>& value) {
    if (value) return field(name, *value);
    null(name);
  }
  void null(std::string_view name) {
    json_.key(name);
    json_.null();
  }
  std::string end() {
    json_.close_object();
    return std::move(out_);
  }

 private:
  std::string out_;
  JsonWriter json_{out_};
};

std::string line_of(const RunRecord& run, Time now) {
  Line line;
  line.field("id", run.id);
  line.field("environment", run.environment);
  line.field("base_url", run.base_url);
  const std::string_view state = state_of(run, now);
  line.field("state", state == "cut off" ? "cut_off" : state);
  line.field("started_at", run.started_at);
  line.field("finished_at", run.finished_at);
  if (run.finished_at) {
    line.field("duration_ms", std::int64_t{(*run.finished_at - run.started_at).count()});
  } else {
    line.null("duration_ms");
  }
  line.open("holder");
  line.field("user", run.holder.user);
  line.field("host", run.holder.host);
  line.field("pid", run.holder.pid);
  line.close();
  line.open("plan");
  line.field("tool_version", run.tool_version);
  line.field("planned_at", run.planned_at);
  line.field("declaration_digest", run.declaration_digest);
  line.field("live_digest", run.live_digest);
  line.field("create", run.creates);
  line.field("add", run.adds);
  line.field("remove", run.removes);
  line.close();
  line.field("actions_tried", run.intended);
  line.field("actions_done", run.done);
  return line.end();
}

std::string line_of(const ActionRecord& action) {
  Line line;
  line.field("id", action.action_id);
  line.field("kind", action.kind);
  line.field("email", action.email);
  line.field("group", action.group);
  line.field("intended_at", action.intended_at);
  line.field("attempts", action.attempts);
  line.field("outcome", action.outcome ? to_string(*action.outcome) : "open");
  line.field("outcome_at", action.outcome_at);
  line.field("detail", action.detail);
  return line.end();
}

template <class Records, class LineOf>
void append_lines(std::string& json, const Records& records, LineOf line) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    json += i == 0 ? "\n" : ",\n";
    json += line(records[i]);
  }
  json += records.empty() ? "]" : "\n]";
}

}  // namespace

std::string history_json(const std::vector<RunRecord>& runs, Time now) {
  std::string json = R"({"format_version":"1.0","runs":[)";
  append_lines(json, runs, [now](const RunRecord& run) { return line_of(run, now); });
  return json + "}\n";
}

std::string history_json(const RunHistory& history, Time now) {
  std::string json = R"({"format_version":"1.0","run":)"
                     "\n" +
                     line_of(history.run, now) + ",\n\"actions\":[";
  append_lines(json, history.actions, [](const ActionRecord& action) { return line_of(action); });
  return json + "}\n";
}

}  // namespace cipherform::cli
