"""Text to data with places: what is read, what is refused, and where the refusal points."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.document import Data, Document, Path
from playbook_compiler.parse import parse
from playbook_compiler.scalars import ambiguous_number
from playbook_compiler.source import SourceFile, Span


def read(text: str) -> tuple[Document | None, list[Diagnostic]]:
    """Parse a text as a file of its own."""
    return parse(SourceFile("shop.yaml", text))


def data(text: str) -> Data:
    """Return the data of a text that has no fault."""
    document, found = read(text)
    assert document is not None and found == []
    return document.data


def faults(text: str) -> list[str]:
    """Return findings as `line:column rule` in the order found."""
    return [f"{one.span.line}:{one.span.column} {one.rule}" for one in read(text)[1]]


def covered(text: str) -> list[tuple[str, str]]:
    """Return each finding's rule with the text that its span covers."""
    source = SourceFile("shop.yaml", text)
    return [(one.rule, source.slice(one.span)) for one in parse(source)[1]]


# --- scalars -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("true", True),
        ("True", True),
        ("FALSE", False),
        ("0", 0),
        ("-17", -17),
        ("+5", 5),
        ("19.99", Decimal("19.99")),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1.0e+3", Decimal(1000)),
        ("999999999999999999", 999999999999999999),
        ("58%", "58%"),
        ("30d", "30d"),
        ("1.05..1.25", "1.05..1.25"),
        ("22:30", "22:30"),
        ("08:00-09:00", "08:00-09:00"),
        ("2026-12-01", "2026-12-01"),
        ("12-01", "12-01"),
        ("nan", "nan"),
        ("tRUE", "tRUE"),
        ("y", "y"),
        ("'no'", "no"),
        ('"0123"', "0123"),
        ("'2024-02-30'", "2024-02-30"),
        ('"line\\nbreak"', "line\nbreak"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        (">-\n  one\n  line\n", "one line"),
    ],
)
def test_scalars_of_yaml_1_2(written: str, value: Data) -> None:
    read_back = data(f"key: {written}\n")
    assert isinstance(read_back, dict)
    assert read_back["key"] == value
    assert type(read_back["key"]) is type(value)


def test_decimals_keep_their_digits() -> None:
    assert str(data("price: 4.10\n")["price"]) == "4.10"  # type: ignore[index,call-overload]


@pytest.mark.parametrize("word", ["yes", "No", "NO", "on", "OFF"])
def test_a_word_that_yaml_1_1_reads_otherwise_is_text_with_a_warning(word: str) -> None:
    document, found = read(f"country: {word}\n")
    assert document is not None and document.data == {"country": word}
    assert [(one.rule, one.severity) for one in found] == [("yaml-1-1-word", Severity.WARNING)]
    assert found[0].fix is not None and found[0].fix.replacement == f'"{word}"'


def test_sixtieths_are_warned_of_but_times_are_not() -> None:
    assert faults("a: 190:20:30\n") == ["1:4 yaml-1-1-word"]
    assert faults("a: 9:05\nb: 23:59:59\nc: 24:00\n") == []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("010", "10"),
        ("0123", "123"),
        ("08", "8"),
        ("1e6", "1000000"),
        ("12e03", "12000"),
        ("1.5e3", "1500"),
        ("2.5E-2", None),
        ("1e-2", "0.01"),
        ("0x1F", "31"),
        ("0o17", "15"),
        ("0b11", "3"),
        ("1_000", "1000"),
        ("1_000.5", "1000.5"),
        ("-0123", "-123"),
        ("-.5", "-0.5"),
        ("12", None),
        ("1.0e+3", None),
        ("1e999", None),
        ("30d", None),
        ("refill", None),
    ],
)
def test_a_number_on_which_readers_disagree_has_one_safe_spelling(
    written: str, number: str | None
) -> None:
    assert ambiguous_number(written) == number
    if number is not None:
        document, found = read(f"amount: {written}\n")
        assert document is not None and document.data == {"amount": written}
        assert [one.rule for one in found] == ["ambiguous-number"]
        assert f"write {number} if it is a number" in found[0].help
        assert data(f'amount: "{written}"\n') == {"amount": written}


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (".nan", "not-finite"),
        ("-.inf", "not-finite"),
        ("1.0e+999", "number-out-of-range"),
        ("1e999", "number-out-of-range"),
        ("1.0e-999", "number-out-of-range"),
        ("1.0e+" + "9" * 5000, "number-out-of-range"),
        ("1" * 19, "number-too-long"),
        ("1" * 5000, "number-too-long"),
        ("0." + "1" * 5000, "number-too-long"),
        ("2024-02-30", "not-a-date"),
        ("2023-02-29T10:00:00Z", "not-a-date"),
    ],
)
def test_numbers_and_dates_that_are_none(written: str, rule: str) -> None:
    assert faults(f"key: {written}\n") == [f"1:6 {rule}"]
    assert len(read(f"key: {written}\n")[1][0].message) < 200


