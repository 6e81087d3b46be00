"""Subscriptions: the rows of the samples, made up.

The simulator refuses announcements that start with A99, stock 09995, account 90000018,
90,000,000 rights in a row as not there and 80,000,000 as more than the holding.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from samples.faults import Fault, faulty_rows
from samples.rows_election import (
    cleaned,
    deadlines,
    events,
    moment,
    references,
    shapes,
)
from samples.sheets import MOMENT, MONEY, TEXT, WHOLE, Cell, Column, Row, Sheet

COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=7),
    Column(heading="Kind", width=18),
    Column(heading="供股權代號", width=11),
    Column(heading="股票名稱", width=18),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="現金/股份", width=10),
    Column(heading="認購數量", width=13, format=WHOLE),
    Column(heading="認購價", width=10),
    Column(heading="認購款項", width=17, format=MONEY),
    Column(heading="Ccy", width=6),
    Column(heading="登記日持股", width=13, format=WHOLE),
    Column(heading="截止時間", width=17, format=MOMENT),
    Column(heading="客戶", width=14),
    Column(heading="內部備註", width=26),
)


class _Take(NamedTuple):
    """One account under one announcement; ``deadline`` in days from today."""

    announcement: str
    event: str | None
    kind: str
    code: int
    name: str
    account: str
    option: str | None
    quantity: int
    price: str | None
    holding: int | None
    deadline: int
    client: str
    note: str | None


# fmt: off
_TAKES = (
    _Take("A26004567", "RS", "供股", 2945, "示例地產 供股權", "01", None, 250_000, "1.5000", 250_000, 3, "多名客戶", "客戶數量已合併"),
    _Take("A26004567", "RS", "供股", 2945, "示例地產 供股權", "02", None, 40_000, "1.5000", 48_000, 3, "M10023", "8,000 份已沽出"),
    _Take("A26004567", "RS", "供股", 2945, "示例地產 供股權", "00012345", None, 6_200, "1.5000", 6_200, 3, "S20011", None),
    _Take("A26004568", "ER", "EXCESS", 2945, "示例地產 供股權", "01", None, 300_000, "1.5000", None, 3, "M10111", "額外認購，另有公布編號"),
    _Take("A26004568", "ER", "EXCESS", 2945, "示例地產 供股權", "02", None, 12_000, "1.5000", None, 3, "M10023", "額外認購，另有公布編號"),
    _Take("A26004601", "OO", "公開發售", 2951, "示例電力 發售權", "01", None, 96_000, "0.8800", 96_000, 5, "多名客戶", None),
    _Take("A26004601", "OO", "公開發售", 2951, "示例電力 發售權", "02", None, 15_000, "0.8800", 15_000, 5, "M10302", None),
    _Take("A26004602", "EO", "EXCESS OPEN OFFER", 2951, "示例電力 發售權", "02", None, 20_000, "0.8800", None, 5, "M10302", "額外發售"),
    _Take("A26004633", "TC", "收購", 175, "吉利汽車", "01", "現金", 35_000, None, 120_000, 9, "M10415", "有條件收購"),
    _Take("A26004633", "TC", "收購", 175, "吉利汽車", "02", "股份", 12_500, None, 12_500, 9, "M10345", "有條件收購"),
    _Take("A26004633", "TC", "收購", 175, "吉利汽車", "00012345", "現金", 4_000, None, 4_000, 9, "S20011", None),
    _Take("A26004640", "TU", "TAKEOVER", 992, "聯想集團", "01", "CASH", 46_000, None, 46_000, 12, "M10023", "無條件"),
    _Take("A26004640", "TU", "TAKEOVER", 992, "聯想集團", "02", "MIX", 9_000, None, 9_000, 12, "M10111", "無條件，現金加股份"),
    _Take("A26004655", None, "WARRANT", 1358, "示例控股 權證", "01", None, 80_000, "2.2500", 80_000, 6, "M10302", "公布類別未明"),
    _Take("A26004655", None, "WARRANT", 1358, "示例控股 權證", "02", None, 20_000, "2.2500", 20_000, 6, "M10345", None),
    _Take("A26004661", None, "CONVERSION", 4338, "示例集團 可換股債券", "01", None, 1_000_000, None, 1_000_000, 14, "HOUSE", "面值"),
    _Take("A26004661", None, "債券轉換", 4338, "示例集團 可換股債券", "02", None, 500_000, None, 500_000, 14, "M10111", "面值"),
    _Take("A26004702", "RS", "RIGHTS", 2962, "示例藥業 供股權", "01", None, 82_000_000, "0.0500", 82_000_000, 8, "HOUSE", "模擬器：超過持股"),
    _Take("A26004702", "RS", "RIGHTS", 2962, "示例藥業 供股權", "02", None, 91_000_000, "0.0500", 91_000_000, 8, "HOUSE", "模擬器：股份不足"),
    _Take("A26004567", "RS", "供股", 2945, "示例地產 供股權", "90000018", None, 2_000, "1.5000", 2_000, 3, "M10415", "模擬器：戶口不適用"),
    _Take("A99000021", "RS", "供股", 2977, "示例科技 供股權", "01", None, 35_000, "0.6200", 35_000, 7, "M10415", "模擬器：公布已截止"),
    _Take("A26004888", "TU", "收購", 9995, "示例控股", "01", "CASH", 20_000, None, 20_000, 7, "M10415", "模擬器：代號無效"),
)
# fmt: on


def _clean_rows(today: dt.date) -> Iterator[Row]:
    for number, take in enumerate(_TAKES, 1):
        price = None if take.price is None else Decimal(take.price)
        money = None if price is None else take.quantity * price
        yield (
            *(f"SB1201-{number:03}", take.announcement, take.event, take.kind),
            *(take.code, take.name, take.account, take.option, take.quantity),
            *(price, money, "HKD" if money else None, take.holding),
            *(moment(today, take.deadline), take.client, take.note),
        )


def clean(today: dt.date) -> Sheet:
    """Return rights, offers, takeovers, warrants and conversions of two weeks."""
    return Sheet(
        name=f"認購 {today:%m%d}",
        titles=(f"認購 Subscriptions {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=tuple(_clean_rows(today)),
    )


EXCESS_COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="公告編號", width=12),
    Column(heading="供股權代號", width=11),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="認購數量", width=13, format=WHOLE),
    Column(heading="登記日持股", width=13, format=WHOLE),
    Column(heading="額外認購", width=13, format=WHOLE),
    Column(heading="額外公告編號", width=13),
    Column(heading="截止時間", width=17, format=MOMENT),
    Column(heading="客戶", width=14),
)
_RIGHTS, _EXCESS = "A26004567", "A26004568"
_TOGETHER: tuple[tuple[Cell, ...], ...] = (
    ("SB1201-201", _RIGHTS, 2945, "01", 250_000, 250_000, 300_000, _EXCESS, "多名客戶"),
    ("SB1201-202", _RIGHTS, 2945, "02", 40_000, 48_000, 12_000, _EXCESS, "M10023"),
    ("SB1201-203", _RIGHTS, 2945, "03", 6_200, 6_200, None, None, "M10111"),
    ("SB1201-204", _RIGHTS, 2945, "00012345", 1_800, 1_800, 2_000, _EXCESS, "S20011"),
)


def excess(today: dt.date) -> Sheet:
    """Return rights and excess in one row, as front offices keep them."""
    rows = tuple((*row[:-1], moment(today, 3), row[-1]) for row in _TOGETHER)
    return Sheet(
        name="供股及額外認購",
        titles=("供股及額外認購 Rights and excess",),
        columns=EXCESS_COLUMNS,
        rows=rows,
    )


def faulty_excess(now: dt.datetime) -> Sheet:
    """Return rights and excess in one row, one fault per row."""
    columns = (*EXCESS_COLUMNS[:-1], Column(heading="What is wrong 問題", width=58))
    good = {
        "公告編號": _RIGHTS,
        "供股權代號": 2945,
        "認購數量": 1_000,
        "登記日持股": 1_000,
        "額外認購": 500,
        "額外公告編號": _EXCESS,
        "截止時間": moment(now.date(), 3),
    }
    faults = (
        Fault("nothing 此行無誤"),
        Fault(
            "the excess has no number of its own 沒有公布編號", {"額外公告編號": None}
        ),
        Fault("the number of the rights again", {"額外公告編號": _RIGHTS}),
        Fault("a number, but how much?", {"額外認購": None}),
        Fault(
            "no excess: one instruction 無額外認購",
            {"額外認購": 0, "額外公告編號": None},
        ),
        Fault("excess alone 只有額外認購", {"認購數量": None, "登記日持股": None}),
        Fault("excess in words", {"額外認購": "ALL"}),
    )
    rows = faulty_rows(
        columns,
        faults,
        lambda number: {
            "單號": f"SB1201-{300 + number}",
            "戶口號碼": f"{number:02}",
            **good,
        },
    )
    return Sheet(name="供股及額外認購", titles=(), columns=columns, rows=rows)


FAULTY_COLUMNS = (
    Column(heading="單號", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=10),
    Column(heading="Kind", width=18),
    Column(heading="股票編號", width=10),
    Column(heading="ISIN No", width=15),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="現金/股份", width=10),
    Column(heading="認購數量", width=14),
    Column(heading="Bond Qty", width=11),
    Column(heading="認購價", width=11),
    Column(heading="認購款項", width=16),
    Column(heading="Ccy", width=7),
    Column(heading="登記日持股", width=12),
    Column(heading="截止時間", width=20, format=MOMENT),
    Column(heading="Function", width=9),
    Column(heading="備註", width=20),
    Column(heading="狀態", width=10),
    Column(heading="電話", width=18),
    Column(heading="客戶", width=10),
    Column(heading="What is wrong 問題", width=58),
)


def _good(today: dt.date, number: int) -> dict[str, object]:
    """Return a good row: an announcement of its own, so that no rule counts it twice."""
    return {
        "單號": f"SB1201-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "公告編號": f"A2600{number:04}",
        "Event": "RS",
        "Kind": "RIGHTS",
        "股票編號": "02945",
        "戶口號碼": "01",
        "認購數量": 100 * number,
        "Ccy": "HKD",
        "登記日持股": 100 * number,
        "截止時間": moment(today, 3),
        "Function": "NEW",
        "電話": "MS LEE 2123 4567",
    }


def _money() -> tuple[Fault, ...]:
    """Return amounts and prices that cannot be read."""
    return (
        Fault(
            "currency beside the amount", {"認購款項": "HKD 1,350.00", "認購價": None}
        ),
        Fault("dollars of which country?", {"Ccy": "$"}),
        Fault("no currency we know", {"Ccy": "XYZ"}),
        Fault("to be advised", {"認購款項": "TBA"}),
        Fault("brackets: negative?", {"認購款項": "(480,000.00)"}),
        Fault("point and comma exchanged", {"認購款項": "480.000,00"}),
        Fault("unit M", {"認購款項": "1.5M"}),
        Fault("which dollars?", {"認購款項": "$480,000.00"}),
        Fault("dollars of another country", {"認購款項": "US$480,000.00"}),
        Fault("the rest of a calculation 計算尾數", {"認購款項": "480000.30000000001"}),
        Fault("three decimals", {"認購款項": 480_000.125}),
        Fault("twelve digits before the point", {"認購款項": "100,000,000,000.00"}),
        Fault("no price", {"認購價": "MKT"}),
        Fault("negative price", {"認購價": -1}),
        Fault("comma for the decimals", {"認購價": "1,50"}),
        Fault("unit K", {"認購價": "0.4K"}),
        Fault("five decimals", {"認購價": "1.12345"}),
        Fault("which dollars?", {"認購價": "$1.5"}),
        Fault("the rest of a calculation 計算尾數", {"認購價": "1.5000000000000002"}),
        Fault("six digits before the point", {"認購價": "400000.00"}),
    )


def _meanings() -> tuple[Fault, ...]:
    mixed, two = {"公告編號": "A26008004"}, {"公告編號": "A26008005"}
    bond = {"Kind": "WARRANT-WITH-BOND", "Event": None}
    return (
        Fault("the code of the share? 02945 is the rights'", {"股票編號": "00016"}),
        Fault("excess in the rights' announcement ...", {**mixed, "Kind": "EXCESS"}),
        Fault("... with the rights", {**mixed, "戶口號碼": "02"}),
        Fault("new shares in place of rights", {"登記日持股": 1_000}),
        Fault(
            "excess: no limit by the holding",
            {"Kind": "EXCESS", "Event": "ER", "登記日持股": 1_000},
        ),
        Fault("bonds with rights", {"Bond Qty": 50_000}),
        Fault("warrant with bond, no bonds", bond),
        Fault("warrant with bond", {**bond, "Bond Qty": 50_000}),
        Fault(
            "money of rights and excess together", {"認購價": "1.5", "認購款項": 90_000}
        ),
        Fault("two clients of one account ...", {**two, "登記日持股": 40_000}),
        Fault("... in two rows", {**two, "登記日持股": 40_000}),
        Fault(
            "neither cash nor shares",
            {"Kind": "TAKEOVER", "Event": "TU", "現金/股份": "BONUS"},
        ),
    )


def faulty(now: dt.datetime) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    today = now.date()
    figure = "認購數量"
    faults = [
        *cleaned(figure),
        *shapes(today, figure),
        *references("SB1201", figure),
        *events(
            ("BE", "a dividend 股息"),
            ("VT", "a meeting 股東大會"),
            ("TM", "takes no instruction 無須指示"),
        ),
        *deadlines(today, now),
        *_money(),
        *_meanings(),
    ]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="認購 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )
