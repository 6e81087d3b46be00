"""Transfers to and from segregated accounts with statement service: made-up rows.

The simulator refuses stock 09995, account 90000018, transfers of 90,000,000 shares or
more, amounts of 9,000,000,000 or more, and Swiss francs.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from samples.faults import Fault, faulty_rows
from samples.rows_si import cleaned, payments, references, shapes
from samples.sheets import (
    DAY,
    MONEY,
    SHORT_DAY,
    TEXT,
    WHOLE,
    Cell,
    Column,
    Row,
    Sheet,
)

COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="客戶", width=14),
    Column(heading="Code", width=8),
    Column(heading="Name", width=18),
    Column(heading="轉出", width=11, format=TEXT),
    Column(heading="轉入", width=11, format=TEXT),
    Column(heading="股數", width=12, format=WHOLE),
    Column(heading="付款", width=10),
    Column(heading="貨幣", width=6),
    Column(heading="金額", width=16, format=MONEY),
    Column(heading="交收日", width=11, format=SHORT_DAY),
    Column(heading="確認", width=6),
    Column(heading="備註", width=22),
    Column(heading="緊急", width=6),
    Column(heading="跟進", width=24),
)
# reference, recipient, code, name, from, to, shares, currency, amount, settles in days (None =
# blank), affirm, remarks, urgent, follow-up; with an amount it is against payment
# fmt: off
_ROWS: tuple[tuple[Cell, ...], ...] = (
    ("STI0105-001", "陳大文", 388, "香港交易所", "01", "00012345", 2_000, None, None, None, None, "TO SEGREGATED A/C", None, None),
    ("STI0105-002", "陳大文", 5, "滙豐控股", "01", "00012345", 12_400, None, None, None, None, "TO SEGREGATED A/C", None, None),
    ("STI0105-003", "陳大文", 2800, "盈富基金", "01", "00012345", 30_000, None, None, None, None, "TO SEGREGATED A/C", None, None),
    ("STI0105-004", "李氏家族信託", 700, "騰訊控股", "02", "00012388", 5_500, None, None, 0, None, "TO SEGREGATED A/C", 1, "信託人要求今日完成"),
    ("STI0105-005", "李氏家族信託", 9988, "阿里巴巴-W", "02", "00012388", 8_200, None, None, 0, None, "TO SEGREGATED A/C", 1, "信託人要求今日完成"),
    ("STI0105-006", "李氏家族信託", 1299, "友邦保險", "02", "00012388", 3_600, None, None, 0, None, "TO SEGREGATED A/C", 1, "信託人要求今日完成"),
    ("STI0105-007", "黃志強", 66, "港鐵公司", "00012401", "02", 4_500, None, None, None, None, "BACK FOR SALE", None, "客戶沽貨"),
    ("STI0105-008", "黃志強", 16, "新鴻基地產", "00012401", "02", 2_000, None, None, None, None, "BACK FOR SALE", None, "客戶沽貨"),
    ("STI0105-009", "黃志強", 823, "領展房產基金", "00012401", "02", 7_700, None, None, None, None, "BACK FOR SALE", None, "客戶沽貨"),
    ("STI0105-010", "何淑儀", 939, "建設銀行", "01", "00012466", 88_000, "HKD", "698720.00", 1, "Y", "DVP 3311", None, "貨銀對付，客戶已存款"),
    ("STI0105-011", "何淑儀", 1398, "工商銀行", "01", "00012466", 60_000, "HKD", "318600.00", 1, "Y", "DVP 3312", None, "貨銀對付，客戶已存款"),
    ("STI0105-012", "馮氏投資", 2318, "中國平安", "00012502", "01", 9_500, "HKD", "553850.00", 1, "Y", "DVP 3320", None, "付予結單收件人"),
    ("STI0105-013", "馮氏投資", 80700, "騰訊控股-R", "00012502", "01", 1_100, "CNY", "408320.00", 2, "Y", "DVP 3321", None, "人民幣櫃檯"),
    ("STI0105-014", "周麗珍", 883, "中國海洋石油", "00012388", "00012529", 6_000, None, None, None, None, "BETWEEN RECIPIENTS", None, "兩邊均為結單服務戶口"),
    ("STI0105-015", "吳永康", 27, "銀河娛樂", "02", "00012533", 5_000, None, None, 1, "N", "TO SEGREGATED A/C", None, None),
    ("STI0105-016", "吳永康", 1211, "比亞迪股份", "02", "00012533", 1_500, None, None, 1, "N", "TO SEGREGATED A/C", None, None),
    ("STI0105-017", "吳永康", 941, "中國移動", "02", "00012533", 3_000, None, None, 1, "N", "TO SEGREGATED A/C", None, None),
    ("STI0105-018", "林國輝", 3690, "美團-W", "00012540", "02", 2_900, None, None, None, None, "A/C CLOSED", None, "銷戶"),
    ("STI0105-019", "林國輝", 9618, "京東集團-SW", "00012540", "02", 1_450, None, None, None, None, "A/C CLOSED", None, "銷戶"),
    ("STI0105-020", "林國輝", 9995, "示例控股", "00012540", "02", 10_000, None, None, None, None, "A/C CLOSED", None, "模擬器：代號無效"),
    ("STI0105-021", "鄭慧玲", 857, "中國石油股份", "01", "90000018", 14_000, None, None, None, None, "TO SEGREGATED A/C", None, "模擬器：戶口不適用"),
    ("STI0105-022", "馮氏投資", 3988, "中國銀行", "01", "00012502", 95_000_000, None, None, None, None, "TO SEGREGATED A/C", None, "模擬器：股份不足"),
    ("STI0105-023", "馮氏投資", 1810, "小米集團-W", "01", "00012502", 4_000, "CHF", "18240.00", 1, "Y", "DVP 3330", None, "模擬器：貨幣不符"),
)
# fmt: on


def _row(today: dt.date, row: tuple[Cell, ...]) -> Row:
    currency, amount, days, affirm, remarks, urgent, follow_up = row[7:]
    settles = None if days is None else today + dt.timedelta(days=int(str(days)))
    method, money = ("免付款", None)
    if amount is not None:
        method, money = "貨銀對付", Decimal(str(amount))
    return (
        *(*row[:7], method, currency, money, settles, affirm),
        *(remarks, urgent, follow_up),
    )


def clean(today: dt.date) -> Sheet:
    """Return the transfers of one morning; headings in Chinese, as one desk has them."""
    return Sheet(
        name="獨立戶口",
        titles=(f"股份獨立戶口轉移 STI {today:%Y-%m-%d}", "第二組 Desk 2"),
        columns=COLUMNS,
        rows=tuple(_row(today, row) for row in _ROWS),
    )


FAULTY_COLUMNS = (
    Column(heading="Ref No", width=16),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="SSA Holder", width=14),
    Column(heading="Stock", width=10),
    Column(heading="ISIN Code", width=15),
    Column(heading="股票名稱", width=14),
    Column(heading="From A/C", width=11, format=TEXT),
    Column(heading="To A/C", width=11, format=TEXT),
    Column(heading="Qty", width=13),
    Column(heading="Ccy", width=7),
    Column(heading="Net Amount", width=17),
    Column(heading="Value Date", width=12, format=DAY),
    Column(heading="DVP/FOP", width=9),
    Column(heading="Affirm", width=8),
    Column(heading="Hold", width=7),
    Column(heading="電話", width=18),
    Column(heading="Remark", width=20),
    Column(heading="Function", width=9),
    Column(heading="狀態", width=11),
    Column(heading="What is wrong 問題", width=58),
)
_HEADINGS = frozenset(column.heading for column in FAULTY_COLUMNS)


def _good(today: dt.date, number: int) -> dict[str, object]:
    quantity = 1_000 + 100 * number
    return {
        "Ref No": f"STI0105-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "SSA Holder": "陳大文",
        "Stock": "00700",
        "股票名稱": "騰訊控股",
        "From A/C": "01",
        "To A/C": "00012345",
        "Qty": quantity,
        "Ccy": "HKD",
        "Net Amount": quantity * 400,
        "Value Date": today + dt.timedelta(days=2),
        "DVP/FOP": "DVP",
        "Affirm": "Y",
        "Hold": "N",
        "電話": "2123 4567",
        "Function": "NEW",
    }


def _fitting(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults of other types that this sheet has the columns for."""
    cleared = [
        Fault(
            fault.what,
            {
                heading: cell
                for heading, cell in fault.change.items()
                if heading in _HEADINGS or cell is not None
            },
        )
        for fault in faults
    ]
    return [fault for fault in cleared if fault.change.keys() <= _HEADINGS]


