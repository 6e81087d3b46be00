"""Representatives and proxies: the rows of the samples, made up.

Persons, mail addresses and numbers are fictitious: identity cards count up from Z100001
with right check digits, mainland numbers carry the region 990000 that does not exist, and
passports are Xs and zeros. The simulator refuses announcements that start with A99, stock
09995, account 90000018 and 80,000,000 shares in a row.
"""

# ruff: noqa: E501 - one row of a table, one line

from __future__ import annotations

import datetime as dt

from samples.faults import Fault, faulty_rows
from samples.rows_election import (
    cleaned,
    deadlines,
    events,
    moment,
    references,
    shapes,
)
from samples.sheets import MOMENT, TEXT, WHOLE, Cell, Column, Row, Sheet

COLUMNS = (
    Column(heading="單號", width=12),
    Column(heading="公告編號", width=12),
    Column(heading="股票編號", width=9),
    Column(heading="股票名稱", width=14),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="Rep/Proxy", width=10),
    Column(heading="英文姓名", width=20),
    Column(heading="中文姓名", width=10),
    Column(heading="證件類別", width=14),
    Column(heading="證件號碼", width=21, format=TEXT),
    Column(heading="簽發地", width=8),
    Column(heading="股數", width=11, format=WHOLE),
    Column(heading="出席方式", width=10),
    Column(heading="電郵", width=22),
    Column(heading="電話", width=15, format=TEXT),
    Column(heading="可否投票", width=11),
    Column(heading="登記日持股", width=12, format=WHOLE),
    Column(heading="截止時間", width=17, format=MOMENT),
    Column(heading="客戶", width=10),
    Column(heading="內部備註", width=20),
)

_HKEX, _LINK, _TENCENT = "A27001234", "A27001345", "A27001301"

# announcement, code, name, account, appointment, names, document, shares, way of attending,
# mail, telephone, power, holding, deadline in days, client, note
# fmt: off
_PEOPLE: tuple[tuple[Cell, ...], ...] = (
    (_HKEX, 388, "香港交易所", "01", "REP", "CHAN TAI MAN", "陳大文", "香港身份證", "Z100001(3)", None, 20_000, "親身", None, None, "酌情", 150_000, 8, "S20011", None),
    (_HKEX, 388, "香港交易所", "01", "REP", "LEE SIU MING", "李小明", "HKID", "Z100002(1)", None, 5_000, "PERSON", None, None, "ATTEND", 150_000, 8, "M10023", "只出席"),
    (_HKEX, 388, "香港交易所", "01", "REP", "WONG MEI LING", "黃美玲", "HKID", "Z100003(A)", None, 12_500, "ONLINE", "wong@example.com", "+85290000003", "酌情", 150_000, 8, "M10111", None),
    (_HKEX, 388, "香港交易所", "02", "REP", "CHEUNG KA YAN", "張嘉欣", "HKID", "Z100004(8)", None, 3_000, "WEBCAST", "cheung@example.com", "90000004", None, 3_000, 8, "M10302", None),
    (_HKEX, 388, "香港交易所", "00012345", "REP", "SMITH JOHN", None, "護照", "X0000001", "GB", 8_300, "ONLINE", "smith@example.com", "+447000000001", "FULL", 48_300, 8, "S20012", None),
    (_TENCENT, 700, "騰訊控股", "01", "PROXY", "WANG FANG", "王芳", "內地身份證", "990000190001010016", None, 40_000, "PERSON", None, None, "按指示", 1_204_500, 6, "M10345", None),
    (_TENCENT, 700, "騰訊控股", "01", "PROXY", "LI NA", "李娜", "內地身份證", "990000190001010024", None, 15_000, "ONLINE", "lina@example.com", "+8613000000002", "酌情", 1_204_500, 6, "M10415", None),
    (_TENCENT, 700, "騰訊控股", "02", "PROXY", "HO WING SZE", "何詠詩", "HKID", "Z100005(6)", None, 2_200, "PERSON", None, None, None, 3_100, 6, "M10500", None),
    (_TENCENT, 700, "騰訊控股", "02", "PROXY", "O'BRIEN ANNE-MARIE", None, "PASSPORT", "X0000002", "Ireland", 900, "PERSON", None, None, None, None, 6, "M10501", None),
    (_TENCENT, 700, "騰訊控股", "00012345", "受委代表", "Lam Chi Keung", "林志強", "HKID", "Z100006(4)", None, 6_000, "PERSON", None, None, None, 6_000, 6, "S20011", "小寫姓名"),
    (_LINK, 823, "領展房產基金", "01", "PROXY", "NG KWOK WAI", "吳國偉", "HKID", "Z100007(2)", None, 10_000, "PERSON", None, None, "酌情", 61_400, 12, "M10023", None),
    (_LINK, 823, "領展房產基金", "01", "PROXY", "TSANG HOI CHING", "曾愷晴", "HKID", "Z100008(0)", None, 1_400, "PERSON", None, None, None, 61_400, 12, "M10502", None),
    (_LINK, 823, "領展房產基金", "02", "PROXY", "TANAKA ICHIRO", "田中一郎", "PASSPORT", "X0000003", "日本", 7_000, "PERSON", None, None, None, 7_500, 12, "M10503", None),
    (_LINK, 823, "領展房產基金", "02", "PROXY", "LAU SUK FAN", "劉淑芬", "HKID", "Z100009(9)", None, 500, "ONLINE", "lau@example.com", "(852) 9000-0009", None, None, 12, "M10504", None),
    ("A27001410", 857, "中國石油股份", "02", "REP", "KWOK CHUN HO", "郭俊豪", "HKID", "Z100010(2)", None, 82_000_000, "PERSON", None, None, "酌情", 95_000_000, 14, "HOUSE", "模擬器：超過持股"),
    ("A27001345", 823, "領展房產基金", "90000018", "PROXY", "YEUNG MAN KIT", "楊文傑", "HKID", "ZZ100011(9)", None, 2_200, "PERSON", None, None, None, 2_200, 12, "M10505", "模擬器：戶口不適用"),
    ("A99000001", 175, "吉利汽車", "01", "REP", "FUNG YUK LAN", "馮玉蘭", "HKID", "Z100012(9)", None, 35_000, "PERSON", None, None, None, 35_000, 9, "M10506", "模擬器：公布已截止"),
    ("A27001888", 9995, "示例控股", "01", "REP", "TANG SIU FUNG", "鄧小鳳", "HKID", "Z100013(7)", None, 20_000, "PERSON", None, None, None, 20_000, 9, "M10507", "模擬器：代號無效"),
    (_HKEX, 388, "香港交易所", "03", "REP", "DE SOUZA MARIA", None, "其他證件", "MO-0000001", None, 1_000, "PERSON", None, None, None, 1_400, 8, "M10508", "澳門證件"),
    (_HKEX, 388, "香港交易所", "03", "REP", "SZE TO KIN", "司徒堅", "PASSPORT", "X0000004", "CAN", 400, "PERSON", None, None, None, None, 8, "M10509", None),
)
# fmt: on


