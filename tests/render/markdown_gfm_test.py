"""The Markdown form as renderers see it that are not ours: cmark-gfm, which is GitHub's own, and markdown-it.

Every string of the corpus stands in every place of a plan. Whatever it is: the HTML has no element that the plan did
not make, nothing outside code that GitHub or GitLab would make a link, a mention, an emoji or a formula of, and the
string can be read, whole, inside code.
"""

import html.parser
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import markdown_it

RENDER_TESTS = os.environ["CIPHERFORM_RENDER_TESTS"]
GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden/render"
OURS = {"h3", "h4", "p", "br", "strong", "code", "pre", "ul", "li", "blockquote", "details", "summary"}
CODE = {"code", "pre"}
# What GitHub and GitLab look for in text that is no code, after Markdown has been rendered.
LOOKED_FOR = re.compile(
    r"@|https?:|www\.|mailto:|xmpp:|[#!&%~^$]\d|\bGH-\d|:[\w+-]+:|\$|\b[0-9a-f]{7,40}\b|^/\w|\]\(|<|\{|\[(?!!CAUTION\]|!WARNING\])"
)


def cmark(markdown):
    command = ["cmark-gfm", "--unsafe"]
    for extension in ("table", "autolink", "strikethrough", "tasklist", "footnotes"):
        command += ["-e", extension]
    return subprocess.run(command, input=markdown, capture_output=True, check=True, encoding="utf-8").stdout


def markdown_it_html(markdown):
    return markdown_it.MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)


class Page(html.parser.HTMLParser):
    """Elements, attributes, comments, text outside code, and each piece of code."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.comments, self.code, self.prose = [], [], [], [], []
        self.headings = []
        self.open, self.unbalanced = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += [(tag, *a) for a in attrs]
        if tag not in ("br", "hr", "img", "input"):
            self.open.append(tag)
        if tag == "code":
            self.code.append("")
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append("")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_data(self, data):
        if "code" in self.open:
            self.code[-1] += data
        else:
            self.prose.append(data)
            if self.open and self.open[-1].startswith("h"):
                self.headings[-1] += data


def with_visible_spaces(text):
    return re.sub(r"^ | $|(?<= ) ", r"\\x20", text)


class MarkdownOfTheCorpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        directory = pathlib.Path(cls.scratch.name)
        subprocess.run(
            [RENDER_TESTS, "--gtest_filter=MarkdownCorpus.*"],
            env={**os.environ, "CIPHERFORM_MARKDOWN_CORPUS": str(directory)},
            check=True,
            capture_output=True,
        )
        cls.documents = {path.stem: path.read_text() for path in sorted(directory.glob("*.md"))}
        cls.shown = {path.stem: path.read_text() for path in directory.glob("*.shown")}
        cls.aims = {path.stem: path.read_text() for path in directory.glob("*.aim")}
        cls.documents |= {path.stem: path.read_text() for path in GOLDEN.glob("*.md")}
        cls.pages = {
            (name, renderer.__name__): Page(renderer(document))
            for name, document in cls.documents.items()
            for renderer in (cmark, markdown_it_html)
        }

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def of_every_page(self, check):
        """Calls check(name, lines of the document, page)."""
        for (name, renderer), page in self.pages.items():
            with self.subTest(name=name, aim=self.aims.get(name), renderer=renderer):
                check(name, self.documents[name].split("\n"), page)

    def test_there_is_a_corpus(self):
        self.assertGreater(len(self.shown), 70)
        self.assertGreater(len(self.documents), 110)

    def test_every_element_is_ours(self):
        def check(_, __, page):
            self.assertLessEqual(set(page.elements), OURS)
            self.assertLessEqual(set(page.attributes), {("code", "class", "language-diff")})
            self.assertEqual(page.unbalanced + page.open, [])

        self.of_every_page(check)

    def test_the_marker_is_the_only_comment(self):
        def check(_, lines, page):
            self.assertEqual([f"<!--{comment}-->" for comment in page.comments], lines[:1])

        self.of_every_page(check)

    def test_nothing_outside_code_is_looked_for(self):
        def check(_, __, page):
            for text in page.prose:
                self.assertIsNone(LOOKED_FOR.search(text.strip()), text)

        self.of_every_page(check)

    def test_headings_folds_and_alerts_are_those_of_the_plan(self):
        def check(_, lines, page):
            self.assertEqual(len(page.headings), sum(line.startswith(("### ", "#### ")) for line in lines))
            self.assertEqual(page.elements.count("details"), sum(line.startswith("<details>") for line in lines))
            self.assertEqual(page.elements.count("blockquote"), any(line.startswith("> [!") for line in lines))

        self.of_every_page(check)

    def test_the_string_is_read_whole_inside_code(self):
        def check(name, _, page):
            if name not in self.shown:
                return
            shown = with_visible_spaces(self.shown[name])
            self.assertGreaterEqual(page.code.count(shown), 15, shown)  # wherever the plan has a name
            block = next(code for code in page.code if "\n" in code)
            self.assertIn(f"\n+   {shown} (privileged)", block)
            self.assertIn(f"! {shown}\n", block)

        self.of_every_page(check)

    def test_both_renderers_show_the_same(self):
        for name in self.documents:
            with self.subTest(name):
                one, other = self.pages[name, "cmark"], self.pages[name, "markdown_it_html"]
                self.assertEqual(one.code, other.code)
                self.assertEqual("".join(one.prose).split(), "".join(other.prose).split())

    def test_the_tests_would_see_a_link(self):
        page = Page(cmark("see www.evil.example\n\n<script>x</script>\n\n@everyone"))
        self.assertLess({"a", "script"}, set(page.elements))
        self.assertTrue(any(LOOKED_FOR.search(text) for text in page.prose))


if __name__ == "__main__":
    unittest.main()
