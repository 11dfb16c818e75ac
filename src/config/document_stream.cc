// Idea: a stack of streamed maps and lists, and on top of it at most one tree being
// built, the unit. A unit that is complete goes to the sink and its memory is wound
// back, unless something in it has an anchor. An anchored value is always built whole,
// also where it would be streamed, because an alias may ask for it again; an alias is a
// copy of one node that shares the children, so that it costs nothing but its budget.
#include "config/document_stream.h"

#include <limits>
#include <string>

namespace cipherform::config {
namespace {

Value::Kind streamed_kind(Place place) {
  switch (place) {
    case Place::root:
    case Place::groups:
    case Place::group:
    case Place::teams:
      return Value::Kind::map;
    case Place::users:
    case Place::members:
    case Place::team:
    case Place::seed_groups:
      return Value::Kind::sequence;
    case Place::whole:
      break;
  }
  return Value::Kind::invalid;
}

}  // namespace

Value* DocumentStream::make(Value::Kind kind, LineColumn at) {
  if (arena_.bytes_held() > kMaxHeldBytes) {
    errors_->error(at, "a value with too many values in it",
                   "at most " + std::to_string(kMaxHeldBytes >> 20U) + " MiB");
    throw ReadingStopped{};
  }
  Value* const node = arena_.node();
  node->kind = kind;
  node->at = at;
  return node;
}

void DocumentStream::note_anchor(AnchorId anchor, LineColumn at) {
  if (anchor == 0) return;
  if (anchor > kMaxAnchors) {
    errors_->error(at, "more than " + std::to_string(kMaxAnchors) + " anchors");
    throw ReadingStopped{};
  }
  if (anchors_.size() <= anchor) anchors_.resize(anchor + 1, nullptr);
  ++kept_;
}

void DocumentStream::begin_unit() {
  if (!open_.empty()) return;
  unit_mark_ = arena_.mark();
  unit_kept_ = kept_;
}

void DocumentStream::scalar(LineColumn at, std::string_view text, bool plain, AnchorId anchor) {
  begin_unit();
  Value* const node = make(Value::Kind::scalar, at);
  node->plain = plain;
  node->text = arena_.store(text);
  leaf(node, anchor);
}

void DocumentStream::null(LineColumn at, AnchorId anchor) {
  begin_unit();
  leaf(make(Value::Kind::null, at), anchor);
}

void DocumentStream::invalid(LineColumn at, AnchorId anchor) {
  begin_unit();
  leaf(make(Value::Kind::invalid, at), anchor);
}

void DocumentStream::leaf(Value* node, AnchorId anchor) {
  note_anchor(anchor, node->at);
  if (anchor != 0) anchors_[anchor] = arena_.copy(*node);
  attach(node);
}

void DocumentStream::alias(LineColumn at, AnchorId anchor) {
  begin_unit();
  const Value* const target = anchor < anchors_.size() ? anchors_[anchor] : nullptr;
  Value* node = nullptr;
  if (target == nullptr) {
    errors_->error(at, "an alias to a value that contains the alias itself");
    node = make(Value::Kind::invalid, at);
  } else {
    expansion_.charge(target->values, at);
    node = make(target->kind, at);
    *node = *target;
    node->at = at;
    node->next = nullptr;
  }
  attach(node);
}

void DocumentStream::open(Value::Kind kind, LineColumn at, AnchorId anchor) {
  if (streamed_.size() + open_.size() >= kMaxDepth) {
    errors_->error(at, "more than " + std::to_string(kMaxDepth) + " levels of lists and maps");
    throw ReadingStopped{};
  }
  if (open_.empty() && begin_streamed(kind, at, anchor)) return;
  begin_unit();
  note_anchor(anchor, at);
  open_.push_back({.node = make(kind, at), .last = nullptr, .value_next = false, .anchor = anchor});
}

/// Whether the map or list that begins here is streamed.
bool DocumentStream::begin_streamed(Value::Kind kind, LineColumn at, AnchorId anchor) {
  if (streamed_.empty()) {
    if (kind != Value::Kind::map) return false;
    note_anchor(anchor, at);  // an alias to the root can only stand in it, and is refused there
    ending_ = Reading::complete;
    push_streamed(Place::root, kind, nullptr);
    return true;
  }
  const Streamed& parent = streamed_.back();
  if (anchor != 0 || parent.kind != Value::Kind::map || parent.key == nullptr || !parent.key_usable) return false;
  if (is_merge_key(*parent.key)) return false;
  const Place place = sink_->child(parent.place, parent.key->text);
  if (streamed_kind(place) != kind) return false;
  push_streamed(place, kind, parent.key);
  return true;
}

void DocumentStream::push_streamed(Place place, Value::Kind kind, const Value* key) {
  Streamed frame;
  frame.place = place;
  frame.kind = kind;
  frame.mark = arena_.mark();
  frame.kept = kept_;
  streamed_.push_back(std::move(frame));
  sink_->begin(place, key);
}

void DocumentStream::close() {
  if (open_.empty()) {
    close_streamed();
  } else {
    close_tree();
  }
}

void DocumentStream::close_streamed() {
  Streamed frame = std::move(streamed_.back());
  for (const Value* const merge : frame.merges) {
    for (const Value* const source : merged_maps(*merge, *errors_)) {
      for (const auto& [key, value] : Entries(*source)) {
        expansion_.charge(std::uint64_t{1} + value.values, key.at);
        if (!frame.seen.note(key.text, key.at)) deliver(frame.place, &key, value);
      }
    }
  }
  sink_->end(frame.place);
  streamed_.pop_back();
  if (frame.kept == kept_) arena_.rewind(frame.mark);
  if (!streamed_.empty()) streamed_.back().key = nullptr;
}

void DocumentStream::close_tree() {
  const Open done = open_.back();
  open_.pop_back();
  if (done.node->kind == Value::Kind::map) finish_map(*done.node, arena_, expansion_, scratch_, *errors_);
  if (done.anchor != 0) anchors_[done.anchor] = arena_.copy(*done.node);
  attach(done.node);
}

void DocumentStream::attach(Value* node) {
  if (open_.empty()) {
    unit(node);
    return;
  }
  Open& parent = open_.back();
  // The parser places a null at whatever comes next; its key says more.
  if (parent.value_next && node->kind == Value::Kind::null) node->at = parent.last->at;
  (parent.last == nullptr ? parent.node->first : parent.last->next) = node;
  parent.last = node;
  if (parent.node->kind == Value::Kind::map) parent.value_next = !parent.value_next;
  const std::uint64_t values = std::uint64_t{parent.node->values} + node->values;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  parent.node->values = static_cast<std::uint32_t>(values < kMost ? values : kMost);
}

void DocumentStream::unit(Value* node) {
  if (streamed_.empty()) {
    if (node->kind == Value::Kind::null) return;
    ending_ = Reading::cut;
    if (node->kind != Value::Kind::invalid) {
      errors_->error(node->at, "the file must hold a map of keys, but holds " + std::string(describe(*node)));
    }
    return;
  }
  Streamed& top = streamed_.back();
  if (top.kind == Value::Kind::map) {
    unit_in_map(top, node);
    return;
  }
  deliver(top.place, nullptr, *node);
  if (kept_ == unit_kept_) arena_.rewind(unit_mark_);
}

void DocumentStream::unit_in_map(Streamed& map, Value* node) {
  if (map.key == nullptr) {
    map.key = node;
    map.key_usable = check_key(*node, *errors_) && check_unique(*node, map.seen, *errors_);
    return;  // the key stays until the map ends: it is in `seen`
  }
  const Value* const key = map.key;
  map.key = nullptr;
  if (node->kind == Value::Kind::null) node->at = key->at;
  if (map.key_usable && is_merge_key(*key)) {
    map.merges.push_back(node);
    ++kept_;
  } else if (map.key_usable) {
    deliver(map.place, key, *node);
  }
  if (kept_ == unit_kept_) arena_.rewind(unit_mark_);
}

/// Gives a value that was built whole to the sink in the way in which it would have
/// been streamed.
void DocumentStream::deliver(Place parent, const Value* key, const Value& value) {
  const Place place = key == nullptr ? Place::whole : sink_->child(parent, key->text);
  if (value.kind == Value::Kind::invalid) return;
  if (value.kind != streamed_kind(place)) {
    sink_->item(parent, key, value);
    return;
  }
  sink_->begin(place, key);
  if (value.kind == Value::Kind::map) {
    for (const auto& [inner, element] : Entries(value)) deliver(place, &inner, element);
  } else {
    for (const Value& element : Elements(value)) deliver(place, nullptr, element);
  }
  sink_->end(place);
}

}  // namespace cipherform::config
