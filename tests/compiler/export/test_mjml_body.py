"""Bodies in MJML: rendered, with variables and `if`s; what mail must not hold is refused."""

from __future__ import annotations

import pytest
from tests.compiler.export.texts_of import made, tags_of

from playbook_compiler.mjml import Element, is_mjml, read_mjml, without_comments
from playbook_compiler.mjml_rules import mjml_problems

COLUMN = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"


def column(inside: str) -> str:
    return COLUMN.format(inside)


def problems(body: str) -> list[str]:
    return [one.message for one in mjml_problems(body)]


@pytest.mark.parametrize(
    ("body", "mjml"),
    [
        ("<mjml></mjml>", True),
        ("\n  <mjml owa='x'>", True),
        ("<!-- a --> <!-- b -->\n<mjml>", True),
        ("<?xml version='1.0'?><mjml>", True),
        ("<!DOCTYPE mjml [<!ENTITY a 'b'>]><mjml>", True),
        ("Hello <mjml>", False),
        ("<mjmlx>", False),
        ("<p>x</p><mjml>", False),
        ("", False),
    ],
)
def test_a_body_is_mjml_by_its_first_element(body: str, mjml: bool) -> None:
    assert is_mjml(body) is mjml


@pytest.mark.parametrize(
    ("inside", "html"),
    [
        ("<mj-text>Hi {{ first_name }}</mj-text>", '>Hi {{ first_name | default: "" | escape }}<'),
        ("<mj-text>1 &lt; 2 &amp; <b>x</b><br/>y</mj-text>", ">1 &lt; 2 &amp; <b>x</b><br />y<"),
        (
            """<mj-text>{{ first_name | default: "O'H<i>" }}</mj-text>""",
            """>{{ first_name | default: "O&#x27;H&lt;i&gt;" | escape }}<""",
        ),
        (
            """<mj-button href="{{ cart.url | default: "https://leaf.example" }}">Go</mj-button>""",
            """<a href="{{ cart.url | default: "https://leaf.example" | escape }}\"""",
        ),
        (
            '<mj-image src="https://leaf.example/{{ product.sku }}.png" alt="a &quot;b&quot;"/>',
            'src="https://leaf.example/{{ product.sku | default: "" | escape }}.png"',
        ),
        (
            "<mj-table><tr><td>{{ order.id }}</td></tr></mj-table>",
            '<tr><td>{{ order.id | default: "" | escape }}</td></tr>',
        ),
        (
            "<mj-text>{% if first_name %}a{% else %}b{% endif %}</mj-text>",
            ">{% if first_name %}a{% else %}b{% endif %}<",
        ),
        ("<mj-text>{{ sender.name }}</mj-text>", ">Leaf &quot;&lt;b&gt;<"),
        ("<mj-text>{% if sender.url %}<b>x</b>{% else %}no{% endif %}</mj-text>", ">no<"),
        ("<!-- {{ first_name }} --><mj-text>x</mj-text>", ">x<"),
    ],
)
def test_mjml_is_rendered_with_the_engines_variables(inside: str, html: str) -> None:
    body = column(inside)
    assert problems(body) == []
    done = made(body, sender={"name": 'Leaf "<b>'})
    assert done.findings == ()
    assert html in done.wording.html
    assert "mj-" not in "".join(tag for tag, _ in tags_of(done.wording.html))


def test_an_if_stands_around_whole_elements() -> None:
    body = column(
        "{% if first_name %}<mj-text>a</mj-text>{% else %}<mj-text>b</mj-text>{% endif %}"
        "{% if sender.url %}<mj-text>c</mj-text>{% endif %}"
    )
    assert problems(body) == []
    html = made(body).wording.html
    first, a, other, b, end = (
        html.index(one)
        for one in ("{% if first_name %}", ">a<", "{% else %}", ">b<", "{% endif %}")
    )
    assert first < a < other < b < end
    assert html[first - 7 : first] == "<tbody>"
    assert ">c<" not in html


def test_the_text_part_is_what_the_parts_say() -> None:
    body = column(
        "<mj-text><h1>Tea</h1><p>Hello <b>you</b>,\n     all</p></mj-text>"
        '<mj-image src="https://leaf.example/a.png" alt="A cup" href="https://leaf.example"/>'
        '<mj-button href="{{ cart.url }}">Go &amp; see</mj-button><mj-divider/>'
        "{% if first_name %}<mj-text>Bye {{ first_name }}</mj-text>{% endif %}"
    )
    assert made(body).wording.text == (
        "Tea\n\nHello you, all\n\nA cup (https://leaf.example)\n\n"
        'Go & see ({{ cart.url | default: "" }})\n\n---\n\n'
        '{% if first_name %}Bye {{ first_name | default: "" }}{% endif %}\n'
    )


