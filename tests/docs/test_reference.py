from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest

import rapupload
from rapupload.batches.faults import FAULTS
from rapupload.cli import exits
from rapupload.errors import RapuploadError
from rapupload.fieldtypes import problems
from rapupload.fieldtypes.reading import CLEANINGS
from rapupload.model import Text
from rapupload.services.checking import OWN_CODES
from rapupload.services.explained import OWN_ACTIONS, REMARK_ACTIONS
from rapupload.services.explaining import SERVICE_MEANINGS, Kind, collect, explain
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
    named = {name for name, value in vars(exits).items() if _is_exit(name, value)}
    assert set(generate.EXIT_MEANINGS) == named


_CATALOGUE = Catalogue()
_COLLECTED = collect(_CATALOGUE)


def _words() -> list[tuple[str, Text]]:
    """Return every text that goes with a code."""
    return [(e.code, t) for e in _COLLECTED for t in (e.message, e.meaning, e.action)]


def test_every_finding_has_words_in_both_languages():
    """Chinese that is Chinese, and English that is a sentence."""
    for code, text in _words():
        assert text.en.strip(), code
        assert re.search(r"[\u4e00-\u9fff]", text.zh_hant), code


_PHRASES = {Kind.EXIT_CODE, Kind.REJECTION}  # their messages are no sentences


def test_every_finding_is_a_sentence():
    """Message and what to do, in English."""
    for one in _COLLECTED:
        texts = [one.action] if one.kind in _PHRASES else [one.message, one.action]
        for text in texts:
            assert re.search(r"[.?!:)}]$", text.en.strip()), one.code


def test_both_languages_quote_the_same_words():
    """A value that one language shows is not missing in the other."""
    for code, text in _words():
        quoted = [
            {re.sub("_zh", "", word) for word in _PLACEHOLDER.findall(words)}
            for words in (text.en, text.zh_hant)
        ]
        assert quoted[0] == quoted[1], code


def test_page_and_command_know_the_same_codes():
    """What stands on the page is what the command explains, both ways."""
    page = generate.findings()
    listed = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert sorted(listed) == sorted(e.code for e in _COLLECTED)
    for code in listed[:: len(listed) // 20]:
        assert explain(code, _CATALOGUE)[0].code == code


def test_page_and_command_say_the_same_words():
    """Message and what to do of every code, as the command has them."""
    lines = set(generate.findings().splitlines())
    for one in _COLLECTED:
        both = [f"{t.en}<br>{t.zh_hant}" for t in (one.message, one.action)]
        words = [text.replace("|", "\\|").replace("\n", " ").strip() for text in both]
        found = [x for x in lines if x.startswith(f"| `{one.code}` |")]
        assert any(all(word in line for word in words) for line in found), one.code


def _raised() -> set[str]:
    """Return every code that the modules declare, wherever they do."""
    declared: set[str] = {*ENGINE_CODES, *REMARKS, *OWN_CODES, *problems(), *CLEANINGS}
    for name in _CATALOGUE.types:
        spec = _CATALOGUE.spec(name).spec
        declared |= {rule.code for rule in spec.rule}
        declared |= {ledger.code for ledger in spec.ledger}
        declared |= {reason.key for reason in spec.reason}
    return declared | set(FAULTS)


def test_every_code_is_collected():
    """Engine, readers, services, field types, cleanings, rules, reasons and faults."""
    collected = {e.code for e in _COLLECTED}
    assert _raised() - collected == set()
    numbers = {str(n) for name, n in vars(exits).items() if _is_exit(name, n)}
    assert numbers == {e.code for e in _COLLECTED if e.kind is Kind.EXIT_CODE}


def test_every_error_is_collected():
    """By the code that --json prints."""
    errors = {e.code for e in _COLLECTED if e.kind is Kind.ERROR}
    by_name = {"unexpected", "interrupted"}  # made up where the program ends
    assert errors - by_name == {kind.code for kind in _kinds(RapuploadError)} - {
        "error"
    }


def test_what_to_do_is_said_for_every_code():
    """Codes of readers and services have words of their own, not general ones."""
    assert set(REMARK_ACTIONS) == set(REMARKS)
    assert set(OWN_ACTIONS) == set(OWN_CODES) == set(SERVICE_MEANINGS)


def _is_exit(name: str, value: object) -> bool:
    return name.isupper() and isinstance(value, int)


def _kinds(kind: type[RapuploadError]) -> set[type[RapuploadError]]:
    below = set(kind.__subclasses__())
    return {kind}.union(below, *(_kinds(one) for one in below))


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
