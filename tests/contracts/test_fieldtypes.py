"""What every field type promises, whatever its values."""

from __future__ import annotations

import random
from collections.abc import Iterable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapupload.fieldtypes import NAMES, FieldType, Shape, field_type, problems
from rapupload.fieldtypes.code import fold_codes
from rapupload.fieldtypes.reading import CLEANINGS, KIND_PROBLEMS
from rapupload.fieldtypes.registry import odd_characters
from rapupload.table import CellKind

CODES = fold_codes({"BC": "BC", "Broker": "BC", "A (1)": "A (1)", "01": "01"})
SHAPES = {
    "account": [Shape(length=8), Shape()],
    "code": [Shape(codes=CODES), Shape()],
    "email": [Shape(length=60), Shape(length=12), Shape()],
    "identity-document": [Shape(length=20), Shape(length=8), Shape()],
    "money": [Shape(length=13, decimals=2), Shape(length=11), Shape()],
    "name": [Shape(length=60), Shape(length=12), Shape(length=2), Shape()],
    "option-no": [Shape(length=3), Shape(length=1), Shape()],
    "phone": [Shape(length=20), Shape(length=12), Shape()],
    "price": [Shape(length=9, decimals=4), Shape()],
    "quantity": [Shape(length=11), Shape(length=11, zero_allowed=True), Shape()],
    "reference": [Shape(length=16), Shape()],
    "resolution-no": [Shape(length=5), Shape()],
    "text": [
        Shape(length=length, characters=characters)
        for characters, length in (
            *(("ascii", length) for length in (1, 2, 12, 4000, None)),
            *((characters, 12) for characters in ("reference", "big5hkscs", "any")),
            ("any", None),
        )
    ]
    + [Shape(carried=True)],
    "time": [Shape(), Shape(length=4), Shape(length=6)],
}
CANONICAL = {
    "account": ["01", "00012345", "1", "abC"],
    "announcement-no": ["A26001234"],
    "code": ["BC", "01"],
    "country": ["HK", "CN", "GB", "NA"],
    "currency": ["HKD", "CNY", "USD", "GBP"],
    "date": ["2027-01-05", "2028-02-29", "2000-01-01", "2099-12-31"],
    "date-time": ["2027-05-20T16:00", "2028-02-29T00:00", "2099-12-31T23:59"],
    "designated-bank": ["BNK012", "BNK999"],
    "email": ["chan@example.com", "a.b+c@example.com.hk"],
    "identity-document": ["A1234563", "11010519491231002X", "K12345678"],
    "isin": ["KYG875721634", "GB0005405286"],
    "market": ["HKMK", "MAMK", "SZMK", "GLOB"],
    "money": ["4012345.60", "0.05", "0.00"],
    "name": ["CHAN TAI MAN", "O'BRIEN, ANNE-MARIE"],
    "option-no": ["001", "012", "999"],
    "participant-id": ["B01234", "C00019", "BNK012"],
    "phone": ["+85291234567", "91234567"],
    "price": ["41.2500", "0.1230"],
    "quantity": ["1000", "1", "99999999999"],
    "reference": ["SI27010500012", "a/b-1"],
    "resolution-no": ["1", "2(a)", "5.10"],
    "stock-code": ["00700", "00001", "99999"],
    "text": ["A", "LOAN RETURN", "B-2"],
    "time": ["16:00", "00:00", "23:59:59"],
    "yes-no": ["Y", "N"],
}
CASES = [
    (name, shape) for name in sorted(NAMES) for shape in SHAPES.get(name, [Shape()])
]
every_type = pytest.mark.parametrize("name", sorted(NAMES))
every_shape = pytest.mark.parametrize(
    ("name", "shape"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)]
)
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
cells = given(
    drawn=st.lists(st.text(max_size=20), max_size=10), seed=st.integers(0, 2**32)
)


def frame_of(texts: Iterable[str | None], kinds: Iterable[int]) -> pl.DataFrame:
    """Return a column of cells."""
    return pl.DataFrame(
        {"text": list(texts), "kind": list(kinds)},
        schema={"text": pl.String, "kind": pl.UInt8},
    )


