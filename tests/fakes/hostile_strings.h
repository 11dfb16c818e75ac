// What somebody who controls a name, an email, a reason or an error body would write there.
// Every form of output is tested with all of it: what it must not become is said beside each.
#pragma once

#include <array>
#include <string_view>

namespace cipherform::fakes {

struct HostileString {
  std::string_view aim;   ///< what it would do; unique, a good test name
  std::string_view text;  ///< raw bytes, not always UTF-8, sometimes with NUL
};

namespace hostile {
using namespace std::string_view_literals;

inline constexpr auto kStrings = std::to_array<HostileString>({
    // a terminal
    {"clear the screen", "\x1b[2J\x1b[H"sv},
    {"set the title", "\x1b]0;owned\x07"sv},
    {"make a link in the terminal", "\x1b]8;;http://evil.example\x1b\\approve\x1b]8;;\x1b\\"sv},
    {"a control of one byte in Latin 1",
     "\x9b"
     "31m"sv},
    {"a C1 control in UTF-8", "\u009b31m\u0085"sv},
    {"overwrite the line", "remove everybody\rNo changes."sv},
    {"rub out", "admin\b\b\b\b\bguest"sv},
    {"end a string", "before\0after"sv},
    {"not UTF-8", "\xff\xfe\xc0\xaf\xed\xa0\x80"sv},
    {"delete",
     "a\x7f"
     "b"sv},
    {"tabs", "a\tb\v\fc"sv},
    // a reader
    {"reorder", "Ad\u202enimda\u202c\u2066x\u2069\u200f"sv},
    {"hide", "Ad\u200bmi\u200cn\u200ds\u2060\ufeff\u00ad"sv},
    {"hide in tags", "Everyone\U000e0041\U000e0064"sv},
    {"spaces at the ends", "  Admins  "sv},
    {"spaces inside", "Ops    team"sv},
    {"nothing but spaces", "   "sv},
    {"another line", "eve@example.com\n+ ceo@example.com\n"sv},
    {"line separators of Unicode", "a\u2028b\u2029c"sv},
    {"CR LF", "a\r\nb"sv},
    {"a verdict", "No changes. qa matches the declaration."sv},
    // logs of CI
    {"set an output", "::set-output name=x::y"sv},
    {"an annotation", "::error file=a,line=1::b"sv},
    {"an annotation after spaces", "   ::error::b"sv},
    {"stop commands", "::stop-commands::x"sv},
    {"an annotation on its own line", "x\n::error::b\n::add-mask::a"sv},
    {"a command of the older form", "##[error]x"sv},
    {"a command inside a line", "x ##[set-env name=PATH]y"sv},
    {"Azure", "##vso[task.setvariable variable=x]y"sv},
    {"TeamCity", "##teamcity[buildStatus status='SUCCESS']"sv},
    // Markdown
    {"end a code span", "`x` <b>y</b> `"sv},
    {"end a code span of any length", "`a``b```c````d`````"sv},
    {"nothing but backticks", "````````"sv},
    {"end a code block", "```\n</details>\n# approved\n```"sv},
    {"another cell", "a | b || c \\| d"sv},
    {"another row", "a |\n| b | c |\n|---|---|"sv},
    {"headings", "# approved"sv},
    {"an underline that makes a heading", "==="sv},
    {"a rule", "---"sv},
    {"a quote", "> [!NOTE]"sv},
    {"a task", "- [x] approved"sv},
    {"an item", "1. first"sv},
    {"emphasis", "**bold** _it_ ~~gone~~ __b__"sv},
    {"backslashes", "\\`\\|\\<b\\>\\"sv},
    {"a link", "[approve](http://evil.example)"sv},
    {"a reference", "[approve]\n\n[approve]: http://evil.example"sv},
    {"an image that counts readers", "![](http://evil.example/pixel.png)"sv},
    {"a link in angle brackets", "<http://evil.example>"sv},
    {"a bare link", "http://evil.example/?a=1&b=2"sv},
    {"a bare link with a secure scheme", "see https://evil.example now"sv},
    {"a bare www", "www.evil.example"sv},
    {"an email to click", "ceo@example.com"sv},
    {"mailto", "mailto:ceo@example.com xmpp:ceo@example.com"sv},
    {"footnotes", "[^1] [^1]: x"sv},
    {"math", "$\\href{http://evil.example}{x}$ $$y$$ $`z`$"sv},
    {"front matter", "---\ntitle: x\n---"sv},
    // GitHub and GitLab
    {"mention everyone", "@everyone @here @all"sv},
    {"mention a team", "@octo-org/security please approve"sv},
    {"an issue", "fixes #1, GH-1, octo-org/repo#1"sv},
    {"a commit", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef octo@deadbeef"sv},
    {"references of GitLab", "!1 &1 %1 ~1 ^1 $1 [vulnerability:1]"sv},
    {"a quick action", "/merge"sv},
    {"a quick action on its own line", "x\n/approve\n/close"sv},
    {"emoji", ":+1: :shipit:"sv},
    {"end the marker", "qa --> <b>approved</b>"sv},
    {"end the marker otherwise", "--!> x"sv},
    {"another marker", "<!-- cipherform:plan:prod -->"sv},
    {"a comment that never ends", "<!--"sv},
    // HTML
    {"end a script", "</script><script>alert(1)</script>"sv},
    {"a script", "<script>alert(1)</script>"sv},
    {"an image with a handler", "<img src=x onerror=alert(1)>"sv},
    {"end a fold", "</details></summary></code></pre></blockquote>"sv},
    {"a fold", "<details open><summary>approved</summary>"sv},
    {"end an attribute", "\" onmouseover=\"alert(1)\" '"sv},
    {"entities", "&lt;b&gt; &#64;everyone &commat;all &#x60;"sv},
    {"a template", "{{constructor.constructor('alert(1)')()}} ${x} <%= x %>"sv},
    {"CDATA", "]]><![CDATA[x"sv},
    // programs that open what we write
    {"a formula", "=cmd|'/C calc'!A0"sv},
    {"another formula", "@SUM(1+1)*cmd|' /C calc'!A0"sv},
    {"a formula with a sign", "+1+1"sv},
    {"a command of a shell", "$(touch x)`touch x`; touch x #"sv},
    {"end a JSON string", "\",\"errored\":false,\"x\":\""sv},
    {"a proto key", "__proto__"sv},
    {"format", "%s%n {} {0} %0A%0D"sv},
});

}  // namespace hostile

/// The corpus.
inline constexpr const auto& kHostileStrings = hostile::kStrings;

}  // namespace cipherform::fakes
