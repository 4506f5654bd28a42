"""The office's own templates: what is taken, what is refused and by which words."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from jobs.runner import run_job
from reports.briefing.word.document import default_template
from reports.briefing.word.packages import check_package
from reports.briefing.word.templates import check_template
from reports.models import BriefingTemplate, IssuedBriefing
from tests.factories.reports import BriefingFactory, BriefingTemplateFactory

OLE = b"\xd0\xcf\x11\xe0"
END = "{%p endfor %}"
BODY = "{%p for s in sections %}", "{%p for p in s.paragraphs %}", "{{ p.lead }}{{ p.text }}", END, END


def docx(*lines, change=lambda document: None):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    change(document)
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
    assert check_template(docx("{{ title }}{{ exact.problems_resolved }}{{ relief_services }}")) == ["body（正文）"]


def header(document):
    document.sections[0].header.paragraphs[0].text = "{{ ofice }}"


def cell(document):
    document.add_table(1, 1).cell(0, 0).text = "{{ ofice }}"


def box(document):
    text = "<w:txbxContent><w:p><w:r><w:t>{{ ofice }}</w:t></w:r></w:p></w:txbxContent>"
    spaces = f'{nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"'
    run = f"<w:r {spaces}><w:pict><v:textbox>{text}</v:textbox></w:pict></w:r>"
    document.add_paragraph()._p.append(parse_xml(run))


def runs(document):
    """As Word cuts a placeholder up when it is edited."""
    paragraph = document.add_paragraph()
    for part in ("{{", " ofi", "ce }", "}"):
        paragraph.add_run(part).bold = True


@pytest.mark.parametrize("place", [header, cell, box, runs])
def test_a_misspelt_name_is_found_wherever_it_stands(place):
    said = ["没有名为 ofice 的占位符，是不是 office（落款单位）（在“{{ ofice }}”）"]
    assert refused(docx("{{ body }}", change=place)) == said


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["{{ 标题 }}"], ["没有名为 标题 的占位符，是不是 title（标题）（在“{{ 标题 }}”）"]),
        (
            ["{{ exact.problem_resolved }}", "{%p for s in sections %}", "{{ s.hedding }}", END],
            [
                "没有名为 problem_resolved 的占位符，是不是 problems_resolved（化解困难）、"
                "leader_resolved（领导带头化解问题）、disputes_resolved（排查化解涉企矛盾纠纷）"
                "（在“{{ exact.problem_resolved }}”）",
                "没有名为 hedding 的占位符，是不是 heading（在“{{ s.hedding }}”）",
            ],
        ),
        (["{{ title"], ["“{{ title”里的 {{ 和 }} 没有配对"]),
        (
            ["{%p for s in sections %}"],
            ["模板里的 {% for %} 或 {% if %} 没有结尾，要有配对的 {% endfor %}、{% endif %}"],
        ),
        ([END], ["模板里的 {% endfor %} 没有开头，或不是可用的语句"]),
        (["{{ title|safe }}"], ["模板里的 safe 不能用，去掉“|safe”"]),
        (["{{ body title }}"], ["“{{ body title }}”写得不对，占位符写成 {{ 名字 }}"]),
        (["{{ title.__class__ }}"], ["没有名为 __class__ 的占位符（在“{{ title.__class__ }}”）"]),
        (["{{ ''.join(title) }}"], ["占位符里只能写名字，不能调用函数、做乘除或取内部属性"]),
        (["{{ 'a' * 999999999 }}"], ["占位符里只能写名字，不能调用函数、做乘除或取内部属性"]),
        (["{{ title > 3 }}"], ["占位符填不进去，请只写名字，不做运算（TypeError）"]),
        (["{% set a = 'a' %}"], ["模板里不能用 {% set %}，删去再上传"]),
        (["{% include '/etc/passwd' %}"], ["模板里不能用 {% include %}，删去再上传"]),
        (
            ["{{ sections }}"],
            ["sections、figures、annexes、exact 是成组的内容，不能直接印；正文请用 {{ body }}，其余照自带模板逐项写"],
        ),
        (["｛｛ title ｝｝"], ["“｛｛ title ｝”印出来还是原样，占位符要写两层半角花括号：{{ 名字 }}"]),
        (["{ title }"], ["“{ title }”印出来还是原样，占位符要写两层半角花括号：{{ 名字 }}"]),
    ],
)
def test_what_a_template_may_not_say_is_named(lines, words):
    assert refused(docx("{{ body }}", *lines)) == words


def test_a_template_without_a_place_for_the_text_is_refused():
    assert refused(docx("没有占位符"))[0].startswith("模板里没有 {{ body }}，正文没有地方放")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "不是 Word 文档"),
        (b"PK\x03\x04 nothing", "不是 Word 文档"),
        (OLE, "旧版 Word"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "去掉密码"),
        (b"x" * 2_200_000, "超过 2 MB"),
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
def test_a_template_is_uploaded_once_made_the_default_used_and_then_kept(client, admin):
    client.force_login(admin)
    content = docx("{{ title }}", "{{ body }}", "{{ office }}印发")
    for _ in range(2):
        upload(client, "本市模板", content)
    kept, other = BriefingTemplate.objects.get(), BriefingTemplateFactory(is_default=True)
    for name, words in ((other.name, "请换个名称"), ("新模板", "新起草的汇报用它")):
        data = {"name": name, "is_default": "on"}
        answer = client.post(reverse("reports:briefing-template-edit", args=[kept.pk]), data, follow=True)
        assert words in answer.content.decode()
    assert client.get(reverse("reports:briefing-create")).context["form"]["template"].value() == kept.pk
    briefing = BriefingFactory(author=admin, template=kept, title="标题<甲>&{{ 乙 }}", text="平安<b>。\n第二段。")
    client.post(reverse("reports:briefing-issue", args=[briefing.pk]))
    run_job()
    written = Document(BytesIO(IssuedBriefing.objects.get().content))
    assert [one.text for one in written.paragraphs] == [
        "标题<甲>&{{\n乙\n}}",
        "平安<b>。",
        "第二段。",
        "市委政法委印发",
    ]
    answer = client.post(reverse("reports:briefing-template-drop", args=[kept.pk]), follow=True)
    assert "有汇报在用，不能删除" in answer.content.decode()


def upload(client, name, content, file="模板.docx"):
    data = {"name": name, "file": SimpleUploadedFile(file, content)}
    return client.post(reverse("reports:briefing-templates"), data, follow=True).content.decode()


@pytest.mark.django_db
def test_a_refused_template_is_not_kept_and_the_page_says_why(client, admin):
    BriefingTemplateFactory()
    client.force_login(admin)
    assert "没有名为 titel 的占位符，是不是 title（标题）" in upload(client, "新模板", docx("{{ titel }}", *BODY))
    assert "模板带宏" in upload(client, "新模板", docx(*BODY), "a.docm")
    assert "另存为 .docx" in upload(client, "新模板", OLE, "a.doc")
    assert BriefingTemplate.objects.count() == 1
