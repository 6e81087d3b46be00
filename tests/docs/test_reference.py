from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import rapupload
from rapupload.cli import exits
from rapupload.fieldtypes import problems
from rapupload.fieldtypes.reading import CLEANINGS
from rapupload.model import Text
from rapupload.services.checking import OWN_CODES
from rapupload.sources.remarks import REMARKS
from rapupload.spec.catalogue import Catalogue
from rapupload.validation import ENGINE_CODES
from tests import generate

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_reference_page_says_what_the_code_says(name):
    """After a change: python -m tests.generate."""
    page = (generate.REFERENCE / name).read_text(encoding="utf-8")
    assert page == generate.PAGES[name](), "run: python -m tests.generate"


def test_the_check_says_nothing_while_pages_and_code_agree(capsys):
    """And ends with 0; a wrong call ends with 2."""
    assert generate.main(["--check"]) == 0
    assert capsys.readouterr().out == ""
    assert generate.main(["--chek"]) == 2


def test_the_check_shows_what_differs(tmp_path, monkeypatch, capsys):
    """As a diff, with 1; writing mends it."""
    monkeypatch.setattr(generate, "REFERENCE", tmp_path)
    (tmp_path / "commands.md").write_text("# Old\n", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    shown = capsys.readouterr().out
    assert "-# Old" in shown
    assert "+# Commands" in shown
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


_COMMANDS = generate.walk()


@pytest.mark.parametrize(("path", "command"), _COMMANDS, ids=[c[0] for c in _COMMANDS])
def test_every_command_is_explained(path, command):
    """With a sentence of its own, and one for each argument and option."""
    assert (command.help or "").strip(), path
    for parameter in command.params:
        if parameter.name != "help":
            assert (parameter.help or "").strip(), f"{path} {parameter.name}"


def test_every_command_has_its_section():
    """None is left out of the page."""
    page = (generate.REFERENCE / "commands.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (rapupload .*)$", page, re.MULTILINE)
    assert headings == [path for path, _ in _COMMANDS]


_SHOWN_LIVE = {"rapupload simulate", "rapupload demo"}  # for people to watch


@pytest.mark.parametrize("path", [c[0] for c in _COMMANDS if c[0] not in _SHOWN_LIVE])
def test_every_command_can_print_json(path):
    """Scripts rely on it."""
    (command,) = (c for p, c in _COMMANDS if p == path)
    assert any("--json" in parameter.opts for parameter in command.params)


def test_every_exit_code_means_something():
    """The page lists all of them."""
    named = {
        name
        for name, value in vars(exits).items()
        if name.isupper() and isinstance(value, int)
    }
    assert set(generate.EXIT_MEANINGS) == named


def _words() -> list[tuple[str, Text]]:
    """Return every text that a finding can have."""
    found = [(code, e.message) for code, e in ENGINE_CODES.items()]
    found += [(code, e.explanation) for code, e in ENGINE_CODES.items()]
    found += [(code, Text(en, zh)) for code, (_, en, zh) in REMARKS.items()]
    found += list(OWN_CODES.items())
    found += [(code, p.message) for code, p in problems().items()]
    found += [(code, p.explanation) for code, p in problems().items()]
    found += list(CLEANINGS.items())
    catalogue = Catalogue()
    for name in catalogue.types:
        for rule in catalogue.spec(name).spec.rule:
            found.append((rule.code, rule.message.text))
            if rule.explanation:
                found.append((rule.code, rule.explanation.text))
    return found


def test_every_finding_has_words_in_both_languages():
    """Chinese that is Chinese, and English that is a sentence."""
    for code, text in _words():
        assert text.en.strip(), code
        assert re.search(r"[\u4e00-\u9fff]", text.zh_hant), code
        assert re.search(r"[.?!:)]$", text.en.strip()) or text.en.endswith("}"), code


def test_both_languages_quote_the_same_words():
    """A value that one language shows is not missing in the other."""
    for code, text in _words():
        quoted = [
            {re.sub("_zh", "", word) for word in _PLACEHOLDER.findall(words)}
            for words in (text.en, text.zh_hant)
        ]
        assert quoted[0] == quoted[1], code


def test_every_finding_code_is_on_the_page():
    """Engine, readers, services, field types, cleanings and rules."""
    page = (generate.REFERENCE / "findings.md").read_text(encoding="utf-8")
    missing = {code for code, _ in _words() if f"`{code}`" not in page}
    assert missing == set()
    assert set(generate.OWN_MEANINGS) == set(OWN_CODES)


def _modules() -> list[str]:
    root = Path(rapupload.__file__).parent
    return [
        module.name
        for module in pkgutil.walk_packages([str(root)], "rapupload.")
        if ".migrations" not in module.name and not module.name.endswith("__main__")
    ]


def _sort_key(name: str) -> tuple[int, str]:
    """Sort as the linter does: constants, classes, functions."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return kind, name


@pytest.mark.parametrize("name", ["rapupload", *_modules()])
def test_exported_names_exist_and_are_sorted(name):
    """What a module offers is there."""
    module = import_module(name)
    exported = getattr(module, "__all__", [])
    assert [n for n in exported if not hasattr(module, n)] == []
    assert list(exported) == sorted(exported, key=_sort_key)
