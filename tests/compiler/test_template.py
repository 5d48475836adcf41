"""The small part of Liquid that messages are written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_compiler.template import Conditional, Literal, Variable, parse_template, variables


def test_text_variables_defaults_and_conditions() -> None:
    template, problems = parse_template(
        "Hi {{ customer.first_name | default: 'you' }}{% if offer.code %}!{% else %}?{% endif %}"
    )
    assert problems == []
    assert template == (
        Literal("Hi "),
        Variable("customer.first_name", "you", 3, 45),
        Conditional("offer.code", (Literal("!"),), (Literal("?"),), 45, 87),
    )


def test_conditions_stand_in_each_other() -> None:
    template, _ = parse_template("{% if a %}{% if b %}{{ c }}{% endif %}{% endif %}{{ d }}")
    assert template is not None
    assert [name for name, _, _ in variables(template)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("Hi {{ name", "never closed", (3, 5)),
        ("{{ 1 + 1 }}", "not understood", (0, 11)),
        ("{{ name | upcase }}", "not understood", (0, 19)),
        ("{{ name | default: '}}' }}", "not understood", (0, 22)),
        ("a{% for x in y %}", "not understood", (1, 17)),
        ("{# a comment #}", "not understood", (0, 15)),
        ("{% endif %}", "`endif` without an `if`", (0, 11)),
        ("{% else %}", "`else` without an `if`", (0, 10)),
        ("{% if a %}{% else %}{% else %}{% endif %}", "`else` without an `if`", (20, 30)),
        ("x{% if a %}y", "without an `endif`", (1, 11)),
        ("{% if a %}" * 20, "not understood", (160, 170)),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str, message: str, at: tuple[int, int]
) -> None:
    template, problems = parse_template(text)
    assert template is None
    assert message in problems[0].message
    assert (problems[0].start, problems[0].end) == at


@given(st.text(alphabet="{}%# abif|':\"\nels dn.", max_size=60))
def test_any_text_is_read_or_refused_within_its_length(text: str) -> None:
    template, problems = parse_template(text)
    assert (template is None) is bool(problems)
    for problem in problems:
        assert 0 <= problem.start < problem.end <= len(text)


@given(st.text(alphabet="{}%ab \n", max_size=40).filter(lambda text: "{{" not in text))
def test_text_without_tags_is_itself(text: str) -> None:
    template, problems = parse_template(text.replace("{%", "").replace("{{", ""))
    plain = text.replace("{%", "").replace("{{", "")
    assert problems == []
    assert template == ((Literal(plain),) if plain else ())
