// Each run and each action is a line of its own, so that a reader can stream it; the
// brackets between the lines are written by hand, what is in a line by RapidJSON, in
// ASCII: whatever a name holds, nothing in it acts on a terminal.
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string_view>

#include "cipherform/utf8.h"
#include "cli/history_text.h"

namespace cipherform::cli {
namespace {

class Line {
 public:
  Line() { writer_.StartObject(); }

  void open(std::string_view name) {
    key(name);
    writer_.StartObject();
  }
  void close() { writer_.EndObject(); }
  void field(std::string_view name, std::string_view value) {
    key(name);
    const std::string valid = repaired_utf8(value);
    writer_.String(valid.data(), static_cast<rapidjson::SizeType>(valid.size()));
  }
  void field(std::string_view name, std::int64_t value) {
    key(name);
    writer_.Int64(value);
  }
  void field(std::string_view name, std::uint64_t value) {
    key(name);
    writer_.Uint64(value);
  }
  void field(std::string_view name, std::optional<Time> value) {
    if (value) return field(name, format_rfc3339(*value));
    null(name);
  }
  void null(std::string_view name) {
    key(name);
    writer_.Null();
  }
  std::string end() {
    writer_.EndObject();
    std::string line{buffer_.GetString(), buffer_.GetSize()};
    // Logs of CI act on "##[" and "##vso[" anywhere in a line, terminals on DEL; only strings hold them.
    for (auto at = line.find("##"); at != std::string::npos; at = line.find("##", at)) {
      line.replace(at + 1, 1, "\\u0023");
    }
    for (auto at = line.find('\x7f'); at != std::string::npos; at = line.find('\x7f', at)) {
      line.replace(at, 1, "\\u007f");
    }
    return line;
  }

 private:
  void key(std::string_view name) { writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> writer_{buffer_};
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
