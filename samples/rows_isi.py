"""Investor settlement instructions: the rows of the samples, made up.

The simulator refuses stock 09995, investor I00999, account 90000018 and Swiss francs.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from samples.faults import Fault, faulty_rows
from samples.rows_si import cleaned, pairs, payments, references, shapes
from samples.sheets import (
    DAY,
    MONEY,
    PRICE,
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
    Column(heading="收付", width=7),
    Column(heading="IP No", width=9),
    Column(heading="客戶姓名", width=12),
    Column(heading="Stock", width=8),
    Column(heading="股票名稱", width=16),
    Column(heading="Qty", width=11, format=WHOLE),
    Column(heading="Px", width=10, format=PRICE),
    Column(heading="Ccy", width=6),
    Column(heading="Net Amount", width=15, format=MONEY),
    Column(heading="Value Date", width=11, format=SHORT_DAY),
    Column(heading="DVP/FOP", width=9),
    Column(heading="Depot", width=10, format=TEXT),
    Column(heading="Affirm", width=7),
    Column(heading="DVP Hold", width=9),
    Column(heading="暫緩", width=6),
    Column(heading="優惠", width=6),
    Column(heading="Client", width=9),
    Column(heading="Phone", width=16),
    Column(heading="Memo", width=22),
    Column(heading="緊急", width=6),
    Column(heading="內部備註", width=22),
)
# reference, D/R, investor, name, stock, name, quantity, settles in days, account, affirm, hold,
# concession, client, memo, urgent, note
# fmt: off
_FREE: tuple[tuple[Cell, ...], ...] = (
    ("ISI0105-001", "付", "I10023", "陳大文", 5, "滙豐控股", 4_000, 0, "02", "Y", "N", None, "K10023", "WITHDRAWAL", 1, "客戶親身辦理，當日確認"),
    ("ISI0105-002", "付", "I10023", "陳大文", 11, "恒生銀行", 1_200, 0, "02", "Y", "N", None, "K10023", "WITHDRAWAL", 1, "客戶親身辦理，當日確認"),
    ("ISI0105-003", "付", "I10187", "李小美", 2800, "盈富基金", 15_000, 1, "02", "Y", "N", None, "K10187", "WITHDRAWAL", None, None),
    ("ISI0105-004", "收", "I10302", "黃志強", 700, "騰訊控股", 600, 1, "02", None, "N", "Y", "K10302", "DEPOSIT", None, "首次存入，收費優惠"),
    ("ISI0105-005", "收", "I10302", "黃志強", 388, "香港交易所", 500, 1, "02", None, "N", "Y", "K10302", "DEPOSIT", None, "首次存入，收費優惠"),
    ("ISI0105-006", "收", "I10415", "何淑儀 / 何家輝", 1299, "友邦保險", 2_200, 1, "02", None, "N", None, "K10415", "DEPOSIT", None, "聯名戶口"),
    ("ISI0105-007", "收", "I10415", "何淑儀 / 何家輝", 939, "建設銀行", 36_000, 1, "02", None, "N", None, "K10415", "DEPOSIT", None, "聯名戶口"),
    ("ISI0105-008", "收", "I10498", "吳永康", 66, "港鐵公司", 3_500, 1, "02", None, "N", None, "K10498", "DEPOSIT", None, None),
    ("ISI0105-009", "付", "I10551", "周麗珍", 823, "領展房產基金", 1_900, 2, "02", "Y", "N", None, "K10551", "ACCOUNT CLOSED", None, "銷戶"),
    ("ISI0105-010", "付", "I10551", "周麗珍", 941, "中國移動", 2_500, 2, "02", "Y", "N", None, "K10551", "ACCOUNT CLOSED", None, "銷戶"),
    ("ISI0105-011", "付", "I10551", "周麗珍", 883, "中國海洋石油", 9_000, 2, "02", "Y", "N", None, "K10551", "ACCOUNT CLOSED", None, "銷戶"),
    ("ISI0105-012", "付", "I10604", "林國輝", 16, "新鴻基地產", 800, 2, "02", "N", "N", None, "K10604", "WITHDRAWAL", None, "毋須確認，兩日後交收"),
    ("ISI0105-013", "付", "I10604", "林國輝", 2388, "中銀香港", 6_500, 0, "02", "N", "N", None, "K10604", "WITHDRAWAL", 2, "毋須確認，即時交收"),
    ("ISI0105-014", "收", "I10711", "鄭慧玲", 80700, "騰訊控股-R", 300, 2, "02", None, "N", None, "K10711", "RMB COUNTER", None, "人民幣櫃檯"),
    ("ISI0105-015", "付", "I10187", "李小美", 9995, "示例控股", 10_000, 1, "02", "Y", "N", None, "K10187", "WITHDRAWAL", None, "模擬器：代號無效"),
    ("ISI0105-016", "付", "I00999", "張測試", 1, "長和", 2_000, 1, "02", "Y", "N", None, "K10999", "WITHDRAWAL", None, "模擬器：投資者戶口無效"),
    ("ISI0105-017", "收", "I10498", "吳永康", 3, "香港中華煤氣", 12_000, 1, "90000018", None, "N", None, "K10498", "DEPOSIT", None, "模擬器：戶口不適用"),
)
# reference, D/R, investor, name, stock, name, quantity, price, currency, settles in days, method,
# account, affirm, DVP on hold, hold, client, memo, urgent, note
_PAID: tuple[tuple[Cell, ...], ...] = (
    ("ISI0105-018", "付", "I20034", "馮氏投資", 1810, "小米集團-W", 8_000, "44.700", "HKD", 1, "DVP", "02", "Y", "N", "N", "K20034", "CONTRACT 90011", None, None),
    ("ISI0105-019", "付", "I20034", "馮氏投資", 3690, "美團-W", 2_400, "142.400", "HKD", 1, "DVP", "02", "Y", "Y", "N", "K20034", "CONTRACT 90012", None, "款項確認前暫緩"),
    ("ISI0105-020", "收", "I20034", "馮氏投資", 9988, "阿里巴巴-W", 3_000, "118.700", "HKD", 1, "DVP", "02", None, "N", "N", "K20034", "CONTRACT 90013", None, None),
    ("ISI0105-021", "付", "I20077", "曾美芳", 2318, "中國平安", 5_500, "58.300", "HKD", 0, "RDP", "02", "Y", None, "N", "K20077", "CONTRACT 90020", 1, "即時貨銀對付"),
    ("ISI0105-022", "付", "I20077", "曾美芳", 27, "銀河娛樂", 4_000, "37.550", "HKD", 2, "DVP", "02", "Y", "N", "Y", "K20077", "CONTRACT 90021", None, "待客戶存款後釋放"),
    ("ISI0105-023", "收", "I20102", "羅偉明", 82800, "盈富基金-R", 5_000, "24.180", "CNY", 2, "DVP", "02", None, "N", "N", "K20102", "CONTRACT 90022", None, "人民幣櫃檯"),
    ("ISI0105-024", "付", "I20102", "羅偉明", 857, "中國石油股份", 20_000, "0.840", "CHF", 1, "DVP", "02", "Y", "N", "N", "K20102", "CONTRACT 90023", None, "模擬器：貨幣不符"),
)
# fmt: on
_COSTS = Decimal("0.00143")  # commission, levies and stamp duty, roughly
_CENT = Decimal("0.01")


def _free(today: dt.date, row: tuple[Cell, ...]) -> Row:
    days, account, affirm, hold, concession, client, memo, urgent, note = row[7:]
    settles = today + dt.timedelta(days=int(str(days)))
    return (
        *(*row[:7], None, None, None, settles, "FOP", account, affirm, None),
        *(hold, concession, client, None, memo, urgent, note),
    )


def _paid(today: dt.date, row: tuple[Cell, ...]) -> Row:
    """Complete a sale or purchase; the investor pays the costs either way."""
    quantity, price = int(str(row[6])), Decimal(str(row[7]))
    costs = 1 + _COSTS if row[1] == "付" else 1 - _COSTS
    net = (quantity * price * costs).quantize(_CENT)
    days, method, account, affirm, dvp_hold, hold, client, memo, urgent, note = row[9:]
    settles = today + dt.timedelta(days=int(str(days)))
    return (
        *(*row[:7], price, row[8], net, settles, method, account, affirm, dvp_hold),
        *(hold, None, client, "2123 4567", memo, urgent, note),
    )


def clean(today: dt.date) -> Sheet:
    """Return the instructions of one morning: withdrawals, deposits, a few sales."""
    free = [_free(today, row) for row in _FREE]
    paid = [_paid(today, row) for row in _PAID]
    return Sheet(
        name=f"ISI {today:%m%d}",
        titles=(f"投資者交收指示 Investor settlement {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=(*free, *paid),
    )


FAULTY_COLUMNS = (
    Column(heading="Ref No", width=16),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="D/R", width=7),
    Column(heading="IP No", width=11),
    Column(heading="客戶姓名", width=12),
    Column(heading="Stock", width=10),
    Column(heading="ISIN Code", width=15),
    Column(heading="股票名稱", width=14),
    Column(heading="Qty", width=13),
    Column(heading="Px", width=11),
    Column(heading="Ccy", width=7),
    Column(heading="Net Amount", width=17),
    Column(heading="T/D", width=12, format=DAY),
    Column(heading="Value Date", width=12, format=DAY),
    Column(heading="DVP/FOP", width=9),
    Column(heading="A/C No", width=10, format=TEXT),
    Column(heading="Affirm", width=8),
    Column(heading="DVP Hold", width=9),
    Column(heading="Hold", width=7),
    Column(heading="Concession", width=11),
    Column(heading="用途", width=7),
    Column(heading="電話", width=18),
    Column(heading="Remark", width=20),
    Column(heading="Function", width=9),
    Column(heading="狀態", width=11),
    Column(heading="What is wrong 問題", width=58),
)
_NET = Decimal("399.428")  # a share at 400, less costs


def _good(today: dt.date, number: int) -> dict[str, object]:
    quantity = 1_000 + 100 * number
    return {
        "Ref No": f"ISI0105-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "D/R": "D",
        "IP No": "I10023",
        "客戶姓名": "陳大文",
        "Stock": "00700",
        "股票名稱": "騰訊控股",
        "Qty": quantity,
        "Px": 400,
        "Ccy": "HKD",
        "Net Amount": quantity * _NET,
        "T/D": today,
        "Value Date": today + dt.timedelta(days=2),
        "DVP/FOP": "DVP",
        "A/C No": "01",
        "Affirm": "Y",
        "DVP Hold": "N",
        "Hold": "N",
        "電話": "2123 4567",
        "Function": "NEW",
    }


def _own(today: dt.date) -> tuple[Fault, ...]:
    at_once = {"T/D": None, "Value Date": today, "Affirm": "N"}
    free = {"DVP/FOP": "FOP", "Ccy": None, "Px": None, "Net Amount": None, "T/D": None}
    return (
        Fault("a broker: then an SI 經紀？", {"IP No": "B01777"}),
        Fault("a custodian: then an SI 託管商？", {"IP No": "C00019"}),
        Fault("ourselves: then an ATI", {"IP No": "B01234"}),
        Fault("a designated bank", {"IP No": "BNK012"}),
        Fault("our client number 客戶編號", {"IP No": "K10023"}),
        Fault("a mainland share 滬股通", {"Stock": "90519", "股票名稱": "貴州茅台"}),
        Fault("on hold until paid, yet free", {**free, "DVP Hold": "Y"}),
        Fault("settles at once: no way back", at_once),
        Fault("purpose of three letters", {"用途": "ABC"}),
        Fault("free, with fee concession: goes", {**free, "Concession": "Y"}),
    )


def layout(today: dt.date) -> Sheet:
    """Return a sheet without the investor, with two quantities, partly another's."""
    columns = (
        Column(heading="Ref No", width=13),
        Column(heading="Part ID", width=10),
        Column(heading="D/R", width=6),
        Column(heading="客戶姓名", width=12),
        Column(heading="Stock", width=8, format="00000"),
        Column(heading="Qty", width=12, format=WHOLE),
        Column(heading="股數", width=12, format=WHOLE),
        Column(heading="Value Date", width=12, format=DAY),
        Column(heading="DVP/FOP", width=9),
        Column(heading="A/C No", width=10, format=TEXT),
        Column(heading="Hold", width=6),
        Column(heading="Release", width=8),
    )
    later = today + dt.timedelta(days=2)
    rows = tuple(
        (
            *(f"ISI0105-{number}", owner, "D", "陳大文", stock, 1_000, 1_000),
            *(later, method, "02", "Y", release),
        )
        for number, owner, stock, method, release in (
            (1, "B01234", 700, "RFP", "N"),
            (2, "B01234", 388, "DFP", "Y"),
            (3, "C00042", 5, "DFP", "N"),
        )
    )
    return Sheet(
        name=f"ISI {today:%m%d}",
        titles=("格式有問題 Trouble with the layout",),
        columns=columns,
        rows=rows,
    )


def faulty(today: dt.date) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    faults = [
        *(*cleaned(), *shapes(today, party="IP No"), *references("ISI0105")),
        *(*payments(today), *pairs(), *_own(today)),
    ]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="ISI 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )
