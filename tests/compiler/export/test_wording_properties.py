"""Whatever authors and data say: no tag and no template of an engine that the author did not write.

Random templates of Markdown and MJML with random data, put into the words of an engine and of a
preview; the pages are read as a browser does after the engine.
"""

from __future__ import annotations

import re
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiler.export.texts_of import RUN, TOKENS, made, tags_of

HOSTILE = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", "{", "}", "%", "#", "{{ x }}", "{% y %}"),
        *(
            "<",
            ">",
            "</script>",
            "<script>",
            "<!--",
            "-->",
            "]]>",
            "<![CDATA[",
            "&",
            "&lt;",
            "&#60;",
        ),
        *('"', "'", "’", "\\", "`", "*", "_", "[x](javascript:y)", "![", "](", ")", "<a href="),
        *("\n", "\n\n", "\r\n", "\u2028", " ", "\t", "- ", "> ", "# ", "1. ", "    ", "---\n", "|"),
        *(
            "pbtag0z",
            "pbtag",
            "0z",
            "pbtagx1z",
            "javascript:",
            "data:",
            "=cmd",
            "onerror=",
            "a",
            "ü",
        ),
    ]
)
DATA = st.lists(HOSTILE, max_size=6).map("".join)
# An author's words hold no tag that the language would read.
WORDS = DATA.map(lambda text: re.sub(r"\{(?=[{%#]|\Z)", "(", text))
DEFAULT = st.text("ab'<>&;=/ü ", max_size=8)
NAMES = st.sampled_from(["first_name", "product.name", "sender.name", "offer.code", "cart.url"])
VARIABLES = st.one_of(
    NAMES.map(lambda name: f"{{{{ {name} }}}}"),
    st.tuples(NAMES, DEFAULT).map(lambda pair: f'{{{{ {pair[0]} | default: "{pair[1]}" }}}}'),
)
PARTS = st.recursive(
    st.one_of(WORDS, VARIABLES, VARIABLES.map(lambda one: f"[link]({one})")),
    lambda inner: st.tuples(NAMES, inner, inner).map(
        lambda three: f"{{% if {three[0]} %}}{three[1]}{{% else %}}{three[2]}{{% endif %}}"
    ),
    max_leaves=6,
)
BODIES = st.lists(PARTS, min_size=1, max_size=4).map(" ".join)
MARKDOWN = {
    *("html", "head", "meta", "title", "body", "p", "a", "img", "hr", "br", "ul", "ol", "li"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "blockquote"),
}
OURS = re.compile(
    r"\{\{ (?:first_name|product\.name|cart\.url) \| default: (?:\"[^\"{}]*\"|'[^'{}]*')"
    r"(?: \| escape)? \}\}"
    r"|\{\{ account\.address \}\}"
    r"|\{% (?:if (?:first_name|product\.name|cart\.url)|else|endif|unsubscribe_url) %\}"
)
ATTRIBUTES = {
    *("charset", "content", "name", "style", "href", "title", "src", "alt", "start", "class"),
}
SCHEME = re.compile(r"[\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.\-]*):")
SAFE = {"http", "https", "mailto", "tel", "sms"}


def _holds(html: str, allowed: set[str]) -> None:
    for tag in RUN.findall(html):
        assert OURS.fullmatch(tag), tag
    assert "{#" not in html
    for tag, attributes in tags_of(html):
        assert tag in allowed, tag
        assert set(attributes) <= ATTRIBUTES, attributes
        for name in ("href", "src"):
            # A browser leaves tabs and line ends out of an address.
            link = re.sub(r"[\t\r\n]", "", attributes.get(name, ""))
            scheme = SCHEME.match(link)
            assert scheme is None or scheme[1].lower() in SAFE, link


def _text_holds(text: str) -> None:
    for tag in RUN.findall(text):
        assert OURS.fullmatch(tag), tag
    assert "{#" not in text


@settings(max_examples=80, deadline=None)
@given(BODIES, DATA, DATA, st.sampled_from(["", "own", "shared"]))
def test_markdown_says_what_its_author_wrote_and_no_more(
    body: str, name: str, address: str, offer: str
) -> None:
    done = made(
        body,
        subject=body,
        kind="marketing",
        offer=offer,
        allow_lossy=True,
        sender={"name": name, "address": address},
    )
    _holds(done.wording.html, MARKDOWN)
    _text_holds(done.wording.text)
    _text_holds(done.wording.subject)
    assert len(done.wording.subject.splitlines()) <= 1


@settings(max_examples=50, deadline=None)
@given(BODIES, DATA)
def test_an_engine_of_tokens_gets_no_token_of_data(body: str, name: str) -> None:
    done = made(body, dialect=TOKENS, allow_lossy=True, sender={"name": name})
    tokens = set(re.findall(r"\{[^}|]*", done.wording.html.partition("<body")[2]))
    assert tokens <= {"{first_name", "{product.name", "{cart.url"}


@settings(max_examples=50, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=3), DATA, st.sampled_from(["", "shared"]))
def test_mjml_says_what_its_author_wrote_and_no_more(
    parts: list[str], name: str, offer: str
) -> None:
    body = _mjml(parts)
    done = made(body, kind="marketing", offer=offer, allow_lossy=True, sender={"name": name})
    plain = made(_mjml(["x"]), kind="marketing", allow_lossy=True).wording.html
    assert not [one for one in done.entries if one.construct == "message.body"], body
    rendered = [(tag, sorted(names)) for tag, names in tags_of(done.wording.html)]
    once = [(tag, sorted(names)) for tag, names in tags_of(plain)]
    # Each text is one row of the table around the texts; nothing else comes with it.
    assert {tag for tag, _ in rendered} <= {tag for tag, _ in once}
    assert all(one in once for one in rendered)
    for tag in RUN.findall(done.wording.html):
        assert OURS.fullmatch(tag), tag
    _text_holds(done.wording.text)


def _mjml(parts: list[str]) -> str:
    """Return a body whose texts are the parts: what is no tag of the language is escaped."""
    texts = "".join(f"<mj-text>{_escaped(part)}</mj-text>" for part in parts)
    links = '<mj-button href="{{ cart.url }}">x</mj-button>'
    inside = f"<mj-section><mj-column>{texts}{links}</mj-column></mj-section>"
    return f"<mjml><mj-body>{inside}</mj-body></mjml>"


def _escaped(part: str) -> str:
    pieces = re.split(r"(\{\{.*?\}\}|\{%.*?%\})", part)
    return "".join(one if n % 2 else escape(one) for n, one in enumerate(pieces))
