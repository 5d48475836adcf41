"""Pictures read by Mermaid's own parser: `python -m tests.contracts.mermaid_parser NODE_MODULES`.

NODE_MODULES is a folder in which npm has put `mermaid` and `jsdom`. Graphviz reads the same graphs
where its program `dot` is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.contracts.people_exports import NAMES, graph
from tests.properties.language_strategies import made
from tests.properties.language_texts import as_json, graph_of, read_text

from playbook_compiler.views import dot, mermaid

SEEDS = 200
PROGRAM = Path(__file__).with_suffix(".mjs")


def main(modules: str) -> int:
    """Write the pictures of all playbooks, and return how many of them a parser does not take."""
    graphs = {name: graph(name) for name in NAMES}
    for seed in range(SEEDS):
        found = made(seed, size=1 + seed % 4, fill=(0.3, 0.6, 1.0)[seed % 3])
        graphs[f"seed-{seed}"] = graph_of(read_text(as_json(found.data)))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, one in graphs.items():
            files.append(Path(folder) / f"{name}.mmd")
            files[-1].write_text(mermaid.render(one), encoding="utf-8")
        done = subprocess.run(
            ["node", PROGRAM, str(Path(modules).resolve()), *files],
            check=True,
            capture_output=True,
            text=True,
        )
    print(done.stdout, end="")
    refused = len(done.stdout.splitlines()) - 1
    program = shutil.which("dot")
    if program is None:
        print("Graphviz is absent: no program `dot`")
        return refused
    for name, one in graphs.items():
        text = dot.render(one).encode()
        read = subprocess.run([program, "-Tcanon"], input=text, capture_output=True, check=False)
        if read.returncode != 0:
            print(f"{name}: Graphviz: {read.stderr.decode()[:300]}")
            refused += 1
    print(f"{len(graphs)} pictures read by Graphviz")
    return refused


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1]), 1))
