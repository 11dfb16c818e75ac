#include "render/markdown_page.h"

#include <fmt/format.h>

#include <utility>

#include "render/phrases.h"

namespace cipherform {

void MarkdownPage::line(std::string_view markdown) {
  text_ += markdown;
  text_ += '\n';
}

std::size_t MarkdownPage::share(std::size_t parts, std::size_t of) const {
  const std::size_t taken = text_.size() + reserved_;
  return taken >= limit_ ? 0 : (limit_ - taken) * parts / of;
}

std::size_t MarkdownPage::list(std::string_view prefix, std::size_t total,
                               const std::function<std::string(std::size_t)>& entry, Bounds bounds) {
  const std::size_t end = text_.size() + bounds.bytes;
  std::size_t shown = 0;
  for (; shown < total && shown < bounds.entries; ++shown) {
    const std::string item = fmt::format("{}- {}\n", prefix, entry(shown));
    if (text_.size() + item.size() > end) {
      cut();
      break;
    }
    text_ += item;
  }
  if (shown < total) {
    line(fmt::format("{}- and {} more", prefix, grouped_digits(total - shown)));
  }
  return shown;
}

std::string MarkdownPage::take() && {
  while (text_.ends_with("\n\n")) text_.pop_back();
  return std::move(text_);
}

}  // namespace cipherform