def _clean_row(today: dt.date, number: int, row: tuple[Cell, ...]) -> Row:
    *person, days, client, note = row
    deadline = moment(today, int(str(days)))
    return (f"RP0512-{number:03}", *person, deadline, client, note)


def clean(today: dt.date) -> Sheet:
    """Return the people who attend the meetings of a week."""
    rows = (_clean_row(today, n, row) for n, row in enumerate(_PEOPLE, 1))
    return Sheet(
        name=f"代表 {today:%m%d}",
        titles=(
            f"出席代表 Representatives and proxies {today:%Y-%m-%d}",
            "個人資料，請勿以電郵轉寄 Personal data: keep out of mail",
        ),
        columns=COLUMNS,
        rows=tuple(rows),
    )


FAULTY_COLUMNS = (
    Column(heading="單號", width=15),
    Column(heading="Part ID", width=10),
    Column(heading="Mkt", width=8),
    Column(heading="公告編號", width=12),
    Column(heading="Event", width=10),
    Column(heading="股票編號", width=10),
    Column(heading="ISIN No", width=15),
    Column(heading="戶口號碼", width=11, format=TEXT),
    Column(heading="Rep/Proxy", width=10),
    Column(heading="英文姓名", width=22),
    Column(heading="中文姓名", width=14),
    Column(heading="證件類別", width=10),
    Column(heading="證件號碼", width=22),
    Column(heading="簽發地", width=10),
    Column(heading="股數", width=14),
    Column(heading="出席方式", width=10),
    Column(heading="電郵", width=26),
    Column(heading="電話", width=20),
    Column(heading="地址", width=24),
    Column(heading="登記日持股", width=12),
    Column(heading="截止時間", width=20, format=MOMENT),
    Column(heading="Function", width=9),
    Column(heading="備註", width=20),
    Column(heading="狀態", width=10),
    Column(heading="客戶", width=10),
    Column(heading="What is wrong 問題", width=58),
)


