"""Tenders: the rows of the samples, made up.

The simulator refuses tenders that start with T99, stock 09995 and account 90000018.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt

from samples.faults import Fault, faulty_rows
from samples.rows_election import cleaned, events, moment, references, shapes
from samples.sheets import MOMENT, MONEY, TEXT, WHOLE, Cell, Column, Formula, Row, Sheet

COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="投標編號", width=12),
    Column(heading="債券代號", width=9),
    Column(heading="債券名稱", width=24),
    Column(heading="存入戶口", width=11, format=TEXT),
    Column(heading="面值", width=13, format=WHOLE),
    Column(heading="競爭性", width=12),
    Column(heading="應付款項", width=16, format=MONEY),
    Column(heading="截標時間", width=17, format=MOMENT),
    Column(heading="申請人", width=12),
    Column(heading="內部備註", width=24),
)
_TWO, _TEN, _BOND = "T27020001", "T27020002", "T27020005"

# tender, code, name, account, nominal, closes in days, client, note
# fmt: off
_TENDERS: tuple[tuple[Cell, ...], ...] = (
    (_TWO, 4110, "外匯基金債券 2 年 2902", "01", 50_000, 2, "M10023", None),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "01", 100_000, 2, "M10111", None),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "01", 500_000, 2, "M10302", None),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "02", 1_000_000, 2, "M10345", None),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "02", 250_000, 2, "M10415", None),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "00012345", 150_000, 2, "S20011", None),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "01", 50_000, 2, "M10500", None),
    (_TEN, 4112, "外匯基金債券 10 年 3702", "01", 200_000, 2, "M10023", None),
    (_TEN, 4112, "外匯基金債券 10 年 3702", "01", 300_000, 2, "M10111", None),
    (_TEN, 4112, "外匯基金債券 10 年 3702", "02", 50_000, 2, "M10501", None),
    (_TEN, 4112, "外匯基金債券 10 年 3702", "02", 100_000, 2, "M10502", None),
    (_TEN, 4112, "外匯基金債券 10 年 3702", "00012345", 2_000_000, 2, "S20011", None),
    (_BOND, 4265, "政府債券 3 年 3002", "01", 450_000, 7, "M10345", None),
    (_BOND, 4265, "政府債券 3 年 3002", "01", 50_000, 7, "M10503", None),
    (_BOND, 4265, "政府債券 3 年 3002", "02", 650_000, 7, "M10504", None),
    (_BOND, 4265, "政府債券 3 年 3002", "02", 50_000, 7, "M10505", None),
    (_BOND, 4265, "政府債券 3 年 3002", "00012345", 100_000, 7, "S20012", None),
    (_BOND, 4265, "政府債券 3 年 3002", "90000018", 50_000, 7, "M10506", "模擬器：戶口不適用"),
    ("T99020009", 4113, "外匯基金債券 5 年 3202", "01", 100_000, 3, "M10507", "模擬器：投標已截止"),
    ("T27020010", 9995, "示例債券", "01", 50_000, 3, "M10508", "模擬器：代號無效"),
    (_TWO, 4110, "外匯基金債券 2 年 2902", "01", 50_000, 2, "M10509", None),
)
# fmt: on


def _clean_row(today: dt.date, number: int, row: tuple[Cell, ...]) -> Row:
    *note, nominal, days, client, remark = row
    closes = moment(today, int(str(days)), 12)
    kind = "非競爭性" if number % 2 else None
    return (
        f"TD0208-{number:03}",
        *note,
        nominal,
        kind,
        nominal,
        closes,
        client,
        remark,
    )


def clean(today: dt.date) -> Sheet:
    """Return the tenders of one morning, with the money each client has to bring."""
    return Sheet(
        name=f"投標 {today:%m%d}",
        titles=(f"債券投標 Tenders for notes {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=tuple(_clean_row(today, n, row) for n, row in enumerate(_TENDERS, 1)),
    )


FAULTY_COLUMNS = (
    Column(heading="單號", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="投標編號", width=12),
    Column(heading="Event", width=10),
    Column(heading="股票編號", width=10),
    Column(heading="ISIN No", width=15),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="面值", width=14),
    Column(heading="Ccy", width=7),
    Column(heading="競爭性", width=14),
    Column(heading="投標價", width=11),
    Column(heading="應付款項", width=16),
    Column(heading="截止時間", width=20, format=MOMENT),
    Column(heading="Function", width=9),
    Column(heading="備註", width=20),
    Column(heading="狀態", width=10),
    Column(heading="電話", width=18),
    Column(heading="申請人", width=10),
    Column(heading="What is wrong 問題", width=58),
)


def _good(today: dt.date, number: int) -> dict[str, object]:
    """Return a good row: a tender of its own, so that no rule counts it twice."""
    return {
        "單號": f"TD0208-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "投標編號": f"T2700{number:04}",
        "股票編號": "04110",
        "戶口號碼": "01",
        "面值": 50_000 * number,
        "Ccy": "HKD",
        "競爭性": "N",
        "截止時間": moment(today, 2, 12),
        "Function": "NEW",
        "電話": "MS LEE 2123 4567",
        "申請人": "M10023",
    }


def _money() -> tuple[Fault, ...]:
    """Return amounts and prices that cannot be read."""
    return (
        Fault("currency beside the amount", {"應付款項": "HKD 50,000.00"}),
        Fault("dollars of which country?", {"Ccy": "$"}),
        Fault("no currency we know", {"Ccy": "XYZ"}),
        Fault("to be advised", {"應付款項": "TBA"}),
        Fault("brackets: negative?", {"應付款項": "(480,000.00)"}),
        Fault("point and comma exchanged", {"應付款項": "480.000,00"}),
        Fault("unit M", {"應付款項": "1.5M"}),
        Fault("which dollars?", {"應付款項": "$480,000.00"}),
        Fault("dollars of another country", {"應付款項": "US$480,000.00"}),
        Fault("the rest of a calculation 計算尾數", {"應付款項": "480000.30000000001"}),
        Fault("three decimals", {"應付款項": 480_000.125}),
        Fault("twelve digits before the point", {"應付款項": "100,000,000,000.00"}),
        Fault("no price", {"投標價": "MKT"}),
        Fault("negative price", {"投標價": -1}),
        Fault("comma for the decimals", {"投標價": "99,50"}),
        Fault("unit K", {"投標價": "0.1K"}),
        Fault("five decimals", {"投標價": "99.12345"}),
        Fault("which dollars?", {"投標價": "$99.5"}),
        Fault("the rest of a calculation 計算尾數", {"投標價": "99.500000000000002"}),
        Fault("four digits before the point", {"投標價": "4000.00"}),
    )


def _meanings(today: dt.date, now: dt.datetime) -> tuple[Fault, ...]:
    near = now.replace(tzinfo=None) + dt.timedelta(hours=1)
    two, mixed = {"投標編號": "T27008001"}, {"投標編號": "T27008002"}
    return (
        Fault("deadline passed", {"截止時間": moment(today, -1, 12)}),
        Fault("an hour left", {"截止時間": near}),
        Fault("no deadline", {"截止時間": None}),
        Fault("one tender ...", mixed),
        Fault("... two notes", {**mixed, "股票編號": "04112", "申請人": "M10111"}),
        Fault("a share: a takeover, or a new issue?", {"股票編號": "00388"}),
        Fault("no multiple of 50,000", {"面值": 120_000}),
        Fault("two notes, or a nominal of two? 張數", {"面值": 2}),
        Fault("competitive 競爭性", {"競爭性": "競爭性", "投標價": 99.5}),
        Fault("competitive, no price", {"競爭性": "Y"}),
        Fault("non-competitive, with a price", {"投標價": 99.5}),
        Fault("another currency", {"Ccy": "USD"}),
        Fault("the same client ...", two),
        Fault("... twice 同一客戶重複", two),
    )


def faulty(now: dt.datetime) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    today, figure = now.date(), "面值"
    shared = [*cleaned(figure), *shapes(today, figure)]
    ours: dict[str, dict[str, object]] = {
        "公告編號": {"投標編號": "T2702000123"},
        "登記日持股": {figure: "50,000"},
        "客戶": {"申請人": Formula("=VLOOKUP(D9,A:B,2,0)", "#N/A")},
    }
    faults = [
        *(_renamed(fault, ours) for fault in shared),
        *references("TD0208", figure),
        *events(
            ("TU", "a takeover 收購"),
            ("RS", "a rights issue 供股"),
            ("BE", "a dividend 股息"),
            ("VT", "a meeting 股東大會"),
            ("TM", "takes no instruction 無須指示"),
        ),
        *_money(),
        *_meanings(today, now),
    ]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="投標 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )


def _renamed(fault: Fault, ours: dict[str, dict[str, object]]) -> Fault:
    """Return a shared fault for a sheet that has other columns."""
    for heading, change in ours.items():
        if heading in fault.change:
            what = "ten characters" if "投標編號" in change else fault.what
            return Fault(what, change)
    return fault
