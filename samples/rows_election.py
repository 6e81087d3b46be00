"""Elections: the rows of the samples, made up; and the faults that corporate actions share.

The simulator refuses announcements that start with A99, stock 09995, account 90000018,
90,000,000 shares in a row as not there and 80,000,000 as more than the holding.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from samples.faults import Fault, faulty_rows
from samples.sheets import MOMENT, TEXT, WHOLE, Column, Formula, Row, Sheet, Shown

COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=7),
    Column(heading="股票編號", width=9),
    Column(heading="股票名稱", width=16),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="選項編號", width=9),
    Column(heading="現金/以股代息", width=13),
    Column(heading="派息貨幣", width=9),
    Column(heading="選擇數量", width=13, format=WHOLE),
    Column(heading="登記日持股", width=13, format=WHOLE),
    Column(heading="截止時間", width=17, format=MOMENT),
    Column(heading="客戶", width=14),
    Column(heading="內部備註", width=24),
)


class _Benefit(NamedTuple):
    """One account at one dividend; ``deadline`` in days from today.

    Of each choice: option number, words, currency, shares.
    """

    announcement: str
    code: int
    name: str
    account: str
    holding: int
    deadline: int
    client: str
    note: str | None
    choices: tuple[tuple[int | None, str | None, str | None, int], ...]


# fmt: off
_BENEFITS = (
    _Benefit("A26003105", 5, "滙豐控股", "01", 412_800, 3, "多名客戶", "客戶股數已合併", (
        (1, "CCY", "USD", 52_000), (2, "CCY", "HKD", 330_800), (3, "CCY", "GBP", 30_000))),
    _Benefit("A26003105", 5, "滙豐控股", "00012345", 8_400, 3, "S20011", None, (
        (2, "CCY", "HKD", 8_400),)),
    _Benefit("A26003188", 66, "港鐵公司", "01", 96_500, 5, "多名客戶", "客戶股數已合併", (
        (None, "現金", None, 61_500), (None, "以股代息", None, 35_000))),
    _Benefit("A26003188", 66, "港鐵公司", "02", 12_000, 5, "M10023", None, (
        (None, "以股代息", None, 12_000),)),
    _Benefit("A26003188", 66, "港鐵公司", "00012345", 4_500, 5, "S20011", None, (
        (None, "現金", None, 4_500),)),
    _Benefit("A26003240", 823, "領展房產基金", "01", 220_300, 4, "多名客戶", "兩名客戶未有回覆，餘數按預設", (
        (None, "現金", None, 120_000), (None, "以股代息", None, 90_300))),
    _Benefit("A26003240", 823, "領展房產基金", "02", 61_400, 4, "M10111", None, (
        (None, "以股代息", None, 61_400),)),
    _Benefit("A26003302", 1113, "長實集團", "01", 33_000, 8, "M10302", None, (
        (1, None, None, 13_000), (2, None, None, 20_000))),
    _Benefit("A26003302", 1113, "長實集團", "02", 7_500, 8, "M10345", None, (
        (1, None, None, 7_500),)),
    _Benefit("A26003377", 16, "新鴻基地產", "01", 145_000, 10, "多名客戶", "客戶股數已合併", (
        (None, "CASH", None, 100_000), (None, "SCRIP", None, 45_000))),
    _Benefit("A26003377", 16, "新鴻基地產", "00012345", 2_800, 10, "S20011", None, (
        (None, "SCRIP", None, 2_800),)),
    _Benefit("A26003401", 939, "建設銀行", "02", 85_000_000, 9, "HOUSE", "模擬器：超過持股", (
        (None, "SCRIP", None, 85_000_000),)),
    _Benefit("A26003401", 939, "建設銀行", "01", 95_000_000, 9, "HOUSE", "模擬器：股份不足", (
        (None, "SCRIP", None, 95_000_000),)),
    _Benefit("A26003377", 16, "新鴻基地產", "90000018", 2_000, 10, "M10415", "模擬器：戶口不適用", (
        (None, "CASH", None, 2_000),)),
    _Benefit("A99000011", 175, "吉利汽車", "01", 35_000, 6, "M10415", "模擬器：公布已截止", (
        (None, "CASH", None, 20_000), (None, "SCRIP", None, 15_000))),
    _Benefit("A26003888", 9995, "示例控股", "01", 20_000, 6, "M10415", "模擬器：代號無效", (
        (None, "SCRIP", None, 20_000),)),
)
# fmt: on


def moment(today: dt.date, days: int, hour: int = 16) -> dt.datetime:
    """Return an hour of a day counted from today."""
    return dt.datetime.combine(today + dt.timedelta(days=days), dt.time(hour))


def _clean_rows(today: dt.date) -> Iterator[Row]:
    number = 0
    for benefit in _BENEFITS:
        for option, election, currency, shares in benefit.choices:
            number += 1
            yield (
                *(f"EL1207-{number:03}", benefit.announcement, "BE", benefit.code),
                *(benefit.name, benefit.account, option, election, currency, shares),
                *(benefit.holding, moment(today, benefit.deadline)),
                *(benefit.client, benefit.note),
            )


def clean(today: dt.date) -> Sheet:
    """Return the elections of a week, one row per account and option."""
    return Sheet(
        name=f"選擇 {today:%m%d}",
        titles=(f"股息選擇 Dividend elections {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=tuple(_clean_rows(today)),
    )


_SUMMED = (  # one row per client, as the front office exports them
    ("EL1207-101", "A26003188", 66, "01", "以股代息", 12_000, "M10023"),
    ("EL1207-102", "A26003188", 66, "01", "以股代息", 8_500, "M10111"),
    ("EL1207-103", "A26003188", 66, "01", "現金", 40_000, "M10302"),
    ("EL1207-104", "A26003188", 66, "01", "以股代息", 14_500, "M10345"),
    ("EL1207-105", "A26003188", 66, "01", "現金", 21_500, "M10415"),
    ("EL1207-106", "A26003188", 66, "00012345", "現金", 4_500, "S20011"),
    ("EL1207-107", "A26003240", 823, "02", "以股代息", 31_400, "M10111"),
    ("EL1207-108", "A26003240", 823, "02", "以股代息", 30_000, "M10345"),
)


def summed(today: dt.date) -> Sheet:
    """Return one row per client, to be added up per account and option."""
    columns = tuple(
        column
        for column in COLUMNS
        if column.heading
        in {"單號", "公告編號", "股票編號", "戶口號碼", "現金/以股代息", "選擇數量"}
        | {"截止時間", "客戶"}
    )
    days = {"A26003188": 5, "A26003240": 4}
    rows = tuple((*row[:-1], moment(today, days[row[1]]), row[-1]) for row in _SUMMED)
    return Sheet(name="客戶選擇", titles=(), columns=columns, rows=rows)


def faulty_summed(now: dt.datetime) -> Sheet:
    """Return rows of clients that cannot be added up, in pairs."""
    today = now.date()
    due, later = moment(today, 5), moment(today, 6)
    columns = (
        Column(heading="單號", width=12),
        Column(heading="公告編號", width=12),
        Column(heading="股票編號", width=9),
        Column(heading="戶口號碼", width=11, format=TEXT),
        Column(heading="現金/以股代息", width=13),
        Column(heading="選擇數量", width=15, format=WHOLE),
        Column(heading="截止時間", width=17, format=MOMENT),
        Column(heading="備註", width=14),
        Column(heading="客戶", width=10),
        Column(heading="What is wrong 問題", width=46),
    )
    mtr, link, huge = "A26003188", "A26003240", 60_000_000_000
    # fmt: off
    rows: tuple[Row, ...] = (
        ("EL1207-301", mtr, 66, "01", "SCRIP", 1_000, due, None, "M10023", "nothing: these two become one ..."),
        ("EL1207-302", mtr, 66, "01", "SCRIP", 2_000, due, None, "M10111", "... 合併為一項"),
        ("EL1207-303", mtr, 66, "02", "SCRIP", 1_000, due, None, "M10023", "two deadlines ..."),
        ("EL1207-304", mtr, 66, "02", "SCRIP", 2_000, later, None, "M10111", "... which one?"),
        ("EL1207-305", mtr, 66, "03", "CASH", 1_000, due, "A", "M10023", "two remarks: the first one is sent"),
        ("EL1207-306", mtr, 66, "03", "CASH", 2_000, due, "B", "M10111", "只會發送首行的備註"),
        ("EL1207-307", link, 823, "01", "CASH", huge, due, None, "M10023", "together twelve digits ..."),
        ("EL1207-308", link, 823, "01", "CASH", huge, due, None, "M10111", "... 合計超過欄位長度"),
        ("EL1207-309", link, 823, "02", "CASH", 1_000, due, None, "M10023", "its other half is faulty"),
        ("EL1207-310", link, 823, "02", "CASH", "ALL", due, None, "M10111", "all: how many?"),
    )
    # fmt: on
    return Sheet(name="客戶選擇", titles=(), columns=columns, rows=rows)


FAULTY_COLUMNS = (
    Column(heading="單號", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=10),
    Column(heading="股票編號", width=10),
    Column(heading="ISIN No", width=15),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="選項編號", width=10),
    Column(heading="現金/以股代息", width=13),
    Column(heading="派息貨幣", width=9),
    Column(heading="選擇數量", width=14),
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
        "單號": f"EL1207-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "公告編號": f"A2600{number:04}",
        "Event": "BE",
        "股票編號": "00005",
        "戶口號碼": "01",
        "現金/以股代息": "SCRIP",
        "選擇數量": 100 * number,
        "登記日持股": 100 * number,
        "截止時間": moment(today, 3),
        "Function": "NEW",
        "電話": "MS LEE 2123 4567",
    }


def cleaned(figure: str) -> tuple[Fault, ...]:
    """Return what is understood though written differently; corporate actions share it."""
    return (
        Fault("nothing: this row and the next can go 此行及下一行無誤"),
        Fault("nothing", {"戶口號碼": "02"}),
        Fault("zeros lost, put back 已補零", {"股票編號": 5}),
        Fault("other spellings, understood", {"公告編號": "a-26000004"}),
        Fault("full-width digits, folded 全形", {"戶口號碼": "０１"}),
        Fault("blanks around the account", {"戶口號碼": " 01 "}),
        Fault("thousands typed as text", {figure: "1,000", "登記日持股": 1_000}),
        Fault("two lines in a carried cell", {"電話": "2123 4567\n9123 4567"}),
    )


def shapes(today: dt.date, figure: str) -> tuple[Fault, ...]:
    """Return what cannot be read; corporate actions share it.

    Args:
        today: The day of the case.
        figure: Heading of the column of shares.
    """
    failed = Formula("=VLOOKUP(D9,A:B,2,0)", "#N/A")
    return (
        Fault("look-up failed", {"股票編號": failed}),
        Fault("formula never worked out", {figure: Formula("=100*20")}),
        Fault("a yes/no cell", {"戶口號碼": True}),
        Fault("1-2 became a date", {"戶口號碼": Shown(today, "d-mmm")}),
        Fault("long number shown as 2.70E+11", {"單號": 270_105_000_012}),
        Fault(
            "16 digits: the last is lost", {"單號": Shown(2_701_050_000_123_456, "0")}
        ),
        Fault("100%: not a number of shares", {figure: Shown(1, "0%")}),
        Fault("all of them: how many? 全部", {figure: "ALL"}),
        Fault("two accounts in a cell", {"戶口號碼": "01/02"}),
        Fault("account of nine digits", {"戶口號碼": "000123456"}),
        Fault("issuer's number, not CCASS's", {"公告編號": "EA0512388"}),
        Fault("function not on the list", {"Function": "REPLACE"}),
        Fault("day or month first?", {"截止時間": "05/06/2027 16:00"}),
        Fault("no such day", {"截止時間": "2027-02-30 16:00"}),
        Fault(
            "year 1900: an empty date",
            {"截止時間": Shown(moment(dt.date(1900, 1, 31), 0), MOMENT)},
        ),
        Fault("to be announced", {"截止時間": "TBA"}),
        Fault("counted from when?", {"截止時間": "T+2"}),
        Fault(
            "a date without its format 未設日期格式", {"截止時間": Shown(46_394.5, "0")}
        ),
        Fault("deadline without a time", {"截止時間": "2027-05-20"}),
        Fault("deadline with seconds", {"截止時間": "2027-05-20 16:00:30"}),
        Fault("12 PM: noon or midnight?", {"截止時間": "2027-05-20 12:00 PM"}),
        Fault("no such market", {"Mkt": "XHKG"}),
        Fault("another market", {"Mkt": "MAMK"}),
        Fault("exchange broker number", {"Part ID": "1234"}),
        Fault("a BIC", {"Part ID": "ABCDHKHHXXX"}),
        Fault("no CCASS ID", {"Part ID": "HKSCC-7"}),
        Fault("board lots 手數", {figure: "10手"}),
        Fault("negative", {figure: -500}),
        Fault("point for thousands", {figure: "1.000"}),
        Fault("unit M", {figure: "1.2M"}),
        Fault("half a share", {figure: 100.5}),
        Fault("twelve digits", {figure: "100000000000"}),
        Fault("slash in front of the reference", {"單號": "/CA1207-39"}),
        Fault("sign not allowed in a reference", {"單號": "CA1207#40"}),
        Fault("Chinese in the remark 備註不可用中文", {"備註": "末期股息"}),
        Fault("line break (Alt+Enter)", {"備註": "FINAL\nSPECIAL"}),
        Fault(
            "over 40 characters",
            {"備註": "FINAL AND SPECIAL DIVIDENDS OF THE YEAR 2026"},
        ),
        Fault("ISIN mistyped", {"ISIN No": "GB0005405268"}),
        Fault("no ISIN", {"ISIN No": "GB000540"}),
        Fault("mainland code", {"股票編號": 600_519}),
        Fault("a name as code", {"股票編號": "HSBC"}),
        Fault("shares blank", {figure: None}),
        Fault("a look-up failed where nothing is sent", {"客戶": failed}),
    )


def references(prefix: str, figure: str) -> tuple[Fault, ...]:
    """Return faults of references and functions; corporate actions share them."""
    twice, thrice = {"單號": f"{prefix}-TWICE"}, {"單號": f"{prefix}-THRICE"}
    return (
        Fault("cancel by file", {"Function": "CANCEL"}),
        Fault("reference used twice", twice),
        Fault("reference used twice", twice),
        Fault("twice, and the third row is faulty", thrice),
        Fault("twice, and the third row is faulty", thrice),
        Fault("the third: shares are words", {**thrice, figure: "ALL"}),
        Fault("sent: to whom? 發送予誰？", {"狀態": "SENT"}),
        Fault("marked done: left out, counted 略去並計數", {"狀態": "DONE"}),
    )


def deadlines(today: dt.date, now: dt.datetime) -> tuple[Fault, ...]:
    """Return faults of deadlines and announcements; corporate actions share them."""
    near = now.replace(tzinfo=None) + dt.timedelta(hours=1)
    mixed = {"公告編號": "A26008001"}
    return (
        Fault("one announcement ...", {**mixed, "股票編號": "00388"}),
        Fault("... two stocks", {**mixed, "股票編號": "00700", "戶口號碼": "02"}),
        Fault("no deadline", {"截止時間": None}),
        Fault("deadline passed", {"截止時間": moment(today, -1)}),
        Fault("an hour left", {"截止時間": near}),
    )


def events(*types: tuple[str, str]) -> tuple[Fault, ...]:
    """Return rows that belong to another instruction: event type, and what it is."""
    return tuple(Fault(what, {"Event": type_}) for type_, what in types)


def _meanings() -> tuple[Fault, ...]:
    one: dict[str, object] = {
        "公告編號": "A26008002",
        "選擇數量": 500,
        "登記日持股": 1_000,
    }
    two = {"公告編號": "A26008003"}
    return (
        Fault("dollars in place of shares?", {"登記日持股": 1_000}),
        Fault("cash forgotten, the rest takes the default", {"登記日持股": 90_000}),
        Fault("neither number nor words", {"現金/以股代息": None}),
        Fault("option by its number alone", {"現金/以股代息": None, "選項編號": 1}),
        Fault("words as option number", {"選項編號": "CASH"}),
        Fault("option of five digits", {"選項編號": 26001}),
        Fault("option number spelt out", {"選項編號": "Option 2"}),
        Fault("dollars of which country?", {"現金/以股代息": "CCY", "派息貨幣": "$"}),
        Fault("no currency we know", {"現金/以股代息": "CCY", "派息貨幣": "XYZ"}),
        Fault("currency option without a currency", {"現金/以股代息": "CCY"}),
        Fault("scrip with a currency", {"派息貨幣": "USD"}),
        Fault("two clients of one option ...", one),
        Fault("... in two rows", one),
        Fault("zero shares: left out, counted 略去並計數", {**two, "選擇數量": 0}),
    )


def faulty(now: dt.datetime) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    today = now.date()
    figure = "選擇數量"
    faults = [
        *cleaned(figure),
        *shapes(today, figure),
        *references("EL1207", figure),
        *events(
            ("RS", "a rights issue 供股"),
            ("TU", "a takeover 收購"),
            ("VT", "a meeting 股東大會"),
            ("TM", "takes no instruction 無須指示"),
        ),
        *deadlines(today, now),
        *_meanings(),
    ]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="選擇 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )
