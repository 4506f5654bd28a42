import hashlib
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from common.files import check_upload

PDF = b"%PDF-1.4 sample"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
EXE = b"MZ\x90\x00" + b"\x00" * 64


def upload(name, content):
    return check_upload(SimpleUploadedFile(name, content))


def refusal(name, content):
    with pytest.raises(ValidationError) as caught:
        upload(name, content)
    return caught.value.messages[0]


def test_a_file_is_kept_with_our_own_word_for_its_type():
    checked = upload("回执.PDF", PDF)
    assert (checked.name, checked.size, checked.content_type) == ("回执.PDF", len(PDF), "application/pdf")
    assert checked.sha256 == hashlib.sha256(PDF).hexdigest()
    assert checked.file.read() == PDF


def test_a_zip_named_as_a_document_is_taken():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert upload("方案.docx", buffer.getvalue()).content_type.endswith("wordprocessingml.document")


@pytest.mark.parametrize("name", ["图.png", "表.xlsx", "文.pdf", "旧.xls"])
def test_a_disguised_program_is_refused(name):
    assert refusal(name, EXE) == f"“{name}”的内容与扩展名不符，可能已损坏或被改名，请换原文件"


def test_a_picture_named_as_a_document_is_refused():
    assert "内容与扩展名不符" in refusal("回执.pdf", PNG)


@pytest.mark.parametrize("name", ["木马.exe", "页.html", "图.svg", "没有扩展名", "宏.xlsm"])
def test_a_kind_that_is_not_taken_is_named(name):
    assert refusal(name, PDF).startswith(f"不能上传“{name}”这类文件，只收 jpg")


def test_an_empty_file_is_refused():
    assert refusal("空.pdf", b"") == "“空.pdf”是空文件，请重新选择"


def test_a_file_over_the_limit_is_told_its_size(settings):
    settings.MAX_UPLOAD_BYTES = 1024**2
    assert refusal("大.pdf", PDF + b"0" * (1024**2 + 1)) == "“大.pdf”有 1.0 MB，超过 1 MB，请压缩后再上传"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\文件\\回执.pdf", "回执.pdf"), ("a\u202efdp.pdf", "afdp.pdf")],
)
def test_a_name_is_only_a_name(given, kept):
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = given
    assert check_upload(file).name == kept
