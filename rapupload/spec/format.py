"""What a spec file may say: the strict model behind ``specs/*.toml``.

Positions count from 1 and are derived: fields follow one another in the order
written. Unknown keys are refused. ``docs/reference/spec-format.md`` explains every
key for a person; the JSON Schema beside it is generated from this module.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    model_validator,
)
from pydantic import (
    Field as Key,
)

from rapupload.model import AckStage, Severity, SpecStatus, Text
from rapupload.spec.naming import NamePattern
from rapupload.spec.picture import Picture

Slug = Annotated[str, Key(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Mark = Annotated[str, Key(pattern=r"^[SLG](/[SLG-])?$|^-$")]
Delimiter = Annotated[str, Key(pattern=r"^[\t!#-/:-@\[-`{-~]$")]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Strict(BaseModel):
    """Frozen, no unknown keys, no silent conversion, kebab-case keys."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=_kebab,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )


class Words(Strict):
    """A text in English and Traditional Chinese."""

    en: Annotated[str, Key(min_length=1)]
    zh_hant: Annotated[str, Key(min_length=1, alias="zh-Hant")]

    @property
    def text(self) -> Text:
        """Return the value type used outside specs."""
        return Text(self.en, self.zh_hant)


def _status(value: object) -> object:
    known = isinstance(value, str) and value in set(SpecStatus)
    return SpecStatus(str(value)) if known else value


def _severity(value: object) -> object:
    known = isinstance(value, str) and value in set(Severity)
    return Severity(str(value)) if known else value


def _stage(value: object) -> object:
    known = isinstance(value, str) and value in set(AckStage)
    return AckStage(str(value)) if known else value


class About(Strict):
    """Table ``[spec]``: which instruction type, how sure, from when."""

    id: Slug
    title: Words
    version: Annotated[int, Key(ge=1)]
    status: Annotated[SpecStatus, BeforeValidator(_status)]
    effective_from: dt.date
    sources: Annotated[tuple[str, ...], Key(strict=False, min_length=1)]
    fingerprint: Annotated[tuple[Slug, ...], Key(strict=False, min_length=1)]
    market: Annotated[str, Key(pattern="^(HKMK|MAMK|SZMK|GLOB)$")] = "HKMK"


class Indicator(Strict):
    """The number that tells the files of one participant and day apart."""

    scope: Literal["participant-day"] = "participant-day"
    first: Annotated[int, Key(ge=0)] = 1
    last: Annotated[int, Key(ge=1)] = 9999

    @model_validator(mode="after")
    def _ordered(self) -> Indicator:
        if self.first > self.last:
            raise ValueError("first is above last")
        return self


class BatchFile(Strict):
    """Table ``[batch-file]``: name, place and shape of the file as a whole."""

    name: str
    folder: Annotated[str, Key(pattern=r"^(/[A-Za-z0-9_.{}:%-]+)+$")]
    layout: Literal["fixed", "delimited"] = "fixed"
    encoding: Literal["ascii", "utf-8", "big5hkscs", "gb18030"] = "ascii"
    line_end: Literal["crlf", "lf"] = "crlf"
    final_line_end: bool = True
    max_records: Annotated[int, Key(ge=1, le=1_000_000)] = 9999
    indicator: Indicator = Indicator()
    write: Literal["direct", "rename", "done-file"] = "direct"
    delimiter: Delimiter = ","
    quote: Literal["minimal", "all", "none"] = "minimal"
    zip_member: str | None = None  # the file travels in a zip, under this name
    server_keeps_file: bool = False  # absence in a listing then proves absence
    read_back: bool = False  # the far end allows our own file to be read back
    # what proves, after a broken upload, that the far end has the file whole
    whole_when: Literal["closed", "our-size"] = "closed"

    @model_validator(mode="after")
    def _patterns(self) -> BatchFile:
        for key in ("name", "folder", "zip_member"):
            pattern = getattr(self, key)
            if pattern is not None:
                NamePattern.parse(pattern)
        if "{" in self.name and "indicator" not in NamePattern.parse(self.name).names:
            raise ValueError(
                "name needs {indicator}: two files of a day need two names"
            )
        return self

    @property
    def end(self) -> str:
        """Return the characters that end a line."""
        return "\r\n" if self.line_end == "crlf" else "\n"


Given = Literal[
    "participant",
    "account",
    "market",
    "indicator",
    "date",
    "time",
    "file-name",
    "file-reference",
    "line",
]
Meaning = Literal[
    "file-name",
    "indicator",
    "date",
    "participant",
    "file-reference",
    "line",
    "reference",
    "result",
    "reason-code",
    "reason-text",
    "ccass-reference",
    "record-checksum",
    "total-count",
    "accepted-count",
    "rejected-count",
]


