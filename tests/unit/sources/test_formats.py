"""What number formats make of numbers."""

from __future__ import annotations

import pytest

from rapupload.sources.formats import Form, form_of

CASES = {
    "General": Form.GENERAL,
    "@": Form.GENERAL,
    "0": Form.PLAIN,
    "#,##0.00": Form.PLAIN,
    '#,##0.00 "days"': Form.PLAIN,
    "[Red]#,##0;[Blue]-#,##0": Form.PLAIN,
    '_-"HK$"* #,##0.00_-': Form.PLAIN,
    "# ?/?": Form.PLAIN,
    "0.0%": Form.PERCENT,
    "0.00E+00": Form.SCIENTIFIC,
    "##0.0E+0": Form.SCIENTIFIC,
    "00000": Form.ZEROS,
    "#,##0,": Form.SCALED,
    '0.0,,"m"': Form.SCALED,
    '#,##0" lots"': Form.SCALED,
    '0"萬"': Form.SCALED,
    '"-"#,##0': Form.SCALED,
    "(#,##0)": Form.SCALED,
    "#,##0 -": Form.SCALED,
    '"10"': Form.SCALED,
    'General" lots"': Form.SCALED,
    '@"K"': Form.SCALED,
    '[<1000]0;#,##0,"K"': Form.SCALED,
    "[<1]0%;0": Form.SCALED,
    "[<100]0;#,##0": Form.PLAIN,
    '0"."00': Form.SCALED,
    "0\\.00": Form.SCALED,
    "[Red]": Form.GENERAL,
    "General;-General": Form.GENERAL,
    '"HK$"General': Form.GENERAL,
    ";;;": Form.SCALED,
    '0" %"': Form.SCALED,
    "#,##0_);(#,##0)": Form.PLAIN,
    '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-': Form.PLAIN,
    "[$HK$-C04]#,##0.00": Form.PLAIN,
    '0"股"': Form.PLAIN,
    "yyyy-mm-dd": Form.DATE,
    "d/m/yy;@": Form.DATE,
    "[$-404]e/m/d": Form.DATE,
    '[$-C04]yyyy"年"m"月"d"日";@': Form.DATE,
    "mmm-yy": Form.DATE,
    "yyyy-mm-dd hh:mm:ss": Form.DATE,
    "h:mm AM/PM": Form.TIME,
    "hh:mm:ss": Form.TIME,
    "mm:ss.0": Form.TIME,
    "[h]:mm:ss": Form.ELAPSED,
}


@pytest.mark.parametrize("code", CASES)
def test_form_of_custom_formats(code: str):
    """Dates, times, percentages, exponents, zeros and scaling are told apart."""
    assert form_of(200, code) is CASES[code]


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (0, Form.GENERAL),
        (1, Form.PLAIN),
        (10, Form.PERCENT),
        (11, Form.SCIENTIFIC),
        (14, Form.DATE),
        (20, Form.TIME),
        (22, Form.DATE),
        (31, Form.DATE),
        (46, Form.ELAPSED),
        (49, Form.GENERAL),
    ],
)
def test_form_of_builtin_formats(number: int, form: Form):
    """Formats known by number alone need no code."""
    assert form_of(number, None) is form
