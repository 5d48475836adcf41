"""The wording of what this reader refuses although YAML allows it."""

from __future__ import annotations

from playbook_compiler.diagnostics import Diagnostic, Fix, Label, error, nearest, shown
from playbook_compiler.fixes import is_clear
from playbook_compiler.scalars import Complaint, quoted
from playbook_compiler.source import Span

DEPTH_LIMIT = 32
NODE_LIMIT = 200_000
ALIAS_LIMIT = 10_000
KEY_LIMIT = 1_024


class RefusedError(Exception):
    """Stops the reading of a file that can't be read on; caught where the reading began."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def merge_conflict(span: Span) -> Diagnostic:
    """Return the error for the first of git's three marker lines."""
    return error(
        "merge-conflict",
        "an unresolved merge conflict: two versions of these lines stand here",
        span,
        caption="git's mark, not part of the playbook",
        help="keep one side and remove the three marker lines",
    )


def no_content(span: Span) -> Diagnostic:
    """Return the error for a file of nothing but comments."""
    return error(
        "empty-file",
        "file has no content",
        span,
        help="a playbook begins with `playbook: 1` and `name: ...`",
    )


def not_a_mapping(found: str, span: Span) -> Diagnostic:
    """Return the error for a file whose root is a list or a text."""
    return error(
        "not-a-mapping",
        f"expected a mapping, found {found}",
        span,
        caption="the file begins with this",
        help="write `key: value` lines at the top level",
    )


def too_deep(span: Span) -> Diagnostic:
    """Return the error for the first block beyond the depth limit."""
    return error(
        "nested-too-deep",
        f"nesting deeper than {DEPTH_LIMIT} levels",
        span,
        caption=f"level {DEPTH_LIMIT + 1}",
        help="flatten it: a flow can `start` another flow",
    )


def too_many_nodes(span: Span) -> Diagnostic:
    """Return the error for the first node beyond the limit of a file."""
    return error(
        "too-many-nodes",
        f"more than {NODE_LIMIT:,} keys and values in one file",
        span,
        help="split it: `include: [flows/*.yaml]` joins the parts",
    )


def too_many_aliases(span: Span) -> Diagnostic:
    """Return the error for the alias that goes over the limit."""
    return error(
        "alias-expansion",
        f"aliases expand to more than {ALIAS_LIMIT:,} nodes (limit {ALIAS_LIMIT:,})",
        span,
        caption="this one goes over",
        help="write the repeated part once",
    )


def undefined_alias(name: str, known: list[str], written: str, span: Span) -> Diagnostic:
    """Return the error for an alias without its anchor."""
    like = nearest(name, known)
    return error(
        "undefined-alias",
        f"found undefined alias '{shown(name)}'",
        span,
        caption="no `&" + shown(name) + "` before this",
        help=f"did you mean `*{like}`?" if like else f'write "{shown(written)}" if it is text',
        fix=Fix(span, f"*{like}", is_clear(name, like, known)) if like else None,
    )


def cyclic_alias(name: str, span: Span) -> Diagnostic:
    """Return the error for an alias to the block that it stands in."""
    return error(
        "cyclic-alias",
        f"alias *{shown(name)} refers to a block that contains it",
        span,
        caption="inside itself",
        help="write out what is meant here",
    )


def tag_not_allowed(tag: str, span: Span) -> Diagnostic:
    """Return the error for a YAML tag."""
    return error(
        "yaml-tag",
        f"tag {shown(tag)} is not allowed",
        span,
        caption="a YAML tag",
        help="delete it; put the value in quotes if it is text",
    )


def directive_not_allowed(span: Span) -> Diagnostic:
    """Return the error for a line such as `%YAML 1.2` before the content."""
    return error(
        "yaml-directive",
        "%YAML and %TAG directives are not allowed",
        span,
        caption="a directive",
        help="delete the line",
    )


def duplicate_key(key: str, twin: bool, first: Span, second: Span) -> Diagnostic:
    """Return the error for a key that its mapping has already, with the place of the first."""
    same = " (the same letters, stored differently)" if twin else ""
    return error(
        "duplicate-key",
        f"key '{shown(key)}' already set on line {first.line}{same}",
        second,
        caption="set again",
        help="keep one of the two",
        labels=(Label(first, "first set here"),),
    )


def keys_for_items(key: str, item: str, first: Span, second: Span) -> Diagnostic:
    """Return the error for `steps:` with keys below it, one of them twice, where items belong."""
    return error(
        "wrong-shape",
        f"`{key}` is a list: begin each item with a dash and a space",
        second,
        caption=f"expected `- {shown(item)}: ...`",
        help=f"write `- ` before this and before each other item of `{key}`",
        labels=(Label(first, "the first item has no dash either"),),
    )


def key_not_text(written: str, span: Span) -> Diagnostic:
    """Return the error for a key that is a list, a mapping, an alias, a number or nothing."""
    one_line = written.partition("\n")[0]
    return error(
        "key-not-text",
        "keys must be text",
        span,
        caption="not text",
        help=(
            "text with braces belongs in quotes"
            if one_line.startswith("{")
            else f'write "{shown(one_line)}" if it is a name'
            if one_line
            else "write a name before the colon"
        ),
    )


def empty_key(span: Span) -> Diagnostic:
    """Return the error for a key without a letter."""
    return error(
        "key-not-text",
        "keys must be text",
        span,
        caption="an empty key",
        help="write a name before the colon",
    )


def bad_merge(span: Span) -> Diagnostic:
    """Return the error for a merge key that copies more than one block."""
    return error(
        "merge-key",
        "merge keys may not be lists or nested more than 1 level",
        span,
        caption="expected one `*name` of a mapping without `<<`",
        help="write the keys out, or merge one block only",
    )


def bad_escape(code: int, span: Span) -> Diagnostic:
    """Return the error for an escape that makes a forbidden character."""
    return error(
        "bad-escape",
        f"the escape of U+{code:04X} makes a character that is not allowed",
        span,
        caption="inside these quotes",
        help="write text without control characters",
    )


def about_key(complaint: Complaint, text: str, span: Span) -> Diagnostic:
    """Return a complaint about a scalar that is a key, which is text in any case."""
    written = quoted(text)
    return Diagnostic(
        complaint.rule,
        complaint.severity,
        f"key {complaint.message}",
        span,
        complaint.caption,
        f"write {written}",
        fix=Fix(span, written),
    )
