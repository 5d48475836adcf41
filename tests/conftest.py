"""Options of the whole suite."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

# A busy machine or a first compile is no failure: examples have no deadline.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


# Ten thousand tests stay until the end: the collector need not look at them again and again.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_sessionfinish() -> None:
    gc.unfreeze()  # else libraries say at the end that something of theirs is left


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update", action="store_true", help="rewrite the golden files instead of comparing them"
    )


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be rewritten."""
    return bool(request.config.getoption("--update"))
