"""Country or region by the two letters of ISO 3166-1.

Names and three-letter codes of the countries whose documents Hong Kong desks see are
understood; a name of several (Korea) is asked about.
Source: ISO 3166-1, alpha-2; that the record carries it is assumed.

>>> from rapupload.fieldtypes.registry import validate
>>> [validate("country", text) for text in ("HK", "chn", "United Kingdom", "加拿大")]
['HK', 'CN', 'GB', 'CA']
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rapupload.fieldtypes.code import fold_codes, folded
from rapupload.fieldtypes.reading import (
    TEXT,
    TEXT_ONLY,
    TEXT_OR_NUMBER,
    TIDY,
    VALUE,
    Problem,
    Reading,
    Shape,
    Steps,
    cell_problem,
    first_of,
    tidied,
    tidy,
    when,
)
from rapupload.model import Text

NAME = "country"
PLAIN_KINDS = TEXT_ONLY
PROBLEMS: Mapping[str, Problem] = {
    "country-unknown": Problem(
        Text(
            "{value} is not a country this program knows.",
            "{value} 並非本程式認識的國家或地區。",
        ),
        Text(
            "Write the two letters of the ISO code, such as HK, CN or GB.",
            "請填兩個字母的 ISO 代碼，例如 HK、CN 或 GB。",
        ),
    ),
}
_LISTED = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN
    BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
    DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
    GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM
    JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD
    SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
CODES = tuple(_LISTED.split())
"""ISO 3166-1 alpha-2 codes."""

_OTHER = {
    "HK": "HKG|Hong Kong|HKSAR|Hong Kong SAR|香港|香港特別行政區|中國香港|中国香港",
    "CN": "CHN|China|PRC|P.R.C.|Mainland China|中國|中国|內地|内地|中國內地",
    "MO": "MAC|Macau|Macao|Macau SAR|澳門|澳门|中國澳門",
    "TW": "TWN|Taiwan|台灣|臺灣|台湾|中國台灣",
    "GB": "GBR|UK|U.K.|United Kingdom|Great Britain|Britain|英國|英国",
    "US": "USA|U.S.A.|U.S.|United States|United States of America|美國|美国",
    "SG": "SGP|Singapore|新加坡",
    "MY": "MYS|Malaysia|馬來西亞|马来西亚",
    "JP": "JPN|Japan|日本",
    "KR": "KOR|South Korea|Republic of Korea|南韓|韓國|韩国|大韓民國",
    "AU": "AUS|Australia|澳洲|澳大利亞|澳大利亚",
    "NZ": "NZL|New Zealand|新西蘭|紐西蘭|新西兰",
    "CA": "CAN|Canada|加拿大",
    "FR": "FRA|France|法國|法国",
    "DE": "DEU|Germany|德國|德国",
    "CH": "CHE|Switzerland|瑞士",
    "IE": "IRL|Ireland|愛爾蘭|爱尔兰",
    "IT": "ITA|Italy|意大利",
    "ES": "ESP|Spain|西班牙",
    "PT": "PRT|Portugal|葡萄牙",
    "NL": "NLD|Netherlands|The Netherlands|荷蘭|荷兰",
    "SE": "SWE|Sweden|瑞典",
    "IN": "IND|India|印度",
    "ID": "IDN|Indonesia|印尼|印度尼西亞",
    "PH": "PHL|Philippines|The Philippines|菲律賓|菲律宾",
    "TH": "THA|Thailand|泰國|泰国",
    "VN": "VNM|Vietnam|Viet Nam|越南",
    "ZA": "ZAF|South Africa|南非",
    "BM": "BMU|Bermuda|百慕達",
    "KY": "CYM|Cayman Islands|開曼群島|开曼群岛",
    "VG": "VGB|British Virgin Islands|BVI|英屬處女群島|英属维尔京群岛",
}
_SPELLINGS = fold_codes(
    {code: code for code in CODES}
    | {word: code for code, words in _OTHER.items() for word in words.split("|")}
)


def plain(_shape: Shape) -> str:
    """Return the regular expression of the codes."""
    return f"^(?:{'|'.join(CODES)})$"


def read(text: pl.Expr, kind: pl.Expr, _shape: Shape) -> Reading:
    """Read codes of two or three letters, and names that mean one country only."""
    return (
        Steps.begin(text, kind, tidy(TEXT))
        .then(
            value=folded(TEXT).replace_strict(
                _SPELLINGS, default=None, return_dtype=pl.String
            )
        )
        .settle(
            problem=cell_problem(TEXT_OR_NUMBER),
            otherwise="country-unknown",
            cleaned=first_of(when(VALUE != TIDY, "value-understood"), tidied(TIDY)),
        )
    )


def typed(value: pl.Expr, _shape: Shape) -> pl.Expr:
    """Return the codes as they are: they stay text."""
    return value


def dtype(_shape: Shape) -> pl.DataType:
    """Return text."""
    return pl.String()
