"""The hunt led by coverage: atheris (libFuzzer) over the same inputs and the same target.

https://github.com/google/atheris; no dependency of the project, installed by whoever wants it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random

from tests.fuzz.mutations import LIMIT_BYTES, SYNTAX, mutated, shipped


def run(seed: int, minutes: float, save: Path, target: Callable[[bytes], object]) -> int:
    """Hunt for so long, or until the first finding, whose input is written to `save`."""
    atheris = import_module("atheris")
    save.mkdir(parents=True, exist_ok=True)
    corpus = Path("corpus")
    corpus.mkdir()
    texts = shipped()
    for number, text in enumerate(texts):
        (corpus / f"{number:03}").write_bytes(text[:LIMIT_BYTES])
    words = Path("words")
    lines = ("".join(f"\\x{byte:02x}" for byte in word) for word in SYNTAX)
    words.write_text("".join(f'"{line}"\n' for line in lines), encoding="ascii")

    def change(raw: bytes, most: int, number: int) -> bytes:
        chance = Random(number)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(raw, most))
        return mutated(chance, [raw or b"x", *texts])[:most]

    atheris.instrument_all()
    atheris.Setup(
        [
            *(sys.argv[0], str(corpus), f"-seed={seed}", f"-max_total_time={int(minutes * 60)}"),
            *(
                f"-max_len={LIMIT_BYTES}",
                f"-dict={words}",
                "-timeout=60",
                f"-artifact_prefix={save}/",
            ),
        ],
        lambda raw: target(raw) and None,
        custom_mutator=change,
    )
    atheris.Fuzz()  # ends the process
    return 0
