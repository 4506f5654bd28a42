"""Made-up workbooks to measure with: forms of the survey, a register of firms, a plain sheet."""

import csv
import os
import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter

from enterprises.uscc import check_digit

LETTERS = [chr(at) for at in range(0x4E00, 0x9FA6) if len(chr(at).encode("gb2312", "ignore")) == 2][:600]
UNITS = ("市公安局", "市司法局", "市人民法院", "市人民检察院")
SURVEY = (
    "序号", "企业名称", "统一社会信用代码", "市场主体类型", "所属行业", "所属大事", "走访单位", "走访干警", "走访日期",
    "联系人", "联系电话", "满意度", "诉求类别", "问题诉求", "涉及金额(万元)", "意见建议", "备注",
)  # fmt: skip
REGISTER = (
    "企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "地区", "注册地址", "所属产业",
    "规模以上", "联系人", "联系电话",
)  # fmt: skip


def folder() -> Path:
    return Path(os.environ["BENCH_FOLDER"])


def code(number: int) -> str:
    first = f"91430781MB{number:07d}"
    return first + check_digit(first)


def survey_rows(rows: int, first: int = 1) -> Iterator[tuple[Any, ...]]:
    """A third without a request, a third with one, a third with two numbered ones: as many entries as forms."""
    for number in range(first, first + rows):
        asked = (
            "无",
            f"下游经销商拖欠货款，第{number}号合同约定的付款期限已过三个月",
            f"1、下游经销商拖欠货款{number}；2、厂区夜间电缆被盗{number}",
        )[number % 3]
        day = date(2023, 1, 1) + timedelta(days=number % 150)
        yield (
            number, f"津市样例测速{number:06d}有限公司", code(number), "企业", "现代物流", "津市港", UNITS[number % 4],
            "干警0001", day, f"联系人{number:06d}", f"138{number:08d}", ("满意", "基本满意", "不满意")[number % 3],
            "合同纠纷", asked, number % 100 + 1 if number % 3 else "", "希望简化流程" if number % 5 == 0 else "", "",
        )  # fmt: skip


def register_rows(rows: int) -> Iterator[tuple[Any, ...]]:
    for number in range(5_000_001, 5_000_001 + rows):
        day = date(2003, 1, 1) + timedelta(days=number % 7000)
        yield (
            f"津市样例名录{number:07d}有限公司", code(number), day, "有限责任公司", f"{number % 900 + 10}万元",
            "物流运输、仓储、装卸；农产品初加工", "津市", f"津市市样例路{number}号", "现代物流",
            "是" if number % 9 == 0 else "否", f"联系人{number}", f"138{number:08d}",
        )  # fmt: skip


def full_register(rows: int, first: int) -> Iterator[tuple[Any, ...]]:
    """Firms with as many words as those of a real register: hardly two cells alike, so that a file of 116,887 of them
    is as large, packed and unpacked."""
    chance = random.Random(20261130)
    for number in range(first, first + rows):
        words = "".join(chance.choices(LETTERS, k=chance.randrange(24, 56)))
        name, street, person = words[:6], words[6:9], words[9:11]
        day = date(2003, 1, 1) + timedelta(days=chance.randrange(7000))
        yield (
            f"津市样例{name}有限公司", code(number), day, "有限责任公司", f"{chance.randrange(10, 9000)}万元",
            f"{words[11:]}；农产品初加工、销售；道路货物运输；仓储服务；装卸搬运", "津市",
            f"津市市样例{street}路{number % 997}号",
            "现代物流", "是" if number % 9 == 0 else "否", f"样例{person}", f"138{chance.randrange(10**8):08d}",
        )  # fmt: skip


def plain_rows(rows: int, columns: int = 20) -> Iterator[tuple[Any, ...]]:
    for number in range(rows):
        yield tuple(f"第{number}行的文字{column}" if column % 2 else number * column + 0.5 for column in range(columns))


def workbook(name: str, head: Iterable[str], rows: Iterable[tuple[Any, ...]], *, shared: bool = False) -> Path:
    """`shared`: texts are kept once in a list of their own, as spreadsheet programs do it."""
    path = folder() / name
    options = {"constant_memory": not shared, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("汇总")
        for at, line in enumerate(chain([tuple(head)], rows)):
            sheet.write_row(at, 0, [None if value == "" else value for value in line])
    return path


def delimited(name: str, head: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> Path:
    """A text file in GBK, as spreadsheet programs write it here."""
    path = folder() / name
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows(chain([tuple(head)], rows))
    return path
