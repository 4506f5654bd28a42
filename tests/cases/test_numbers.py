"""案号: what is odd is asked about once, and never refused."""

import pytest
from django.urls import reverse

from cases.models import LegalCase
from cases.numbers import oddness


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("（2023）湘0781民初123号", ""),
        ("(2023)湘0781执恢 12 号之一", ""),
        ("〔2023〕湘07民终9号", ""),
        ("（2023）最高法民申1号", "“高法民申”不是常见的案件类型"),
        ("津检刑诉〔2023〕12号", ""),
        ("津公（经）立字[2023]0005号", ""),
        ("A4307810000002023010001", ""),
        ("津劳人仲案字〔2023〕第8号", ""),
        ("（2023）湘0781民出123号", "“民出”不是常见的案件类型"),
        ("（2023）湘民初123号", "“湘”后面少了法院代码"),
        ("湘0781民初123号", "少了括号里的年份"),
        ("2023湘0781民初123号", "年份没有写在括号里"),
        ("（23）湘0781民初123号", "年份“23”应为四位"),
        ("（2023）湘0781民初123", "少了末尾的“号”"),
        ("（2023）湘0781民初号", "“号”前面少了数字"),
        ("（2019）湘0781民初123号", "案号是 2019 年的，立案日期是 2023 年"),
    ],
)
def test_what_is_odd_about_a_number_is_told(number, words):
    assert oddness(number, 2023)[: len(words) or None] == words


def typed(officer, **changes):
    known = {"number": "湘0781民初123号", "kind": "other_civil", "unit": officer.unit_id, "filed_on": "2023-05-01"}
    return {**known, "state": "open", "detained_persons": "0", **changes}


@pytest.mark.django_db
def test_an_odd_number_is_asked_about_and_saved_once_it_is_said_to_be_right(client, officer):
    client.force_login(officer)
    address = reverse("cases:case-create")
    asked = client.post(address, typed(officer))
    assert asked.context["form"].errors["number"][0].startswith("少了括号里的年份。")
    assert "案号无误，就是这样写的" in asked.content.decode()
    another = typed(officer, number="湘0781民初124号", sure_number="湘0781民初123号")
    assert client.post(address, another).context["form"].errors["number"]
    assert not LegalCase.objects.exists()
    assert client.post(address, typed(officer, sure_number="湘0781民初123号")).status_code == 302
    case = LegalCase.objects.get()
    assert case.number == "湘0781民初123号"
    edit = typed(officer, summary="改字句", version=case.version)
    assert client.post(reverse("cases:case-edit", args=[case.pk]), edit).status_code == 302