# --- places --------------------------------------------------------------------------------------

EXAMPLE = """\
playbook: 1   # a comment
flows:
  win-back:
    trigger: {inactive_for: 120d, where: "a \\"b\\""}
    steps:
      - send: best-sellers

      # between
      - wait: 10d
    note: |
      two
      lines

# the end
name: 'leaf & steam'
empty:
shared: &later {at_most: 3}
again: *later
"""


def test_every_value_knows_its_place() -> None:
    document, found = read(EXAMPLE)
    assert document is not None and found == []

    def at(*path: str | int) -> str:
        return document.source.slice(document.places[path].value)

    assert at("playbook") == "1"
    assert at("flows", "win-back", "trigger") == '{inactive_for: 120d, where: "a \\"b\\""}'
    assert at("flows", "win-back", "trigger", "where") == '"a \\"b\\""'
    assert at("flows", "win-back", "steps", 1) == "wait: 10d"
    assert at("flows", "win-back", "steps") == (
        "- send: best-sellers\n\n      # between\n      - wait: 10d"
    )
    assert at("flows", "win-back", "note") == "|\n      two\n      lines"
    assert at("name") == "'leaf & steam'"
    assert at("empty") == ""
    assert at("shared") == "{at_most: 3}"
    assert at("again") == "*later"
    assert at("again", "at_most") == "3"
    key = document.places["flows", "win-back", "trigger", "where"].key
    assert key == Span("shop.yaml", 4, 35, 4, 40)
    assert document.source.slice(key) == "where"


def test_a_part_of_a_scalar_has_a_span() -> None:
    document, _ = read("audience: revenue > 20\nquoted: \"revenue > 20\"\nfar: 'it''s > 20'\n")
    assert document is not None
    assert document.source.slice(document.span_in(("audience",), 10, 12)) == "20"
    assert document.source.slice(document.span_in(("quoted",), 10, 12)) == "20"
    assert document.source.slice(document.span_in(("far",), 0, 2)) == "'it''s > 20'"


def test_line_ends_of_windows_and_old_macs_change_no_place() -> None:
    unix, _ = read(EXAMPLE)
    assert unix is not None
    for line_end in ("\r\n", "\r"):
        other, found = read(EXAMPLE.replace("\n", line_end))
        assert other is not None and found == []
        assert other.data == unix.data
        assert other.places == unix.places


def test_an_anchor_is_not_part_of_the_value() -> None:
    document, _ = read("a: &x # why\n  b: 1\nc: &y text\nd: &z\n- 1\n".replace("- 1", "  - 1"))
    assert document is not None
    spans = {path: document.source.slice(place.value) for path, place in document.places.items()}
    assert spans["a",] == "b: 1"
    assert spans["c",] == "text"
    assert spans["d",] == "- 1"


