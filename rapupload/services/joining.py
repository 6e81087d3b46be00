"""Joined data for rules: the clock, cut-offs, settlement days; more sources follow."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from rapupload.config import CutOffs, Settings
from rapupload.spec.format import BatchSpec
from rapupload.transport.hong_kong_days import HongKongDays
from rapupload.transport.hours import HONG_KONG
from rapupload.validation import Context, Lookup

_PAST_DAYS, _COMING_DAYS = (
    40,
    400,
)  # beyond, a settlement day is reported as not checked


def context_for(
    spec: BatchSpec, settings: Settings | None, now: dt.datetime
) -> Context:
    """Return what the rules of a spec may use today.

    Args:
        spec: The batch file specification.
        settings: None where a file is checked without an account.
        now: The present instant.
    """
    moment = now.astimezone(HONG_KONG)
    cut_offs = settings.cut_offs if settings else CutOffs()
    return Context(
        own_participant=settings.account.participant if settings else None,
        market=spec.spec.market,
        now=moment,
        defaults=settings.defaults if settings else {},
        scalars=_cut_offs(spec, cut_offs, moment.date()),
        lookups=_lookups(spec, moment.date()),
        severities=settings.severity if settings else {},
    )


def _cut_offs(spec: BatchSpec, cut_offs: CutOffs, day: dt.date) -> dict[str, Any]:
    """Return today's cut-offs of the market; those of other markets are not known."""
    if spec.spec.market != "HKMK":
        return {}
    return {
        "cut_off": dt.datetime.combine(day, cut_offs.settlement, HONG_KONG),
        "rdp_cut_off": dt.datetime.combine(day, cut_offs.real_time_payment, HONG_KONG),
    }


def _lookups(spec: BatchSpec, today: dt.date) -> tuple[Lookup, ...]:
    names = {column.name for column in spec.column}
    if "settlement-date" not in names or spec.spec.market != "HKMK":
        return ()
    calendar = HongKongDays()
    days = [
        today + dt.timedelta(days=number) for number in range(-_PAST_DAYS, _COMING_DAYS)
    ]
    frame = pl.DataFrame(
        {
            "settlement_date": days,
            "settlement_day": [calendar.is_settlement_day(day) for day in days],
        },
        schema={"settlement_date": pl.Date, "settlement_day": pl.Boolean},
    )
    return (Lookup(keys=("settlement_date",), frame=frame),)
