"""The bytes of a file: what is accepted, and where the first wrong byte or character stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook_compiler.decode import FILE_LIMIT_BYTES, decode, encoding_guess


def only(raw: bytes) -> tuple[str, str, int, int]:
    """Return rule, message, line and column of the one finding in a file."""
    _, found = decode("shop.yaml", raw)
    assert len(found) == 1, found
    span = found[0].span
    return found[0].rule, found[0].message, span.line, span.column


def test_utf8_with_and_without_a_mark_is_the_same_text() -> None:
    plain, found = decode("shop.yaml", "name: Grüße\n".encode())
    marked, also = decode("shop.yaml", "name: Grüße\n".encode("utf-8-sig"))
    assert plain == marked
    assert plain is not None and plain.text == "name: Grüße\n"
    assert not found and not also


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_named(encoding: str) -> None:
    rule, message, line, column = only("name: shop\n".encode(encoding))
    assert (rule, line, column) == ("not-utf-8", 1, 1)
    assert message == "file is UTF-16, save it as UTF-8"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_utf32_is_named(encoding: str) -> None:
    assert only("name: shop\n".encode(encoding))[1] == "file is UTF-32, save it as UTF-8"


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        ("name: 老客户\n", "gbk", "GBK"),
        ("name: café au lait\n", "latin-1", "Latin-1"),
        ("name: “shop” – the one\n", "cp1252", "Windows-1252"),
    ],
)
def test_the_encoding_is_guessed(text: str, encoding: str, guess: str) -> None:
    raw = text.encode(encoding)
    rule, message, line, _ = only(b"playbook: 1\n" + raw)
    assert (rule, line) == ("not-utf-8", 2)
    assert message.endswith(f"is not UTF-8 (looks like {guess})")
    assert encoding_guess(raw) == guess


def test_the_first_wrong_byte_is_counted_in_characters() -> None:
    raw = "a: 1\r\nñandú: ".encode() + b"\xe9\n"
    rule, message, line, column = only(raw)
    assert (rule, line, column) == ("not-utf-8", 2, 8)
    assert message == "byte 0xE9 is not UTF-8 (the text before it is UTF-8)"


def test_a_file_cut_off_inside_a_character() -> None:
    assert "cut off" in only("name: é".encode()[:-1])[1]


def test_a_file_over_two_megabytes_is_refused_unread() -> None:
    source, found = decode("big.yaml", b"#" * (FILE_LIMIT_BYTES + 1))
    assert source is None
    assert found[0].rule == "file-too-large"
    assert decode("big.yaml", b"#" * FILE_LIMIT_BYTES)[1] == []


def test_another_format_is_named() -> None:
    assert only(b"PK\x03\x04rest of a workbook")[:2] == (
        "not-text",
        "this is a ZIP or Office file, not text",
    )


@pytest.mark.parametrize(
    ("char", "rule"),
    [
        ("\x00", "control-character"),
        ("\x07", "control-character"),
        ("\x1b", "control-character"),
        ("\x7f", "control-character"),
        ("\x9f", "control-character"),
        ("\ufeff", "control-character"),
        ("\x85", "line-separator"),
        ("\u2028", "line-separator"),
        ("\u2029", "line-separator"),
        ("\u202e", "bidi-control"),
        ("\u2066", "bidi-control"),
    ],
)
def test_forbidden_characters_are_located(char: str, rule: str) -> None:
    source, found = decode("shop.yaml", f"a: 1\nb: x{char}y\n".encode())
    assert source is not None, "kept, so that the line can be shown"
    assert [(one.rule, one.span.line, one.span.column) for one in found] == [(rule, 2, 5)]
    assert f"U+{ord(char):04X}" in found[0].message
    assert char not in found[0].message


def test_tabs_emoji_and_right_to_left_text_are_no_trouble() -> None:
    source, found = decode("shop.yaml", 'subject: "\t👩‍👧 שלום"\r\n'.encode())
    assert source is not None and not found


def test_a_file_of_control_characters_is_reported_twenty_times_not_a_million() -> None:
    _, found = decode("shop.yaml", b"\x01" * 1_000_000)
    assert len(found) == 20


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_an_error(raw: bytes) -> None:
    source, found = decode("shop.yaml", raw)
    if source is None:
        assert found
    else:
        assert source.text.encode() == raw.removeprefix(b"\xef\xbb\xbf")
    for one in found:
        assert one.is_error
        assert one.span.line >= 1 and one.span.column >= 1
