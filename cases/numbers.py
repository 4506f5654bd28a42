"""案号: how courts, procuratorates, the police and mediators write theirs, and what is odd about one. Pure.

An odd number is asked about, never refused: offices have ways of their own, and old papers too.
"""

import re

from common.text import half_width

COURT = re.compile(
    r"[(\[](\d{4})[)\]]([\u4e00-\u9fff])(\d{2,4}|)([\u4e00-\u9fff]{1,6})(\d+)号(?:之[一二三四五六七八九十\d]+)?"
)
# 津检刑诉〔2023〕12号, 津公（经）立字〔2023〕5号
LETTERED = re.compile(r"[\u4e00-\u9fff()]{2,30}[(\[](\d{4})[)\]]第?(\d+)号")
PLATFORM = re.compile(r"A\d{20,22}")  # 警综平台: A, the unit, the month, a number
YEAR = re.compile(r"[(\[](\d{2,4})[)\]]")
# The kinds that courts number their cases by; 法〔2015〕137号 and what practice has added.
KINDS = frozenset((
    "民初", "民终", "民申", "民再", "民监", "民特", "民撤", "民辖", "民辖终", "民催", "民督", "民保", "财保",
    "刑初", "刑终", "刑申", "刑再", "刑核", "刑更", "刑医", "刑没", "行初", "行终", "行申", "行再", "行审",
    "行保", "执", "执恢", "执保", "执异", "执复", "执监", "执他", "执协", "执前调", "破", "破申", "破终",
    "强清", "清申", "司惩", "司救执", "司救民", "司救刑", "司救行", "诉前调", "诉前调确", "诉前鉴", "诉调",
    "特", "调", "赔", "委赔", "法赔", "行赔初", "行赔终", "刑附民初", "知民初", "知刑初", "民诉前调",
))  # fmt: skip
EXAMPLES = "法院如（2023）湘0781民初123号，检察院如津检刑诉〔2023〕12号，公安如津公（经）立字〔2023〕5号"


def plain_form(number: str) -> str:
    """Without blanks, signs half wide, all brackets of a year round or square."""
    signs = str.maketrans("〔〕【】［］", "[][][]")
    return re.sub(r"\s", "", half_width(number).translate(signs))


def oddness(number: str, filed_year: int | None = None) -> str:
    """What is odd about a number, in words for whoever typed it; empty where nothing is.

    `filed_year`: the year of its filing, which a number's year may be one before or after.
    """
    text = plain_form(number)
    if PLATFORM.fullmatch(text):
        return ""
    court, lettered = COURT.fullmatch(text), LETTERED.fullmatch(text)
    if court:
        if court[4] not in KINDS:
            return f"“{court[4]}”不是常见的案件类型，常见的如民初、刑初、执、执恢"
        if not court[3] and court[2] != "最":
            return f"“{court[2]}”后面少了法院代码，如湘0781"
        return odd_year(int(court[1]), filed_year)
    if lettered:
        return odd_year(int(lettered[1]), filed_year)
    return odd_form(text)


def odd_form(text: str) -> str:
    """Why it is like none of them: the first thing that is missing."""
    year = YEAR.search(text)
    if year is None:
        return "少了括号里的年份" if re.search(r"(?:19|20)\d{2}", text) is None else "年份没有写在括号里"
    if len(year[1]) != 4:
        return f"年份“{year[1]}”应为四位"
    if "号" not in text:
        return "少了末尾的“号”"
    if not re.search(r"\d+号", text):
        return "“号”前面少了数字"
    return "与常见的写法不同"


def odd_year(year: int, filed: int | None) -> str:
    if filed is not None and abs(year - filed) > 1:
        return f"案号是 {year} 年的，立案日期是 {filed} 年"
    return ""