def test_a_merge_takes_in_what_is_not_set() -> None:
    document, found = read("base: &base {a: 1, b: 2}\nuse: {<<: *base, b: 3}\n")
    assert document is not None and found == []
    assert document.data == {"base": {"a": 1, "b": 2}, "use": {"b": 3, "a": 1}}
    assert document.source.slice(document.span(("use", "a"))) == "1"
    assert set(document.places) == set(paths(document.data))


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {b: 1\nc: 2\n", "1:4 unclosed-bracket"),
        ("a: [1, 2\n", "1:4 unclosed-bracket"),
        ("a: {b: 'x' c: 2}\n", "1:12 missing-comma"),
        ("a: {\n  b: it's\n  c: 2\n}\n", "3:4 missing-comma"),
        ("a: 1\nb: {c: 1}}\n", "2:10 unmatched-bracket"),
        ("a: ]\n", "1:4 unmatched-bracket"),
        ("a: 'it\nb: 1\n", "1:4 unclosed-quote"),
        ('a: "acme\nb: "x"\n', "1:4 unclosed-quote"),
        ('a: "x" y\n', "1:8 text-after-quote"),
        ('a: "\\q"\n', "1:5 bad-escape"),
        ('a: "\\x07"\n', "1:4 bad-escape"),
        ('a: "\\u202e"\n', "1:4 bad-escape"),
        ("a: 1\nfoo\nb: 2\n", "2:1 missing-colon"),
        ("a: 1\nfoo:bar\nb: 2\n", "2:1 missing-space"),
        ("a: {b:1}\n", "1:5 missing-space"),
        ("a: 1\nfoo:\u00a0bar\nb: 2\n", "2:5 invisible-character"),
        ("subject: Hello: world # c\n", "1:10 unquoted-colon"),
        ("a: 1\n  b: 2\n", "2:3 bad-indentation"),
        ("a:\n    - b\n  - c\n", "3:3 bad-indentation"),
        ("a: 1\n- b\n", "2:1 mixed-block"),
        ("- a\nb: 1\n", "2:1 mixed-block"),
        ("a:\n\tb: 1\n", "2:1 tab-indentation"),
        ("a: @home\n", "1:4 unquoted-text"),
        ("a: `x`\n", "1:4 unquoted-text"),
        ("a: *new*\n", "1:4 unquoted-text"),
        ("a: & b\n", "1:4 unquoted-text"),
        ("a: *nwe\n", "1:4 undefined-alias"),
        ("a: &x\n  b: [*x]\n", "2:7 cyclic-alias"),
        ("a: !!str 1\n", "1:4 yaml-tag"),
        ("a: ! x\n", "1:4 yaml-tag"),
        ("a: &b !c {d: 1}\n", "1:7 yaml-tag"),
        ('{"a":!b 1}\n', "1:6 yaml-tag"),
        ("a: !b &c [d]\n", "1:4 yaml-tag"),
        ("a: &b # no !tag\n  !c d\n", "2:3 yaml-tag"),
        ("# c\n\n%TAG ! x\n---\na: 1\n", "3:1 yaml-directive"),
        ("a: 1\n---\nb: 2\n", "2:1 several-documents"),
        ("a: 1\n...\nb: 2\n", "3:1 several-documents"),
        ("", "1:1 empty-file"),
        ("---\n", "1:1 empty-file"),
        ("text\n", "1:1 not-a-mapping"),
        ("[1]\n", "1:1 not-a-mapping"),
        ("a: {b: 1, b: 2}\n", "1:11 duplicate-key"),
        ("a: 1\n'a': 2\n", "2:1 duplicate-key"),
        ("? [a, b]\n: 1\n", "1:3 key-not-text"),
        ("a: {{ x }}\n", "1:5 key-not-text"),
        ("true: 1\n", "1:1 key-not-text"),
        ("1.5: 1\n", "1:1 key-not-text"),
        (": 1\n", "1:1 key-not-text"),
        ("a: &k b\n*k : 1\n", "2:1 key-not-text"),
        ("0123: 1\n", "1:1 ambiguous-number"),
        ("yes: 1\n", "1:1 yaml-1-1-word"),
        ("thank\u200byou: 1\n", "1:1 invisible-character"),
        ("thank\u00a0you: 1\n", "1:1 invisible-character"),
        ("stаge: 1\n", "1:1 mixed-script"),
        ("a: [wеlcome]\n", "1:5 mixed-script"),
        ("a: 1\nstage： growth\nb: 1\n", "2:6 full-width-colon"),
        ("stage： growth\nb: 1\n", "1:6 full-width-colon"),
        ("a:\n  holdout： 10%\n", "2:10 full-width-colon"),
        ("a: {<<: [1]}\n", "1:9 merge-key"),
        ("a: {<<: 1}\n", "1:9 merge-key"),
        ("a: &a {b: 1}\nc: &c {<<: *a}\nd: {<<: *c}\n", "3:9 merge-key"),
        ("k" * 1025 + ": 1\n", "1:1 key-too-long"),
        ('"' + "k" * 1025 + '": 1\n', "1:1 key-too-long"),
        ("? " + "k" * 1025 + "\n: 1\n", "1:3 key-too-long"),
        ("a: x\x07\n", "1:5 control-character"),
        ("a: \ud800\n", "1:4 control-character"),
    ],
)
def test_what_is_refused_and_where(text: str, expected: str) -> None:
    assert faults(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "1001: {category: tea}\n",  # product keys are free text
        "茶: 1\nчай: 2\nthé: 3\n",
        "Earl Grey чай: 1\n",  # two words, two alphabets, no disguise
        "5μm filter: 1\n",
        'subject: "特价：今天"\n',
        "subject: 特价：今天\n",
        "url: https://shop.example/a:b\n",
        "name: it's\n",
        "---\na: 1\n...\n",
        "pronoun: \u200fשלום\n",
        "body: '{% for item in order.items %}{{ item }}{% endfor %}'\n",
        "body: '{% for i in (1..10) %}{% for j in (1..100) %}x{% endfor %}{% endfor %}'\n",
    ],
)
def test_what_is_not_refused(text: str) -> None:
    assert faults(text) == []


