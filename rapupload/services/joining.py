"""Joined data for rules: the clock, cut-offs, settlement days, limits, the firm's lists.

A name without a value makes its rules "not checked"; ``gaps`` says what would mend it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from rapupload.config import CutOffs, Settings
from rapupload.model import Text
from rapupload.services.lists import NO_LISTS, KnownList, Lists
from rapupload.spec.format import BatchSpec
from rapupload.spec.joined import JOINED, STOCK_KEY
from rapupload.transport.hong_kong_days import HongKongDays
from rapupload.transport.hours import HONG_KONG
from rapupload.validation import Context, Lookup

_PAST_DAYS, _COMING_DAYS = (
    40,
    400,
)  # beyond, a settlement day is reported as not checked

SOURCES: dict[str, str] = {
    "balance": "balances",
    "receipts": "balances",
    "holding": "holdings",
    "event_holding": "holdings",
    "event_type": "announcements",
    "event_deadline": "announcements",
    "event_options": "announcements",
    "event_stock_code": "announcements",
    "event_known": "announcements",
    "event_instruction": "announcements",
    "event_opens": "announcements",
    "event_kind": "announcements",
    "event_currencies": "announcements",
    "event_default_option": "announcements",
    "event_attendance": "announcements",
    "event_last_trading_day": "announcements",
    "agenda": "announcements",
    "underlying_code": "announcements",
    "counterparty_kind": "participants",
    "counterparty_known": "participants",
    "counterparty_suspended": "participants",
    "reference_known": "stocks",
    "reference_name": "stocks",
    "reference_isin": "stocks",
    "reference_counters": "stocks",
    STOCK_KEY: "stocks",
    "product": "stocks",
    "board_lot": "stocks",
    "tender_multiple": "tenders",
}
"""Joined column -> the list it comes from; those of accounts come on top."""

_SETTINGS = Text(
    "there are no settings (rapupload.toml)", "沒有設定檔（rapupload.toml）"
)
_OTHER_GAPS: dict[str, Text] = {
    "own_participant": _SETTINGS,
    "settlement_day": Text(
        "the calendar of settlement days does not reach that day or market",
        "交收日曆未涵蓋該日或該市場",
    ),
    "cut_off": Text("no cut-off is known for this market", "該市場的截止時間不詳"),
    "rdp_cut_off": Text("no cut-off is known for this market", "該市場的截止時間不詳"),
    "money_limit": Text(
        "no limit for that currency ([limits] money in rapupload.toml)",
        "該貨幣未設限額（rapupload.toml 的 [limits] money）",
    ),
    "represented": Text(
        "the journal was not asked what earlier files hold", "未有查閱日誌內較早的檔案"
    ),
    "voted": Text(
        "the journal was not asked what earlier files hold", "未有查閱日誌內較早的檔案"
    ),
}


def context_for(
    spec: BatchSpec,
    settings: Settings | None,
    now: dt.datetime,
    lists: Lists = NO_LISTS,
    earlier: tuple[Lookup, ...] = (),
) -> Context:
    """Return what the rules of a spec may use today.

    Args:
        spec: The batch file specification.
        settings: None where a file is checked without an account.
        now: The present instant.
        lists: What the firm knows.
        earlier: What the journal knows of earlier files.
    """
    moment = now.astimezone(HONG_KONG)
    cut_offs = settings.cut_offs if settings else CutOffs()
    return Context(
        own_participant=settings.account.participant if settings else None,
        market=spec.spec.market,
        now=moment,
        defaults=settings.defaults if settings else {},
        scalars=_cut_offs(spec, cut_offs, moment.date()),
        lookups=(
            *_calendar(spec, moment.date()),
            *_money_limits(spec, settings),
            *_from_lists(spec, lists),
            *earlier,
        ),
        severities=settings.severity if settings else {},
        gaps=_gaps(spec, lists),
    )


def wanted_lists(spec: BatchSpec) -> tuple[str, ...]:
    """Return the lists that can say something about the columns of a spec.

    >>> from rapupload.spec.catalogue import Catalogue
    >>> wanted_lists(Catalogue().spec("ati").spec)
    ('accounts', 'stocks', 'balances')
    """
    names = {column.sql_name for column in spec.column}
    wanted = {
        "accounts": bool(_accounts(spec)),
        "stocks": "stock_code" in names,
        "participants": bool(_counterparty(names)),
        "balances": bool(_debited(names)) and not _event(names),
        "announcements": bool(_event(names)),
        "holdings": {"announcement_no", "stock_account"} <= names,
        "tenders": "tender_no" in names,
    }
    return tuple(name for name, is_wanted in wanted.items() if is_wanted)


def _accounts(spec: BatchSpec) -> list[str]:
    return [column.sql_name for column in spec.column if column.type == "account"]


def _first(names: set[str], *candidates: str) -> str:
    return next((name for name in candidates if name in names), "")


def _counterparty(names: set[str]) -> str:
    return _first(names, "counterparty_id", "investor_id")


def _event(names: set[str]) -> str:
    return _first(names, "announcement_no", "tender_no")


def _debited(names: set[str]) -> str:
    """Return the account that shares leave; of an SI it is the one account there is."""
    return _first(names, "from_account", "stock_account")


def _gaps(spec: BatchSpec, lists: Lists) -> dict[str, Text]:
    sources = dict(SOURCES)
    for account in _accounts(spec):
        sources |= {f"{account}_kind": "accounts", f"{account}_known": "accounts"}
    if "tender_no" in {column.sql_name for column in spec.column}:
        sources["event_deadline"] = "tenders"
    gaps = dict(_OTHER_GAPS)
    for joined, name in sources.items():
        if name in lists.gaps:
            gaps[joined] = lists.gaps[name]
        elif name in lists.known:
            known = lists.known[name]
            gaps[joined] = Text(
                f"the list of {known.about.title.en.lower()} does not say",
                f"{known.about.title.zh_hant}清單未有列明",
            )
    return gaps


# From settings and calendars


def _cut_offs(spec: BatchSpec, cut_offs: CutOffs, day: dt.date) -> dict[str, Any]:
    """Return today's cut-offs of the market; those of other markets are not known."""
    if spec.spec.market != "HKMK":
        return {}
    return {
        "cut_off": dt.datetime.combine(day, cut_offs.settlement, HONG_KONG),
        "rdp_cut_off": dt.datetime.combine(day, cut_offs.real_time_payment, HONG_KONG),
    }


