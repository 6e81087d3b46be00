"""The checklist for the day on which HKEX's document is in hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rapupload.errors import UsageError
from rapupload.services.first_day import (
    Checklist,
    Item,
    build_checklist,
    write_checklist,
)
from rapupload.services.open_questions import QUESTIONS
from rapupload.spec.catalogue import Catalogue
from tests.unit.spec.building import column, control_report, field, load, minimal, words

_DETAIL = minimal()["detail"]
_COLUMNS = minimal()["column"]
_CATALOGUE = Catalogue()
every_type = pytest.mark.parametrize("name", _CATALOGUE.types)


def items(checklist: Checklist, section: str) -> tuple[Item, ...]:
    """Return the lines of one section."""
    (found,) = (s for s in checklist.sections if s.name == section)
    return found.items


def texts(checklist: Checklist, section: str) -> list[str]:
    """Return the English lines of one section."""
    return [item.line("en") for item in items(checklist, section)]


def keys(checklist: Checklist) -> Iterator[str]:
    """Return the keys of every line."""
    return (item.key for section in checklist.sections for item in section.items)


def test_guesses_come_first():
    """The worse word of a mark decides; within a mark the order of the record stays."""
    marks = {"a": "S/S", "b": "S/L", "c": "L/G", "d": "G/G", "e": "L/L", "f": "G"}
    fields = [field(n, "X(1)", value="x", mark=m) for n, m in marks.items()]
    spec = load(detail=[*fields, *_DETAIL[1:]])
    found = [item.key for item in items(build_checklist(spec), "detail")]
    in_order = [key.removeprefix("detail.") for key in found]
    assert [name for name in in_order if name in marks] == [
        "d",
        "f",
        "c",
        "e",
        "b",
        "a",
    ]


def test_a_field_is_told_with_place_picture_and_filling():
    """So that it can be compared with the document without the spec file."""
    reference, quantity = texts(build_checklist(load()), "detail")[1:]
    assert reference == (
        "2-7 own-reference X(6): column own-reference, left-justified, filled with "
        "spaces, none is spaces [guess]"
    )
    assert quantity == (
        "8-12 quantity 9(5): column quantity, right-justified, filled with zeros, none "
        "is zeros [guess]"
    )


def test_values_of_a_delimited_record_are_numbered():
    """There are no positions."""
    spec = load(batch_file={"layout": "delimited"})
    shown = texts(build_checklist(spec), "detail")
    assert [line.split()[0] for line in shown] == ["#1", "#2", "#3"]
    assert "batch-file.delimiter" in set(keys(build_checklist(spec)))


def test_codes_have_a_place_for_hkexs_own():
    """Our code, what it goes as, and a blank to be filled in."""
    codes = [{"code": "DVP", "label": words("Against payment")}]
    payment = column("payment", "code", codes=codes)
    sent = field("payment", "X(1)", column="payment", codes={"DVP": "1"}, mark="S/G")
    spec = load(column=[*_COLUMNS, payment], detail=[*_DETAIL, sent])
    assert texts(build_checklist(spec), "codes") == [
        "payment: DVP (Against payment) goes as 1; HKEX's code: ____ [sure / guess]"
    ]


def test_answers_are_compared_too():
    """Where they stand, when they come, and every field of them."""
    spec = load(acknowledgement=[control_report()])
    found = build_checklist(spec)
    shown = texts(found, "acknowledgement.control-report")
    assert any("X(4): means reason-code" in line for line in shown)
    assert "acknowledgement.control-report.expected-within" in set(keys(found))


def test_questions_name_what_the_spec_says_now():
    """An answer is then a tick or a correction."""
    currency = column("currency", "currency", picture="X(3)")
    spec = load(column=[*_COLUMNS, currency])
    shown = texts(build_checklist(spec), "questions")
    assert any("renminbi" in line and "(now: CNY, not sent)" in line for line in shown)
    assert any("own reference" in line and "X(6)" in line for line in shown)


def test_questions_that_do_not_arise_are_not_asked():
    """Without a currency nobody asks for the code of renminbi."""
    found = set(keys(build_checklist(load())))
    assert not found & {"renminbi", "hold", "abstain", "code-or-isin"}


@every_type
def test_every_field_of_every_record_is_listed(name):
    """With its mark; nothing of the spec is taken for granted."""
    spec = _CATALOGUE.spec(name).spec
    listed = list(keys(build_checklist(_CATALOGUE.spec(name))))
    for record in ("header", "detail", "trailer"):
        for one in getattr(spec, record):
            assert f"{record}.{one.name}" in listed
    for further in spec.detail_record:
        for one in further.fields:
            assert f"detail-record.{further.name}.{one.name}" in listed
    for reason in spec.reason:
        assert f"reason.{reason.key}" in listed


@every_type
def test_every_line_is_in_both_languages(name):
    """And names nothing that was left to be filled in."""
    for section in build_checklist(_CATALOGUE.spec(name)).sections:
        assert section.title.zh_hant
        for item in section.items:
            for text in (item.text.en, item.text.zh_hant):
                assert text.strip()
                assert "{now}" not in text


def test_every_question_arises_for_some_type():
    """None is asked in vain."""
    asked = {
        key
        for name in _CATALOGUE.types
        for key in keys(build_checklist(_CATALOGUE.spec(name)))
    }
    assert {question.name for question in QUESTIONS} <= asked


def test_a_page_has_a_box_for_every_line():
    """And a heading for every section."""
    checklist = build_checklist(load())
    page = checklist.markdown("zh-Hant")
    assert page.count("- [ ] ") == checklist.items
    assert page.count("\n## ") == len(checklist.sections)
    assert page.startswith("# 首日核對清單")


def test_a_page_that_was_worked_on_is_not_overwritten(tmp_path: Path):
    """Ticks are work."""
    target = tmp_path / "todo.md"
    write_checklist(build_checklist(load()), target)
    ticked = target.read_text(encoding="utf-8").replace("[ ]", "[x]", 1)
    target.write_text(ticked, encoding="utf-8")
    with pytest.raises(UsageError, match="there already"):
        write_checklist(build_checklist(load()), target)
    assert target.read_text(encoding="utf-8") == ticked


def test_a_folder_that_is_not_there_is_a_wrong_call(tmp_path: Path):
    """Said in a sentence."""
    with pytest.raises(UsageError, match="cannot be written"):
        write_checklist(build_checklist(load()), tmp_path / "no" / "todo.md")
