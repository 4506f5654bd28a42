"""Words by which a row is known to be no record: totals, page marks, signatures, section titles, hints. Data."""

import re
from typing import Any

from common.text import half_width
from imports.cells import text_of
from imports.cells.choices import EMPTY_MARKS, MARKS

COUNTERS = "行条户家件个份人次笔项名页处"
NUMERAL = "一二三四五六七八九十百"
SUMMED = "合计|总计|小计|共计|累计|汇总|平均|平均值|平均数|均值|总和|总数|合计数|页计|总额"
TOTAL = re.compile(
    rf"(本页|本表|本单|本组|全市|全部|全年|全县|以上|各项|各单位|[{NUMERAL}]+项)?({SUMMED})"
    r"(:.{0,12}|\(.{0,12}\):?|\d.{0,12})?|total|sum|average|subtotal",
    re.IGNORECASE,
)
TOTAL_OF = re.compile(
    rf".{{1,15}}({SUMMED}|小结)(\(.{{0,12}}\)|:.{{0,12}})?:?"
)  # 市公安局小计, where only numbers follow
DIGIT = re.compile(r"\d")
HEADING_END = re.compile(
    r"[*＊]?.{0,12}(名称|姓名|全称|简称|时间|日期|单位|部门|电话|手机|方式|情况|类型|类别|性质|地址|金额|数量|编号|序号|代码|备注|说明|内容|事项|建议|意见|诉求"
    r"|问题|对象|人员|干警|联系人|负责人|商户|企业|项目|进度|进展|结果|措施|程度|范围|行业|职务|岗位)([(（].{0,10}[)）])?"
)
COUNTED = re.compile(
    rf"(?:(?:以上|本页|本表|全表|全部)(?:[总合]?共)?(?:计|有)?|[总合]?共(?:计|有)?|总计|合计):?\d+[{COUNTERS}].*"
)  # “共 35 条　导出人：…”, alone in its row
BLANK_BELOW = re.compile(
    r"[\W_]*(以下|本页|此页|此处|此行|本页以下)(均)?(为)?(空白|空|无正文|无内容|无记录|无数据|略)[\W_]*"
)
PAGE = re.compile(
    rf"\W*(\d+/\d+页?|第[\d{NUMERAL}]+页\W*(共[\d{NUMERAL}]+页)?|共\d+页\W*(第\d+页)?|page\d+(of\d+)?"
    r"|续[上前下]?[表页]\d*|[接承转过见续][上下前次后][页表]|[上下]接第?\d*页|附[表件]\d*|.{0,30}(\(续(表|\d)*\)|续表))\W*",
    re.IGNORECASE,
)
TELLING = re.compile(
    r"[计总均和共汇额页表空]|[制审填复核校注说备签盖]|[人长]\s*[:：]|average|sum|total", re.IGNORECASE
)  # in some word of any of these patterns
FIRM_ENDS = ("公司", "厂", "店", "行", "合作社")
SIGNED = "制表|审核|填表|填报|复核|审批|核对|校对|经办|统计|导出|打印|报送|上报"
SIGNATURE = re.compile(
    rf"((({SIGNED})(人|单位|日期|时间|员|部门)?|(单位|主要|部门)?负责人(签字|签名)?|(分管|主管)?领导(签字|签名)?|签字|签名|签章"
    r"|(单位)?盖章|公章|联系人|联系电话|电话|日期|(数据)?截[止至](日期|时间)?|数据来源"
    r"|(填表|填写)?说明|备注|附?注|注意(事项)?|(金额)?单位)(\(.{0,10}\))?:|(说明|备注|注)\d?[.、])"
)
SIGNER = re.compile(
    rf"({SIGNED})(人|员)?|单位负责人|主要负责人|分管领导|主管领导|负责人签字"
)  # with the name in the cell beside it
SENTENCE = re.compile(r".*[。；;！]$|.{41,}", re.DOTALL)
NUMBER_ALONE = re.compile(rf"\(?[{NUMERAL}]+\)?[、.,:]?|第[{NUMERAL}]+[类部批组章节]?|[IVX]+[、.]?")
NUMBERED = re.compile(
    rf"\(?[{NUMERAL}]+[)、.,:]+\S|第[{NUMERAL}]+(类|部分|大类|批|组|章|节|片区)|[IVX]+[、.]\S|[A-H][、.][\u4e00-\u9fff]"
)
PREFIX = re.compile(rf"\(?[{NUMERAL}\d]+[)、.,:]+")
SECTION_END = re.compile(rf".*(\((共|计|合计)?\d+[{COUNTERS}]\)|\d+[{COUNTERS}]|类|:)")
FIRM = re.compile(
    r".*(公司|集团|厂|店|商行|商店|商场|超市|合作社|经营部|服务部|门市部|销售部|加工部|工作室|事务所|支行|分行|银行|信用社|学校|医院"
    r"|幼儿园|协会|商会|酒店|宾馆|饭店|[餐茶粉面饭]馆|餐厅|农场|[养殖林渔牧加工]场|药房|诊所|[坊社铺屋行])(\(.*\))?"
)
PROJECT = re.compile(r".{3,}(项目|工程|[一二三四五]期|建设|改造|基地|园)(\(.*\))?")
# Words of groups, none of which is a name: 2026年省重点产业项目, 规模以上民营企业.
GROUP = re.compile(
    r"(\d{4}年度?|[省市县区]级?|重点|重大|产业|工业|农业|服务业|制造业?|商贸|交通|水利|能源|基础设施|民生|社会|事业|生态|环保|续建|新建|在建|改建|扩建|拟建"
    r"|储备|竣工|前期|谋划|计划|开工|政府|投资|招商|引资|其他|其它|规上|规下|规模以[上下]|限[上下]|小微|中小|大型|中型|小型|微型|民营|国有|外资|港澳台"
    r"|一般|个体|工商户?|企业|项目|工程|建设|改造|单位|名单|园区?|城区|乡镇|街道|及|和|与|、|类|部分|专班|组)+"
)
HINT = re.compile(
    r"\(?(必填|选填|非必填|可选|可不填|必填项|选填项|文本(格式)?|数字|日期(格式)?|下拉选择|自动生成|自动计算|不用填)\)?"
    r"|\(?(请|可|须)?(填写|填|选择|选|输入).{0,30}|(格式)?(如|例如?|示例|格式)[:为].{0,40}|yyyy.?mm.?dd|\d+位(数字|文本)?",
    re.IGNORECASE,
)
EXAMPLE = re.compile(r"\(?(填写)?(示例|样例|范例|例子|例|举例|示范)(行|\d)?\)?[:.、]?")
NUMERIC = re.compile(r"[¥约]?[-+]?\d[\d,]*(\.\d+)?(%|亿元|万元|亿|万|元|[家个户项人份件条次笔亩处名])?|[-—/%]+")
UNFILLED = re.compile(r"\d{0,4}年?_*月_*日?|0(\.0+)?%?")  # 2026年  月  日; what a formula gives for a blank row
LONGEST_NUMBER = 14  # characters; a credit code or a phone is no number