class Field(Strict):
    """One field of a record, and the one place its content comes from.

    Exactly one of ``value`` (constant), ``given`` (of the file or account), ``constant``
    (from table ``[constants]``), ``column`` (of the sheet), ``total``, ``checksum`` or,
    in acknowledgements, ``means`` (how it is read); a filler has ``value = ""``.
    """

    name: Slug
    picture: str
    value: str | None = None
    given: Given | None = None
    constant: Slug | None = None
    column: Slug | None = None
    total: Annotated[str, Key(pattern=r"^(count|sum:[a-z][a-z0-9-]*)$")] | None = None
    checksum: Annotated[tuple[Slug, ...], Key(strict=False, min_length=1)] | None = None
    means: Meaning | None = None
    justify: Literal["left", "right"] | None = None
    fill: Literal["space", "zero"] | None = None
    empty: Literal["spaces", "zeros"] | None = None
    overflow: Literal["refuse", "drop-leading"] = "refuse"
    decimals: Literal["dropped", "kept"] | None = None
    format: str | None = None
    codes: dict[str, str] | None = None
    blank_when: str | None = None
    mark: Mark = "G"
    source: str = ""

    @model_validator(mode="after")
    def _one_content(self) -> Field:
        ways = ("value", "given", "constant", "column", "total", "checksum", "means")
        used = [way for way in ways if getattr(self, way) is not None]
        if len(used) != 1:
            raise ValueError(
                f"needs exactly one of {', '.join(ways)}; it has {', '.join(used) or 'none'}"
            )
        picture = Picture.parse(self.picture)
        if self.value and len(self.value) > picture.length:
            raise ValueError(f"value {self.value!r} does not fit {self.picture}")
        if (
            self.value
            and picture.kind == "9"
            and not re.fullmatch("[0-9]+", self.value)
        ):
            raise ValueError(f"value {self.value!r} is not made of digits")
        if (self.total or self.checksum) and picture.kind != "9":
            raise ValueError("a total or checksum needs a picture of digits")
        return self

    @property
    def shape(self) -> Picture:
        """Return the parsed picture."""
        return Picture.parse(self.picture)

    @property
    def keeps_decimals(self) -> bool:
        """Tell whether a sum takes 12.34 as 1234 (the implied point ignored) or as 12.

        CCMS guide: hash totals ignore the point. CCASS report layouts: record checksums
        drop the decimals.
        """
        usual = "kept" if self.total else "dropped"
        return (self.decimals or usual) == "kept"

    @property
    def is_right_justified(self) -> bool:
        """Return the side; digits stand right unless the spec says otherwise."""
        return (
            self.justify or ("right" if self.shape.kind == "9" else "left")
        ) == "right"

    @property
    def fill_character(self) -> str:
        """Return what fills the rest of the field."""
        usual = "zero" if self.shape.kind == "9" else "space"
        return "0" if (self.fill or usual) == "zero" else " "

    @property
    def empty_character(self) -> str:
        """Return what an empty value is written as, repeated over the field."""
        if self.empty is None:
            return self.fill_character
        return "0" if self.empty == "zeros" else " "


class DetailRecord(Strict):
    """A further kind of detail record, written after the first when ``when`` holds."""

    name: Slug
    when: str
    fields: Annotated[tuple[Field, ...], Key(strict=False, min_length=1)]


class Code(Strict):
    """One allowed value of a code column."""

    code: Annotated[str, Key(min_length=1)]
    label: Words
    aliases: Annotated[tuple[str, ...], Key(strict=False)] = ()


Need = Literal[
    "mandatory",
    "conditional",  # a rule says when
    "optional",
    "constant",  # comes from the settings; a sheet that has it must agree
    "alternative",  # another way to write other columns; turned into them at once
    "carried",  # never sent; kept, and returned beside the outcome
]


