"""Texts of messages for every engine: variables, conditions, footers, and data that stays data."""

from __future__ import annotations

import pytest
from tests.compiler.export.texts_of import LIQUID, SHOP, TOKENS, body_of, made, shop, tags_of

from playbook_compiler.export.capability import Capability, Support
from playbook_compiler.export.constructs import constructs
from playbook_compiler.export.dialect import Reading, Said, inert_tags, inert_tags_html
from playbook_compiler.export.lowering import Lowering
from playbook_compiler.export.quoting import Gap, everything
from playbook_compiler.export.wording import page, variation, word
from playbook_compiler.values import replace


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("{{ customer.first_name }}", '{{ first_name | default: "" | escape }}'),
        ("{{ first_name | default: 'you' }}", '{{ first_name | default: "you" | escape }}'),
        ("{{ customer.favourite }}", '{{ customer.favourite | default: "" | escape }}'),
        ("{{ product.name }}", '{{ product.name | default: "" | escape }}'),
        ("{{ sender.name }}", "Leaf"),
        ("{{ sender.address }}", "Teeweg 1, Berlin"),
        ("{{ unsubscribe_url }}", "{% unsubscribe_url %}"),
        ("{% if sender.url %}a{% else %}b{% endif %}", "b"),
        ("{% if sender.name %}a{% else %}b{% endif %}", "a"),
        ("{% if unsubscribe_url %}a{% endif %}", "a"),
        ("{% if offer.code %}a{% else %}b{% endif %}", "b"),
        (
            "{% if first_name %}a{% else %}b{% endif %}",
            "{% if first_name %}a{% else %}b{% endif %}",
        ),
        (
            "{% if first_name %}{% if last_name %}x{% else %}y{% endif %}{% endif %}!",
            "{% if first_name %}{% if last_name %}x{% else %}y{% endif %}{% endif %}!",
        ),
        (
            "{% if first_name %}{% if sender.url %}x{% endif %}y{% endif %}",
            "{% if first_name %}y{% endif %}",
        ),
        ("<b>a</b> & *c*", "&lt;b&gt;a&lt;/b&gt; &amp; <em>c</em>"),
    ],
)
def test_a_body_is_said_in_the_engines_words(written: str, html: str) -> None:
    done = made(written)
    assert done.findings == ()
    assert html in body_of(done.wording.html)


@pytest.mark.parametrize(
    ("offer", "code", "until"),
    [
        ("", "", ""),
        ("own", "((offer.code))", "((offer.valid_until))"),
        ("shared", "TEA10", ""),
    ],
)
def test_an_offer_is_its_code_and_its_last_day(offer: str, code: str, until: str) -> None:
    done = made("[{{ offer.code }}|{{ offer.valid_until }}]", offer=offer, channel="sms")
    assert done.wording.text == f"[{code}|{until}]\n"


def test_a_message_that_hides_the_code_of_its_offer_is_noted() -> None:
    (entry,) = [one for one in made("no code", offer="own").entries if "gives" in one.how]
    assert (entry.construct, entry.id) == ("step.send.offer", "m+own")


def test_lines_are_lines_whatever_the_data_holds() -> None:
    done = made(
        "x",
        subject="From {{ sender.name }}\nwith {{ product.name }}",
        preview="{{ sender.name }}",
        sender={"name": "Leaf\r\nBcc: all@leaf.example\u2028x"},
    )
    assert done.wording.subject == (
        'From Leaf Bcc: all@leaf.example x with {{ product.name | default: "" }}'
    )
    assert done.wording.preview == "Leaf Bcc: all@leaf.example x"


def test_an_engine_without_if_is_refused_at_the_if() -> None:
    body = "Hello\n{% if first_name %}dear {{ first_name }}{% else %}you{% endif %}"
    refused = made(body, dialect=TOKENS)
    assert refused.refused == [
        "Liquid cannot say the key `body` of `m`: Liquid knows no `if` in a text"
    ]
    lossy = made(body, dialect=TOKENS, allow_lossy=True)
    assert lossy.findings == ()
    assert lossy.wording.text == "Hello\nyou\n"
    assert any("everybody gets the text after" in one.how for one in lossy.entries)


