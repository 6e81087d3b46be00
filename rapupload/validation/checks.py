"""Checks that SQL cannot say, by the name that rules use.

Each takes the typed frame of rows that passed phase one and returns one Boolean per
row, and what the message may quote. ``total-wide`` is judged where totals are made, in
``rapupload.services``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from rapupload.fieldtypes.identity_document import (
    hkid_check_digit_is_wrong,
    mainland_check_digit_is_wrong,
)


class Verdict(NamedTuple):
    """What a check found.

    Attributes:
        wrong: One Boolean per row; null where it cannot be told.
        words: Further columns for the message, one value per row.
    """

    wrong: pl.Series
    words: dict[str, pl.Series]


def account_chain(frame: pl.DataFrame) -> Verdict:
    """Find debits of an account that the same file credits with the same stock.

    An ISIN without a code is compared with others of its kind, which is not all there
    is to compare: such a row is wrong or not known.
    """
    stock = pl.coalesce("stock_key", "isin").alias("stock")
    debits = frame.select(pl.col("from_account").alias("account"), stock)
    credits_ = frame.select(pl.col("to_account").alias("account"), stock)
    found = debits.with_row_index("index").join(
        credits_.unique(), on=["account", "stock"], how="semi"
    )
    flags = pl.repeat(value=False, n=frame.height, eager=True, dtype=pl.Boolean)
    wrong = flags.scatter(found["index"], values=True).alias("wrong")
    told = pl.col("wrong") | pl.col("stock_key").is_not_null()
    judged = frame.select("stock_key").with_columns(wrong)
    return Verdict(judged.select(pl.when(told).then("wrong"))["wrong"], {})


def vote_missing(frame: pl.DataFrame) -> Verdict:
    """Find accounts that vote on some resolutions of a meeting and not on others."""
    per_meeting = frame.group_by("announcement_no").agg(
        pl.col("resolution_no").unique().alias("all")
    )
    per_account = frame.group_by("announcement_no", "stock_account").agg(
        pl.col("resolution_no").unique().alias("voted")
    )
    missing = per_account.join(per_meeting, on="announcement_no").select(
        "announcement_no",
        "stock_account",
        list=pl.col("all").list.set_difference("voted").list.sort().list.join(", "),
    )
    keys = ["announcement_no", "stock_account"]
    rows = frame.select(keys).with_row_index("index")
    joined = rows.join(missing, on=keys, how="left", nulls_equal=True).sort("index")
    first = joined.select(first=pl.col("index") == pl.col("index").min().over(keys))
    wrong = (joined["list"].fill_null("") != "") & first["first"]
    return Verdict(wrong, {"list": joined["list"]})


def not_on_agenda(frame: pl.DataFrame) -> Verdict:
    """Find resolutions that the agenda does not list (numbers separated by commas)."""
    listed = pl.col("agenda").str.replace_all(" ", "", literal=True).str.split(",")
    wrong = frame.select(wrong=~listed.list.contains(pl.col("resolution_no")))["wrong"]
    return Verdict(wrong.fill_null(value=False), {})


def deadline_unknown(frame: pl.DataFrame) -> Verdict:
    """Find rows whose deadline is in neither the sheet nor an announcement file.

    Fails closed: a value that SQL would call unknown, as no file was loaded, is missing.
    """
    known = [name for name in ("deadline", "event_deadline") if name in frame.columns]
    return Verdict(frame.select(wrong=pl.coalesce(known).is_null())["wrong"], {})


def identity_check_digit(frame: pl.DataFrame) -> Verdict:
    """Find numbers that are none of the identity card that ``id_type`` names."""
    number, kind = pl.col("id_number"), pl.col("id_type")
    wrong = ((kind == "HKID") & hkid_check_digit_is_wrong(number)) | (
        (kind == "PRC-ID") & mainland_check_digit_is_wrong(number)
    )
    return Verdict(frame.select(wrong=wrong.fill_null(value=False))["wrong"], {})


_MULTIPLE = 50_000  # of Exchange Fund Notes, in Hong Kong dollars (press, 2024)


def nominal_uneven(frame: pl.DataFrame) -> Verdict:
    """Find nominals that are no multiple of what the tender's terms ask for.

    Without the firm's list of tenders that is the multiple of Exchange Fund Notes, and
    the rule is checked all the same.
    """
    terms = [pl.col("tender_multiple")] if "tender_multiple" in frame.columns else []
    found = frame.select(multiple=pl.coalesce(*terms, pl.lit(_MULTIPLE)), n="nominal")
    wrong = found.select(wrong=pl.col("n") % pl.col("multiple") != 0)["wrong"]
    shown = pl.Series(
        [f"{multiple:,}" for multiple in found["multiple"]], dtype=pl.String
    )
    return Verdict(wrong.fill_null(value=False), {"multiple": shown})


_TENDERS_OPEN = 9  # hour of the day (CCASS operational times, an older edition)


def before_opening(frame: pl.DataFrame) -> Verdict:
    """Tell whether the functions for tenders are still closed this morning."""
    early = frame.select(early=pl.col("now").dt.hour() < _TENDERS_OPEN)["early"]
    return Verdict(early, {})


CHECKS: dict[str, Callable[[pl.DataFrame], Verdict]] = {
    "account-chain": account_chain,
    "before-opening": before_opening,
    "deadline-unknown": deadline_unknown,
    "identity-check-digit": identity_check_digit,
    "nominal-uneven": nominal_uneven,
    "not-on-agenda": not_on_agenda,
    "vote-missing": vote_missing,
}
"""Check name -> function."""
