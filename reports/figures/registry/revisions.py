"""Since when figures are counted as they are, and what was changed in a definition."""

from datetime import date

from reports.figures.registry.definitions import Revision, since

FIRST = since(date(2023, 1, 1))  # published with the office's first half-year
REGISTERED = since(date(2026, 11, 30))
COUNTED_ONCE = (
    *FIRST,
    Revision(
        date(2026, 11, 30),
        "一条问题只计一次，计第一次到所在半年末仍然有效的确认；原来跨期重新化解的又计一次，季度、月份加起来与半年不等。"
        "单位改按确认时的责任单位",
    ),
)
ONLY_SETTLED = (
    *FIRST,
    Revision(date(2026, 11, 30), "只计结果为调解成功、判决、执行完毕的；原来撤回、其他和没有写结果的也计"),
)
CONCENTRATED = (
    *FIRST,
    Revision(
        date(2026, 11, 30),
        "从工作方案的集中化解起始日累计到统计期末，跨半年不断开，当年没有工作方案的不统计；原来只计统计期内的。"
        "一条问题只计一次，单位改按确认时的责任单位",
    ),
)
