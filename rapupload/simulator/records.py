"""One record of a batch file, cut into its fields and read by their pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rapupload.spec.format import Field

DUPLICATE, TOTALS, UNREADABLE = "duplicate-file", "control-total", "unreadable-file"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a whole file is refused.

    Attributes:
        key: Key of the spec's ``[[reason]]``.
        detail: What is wrong, for the simulator's log.
    """

    key: str
    detail: str


class RefusedError(Exception):
    """Ends the reading of a file at its first fault; never leaves the reader."""

    def __init__(self, detail: str, key: str = UNREADABLE) -> None:
        super().__init__(detail)
        self.fault = Fault(key, detail)


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record.

    Attributes:
        texts: Field name -> content without fill; empty when blank.
        numbers: Field name -> its digits as one number, implied point ignored.
        decimals: Field name -> how many of those digits stand behind the point.
    """

    texts: Mapping[str, str]
    numbers: Mapping[str, int]
    decimals: Mapping[str, int]

    def amount(self, name: str, *, keeps_decimals: bool) -> int:
        """Return what a field adds to a sum; a blank one adds nothing."""
        number = self.numbers.get(name, 0)
        return number if keeps_decimals else number // 10 ** self.decimals.get(name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A field made ready for many records: everything about it worked out once."""

    field: Field
    name: str
    length: int
    decimals: int
    is_digits: bool
    is_right_justified: bool
    fill: str
    empty: str
    may_be_blank: bool
    constant: str | None = None
    is_mandatory: bool = False
    codes: Mapping[str, str] | None = None  # as sent -> as the column has it

    @classmethod
    def of(
        cls, field: Field, *, constant: str | None = None, is_mandatory: bool = False
    ) -> Slot:
        """Work out one field."""
        shape, fill, empty = field.shape, field.fill_character, field.empty_character
        codes = {sent: code for code, sent in (field.codes or {}).items()}
        return cls(
            field=field,
            name=field.name,
            length=shape.length,
            decimals=shape.decimals,
            is_digits=shape.kind == "9",
            is_right_justified=field.is_right_justified,
            fill=fill,
            empty=empty,
            may_be_blank=field.blank_when is not None or " " in {fill, empty},
            constant=constant,
            is_mandatory=is_mandatory,
            codes=codes if field.codes is not None else None,
        )


def cut_fixed(
    slots: Sequence[Slot], line: str, place: str, encoding: str = "ascii"
) -> Iterator[tuple[Slot, str]]:
    """Cut a line of fixed width; widths are bytes of the file.

    Raises:
        RefusedError: The line has another length than its fields, or a field ends in the
            middle of a character.
    """
    content = line.encode(encoding)
    length = sum(slot.length for slot in slots)
    if len(content) != length:
        raise RefusedError(
            f"{place} is {len(content)} characters long and should be {length}"
        )
    start = 0
    for slot in slots:
        try:
            piece = content[start : start + slot.length].decode(encoding)
        except UnicodeDecodeError as error:
            raise RefusedError(f"{place}, {slot.name} cuts a character") from error
        yield slot, piece
        start += slot.length


def strip_fill(slot: Slot, piece: str, where: str) -> str:
    """Return the content of a field of fixed width, without blanks around it.

    Raises:
        RefusedError: It stands on the wrong side, or is blank where digits belong.
    """
    text = piece.strip(" ")
    if not text:
        if slot.is_digits and not slot.may_be_blank:
            raise RefusedError(f"{where} is blank and should be digits")
    elif not slot.is_digits and slot.fill == " ":
        touches = piece.endswith if slot.is_right_justified else piece.startswith
        if not touches(text):
            raise RefusedError(f"{where} stands on the wrong side of its field")
    return text


def read_digits(slot: Slot, text: str, where: str) -> int:
    """Return the digits of a field as one number; a visible point is taken too.

    Raises:
        RefusedError: The content does not follow the picture.
    """
    if not text:
        return 0
    whole, point, fraction = text.partition(".")
    is_plain = (whole + fraction).isdigit() and text.isascii()
    if point:
        is_plain &= bool(whole) and 0 < len(fraction) <= slot.decimals
        is_plain &= len(whole) <= slot.length - slot.decimals
    else:
        is_plain &= len(whole) <= slot.length
    if not is_plain:
        raise RefusedError(f"{where} is {text!r} and should be {slot.field.picture}")
    return int(whole + (fraction.ljust(slot.decimals, "0") if point else ""))


def with_point(number: int, decimals: int) -> str:
    """Write a number with its implied point.

    >>> with_point(123450, 2), with_point(5, 2), with_point(700, 0)
    ('1234.50', '0.05', '700')
    """
    digits = f"{number:0{decimals + 1}d}"
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def is_constant(slot: Slot, text: str) -> bool:
    """Tell whether a field holds what the spec says it always holds."""
    text, wanted = text.strip(" "), (slot.constant or "").strip(" ")
    if slot.is_digits and text.isdigit() and wanted.isdigit():
        return int(text) == int(wanted)
    return text == wanted


def fit(number: int, field: Field) -> int:
    """Drop the leading digits of a total too wide for its field, where allowed."""
    if field.overflow == "drop-leading":
        return int(number % 10**field.shape.length)
    return number


def date_format(field: Field) -> str:
    """Return how a field writes a date; by its width where the spec is silent."""
    if field.format is not None:
        return field.format
    return {6: "%y%m%d", 8: "%Y%m%d"}.get(field.shape.length, "%Y-%m-%d")


def number_of(text: str) -> Decimal:
    """Return the number a value stands for; blank or text is zero."""
    try:
        return Decimal(text or "0")
    except InvalidOperation:
        return Decimal(0)
