"""The attributes that each element of MJML takes, and their values, after the reference of MJML 4.

Source: documentation.mjml.io. Left out is what a body may not use: `path`. Added is what people
write, mrml renders and mail programs understand: `em` and `normal` of letters, `auto` of buttons.
Spaces around a value do not count; mjml_page.py takes them away.
"""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.values import dataclass

# A number without a unit.
_BARE: Final = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")


def tight(value: str) -> str:
    """Return a value without spaces around it, and with one where there are several."""
    return " ".join(value.split())


@dataclass(frozen=True, slots=True)
class WrongAttribute:
    """What is wrong with an attribute, and advice. `instead` is what its name, or with `in_value`
    its value, should be."""

    message: str
    advice: str
    instead: str = ""
    in_value: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value may be: a pattern for all of it, in words, and words that are allowed."""

    pattern: str
    said: str
    words: frozenset[str] = frozenset()
    # Words that people write, each with the one that says it.
    instead: tuple[tuple[str, str], ...] = ()

    def allows(self, value: str) -> bool:
        """Return whether a value is of this kind."""
        value = tight(value)
        return value.lower() in self.words or re.fullmatch(self.pattern, value) is not None

    def advice(self, value: str) -> tuple[str, str]:
        """Return advice for a value, and what it should be, empty where that is not known."""
        value = tight(value).lower()
        measured = " ".join(
            f"{one}px" if _BARE.fullmatch(one) and one != "0" else one for one in value.split(" ")
        )
        meant = dict(self.instead).get(value, measured)
        if meant != value and self.allows(meant):
            return f"write `{shown(meant)}`", meant
        close = nearest(value, self.words)
        return (f"did you mean `{close}`?", close) if close else (f"write {self.said}", "")


def _one_of(*words: str) -> Kind:
    return Kind("(?!)", " or ".join(f"`{one}`" for one in words), frozenset(words))


def _length(*units: str, up_to: int = 1, words: tuple[str, ...] = (), sign: str = "") -> Kind:
    one = rf"(?:{sign}(?:\d+(?:\.\d+)?|\.\d+)(?:{'|'.join(units)})|{sign}0)"
    said = f"a length in {' or '.join(units)}, such as 10px"
    if up_to > 1:
        said = f"one to four lengths in {' or '.join(units)}, such as 10px 25px"
    elif "" in units:
        said = "how high a line is, such as 1.5, 24px, 1.5em or 150%"
    return Kind(rf"{one}(?: {one}){{0,{up_to - 1}}}", said, frozenset(words))


# The names of colours in CSS.
_NAMES: Final = """
aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet
brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan
darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta
darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey
dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray
green greenyellow grey honeydew hotpink indianred indigo inherit ivory khaki lavender
lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow
lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray
lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine
mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen
mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy
oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise
palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red rosybrown
royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue
slategray slategrey snow springgreen steelblue tan teal thistle tomato transparent turquoise
violet wheat white whitesmoke yellow yellowgreen
"""
_COLOUR: Final = Kind(
    r"#(?:[0-9A-Fa-f]{3,4}){1,2}"
    r"|rgb\((?:\s*\d{1,3}\s*,){2}\s*\d{1,3}\s*\)"
    r"|rgba\((?:\s*\d{1,3}\s*,){3}\s*(?:\d(?:\.\d{1,3})?|\.\d{1,3})\s*\)",
    "a colour such as #1a2b3c, rgb(26, 43, 60) or the name of one",
    frozenset(_NAMES.split()),
    (("none", "transparent"),),
)
_TEXT: Final = Kind(r"[^\0]*", "any text")
_NUMBER: Final = Kind(r"\d+", "a whole number")
_FLAG: Final = _one_of("true", "false")
_PX: Final = _length("px")
_LENGTH: Final = _length("px", "%")
_LENGTHS: Final = _length("px", "%", up_to=4)
_AUTO: Final = _length("px", "%", words=("auto",))
_FONT: Final = _length("px", "em", "rem", "%")
_LINE: Final = _length("px", "%", "em", "rem", "", words=("normal",))
_SPACING: Final = _length("px", "em", "rem", words=("normal",), sign="-?")
_FULL: Final = Kind(
    "(?!)", '`full-width="full-width"`, or leave it out', frozenset({"full-width", "false", ""})
)
_SIDES: Final = ("top", "right", "bottom", "left")
_ACROSS: Final = _one_of("left", "center", "right")
_UPRIGHT: Final = _one_of("top", "middle", "bottom")
_DIRECTION: Final = _one_of("ltr", "rtl")


def _around(name: str, all_sides: Kind, one_side: Kind) -> dict[str, Kind]:
    return {name: all_sides, **{f"{name}-{side}": one_side for side in _SIDES}}


_ALWAYS: Final = {"css-class": _TEXT, "mj-class": _TEXT}
_PADDING: Final = _around("padding", _LENGTHS, _LENGTH)
_BORDER: Final = {**_around("border", _TEXT, _TEXT), "border-radius": _LENGTHS}
_LETTERS: Final = {
    "color": _COLOUR,
    "font-family": _TEXT,
    "font-size": _FONT,
    "font-style": _TEXT,
    "font-weight": _TEXT,
    "line-height": _LINE,
    "text-decoration": _TEXT,
}
_SPACED: Final = {**_LETTERS, "letter-spacing": _SPACING, "text-transform": _TEXT}
_BLOCK: Final = {**_ALWAYS, **_PADDING, "container-background-color": _COLOUR}
_LINK: Final = {"href": _TEXT, "name": _TEXT, "rel": _TEXT, "target": _TEXT}
_PICTURE: Final = {"src": _TEXT, "srcset": _TEXT, "sizes": _TEXT, "alt": _TEXT, "title": _TEXT}
_ICONS: Final = {"icon-size": _LENGTH, "icon-height": _LENGTH, "icon-padding": _LENGTHS}
_BACKGROUND: Final = {
    "background-color": _COLOUR,
    "background-url": _TEXT,
    "background-repeat": _one_of("repeat", "no-repeat"),
    "background-size": _TEXT,
    "background-position": _TEXT,
    "background-position-x": _TEXT,
    "background-position-y": _TEXT,
}
_SECTION: Final = {
    **_ALWAYS,
    **_PADDING,
    **_BORDER,
    **_BACKGROUND,
    "direction": _DIRECTION,
    "full-width": _FULL,
    "text-align": _ACROSS,
    "text-padding": _LENGTHS,
}
ALLOWED: Final[dict[str, dict[str, Kind]]] = {
    "mjml": {
        "lang": _TEXT,
        "dir": _one_of("ltr", "rtl", "auto"),
        "owa": _one_of("desktop"),
        "version": _TEXT,
    },
    "mj-font": {"name": _TEXT, "href": _TEXT},
    "mj-breakpoint": {"width": _PX},
    "mj-style": {"inline": _TEXT, "css-class": _TEXT},
    "mj-body": {**_ALWAYS, "width": _PX, "background-color": _COLOUR, "id": _TEXT},
    "mj-wrapper": {**_SECTION, "gap": _PX},
    "mj-section": _SECTION,
    "mj-group": {
        **_ALWAYS,
        "background-color": _COLOUR,
        "direction": _DIRECTION,
        "vertical-align": _UPRIGHT,
        "width": _LENGTH,
    },
    "mj-column": {
        **_ALWAYS,
        **_PADDING,
        **_BORDER,
        **_around("inner-border", _TEXT, _TEXT),
        "inner-border-radius": _LENGTHS,
        "background-color": _COLOUR,
        "inner-background-color": _COLOUR,
        "direction": _DIRECTION,
        "vertical-align": _UPRIGHT,
        "width": _LENGTH,
    },
    "mj-hero": {
        **_BLOCK,
        **_around("inner-padding", _LENGTHS, _LENGTH),
        "mode": _one_of("fixed-height", "fluid-height"),
        "width": _PX,
        "height": _LENGTH,
        "background-color": _COLOUR,
        "background-url": _TEXT,
        "background-width": _LENGTH,
        "background-height": _LENGTH,
        "background-position": _TEXT,
        "border-radius": _LENGTHS,
        "inner-background-color": _COLOUR,
        "vertical-align": _UPRIGHT,
    },
    "mj-text": {
        **_BLOCK,
        **_SPACED,
        "align": _one_of("left", "center", "right", "justify"),
        "background-color": _COLOUR,
        "height": _LENGTH,
        "vertical-align": _UPRIGHT,
    },
    "mj-button": {
        **_BLOCK,
        **_BORDER,
        **_SPACED,
        **_LINK,
        "title": _TEXT,
        "align": _ACROSS,
        "text-align": _ACROSS,
        "vertical-align": _UPRIGHT,
        "background-color": _COLOUR,
        "inner-padding": _LENGTHS,
        "height": _AUTO,
        "width": _AUTO,
    },
    "mj-image": {
        **_BLOCK,
        **_BORDER,
        **_LINK,
        **_PICTURE,
        "align": _ACROSS,
        "fluid-on-mobile": _FLAG,
        "font-size": _FONT,
        "width": _PX,
        "height": _length("px", words=("auto",)),
        "max-height": _LENGTH,
        "usemap": _TEXT,
    },
    "mj-divider": {
        **_BLOCK,
        "align": _ACROSS,
        "border-color": _COLOUR,
        "border-style": _TEXT,
        "border-width": _PX,
        "width": _LENGTH,
    },
    "mj-spacer": {**_BLOCK, **_around("border", _TEXT, _TEXT), "height": _LENGTH},
    "mj-table": {
        **_BLOCK,
        "align": _ACROSS,
        "border": _TEXT,
        "color": _COLOUR,
        "font-family": _TEXT,
        "font-size": _FONT,
        "font-weight": _TEXT,
        "line-height": _LINE,
        "cellpadding": _NUMBER,
        "cellspacing": _NUMBER,
        "role": _one_of("none", "presentation"),
        "table-layout": _one_of("auto", "fixed", "initial", "inherit"),
        "vertical-align": _UPRIGHT,
        "width": _AUTO,
    },
    "mj-social": {
        **_BLOCK,
        **_LETTERS,
        **_ICONS,
        "align": _ACROSS,
        "border": _TEXT,
        "border-radius": _LENGTHS,
        "inner-padding": _LENGTHS,
        "mode": _one_of("horizontal", "vertical"),
        "table-layout": _one_of("auto", "fixed"),
        "text-padding": _LENGTHS,
        "vertical-align": _UPRIGHT,
    },
    "mj-social-element": {
        **_ALWAYS,
        **_PADDING,
        **_LETTERS,
        **_ICONS,
        **_LINK,
        **_PICTURE,
        "align": _ACROSS,
        "icon-position": _one_of("left", "right"),
        "background-color": _COLOUR,
        "border": _TEXT,
        "border-radius": _LENGTHS,
        "text-padding": _LENGTHS,
        "vertical-align": _UPRIGHT,
    },
    "mj-navbar": {
        **_BLOCK,
        **_around("ico-padding", _LENGTHS, _LENGTH),
        "align": _ACROSS,
        "base-url": _TEXT,
        "hamburger": _one_of("hamburger"),
        "ico-align": _ACROSS,
        "ico-open": _TEXT,
        "ico-close": _TEXT,
        "ico-color": _COLOUR,
        "ico-font-size": _FONT,
        "ico-font-family": _TEXT,
        "ico-line-height": _LINE,
        "ico-text-decoration": _TEXT,
        "ico-text-transform": _TEXT,
    },
    "mj-navbar-link": {**_ALWAYS, **_PADDING, **_SPACED, **_LINK},
}


# What belongs on another element, by element and attribute.
_ELSEWHERE: Final = {("mj-body", one): "write it on `<mjml>`" for one in ("lang", "dir")}


def attribute_problem(tag: str, name: str, value: str) -> WrongAttribute | None:
    """Return what is wrong with an attribute of an MJML element, or None.

    `mj-all` and `mj-class` take the attributes of every element.
    """
    if tag in ("mj-all", "mj-class"):
        kinds = [one[name] for one in ALLOWED.values() if name in one]
        known = frozenset({name for one in ALLOWED.values() for name in one})
    else:
        kinds = [kind for key, kind in ALLOWED.get(tag, {}).items() if key == name]
        known = frozenset(ALLOWED.get(tag, ()))
    if not kinds:
        if tag == "mj-class" and name == "name":
            return None
        message = f"<{tag}> has no attribute `{shown(name)}`"
        if (tag, name) in _ELSEWHERE:
            return WrongAttribute(message, _ELSEWHERE[tag, name])
        return guessed(message, nearest(name, known))
    if any(kind.allows(value) for kind in kinds):
        return None
    advice, instead = kinds[0].advice(value)
    message = f"`{shown(value)}` is not a value for `{name}`"
    return WrongAttribute(message, advice, instead, in_value=True)


def guessed(message: str, close: str | None) -> WrongAttribute:
    """Return what is wrong with an attribute's name, with the name that may be meant."""
    advice = f"did you mean `{close}`?" if close else "leave it out"
    return WrongAttribute(message, advice, close or "")