def _good(today: dt.date, number: int) -> dict[str, object]:
    """Return a good row: an announcement of its own, so that no rule counts it twice."""
    return {
        "單號": f"RP0512-{number:03}",
        "Part ID": "B01234",
        "Mkt": "HKMK",
        "公告編號": f"A2600{number:04}",
        "Event": "VT",
        "股票編號": "00388",
        "戶口號碼": "01",
        "Rep/Proxy": "REP",
        "英文姓名": "CHAN TAI MAN",
        "中文姓名": "陳大文",
        "證件類別": "HKID",
        "證件號碼": "Z100001(3)",
        "股數": 100 * number,
        "出席方式": "PERSON",
        "登記日持股": 100 * number,
        "截止時間": moment(today, 8),
        "Function": "NEW",
    }


def _people() -> tuple[Fault, ...]:
    """Return persons and documents that cannot be read."""
    return (
        Fault("small letters 小寫", {"英文姓名": "Chan Tai Man"}),
        Fault("Chinese in the Latin name 英文姓名欄填了中文", {"英文姓名": "陳大文"}),
        Fault("no name", {"英文姓名": "-"}),
        Fault("a name of seventy letters", {"英文姓名": "CHAN " * 14}),
        Fault("a character outside HKSCS 不屬香港增補字符集", {"中文姓名": "陳𠀀文"}),
        Fault("eleven characters 十一個中文字", {"中文姓名": "陳大文" * 3 + "陳大"}),
        Fault("document not on the list", {"證件類別": "LICENCE"}),
        Fault(
            "18 digits as a number: the last are lost",
            {"證件類別": "PRC-ID", "證件號碼": 990_000_190_001_010_016},
        ),
        Fault("no number", {"證件號碼": "SAME AS LAST YEAR"}),
        Fault("number of 21 characters", {"證件號碼": "X00000000000000000021"}),
        Fault("number in another spelling", {"證件號碼": "z100001 (3)"}),
        Fault("country we do not know", {"簽發地": "Korea"}),
        Fault("no mail address", {"電郵": "chan at example"}),
        Fault("two mail addresses", {"電郵": "a@example.com; b@example.com"}),
        Fault("mail address of 70 characters", {"電郵": f"{'a' * 58}@example.com"}),
        Fault("telephone without a country", {"電話": "7000 000001"}),
        Fault("two telephones", {"電話": "9000 0001 / 9000 0002"}),
        Fault("no telephone", {"電話": "CALL OFFICE"}),
        Fault("address in Chinese 地址為中文", {"地址": "香港中環示例大廈"}),
        Fault("no name at all", {"英文姓名": None}),
        Fault("no document", {"證件號碼": None}),
    )


def _meanings() -> tuple[Fault, ...]:
    share, same = (
        {"公告編號": "A26008006"},
        {"公告編號": "A26008007", "登記日持股": 40_000},
    )
    passport = {"證件類別": "PASSPORT", "證件號碼": "X0000001"}
    return (
        Fault("HKID with a wrong check digit 校驗碼不符", {"證件號碼": "Z100001(4)"}),
        Fault("a passport number called an HKID", {"證件號碼": "X0000001"}),
        Fault(
            "mainland number with a wrong digit",
            {"證件類別": "PRC-ID", "證件號碼": "990000190001010017"},
        ),
        Fault("passport of which country?", passport),
        Fault("passport, complete", {**passport, "簽發地": "GB"}),
        Fault("online, no mail and telephone", {"出席方式": "ONLINE"}),
        Fault(
            "online, no telephone", {"出席方式": "WEBCAST", "電郵": "chan@example.com"}
        ),
        Fault(
            "two people, more than the holding ...",
            {**share, "股數": 700, "登記日持股": 1_000},
        ),
        Fault(
            "... together",
            {**share, "股數": 600, "登記日持股": 1_000, "證件號碼": "Z100002(1)"},
        ),
        Fault("the same person ...", same),
        Fault("... twice 同一人重複", same),
    )


def faulty(now: dt.datetime) -> Sheet:
    """Return a sheet with one fault per row, named in its last column."""
    today, figure = now.date(), "股數"
    carried = {"電話"}  # here the person's own, not only carried
    shared = [*cleaned(figure), *shapes(today, figure)]
    faults = [
        *(fault for fault in shared if not carried & fault.change.keys()),
        *references("RP0512", figure),
        *events(
            ("BE", "a dividend 股息"),
            ("RS", "a rights issue 供股"),
            ("TM", "takes no instruction 無須指示"),
        ),
        *deadlines(today, now),
        *_people(),
        *_meanings(),
    ]
    rows = faulty_rows(FAULTY_COLUMNS, faults, lambda number: _good(today, number))
    return Sheet(
        name="代表 有問題",
        titles=("一行一錯 One fault per row",),
        columns=FAULTY_COLUMNS,
        rows=rows,
    )
