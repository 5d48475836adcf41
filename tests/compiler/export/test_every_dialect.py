"""What every target's way of writing texts must keep: data never becomes a tag of the engine."""

from __future__ import annotations

import pytest
from tests.compiler.export.texts_of import made, tags_of

from playbook_compiler.export.dialect import Dialect, Place
from playbook_compiler.export.registry import all_targets
from playbook_compiler.export.wording import dialect_of

DIALECTS = {
    name: found
    for name, target in all_targets().items()
    if (found := dialect_of(target)) is not None
}
BRACES = [
    "{",
    "{{",
    "{{{",
    "{{ x }}",
    "{% x %}",
    "{# x #}",
    "a{",
    "}",
    "{ {",
    "{x=y|z}",
    "={{ 1 }}",
]
EACH = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def test_klaviyo_at_least_has_a_dialect() -> None:
    assert "klaviyo" in DIALECTS


@EACH
@pytest.mark.parametrize("text", BRACES)
def test_what_is_inert_stays_as_it_is(dialect: Dialect, text: str) -> None:
    for inert in (dialect.inert, dialect.inert_html):
        assert inert(inert(text)) == inert(text)


@EACH
def test_the_engines_own_tags_are_words_where_data_says_them(dialect: Dialect) -> None:
    own = [dialect.unsubscribe_url, dialect.address, dialect.unsubscribe_html]
    own.append(dialect.variable("first_name", "", Place.TEXT))
    if dialect.condition is not None:
        own.append(dialect.condition("first_name").begin)
    for tag in own:
        if "{" in tag:
            wording = made("{{ sender.name }}", dialect=dialect, sender={"name": tag}).wording
            assert tag not in wording.text
            assert tag not in wording.html


@EACH
@pytest.mark.parametrize(
    "default", ["<script>x</script>", "</title>", "it's", "a & b", "<img src=x>"]
)
def test_a_default_brings_no_tag_into_a_page(dialect: Dialect, default: str) -> None:
    written = f'{{{{ first_name | default: "{default}" }}}}'
    body = f'{written} [x](https://leaf.example "{{{{ last_name }}}}")'
    html = made(body, dialect=dialect, subject=written).wording.html
    assert [tag for tag, _ in tags_of(html)] == [
        *("html", "head", "meta", "meta", "title", "body", "p", "a"),
    ]


@EACH
def test_marketing_mail_has_one_way_out(dialect: Dialect) -> None:
    wording = made("x", kind="marketing", dialect=dialect, sender={"address": ""}).wording
    ways = wording.text.count(dialect.unsubscribe_url)
    assert ways == ("unsubscribe" not in dialect.adds)
    said = made("{{ unsubscribe_url }} {{ sender_address }}", kind="marketing", dialect=dialect)
    assert said.wording.text.count(dialect.unsubscribe_url) == 1
