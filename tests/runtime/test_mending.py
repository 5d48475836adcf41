"""`check --fix`: whatever a finding offers to mend is mended, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, folder
from tests.compiler.rule_pages import DEFAULTS, MAIN, RULES, Example, examples
from tests.runtime.cli.command import GOOD

from playbook_compiler.diagnostics import Diagnostic, Fix
from playbook_compiler.fixes import with_fixes
from playbook_compiler.source import SourceFile, Span
from playbook_runtime.checked import compile_and_check
from playbook_runtime.mending import Mended, edited, mend

FAILING = [
    (name, number)
    for name in RULES
    for number, example in enumerate(examples(name, "Fails"))
    if MAIN in example.files
]


HEAD = "".join(DEFAULTS.values())
WRITTEN = 'body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"'


def mended(path: Path, *, unsafe: bool = False) -> Mended:
    return mend(str(path), list, unsafe=unsafe, given={})


def offered(path: Path) -> list[Diagnostic]:
    return [one for one in compile_and_check(str(path)).diagnostics if one.fix is not None]


@pytest.mark.parametrize(("name", "number"), FAILING)
def test_what_a_page_shows_with_a_fix_is_gone_after_it(
    name: str, number: int, tmp_path: Path
) -> None:
    example: Example = examples(name, "Fails")[number]
    shop = folder(tmp_path / "shop", example.files)
    before = {
        (one.rule, one.message) for one in offered(shop) if one.fix is not None and one.rule == name
    }
    result = mended(shop, unsafe=True)
    after = {(one.rule, one.message) for one in result.compiled.diagnostics}
    assert not before & after
    assert bool(before) <= bool(result.fixed)
    assert result.fixed == 0 or result.after


@pytest.mark.parametrize(("name", "number"), FAILING)
def test_a_guess_that_is_told_can_be_taken(name: str, number: int, tmp_path: Path) -> None:
    shop = folder(tmp_path / "shop", examples(name, "Fails")[number].files)
    told = [
        one
        for one in compile_and_check(str(shop)).diagnostics
        if one.help.startswith("did you mean")
    ]
    assert [one.rule for one in told if one.fix is None] == []


@pytest.mark.parametrize(
    "text", ['"A \\"new\\" {{ customer.frist_name }}"', "'It''s {{ customer.frist_name }}'"]
)
def test_a_text_whose_places_are_not_known_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    message = f"messages: {{hello: {{subject: {text}, {WRITTEN}}}}}\n"
    main = "".join(line for name, line in DEFAULTS.items() if name != "messages") + message + FLOW
    shop = folder(tmp_path / "shop", {"playbook.yaml": main})
    before = (shop / "playbook.yaml").read_bytes()
    result = mended(shop, unsafe=True)
    assert "unknown-variable" in {one.rule for one in result.compiled.diagnostics}
    assert not result.fixed
    assert (shop / "playbook.yaml").read_bytes() == before


CASES = {
    "event": ("trigger: order_placd", "trigger: order_placed"),
    "key": ("triger: order_placed", "trigger: order_placed"),
    "quoted key": ('"triger": order_placed', '"trigger": order_placed'),
    "kind key": ("trigger: {inactive_fr: 90d}", "trigger: {inactive_for: 90d}"),
    "duration": ("trigger: {inactive_for: 3 days}", "trigger: {inactive_for: 3d}"),
    "quoted duration": ("trigger: {inactive_for: '2 weeks'}", "trigger: {inactive_for: '2w'}"),
    "stage": ("trigger: sign_up\n    stages: growht+", "stages: growth+"),
    "message": ("trigger: sign_up\n    steps: [send: helo]", "steps: [send: hello]"),
    "fact": ("trigger: sign_up\n    audience: ordrs >= 2", "audience: orders >= 2"),
    "function": ("trigger: sign_up\n    audience: recieved(email)", "audience: received(email)"),
    "value": ("trigger: sign_up\n    audience: rfm = champions", "audience: rfm = champion"),
    "comma": (
        "trigger: {event: order_placed, where: rfm in (champion, loyal)}",
        'where: "rfm in (champion, loyal)"}',
    ),
    "flag": ("trigger: sign_up\n    enabled: 'no'", "enabled: false"),
    "word": ("trigger: sign_up\n    existing: skp", "existing: skip"),
}


@pytest.mark.parametrize(("written", "expected"), CASES.values(), ids=CASES)
def test_slips_of_all_kinds_are_mended(written: str, expected: str, tmp_path: Path) -> None:
    steps = "" if "steps:" in written else "    steps: [send: hello]\n"
    text = f"{HEAD}flows:\n  # the first\n  it:\n    {written}  # kept\n{steps}"
    shop = folder(tmp_path, {MAIN: text})
    result = mended(shop)
    (changed,) = result.after.values()
    assert f"{expected}  # kept\n" in changed.decode()
    assert "# the first" in changed.decode()
    assert not [one for one in result.compiled.diagnostics if one.is_error]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("gross_margin: 0.58", "gross_margin: 58%"),
        ("gross_margin: 58", "gross_margin: 58%"),
        ("gross_margin: 58,5%", "gross_margin: 58.5%"),
        ('gross_margin: "58,5 %"', 'gross_margin: "58.5%"'),
        ("{gross_margin: 58%, monthly_budget: 30,50}", "monthly_budget: 30.50"),
        ("{gross_margin: 58%, monthly_budget: 600 €}", "monthly_budget: 600"),
        ("{gross_margin: 58%, message_costs: {emial: 0.01}}", "message_costs: {email: 0.01}"),
    ],
)
def test_shares_amounts_and_channels_are_mended(
    written: str, expected: str, tmp_path: Path
) -> None:
    inside = written if written.startswith("{") else f"{{{written}}}"
    text = f"{HEAD}{FLOW}economics: {inside}\n"
    if "," in written and not written.startswith("{"):
        text = f"{HEAD}{FLOW}economics:\n  {written}\n"
    result = mended(folder(tmp_path, {MAIN: text}))
    (changed,) = result.after.values()
    assert expected in changed.decode()
    assert not [one for one in result.compiled.diagnostics if one.is_error]


def test_an_unclear_guess_is_made_only_when_asked_for(tmp_path: Path) -> None:
    text = f"{HEAD}{FLOW}".replace("120d", "120")
    shop = folder(tmp_path, {MAIN: text})
    assert mended(shop).after == {}
    (changed,) = mended(shop, unsafe=True).after.values()
    assert b"inactive_for: 120d" in changed


def test_line_ends_the_byte_order_mark_and_other_files_stay(tmp_path: Path) -> None:
    shop = folder(tmp_path, {MAIN: ""})
    text = f"include: [more.yaml]\n{HEAD}{FLOW}".replace("120d", "4 weeks")
    (shop / MAIN).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (shop / "more.yaml").write_bytes(b"audiences: {}\r")
    result = mended(shop)
    assert list(result.after) == [str(shop / MAIN)]
    assert result.after[str(shop / MAIN)] == (
        b"\xef\xbb\xbf" + text.replace("4 weeks", "4w").replace("\n", "\r\n").encode()
    )


def test_nothing_is_written(tmp_path: Path) -> None:
    shop = folder(tmp_path, {MAIN: f"{HEAD}{FLOW}".replace("120d", "4 weeks")})
    before = (shop / MAIN).read_bytes()
    assert mended(shop).fixed == 1
    assert (shop / MAIN).read_bytes() == before


def test_mistakes_that_appear_once_others_are_mended_are_mended_too(tmp_path: Path) -> None:
    text = f"{HEAD}{FLOW}".replace("120d", "4 weeks") + "audiences: {all: ordrs >= 1}\n"
    text = text.replace("flows:\n", "flows:\n  other: {trigger:sign_up, steps: [send: hello]}\n")
    result = mended(folder(tmp_path, {MAIN: text}))
    assert result.fixed == 3
    assert not [one for one in result.compiled.diagnostics if one.is_error]


def test_a_tactic_of_the_product_is_not_edited(tmp_path: Path) -> None:
    text = f"{HEAD}{FLOW}use: {{thank-you: {{again: 3 days}}}}\n"
    result = mended(folder(tmp_path, {MAIN: text}))
    assert [Path(name).name for name in result.after] == [MAIN]


SOURCE = SourceFile("shop.yaml", "a: one\r\nb: two\rc: three\n")


def at(line: int, start: int, end: int) -> Span:
    return Span("shop.yaml", line, start, line, end)


def test_edits_go_by_lines_and_columns_whatever_ends_a_line() -> None:
    fixes = [Fix(at(3, 4, 9), "3"), Fix(at(1, 4, 7), "1"), Fix(at(2, 4, 7), "2")]
    assert with_fixes(SOURCE, fixes) == ("a: 1\r\nb: 2\rc: 3\n", 3)


def test_of_edits_that_overlap_one_is_made() -> None:
    fixes = [Fix(at(1, 4, 7), "1"), Fix(at(1, 5, 7), "x"), Fix(at(1, 4, 7), "1")]
    assert with_fixes(SOURCE, fixes) == ("a: 1\r\nb: two\rc: three\n", 1)


def test_an_edit_that_breaks_the_file_is_left_out() -> None:
    fixes = [Fix(at(1, 4, 7), "{"), Fix(at(2, 4, 7), "2")]
    assert edited(SOURCE, fixes) == ("a: one\r\nb: 2\rc: three\n", 1)


BODY = "Hello {{ customer.first_nam }}\r\n{{ sender_address }} {{ unsubscribe_url }}\r\n"


@pytest.mark.parametrize("name", ["texts/hello.md", "texts/hello.txt", "texts/hello.html"])
def test_a_text_that_body_names_is_a_file_of_the_playbook(name: str, tmp_path: Path) -> None:
    shop = folder(tmp_path / "shop", {"playbook.yaml": GOOD.replace(WRITTEN, f"body: {name}")})
    text = shop / name
    text.parent.mkdir()
    text.write_bytes(BODY.encode())
    found = next(one for one in offered(shop) if one.span.file.endswith(name))
    (source,) = (one for one in compile_and_check(str(shop)).sources if one.path == found.span.file)
    assert source.slice(found.span) == "customer.first_nam"
    result = mended(shop)
    assert result.after == {str(text): BODY.replace("first_nam", "first_name").encode()}
    assert not result.compiled.diagnostics


def test_a_text_that_is_missing_is_told_at_its_name(tmp_path: Path) -> None:
    shop = folder(tmp_path / "shop", {"playbook.yaml": GOOD.replace(WRITTEN, "body: helo.md")})
    (shop / "hello.md").write_text("Hello {{ sender_address }} {{ unsubscribe_url }}\n")
    compiled = compile_and_check(str(shop))
    assert [one.rule for one in compiled.diagnostics] == ["no-such-file"]
    assert compiled.graph is None
    assert "body: hello.md" in next(iter(mended(shop).after.values())).decode()


def test_a_line_of_a_text_silences_nothing(tmp_path: Path) -> None:
    shop = folder(tmp_path / "shop", {"playbook.yaml": GOOD.replace(WRITTEN, "body: hello.txt")})
    (shop / "hello.txt").write_text("# playbook: ignore[wait-zero] why\n{{ sender_address }}\n")
    rules = {one.rule for one in compile_and_check(str(shop)).diagnostics}
    assert not rules & {"unused-ignore", "bad-ignore"}