def test_an_if_that_is_decided_needs_no_if_of_the_engine() -> None:
    done = made("{% if offer.code %}{{ offer.code }}{% endif %}", offer="own", dialect=TOKENS)
    assert done.findings == ()
    assert done.wording.text == "((offer.code))\n"


@pytest.mark.parametrize("key", ["subject", "preview", "body"])
def test_a_value_that_the_engine_has_not_is_refused_and_left_out(key: str) -> None:
    texts = {"subject": "s", "preview": "p", "body": "b"} | {key: "[{{ cart.id }}]"}
    assert made(**texts).refused == [
        "Liquid cannot say the variable `cart.id` of `m`: Liquid has no such value"
    ]
    lossy = made(**texts, allow_lossy=True)
    assert "[]" in getattr(lossy.wording, "text" if key == "body" else key)


def test_what_is_refused_is_found_at_its_place() -> None:
    text = SHOP.replace(
        "messages: {m: {subject: s, preview: p, body: b}}",
        "messages:\n"
        "  m:\n"
        '    subject: "About {{ cart.id }}"\n'
        "    preview: See {{ cart.id }}\n"
        "    body: |\n"
        "      Dear all,\n"
        "\n"
        "        and {{ cart.id }}\n",
    )
    book = shop(text)
    rows = {one: Capability(one, Support.EXACT, "yes") for one in constructs()}
    lowering = Lowering("Liquid", rows, False)
    word(book, LIQUID, lowering, book.messages["m"], None, everything)
    spans = [one.span for one in lowering.findings]
    assert [(one.line, one.column, one.end_column) for one in spans] == [
        (10, 21, 34),
        (11, 18, 31),
        (15, 13, 26),
    ]


def test_a_value_that_the_flows_do_not_bring_is_refused_and_the_engine_is_not_asked() -> None:
    asked: list[str] = []

    def value(name: str, reading: Reading) -> Said | None:
        asked.append(name)
        return LIQUID.value(name, reading)

    done = made(
        "{{ product.name }} {{ first_name }}",
        dialect=replace(LIQUID, value=value),
        unquoted=lambda name: Gap("it brings none", False, True) if "product" in name else None,
    )
    assert ["it brings none" in one for one in done.refused] == [True]
    assert asked == ["first_name"]


NOWHERE = Gap("f brings none", engine=False, everywhere=True)
SOMEWHERE = Gap("f brings none", engine=False, everywhere=False)
BY_NOBODY = Gap("f starts with no event", engine=True, everywhere=False)
TEA = (
    '{{ product.name | default: "tea" }}'
    "{% if product.sku %}[{{ product.sku }}]{% else %}-{% endif %}"
)


def test_what_no_flow_brings_is_its_default_and_the_other_text_of_an_if() -> None:
    done = made(TEA, unquoted=lambda _: NOWHERE)
    assert done.findings == ()
    assert done.wording.text == "tea-\n"
    assert [(one.construct, one.support, one.how) for one in done.entries] == [
        (
            "variable.product.name",
            Support.APPROXIMATED,
            "f brings none: there, the default always stands",
        ),
        (
            "variable.product.sku",
            Support.APPROXIMATED,
            "f brings none: there, the text after {% else %} always stands, or nothing",
        ),
    ]


def test_what_only_some_flows_bring_is_filled_in_by_the_engine_and_said() -> None:
    done = made(TEA, unquoted=lambda _: SOMEWHERE)
    assert done.findings == ()
    assert done.wording.text == made(TEA).wording.text
    assert {one.support for one in done.entries} == {Support.APPROXIMATED}
    assert all(one.how.startswith("yes; f brings none: there, the ") for one in done.entries)