def test_the_footer_is_a_section_of_its_own() -> None:
    wording = made(column("<mj-text>x</mj-text>"), kind="marketing").wording
    assert 'Leaf, Teeweg 1, Berlin<br /><a href="{% unsubscribe_url %}">Unsub' in wording.html
    assert wording.html.index("Teeweg") < wording.html.index("</body>")
    assert wording.text == "x\n\n--\nLeaf, Teeweg 1, Berlin\nUnsubscribe: {% unsubscribe_url %}\n"
    commented = column("<!-- {{ sender_address }} {{ unsubscribe_url }} --><mj-text>x</mj-text>")
    assert "Teeweg" in made(commented, kind="marketing").wording.text


def test_nothing_is_loaded_from_elsewhere_by_itself() -> None:
    assert "fonts.googleapis" not in made(column("<mj-text>x</mj-text>")).wording.html


REFUSED = [
    ("<mj-raw><b>x</b></mj-raw>", "<mj-raw> is not allowed"),
    ('<mj-include path="/etc/passwd"/>', "<mj-include> is not allowed"),
    ("<mj-html-attributes/>", "<mj-html-attributes> is not allowed"),
    ("<mj-text><script>alert(1)</script></mj-text>", "<script> is not allowed"),
    ("<mj-text><iframe src='https://x.example'></iframe></mj-text>", "<iframe> is not allowed"),
    ("<mj-text><form><input/></form></mj-text>", "<form> is not allowed"),
    ("<mj-text><p onclick='x'>a</p></mj-text>", "the attribute `onclick` is not allowed"),
    ("<mj-image src='https://x.example/a' onerror='x'/>", "the attribute `onerror` is not allowed"),
    (
        "<mj-button href='javascript:alert(1)'>x</mj-button>",
        "`javascript:alert(1)` is not an address that mail may link to",
    ),
    (
        "<mj-text><a href=' java&#10;script:alert(1)'>x</a></mj-text>",
        "is not an address that mail may link to",
    ),
    ("<mj-text><a href='data:text/html,x'>x</a></mj-text>", "is not an address"),
    (
        "<mj-button href='{% if first_name %}javascript:x{% endif %}'>x</mj-button>",
        "is not an address",
    ),
    ("<mj-text>&nbsp;</mj-text>", "an entity that XML does not know"),
    ("<mj-text>&xxe;</mj-text>", "an entity that XML does not know"),
    ("<mj-text><![CDATA[<script>]]></mj-text>", "a section `<![CDATA[ ... ]]>` is not allowed"),
    ("<mj-text><?php x ?></mj-text>", "a processing instruction `<? ... ?>` is not allowed"),
    ('<mj-text style="a">x', "`<mj-text>` is still open at `</mj-column>`"),
    ("<mj-text>a & b</mj-text>", "not well-formed"),
    ("<mj-text color='red\" onclick=\"x'>a</mj-text>", "is not a value for `color`"),
    ("<mj-text><p style='background:url(https://x)'>a</p></mj-text>", "is not a value for `style`"),
    ("<mj-text color='{{ first_name }}'>a</mj-text>", "a variable in the attribute `color`"),
    ("{{ first_name }}", "text directly in <mj-column> would be lost"),
    ("loose", "text directly in <mj-column> would be lost"),
    ("<mj-section></mj-section>", "<mj-section> cannot stand in <mj-column>"),
    ("<mj-txt>x</mj-txt>", "<mj-txt> is not allowed"),
    ("<mj-text>{% if first_name %}a</mj-text>{% endif %}", "begins or ends in <mj-"),
    (
        "<mj-text><b>{% if first_name %}</b>{% endif %}</mj-text>",
        "an `if` begins or ends in <mj-text> and not both",
    ),
    ("<mj-divider>x</mj-divider>", "<mj-divider> holds nothing"),
    ("<mj-navbar base-url='javascript:'/>", "is not an address that mail may link to"),
    ("<mj-carousel/>", "<mj-carousel> is not allowed"),
]


