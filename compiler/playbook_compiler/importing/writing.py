"""An imported playbook as the files of a folder, in the form that `playbook fmt` leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from playbook_compiler.format import format_source
from playbook_compiler.importing.finishing import MAIN
from playbook_compiler.importing.imported import Data, Imported
from playbook_compiler.printing_yaml import Written, yaml_text
from playbook_compiler.source import SourceFile

# Up to so many stand in one file; more of them are easier to find in files of their own.
FLOWS_IN_ONE_FILE: Final = 3
MESSAGES_IN_ONE_FILE: Final = 5
_HEAD: Final = ("playbook", "name", "currency", "timezone", "sender")


def files_of(imported: Imported) -> Mapping[str, bytes]:
    """Return the files by their path in the folder, sorted."""
    data = dict(imported.data)
    files: dict[str, str] = {}
    include: list[Written] = []
    flows, messages = data.get("flows"), data.get("messages")
    if isinstance(flows, dict) and len(flows) > FLOWS_IN_ONE_FILE:
        include.append("flows/*.yaml")
        del data["flows"]
        for name, flow in flows.items():
            files[f"flows/{name}.yaml"] = yaml_text({"flows": {name: flow}})
    if isinstance(messages, dict) and len(messages) > MESSAGES_IN_ONE_FILE:
        include.append("messages/*.md")
        del data["messages"]
        for name, message in messages.items():
            assert isinstance(message, dict)
            files[f"messages/{name}.md"] = _markdown(message)
    head: Data = {name: data.pop(name) for name in _HEAD if name in data}
    whole: Data = {**head, "include": include, **data} if include else {**head, **data}
    files[MAIN] = yaml_text(whole)
    return {name: _formatted(name, files[name]).encode() for name in sorted(files)}


def _formatted(name: str, text: str) -> str:
    """Return a file with its keys in the language's order."""
    formatted, _ = format_source(SourceFile(name, text))
    assert formatted is not None, f"{name} is not YAML"
    return formatted


def _markdown(message: Data) -> str:
    """Return a message as a Markdown file with its settings in front."""
    settings = {name: value for name, value in message.items() if name != "body"}
    body = message.get("body")
    text = body.strip("\n") if isinstance(body, str) else ""
    return f"---\n{yaml_text(settings)}---\n{text}\n"