def _calendar(spec: BatchSpec, today: dt.date) -> Iterator[Lookup]:
    names = {column.name for column in spec.column}
    if "settlement-date" not in names or spec.spec.market != "HKMK":
        return
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
    yield Lookup(keys=("settlement_date",), frame=frame)


def _money_limits(spec: BatchSpec, settings: Settings | None) -> Iterator[Lookup]:
    limits = settings.limits.money if settings else {}
    if limits and "currency" in {column.name for column in spec.column}:
        frame = pl.DataFrame(
            {"currency": list(limits), "money_limit": list(limits.values())},
            schema={"currency": pl.String, "money_limit": JOINED["money_limit"]},
        )
        yield Lookup(keys=("currency",), frame=frame)


# From the firm's lists


def _from_lists(spec: BatchSpec, lists: Lists) -> Iterator[Lookup]:
    names = {column.sql_name for column in spec.column}
    known = lists.known
    if "accounts" in known:
        for account in _accounts(spec):
            yield _account(account, known["accounts"])
    if "participants" in known and _counterparty(names):
        yield _participant(_counterparty(names), known["participants"])
    if "tenders" in known and "tender_no" in names:
        yield _tender(known["tenders"])
    if "announcements" in known and _event(names):
        yield _announcement(_event(names), known["announcements"])
    if "holdings" in known and {"announcement_no", "stock_account"} <= names:
        yield _holding(known["holdings"])
    if "stocks" in known and "stock_code" in names:
        yield from _stocks(names, known["stocks"])
    if "balances" in known and _debited(names):
        # After the stocks, so that a row by ISIN finds the balance kept by code.
        yield from _balances(_debited(names), names, known["balances"])


def stock_keys(context: Context) -> pl.DataFrame:
    """Return ``isin`` and the one ``stock_key`` that the stock list of today gives it."""
    for lookup in context.lookups:
        if lookup.keys == ("isin",) and STOCK_KEY in lookup.frame.columns:
            return lookup.frame.select("isin", STOCK_KEY).drop_nulls()
    return pl.DataFrame(schema={"isin": pl.String, STOCK_KEY: pl.String})


def _lookup(
    keys: tuple[str, ...],
    frame: pl.DataFrame,
    *,
    absent: Mapping[str, object] | None = None,
    unless: str = "",
) -> Lookup:
    """Return a lookup whose joined columns have the types that rules expect."""
    typed = frame.with_columns(
        pl.col(name).cast(JOINED[name]) for name in frame.columns if name in JOINED
    )
    return Lookup(keys=keys, frame=typed, absent=absent or {}, unless=unless)


def _account(column: str, known: KnownList) -> Lookup:
    frame = known.frame.select(
        pl.col("account").alias(column),
        pl.col("kind").alias(f"{column}_kind"),
        pl.lit(value=True).alias(f"{column}_known"),
    )
    return Lookup(keys=(column,), frame=frame, absent={f"{column}_known": False})


