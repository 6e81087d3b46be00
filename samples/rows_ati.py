"""Account transfers: the rows of the samples, made up.

Heading by heading as one desk writes them; the simulator refuses stock 09995, account
90000018 and the transfer of 120,000,000 shares.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt

from samples.faults import Fault, faulty_rows
from samples.rows_si import shapes
from samples.sheets import TEXT, WHOLE, Column, Formula, Row, Sheet, Shown

COLUMNS = (
    Column(heading="單號", width=13),
    Column(heading="Stock", width=8),
    Column(heading="股票名稱", width=18),
    Column(heading="From A/C", width=11, format=TEXT),
    Column(heading="To A/C", width=11, format=TEXT),
    Column(heading="Shares", width=13, format=WHOLE),
    Column(heading="Narrative", width=26),
    Column(heading="Urgent", width=8),
    Column(heading="Client", width=10),
    Column(heading="內部備註", width=22),
)
# fmt: off
CLEAN: tuple[Row, ...] = (
    ("AT0105-001", 700, "騰訊控股", "02", "03", 12_000, "MARGIN CALL", 2, "M10023", "補倉，十時前須完成"),
    ("AT0105-002", 5, "滙豐控股", "02", "03", 40_000, "MARGIN CALL", 2, "M10023", "補倉，十時前須完成"),
    ("AT0105-003", 388, "香港交易所", "02", "03", 1_500, "MARGIN CALL", 2, "M10023", "補倉，十時前須完成"),
    ("AT0105-004", 1299, "友邦保險", "03", "02", 8_000, "COLLATERAL RELEASE", None, "M10187", None),
    ("AT0105-005", 2318, "中國平安", "03", "02", 15_500, "COLLATERAL RELEASE", None, "M10187", None),
    ("AT0105-006", 941, "中國移動", "03", "02", 6_000, "COLLATERAL RELEASE", None, "M10187", None),
    ("AT0105-007", 2800, "盈富基金", "01", "05", 250_000, "ETF CREATION BASKET", None, "HOUSE", "與基金組核對"),
    ("AT0105-008", 939, "建設銀行", "01", "05", 1_180_000, "ETF CREATION BASKET", None, "HOUSE", "與基金組核對"),
    ("AT0105-009", 1398, "工商銀行", "01", "05", 902_000, "ETF CREATION BASKET", None, "HOUSE", "與基金組核對"),
    ("AT0105-010", 3988, "中國銀行", "01", "05", 715_000, "ETF CREATION BASKET", None, "HOUSE", "與基金組核對"),
    ("AT0105-011", 16, "新鴻基地產", "02", "00012345", 3_000, "TO SEGREGATED A/C", None, "S20011", "客戶要求獨立存放"),
    ("AT0105-012", 27, "銀河娛樂", "02", "00012345", 11_000, "TO SEGREGATED A/C", None, "S20011", "客戶要求獨立存放"),
    ("AT0105-013", 66, "港鐵公司", "02", "00012345", 22_500, "TO SEGREGATED A/C", None, "S20011", "客戶要求獨立存放"),
    ("AT0105-014", 823, "領展房產基金", "02", "00012345", 9_400, "TO SEGREGATED A/C", None, "S20011", "客戶要求獨立存放"),
    ("AT0105-015", 9618, "京東集團-SW", "00012388", "02", 2_350, "A/C CLOSED", None, "S20044", "銷戶"),
    ("AT0105-016", 9988, "阿里巴巴-W", "00012388", "02", 7_100, "A/C CLOSED", None, "S20044", "銷戶"),
    ("AT0105-017", 80700, "騰訊控股-R", "00012388", "02", 400, "A/C CLOSED", None, "S20044", "人民幣櫃檯"),
    ("AT0105-018", 1810, "小米集團-W", "02", "01", 33_000, "STOCK LENDING POOL", 1, "HOUSE", "借貸組即時要貨"),
    ("AT0105-019", 3690, "美團-W", "02", "01", 14_200, "STOCK LENDING POOL", None, "HOUSE", None),
    ("AT0105-020", 1024, "快手-W", "02", "01", 5_800, "STOCK LENDING POOL", None, "HOUSE", None),
    ("AT0105-021", 9995, "示例控股", "02", "01", 20_000, "STOCK LENDING POOL", None, "HOUSE", "模擬器：代號無效"),
    ("AT0105-022", 883, "中國海洋石油", "90000018", "02", 18_000, "REBALANCE", None, "M10302", "模擬器：戶口不適用"),
    ("AT0105-023", 857, "中國石油股份", "01", "02", 120_000_000, "REBALANCE", None, "HOUSE", "模擬器：股份不足"),
    ("AT0105-024", 1211, "比亞迪股份", "01", "02", 4_500, "REBALANCE", None, "HOUSE", None),
    ("AT0105-025", 175, "吉利汽車", "01", "02", 61_000, "REBALANCE", None, "HOUSE", None),
    ("AT0105-026", 992, "聯想集團", "01", "02", 88_000, None, None, "M10415", None),
    ("AT0105-027", 2388, "中銀香港", "02", "03", 10_500, None, None, "M10415", None),
    ("AT0105-028", 669, "創科實業", "02", "03", 2_500, None, None, "M10415", None),
)
# fmt: on


def clean(today: dt.date) -> Sheet:
    """Return the transfers of one morning, with a total at the bottom."""
    shares = sum(int(str(row[5])) for row in CLEAN)
    total = Formula(f"=SUM(F4:F{3 + len(CLEAN)})", shares)
    return Sheet(
        name=f"ATI {today:%m%d}",
        titles=(f"戶口轉移 Account transfers {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=CLEAN,
        total=("合計", None, None, None, None, total, None, None, None, None),
    )


def wide_total(today: dt.date) -> Sheet:
    """Return a market maker's move of 180 bull/bear contracts.

    Their five-digit codes add up to more than the seven digits of the control total.
    """
    rows = tuple(
        (
            f"CB0105-{number:03}",
            55_001 + 37 * number,
            f"牛熊證 {55_001 + 37 * number}",
            "01",
            "05",
            10_000 * (1 + number % 9),
            "CBBC INVENTORY",
            None,
            "MM",
            None,
        )
        for number in range(1, 181)
    )
    return Sheet(
        name="CBBC",
        titles=(f"牛熊證存貨調撥 CBBC inventory {today:%Y-%m-%d}",),
        columns=COLUMNS,
        rows=rows,
    )


FAULTY_COLUMNS = (
    Column(heading="Ref No", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="Stock", width=10),
    Column(heading="ISIN Code", width=15),
    Column(heading="股票名稱", width=16),
    Column(heading="From A/C", width=11, format=TEXT),
    Column(heading="To A/C", width=11, format=TEXT),
    Column(heading="Shares", width=13),
    Column(heading="Narrative", width=24),
    Column(heading="DVP/FOP", width=9),
    Column(heading="Net Amount", width=17),
    Column(heading="Function", width=9),
    Column(heading="狀態", width=11),
    Column(heading="What is wrong 問題", width=58),
)
_GOOD: dict[str, object] = {
    "Part ID": "B01234",
    "Mkt": "HKMK",
    "Stock": "00700",
    "股票名稱": "騰訊控股",
    "From A/C": "02",
    "To A/C": "03",
    "Narrative": "REBALANCE",
    "DVP/FOP": "FOP",
    "Function": "NEW",
}


def _faults(today: dt.date) -> tuple[Fault, ...]:
    return (
        Fault("nothing: this row and the next can go 此行及下一行無誤"),
        Fault("nothing", {"Stock": "00005", "股票名稱": "滙豐控股"}),
        Fault("zeros lost, put back 已補零", {"Stock": 388, "股票名稱": "香港交易所"}),
        Fault("other spelling, understood", {"Stock": "HK.01299"}),
        Fault("full-width digits, folded 全形", {"Stock": "０２３１８"}),
        Fault("blanks around the account", {"From A/C": " 02 ", "Stock": "00941"}),
        Fault("thousands typed as text", {"Shares": "1,000", "Stock": "02388"}),
        Fault("look-up failed", {"Stock": Formula("=VLOOKUP(F9,A:B,2,0)", "#N/A")}),
        Fault("formula never worked out", {"Shares": Formula("=100*20")}),
        Fault("a yes/no cell", {"To A/C": True}),
        Fault("3-1 became a date", {"To A/C": Shown(today, "d-mmm")}),
        Fault("long number shown as 2.70E+11", {"Ref No": 270_105_000_012}),
        Fault(
            "16 digits: the last is lost", {"Ref No": Shown(2_701_050_000_123_456, "0")}
        ),
        Fault("a percentage", {"Shares": Shown(0.5, "0%")}),
        Fault("two accounts in a cell", {"From A/C": "01/02"}),
        Fault("account of nine digits", {"From A/C": "000123456"}),
        Fault("function not on the list", {"Function": "MOVE"}),
        Fault("cancel by file", {"Function": "CANCEL"}),
        Fault("ISIN mistyped", {"Stock": None, "ISIN Code": "KYG875721643"}),
        Fault("no ISIN", {"Stock": None, "ISIN Code": "KYG87572"}),
        Fault("no such market", {"Mkt": "XHKG"}),
        Fault("another market", {"Mkt": "SZMK"}),
        Fault("exchange broker number", {"Part ID": "1234"}),
        Fault("a BIC", {"Part ID": "ABCDHKHHXXX"}),
        Fault("no CCASS ID", {"Part ID": "HKSCC-7"}),
        Fault("words instead of a figure", {"Shares": "ALL"}),
        Fault("board lots 手數", {"Shares": "10手"}),
        Fault("negative", {"Shares": -500}),
        Fault("point for thousands", {"Shares": "1.000"}),
        Fault("unit K", {"Shares": "5K"}),
        Fault("a fraction of a share", {"Shares": 100.5}),
        Fault("twelve digits", {"Shares": "100000000000"}),
        Fault("slash in front of the reference", {"Ref No": "/AT0105-35"}),
        Fault("sign not allowed in a reference", {"Ref No": "AT0105#36"}),
        Fault("Chinese in the narrative 附註不可用中文", {"Narrative": "調撥"}),
        Fault("line break (Alt+Enter)", {"Narrative": "REBALANCE\nDESK 2"}),
        Fault(
            "over 40 characters",
            {"Narrative": "REBALANCE OF THE HOUSE BOOK AFTER YEAR END"},
        ),
        Fault("mainland code", {"Stock": 600_519, "股票名稱": "貴州茅台"}),
        Fault("a name as code", {"Stock": "TENCENT"}),
        Fault("account blank", {"To A/C": None}),
        Fault("neither code nor ISIN", {"Stock": None}),
        Fault("reference used twice", {"Ref No": "AT0105-TWICE", "Stock": "00016"}),
        Fault("reference used twice", {"Ref No": "AT0105-TWICE", "Stock": "00027"}),
        Fault(
            "twice, and the third row is faulty",
            {"Ref No": "AT0105-THRICE", "Stock": "00066"},
        ),
        Fault(
            "twice, and the third row is faulty",
            {"Ref No": "AT0105-THRICE", "Stock": "00823"},
        ),
        Fault("the third: quantity blank", {"Ref No": "AT0105-THRICE", "Shares": None}),
        Fault("same account", {"From A/C": "02", "To A/C": "02", "Stock": "00883"}),
        Fault("code and ISIN", {"Stock": "00700", "ISIN Code": "KYG875721634"}),
        Fault(
            "credits what the next row takes on",
            {"Stock": "01211", "From A/C": "01", "To A/C": "05"},
        ),
        Fault(
            "order matters", {"Stock": "01211", "From A/C": "05", "To A/C": "00012345"}
        ),
        Fault("there ...", {"Stock": "00175", "From A/C": "01", "To A/C": "02"}),
        Fault("... and back", {"Stock": "00175", "From A/C": "02", "To A/C": "01"}),
        Fault("sent: to whom? 發送予誰？", {"Stock": "00857", "狀態": "SENT"}),
        Fault("against payment: an STI or an SI", {"DVP/FOP": "貨銀對付"}),
        Fault("money: an STI or an SI", {"DVP/FOP": None, "Net Amount": 40_000}),
        Fault("done: left out 略去", {"Stock": "00857", "狀態": "已完成"}),
        Fault("void: left out 略去", {"Stock": "00857", "狀態": "Void"}),
        Fault("a temporary counter 臨時櫃檯", {"Stock": "02912", "股票名稱": None}),
        Fault(
            "a look-up failed where nothing is sent",
            {"Stock": "00003", "股票名稱": Formula("=VLOOKUP(D9,A:B,2,0)", "#N/A")},
        ),
    )


def faulty(today: dt.date) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    amounts = [f for f in shapes(today) if f.change.keys() == {"Net Amount"}]
    rows = faulty_rows(
        FAULTY_COLUMNS,
        [*_faults(today), *amounts],
        lambda number: {
            **_GOOD,
            "Ref No": f"AT0105-{number:02}",
            "Shares": 100 * number,
        },
    )
    return Sheet(
        name="ATI 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )


def layout(today: dt.date) -> tuple[Sheet, Sheet]:
    """Return a sheet whose form, not its content, is the trouble, and a second one."""
    columns = (
        Column(heading="Ref No", width=13),
        Column(heading="Part ID", width=10),
        Column(heading="Stock", width=8, format="00000"),
        Column(heading="股票名稱", width=16),
        Column(heading="From A/C", width=11, format=TEXT),
        Column(heading="Shares", width=12, format=WHOLE),
        Column(heading="股數", width=12, format="#,##0,"),
        Column(heading="Narrative", width=20),
        Column(heading="Urgent", width=8),
    )
    rows = (
        ("AT0105-01", "B01234", 700, "騰訊控股", "02", 1_000, 1_000, "REBALANCE", None),
        ("AT0105-02", "C00042", 5, "滙豐控股", "02", 2_000, 2_000, "REBALANCE", None),
        (
            "AT0105-03",
            "B01234",
            388,
            "香港交易所",
            "02",
            3_000,
            3_000,
            "HIDDEN ROW",
            None,
        ),
        ("AT0105-04", "B01234", 16, "新鴻基地產", "03", 4_000, 4_000, "MERGED", None),
        ("AT0105-05", "B01234", 66, "港鐵公司", None, 5_000, 5_000, "MERGED", None),
    )
    first = Sheet(
        name=f"ATI {today:%m%d}",
        titles=("格式有問題 Trouble with the layout",),
        columns=columns,
        rows=rows,
        total=("合計", None, None, None, None, 15_000, 15_000, None, None),
        hidden_rows=(2,),
        hidden_columns=("Urgent",),
        merged=(("From A/C", 3, 4),),
        stray=((0, 9, "call desk 2"),),
    )
    second = Sheet(
        name="昨日 yesterday",
        titles=(),
        columns=columns[:5],
        rows=(rows[0][:5],),
    )
    return first, second