def test_a_default_does_not_stand_for_a_value_that_only_the_engine_lacks() -> None:
    done = made(TEA, unquoted=lambda _: BY_NOBODY)
    assert len(done.refused) == 2
    assert made(TEA, unquoted=lambda _: BY_NOBODY, allow_lossy=True).wording.text == "tea-\n"


@pytest.mark.parametrize("gap", [NOWHERE, SOMEWHERE])
def test_without_a_default_it_is_an_error_also_in_the_other_text_of_its_if(gap: Gap) -> None:
    done = made(
        "{% if product.name %}a{% else %}{{ product.name }}{% endif %}", unquoted=lambda _: gap
    )
    assert len(done.refused) == 1


def test_a_field_of_the_trigger_is_named_in_full() -> None:
    (said,) = made("{{ trigger.points }}", unquoted=lambda _: NOWHERE).refused
    assert said == "Liquid cannot say the variable `trigger.points` of `m`: f brings none"


@pytest.mark.parametrize(
    ("default", "text", "html"),
    [
        ("'O\"Hara'", "'O\"Hara'", '"O&quot;Hara"'),
        ('"O\'Hara"', '"O\'Hara"', '"O&#x27;Hara"'),
        ('"<b>&"', '"<b>&"', '"&lt;b&gt;&amp;"'),
    ],
)
def test_quotes_and_markup_in_defaults_do_not_end_them(default: str, text: str, html: str) -> None:
    done = made(f"{{{{ first_name | default: {default} }}}}")
    assert done.wording.text == f"{{{{ first_name | default: {text} }}}}\n"
    assert f"{{{{ first_name | default: {html} | escape }}}}" in done.wording.html


def test_a_variable_in_a_link_is_an_attribute() -> None:
    done = made('[x]({{ cart.url | default: "https://leaf.example/?a=1&b=2" }})')
    assert '"https://leaf.example/?a=1&amp;b=2" | escape }}">x</a>' in done.wording.html
    assert done.wording.text.startswith("x ({{ cart.url | default: ")


@pytest.mark.parametrize(
    "link",
    [
        '{{ cart.url | default: "javascript:alert(1)" }}',
        '{{ cart.url | default: " JaVaScRiPt:alert(1)" }}',
        "{{ sender.url }}javascript:alert(1)",
        "{% if first_name %}javascript:alert(1){% endif %}",
        "{{ sender.name }}:alert(1)",
        "{{ first_name }}data:text/html,x",
    ],
)
def test_no_link_leads_to_a_script_however_it_is_put_together(link: str) -> None:
    done = made(f"[x]({link})", sender={"name": "javascript"})
    assert '<a href="#">x</a>' in done.wording.html or "<a " not in done.wording.html


HOSTILE = [
    "{{ person.email }}",
    "{% include 'x' %}",
    "{# c #}",
    "</script><script>alert(1)</script>",
    "]]>",
    '" onclick="x',
    "' onclick='x",
    "=cmd()",
    "a\nb",
    "{",
    "pbtag0z",
    "**bold** [x](https://else.example)",
    "<!--",
]


@pytest.mark.parametrize("data", HOSTILE)
def test_data_stays_data(data: str) -> None:
    body = '{{ sender.name }}% x %} [a]({{ cart.url }} "{{ sender.name }}") {{ first_name }}'
    done = made(body, subject="{{ sender.name }}{ x }}", sender={"name": data}, kind="marketing")
    html, text = done.wording.html, done.wording.text
    for said in (html, text, done.wording.subject):
        ours = {"first_name", "cart.url", "unsubscribe_url"}
        left = said
        for begin, end in (("{{", "}}"), ("{%", "%}")):
            while begin in left:
                before, _, rest = left.partition(begin)
                tag, _, after = rest.partition(end)
                assert tag.split()[0] in ours
                left = before + after
        assert "{#" not in left
    # The author's link and the footer's, each with no attribute but its own.
    assert [
        (tag, sorted(names)) for tag, names in tags_of(html) if tag not in ("html", "head")
    ] == [
        ("meta", ["charset"]),
        ("meta", ["content", "name"]),
        ("title", []),
        ("body", ["style"]),
        ("p", []),
        ("a", ["href", "title"]),
        ("p", ["style"]),
        ("br", []),
        ("a", ["href"]),
    ]


