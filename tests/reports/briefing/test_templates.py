"""The office's own templates: what is taken, what is refused and by which words."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from reports.briefing.templates import check_package, check_template
from reports.briefing.word import default_template
from reports.models import BriefingTemplate, IssuedBriefing
from tests.factories.reports import BriefingFactory, BriefingTemplateFactory

END = "{%p endfor %}"
BODY = "{%p for s in sections %}", "{%p for p in s.paragraphs %}", "{{ p.lead }}{{ p.text }}", END, END


def docx(*lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def rezipped(content, change=lambda name, data: data, **more):
    """The package again, with parts changed or added."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in more.items():
            new.writestr(name, data)
    return buffer.getvalue()


def refused(content):
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- its lines are compared
        check_template(content)
    return list(caught.value.lines)


def test_our_own_template_is_one_an_office_could_upload():
    assert check_template(default_template()) == []


def test_what_is_not_used_is_said():
    assert check_template(docx(*BODY)) == ["title（标题）"]
    assert check_template(docx("{{ title }}{{ exact.problems_resolved }}{{ relief_services }}")) == [
        "sections（正文各部分）"
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{{ titel }}", *BODY], ["没有名为 titel 的占位符，是不是 title（在“{{ titel }}”）"]),
        (
            ["{{ exact.problem_resolved }}", *BODY, "{%p for s in sections %}", "{{ s.hedding }}", END],
            [
                "没有名为 problem_resolved 的占位符，是不是 problems_resolved、leader_resolved、disputes_resolved"
                "（在“{{ exact.problem_resolved }}”）",
                "没有名为 hedding 的占位符，是不是 heading（在“{{ s.hedding }}”）",
            ],
        ),
        (["{{ title", *BODY], None),
        (["{{ title.__class__.__mro__ }}", *BODY], None),
        (["{{ ''.join(title) }}", *BODY], None),
        (["{{ 'a' * 999999999 }}", *BODY], None),
        (["{% include '/etc/passwd' %}", *BODY], None),
        (["{{ title|safe }}", *BODY], None),
        (["没有占位符"], ["模板里没有 {{ sections }}，正文没有地方放；可以先下载默认模板再改"]),
    ],
)
def test_what_a_template_may_not_say_is_named(lines, words):
    found = refused(docx(*lines))
    assert found == words if words else found


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 nothing", "不是 Word 文档"),
        (rezipped(docx(*BODY), **{"word/vbaProject.bin": b"x"}), "带宏"),
        (
            rezipped(docx(*BODY), lambda name, data: data.replace(b".document.main", b".document.macroEnabled.main")),
            "带宏",
        ),
        (rezipped(docx(*BODY), **{"word/embeddings/a.bin": b"x"}), "嵌入"),
        (rezipped(docx(*BODY), **{"word/x.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "不允许的定义"),
        (
            rezipped(
                docx(*BODY),
                lambda name, data: data.replace(
                    b"</Relationships>",
                    b'<Relationship Id="x" Type="http://x/attachedTemplate" Target="http://x" TargetMode="External"/>'
                    b"</Relationships>",
                ),
            ),
            "外面的文件",
        ),
        (rezipped(docx(*BODY), **{"word/big.xml": b"<a>" + b" " * 32_000_000 + b"</a>"}), "太大"),
    ],
)
def test_a_package_that_could_do_more_than_be_read_is_refused(content, words):
    with pytest.raises(Exception, match=words):
        check_package(content)


@pytest.mark.django_db
def test_a_template_is_uploaded_once_used_and_then_kept(client, admin):
    client.force_login(admin)
    content = docx("{{ title }}", *BODY, "{{ office }}印发")
    for _ in range(2):
        file = SimpleUploadedFile("模板.docx", content)
        client.post(reverse("reports:briefing-templates"), {"name": "本市模板", "file": file})
    kept = BriefingTemplate.objects.get()
    briefing = BriefingFactory(author=admin, template=kept, title="标题<甲>&{{ 乙 }}", text="平安。")
    client.post(reverse("reports:briefing-issue", args=[briefing.pk]))
    written = Document(BytesIO(IssuedBriefing.objects.get().content))
    assert [one.text for one in written.paragraphs] == ["标题<甲>&{{\n乙\n}}", "平安。", "市委政法委印发"]
    answer = client.post(reverse("reports:briefing-template-drop", args=[kept.pk]), follow=True)
    assert "有汇报在用，不能删除" in answer.content.decode()


@pytest.mark.django_db
def test_a_misspelt_template_is_not_kept_and_the_page_says_why(client, admin):
    BriefingTemplateFactory()
    client.force_login(admin)
    file = SimpleUploadedFile("模板.docx", docx("{{ titel }}", *BODY))
    answer = client.post(reverse("reports:briefing-templates"), {"name": "新模板", "file": file})
    assert "没有名为 titel 的占位符，是不是 title" in answer.content.decode()
    assert BriefingTemplate.objects.count() == 1