def may_tell(cell: str) -> bool:
    """Whether a text may be of one of these patterns, looked at in haste: a name that ends like a firm's is none."""
    if cell.endswith(FIRM_ENDS) and ":" not in cell and "：" not in cell:
        return False
    return (len(cell) <= 6 and "例" in cell) or TELLING.search(cell) is not None


def compact(cell: Any) -> str:
    """A cell as plain text without blanks."""
    return "".join(half_width(text_of(cell)).split())


def is_numeric(cell: Any, text: str) -> bool:
    """Whether a cell holds an amount or a count, or a dash in place of one; `text` is the cell, compact."""
    if isinstance(cell, int | float):
        return not isinstance(cell, bool)
    return len(text) <= LONGEST_NUMBER and NUMERIC.fullmatch(text) is not None and not re.fullmatch(r"\d{11,}", text)


def is_name(text: str) -> bool:
    """Whether a text is surely the name of one firm or project."""
    text = PREFIX.sub("", text, count=1)
    return FIRM.fullmatch(text) is not None or (PROJECT.fullmatch(text) is not None and not GROUP.fullmatch(text))


def is_unfilled(text: str) -> bool:
    """Whether a text waits to be completed: a day to be written in, boxes to be ticked."""
    boxes = any(mark in text for mark in EMPTY_MARKS) and not any(mark in text for mark in MARKS)
    return (boxes and len(text) <= 40) or UNFILLED.fullmatch(text) is not None


def is_title(row: Any) -> bool:
    """Whether a row may stand above a heading row without being a record: blank, a title, a stamp with its labels."""
    texts = list(dict.fromkeys(text for cell in row if (text := compact(cell))))
    if not texts:
        return True
    if len(texts) > 3 or any(not isinstance(cell, str) for cell in row if cell != ""):
        return False
    if any(map(is_name, texts)) or is_below(texts[0]):
        return False
    return len(texts) == 1 or any(":" in text for text in texts)


def is_below(text: str) -> bool:
    """Whether words close a table rather than open the next."""
    if any(pattern.fullmatch(text) for pattern in (TOTAL, TOTAL_OF, COUNTED, BLANK_BELOW, PAGE)):
        return True
    return re.match(r"(注|说明|备注|附注|制表|审核|填表人|导出人|复核)", text) is not None