def _own() -> tuple[Fault, ...]:
    there = {"Stock": "00175", "股票名稱": None}
    back = {"From A/C": "00012345", "To A/C": "01"}
    twins = {"Stock": "00941", "股票名稱": None, "Qty": 5_000, "Net Amount": 425_000}
    return (
        Fault("method not on the list", {"DVP/FOP": "CHEQUE"}),
        Fault("account blank", {"To A/C": None}),
        Fault("same account", {"From A/C": "00012345"}),
        Fault("zeros lost: 12345 for 00012345", {"To A/C": 12_345}),
        Fault("no day: today", {"Value Date": None}),
        Fault("two equal transfers", twins),
        Fault("two equal transfers", twins),
        Fault("there ...", there),
        Fault("... and back", {**there, **back}),
        Fault("a change: there is none", {"Function": "CHANGE"}),
        Fault("done: left out 略去", {"狀態": "Done"}),
    )


def layout(today: dt.date) -> Sheet:
    """Return a sheet whose "SSA No" may be either account, partly another's."""
    columns = (
        Column(heading="Ref No", width=13),
        Column(heading="Part ID", width=10),
        Column(heading="Stock", width=8, format="00000"),
        Column(heading="From A/C", width=11, format=TEXT),
        Column(heading="獨立戶口", width=11, format=TEXT),
        Column(heading="Qty", width=12, format=WHOLE),
        Column(heading="Units", width=12, format=WHOLE),
        Column(heading="DVP/FOP", width=9),
        Column(heading="Hold", width=6),
        Column(heading="Release", width=8),
    )
    rows = tuple(
        (
            *(f"STI0105-{number}", owner, stock, "01", "00012345", 1_000, 1_000),
            *("FOP", "N", release),
        )
        for number, owner, stock, release in (
            (1, "B01234", 700, "N"),
            (2, "C00042", 5, "Y"),
        )
    )
    return Sheet(
        name=f"STI {today:%m%d}",
        titles=("格式有問題 Trouble with the layout",),
        columns=columns,
        rows=rows,
    )


def faulty(today: dt.date) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    shared = [
        *cleaned(account="From A/C"),
        *shapes(today, party="Part ID", account="From A/C", day="Value Date"),
        *(*references("STI0105"), *payments(today)),
    ]
    faults = [*_fitting(shared), *_own()]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="STI 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )
