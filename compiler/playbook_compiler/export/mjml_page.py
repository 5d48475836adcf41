"""A body in MJML as a page, by the library mrml, and as plain HTML for its text part."""

from __future__ import annotations

import re
from html import escape

from playbook_compiler.mjml import Content, Element, Words, read_mjml, without_comments
from playbook_compiler.mjml_attributes import tight
from playbook_compiler.mjml_rules import RICH, TAKES_IF

_FOOTER = (("font-size", "12px"), ("color", "#666666"))


class NotMjml(ValueError):
    """The text cannot be rendered. `mjml_problems` says why, and is asked before."""


def tree_of(marked: str, tag: str, footer: tuple[Content, ...] = ()) -> Element:
    """Return a body as a tree with the lines of a footer in a section of their own at its end.

    `tag` is the pattern of words that stand for tags of an `if`: between elements each gets an
    element `mj-raw` around it, which mrml prints as it is.
    """
    root = read_mjml(without_comments(marked))
    if not isinstance(root, Element):
        raise NotMjml(root.message)
    root = _with_raw(root, re.compile(tag))
    body = next((one for one in root.elements() if one.tag == "mj-body"), None)
    if body is None:
        raise NotMjml("there is no <mj-body>")
    if footer:
        text = Element("mj-text", _FOOTER, 0)
        for index, line in enumerate(footer):
            if index:
                text.content.append(Element("br", (), 0))
            text.content.append(line)
        column = Element("mj-column", (), 0, [text])
        body.content.append(Element("mj-section", (), 0, [column]))
    return root


def html_of(root: Element) -> str:
    """Return a tree as a page. No font is loaded from elsewhere unless the author names it."""
    from mjml import mjml2html

    try:
        return mjml2html(root.written(), fonts={})
    except ValueError as problem:
        raise NotMjml(str(problem)) from problem


def text_html_of(element: Element) -> str:
    """Return what people read in a tree, as plain HTML."""
    named = dict(element.attributes)
    match element.tag:
        case "mj-head":
            return ""
        case "mj-raw":
            return element.inside()
        case "mj-image":
            described = f'<img alt="{escape(named.get("alt", ""))}">'
            return f"<p>{_linked(element, described)}</p>"
        case "mj-divider":
            return "<hr>"
        case "mj-button" | "mj-social-element" | "mj-navbar-link":
            return f"<p>{_linked(element, element.inside())}</p>"
        case tag if tag in RICH:
            return f"<p>{element.inside()}</p>"
        case _:
            return "".join(text_html_of(one) for one in element.elements())


def _linked(element: Element, inside: str) -> str:
    href = dict(element.attributes).get("href")
    return inside if href is None else f'<a href="{escape(href)}">{inside}</a>'


def _with_raw(element: Element, tag: re.Pattern[str]) -> Element:
    content: list[Content] = []
    for one in element.content:
        if isinstance(one, Element):
            content.append(_with_raw(one, tag))
        elif element.tag in TAKES_IF:
            for found in tag.finditer(one.text):
                content.append(Element("mj-raw", (), one.at, [Words(found[0], one.at)]))
        else:
            content.append(one)
    return Element(element.tag, _as_rendered(element), element.at, content)


def _as_rendered(element: Element) -> tuple[tuple[str, str], ...]:
    """Return the attributes as mrml takes them: it loses a length with spaces around it, and reads
    `full-width` as a yes whatever it says."""
    if not element.tag.startswith("mj"):
        return element.attributes
    named = (
        (name, value if name in ("alt", "title") else tight(value))
        for name, value in element.attributes
    )
    return tuple(one for one in named if one not in (("full-width", "false"), ("full-width", "")))