def read(kind_of_value: FieldType, frame: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return the cells with the answers beside them."""
    reading = kind_of_value.read(pl.col("text"), pl.col("kind"), shape)
    return frame.hstack(reading.answers(frame))


SIGNS = (
    *"0123456789" * 3,
    *"ABCHKMNTXYZabchk",
    *" .,-/:()+'#%$\t\n",
    *"\u3000\xa0\u200b\ufeff０１９Ａ（，．年月日手股萬是否²①½−\u2028\x00😀",
)


TRAPS = [
    *("00000", "0", "-0", "0.00", "00.50", "#N/A", "#REF!", "########", "//", "-", "."),
    *("2027-02-29", "2027-02-30", "2027-04-31", "1999-12-31", "2027-05-20T24:00"),
    *("KYG875721635", "000001", "Jan-02", "2-Jan", "-2", "1E5", "1.2E+10", "\ufeff"),
]
"""Texts that look canonical, or like nothing at all, and are not."""


def texts_near(name: str, seed: int) -> list[str]:
    """Return canonical texts with a few characters changed, and some without sense."""
    dice = random.Random(seed)
    texts = list(TRAPS)
    for _ in range(200):
        text = list(dice.choice([*CANONICAL[name], ""]))
        for _ in range(dice.randrange(4)):
            place = dice.randrange(len(text) + 1)
            text[place : place + dice.randrange(2)] = dice.choices(
                SIGNS, k=dice.randrange(3)
            )
        texts.append("".join(text))
    return texts


@every_type
def test_modules_offer_the_same_functions(name):
    """A field type has its name, its kinds of cell, its words and four functions."""
    module = field_type(name)
    assert name == module.NAME
    assert CellKind.TEXT in module.PLAIN_KINDS
    assert module.PROBLEMS
    for function in ("plain", "read", "typed", "dtype"):
        assert callable(getattr(module, function))
    assert (module.__doc__ or "").count(">>>") >= 2


@every_type
def test_docstrings_name_an_authority(name):
    """Each module says where its rules come from, or that they are assumed."""
    document = field_type(name).__doc__ or ""
    assert "Source:" in document or "Authority:" in document


@every_type
def test_problems_are_worded_in_both_languages(name):
    """Every code has a message with the value and an explanation, in two languages."""
    for code, problem in field_type(name).PROBLEMS.items():
        assert code == code.lower()
        assert " " not in code
        for message in (problem.message.en, problem.message.zh_hant):
            assert "{value}" in message
            message.format(value="x", length=1, characters="y", codes="A, B")
        assert problem.explanation.en.endswith(".")
        assert problem.explanation.zh_hant.endswith("。")


@every_type
def test_characters_are_named_where_a_message_names_them(name):
    """A type whose words quote characters says which ones cannot be sent."""
    quoting = [
        code
        for code, problem in field_type(name).PROBLEMS.items()
        if "{characters}" in problem.message.en
    ]
    named = pl.select(odd_characters(name, pl.lit("A註²註"), Shape())).item()
    assert (named == "註 ²") == bool(quoting)


def test_codes_mean_the_same_everywhere():
    """A code that several types raise has one wording."""
    table = problems()
    for name in NAMES:
        for code, problem in field_type(name).PROBLEMS.items():
            assert table[code] == problem, code
            assert code not in KIND_PROBLEMS


@every_shape
def test_canonical_text_is_a_fixed_point(name, shape):
    """Reading what was read before changes nothing and has nothing to say."""
    texts = [
        text
        for text in CANONICAL[name]
        if shape in (SHAPES.get(name) or [shape])[:1] and not _is_too_long(text, shape)
    ]
    answers = read(field_type(name), frame_of(texts, [0] * len(texts)), shape)
    assert answers["value"].to_list() == texts
    assert answers["problem"].null_count() == len(texts)
    assert answers["cleaned"].null_count() == len(texts)


def _is_too_long(text: str, shape: Shape) -> bool:
    return shape.length is not None and len(text.replace(".", "")) > shape.length


@every_shape
@few
@cells
def test_reading_never_fails(name, shape, drawn, seed):
    """Whatever the cells hold, each is blank, or read, or a problem with words."""
    module, dice = field_type(name), random.Random(seed)
    texts = [*drawn, *texts_near(name, seed)]
    kinds = [dice.choice([0, 0, *CellKind]) for _ in texts]
    frame = frame_of([*texts, None, ""], [*kinds, 0, 8])
    answers = read(module, frame, shape)
    for text, _, value, problem, cleaned in answers.iter_rows():
        assert value is None or problem is None
        assert value != ""
        if value is None and problem is None:
            assert not text or not text.strip(BLANK_MARKS)
        assert problem is None or problem in {**module.PROBLEMS, **KIND_PROBLEMS}
        assert cleaned is None or (cleaned in CLEANINGS and value is not None)


BLANK_MARKS = (
    " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
)


@every_shape
@few
@cells
def test_values_read_are_read_again_alike(name, shape, drawn, seed):
    """Canonical text is a fixed point: reading it as text gives it back, uncleaned."""
    module, texts = field_type(name), [*drawn, *texts_near(name, seed)]
    values = read(module, frame_of(texts, [0] * len(texts)), shape)[
        "value"
    ].drop_nulls()
    again = read(module, frame_of(values, [0] * len(values)), shape)
    assert again["value"].to_list() == values.to_list()
    assert set(again["cleaned"].drop_nulls()) <= {"carried-as-shown"}


@every_shape
@few
@cells
def test_quick_way_takes_canonical_text_only(name, shape, drawn, seed):
    """What the regular expression takes, the careful way takes unchanged."""
    module = field_type(name)
    texts = pl.Series([*drawn, *texts_near(name, seed), *CANONICAL[name]])
    taken = texts.filter(texts.str.contains(module.plain(shape)))
    for kind in module.PLAIN_KINDS:
        answers = read(module, frame_of(taken, [kind.value] * len(taken)), shape)
        if kind is CellKind.NUMBER:
            answers = answers.filter(pl.col("text").str.contains(NUMBER_TEXT))
        assert answers["value"].to_list() == answers["text"].to_list()
        assert answers["cleaned"].null_count() == answers.height


NUMBER_TEXT = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$"
"""The texts a reader gives for cells of kind number."""


@every_shape
@few
@cells
def test_every_value_has_a_typed_form(name, shape, drawn, seed):
    """What was read can be typed, without loss, into the type that rules expect."""
    module = field_type(name)
    texts = [*drawn, *texts_near(name, seed), *CANONICAL[name], None]
    values = read(module, frame_of(texts, [0] * len(texts)), shape).select("value")
    typed = values.select(typed=module.typed(pl.col("value"), shape))["typed"]
    assert typed.dtype == module.dtype(shape)
    assert typed.is_null().to_list() == values["value"].is_null().to_list()


SHOWN = {
    CellKind.NUMBER: "1234",
    CellKind.NUMBER_LONG: "1234567890123450",
    CellKind.NUMBER_SCIENTIFIC: "12000000000",
    CellKind.NUMBER_PERCENT: "0.5",
    CellKind.DATE: "2027-01-05",
    CellKind.DATETIME: "2027-01-05T16:00:00",
    CellKind.TIME: "16:00:00",
    CellKind.BOOLEAN: "TRUE",
    CellKind.ERROR: "#N/A",
    CellKind.FORMULA: "=A1",
}
"""What a cell of each kind reads as; cells of text are the table of each type."""
USUAL = {
    CellKind.NUMBER_LONG: "number-long",
    CellKind.NUMBER_SCIENTIFIC: "number-scientific",
    CellKind.NUMBER_PERCENT: "cell-percent",
    CellKind.DATE: "cell-date",
    CellKind.DATETIME: "cell-date",
    CellKind.TIME: "cell-date",
    CellKind.BOOLEAN: "cell-boolean",
    CellKind.ERROR: "cell-error",
    CellKind.FORMULA: "cell-formula",
}
"""The problem of a kind of cell that the type has no use for."""
NUMBERS = {
    "account": "=1234",
    "announcement-no": "announcement-no-form",
    "code": "code-unknown",
    "country": "country-unknown",
    "currency": "currency-unknown",
    "date": "date-serial",
    "date-time": "date-serial",
    "designated-bank": "designated-bank-number",
    "email": "email-form",
    "identity-document": "=1234",
    "isin": "isin-form",
    "market": "market-unknown",
    "money": "=1234.00",
    "name": "name-characters",
    "option-no": "option-no-long",
    "participant-id": "participant-id-number",
    "phone": "phone-form",
    "price": "=1234.0000",
    "quantity": "=1234",
    "reference": "=1234",
    "resolution-no": "=1234",
    "stock-code": "=01234",
    "text": "=1234",
    "time": "=12:34",
    "yes-no": "yes-no-form",
}
"""What the number 1234 is to each type: a problem, or ``=`` and the value."""
OTHERWISE = {
    ("date", CellKind.DATE): "=2027-01-05",
    ("date", CellKind.DATETIME): "date-with-time",
    ("date", CellKind.TIME): "date-form",
    ("date-time", CellKind.DATE): "time-missing",
    ("date-time", CellKind.DATETIME): "=2027-01-05T16:00",
    ("date-time", CellKind.TIME): "time-form",
    ("time", CellKind.DATETIME): "time-with-date",
    ("time", CellKind.TIME): "=16:00",
    ("yes-no", CellKind.BOOLEAN): "=Y",
    **{
        ("resolution-no", kind): "vt-resolution-mangled"
        for kind, problem in USUAL.items()
        if problem in {"number-long", "number-scientific", "cell-percent", "cell-date"}
    },
}
"""Where a type has a use, or words of its own, for a kind of cell."""


@every_type
@pytest.mark.parametrize("kind", list(SHOWN), ids=lambda kind: kind.name)
def test_every_kind_of_cell_is_read_or_explained(name, kind):
    """No cell is taken for what it is not: what the type cannot use has a problem."""
    expected = OTHERWISE.get((name, kind), USUAL.get(kind) or NUMBERS[name])
    answers = read(field_type(name), frame_of([SHOWN[kind]], [kind]), Shape())
    value, problem = answers.select("value", "problem").row(0)
    assert (problem or f"={value}") == expected


@every_type
@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "########"])
def test_errors_in_a_csv_file_are_errors(name, shown):
    """A CSV file holds what the spreadsheet showed; an error is no value there either."""
    answers = read(field_type(name), frame_of([shown], [CellKind.TEXT]), Shape())
    assert answers.select("value", "problem").row(0) == (None, "cell-error")


@pytest.mark.parametrize("name", ["money", "price", "quantity"])
@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        pytest.param("1234.56789", CellKind.NUMBER, "decimals", id="hidden-decimals"),
        pytest.param("0.30000000000000004", CellKind.TEXT, "rest", id="0.1+0.2"),
        pytest.param("1.2E+10", CellKind.TEXT, "number-scientific", id="exponent"),
        pytest.param("50%", CellKind.TEXT, "cell-percent", id="per cent"),
        pytest.param("(1,000)", CellKind.TEXT, "negative", id="brackets"),
        pytest.param("-1000", CellKind.NUMBER, "negative", id="minus"),
        pytest.param("1.234,50", CellKind.TEXT, "separators", id="european"),
        pytest.param("1K", CellKind.TEXT, "unit", id="K"),
        pytest.param("1.5M", CellKind.TEXT, "unit", id="M"),
    ],
)
def test_figures_that_are_not_what_they_seem_are_asked_about(name, text, kind, problem):
    """No figure is rounded, turned round or multiplied."""
    shapes = {"money": 2, "price": 4, "quantity": 0}
    shape = Shape(length=11 + shapes[name], decimals=shapes[name])
    answers = read(field_type(name), frame_of([text], [kind]), shape)
    value, found = answers.select("value", "problem").row(0)
    is_general = problem.startswith(("number-", "cell-"))
    wanted = problem if is_general else f"{name}-{problem}"
    if name == "quantity" and problem in {"decimals", "rest"}:
        wanted = "quantity-whole"
    assert (value, found) == (None, wanted)
