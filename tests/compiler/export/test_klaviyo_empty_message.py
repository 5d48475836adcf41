"""A message without a text is not exported in silence: its template would be empty."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, folder

from playbook_compiler.driver import compile_playbook
from playbook_compiler.export.registry import all_targets

SHOP = (
    HEAD
    + """\
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in}}
messages: {hello: {subject: Hi}}
flows: {f: {trigger: sign_up, steps: [send: hello]}}
"""
)


@pytest.mark.parametrize("allow_lossy", [False, True])
def test_a_message_without_a_text_stops_the_export_unless_allowed(
    allow_lossy: bool, tmp_path: Path
) -> None:
    graph = compile_playbook(str(folder(tmp_path, {"playbook.yaml": SHOP}))).graph
    assert graph is not None
    bundle, found = all_targets()["klaviyo"].export(graph, allow_lossy=allow_lossy)
    about = [one for one in found if "has no text" in one.message]
    assert len(about) == (0 if allow_lossy else 1)
    if allow_lossy:
        assert bundle is not None
        (entry,) = [one for one in bundle.lowering.entries if one.construct == "message.body"]
        assert "the template is empty" in entry.how