def test_a_duplicate_shows_both_places() -> None:
    _, found = read("name: a\nstage: growth\nname: b\n")
    assert found[0].message == "key 'name' already set on line 1"
    assert found[0].span == Span("shop.yaml", 3, 1, 3, 5)
    assert found[0].labels[0].span == Span("shop.yaml", 1, 1, 1, 5)


def test_one_key_in_two_unicode_forms_is_one_key() -> None:
    document, found = read("caf\u00e9: 1\ncafe\u0301: 2\n")
    assert [one.rule for one in found] == ["duplicate-key"]
    assert "stored differently" in found[0].message
    assert document is not None and list(document.data) == ["caf\u00e9"]  # type: ignore[arg-type]


def test_all_refusals_of_a_file_come_at_once() -> None:
    text = "a: !x 1\nb: 0x1F\nc: *gone\nd: {e: 1, e: 2}\n? [f]\n: 1\ng: no\n"
    assert faults(text) == [
        "1:4 yaml-tag",
        "2:4 ambiguous-number",
        "3:4 undefined-alias",
        "4:11 duplicate-key",
        "5:3 key-not-text",
        "7:4 yaml-1-1-word",
    ]
    assert covered(text)[0] == ("yaml-tag", "!x")


def test_a_misspelt_alias_gets_the_right_one() -> None:
    _, found = read("a: &delay 1d\nb: *dealy\n")
    assert found[0].help == "did you mean `*delay`?"


def test_an_unquoted_colon_gets_the_line_to_write() -> None:
    _, found = read("subject: Tea: now 20% off  # sale\n")
    assert found[0].help == 'write "Tea: now 20% off"'


# --- secrets and templates -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("pk_" + "0123456789abcdef" * 2 + "01", "Klaviyo"),
        ("sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc", "Stripe"),
        ("xoxb" + "-123456789012-abcdefABCDEF", "Slack"),
        ("AKIA" + "IOSFODNN7EXAMPLE", "AWS"),
    ],
)
@pytest.mark.parametrize("line", ["api_key: {}", "# {}", 'note: "see {}"', "{}: 1"])
def test_a_secret_is_an_error_and_printed_nowhere(secret: str, kind: str, line: str) -> None:
    text = f"playbook: 1\n{line.format(secret)}\n"
    _, found = read(text)
    assert [one.rule for one in found] == ["secret-in-file"]
    assert kind in found[0].message
    assert SourceFile("shop.yaml", text).slice(found[0].span) == secret
    assert secret not in repr(found[0])


def test_a_secret_of_unknown_shape_is_known_by_its_key() -> None:
    assert covered("password: hunter2hunter2hunter2\n") == [
        ("secret-in-file", "hunter2hunter2hunter2")
    ]
    assert faults("api_key_env: KLAVIYO_API_KEY\ntoken: customer.token\n") == []