@pytest.mark.parametrize(("inside", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_what_mail_must_not_hold_is_refused(inside: str, sentence: str) -> None:
    body = column(f"\n{inside}\n")
    found = list(mjml_problems(body))
    assert any(sentence in one.message for one in found), [one.message for one in found]
    assert all(one.advice for one in found)
    lines = {body[: one.start].count("\n") for one in found if sentence in one.message}
    assert lines <= {0, 1, 2}
    assert made(body).refused
    lossy = made(body, allow_lossy=True).wording.html
    assert {tag for tag, _ in tags_of(lossy)} <= {
        *("html", "head", "meta", "title", "body", "p", "a", "h1", "hr", "br"),
        *("ul", "ol", "li", "em", "strong", "code", "pre", "blockquote", "img"),
    }


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (f"<!DOCTYPE mjml [<!ENTITY x 'y'>]>{column('')}", "a document type declaration"),
        (f"<?xml version='1.0'?><?x y?>{column('')}", "a processing instruction"),
        (column("") + "more", "text after `</mjml>`"),
        ("<mjml><mj-head></mj-head></mjml>", "there is no <mj-body>"),
        ("<mjml>" + "<mj-body>" * 70, "elements nested deeper than 64"),
        (
            (
                "<mjml><mj-head><mj-style>@import url(https://x.example);</mj-style></mj-head>"
                "<mj-body></mj-body></mjml>"
            ),
            "this style is not allowed",
        ),
        (
            "<mjml>{% if first_name %}<mj-body></mj-body>{% endif %}</mjml>",
            "an `if` cannot stand directly in <mjml>",
        ),
    ],
)
def test_a_body_that_is_not_one_tree_is_refused(body: str, sentence: str) -> None:
    assert any(sentence in one for one in problems(body)), problems(body)


def test_a_billion_laughs_are_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    body = f"<!DOCTYPE mjml [<!ENTITY a0 'ha'>{entities}]>{column('<mj-text>&a11;</mj-text>')}"
    assert problems(body) == ["a document type declaration is not allowed"]


def test_mjml_is_for_mail() -> None:
    done = made(column("<mj-text>x</mj-text>"), channel="sms")
    assert "MJML is for e-mail alone" in done.refused[0]


def test_places_are_those_of_the_text() -> None:
    body = column(
        "\n<!-- c\nc -->{{ first_name }}\n<mj-text>é<u>{{ order.id }}</u></mj-text><mj-x/>"
    )
    found = [(one.message, body[one.start : one.end]) for one in mjml_problems(body)]
    assert found == [
        ("text directly in <mj-column> would be lost", "{"),
        ("<mj-x> is not allowed", "<mj-x"),
    ]


def test_a_comment_is_blank_and_nothing_moves() -> None:
    body = "<mjml><!-- a\nb --><mj-body/></mjml>"
    assert without_comments(body) == "<mjml>      \n     <mj-body/></mjml>"


def test_what_is_read_is_written_again() -> None:
    body = column('<mj-text align="left">a &lt; b &amp; c <b>d</b><br />e</mj-text>')
    root = read_mjml(body)
    assert isinstance(root, Element)
    assert root.written() == body


def test_a_long_row_of_comments_is_read_in_no_time() -> None:
    assert not is_mjml("<!-- -->" * 20_000 + "<p>")
    assert is_mjml("<!-- -->" * 20_000 + "<mjml>")


