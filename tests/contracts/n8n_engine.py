"""n8n's own parser and Node, asked through one process for as many workflows as there are.

The package is found in the folder that PLAYBOOK_N8N_WORKFLOW names, else where `make n8n` puts it,
outside of the project.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Json = Any
VARIABLE = "PLAYBOOK_N8N_WORKFLOW"
# One question a line, one answer a line. `run` executes a Code node with what n8n gives it.
_PROGRAM = r"""
const { createInterface } = require('node:readline');
const folder = process.argv[1];
const parser = folder ? require(folder) : null;
const luxon = () => require(require.resolve('luxon', { paths: [folder] }));
const expressions = () => {
  const at = require.resolve('@n8n/tournament', { paths: [folder] });
  const { Tournament } = require(at);
  return new Tournament();
};
let tournament = null;
const answers = {
  parse: ({ workflow }) => parser.safeParseWorkflowStructure(workflow),
  syntax: ({ code }) => { new Function(code); return true; },
  expression: ({ text }) => {
    tournament ??= expressions();
    tournament.getExpressionCode(text);
    return true;
  },
  run: ({ code, input, nodes, now }) => {
    const { DateTime, Settings } = luxon();
    if (now) { const fixed = Date.parse(now); Settings.now = () => fixed; }
    const first = (json) => ({ first: () => ({ json }) });
    const run = new Function('$', '$input', 'DateTime', code);
    return run((name) => first(nodes[name]), first(input), DateTime);
  },
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const question = JSON.parse(line);
  let answer;
  try { answer = { answer: answers[question.ask](question) }; }
  catch (error) { answer = { error: String(error && error.message) }; }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
"""


def package() -> Path:
    """Return the folder of the package, or skip saying what is absent."""
    if shutil.which("node") is None:
        pytest.skip("Node is absent: no program `node`")
    named = os.environ.get(VARIABLE)
    cached = Path.home() / ".cache" / "playbook-n8n" / "node_modules" / "n8n-workflow"
    folder = Path(named) if named else cached
    if not (folder / "package.json").is_file():
        pytest.skip(f"n8n-workflow is absent: no package in {folder} (`make n8n`, or {VARIABLE})")
    return folder


@cache
def _process(folder: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["node", "-e", _PROGRAM, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def ask(kind: str, **question: Json) -> Json:
    """Return `{"answer": ...}` or `{"error": ...}`."""
    process = _process(str(package()))
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"ask": kind, **question}) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def structure_problems(workflow: Json) -> list[str]:
    """Return what n8n's parser says against a workflow."""
    found = ask("parse", workflow=workflow)
    if "error" in found:
        return [str(found["error"])]
    if found["answer"]["success"]:
        return []
    return [str(issue.get("message")) for issue in found["answer"]["issues"]]


@cache
def _text_problem(kind: str, text: str) -> str:
    found = ask("expression", text=text) if kind == "expression" else ask("syntax", code=text)
    return str(found.get("error", ""))


def code_problems(workflow: Json) -> list[str]:
    """Return Code nodes that are no JavaScript, and expressions that n8n cannot read."""
    found = []
    for node in workflow["nodes"]:
        for text in _texts(node["parameters"]):
            problem = ""
            if text.startswith("="):
                problem = _text_problem("expression", text[1:])
            elif node["type"].endswith(".code") and text.startswith("//"):
                problem = _text_problem("syntax", text)
            if problem:
                found.append(f"{node['name']}: {problem}")
    return found


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else []


def run(code: str, given: Json, nodes: dict[str, Json], now: str = "") -> Json:
    """Return the JSON that a Code node gives on. `nodes` is what earlier ones gave."""
    found = ask("run", code=code, input=given, nodes=nodes, now=now)
    assert "error" not in found, found["error"]
    (item,) = found["answer"]
    return item["json"]
