"""Votes: the rows of the samples, made up.

The simulator refuses announcements that start with A99, stock 09995, account 90000018
and more than 90,000,000 votes in a row.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from samples.faults import Fault, faulty_rows
from samples.sheets import (
    DAY,
    MOMENT,
    TEXT,
    WHOLE,
    Cell,
    Column,
    Formula,
    Row,
    Sheet,
    Shown,
)

COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=7),
    Column(heading="股票編號", width=9),
    Column(heading="股票名稱", width=16),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="議案", width=7, format=TEXT),
    Column(heading="贊成票", width=13, format=WHOLE),
    Column(heading="反對票", width=13, format=WHOLE),
    Column(heading="棄權票", width=11, format=WHOLE),
    Column(heading="登記日持股", width=13, format=WHOLE),
    Column(heading="截止時間", width=17, format=MOMENT),
    Column(heading="AGM Date", width=12, format=DAY),
    Column(heading="客戶", width=14),
    Column(heading="內部備註", width=22),
)


class _Meeting(NamedTuple):
    """One account at one meeting; ``deadline`` and ``day`` in days from today.

    Of each resolution: number, votes for, against, abstain.
    """

    announcement: str
    code: int
    name: str
    account: str
    holding: int
    deadline: int
    day: int
    client: str
    note: str | None
    votes: tuple[tuple[str | int, int, int, int], ...]


# fmt: off
_MEETINGS = (
    _Meeting("A27001234", 388, "香港交易所", "01", 150_000, 8, 15, "S20011", None, (
        ("1", 150_000, 0, 0), ("2(a)", 120_000, 30_000, 0), ("2(b)", 150_000, 0, 0),
        ("3", 145_000, 0, 5_000), ("4", 100_000, 50_000, 0), ("5.10", 150_000, 0, 0))),
    _Meeting("A27001234", 388, "香港交易所", "00012345", 48_300, 8, 15, "多名客戶", "客戶票數已合併", (
        ("1", 48_300, 0, 0), ("2(a)", 40_000, 8_300, 0), ("2(b)", 48_300, 0, 0),
        ("3", 48_300, 0, 0), ("4", 20_000, 28_300, 0), ("5.10", 30_000, 0, 0))),
    _Meeting("A27001301", 700, "騰訊控股", "01", 1_204_500, 6, 13, "多名客戶", "客戶票數已合併", (
        (1, 1_204_500, 0, 0), (2, 1_204_500, 0, 0), ("3(a)", 900_000, 304_500, 0),
        ("3(b)", 1_204_500, 0, 0), ("3(c)", 1_204_500, 0, 0), (4, 700_000, 504_500, 0),
        (5, 1_204_500, 0, 0), ("S1", 1_004_500, 0, 200_000))),
    _Meeting("A27001345", 823, "領展房產基金", "02", 61_400, 12, 20, "M10023", None, (
        ("1", 61_400, 0, 0), ("2", 61_400, 0, 0), ("3A", 0, 61_400, 0))),
    _Meeting("A27001345", 823, "領展房產基金", "90000018", 2_200, 12, 20, "M10302", "模擬器：戶口不適用", (
        ("1", 2_200, 0, 0), ("2", 2_200, 0, 0), ("3A", 0, 2_200, 0))),
    _Meeting("A27001410", 857, "中國石油股份", "02", 95_000_000, 14, 22, "HOUSE", "第 2 項：模擬器，超過持股", (
        ("1", 88_000_000, 0, 0), ("2", 85_000_000, 8_000_000, 1_000_000))),
    _Meeting("A99000001", 175, "吉利汽車", "01", 35_000, 9, 16, "M10415", "模擬器：公布已截止", (
        ("1", 35_000, 0, 0), ("2", 35_000, 0, 0))),
    _Meeting("A27001888", 9995, "示例控股", "01", 20_000, 9, 16, "M10415", "模擬器：代號無效", (
        ("1", 20_000, 0, 0),)),
)
# fmt: on


def _moment(today: dt.date, days: int, hour: int = 16) -> dt.datetime:
    return dt.datetime.combine(today + dt.timedelta(days=days), dt.time(hour))


def _clean_rows(today: dt.date) -> Iterator[Row]:
    number = 0
    for meeting in _MEETINGS:
        for resolution, *shares in meeting.votes:
            number += 1
            yield (
                *(f"VT0512-{number:03}", meeting.announcement, "VT", meeting.code),
                *(meeting.name, meeting.account, resolution),
                *(count or None for count in shares),
                *(meeting.holding, _moment(today, meeting.deadline)),
                *(today + dt.timedelta(days=meeting.day), meeting.client, meeting.note),
            )


def clean(today: dt.date) -> Sheet:
    """Return the votes for the meetings of a week, one row per account and resolution."""
    return Sheet(
        name=f"投票 {today:%m%d}",
        titles=(f"股東大會投票 Proxy voting {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=tuple(_clean_rows(today)),
    )


VOTE_COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="公告編號", width=12),
    Column(heading="股票編號", width=9),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="議案", width=7, format=TEXT),
    Column(heading="投票", width=9),
    Column(heading="股數", width=12, format=WHOLE),
    Column(heading="登記日持股", width=13, format=WHOLE),
    Column(heading="截止時間", width=17, format=MOMENT),
    Column(heading="客戶", width=10),
)
_HKEX, _LINK = "A27001234", "A27001345"

# announcement, code, account, resolution, vote, shares, holding, deadline in days, client
# fmt: off
_VOTES: tuple[tuple[Cell, ...], ...] = (
    (_HKEX, 388, "01", "1", "F", 150_000, 150_000, 8, "S20011"),
    (_HKEX, 388, "01", "2(a)", "Against", 150_000, 150_000, 8, "S20011"),
    (_HKEX, 388, "01", "2(b)", "贊成", "ALL", 150_000, 8, "S20011"),
    (_HKEX, 388, "01", "3", "棄權", "全部", 150_000, 8, "S20011"),
    (_HKEX, 388, "01", "5.10", "F", None, 150_000, 8, "S20011"),
    (_HKEX, 388, "02", "1", "For", 2_000, 2_000, 8, "M10023"),
    (_HKEX, 388, "02", "2(a)", "For", 2_000, 2_000, 8, "M10023"),
    (_HKEX, 388, "02", "2(b)", "AB", 2_000, 2_000, 8, "M10023"),
    (_HKEX, 388, "02", "3", "反對", 2_000, 2_000, 8, "M10023"),
    (_HKEX, 388, "02", "5.10", "反對", 2_000, 2_000, 8, "M10023"),
    (_LINK, 823, "01", "1", "Yes", "12,000", 61_400, 12, "M10111"),
    (_LINK, 823, "01", "2", "F", "ALL", 61_400, 12, "M10111"),
    (_LINK, 823, "01", "3A", "A", "ALL", 61_400, 12, "M10111"),
)
# fmt: on


def vote_quantity(today: dt.date) -> Sheet:
    """Return votes as word and shares; ALL and blank stand for the holding."""
    rows = tuple(
        (f"VT0512-{number:03}", *cells, _moment(today, int(str(days))), client)
        for number, (*cells, days, client) in enumerate(_VOTES, 201)
    )
    return Sheet(name="投票意向", titles=(), columns=VOTE_COLUMNS, rows=rows)


def _wide_columns(*headings: str) -> tuple[Column, ...]:
    return (
        Column(heading="單號", width=12),
        Column(heading="公告編號", width=12),
        Column(heading="股票編號", width=9),
        Column(heading="戶口號碼", width=11, format=TEXT),
        Column(heading="登記日持股", width=13, format=WHOLE),
        *(Column(heading=heading, width=11) for heading in headings),
        Column(heading="截止時間", width=17, format=MOMENT),
        Column(heading="客戶", width=12),
    )


def wide(today: dt.date) -> Sheet:
    """Return one row per account and one column per resolution, as proxy agents do."""
    due = _moment(today, 8)
    # fmt: off
    rows: tuple[Row, ...] = (
        ("VT0512-301", _HKEX, 388, "01", 150_000, "F", "F", "A", "For", "F", due, "S20011"),
        ("VT0512-302", _HKEX, 388, "02", 2_000, "F", "F", "F", "棄權", "A", due, "M10023"),
        ("VT0512-303", _HKEX, 388, "00012345", 48_300, "F", "贊成 40,000", "F", "F", "F 30,000", due, "多名客戶"),
        ("VT0512-304", _HKEX, 388, "03", 700, "F", "F", "反對", "F", "F", due, "M10111"),
        ("VT0512-305", _HKEX, 388, "04", 400, None, None, None, None, None, due, "M10302"),
    )
    # fmt: on
    return Sheet(
        name="投票 按議案",
        titles=("股東大會投票 One column per resolution",),
        columns=_wide_columns("1", "2(a)", "2(b)", "3", "5.10"),
        rows=rows,
    )


def faulty_vote(now: dt.datetime) -> Sheet:
    """Return votes as word and shares, one fault per row."""
    due, what = _moment(now.date(), 8), Column(heading="What is wrong 問題", width=58)
    columns = (*VOTE_COLUMNS[:-1], Column(heading="贊成票", width=11), what)
    good = {
        "公告編號": _HKEX,
        "股票編號": 388,
        "戶口號碼": "01",
        "投票": "F",
        "股數": 1_000,
        "登記日持股": 1_000,
        "截止時間": due,
    }
    faults = (
        Fault("nothing 此行無誤"),
        Fault("all, but of what? 未知持股", {"股數": "ALL", "登記日持股": None}),
        Fault("shares without a vote", {"投票": None}),
        Fault("neither for, against nor abstain", {"投票": "MAYBE"}),
        Fault("the vote says 1,000, the column 900", {"贊成票": 900}),
        Fault("the same twice, which agrees", {"贊成票": 1_000}),
        Fault("neither vote nor shares", {"投票": None, "股數": None}),
        Fault("half a share", {"股數": 100.5}),
    )
    rows = faulty_rows(
        columns,
        faults,
        lambda number: {"單號": f"VT0512-{400 + number}", "議案": str(number), **good},
    )
    return Sheet(name="投票意向 有問題", titles=(), columns=columns, rows=rows)


def faulty_wide(now: dt.datetime) -> Sheet:
    """Return a wide sheet, one fault per row, and a heading that became a date."""
    due = _moment(now.date(), 8)
    columns = (
        *_wide_columns("1", "2(a)", "3 For", "3 Against", "2-Jan")[:-1],
        Column(heading="What is wrong 問題", width=58),
    )
    # fmt: off
    rows: tuple[Row, ...] = (
        ("VT0512-501", _HKEX, 388, "01", 1_000, "F", "F", 1_000, None, None, due, "nothing 此行無誤"),
        ("VT0512-502", _HKEX, 388, "02", 1_000, 1_000, "F", 1_000, None, None, due, "a figure, but for or against?"),
        ("VT0512-503", _HKEX, 388, "03", 1_000, "F", "MAYBE", 1_000, None, None, due, "no vote"),
        ("VT0512-504", _HKEX, 388, "04", 1_000, "F", "F", "Against", None, None, due, "against, in the column For"),
        ("VT0512-505", _HKEX, 388, "05", None, "F", "F 500", 500, None, None, due, "all, but of what? 未知持股"),
        ("VT0512-506", _HKEX, 388, "06", 1_000, "F", "F", None, 1_000, "F", due, "2-1 became a date in the heading"),
    )
    # fmt: on
    return Sheet(name="投票 按議案", titles=(), columns=columns, rows=rows)


FAULTY_COLUMNS = (
    Column(heading="單號", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=7),
    Column(heading="股票編號", width=10),
    Column(heading="ISIN No", width=15),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="議案", width=8, format=TEXT),
    Column(heading="贊成票", width=14),
    Column(heading="反對票", width=12),
    Column(heading="棄權票", width=12),
    Column(heading="登記日持股", width=12),
    Column(heading="Seats", width=7),
    Column(heading="截止時間", width=20, format=MOMENT),
    Column(heading="AGM Date", width=18, format=DAY),
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
        "單號": f"VT0512-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "公告編號": f"A2700{number:04}",
        "Event": "VT",
        "股票編號": "00388",
        "戶口號碼": "01",
        "議案": "1",
        "贊成票": 100 * number,
        "登記日持股": 100 * number,
        "截止時間": _moment(today, 8),
        "AGM Date": today + dt.timedelta(days=15),
        "Function": "NEW",
        "電話": "MS LEE 2123 4567",
    }


def _cleaned() -> tuple[Fault, ...]:
    return (
        Fault("nothing: this row and the next can go 此行及下一行無誤"),
        Fault("nothing", {"股票編號": "00005"}),
        Fault("zeros lost, put back 已補零", {"股票編號": 700}),
        Fault("other spellings, understood", {"公告編號": "a-27000004"}),
        Fault("full-width digits, folded 全形", {"戶口號碼": "０１"}),
        Fault("blanks around the account", {"戶口號碼": " 01 "}),
        Fault("thousands typed as text", {"贊成票": "1,000", "登記日持股": 1_000}),
    )


def _shapes(today: dt.date) -> tuple[Fault, ...]:
    return (
        Fault("look-up failed", {"股票編號": Formula("=VLOOKUP(D9,A:B,2,0)", "#N/A")}),
        Fault("formula never worked out", {"贊成票": Formula("=100*20")}),
        Fault("a yes/no cell", {"戶口號碼": True}),
        Fault("1-2 became a date", {"戶口號碼": Shown(today, "d-mmm")}),
        Fault("long number shown as 2.70E+11", {"單號": 270_105_000_012}),
        Fault(
            "16 digits: the last is lost", {"單號": Shown(2_701_050_000_123_456, "0")}
        ),
        Fault("a percentage", {"贊成票": Shown(1, "0%")}),
        Fault("two accounts in a cell", {"戶口號碼": "01/02"}),
        Fault("account of nine digits", {"戶口號碼": "000123456"}),
        Fault("issuer's number, not CCASS's", {"公告編號": "EA0512388"}),
        Fault("function not on the list", {"Function": "REPLACE"}),
        Fault("day or month first?", {"AGM Date": "05/06/2027"}),
        Fault("no such day", {"AGM Date": "2027-02-30"}),
        Fault(
            "year 1900: an empty date", {"AGM Date": Shown(dt.date(1900, 1, 31), DAY)}
        ),
        Fault("to be announced", {"AGM Date": "TBA"}),
        Fault("counted from when?", {"AGM Date": "T+15"}),
        Fault(
            "a date without its format 未設日期格式", {"AGM Date": Shown(46_534, "0")}
        ),
        Fault("date with a time", {"AGM Date": "2027-05-27 10:00"}),
        Fault("deadline without a time", {"截止時間": "2027-05-20"}),
        Fault("deadline with seconds", {"截止時間": "2027-05-20 16:00:30"}),
        Fault("12 PM: noon or midnight?", {"截止時間": "2027-05-20 12:00 PM"}),
        Fault("no such market", {"Mkt": "XHKG"}),
        Fault("another market", {"Mkt": "MAMK"}),
        Fault("exchange broker number", {"Part ID": "1234"}),
        Fault("a BIC", {"Part ID": "ABCDHKHHXXX"}),
        Fault("no CCASS ID", {"Part ID": "HKSCC-7"}),
        Fault("For as a word", {"贊成票": "FOR"}),
        Fault("board lots 手數", {"贊成票": "10手"}),
        Fault("negative", {"反對票": -500}),
        Fault("point for thousands", {"贊成票": "1.000"}),
        Fault("unit M", {"贊成票": "1.2M"}),
        Fault("half a share", {"贊成票": 100.5}),
        Fault("twelve digits", {"贊成票": "100000000000"}),
        Fault("slash in front of the reference", {"單號": "/VT0512-39"}),
        Fault("two lines in a carried cell", {"電話": "2123 4567\n9123 4567"}),
        Fault("Chinese number 議案不可用中文", {"議案": "二(a)"}),
        Fault("resolution of six characters", {"議案": "10(iv)"}),
        Fault("2-1 became a date", {"議案": Shown(dt.date(today.year, 2, 1), "d-mmm")}),
        Fault("5.10 became 5.1", {"議案": Shown(5.1, "General")}),
        Fault("(2) became -2", {"議案": -2}),
        Fault("mainland code", {"股票編號": 600_519}),
        Fault("a name as code", {"股票編號": "HKEX"}),
        Fault("resolution blank", {"議案": None}),
        Fault("ISIN mistyped", {"ISIN No": "HK0388045424"}),
        Fault("no ISIN", {"ISIN No": "HK038804"}),
        Fault("line break (Alt+Enter)", {"備註": "AGM\nEGM"}),
        Fault(
            "over 40 characters", {"備註": "ANNUAL GENERAL MEETING OF THE COMPANY 2027"}
        ),
        Fault(
            "a look-up failed where nothing is sent",
            {"客戶": Formula("=VLOOKUP(A9,A:B,2,0)", "#N/A")},
        ),
    )


def _meanings(today: dt.date, now: dt.datetime) -> tuple[Fault, ...]:
    mixed = {"公告編號": "A27008001"}
    near = now.replace(tzinfo=None) + dt.timedelta(hours=1)
    cumulative = {"登記日持股": 1_000, "Seats": 3}
    other = {"公告編號": "A27008002", "戶口號碼": "02"}
    return (
        Fault("cancel by file", {"Function": "CANCEL"}),
        Fault("reference used twice", {"單號": "VT0512-TWICE"}),
        Fault("reference used twice", {"單號": "VT0512-TWICE"}),
        Fault("twice, and the third row is faulty", {"單號": "VT0512-THRICE"}),
        Fault("twice, and the third row is faulty", {"單號": "VT0512-THRICE"}),
        Fault("the third: votes are words", {"單號": "VT0512-THRICE", "贊成票": "ALL"}),
        Fault("sent: to whom? 發送予誰？", {"狀態": "SENT"}),
        Fault("marked done: left out, counted 略去並計數", {"狀態": "DONE"}),
        Fault("a dividend, not a meeting 股息", {"Event": "BE"}),
        Fault("a rights issue, not a meeting 供股", {"Event": "RS"}),
        Fault("takes no instruction 無須指示", {"Event": "TM"}),
        Fault("one announcement ...", {**mixed, "股票編號": "00388"}),
        Fault("... two stocks", {**mixed, "股票編號": "00700", "議案": "2"}),
        Fault("no deadline", {"截止時間": None}),
        Fault("deadline passed", {"截止時間": _moment(today, -1)}),
        Fault("an hour left", {"截止時間": near}),
        Fault("no votes", {"贊成票": None}),
        Fault(
            "more votes than shares",
            {"贊成票": 900, "反對票": 200, "登記日持股": 1_000},
        ),
        Fault("fewer votes than shares", {"贊成票": 900, "登記日持股": 1_000}),
        Fault("cumulative: 3,500 of 3,000", {**cumulative, "贊成票": 3_500}),
        Fault("account 01 votes on 1 and 2 ...", {"公告編號": "A27008002"}),
        Fault(
            "account 01 votes on 1 and 2 ...", {"公告編號": "A27008002", "議案": "2"}
        ),
        Fault("... account 02 on 1 alone", other),
        Fault(
            "two clients of one account ...",
            {"公告編號": "A27008003", "登記日持股": 40_000},
        ),
        Fault("... in two rows", {"公告編號": "A27008003", "登記日持股": 40_000}),
    )


def faulty(today: dt.date, now: dt.datetime) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    faults = [*_cleaned(), *_shapes(today), *_meanings(today, now)]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="投票 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )


def layout(today: dt.date) -> tuple[Sheet, Sheet]:
    """Return a sheet whose form, not its content, is the trouble, and a second one."""
    columns = (
        Column(heading="單號", width=13),
        Column(heading="Part ID", width=10),
        Column(heading="公告編號", width=12),
        Column(heading="股票編號", width=9, format="00000"),
        Column(heading="戶口號碼", width=10, format=TEXT),
        Column(heading="贊成票", width=13, format=WHOLE),
        Column(heading="For", width=13, format="#,##0,"),
        Column(heading="2(a)", width=7),
        Column(heading="截止時間", width=17, format=MOMENT),
        Column(heading="客戶", width=10),
    )
    deadline = _moment(today, 8)
    rows = (
        (
            "VT0512-01",
            "B01234",
            "A27001234",
            388,
            "01",
            1_000,
            1_000,
            "F",
            deadline,
            None,
        ),
        (
            "VT0512-02",
            "C00042",
            "A27001234",
            388,
            "02",
            2_000,
            2_000,
            "F",
            deadline,
            None,
        ),
        (
            "VT0512-03",
            "B01234",
            "A27001301",
            700,
            "01",
            3_000,
            3_000,
            "F",
            deadline,
            None,
        ),
        (
            "VT0512-04",
            "B01234",
            "A27001345",
            823,
            "03",
            4_000,
            4_000,
            "F",
            deadline,
            None,
        ),
        (
            "VT0512-05",
            "B01234",
            "A27001410",
            857,
            None,
            5_000,
            5_000,
            "F",
            deadline,
            None,
        ),
    )
    first = Sheet(
        name=f"投票 {today:%m%d}",
        titles=("格式有問題 Trouble with the layout",),
        columns=columns,
        rows=rows,
        total=("合計", None, None, None, None, 15_000, 15_000, None, None, None),
        hidden_rows=(2,),
        hidden_columns=("客戶",),
        merged=(("戶口號碼", 3, 4),),
        stray=((0, 10, "call desk 2"),),
    )
    second = Sheet(
        name="昨日 yesterday", titles=(), columns=columns[:5], rows=(rows[0][:5],)
    )
    return first, second