class Column(Strict):
    """What the user fills in."""

    name: Slug
    label: Words
    type: Slug
    aliases: Annotated[tuple[str, ...], Key(strict=False)] = ()
    opposite_aliases: Annotated[tuple[str, ...], Key(strict=False)] = ()  # yes = no
    need: Need = "optional"
    picture: str | None = None
    codes: Annotated[tuple[Code, ...], Key(strict=False)] = ()
    characters: Literal["ascii", "reference", "big5hkscs", "any"] = "ascii"
    default: str | None = None
    default_from: Slug | None = None  # a default of the settings, such as stock-account
    zero_allowed: bool = False
    personal: bool = False
    description: Words | None = None
    example: str = ""
    mark: Mark = "G"
    source: str = ""
    iso15022: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Column:
        if self.picture is not None:
            Picture.parse(self.picture)
        if (self.type == "code") != bool(self.codes):
            raise ValueError("codes belong to type code, and type code needs codes")
        if self.opposite_aliases and self.type != "yes-no":
            raise ValueError("opposite-aliases belong to type yes-no")
        return self

    @property
    def shape(self) -> Picture | None:
        """Return the parsed picture, where the column has one."""
        return Picture.parse(self.picture) if self.picture else None

    @property
    def is_carried(self) -> bool:
        """Tell whether the value never enters the batch file."""
        return self.need == "carried"

    @property
    def is_alternative(self) -> bool:
        """Tell whether the column is only another way to write other columns."""
        return self.need == "alternative"

    @property
    def sql_name(self) -> str:
        """Return the name used in rules."""
        return self.name.replace("-", "_")


class Combined(Strict):
    """Table ``[[combined]]``: one word that fills several columns, such as RVP.

    It is understood in each column it gives a value to, as soon as one cell of that
    column says what only a combined word can say: a sheet of DVP alone names the way
    of payment, a sheet with DVP and RVP names the direction too.
    """

    spellings: Annotated[tuple[str, ...], Key(strict=False, min_length=1)]
    gives: Annotated[dict[Slug, str], Key(min_length=2)]


class Choice(Strict):
    """Table ``[[choice]]``: a code that says which column a figure belongs to."""

    selector: Slug  # an alternative column of codes, such as vote
    figure: Slug  # the alternative column of the figure, such as quantity
    goes_to: Annotated[dict[str, Slug], Key(min_length=1)]  # code -> column
    whole: Slug | None = None  # stands in for a figure left blank, or ALL


class Unfold(Strict):
    """Table ``[[unfold]]``: one row of the sheet that becomes several instructions.

    By headings: every heading that reads as a value of ``column`` (and no column claims)
    is an instruction; its cells hold a code of the ``choice`` (``F``), a code and a
    figure (``F 1,000``), or, under a heading that names the code (``1 For``), a figure.

    By columns: a row whose columns on the right of ``takes`` are filled becomes a second
    instruction, with their cells in place of those on the left.
    """

    name: Slug
    by: Literal["headings", "columns"]
    column: Slug | None = None
    choice: Slug | None = None  # selector of the choice
    takes: dict[Slug, Slug] = {}
    reference: str = "{reference}/{number}"  # of the instructions after the first

    @model_validator(mode="after")
    def _told(self) -> Unfold:
        if self.by == "headings" and (self.column is None or self.choice is None):
            raise ValueError("by headings needs column and choice")
        if self.by == "columns" and not self.takes:
            raise ValueError("by columns needs takes")
        return self


class Summing(Strict):
    """Table ``[summing]``: rows of several clients that become one instruction.

    Off until a mapping or the person switches it on.
    """

    key: Annotated[tuple[Slug, ...], Key(strict=False, min_length=1)]
    sum: Annotated[tuple[Slug, ...], Key(strict=False, min_length=1)]
    same: Annotated[tuple[Slug, ...], Key(strict=False)] = ()  # must agree in a group


class IgnoredRows(Strict):
    """Table ``[[ignored-rows]]``: rows that are counted and left out, with the reason."""

    reason: Slug
    column: Slug
    values: Annotated[tuple[str, ...], Key(strict=False, min_length=1)]


class Rule(Strict):
    """What must hold between the cells: a predicate that is true when it is wrong."""

    code: Slug
    severity: Annotated[Severity, BeforeValidator(_severity)]
    wrong_when: str | None = None
    check: Slug | None = None
    columns: Annotated[tuple[Slug, ...], Key(strict=False)] = ()
    scope: Literal["row", "batch"] = "row"
    message: Words
    explanation: Words | None = None
    mark: Mark = "G"
    source: str = ""

    @model_validator(mode="after")
    def _one_test(self) -> Rule:
        if (self.wrong_when is None) == (self.check is None):
            raise ValueError("needs either wrong-when or check")
        return self


