"""E-mail addresses, telephone numbers and countries."""

from __future__ import annotations

from rapupload.fieldtypes import Shape
from rapupload.fieldtypes.country import CODES
from rapupload.table import CellKind
from tests.unit.fieldtypes.cells import ask, rows

ADDRESSES = {
    "plain": ("chan@example.com", "chan@example.com", None),
    "capitals stay": ("Chan.TM@Example.HK", "Chan.TM@Example.HK", None),
    "blanks around": (" chan@example.com", "chan@example.com", "blanks-trimmed"),
    "link": ("mailto:chan@example.com", "chan@example.com", "value-understood"),
    "plus": ("chan+rap@example.com.hk", "chan+rap@example.com.hk", None),
    "full-width": ("ｃｈａｎ＠example.com", "chan@example.com", "width-folded"),
}
NO_ADDRESSES = {
    "two": ("a@example.com;b@example.com", "email-several"),
    "two, one below the other": ("a@example.com\nb@example.com", "email-several"),
    "sign twice": ("chan@@x", "email-form"),
    "two signs": ("chan@tai@example.com", "email-form"),
    "name in front": ("Chan <chan@example.com>", "email-form"),
    "no domain": ("chan@example", "email-form"),
    "blank inside": ("chan tai@example.com", "email-form"),
    "two points": ("chan..tai@example.com", "email-form"),
    "Chinese": ("陳@example.com", "email-form"),
    "no": ("N/A", "email-form"),
    "too long": ("a" * 30 + "@example.com", "email-long"),
}


@rows(ADDRESSES, ("text", "value", "cleaned"))
def test_addresses_are_read(text, value, cleaned):
    """An address stays as it is given."""
    assert ask("email", text, shape=Shape(length=40)) == (value, None, cleaned)


@rows(NO_ADDRESSES, ("text", "problem"))
def test_other_texts_are_no_addresses(text, problem):
    """One plain address stands in a cell."""
    assert ask("email", text, shape=Shape(length=40)) == (None, problem, None)


NUMBERS = {
    "with country code": ("+85291234567", "+85291234567", None),
    "blanks": ("+852 9123 4567", "+85291234567", "value-understood"),
    "hyphens and brackets": ("(852) 9123-4567", "+85291234567", "value-understood"),
    "two zeros in front": ("00852 91234567", "+85291234567", "value-understood"),
    "plus that a spreadsheet took": ("85291234567", "+85291234567", "value-understood"),
    "mainland": ("86 138 1234 5678", "+8613812345678", "value-understood"),
    "Macao": ("85366123456", "+85366123456", "value-understood"),
    "abroad": ("+44 20 7946 0958", "+442079460958", "value-understood"),
    "local": ("91234567", "91234567", None),
    "local with a blank": ("9123 4567", "91234567", "value-understood"),
    "full-width": ("９１２３４５６７", "91234567", "width-folded"),
}
NO_NUMBERS = {
    "mainland without its code": ("13812345678", "phone-country"),
    "zero in front": ("020 7946 0958", "phone-country"),
    "extension": ("2123 4567 ext 12", "phone-form"),
    "two": ("9123 4567 / 9876 5432", "phone-several"),
    "too short": ("999", "phone-form"),
    "word": ("N/A", "phone-form"),
    "too many digits": ("+1234567890123456", "phone-form"),
    "longer than its field": ("+85291234567", "phone-long"),
}


@rows(NUMBERS, ("text", "value", "cleaned"))
def test_numbers_are_read_without_signs(text, value, cleaned):
    """The country code is kept, and never made up for a local number."""
    assert ask("phone", text, shape=Shape(length=20)) == (value, None, cleaned)


@rows(NO_NUMBERS, ("text", "problem"))
def test_other_numbers_are_asked_about(text, problem):
    """A number whose country is open is asked about."""
    shape = Shape(length=8 if problem == "phone-long" else 20)
    assert ask("phone", text, shape=shape) == (None, problem, None)


def test_a_number_cell_is_a_number():
    """Eight digits typed as a number are what they show."""
    assert ask("phone", "91234567", CellKind.NUMBER) == ("91234567", None, None)


COUNTRIES = {
    "code": ("HK", "HK", None),
    "small letters": ("gb", "GB", "value-understood"),
    "three letters": ("CHN", "CN", "value-understood"),
    "name": ("United Kingdom", "GB", "value-understood"),
    "everyday name": ("UK", "GB", "value-understood"),
    "Chinese": ("中國", "CN", "value-understood"),
    "simplified": ("美国", "US", "value-understood"),
    "full-width": ("ＨＫ", "HK", "width-folded"),
    "no error of a look-up": ("NA", "NA", None),
}


@rows(COUNTRIES, ("text", "value", "cleaned"))
def test_countries_are_read(text, value, cleaned):
    """Codes of two letters, and names with one meaning."""
    assert ask("country", text) == (value, None, cleaned)


@rows({"several": ("Korea",), "none": ("XX",), "nationality": ("Chinese",)}, ("text",))
def test_other_words_are_no_countries(text):
    """A name of several countries is asked about."""
    assert ask("country", text) == (None, "country-unknown", None)


def test_the_list_of_countries_is_whole():
    """ISO 3166-1 has 249 codes."""
    assert len(CODES) == len(set(CODES)) == 249