def _participant(column: str, known: KnownList) -> Lookup:
    frame = known.frame.select(
        pl.col("participant_id").alias(column),
        counterparty_kind="kind",
        counterparty_known=pl.lit(value=True),
        counterparty_suspended=pl.col("suspended") == "Y",
    )
    return _lookup((column,), frame, absent={"counterparty_known": False})


def _balances(account: str, names: set[str], known: KnownList) -> Iterator[Lookup]:
    """Yield day-start balances by account and stock code, else by account and ISIN."""
    balance = pl.col("balance").cast(pl.Int64)
    signed = pl.when(pl.col("sign") == "minus").then(-balance)
    rows = known.frame.select(
        pl.col("account").alias(account),
        "stock_code",
        "isin",
        balance=signed.otherwise(balance),
        receipts="receipts",
    )
    absent = {"balance": 0, "receipts": 0} if known.complete else {}

    def sums(key: str) -> pl.DataFrame:
        keyed = rows.filter(pl.col(key).is_not_null())
        total = pl.col("balance", "receipts").sum()
        return keyed.group_by(account, key, maintain_order=True).agg(total)

    by_code = sums("stock_code")
    yield _lookup((account, "stock_code"), by_code, absent=absent)
    if "isin" in names:  # its code first, where the stock list knows that
        by_key = by_code.rename({"stock_code": STOCK_KEY})
        yield _lookup((account, STOCK_KEY), by_key, unless="stock_code")
        frame = sums("isin")
        yield _lookup((account, "isin"), frame, absent=absent, unless="stock_code")


def _tender(known: KnownList) -> Lookup:
    frame = known.frame.select(
        "tender_no", tender_multiple="multiple", event_deadline="deadline"
    )
    return _lookup(("tender_no",), frame)


def _announcement(column: str, known: KnownList) -> Lookup:
    about, type_ = known.about, pl.col("event_type").str.to_uppercase()
    answered = type_.replace_strict(about.answered_by, default="none")
    kind = type_.replace_strict(about.kinds, default=None, return_dtype=pl.String)
    frame = known.frame.select(
        pl.col("announcement_no").alias(column),
        event_type=type_,
        event_deadline="deadline",
        event_options=_listed("options"),
        event_stock_code="stock_code",
        event_known=pl.lit(value=True),
        event_instruction=answered,
        event_opens="opens",
        event_kind=pl.coalesce("kind", kind),
        event_currencies=_listed("currencies"),
        event_default_option="default_option",
        event_attendance=_listed("attendance"),
        event_last_trading_day="last_trading_day",
        underlying_code="underlying_code",
        agenda=_listed("agenda"),
    )
    return _lookup((column,), frame, absent={"event_known": False})


def _listed(column: str) -> pl.Expr:
    """Return values separated by commas and nothing else, as rules compare them."""
    text = pl.col(column).str.replace_all(r"\s*[,，、;；]\s*", ",")
    return text.str.strip_chars(" ,")


def _holding(known: KnownList) -> Lookup:
    frame = known.frame.select(
        "announcement_no",
        pl.col("account").alias("stock_account"),
        holding="holding",
        event_holding="holding",
    )
    absent = {"holding": 0, "event_holding": 0} if known.complete else {}
    return _lookup(("announcement_no", "stock_account"), frame, absent=absent)


def _stocks(names: set[str], known: KnownList) -> Iterator[Lookup]:
    """Yield the reference list by stock code; by ISIN where a row gives no code."""
    counters = pl.col("stock_code").n_unique().over("isin").cast(pl.Int64)
    rows = known.frame.select(
        "stock_code",
        "isin",
        reference_known=pl.lit(value=True),
        reference_name=pl.coalesce("name", "name_chinese"),
        reference_isin="isin",
        reference_counters=pl.when(pl.col("isin").is_not_null()).then(counters),
        product="product",
        board_lot="board_lot",
        underlying_code="underlying_code",
    )
    absent = {"reference_known": False}
    yield _lookup(("stock_code",), rows.drop("isin"), absent=absent)
    if "isin" not in names:
        return
    said = ["product", "board_lot", "underlying_code"]
    by_isin = (
        rows.filter(pl.col("isin").is_not_null())
        .sort("stock_code")
        .group_by("isin", maintain_order=True)
        .agg(
            pl.col(
                "reference_known",
                "reference_name",
                "reference_isin",
                "reference_counters",
            ).first(),
            # Counters may differ in these: said only where all agree.
            *(
                pl.when(pl.col(name).n_unique() == 1).then(pl.col(name).first())
                for name in said
            ),
            pl.when(pl.col("stock_code").n_unique() == 1)
            .then(pl.col("stock_code").first())
            .alias(STOCK_KEY),
        )
    )
    yield _lookup(("isin",), by_isin, absent=absent, unless="stock_code")
