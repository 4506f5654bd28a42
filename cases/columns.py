"""Columns of the case exports. Headings and words are those that an import reads."""

from cases.models import LegalCase
from common.books.sheets import Column, words_of


def names(case: LegalCase) -> str:
    return "、".join(
        [enterprise.name for enterprise in case.enterprises.all()] + ([case.party_names] if case.party_names else [])
    )


CASES = [
    Column("案号", lambda case: case.number, 26),
    Column("案件类型", words_of(LegalCase, "kind")),
    Column("案由", lambda case: case.title, 24),
    Column("涉案企业", names, 36),
    Column("承办单位", lambda case: case.unit.name, 18),
    Column("所属大事", lambda case: case.workstream.name if case.workstream else ""),
    Column("专项行动", lambda case: case.campaign.name if case.campaign else ""),
    Column("承办人", lambda case: case.officer.name if case.officer else "", 10),
    Column("立案日期", lambda case: case.filed_on),
    Column("结案日期", lambda case: case.closed_on),
    Column("状态", words_of(LegalCase, "state"), 8),
    Column("结果", lambda case: case.get_result_display() if case.result else "", 10),
    Column("拘留（名）", lambda case: case.detained_persons, 10),
    Column("拘留日期", lambda case: case.detained_on),
    Column("挽回损失（元）", lambda case: case.recovered, 18, total=True),
    Column("避免损失（元）", lambda case: case.avoided, 18, total=True),
    Column("减免（元）", lambda case: case.saved, 18, total=True),
    Column("挽回和避免损失（元）", lambda case: case.money, 20, total=True),
    Column("办理情况", lambda case: case.summary, 40),
    Column("备注", lambda case: case.notes, 24),
]
RECOMMENDATIONS = [
    Column("文号", lambda row: row.number, 24),
    Column("所涉案件", lambda row: row.case.number if row.case else "", 26),
    Column("制发单位", lambda row: row.unit.name, 18),
    Column("所属大事", lambda row: row.workstream.name if row.workstream else ""),
    Column("发送对象", lambda row: row.addressee, 24),
    Column("事由", lambda row: row.subject, 36),
    Column("制发日期", lambda row: row.issued_on),
    Column("回复日期", lambda row: row.replied_on),
    Column("采纳", lambda row: {True: "已采纳", False: "未采纳"}.get(row.is_adopted, "未回复"), 10),
]
TYPICAL = [
    Column("标题", lambda row: row.title, 40),
    Column("报送单位", lambda row: row.unit.name, 18),
    Column("所属大事", lambda row: row.workstream.name if row.workstream else ""),
    Column("发布日期", lambda row: row.published_on),
    Column("发布渠道", lambda row: row.channel, 24),
    Column("链接", lambda row: row.url, 40),
    Column("摘要", lambda row: row.summary, 40),
]