def test_law_is_kept_below_marketing_mail() -> None:
    html = made("x", kind="marketing").wording
    assert 'Leaf, Teeweg 1, Berlin<br><a href="{% unsubscribe_url %}">Unsubscribe</a>' in html.html
    assert html.text == ("x\n\n--\nLeaf, Teeweg 1, Berlin\nUnsubscribe: {% unsubscribe_url %}\n")
    for kind, channel in (("transactional", "email"), ("marketing", "sms")):
        assert made("x", kind=kind, channel=channel).wording.text == "x\n"


def test_what_only_some_would_see_is_said_below() -> None:
    some = "{% if first_name %}{{ sender_address }} {{ unsubscribe_url }}{% endif %}"
    assert "Unsubscribe: " in made(some, kind="marketing").wording.text
    everyone = "{% if sender.name %}{{ sender_address }} {{ unsubscribe_url }}{% endif %}"
    assert "--" not in made(everyone, kind="marketing").wording.text
    both = (
        "{% if first_name %}{{ sender_address }}{{ unsubscribe_url }}"
        "{% else %}{{ unsubscribe_url }}{{ sender_address }}{% endif %}"
    )
    assert "--" not in made(both, kind="marketing").wording.text


def test_what_the_engine_adds_itself_is_not_said_twice() -> None:
    wording = made("x", kind="marketing", dialect=TOKENS).wording
    assert wording.text == "x\n"
    assert "nsubscribe" not in wording.html


def test_the_accounts_address_stands_for_one_that_is_missing() -> None:
    nowhere = {"address": ""}
    assert "{{ account.address }}" in made("x", kind="marketing", sender=nowhere).wording.text
    assert made("{{ sender_address }}", sender=nowhere).wording.text == "{{ account.address }}\n"
    nameless = replace(LIQUID, address="")
    text = made("x", kind="marketing", sender=nowhere, dialect=nameless).wording.text
    assert text == "x\n\n--\nUnsubscribe: {% unsubscribe_url %}\n"


def test_what_the_engine_fills_in_is_listed_with_its_defaults() -> None:
    body = '{% if last_name %}{{ last_name }}{% endif %}{{ first_name | default: "you" }}'
    assert made(body, subject="{{ cart.total }}").wording.filled == (
        ("cart.total", ""),
        ("first_name", "you"),
        ("last_name", ""),
    )


def test_a_template_that_cannot_be_read_goes_out_inert() -> None:
    body = "{{ first_name | upcase }} {% for x in y %}"
    assert len(made(body).refused) == 2
    lossy = made(body, allow_lossy=True).wording
    assert lossy.text == "{ { first_name | upcase }} { % for x in y %}\n"
    assert "{{" not in lossy.html
    assert "{%" not in lossy.html


def test_braces_are_inert_also_at_the_end() -> None:
    assert inert_tags("{{ a }} {% b %} {# c #} { d } {") == "{ { a }} { % b %} { # c #} { d } { "
    assert inert_tags_html("{{ a {") == "&#123;{ a &#123;"
    for once in (inert_tags("{{{%{"), inert_tags_html("{{{%{")):
        assert inert_tags_html(inert_tags(once)) == once


def test_a_page_of_text_is_inert() -> None:
    html = page("</title><script>{{ x }}", "<p>b</p>\n", LIQUID)
    assert "<title>&lt;/title&gt;&lt;script&gt;&#123;{ x }}</title>" in html


def test_a_variation_has_a_name() -> None:
    assert (variation("m", ""), variation("m", "o")) == ("m", "m+o")