@pytest.mark.parametrize(
    ("inside", "place", "message", "advice"),
    [
        (
            "<mj-text colr='red'>x</mj-text>",
            "colr",
            "<mj-text> has no attribute `colr`",
            "did you mean `color`?",
        ),
        (
            "<mj-text color='tael'>x</mj-text>",
            "tael",
            "`tael` is not a value for `color`",
            "did you mean `teal`?",
        ),
        (
            "<mj-divider border-color='#12345'/>",
            "#12345",
            "`#12345` is not a value for `border-color`",
            "write a colour such as #1a2b3c, rgb(26, 43, 60) or the name of one",
        ),
        (
            "<mj-text padding='big'>x</mj-text>",
            "big",
            "`big` is not a value for `padding`",
            "write one to four lengths in px or %, such as 10px 25px",
        ),
        (
            "<mj-spacer height='20'/>",
            "20",
            "`20` is not a value for `height`",
            "write `20px`",
        ),
        (
            "<mj-text padding=' 10 0 1.5 2%'>x</mj-text>",
            " 10 0 1.5 2%",
            "` 10 0 1.5 2%` is not a value for `padding`",
            "write `10px 0 1.5px 2%`",
        ),
        (
            "<mj-text letter-spacing='-1'>x</mj-text>",
            "-1",
            "`-1` is not a value for `letter-spacing`",
            "write `-1px`",
        ),
        (
            "<mj-button background-color='none'>Go</mj-button>",
            "none",
            "`none` is not a value for `background-color`",
            "write `transparent`",
        ),
        (
            "<mj-button border-radius='1em'>Go</mj-button>",
            "1em",
            "`1em` is not a value for `border-radius`",
            "write one to four lengths in px or %, such as 10px 25px",
        ),
        (
            "<mj-text align='centre'>x</mj-text>",
            "centre",
            "`centre` is not a value for `align`",
            "did you mean `center`?",
        ),
        (
            "<mj-image src='https://leaf.example/a.png' fluid-on-mobile='yes'/>",
            "yes",
            "`yes` is not a value for `fluid-on-mobile`",
            "write `true` or `false`",
        ),
        (
            "<mj-image href='#' src='https://leaf.example/a.png' xyz='1'/>",
            "xyz",
            "<mj-image> has no attribute `xyz`",
            "leave it out",
        ),
        (
            "<mj-text><p algin='left'>x</p></mj-text>",
            "algin",
            "the attribute `algin` is not allowed",
            "did you mean `align`?",
        ),
    ],
)
def test_attributes_are_those_that_mjml_defines(
    inside: str, place: str, message: str, advice: str
) -> None:
    body = column(inside)
    (found,) = mjml_problems(body)
    assert (found.message, found.advice) == (message, advice)
    assert body[found.start : found.end] == place


def test_attributes_for_many_elements_are_checked_too() -> None:
    head = (
        "<mj-attributes><mj-all font-family='Arial' padding='0 auto'/>"
        "<mj-class name='big' font-size='big' widht='3px'/><mj-text colr='red'/></mj-attributes>"
    )
    body = f"<mjml><mj-head>{head}</mj-head><mj-body></mj-body></mjml>"
    assert problems(body) == [
        "`0 auto` is not a value for `padding`",
        "`big` is not a value for `font-size`",
        "<mj-class> has no attribute `widht`",
        "<mj-text> has no attribute `colr`",
    ]


@pytest.mark.parametrize(
    "inside",
    [
        "<mj-text padding='10px 25px 0 5%' color='#Abc' line-height='1.5'>x</mj-text>",
        "<mj-text color='rgba(0, 10,20, 0.5)' letter-spacing='-1.5px' mj-class='a b'>x</mj-text>",
        "<mj-text color='TEAL' font-weight='bold' font-family='Georgia, serif'>x</mj-text>",
        "<mj-image src='https://leaf.example/a.png' height='auto' width='120px' alt=''/>",
        "<mj-text padding=' 10px  20px ' align=' left ' color=' red '>x</mj-text>",
        "<mj-text font-size='1.2em' line-height='1.5em' letter-spacing='normal'>x</mj-text>",
        "<mj-text font-size='1rem' letter-spacing='0.1em' color='#1A2b3cFF'>x</mj-text>",
        "<mj-button height='auto' width='auto' background-color='transparent'>Go</mj-button>",
        "<mj-text>a<br>b<hr>c<img src='https://leaf.example/a.png' alt='>'></mj-text>",
        "<mj-text>a<br/>b<br />c<br></br>d<img src='https://leaf.example/a.png'/></mj-text>",
        "<mj-table cellpadding='4' width='auto' border='1px solid #000'></mj-table>",
        "<mj-button href='#' border-radius='3px' inner-padding='10px 25px'>Go</mj-button>",
        "<mj-social mode='horizontal'><mj-social-element name='x' href='#'/></mj-social>",
    ],
)
def test_what_mjml_defines_is_taken(inside: str) -> None:
    assert problems(column(inside)) == []


@pytest.mark.parametrize(
    ("inside", "place", "message", "advice"),
    [
        (
            "<mj-text>é <b>x</mj-text>",
            "<b",
            "`<b>` is still open at `</mj-text>`",
            "write `</b>` before `</mj-text>`",
        ),
        (
            "<mj-text>x</mj-txt>",
            "</mj-txt>",
            "`</mj-txt>` ends what never began",
            "did you mean `</mj-text>`?",
        ),
        (
            "<mj-text>x<br>y</br></mj-text>",
            "</br>",
            "`</br>` ends what never began",
            "delete it: `<br>` has no end tag",
        ),
        (
            "<mj-text>x</i></mj-text>",
            "</i>",
            "`</i>` ends what never began",
            "delete it, or begin with `<i>`",
        ),
    ],
)
def test_an_end_tag_is_told_at_the_tag_to_mend(
    inside: str, place: str, message: str, advice: str
) -> None:
    body = column(inside)
    (found,) = mjml_problems(body)
    assert (found.message, found.advice) == (message, advice)
    assert body[found.start : found.end] == place


