"""The canonical form, case by case: what is written, and what `playbook fmt` makes of it."""

from __future__ import annotations

import pytest
from tests.compiler.playbooks import HEAD

from playbook_compiler import format as formatting
from playbook_compiler.format import FormattingError, format_source
from playbook_compiler.source import SourceFile


def formatted(text: str, name: str = "playbook.yaml") -> str:
    found, findings = format_source(SourceFile(name, text))
    assert findings == []
    assert found is not None
    assert format_source(SourceFile(name, found)) == (found, []), "not the same the second time"
    return found


LONG = "x" * 60
CASES = {
    "two spaces, lists under a key by two": (
        "flows:\n   it:\n      steps:\n      - send: a\n      -   wait: 2d\n",
        "flows:\n  it:\n    steps:\n      - send: a\n      - wait: 2d\n",
    ),
    "one space after colon, comma and dash": (
        "sender:   { name : Leaf,email:   a@b.example , }\n",
        "sender: {name: Leaf, email: a@b.example}\n",
    ),
    "keys in the order of the language": (
        "name: leaf\nplaybook: 1\nflows: {}\neconomics: {monthly_budget: 5, gross_margin: 58%}\n",
        "playbook: 1\nname: leaf\neconomics: {gross_margin: 58%, monthly_budget: 5}\nflows: {}\n",
    ),
    "the kind of a step and of a trigger first": (
        (
            "flows:\n  it:\n    steps:\n      - id: first\n        offer: o\n        send: a\n"
            "    trigger: {where: orders > 1, event: order_placed}\n"
        ),
        (
            "flows:\n  it:\n    trigger: {event: order_placed, where: orders > 1}\n"
            "    steps:\n      - send: a\n        id: first\n        offer: o\n"
        ),
    ),
    "names of the author's own in his order": (
        "audiences:\n  z: orders > 1\n  a: orders > 2\n",
        "audiences:\n  z: orders > 1\n  a: orders > 2\n",
    ),
    "inner steps in order too": (
        "flows:\n  it:\n    steps:\n      - then: [{offer: o, send: a}]\n        if: orders > 1\n",
        "flows:\n  it:\n    steps:\n      - if: orders > 1\n        then: [{send: a, offer: o}]\n",
    ),
    "a mapping with an unknown key stays in its order": (
        "economics: {monthly_budget: 5, gros_margin: 58%, interest_rate: 8%}\n",
        "economics: {monthly_budget: 5, gros_margin: 58%, interest_rate: 8%}\n",
    ),
    "comments move with their key": (
        "currency: EUR  # of all money\n# what it is called\nname: leaf\n",
        "# what it is called\nname: leaf\ncurrency: EUR  # of all money\n",
    ),
    "comments at the top and at the end stay": (
        "# Title\nname: leaf\nplaybook: 1\n# the end\n",
        "# Title\nplaybook: 1\nname: leaf\n# the end\n",
    ),
    "a comment under the title leads its key": (
        "# Title\n\n# its name\nname: leaf\nplaybook: 1\n",
        "# Title\n\nplaybook: 1\n# its name\nname: leaf\n",
    ),
    "one blank line at most, none where a block begins": (
        "\n\nname: leaf\n\n\n\nflows:\n\n\n  it:\n\n    steps: []\n\n\n",
        "name: leaf\n\nflows:\n  it:\n    steps: []\n",
    ),
    "comments in a column stay in it": (
        "playbook: 1      # one\nname: leaf       # two\ncurrency: EUR # three\n",
        "playbook: 1      # one\nname: leaf       # two\ncurrency: EUR  # three\n",
    ),
    "a comment at the wrong indentation": (
        "flows:\n  it:\n# about the trigger\n    trigger: sign_up\n        # deep\n    steps: []\n",
        "flows:\n  it:\n    # about the trigger\n    trigger: sign_up\n    # deep\n    steps: []\n",
    ),
    "a comment that ends a block stays in it": (
        "flows:\n  it:\n    steps:\n      - send: a\n      # - send: b\n  other: {}\n",
        "flows:\n  it:\n    steps:\n      - send: a\n      # - send: b\n  other: {}\n",
    ),
    "comments between items": (
        "require:\n- a > 1\n# why\n- b > 1 # so\n\n# last\n",
        "require:\n  - a > 1\n  # why\n  - b > 1  # so\n\n# last\n",
    ),
    "a comment behind a dash": (
        "flows:\n  it:\n    steps:\n    - # first\n      send: a\n",
        "flows:\n  it:\n    steps:\n      - # first\n        send: a\n".replace("- #", "-  #"),
    ),
    "quotes stay as they are": (
        'name: \'leaf\'\n"currency": "EUR"\n',
        'name: \'leaf\'\n"currency": "EUR"\n',
    ),
    "scalars stay as they are": (
        "guardrails: {when_capped: {delay: 7 d}, holdout: 10.0 %}\n",
        "guardrails: {when_capped: {delay: 7 d}, holdout: 10.0 %}\n",
    ),
    "block texts move as a whole": (
        "messages:\n    a:\n        body: |\n            One\n              two\n\n\n    b: {}\n",
        "messages:\n  a:\n    body: |\n      One\n        two\n\n  b: {}\n",
    ),
    "a block text with its indentation said": (
        "messages:\n    a:\n        body: |2-  # said\n            One\n          two\n",
        "messages:\n  a:\n    body: |2-  # said\n        One\n      two\n",
    ),
    "a block text that keeps its blank lines": (
        "messages:\n  a:\n    body: |+\n      One\n\n\n  b: {}\n",
        "messages:\n  a:\n    body: |+\n      One\n\n\n  b: {}\n",
    ),
    "a text that ends with the file says the same with a line break": (
        "messages:\n  a:\n    body: |\n      One",
        "messages:\n  a:\n    body: |-\n      One\n",
    ),
    "a text over several lines": (
        "flows:\n    it:\n        about: one\n            two  # three\n        steps: []\n",
        "flows:\n  it:\n    about: one\n        two  # three\n    steps: []\n",
    ),
    "a value on the next line": ("name:\n  leaf\n", "name: leaf\n"),
    "a value after a comment": (
        "name: # why\n    # so\n    leaf\n",
        "name:  # why\n  # so\n  leaf\n",
    ),
    "a short list over several lines": (
        "include: [\n  a.yaml,\n  b.yaml\n  ]\n",
        "include: [a.yaml, b.yaml]\n",
    ),
    "a list with comments inside": (
        "include: [a.yaml,  # one\n   b.yaml ]\n",
        "include: [a.yaml,  # one\n   b.yaml ]\n",
    ),
    "a mapping of over 100 columns": (
        (
            "economics: {gross_margin: 58%, message_costs: {email: 0.01},"
            f" order_costs: {{shipping: {LONG}}}}}  # c\n"
        ),
        (
            "economics:  # c\n  gross_margin: 58%\n"
            f"  order_costs: {{shipping: {LONG}}}\n  message_costs: {{email: 0.01}}\n"
        ),
    ),
    "an item of over 100 columns": (
        f"require:\n  - {{figure: {'x' * 90}, grade: B}}  # c\n",
        f"require:\n  -  # c\n    figure: {'x' * 90}\n    grade: B\n",
    ),
    "a list of pairs": (
        "flows:\n  it:\n    steps: [ send: a ,wait: 2d ]\n",
        "flows:\n  it:\n    steps: [send: a, wait: 2d]\n",
    ),
    "a list of pairs that does not fit": (
        f"flows:\n  i:\n    steps: [send: a, wait: {{until: {LONG}, at_most: 7d}}]\n",
        (
            "flows:\n  i:\n    steps:\n      - send: a\n"
            f"      - wait: {{until: {LONG}, at_most: 7d}}\n"
        ),
    ),
    "cells, not characters": (
        f'audiences: {{键: "{"键" * 42}"}}\n',
        f'audiences:\n  键: "{"键" * 42}"\n',
    ),
    "an anchor is never moved behind its alias": (
        "economics: {monthly_budget: &m 5, gross_margin: 5%}\nsender: *m\nname: a\n",
        "economics: {monthly_budget: &m 5, gross_margin: 5%}\nsender: *m\nname: a\n",
    ),
    "merged blocks": (
        "audiences: &base {a: orders > 1}\noffers:\n    <<: *base\n",
        "audiences: &base {a: orders > 1}\noffers:\n  <<: *base\n",
    ),
    "the marks of a document": (
        "# yaml-language-server: $schema=x.json\n--- # begin\nname:   leaf\n... # end\n# after\n",
        "# yaml-language-server: $schema=x.json\n---  # begin\nname: leaf\n...\n# end\n# after\n",
    ),
    "tabs between words": ("name:\tleaf\t# shop\n", "name: leaf  # shop\n"),
    "a line that the compiler is told of stays one line": (
        f"economics: {{gross_margin: 58%, monthly_budget: {LONG}}}  # playbook: ignore[x] y\n",
        f"economics: {{gross_margin: 58%, monthly_budget: {LONG}}}  # playbook: ignore[x] y\n",
    ),
    "a whole file in braces": ("{name: leaf, playbook: 1}", "{playbook: 1, name: leaf}\n"),
    "a tactic": (
        "flows: {}\nparameters: {a: {about: When., default: 1d, type: duration}}\ntactic: cart\n",
        "tactic: cart\nparameters: {a: {type: duration, default: 1d, about: When.}}\nflows: {}\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    written, canonical = CASES[name]
    assert formatted(written) == canonical


@pytest.mark.parametrize("name", CASES)
def test_the_same_with_the_line_ends_of_windows(name: str) -> None:
    written, canonical = CASES[name]
    if "\n" in written:
        assert formatted(written.replace("\n", "\r\n")) == canonical.replace("\n", "\r\n")


def test_mixed_line_ends_become_those_of_most_lines() -> None:
    assert formatted("playbook: 1\nname: a\r\ncurrency: EUR\r\n") == (
        "playbook: 1\r\nname: a\r\ncurrency: EUR\r\n"
    )


def test_the_front_matter_of_a_message_is_formatted_and_its_text_is_not() -> None:
    text = "---\nsubject:   Hello  # short\nchannel: email\nid: hi\n---\n\n\nDear   you\n---\n- a\n"
    assert formatted(text, "messages/hi.md") == (
        "---\nid: hi\nchannel: email\nsubject: Hello  # short\n---\n\n\nDear   you\n---\n- a\n"
    )


def test_a_text_without_front_matter_is_left_alone() -> None:
    assert formatted("Dear   you,\r\n\n\n\nbye", "messages/hi.md") == "Dear   you,\r\n\n\n\nbye"


def test_open_front_matter_is_told() -> None:
    found, findings = format_source(SourceFile("a.md", "---\nsubject: Hello\n"))
    assert found is None
    assert [one.rule for one in findings] == ["open-front-matter"]


@pytest.mark.parametrize(
    "text", ["a: [1\n", "a: 1\na: 2\n", "a: !!str 1\n", "", "- a\n", "a: 1\n---\nb: 2\n"]
)
def test_what_does_not_parse_is_told_and_left_alone(text: str) -> None:
    found, findings = format_source(SourceFile("playbook.yaml", text))
    assert found is None
    assert findings
    assert all(one.is_error for one in findings)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("? name\n: leaf\n", "a key that begins with `?`"),
        ("name: # one\n  # two\n  |\n    text\n", "a comment before a block text"),
        ("&a\nname:   leaf\n", "a root with an anchor"),
        ("name: # one\n  &a # two\n  leaf\n", "a comment before an anchor"),
    ],
)
def test_what_is_not_touched_is_said(text: str, reason: str) -> None:
    found, (hint,) = format_source(SourceFile("playbook.yaml", text))
    assert found == text
    assert hint.rule == "not-formatted"
    assert reason in hint.message


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: text.replace("leaf", "stem"), "change what it says"),
        (lambda text: text.replace("leaf", "'leaf'"), "change its texts"),
        (lambda text: text.replace("# why", ""), "lose a comment"),
        (lambda text: text + "# why\n", "lose a comment"),
    ],
)
def test_a_mistake_of_ours_harms_no_file(
    harm: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out = formatting.laid_out
    monkeypatch.setattr(formatting, "laid_out", lambda tree: harm(laid_out(tree)))  # type: ignore[operator]
    with pytest.raises(FormattingError, match=said):
        format_source(SourceFile("playbook.yaml", "name:   leaf  # why\n"))


def test_the_head_of_every_small_playbook_is_canonical() -> None:
    assert formatted(HEAD) == HEAD