@pytest.mark.parametrize(
    "loop",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% for i in (1..100) %}{%- for j in (1..100) -%}x{% endfor %}{% endfor %}",
        "{% for i in range(5000) %}x{% endfor %}",
        "{% tablerow i in (1..99999) %}x{% endtablerow %}",
        "{% for i in (1.." + "9" * 5000 + ") %}x{% endfor %}",
    ],
)
def test_a_template_that_never_ends_is_an_error(loop: str) -> None:
    assert [rule for rule, _ in covered(f'subject: "{loop}"\n')] == ["template-loop"]


# --- limits --------------------------------------------------------------------------------------


def test_depth_is_limited_to_32() -> None:
    def nested(depth: int) -> str:
        return "a: " + "[" * (depth - 1) + "]" * (depth - 1) + "\n"

    assert faults(nested(32)) == []
    assert faults(nested(33)) == ["1:35 nested-too-deep"]


def test_nodes_are_limited_to_200_000() -> None:
    assert faults("a: [" + "1," * 19_999 + "]\n") == []
    assert [fault.split()[1] for fault in faults("a: [" + "1," * 200_001 + "]\n")] == [
        "too-many-nodes"
    ]


def test_aliases_expand_to_10_000_nodes() -> None:
    block = "a: &a [" + "1," * 999 + "]\n"
    assert faults(block + "b: [" + "*a," * 10 + "]\n") == []
    assert faults(block + "b: [" + "*a," * 11 + "]\n") == ["2:35 alias-expansion"]


