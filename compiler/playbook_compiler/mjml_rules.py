"""Which MJML a body may hold: elements, the HTML within texts, attributes, links, and `if`s.

Whatever is not on these lists is refused: mail that is rendered from a body holds no script, no
form, no file from elsewhere but pictures and fonts, and every `if` opens and closes in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.mjml import (
    Element,
    MjmlProblem,
    Words,
    read_mjml,
    without_comments,
)
from playbook_compiler.mjml_attributes import WrongAttribute, attribute_problem, guessed

# Where each element may stand; `mj-raw` is ours alone, around the tags of an `if`.
_BLOCKS: Final = frozenset(
    {
        *("mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer", "mj-table"),
        *("mj-social", "mj-navbar"),
    }
)
_HEAD: Final = frozenset(
    {"mj-title", "mj-preview", "mj-attributes", "mj-font", "mj-breakpoint", "mj-style"}
)
MAY_HOLD: Final[dict[str, frozenset[str]]] = {
    "mjml": frozenset({"mj-head", "mj-body"}),
    "mj-head": _HEAD,
    "mj-body": frozenset({"mj-wrapper", "mj-section", "mj-hero"}),
    "mj-wrapper": frozenset({"mj-section", "mj-hero"}),
    "mj-section": frozenset({"mj-column", "mj-group"}),
    "mj-group": frozenset({"mj-column"}),
    "mj-column": _BLOCKS,
    "mj-hero": _BLOCKS,
    "mj-social": frozenset({"mj-social-element"}),
    "mj-navbar": frozenset({"mj-navbar-link"}),
}
EMPTY: Final = frozenset({"mj-image", "mj-divider", "mj-spacer", "mj-font", "mj-breakpoint"})
# What holds text: HTML, or plain words.
RICH: Final = frozenset({"mj-text", "mj-button", "mj-table", "mj-social-element", "mj-navbar-link"})
PLAIN: Final = frozenset({"mj-title", "mj-preview", "mj-style"})
# Where an `if` may stand between elements; mrml prints `mj-raw` there as it is.
TAKES_IF: Final = frozenset(
    {"mj-body", "mj-wrapper", "mj-section", "mj-group", "mj-column", "mj-hero"}
)
_ELEMENTS: Final = frozenset({*MAY_HOLD, *EMPTY, *RICH, *PLAIN, *_BLOCKS, *_HEAD})
_HTML: Final = frozenset(
    {
        *("a", "b", "blockquote", "br", "center", "code", "del", "div", "em", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "s", "small", "span"),
        *("strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
    }
)
_HTML_ATTRIBUTES: Final = frozenset(
    {
        *("align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "class", "color"),
        *("colspan", "dir", "height", "href", "lang", "rel", "role", "rowspan", "src", "start"),
        *("style", "target", "title", "valign", "width"),
    }
)
_LINKS: Final = frozenset({"href", "src", "background-url", "base-url"})
# Attributes that are text or a link, in which variables may stand; all others are style.
_TEXTS: Final = frozenset({"href", "src", "alt", "title"})
_STYLE: Final = re.compile(r"[\w\s#%.,()'/+!?=&:;\-]*")
_BAD_STYLE: Final = re.compile(r"expression|javascript|url\s*\(|@import|behavior|\\", re.I)
_SAFE_LINK: Final = re.compile(r"(?:https?|mailto|tel|sms):|[/#]|[^:]*\Z", re.IGNORECASE)
_ADVICE: Final = {
    "mj-raw": "write the text within <mj-text>; an `if` may stand between elements by itself",
    "mj-include": "put the included elements here: a body is one file",
    "mj-html-attributes": "leave it out, and write attributes where they belong",
    "script": "leave it out: mail programs run no scripts",
    "style": "write <mj-style> in <mj-head>, or a style attribute",
    "mj-carousel": "show the pictures below each other: few mail programs turn a carousel",
    "mj-accordion": "write the texts below each other: few mail programs fold them",
}

# One character for each kind of tag of the message language, none of which XML gives a meaning.
VARIABLE, TAG_BEGIN, TAG_ELSE, TAG_END, PAD = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"
_TAGS: Final = re.compile(r"\{\{.*?\}\}|\{%-?\s*(if|else|endif)?.*?%\}", re.DOTALL)
_OURS: Final = re.compile("[\ue000-\ue004]")
_KIND: Final = {"if": TAG_BEGIN, "else": TAG_ELSE, "endif": TAG_END}


def mjml_problems(body: str) -> Iterator[MjmlProblem]:
    """Yield what is wrong with a body that is MJML and whose template can be read."""
    body = _OURS.sub("x", without_comments(body))
    text = _TAGS.sub(lambda tag: _replaced(tag[0], _KIND.get(tag[1] or "", VARIABLE)), body)
    root = read_mjml(text)
    if isinstance(root, MjmlProblem):
        yield root
        return
    yield from _element(root, text)
    if not any(one.tag == "mj-body" for one in root.elements()):
        yield _problem(root, "there is no <mj-body>", "write <mj-body> ... </mj-body> within it")


def _replaced(tag: str, kind: str) -> str:
    """Return as many characters as a tag has, its line ends where they were."""
    return kind + "".join(char if char == "\n" else PAD for char in tag[1:])


def _problem(element: Element, message: str, advice: str) -> MjmlProblem:
    return MjmlProblem(message, advice, element.at, element.at + 1 + len(element.tag))


def _element(element: Element, text: str, holder: str = "") -> Iterator[MjmlProblem]:
    """Yield the problems of an MJML element and of all that it holds."""
    tag = element.tag
    if tag not in _ELEMENTS:
        yield _unknown(element, _ELEMENTS)
        return
    if holder and tag not in MAY_HOLD[holder]:
        places = sorted(one for one, held in MAY_HOLD.items() if tag in held)
        where = " or ".join(f"<{one}>" for one in places) or "the beginning"
        yield _problem(element, f"<{tag}> cannot stand in <{holder}>", f"put it into {where}")
    yield from _attributes(element, text)
    yield from _ifs(element)
    if tag == "mj-attributes":
        for one in element.elements():
            if one.tag not in ("mj-all", "mj-class") and one.tag not in _ELEMENTS:
                yield _unknown(one, _ELEMENTS)
            else:
                yield from _attributes(one, text)
            yield from _nothing(one)
    elif tag in RICH:
        for one in element.elements():
            yield from _html(one, text)
    elif tag in MAY_HOLD:
        yield from _between(element)
        for one in element.elements():
            yield from _element(one, text, tag)
    elif tag in PLAIN:
        for one in element.elements():
            yield _problem(one, f"<{shown(one.tag)}> cannot stand in <{tag}>", "write words only")
        if tag == "mj-style":
            yield from _style(element)
    else:
        yield from _nothing(element)


def _unknown(element: Element, known: frozenset[str]) -> MjmlProblem:
    close = nearest(element.tag, known)
    advice = _ADVICE.get(element.tag, f"did you mean <{close}>?" if close else "leave it out")
    return _problem(element, f"<{shown(element.tag)}> is not allowed", advice)


def _nothing(element: Element) -> Iterator[MjmlProblem]:
    for one in element.content:
        if isinstance(one, Element) or one.text.strip():
            yield _problem(element, f"<{shown(element.tag)}> holds nothing", "leave it empty")
            return


def _between(element: Element) -> Iterator[MjmlProblem]:
    """Yield what stands between elements and is not an `if` where one may stand."""
    for one in element.content:
        if not isinstance(one, Words):
            continue
        takes = f"{TAG_BEGIN}{TAG_ELSE}{TAG_END}" if element.tag in TAKES_IF else ""
        for at, char in enumerate(one.text):
            if char.isspace() or char == PAD or char in takes:
                continue
            message = f"text directly in <{element.tag}> would be lost"
            advice = "write it within <mj-text>"
            if char in (TAG_BEGIN, TAG_ELSE, TAG_END):
                message = f"an `if` cannot stand directly in <{element.tag}>"
                advice = "put it around a whole section or column, or into a text"
            yield MjmlProblem(message, advice, one.at + at, one.at + at + 1)
            break


def _ifs(element: Element) -> Iterator[MjmlProblem]:
    """Yield an `if` that does not open and close in the same element, or the same attribute."""
    texts = [value for _, value in element.attributes]
    texts.append("".join(one.text for one in element.content if isinstance(one, Words)))
    for text in texts:
        depth, lost = 0, False
        for char in text:
            depth += (char == TAG_BEGIN) - (char == TAG_END)
            lost = lost or depth < 0 or (char == TAG_ELSE and depth == 0)
        if depth or lost:
            yield _problem(
                element,
                f"an `if` begins or ends in <{shown(element.tag)}> and not both",
                "write {% if %} and {% endif %} within the same element, around whole elements",
            )
            return


def _html(element: Element, text: str) -> Iterator[MjmlProblem]:
    """Yield the problems of HTML within a text."""
    if element.tag not in _HTML:
        yield _unknown(element, _HTML)
        return
    yield from _attributes(element, text)
    yield from _ifs(element)
    for one in element.elements():
        yield from _html(one, text)


def _attributes(element: Element, text: str) -> Iterator[MjmlProblem]:
    html = not element.tag.startswith("mj")
    for name, value in element.attributes:
        problem: WrongAttribute | None = None
        if name.lower().startswith("on") or name == "path":
            problem = WrongAttribute(
                f"the attribute `{shown(name)}` is not allowed", "leave it out"
            )
        elif html and name not in _HTML_ATTRIBUTES:
            message = f"the attribute `{shown(name)}` is not allowed"
            problem = guessed(message, nearest(name, _HTML_ATTRIBUTES))
        elif name in _LINKS and not _is_link(value):
            problem = WrongAttribute(
                f"`{shown(value)}` is not an address that mail may link to",
                "write an address that begins with https://",
            )
        elif name not in _TEXTS:
            problem = _style_problem(name, value)
        if problem is None and not html:
            problem = attribute_problem(element.tag, name, value)
        if problem is not None:
            yield _placed(problem, name, value, element, text)


def _placed(
    problem: WrongAttribute, name: str, value: str, element: Element, text: str
) -> MjmlProblem:
    """Return what is wrong with an attribute where its name or value stands."""
    said = rf"\s({re.escape(name)})\s*="
    if problem.in_value:
        said = rf"\s{re.escape(name)}\s*=\s*[\"']({re.escape(value)})[\"']"
    found = re.compile(said).search(text, element.at)
    if found is None:
        return MjmlProblem(problem.message, problem.advice, element.at, element.at + 1)
    return MjmlProblem(problem.message, problem.advice, *found.span(1), problem.instead)


def _is_link(value: str) -> bool:
    """Return whether an address is one that mail may link to, whatever its variables hold."""
    if TAG_BEGIN in value:
        parts = re.split("[\ue001-\ue004]+", value)
        return all(_SAFE_LINK.match(part.strip()) for part in parts)
    return value.startswith(VARIABLE) or _SAFE_LINK.match(value.strip()) is not None


def _style_problem(name: str, value: str) -> WrongAttribute | None:
    if re.search("[\ue000-\ue003]", value):
        return WrongAttribute(
            f"a variable in the attribute `{shown(name)}` is not allowed",
            "variables may stand in href, src, alt and title, and in texts",
        )
    link = name in _LINKS
    if link and re.search(r"['()]", value):
        message = f"`{shown(value)}` holds a quote or a bracket"
        return WrongAttribute(message, "write %27, %28 or %29 instead")
    if not _STYLE.fullmatch(value) or (_BAD_STYLE.search(value) and not link):
        message = f"`{shown(value)}` is not a value for `{shown(name)}`"
        return WrongAttribute(message, "write a plain value")
    return None


def _style(element: Element) -> Iterator[MjmlProblem]:
    css = "".join(one.text for one in element.content if isinstance(one, Words))
    if "<" in css or _OURS.search(css) or _BAD_STYLE.search(css):
        yield _problem(
            element,
            "this style is not allowed",
            "no variables, no @import, no url(...) and no < in <mj-style>",
        )