class Ledger(Strict):
    """Table ``[[ledger]]``: what instructions take from a limit shared with earlier ones.

    What earlier batches have had accepted, what is outstanding and what this file holds
    are added up per ``key`` and compared with ``limit``. Expressions are SQL over the
    sheet's columns; ``limit`` may use joined ones too, and is not checked where null.
    """

    code: Slug  # of the finding
    severity: Annotated[Severity, BeforeValidator(_severity)]
    book: Slug  # entries of several types that share one limit name one book
    key: Annotated[tuple[str, ...], Key(strict=False, min_length=1)]
    each: Annotated[
        tuple[str, ...], Key(strict=False)
    ] = ()  # not added up: the largest
    amount: str
    when: str | None = None  # which rows take part; all of them by default
    day: Slug | None = None  # a date column, or "transmission"; only that day counts
    limit: str
    limit_on: Literal["today", "any-day"] = "any-day"  # days the limit is about
    alone: Slug | None = None  # the rule that judges a file with nothing before it
    second_person: bool = False  # accepted, it still waits for a second person
    columns: Annotated[tuple[Slug, ...], Key(strict=False)] = ()
    message: Words
    explanation: Words | None = None
    mark: Mark = "G"
    source: str = ""

    @model_validator(mode="after")
    def _dated(self) -> Ledger:
        if self.limit_on == "today" and self.day is None:
            raise ValueError('limit-on = "today" needs a day')
        return self


class Reason(Strict):
    """A reason for rejection that a desk will meet, and the cell it points at."""

    key: Slug
    label: Words
    column: Slug | None = None
    codes: Annotated[tuple[str, ...], Key(strict=False)] = ()
    mark: Mark = "G"


_SPAN = re.compile(r"^([1-9][0-9]*)(m|h)$")


class Acknowledgement(Strict):
    """One layer of the far end's answer."""

    stage: Annotated[AckStage, BeforeValidator(_stage)]
    where: Annotated[str, Key(pattern=r"^(/[A-Za-z0-9_.{}:%-]+)+$")]
    name: str
    layout: Literal["fixed", "delimited"] = "fixed"
    encoding: Literal["ascii", "utf-8", "big5hkscs", "gb18030"] = "ascii"
    line_end: Literal["crlf", "lf"] = "crlf"
    delimiter: Delimiter = ","
    expected_within: Annotated[str, Key(pattern=_SPAN.pattern)]
    match_on: Annotated[
        tuple[Literal["file-name", "indicator+date", "file-reference"], ...],
        Key(strict=False, min_length=1),
    ]
    results: dict[str, Literal["accepted", "rejected"]]
    header: Annotated[tuple[Field, ...], Key(strict=False)] = ()
    detail: Annotated[tuple[Field, ...], Key(strict=False)] = ()
    trailer: Annotated[tuple[Field, ...], Key(strict=False)] = ()
    mark: Mark = "G"
    source: str = ""

    @model_validator(mode="after")
    def _readable(self) -> Acknowledgement:
        NamePattern.parse(self.name)
        NamePattern.parse(self.where)
        meanings = {f.means for f in (*self.header, *self.detail, *self.trailer)}
        if "result" not in meanings:
            raise ValueError('no field has means = "result"')
        if self.stage is AckStage.CONTROL_REPORT and "line" not in meanings:
            raise ValueError('a control report needs a field with means = "line"')
        return self

    @property
    def expected_minutes(self) -> int:
        """Return the span in minutes of service hours."""
        count, unit = _SPAN.match(self.expected_within).groups()  # type: ignore[union-attr]
        return int(count) * (60 if unit == "h" else 1)


class BatchSpec(Strict):
    """A whole spec file: one instruction type in one version."""

    spec: About
    batch_file: BatchFile
    constants: dict[
        str, str | dict[Literal["simulator", "practice", "production"], str]
    ] = {}
    header: Annotated[tuple[Field, ...], Key(strict=False)] = ()
    detail: Annotated[tuple[Field, ...], Key(strict=False, min_length=1)]
    detail_record: Annotated[tuple[DetailRecord, ...], Key(strict=False)] = ()
    trailer: Annotated[tuple[Field, ...], Key(strict=False)] = ()
    column: Annotated[tuple[Column, ...], Key(strict=False, min_length=1)]
    combined: Annotated[tuple[Combined, ...], Key(strict=False)] = ()
    choice: Annotated[tuple[Choice, ...], Key(strict=False)] = ()
    unfold: Annotated[tuple[Unfold, ...], Key(strict=False)] = ()
    summing: Summing | None = None
    ignored_rows: Annotated[tuple[IgnoredRows, ...], Key(strict=False)] = ()
    rule: Annotated[tuple[Rule, ...], Key(strict=False)] = ()
    ledger: Annotated[tuple[Ledger, ...], Key(strict=False)] = ()
    reason: Annotated[tuple[Reason, ...], Key(strict=False)] = ()
    acknowledgement: Annotated[tuple[Acknowledgement, ...], Key(strict=False)] = ()

    @property
    def id(self) -> str:
        """Return the instruction type, such as ``ati``."""
        return self.spec.id

    def column_named(self, name: str) -> Column:
        """Return one column.

        Raises:
            KeyError: There is no such column.
        """
        for column in self.column:
            if column.name == name:
                return column
        raise KeyError(name)