@pytest.mark.parametrize(
    "text",
    [
        "a: [" * 400_000,
        '"\\"' * 600_000,
        "a: 1" + " " * 1_900_000 + "x: y",
        "a: {" + "'b " * 600_000,
        "\r\n" * 900_000 + "x",
        "a: &x" + " " * 1_900_000 + "b: c",
        "token=" * 300_000,
        "eyJ-" * 450_000,
        "xoxa-" * 380_000,
        "{% for " + " " * 1_900_000,
        "{% for a in (" * 140_000,
        "secret: pk_" * 170_000,
        "a: " + "- " * 900_000,
        "? " * 900_000,
        "a: *b\n" * 30_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_text_keeps_the_reader_busy(text: str) -> None:
    started = time.process_time()
    _, found = read(text)
    assert found
    assert time.process_time() - started < 20


# --- properties ----------------------------------------------------------------------------------


def paths(value: Data, path: Path = ()) -> Iterator[Path]:
    """Return the path of a value and of everything below it."""
    yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from paths(below, (*path, index))


def looked_up(value: Data, path: Path) -> Data:
    """Return what stands at a path."""
    for step in path:
        value = value[step]  # type: ignore[index,call-overload]
    return value


# Letters of several scripts, wide and right-to-left ones, and all that YAML gives a meaning.
_CHARACTERS = "ab z09_-.:#'\"\\,[]{}&*!|>%@`?~\t\n世ßשى😀é"
_KEYS = st.text("abcdefghijklmnopqrstuvwxyz-_", min_size=1, max_size=12).filter(
    lambda key: key not in ("null", "true", "false", "yes", "no", "on", "off", "-", "---")
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(_CHARACTERS, max_size=30)
    | st.sampled_from(["no", "010", "1e6", "2024-02-30", "null", "22:30", "=", "<<", "- a"])
)
_DATA = st.dictionaries(
    _KEYS,
    st.recursive(
        _SCALARS,
        lambda below: st.lists(below, max_size=4) | st.dictionaries(_KEYS, below, max_size=4),
        max_leaves=12,
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=150)
@given(_DATA, st.booleans(), st.sampled_from([40, 1000]), st.booleans())
def test_what_yaml_prints_is_read_back(
    printed: dict[str, Data], flow: bool, width: int, unicode: bool
) -> None:
    text = yaml.safe_dump(
        printed,
        default_flow_style=flow,
        width=width,
        allow_unicode=unicode,
        sort_keys=False,
    )
    document, found = read(text)
    assert document is not None
    # PyYAML prints `1e6`, text to itself, without quotes.
    assert {one.rule for one in found} <= {"ambiguous-number"}
    assert document.data == printed
    assert set(document.places) == set(paths(printed))


@settings(max_examples=150)
@given(_DATA)
def test_every_span_covers_its_text(printed: dict[str, Data]) -> None:
    document, _ = read(json.dumps(printed, ensure_ascii=False, indent=1))
    assert document is not None
    for path, place in document.places.items():
        written = document.source.slice(place.value)
        assert json.loads(written) == looked_up(printed, path)
        if place.key is not None:
            assert json.loads(document.source.slice(place.key)) == path[-1]


@settings(max_examples=100)
@given(_DATA)
def test_plain_scalars_are_covered_letter_by_letter(printed: dict[str, Data]) -> None:
    document, _ = read(yaml.safe_dump(printed, allow_unicode=True))
    assert document is not None
    for place in document.places.values():
        if place.text is not None and place.plain and place.value.line == place.value.end_line:
            assert document.source.slice(place.value) == place.text


@settings(max_examples=100)
@given(_DATA, st.randoms(use_true_random=False))
def test_permuting_keys_changes_positions_only(
    printed: dict[str, Data],
    random: object,
) -> None:
    keys = list(printed)
    random.shuffle(keys)  # type: ignore[attr-defined]
    first, _ = read(yaml.safe_dump(printed, sort_keys=False))
    second, _ = read(yaml.safe_dump({key: printed[key] for key in keys}, sort_keys=False))
    assert first is not None and second is not None
    assert first.data == second.data
    assert set(first.places) == set(second.places)
    assert list(second.data) == keys  # type: ignore[arg-type]
    for path, place in first.places.items():
        if path:
            assert first.source.slice(place.value) == second.source.slice(second.places[path].value)


_LINES = st.lists(
    st.sampled_from(
        [
            "a: 1",
            "  b: 2",
            "- c",
            "  - d: e",
            "\t",
            "f: {g: h",
            "}",
            "[i,",
            "]",
            "j: &k",
            "l: *k",
            "<<: *k",
            '"m',
            "'",
            "n: |",
            "? o",
            ": p",
            "---",
            "...",
            "%Q",
            "!r",
            "s： t",
            "",
            "#",
            "0x1F: 010",
        ]
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=400)
@given(
    st.text(_CHARACTERS + "\r\u2028\u202e\x00\ufeff\ud800", max_size=60)
    | st.text(max_size=60)
    | _LINES
)
@example('"\\Uffffffff": 1')
@example('"\\')
@example("&a ")
@example("!")
@example("a: !")
@example("{")
@example("[?")
@example("[0:")
@example("[{}: ")
@example("- ? |\n")
def test_any_text_gives_a_document_or_an_error_within_the_file(text: str) -> None:
    source = SourceFile("shop.yaml", text)
    document, found = parse(source)
    assert document is not None or any(one.is_error for one in found)
    spans = [one.span for one in found] + [label.span for one in found for label in one.labels]
    if document is not None:
        spans += [place.value for place in document.places.values()]
        spans += [place.key for place in document.places.values() if place.key is not None]
        assert set(document.places) >= set(paths(document.data))
    for span in spans:
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert span.line >= 1 and span.end_line <= len(source.lines)
        assert 1 <= span.column <= len(source.lines[span.line - 1]) + 1
        assert 1 <= span.end_column <= len(source.lines[span.end_line - 1]) + 1


def test_a_question_mark_that_goes_on_a_text_is_read_by_libyaml_only() -> None:
    """The one known difference: PyYAML's own reader takes it for a complex key and refuses it."""
    text = "f: {g: h\n? o\n}"
    document, found = read(text)
    assert document is not None and document.data == {"f": {"g": "h ? o"}} and not found
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        document, found = read(text)
    assert document is None and [one.is_error for one in found] == [True]


@settings(max_examples=150)
@given(_LINES)
def test_without_libyaml_the_same_is_read(text: str) -> None:
    assume("\n?" not in text)  # see above
    fast = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader")
        slow = read(text)
    assert (fast[0] is None) == (slow[0] is None)
    if fast[0] is not None and slow[0] is not None:
        assert fast[0].data == slow[0].data
        assert set(fast[0].places) == set(slow[0].places)
        assert [one.rule for one in fast[1]] == [one.rule for one in slow[1]]