def test_the_end_of_the_text_is_told_at_the_element_that_is_open() -> None:
    body = "<mjml><mj-body>"
    (found,) = mjml_problems(body)
    assert found.message == "`<mj-body>` is still open at the end of the text"
    assert body[found.start : found.end] == "<mj-body"


def body_with(section: str = "", body: str = "", more: str = "") -> str:
    return (
        f"<mjml><mj-body {body}><mj-section {section}><mj-column><mj-text>x</mj-text></mj-column>"
        f"</mj-section>{more}</mj-body></mjml>"
    )


@pytest.mark.parametrize(
    ("body", "place", "advice"),
    [
        (
            body_with(section="full-width='true'"),
            "true",
            'write `full-width="full-width"`, or leave it out',
        ),
        (body_with(body="lang='de'"), "lang", "write it on `<mjml>`"),
        (body_with(body="dir='rtl'"), "dir", "write it on `<mjml>`"),
    ],
)
def test_what_belongs_elsewhere_is_told_with_what_to_write(
    body: str, place: str, advice: str
) -> None:
    (found,) = mjml_problems(body)
    assert found.advice == advice
    assert body[found.start : found.end] == place


def test_a_width_that_is_full_or_not_is_rendered_as_written() -> None:
    """mrml takes the attribute for a yes whatever it says."""
    plain, full = made(body_with()), made(body_with(section="full-width=' full-width '"))
    assert plain.wording.html != full.wording.html
    for no in ("false", ""):
        said = body_with(section=f"full-width='{no}'")
        assert problems(said) == []
        assert made(said).wording.html == plain.wording.html


def test_spaces_around_a_value_do_not_lose_it() -> None:
    def image(width: str) -> str:
        return made(
            column(f"<mj-image src='https://leaf.example/a' width='{width}'/>")
        ).wording.html

    assert 'width="100"' in image("100px")
    assert image(" 100px ") == image("100px")
    tight = made(column("<mj-text padding='1px 2px'>x</mj-text>"))
    assert made(column("<mj-text padding=' 1px  2px '>x</mj-text>")).wording == tight.wording


def test_a_hero_has_a_width_and_a_row_of_links_its_menu() -> None:
    hero = "<mj-hero width='500px' mode='fluid-height'><mj-text>y</mj-text></mj-hero>"
    assert problems(body_with(more=hero)) == []
    assert "width:500px" in made(body_with(more=hero)).wording.html
    menu = (
        "<mj-navbar hamburger='hamburger'><mj-navbar-link href='#'>A</mj-navbar-link></mj-navbar>"
    )
    assert problems(column(menu)) == []
    html = made(column(menu)).wording.html
    assert 'class="mj-menu-checkbox"' in html
    assert made(column(menu)).wording.html == html


def test_elements_without_an_end_may_stand_as_in_html() -> None:
    body = column("<mj-text>a<br>b {{ first_name }}<hr class='x'>c</mj-text>")
    done = made(body)
    assert done.findings == ()
    assert ">a<br />b {{" in done.wording.html
    assert '<hr class="x" />c<' in done.wording.html
    assert done.wording.text == 'a\nb {{ first_name | default: "" }}\n\n---\n\nc\n'
    closed = column("<mj-text>a<br/>b {{ first_name }}<hr class='x'/>c</mj-text>")
    assert done.wording == made(closed).wording


def test_places_behind_elements_without_an_end_are_those_of_the_text() -> None:
    body = column("<mj-text>é<br>a<br >b<img src='javascript:x' title='>'><u>c</mj-text>")
    (found,) = mjml_problems(body)
    assert body[found.start : found.end] == "<u"
    body = column("<mj-text>é<br>a<br>b</mj-text><mj-x/>")
    (found,) = mjml_problems(body)
    assert body[found.start : found.end] == "<mj-x"
    body = column("<mj-text>a<br>b & c</mj-text>")
    (found,) = mjml_problems(body)
    assert body[: found.start].endswith("b &")


def test_many_elements_without_an_end_are_read_in_no_time() -> None:
    assert problems(column(f"<mj-text>{'<br>' * 20_000}</mj-text>")) == []
    assert problems(column(f"""<mj-text>{'<br "' * 20_000}</mj-text>""")) != []
