"""From the raw content of one spreadsheet cell to its kind and text.

Both readers end here, so that they cannot disagree; the fast one takes a short cut for
plain numbers, dates and text, and comes here for the rest.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Final

from rapupload.sources.formats import Form
from rapupload.table import CellKind

DIGITS: Final = 15  # what a spreadsheet keeps of a number
LONG: Final = 10.0**DIGITS
_NO_CENTS: Final = 1e12  # from here, 15 digits leave fewer than three decimals
GENERAL_LARGE: Final = 1e11  # General shows 12 digits before the point as 1.2E+11
GENERAL_SMALL: Final = 1e-4  # and less than this as 1E-05
_EPOCH: Final = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_EPOCH_1904: Final = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_SERIAL: Final = 2_958_466  # 10000-01-01
_LEAP_BUG: Final = 61  # serials below count a 29 February 1900 that never was
_AS_STORED: Final = {
    Form.TEXT: CellKind.TEXT,
    Form.ERROR: CellKind.ERROR,
    Form.FORMULA: CellKind.FORMULA,
}


def render_number(value: float) -> str:
    """Return a plain decimal with at most 15 significant digits and no exponent.

    >>> render_number(0.1 + 0.2), render_number(1.2e10), render_number(-0.0)
    ('0.3', '12000000000', '0')
    """
    text = format(Decimal(format(value, f".{DIGITS}g")), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def convert(
    form: Form, raw: str | float, *, is_1904: bool = False
) -> tuple[CellKind, str]:
    """Return kind and text of a cell from its stored text, or number.

    Raises:
        ValueError: A number or boolean cell holds something else.
    """
    if form in _AS_STORED:
        return _AS_STORED[form], ("=" if form is Form.FORMULA else "") + str(raw)
    if form is Form.BOOLEAN:
        return CellKind.BOOLEAN, _convert_boolean(str(raw))
    value = float(raw)
    if not math.isfinite(value):
        return CellKind.ERROR, "#NUM!"
    if form in {Form.DATE, Form.TIME}:
        return _convert_serial(value, form, is_1904=is_1904)
    return kind_of_number(value, form), render_number(value)


def _convert_boolean(raw: str) -> str:
    words = {"1": "TRUE", "true": "TRUE", "0": "FALSE", "false": "FALSE"}
    if raw not in words:
        raise ValueError(f"not a boolean: {raw!r}")
    return words[raw]


def kind_of_number(value: float, form: Form) -> CellKind:
    """Return the kind of a number shown in this form.

    A number is long when its 15 digits end before the third decimal, so that what was
    cut off may have been meant; the noise of binary fractions further down is not.
    """
    size = abs(value)
    if size >= LONG or (size >= _NO_CENTS and float(render_number(value)) != value):
        return CellKind.NUMBER_LONG
    if form is Form.PERCENT:
        return CellKind.NUMBER_PERCENT
    if form is Form.SCIENTIFIC:
        return CellKind.NUMBER_SCIENTIFIC
    is_bent = size >= GENERAL_LARGE or 0 < size < GENERAL_SMALL
    if form is Form.GENERAL and is_bent:
        return CellKind.NUMBER_SCIENTIFIC
    return CellKind.NUMBER


def _convert_serial(value: float, form: Form, *, is_1904: bool) -> tuple[CellKind, str]:
    if value < 0 or value >= _LAST_SERIAL:  # the spreadsheet itself shows ########
        return CellKind.NUMBER, render_number(value)
    seconds = round((value % 1) * 86_400)
    if value < 1 and form is Form.TIME:
        clock = dt.timedelta(seconds=min(seconds, 86_399))
        return CellKind.TIME, str((_EPOCH + clock).time())
    moment = _moment(value, seconds, is_1904=is_1904)
    if moment is None:
        return CellKind.NUMBER, render_number(value)
    return convert_moment(moment)


def convert_moment(moment: dt.datetime) -> tuple[CellKind, str]:
    """Return kind and text of a date, to the full second.

    >>> convert_moment(dt.datetime(2027, 1, 5, 9, 30, 14, 999_999))[1]
    '2027-01-05T09:30:15'
    """
    if moment.microsecond:
        rest = dt.timedelta(microseconds=moment.microsecond)
        is_late = rest >= dt.timedelta(seconds=0.5)
        moment = moment - rest + dt.timedelta(seconds=int(is_late))
    if moment.time() == dt.time():
        return CellKind.DATE, moment.date().isoformat()
    return CellKind.DATETIME, moment.isoformat(timespec="seconds")


def _moment(value: float, seconds: int, *, is_1904: bool) -> dt.datetime | None:
    day = int(value)
    if is_1904:
        epoch = _EPOCH_1904
    elif day >= _LEAP_BUG:
        epoch = _EPOCH
    elif 0 < day < _LEAP_BUG - 1:
        epoch = _EPOCH + dt.timedelta(days=1)
    else:
        return None  # 1900-01-00 or 1900-02-29: shown, but no date
    try:
        return epoch + dt.timedelta(days=day, seconds=seconds)
    except OverflowError:  # past year 9999
        return None
