"""The pages of docs/ as one book: links lead somewhere, and the site has every page."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tests.reference import site
from tests.reference.kinds_in_words import anchor

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [path.as_posix() for path in site.pages()]
_CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def links(page: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return [link for link in _LINK.findall(_CODE.sub("", text)) if "://" not in link]


def anchors(path: Path) -> set[str]:
    text = _FENCED.sub("", path.read_text(encoding="utf-8"))
    return {anchor(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", one)) for one in _HEADING.findall(text)}


@pytest.mark.parametrize("page", [page for page in PAGES if links(page)])
def test_links_and_their_anchors_exist(page: str) -> None:
    for link in links(page):
        file, _, wanted = link.partition("#")
        target = (DOCS / page).parent / file if file else DOCS / page
        assert target.is_file(), f"docs/{page} links to {link}"
        assert not wanted or wanted in anchors(target), f"docs/{page} links to {link}"


def test_links_are_looked_at() -> None:
    assert sum(len(links(page)) for page in PAGES) > 300


def test_every_page_has_a_place_in_the_site() -> None:
    placed: list[str] = []

    def walk(entries: object) -> None:
        match entries:
            case list():
                for entry in entries:
                    walk(entry)
            case dict():
                walk(list(entries.values()))
            case str():
                placed.append(entries)

    walk(site.navigation())
    made = {f"{section}/index.md" for section in site.INDEXES}
    assert sorted(placed) == sorted({*PAGES, *made})


def test_the_site_is_written(tmp_path: Path) -> None:
    site.write(tmp_path)
    config = tomllib.loads((tmp_path / "zensical.toml").read_text(encoding="utf-8"))
    assert config["project"]["theme"]["font"] is False, "nothing is loaded from the network"
    assert len(config["project"]["nav"]) > 5
    for path in (tmp_path / "pages").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"^```\w+ (?!title=).+$", text, re.MULTILINE), path
    index = (tmp_path / "pages" / "metrics" / "index.md").read_text(encoding="utf-8")
    assert "[crr](crr.md)" in index
