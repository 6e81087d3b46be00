"""Settlement instructions: the rows of the samples, made up.

The simulator refuses stock 09995, counterparty B01999, account 90000018 and amounts of
9,000,000,000 or more.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from samples.faults import Fault, faulty_rows
from samples.sheets import (
    DAY,
    MONEY,
    PRICE,
    SHORT_DAY,
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
    Column(heading="Ref No", width=13),
    Column(heading="D/R", width=6),
    Column(heading="Cpty", width=9),
    Column(heading="Cpty Name", width=22),
    Column(heading="Stock", width=8),
    Column(heading="股票名稱", width=16),
    Column(heading="Qty", width=12, format=WHOLE),
    Column(heading="Px", width=10, format=PRICE),
    Column(heading="Ccy", width=6),
    Column(heading="Net Amount", width=18, format=MONEY),
    Column(heading="T/D", width=11, format=SHORT_DAY),
    Column(heading="Value Date", width=11, format=SHORT_DAY),
    Column(heading="DVP/FOP", width=9),
    Column(heading="A/C No", width=10, format=TEXT),
    Column(heading="Purpose", width=9),
    Column(heading="Hold", width=6),
    Column(heading="Orig Ref", width=14),
    Column(heading="A/C at Custodian", width=16, format=TEXT),
    Column(heading="A/E", width=8),
    Column(heading="電話", width=20),
    Column(heading="Remark", width=20),
    Column(heading="Urgent", width=8),
    Column(heading="內部備註", width=24),
)
# reference, D/R, counterparty, stock, name, quantity, price, settles in days, and the rest
# fmt: off
_TRADES: tuple[tuple[Cell, ...], ...] = (
    ("SI0105-001", "D", "C00019", "ABC CUSTODIAN 甲託管", 700, "騰訊控股", 10_000, "398.600", "HKD", 0, "01", "N", "12345-678", "AE07", "陳小姐 2123 4567", "CONTRACT 88101", 2, "客戶基金，務必今日交收"),
    ("SI0105-002", "D", "C00019", "ABC CUSTODIAN 甲託管", 5, "滙豐控股", 24_000, "101.250", "HKD", 0, "01", "N", "12345-678", "AE07", "陳小姐 2123 4567", "CONTRACT 88102", 2, "客戶基金，務必今日交收"),
    ("SI0105-003", "R", "C00019", "ABC CUSTODIAN 甲託管", 388, "香港交易所", 3_500, "412.000", "HKD", 0, "01", "N", "12345-678", "AE07", "陳小姐 2123 4567", "CONTRACT 88103", None, None),
    ("SI0105-004", "D", "C00042", "DELTA BANK NOMINEES", 1299, "友邦保險", 18_600, "71.850", "HKD", 0, "01", "N", "HK00-4471-01", "AE07", None, "CONTRACT 88110", None, None),
    ("SI0105-005", "R", "C00042", "DELTA BANK NOMINEES", 2318, "中國平安", 40_500, "58.300", "HKD", 0, "01", "N", "HK00-4471-01", "AE12", None, "CONTRACT 88111", None, None),
    ("SI0105-006", "D", "B01777", "EASTERN SECS 東方示例證券", 939, "建設銀行", 352_000, "7.940", "HKD", 0, "01", "N", None, "AE12", "梁生 9123 4567", "CONTRACT 88120", None, None),
    ("SI0105-007", "D", "B01777", "EASTERN SECS 東方示例證券", 939, "建設銀行", 352_000, "7.940", "HKD", 0, "01", "N", None, "AE12", "梁生 9123 4567", "CONTRACT 88121", None, "兩張單，數量相同，並非重複"),
    ("SI0105-008", "R", "B01888", "PEAK SECS 山頂示例證券", 3690, "美團-W", 21_300, "142.400", "HKD", 0, "01", "N", None, "AE12", None, "CONTRACT 88125", 1, "對手要求即時輸入"),
    ("SI0105-009", "R", "C00077", "HARBOUR TRUST 海港信託", 9988, "阿里巴巴-W", 15_200, "118.700", "HKD", 1, "01", "N", "7700-2210", "AE07", None, "CONTRACT 88130", None, None),
    ("SI0105-010", "D", "C00077", "HARBOUR TRUST 海港信託", 9618, "京東集團-SW", 8_850, "133.900", "HKD", 1, "01", "N", "7700-2210", "AE07", None, "CONTRACT 88131", None, None),
    ("SI0105-011", "D", "C00077", "HARBOUR TRUST 海港信託", 1211, "比亞迪股份", 6_500, "102.600", "HKD", 1, "01", "N", "7700-2210", "AE07", None, "CONTRACT 88132", None, None),
    ("SI0105-012", "R", "C00042", "DELTA BANK NOMINEES", 941, "中國移動", 12_000, "85.150", "HKD", 1, "02", "N", "HK00-4471-02", "AE12", None, "CONTRACT 88140", None, None),
    ("SI0105-013", "R", "C00042", "DELTA BANK NOMINEES", 883, "中國海洋石油", 61_000, "19.860", "HKD", 1, "02", "N", "HK00-4471-02", "AE12", None, "CONTRACT 88141", None, None),
    ("SI0105-014", "D", "C00019", "ABC CUSTODIAN 甲託管", 80700, "騰訊控股-R", 5_000, "371.200", "CNY", 1, "01", "N", "12345-902", "AE21", None, "RMB COUNTER", None, "人民幣櫃檯"),
    ("SI0105-015", "R", "C00019", "ABC CUSTODIAN 甲託管", 82800, "盈富基金-R", 30_000, "24.180", "CNY", 2, "01", "N", "12345-902", "AE21", None, "RMB COUNTER", None, "人民幣櫃檯"),
    ("SI0105-016", "D", "B01888", "PEAK SECS 山頂示例證券", 16, "新鴻基地產", 9_000, "96.450", "HKD", 2, "01", "N", None, "AE21", None, "CONTRACT 88150", None, None),
    ("SI0105-017", "D", "B01888", "PEAK SECS 山頂示例證券", 66, "港鐵公司", 27_500, "28.350", "HKD", 2, "01", "N", None, "AE21", None, "CONTRACT 88151", None, None),
    ("SI0105-018", "R", "C00077", "HARBOUR TRUST 海港信託", 823, "領展房產基金", 14_400, "39.900", "HKD", 2, "02", "N", "7700-3355", "AE21", None, "CONTRACT 88152", None, None),
    ("SI0105-019", "R", "C00077", "HARBOUR TRUST 海港信託", 1810, "小米集團-W", 52_600, "44.700", "HKD", 2, "02", "Y", "7700-3355", "AE21", "何小姐 2345 6789", "CONTRACT 88153", None, "待客戶存款後釋放"),
    ("SI0105-020", "D", "C00042", "DELTA BANK NOMINEES", 27, "銀河娛樂", 16_000, "37.550", "HKD", 0, "02", "Y", "HK00-4471-02", "AE12", "何小姐 2345 6789", "CONTRACT 88154", None, "今日交收，客戶款項到後釋放"),
    ("SI0105-021", "D", "C00019", "ABC CUSTODIAN 甲託管", 9995, "示例控股", 40_000, "3.210", "HKD", 1, "01", "N", "12345-678", "AE07", None, "CONTRACT 88160", None, "模擬器：代號無效"),
    ("SI0105-022", "R", "B01999", "NORTH SECS 北方示例證券", 175, "吉利汽車", 35_000, "17.640", "HKD", 1, "01", "N", None, "AE07", None, "CONTRACT 88161", None, "模擬器：對手無效"),
    ("SI0105-023", "D", "C00077", "HARBOUR TRUST 海港信託", 992, "聯想集團", 46_000, "9.870", "HKD", 1, "90000018", "N", "7700-2210", "AE07", None, "CONTRACT 88162", None, "模擬器：戶口不適用"),
    ("SI0105-024", "D", "C00019", "ABC CUSTODIAN 甲託管", 700, "騰訊控股", 23_500_000, "398.600", "HKD", 2, "01", "N", "12345-001", "AE01", None, "BLOCK TRADE", None, "模擬器：超過交易限額"),
)
_FREE: tuple[tuple[Cell, ...], ...] = (
    ("SL0105-001", "D", "B01777", "EASTERN SECS 東方示例證券", 2800, "盈富基金", 500_000, 0, "05", "SL", None, None, "NEW LOAN", "新借貨"),
    ("SL0105-002", "R", "C00042", "DELTA BANK NOMINEES", 1398, "工商銀行", 800_000, 0, "05", "SL", None, "HK00-4471-09", "NEW LOAN", "新借貨"),
    ("SL0105-003", "R", "B01888", "PEAK SECS 山頂示例證券", 3988, "中國銀行", 600_000, 1, "05", "SR", "SL1201-003", None, "RETURN", "還貨"),
    ("SL0105-004", "D", "C00042", "DELTA BANK NOMINEES", 857, "中國石油股份", 400_000, 1, "05", "SR", None, "HK00-4471-09", "RETURN", "電話確認，無原單號"),
    ("PM0105-001", "D", "C00077", "HARBOUR TRUST 海港信託", 2388, "中銀香港", 33_500, 2, "02", "PM", None, "7700-8000", "CLIENT MOVES OUT", "客戶轉倉"),
    ("PM0105-002", "D", "C00077", "HARBOUR TRUST 海港信託", 669, "創科實業", 8_000, 2, "02", "PM", None, "7700-8000", "CLIENT MOVES OUT", "客戶轉倉"),
    ("PL0105-001", "D", "P00012", "SAMPLE BANK (PLEDGEE)", 1024, "快手-W", 20_000, 2, "01", "PL", None, None, "PLEDGE 2027-1", "質押"),
)
# fmt: on
_COSTS = Decimal("0.00143")  # commission, levies and stamp duty, roughly
_CENT = Decimal("0.01")


def _trade(today: dt.date, row: tuple[Cell, ...]) -> Row:
    """Complete a trade; a receipt costs more than its price, a delivery brings less."""
    quantity, price, days = int(str(row[6])), Decimal(str(row[7])), int(str(row[9]))
    costs = 1 + _COSTS if row[1] == "R" else 1 - _COSTS
    net = (quantity * price * costs).quantize(_CENT)
    settles = today + dt.timedelta(days=days)
    traded = today - dt.timedelta(days={0: 5, 1: 1, 2: 0}[days])
    account, hold, client, executive, phone, remark, urgent, note = row[10:]
    return (
        *(*row[:7], price, row[8], net, traded, settles, "DVP", account, "BC"),
        *(hold, None, client, executive, phone, remark, urgent, note),
    )


def _free(today: dt.date, row: tuple[Cell, ...]) -> Row:
    days, account, purpose, linked, client, remark, note = row[7:]
    settles = today + dt.timedelta(days=int(str(days)))
    return (
        *(*row[:7], None, None, None, None, settles, "FOP", account, purpose),
        *(None, linked, client, "SBL", None, remark, None, note),
    )


def clean(today: dt.date) -> Sheet:
    """Return the instructions of one morning: trades, loans, moves, a pledge."""
    trades = [_trade(today, row) for row in _TRADES]
    free = [_free(today, row) for row in _FREE]
    return Sheet(
        name=f"SI {today.day}-{today:%b}",
        titles=(
            f"交收指示 Settlement instructions {today:%Y-%m-%d}",
            "Desk 2 / maker: WL",
        ),
        columns=COLUMNS,
        rows=(*trades, *free),
    )


FAULTY_COLUMNS = (
    Column(heading="Ref No", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="D/R", width=7),
    Column(heading="Cpty", width=11),
    Column(heading="Cpty Name", width=16),
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
    Column(heading="Purpose", width=9),
    Column(heading="Hold", width=7),
    Column(heading="Orig Ref", width=13),
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
        "Ref No": f"SI0105-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "D/R": "D",
        "Cpty": "C00019",
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
        "Purpose": "BC",
        "Hold": "N",
        "電話": "MS LEE 2123 4567",
        "Function": "NEW",
    }


_FREE_OF_PAYMENT: dict[str, object] = {
    "DVP/FOP": "FOP",
    "Ccy": None,
    "Px": None,
    "Net Amount": None,
    "T/D": None,
}


def cleaned(*, account: str = "A/C No") -> tuple[Fault, ...]:
    """Return what is understood though written differently; ISI and STI share it."""
    return (
        Fault("nothing: this row and the next can go 此行及下一行無誤"),
        Fault("nothing", {"Stock": "00005", "股票名稱": "滙豐控股"}),
        Fault("zeros lost, put back 已補零", {"Stock": 388, "股票名稱": "香港交易所"}),
        Fault("other spellings, understood", {"Ccy": "HK$", "Hold": "否"}),
        Fault("full-width digits, folded 全形", {"Stock": "０１２９９"}),
        Fault("blanks around the account", {account: " 01 "}),
        Fault("thousands typed as text", {"Qty": "1,700"}),
        Fault("currency beside the amount", {"Net Amount": "HK$718,970.40"}),
    )


def shapes(
    today: dt.date,
    *,
    party: str = "Cpty",
    account: str = "A/C No",
    day: str = "T/D",
) -> tuple[Fault, ...]:
    """Return what cannot be read; ISI and STI share it.

    Args:
        today: The day of the case.
        party: Heading of a column of participant IDs.
        account: Heading of a column of accounts.
        day: Heading of a column of dates.
    """
    failed = Formula("=VLOOKUP(A9,A:B,2,0)", "#N/A")
    return (
        Fault("look-up failed", {"Stock": failed}),
        Fault("formula never worked out", {"Qty": Formula("=100*20")}),
        Fault("a yes/no cell", {account: True}),
        Fault("1-2 became a date", {account: Shown(today, "d-mmm")}),
        Fault("long number shown as 2.70E+11", {"Ref No": 270_105_000_012}),
        Fault(
            "16 digits: the last is lost", {"Ref No": Shown(2_701_050_000_123_456, "0")}
        ),
        Fault("a percentage", {"Qty": Shown(0.5, "0%")}),
        Fault("two accounts in a cell", {account: "01/02"}),
        Fault("account of nine digits", {account: "000123456"}),
        Fault("sell: but whose sale? 沽出以誰計？", {"D/R": "SELL"}),
        Fault("dollars of which country?", {"Ccy": "$"}),
        Fault("no currency we know", {"Ccy": "XYZ"}),
        Fault("day or month first?", {"Value Date": "05/06/2027"}),
        Fault("no such day", {"Value Date": "2027-02-30"}),
        Fault("year 1900: an empty date", {day: Shown(dt.date(1900, 1, 31), DAY)}),
        Fault("T+2: counted from when?", {"Value Date": "T+2"}),
        Fault("no date at all", {"Value Date": "LATER"}),
        Fault(
            "a date without its format 未設日期格式", {"Value Date": Shown(46_394, "0")}
        ),
        Fault("date with a time", {"Value Date": "2027-01-07 09:30"}),
        Fault("ISIN mistyped", {"Stock": None, "ISIN Code": "KYG875721643"}),
        Fault("no ISIN", {"Stock": None, "ISIN Code": "KYG87572"}),
        Fault("no such market", {"Mkt": "XHKG"}),
        Fault("another market", {"Mkt": "SZMK"}),
        Fault("exchange broker number", {party: "1777"}),
        Fault("a BIC", {party: "ABCDHKHHXXX"}),
        Fault("a name, no ID", {party: "EASTERN SECS"}),
        Fault("words instead of a figure", {"Qty": "ALL"}),
        Fault("board lots 手數", {"Qty": "10手"}),
        Fault("negative: a direction?", {"Qty": -500}),
        Fault("point for thousands", {"Qty": "1.000"}),
        Fault("unit K", {"Qty": "5K"}),
        Fault("a fraction of a share", {"Qty": 100.5}),
        Fault("twelve digits", {"Qty": "100000000000"}),
        Fault("to be advised", {"Net Amount": "TBA"}),
        Fault("brackets: negative?", {"Net Amount": "(480,000.00)"}),
        Fault("point and comma exchanged", {"Net Amount": "480.000,00"}),
        Fault("unit M", {"Net Amount": "1.5M"}),
        Fault("which dollars?", {"Net Amount": "$480,000.00"}),
        Fault("dollars of another country", {"Net Amount": "US$480,000.00"}),
        Fault(
            "the rest of a calculation 計算尾數", {"Net Amount": "480000.30000000001"}
        ),
        Fault("three decimals", {"Net Amount": 480_000.125}),
        Fault("twelve digits before the point", {"Net Amount": "100,000,000,000.00"}),
        Fault("no price", {"Px": "MKT"}),
        Fault("negative price", {"Px": -400}),
        Fault("comma for the decimals", {"Px": "400,60"}),
        Fault("unit K", {"Px": "0.4K"}),
        Fault("five decimals", {"Px": "400.12345"}),
        Fault("which dollars?", {"Px": "$400"}),
        Fault("the rest of a calculation 計算尾數", {"Px": "400.10000000000002"}),
        Fault("six digits before the point", {"Px": "400000.00"}),
        Fault("slash in front of the reference", {"Ref No": "/SI0105-52"}),
        Fault("sign not allowed in a reference", {"Ref No": "SI0105#53"}),
        Fault("Chinese in the remark 備註不可用中文", {"Remark": "合約 88101"}),
        Fault("line break (Alt+Enter)", {"Remark": "CONTRACT 88101\nCONTRACT 88102"}),
        Fault(
            "over 40 characters",
            {"Remark": "CONTRACT 88101, 88102 AND 88103 OF 31 DEC 2026"},
        ),
        Fault(
            "two numbers in a cell that is only carried", {"電話": "2123 4567\n9123"}
        ),
        Fault("mainland code", {"Stock": 600_519, "股票名稱": "貴州茅台"}),
        Fault("a name as code", {"Stock": "TENCENT"}),
        Fault("a tick: yes or no?", {"Hold": "✓"}),
        Fault("neither yes nor no", {"Hold": "LATER"}),
        Fault("a look-up failed where nothing is sent", {"電話": failed}),
        Fault("a mandatory cell is blank", {"Qty": None}),
    )


def references(prefix: str) -> tuple[Fault, ...]:
    """Return faults of references, codes and functions; ISI and STI share them."""
    return (
        Fault("cancel by file", {"Function": "CANCEL"}),
        Fault("neither code nor ISIN", {"Stock": None}),
        Fault("code and ISIN", {"ISIN Code": "KYG875721634"}),
        Fault("reference used twice", {"Ref No": f"{prefix}-TWICE"}),
        Fault("reference used twice", {"Ref No": f"{prefix}-TWICE"}),
        Fault("twice, and the third row is faulty", {"Ref No": f"{prefix}-THRICE"}),
        Fault("twice, and the third row is faulty", {"Ref No": f"{prefix}-THRICE"}),
        Fault("the third: quantity blank", {"Ref No": f"{prefix}-THRICE", "Qty": None}),
        Fault("sent: to whom? 發送予誰？", {"狀態": "SENT"}),
        Fault("marked new: goes 新增", {"狀態": "NEW"}),
        Fault("cancelled: left out 略去", {"狀態": "已取消"}),
        Fault("sent by hand: left out 略去", {"狀態": "Sent to CCASS"}),
        Fault("a temporary counter 臨時櫃檯", {"Stock": "02912", "股票名稱": None}),
    )


def payments(today: dt.date) -> tuple[Fault, ...]:
    """Return faults between payment, money and days; ISI and STI share them."""
    saturday = today + dt.timedelta(days=(5 - today.weekday()) % 7)
    due_today = {"T/D": None, "Value Date": today}
    return (
        Fault("free, with an amount", {"DVP/FOP": "FOP", "Ccy": None, "Px": None}),
        Fault("free, with a currency", {**_FREE_OF_PAYMENT, "Ccy": "HKD"}),
        Fault("against payment, no amount", {"Net Amount": None}),
        Fault("against payment, no currency", {"Ccy": None}),
        Fault("yesterday", {"T/D": None, "Value Date": today - dt.timedelta(days=1)}),
        Fault("a Saturday 星期六", {"Value Date": saturday}),
        Fault("next year?", {"Value Date": today.replace(year=today.year + 1)}),
        Fault("today, after the last batch run", due_today),
        Fault("held, and due today", {**due_today, "Hold": "Y"}),
        Fault("real time today, too late", {**due_today, "DVP/FOP": "RDP"}),
        Fault("traded after settlement", {"T/D": today + dt.timedelta(days=3)}),
        Fault("renminbi counter in HKD", {"Stock": "80700", "股票名稱": None}),
    )


def pairs() -> tuple[Fault, ...]:
    """Return rows that do not fit their price or one another; ISI shares them."""
    twins = {"Stock": "00941", "Qty": 5_000, "Px": 85, "Net Amount": 424_392.25}
    mirror = {"Stock": "00883", "Qty": 20_000, "Px": 20, "Net Amount": 399_428}
    names = {"股票名稱": None}
    return (
        Fault("lots instead of shares", {"Qty": 100, "Net Amount": 4_000_000}),
        Fault("two equal fills", twins | names),
        Fault("two equal fills", twins | names),
        Fault("out ...", mirror | names),
        Fault("... and in again", {**mirror, **names, "D/R": "R"}),
    )


def _own(today: dt.date) -> tuple[Fault, ...]:
    later = today + dt.timedelta(days=2)
    return (
        Fault("another word for deliver, understood", {"D/R": "交付"}),
        Fault("counterparty blank", {"Cpty": None}),
        Fault("counterparty is ourselves: an ATI", {"Cpty": "B01234"}),
        Fault("a designated bank", {"Cpty": "BNK012"}),
        Fault("an investor? then an ISI 投資者？", {"Cpty": "I01234"}),
        Fault("one name, two IDs: ...", {"Cpty": "C00077", "Cpty Name": "HARBOUR"}),
        Fault("... which company?", {"Cpty": "C00078", "Cpty Name": "Harbour"}),
        Fault("settles on the day of the trade", {"T/D": later, "Value Date": later}),
        Fault("gross, not net", {"Qty": 3_000, "Net Amount": 1_200_000}),
        Fault("a mainland share 滬股通", {"Stock": "90519", "股票名稱": "貴州茅台"}),
        Fault("which loan?", {**_FREE_OF_PAYMENT, "Purpose": "SR"}),
    )


def faulty(today: dt.date) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    faults = [
        *(*cleaned(), *shapes(today), *references("SI0105")),
        *(*payments(today), *pairs(), *_own(today)),
    ]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="SI 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )


def layout(today: dt.date) -> tuple[Sheet, Sheet]:
    """Return a sheet whose form, not its content, is the trouble, and a second one."""
    columns = (
        Column(heading="Ref No", width=13),
        Column(heading="Part ID", width=10),
        Column(heading="D/R", width=6),
        Column(heading="Stock", width=8, format="00000"),
        Column(heading="Qty", width=12, format=WHOLE),
        Column(heading="股數", width=12, format="#,##0,"),
        Column(heading="Ccy", width=6),
        Column(heading="Net Amount", width=16, format=MONEY),
        Column(heading="Value Date", width=12, format=DAY),
        Column(heading="DVP/FOP", width=9),
        Column(heading="A/C No", width=10, format=TEXT),
        Column(heading="Purpose", width=9),
        Column(heading="Hold", width=6),
        Column(heading="Release", width=8),
        Column(heading="Urgent", width=8),
    )
    later = today + dt.timedelta(days=2)
    rows = tuple(
        (
            *(f"SI0105-{number}", owner, "D", stock, shares, shares, "HKD"),
            *(shares * 10, later, method, account, "BC", hold, "N", None),
        )
        for number, owner, stock, shares, method, account, hold in (
            (1, "B01234", 700, 1_000, "DVP", "01", "Y"),
            (2, "C00042", 5, 2_000, "DVP", "01", None),
            (3, "B01234", 388, 3_000, "DVP", "01", None),
            (4, "B01234", 16, 4_000, "RVP", "02", None),
            (5, "B01234", 66, 5_000, "DVP", None, "N"),
        )
    )
    first = Sheet(
        name=f"SI {today.day}-{today:%b}",
        titles=("格式有問題 Trouble with the layout",),
        columns=columns,
        rows=rows,
        total=(
            *("合計", None, None, None, 15_000, 15_000, None, 150_000),
            *(None, None, None, None, None, None, None),
        ),
        hidden_rows=(2,),
        hidden_columns=("Urgent",),
        merged=(("A/C No", 3, 4),),
        stray=((0, 15, "call desk 2"),),
    )
    second = Sheet(
        name="昨日 yesterday", titles=(), columns=columns[:5], rows=(rows[0][:5],)
    )
    return first, second


# reference, word, counterparty, name, stock, name, quantity, price, settles in days, account,
# purpose, linked, release, status, remark
# fmt: off
_COMBINED: tuple[tuple[Cell, ...], ...] = (
    ("SI0105-101", "DVP", "C00019", "ABC CUSTODIAN", 700, "騰訊控股", 4_000, "398.600", 2, "01", "BC", None, "Y", "NEW", "CONTRACT 88201"),
    ("SI0105-102", "RVP", "C00019", "ABC CUSTODIAN", 5, "滙豐控股", 12_000, "101.250", 2, "01", "BC", None, "Y", "NEW", "CONTRACT 88202"),
    ("SI0105-103", "RVP", "C00042", "DELTA BANK NOMINEES", 1299, "友邦保險", 6_600, "71.850", 2, "01", "BC", None, "N", "NEW", "CONTRACT 88203"),
    ("SI0105-104", "dvp", "C00042", "DELTA BANK NOMINEES", 2318, "中國平安", 8_500, "58.300", 2, "01", "BC", None, "Y", "待發送", "CONTRACT 88204"),
    ("SI0105-105", "543", "C00077", "HARBOUR TRUST", 388, "香港交易所", 900, "412.000", 2, "01", "BC", None, "Y", None, "CONTRACT 88205"),
    ("SI0105-106", "541", "C00077", "HARBOUR TRUST", 9988, "阿里巴巴-W", 3_200, "118.700", 2, "01", "BC", None, "Y", None, "CONTRACT 88206"),
    ("SI0105-107", "RDP", "B01888", "PEAK SECS", 3690, "美團-W", 2_700, "142.400", 2, "01", "BC", None, "Y", None, "WHICH WAY"),
    ("SI0105-108", "DFP", "B01777", "EASTERN SECS", 2800, "盈富基金", 50_000, None, 2, "05", "SL", None, "Y", None, "NEW LOAN"),
    ("SI0105-109", "RF", "B01777", "EASTERN SECS", 939, "建設銀行", 90_000, None, 2, "05", "SR", "SL1201-009", "Y", None, "RETURN"),
    ("SI0105-110", "DF", "C00077", "HARBOUR TRUST", 669, "創科實業", 1_500, None, 2, "02", "PM", None, "N", None, "CLIENT MOVES OUT"),
    ("SI0105-111", "RFP", "C00077", "HARBOUR TRUST", 27, "銀河娛樂", 5_000, None, 2, "02", "PM", None, "Y", None, "CLIENT MOVES IN"),
    ("SI0105-112", "RVP", "C00019", "ABC CUSTODIAN", 66, "港鐵公司", 4_500, "28.350", 2, "01", "BC", None, "Y", "CANCELLED", "CONTRACT 88207"),
    ("SI0105-113", "DVP", "C00019", "ABC CUSTODIAN", 16, "新鴻基地產", 2_000, "96.450", 2, "01", "BC", None, "Y", "已輸入CCASS", "CONTRACT 88208"),
)
# fmt: on


def combined(today: dt.date) -> Sheet:
    """Return a sheet as custodians' systems give it: RVP, DFP, 543; release for hold.

    Nothing says which way RDP goes, so that row stays behind.
    """
    columns = (
        Column(heading="Ref No", width=13),
        Column(heading="DVP/RVP", width=9),
        Column(heading="Cpty", width=9),
        Column(heading="Cpty Name", width=22),
        Column(heading="Stock", width=8),
        Column(heading="股票名稱", width=14),
        Column(heading="Qty", width=11, format=WHOLE),
        Column(heading="Ccy", width=6),
        Column(heading="Net Amount", width=16, format=MONEY),
        Column(heading="SD", width=11, format=SHORT_DAY),
        Column(heading="A/C No", width=9, format=TEXT),
        Column(heading="Purpose", width=9),
        Column(heading="Orig Ref", width=13),
        Column(heading="Release", width=8),
        Column(heading="狀態", width=12),
        Column(heading="Remark", width=18),
    )
    rows = tuple(_combined(today, row) for row in _COMBINED)
    return Sheet(name="SI RVP-DVP", titles=(), columns=columns, rows=rows)


def _combined(today: dt.date, row: tuple[Cell, ...]) -> Row:
    quantity, settles = int(str(row[6])), today + dt.timedelta(days=int(str(row[8])))
    money: tuple[Cell, Cell] = (None, None)
    if row[7] is not None:
        gross = quantity * Decimal(str(row[7]))
        money = ("HKD", (gross * (1 - _COSTS)).quantize(_CENT))
    return (*row[:7], *money, settles, *row[9:])


def text(today: dt.date) -> str:
    """Return a text file in which a comma inside a value has moved the cells behind it."""
    later = f"{today + dt.timedelta(days=2):%Y-%m-%d}"
    lines = (
        "Ref No,D/R,Cpty,Stock,Qty,Ccy,Net Amount,Value Date,DVP/FOP,A/C No,Purpose,股票名稱",
        f"SI0105-01,D,C00019,00700,1000,HKD,400000.00,{later},DVP,01,BC,騰訊控股",
        f"SI0105-02,D,C00019,00005,2,000,HKD,200000.00,{later},DVP,01,BC,滙豐控股",
    )
    return "".join(f"{line}\r\n" for line in lines)
