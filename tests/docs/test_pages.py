"""Pages that people read are held equal to the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rapupload.model import TRANSITIONS

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/how-to/spreadsheet.md", "docs/concepts.md")
PLACEHOLDERS = {"BATCH", "CODE", "FILE", "TYPE"}


def test_the_state_table_is_the_one_in_the_model() -> None:
    """docs/concepts.md has one line per arrow, with the sentence of the model."""
    page = (ROOT / "docs/concepts.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z-]+) \| ([a-z-]+) \| (.+) \|$", page, re.MULTILINE)
    written = {(a, b): c for a, b, c in rows if a != "from" and not a.startswith("-")}
    assert written == {(a.value, b.value): text for (a, b), text in TRANSITIONS.items()}


def _commands(page: str) -> set[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"rapupload ([a-z]+(?: [a-z]+)?)", text)
    return {" ".join(words.split()[:2]) for words in found}


@pytest.mark.parametrize("page", PAGES)
def test_commands_named_on_a_page_exist(page: str) -> None:
    """A command that a page names is one that the program has."""
    import typer

    from rapupload.cli.__main__ import app

    group = typer.main.get_command(app)
    names = set(group.commands)  # type: ignore[attr-defined]
    for words in _commands(page):
        assert words.split()[0] in names, words


@pytest.mark.parametrize("page", [*PAGES, "CONTRIBUTING.md", "docs/adr/README.md"])
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    """A relative link leads to a file of the tree, and its anchor to a heading."""
    source = ROOT / page
    for target in re.findall(r"\]\(([^)#]*)(?:#[^)]*)?\)", source.read_text("utf-8")):
        if target and "://" not in target:
            assert (source.parent / target).exists(), target


def test_every_decision_is_listed() -> None:
    """docs/adr/README.md names each decision."""
    listing = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    for file in (ROOT / "docs/adr").glob("0*.md"):
        assert f"({file.name})" in listing
