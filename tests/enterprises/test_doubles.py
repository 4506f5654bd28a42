"""What may be entered twice: found by keys, told in words, remembered, and shown where a firm is."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.doubles.finding import compare_all, doubles_of
from enterprises.doubles.likeness import LIKELY, Card, likeness
from enterprises.models import Enterprise, EnterpriseMerge, FormerName, LikelyDouble, NotDoubles
from enterprises.names import address_key, core_key, phone_key
from enterprises.services.comparing import refresh_doubles
from enterprises.services.merging import gather_left_behind
from enterprises.uscc import check_digit
from ledger.models import ServiceActivity
from tests.enterprises.test_merging import Two
from tests.factories import ActivityFactory, EnterpriseFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST = "91430781MA4L1AAA1"
CODE = FIRST + check_digit(FIRST)
NEAR = "91430781MA4L1AAB1" + check_digit("91430781MA4L1AAB1")
FAR = "92430700MA7X9KKP8" + check_digit("92430700MA7X9KKP8")
MOVED = "91430700MA4L1AAA1" + check_digit("91430700MA4L1AAA1")


def card(name="津市样例盐业有限公司", code="", phone="", address="", formers=(), codes=()):
    keys = (name, core_key(name), code, phone_key(phone), address_key(address))
    return Card(*keys, frozenset(formers), frozenset(codes))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ({}, {"code": CODE}, "名称相同；有一家没有信用代码"),
        ({"name": "样例盐业公司"}, {}, "名称只差地名或公司形式；两家都没有信用代码"),
        ({"code": CODE}, {"code": FAR, "phone": ""}, "名称相同；但信用代码完全不同"),
        ({"name": "甲厂", "code": CODE}, {"code": NEAR}, "信用代码只差第 16 位"),
        ({"name": "甲厂", "code": CODE}, {"code": MOVED}, "信用代码里的主体标识码（第 9—17 位）相同"),
        ({"name": "甲厂", "code": CODE[:9] + CODE[10:]}, {"code": CODE}, "信用代码少写一位"),
        ({"name": "津市样例盐叶有限公司"}, {"code": CODE}, "名称只差一个字；有一家没有信用代码"),
        ({"name": "新名"}, {"formers": ["新名"]}, "一家的名称是另一家的曾用名；两家都没有信用代码"),
        ({"name": "甲厂", "code": CODE}, {"codes": [CODE]}, "一家的信用代码是另一家以前的；有一家没有信用代码"),
        (
            {"name": "甲", "phone": "0736-4200001", "address": "湖南省津市市样例路 1号"},
            {"phone": "4200001", "address": "样例路1号"},
            "电话相同；地址相同；两家都没有信用代码",
        ),
        ({"name": "甲"}, {}, ""),
    ],
)
def test_why_two_may_be_one_is_told_in_words(one, other, words):
    assert likeness(card(**one), card(**other)).words == words


def test_what_says_little_alone_is_not_enough():
    enough = {
        "same name": (card(), card(code=CODE)),
        "one letter, a code missing": (card("津市样例盐叶有限公司"), card(code=CODE)),
        "near code and telephone": (card("甲", CODE, "13800000001"), card("乙", NEAR, "13800000001")),
    }
    little = {
        "a near code, as given out one after the other": (card("甲", CODE), card("乙", NEAR)),
        "a telephone": (card("甲", phone="13800000001"), card("乙", phone="13800000001")),
        "same name without place, two codes": (card("样例盐业公司", CODE), card(code=FAR)),
        "numbers tell apart": (card("样例企业一厂"), card("样例企业二厂")),
    }
    assert {why: likeness(*two).points >= LIKELY for why, two in (enough | little).items()} == (
        dict.fromkeys(enough, True) | dict.fromkeys(little, False)
    )


def register():
    firms = {
        "kept": EnterpriseFactory(name="津市样例盐业有限公司", uscc=CODE, contact_phone="13800000001"),
        "same": EnterpriseFactory(name="样例盐业公司", uscc=None),
        "typo": EnterpriseFactory(name="津市样例盐叶有限公司", uscc=None),
        "moved": EnterpriseFactory(name="湘北物流", uscc=MOVED),
        "former": EnterpriseFactory(name="样例纺织厂", uscc=None),
        "renamed": EnterpriseFactory(name="样例新材料公司", uscc=FAR),
        "other": EnterpriseFactory(name="样例机械公司", uscc=NEAR),
    }
    FormerName.objects.create(enterprise=firms["renamed"], name="样例纺织厂", origin="renamed")
    return firms


EXPECTED = {("kept", "same"), ("kept", "typo"), ("same", "typo"), ("kept", "moved"), ("former", "renamed")}


def named(firms, pairs):
    names = {firm.pk: name for name, firm in firms.items()}
    return {tuple(sorted(names[pk] for pk in pair)) for pair in pairs}


def test_the_whole_register_is_compared_by_keys_and_kept():
    firms = register()
    expected = {tuple(sorted(pair)) for pair in EXPECTED}
    assert named(firms, compare_all()) == expected
    assert refresh_doubles() == len(EXPECTED)
    first = set(LikelyDouble.objects.values_list("pk", flat=True))
    Enterprise.objects.filter(pk=firms["typo"].pk).update(core_key="别的字号", name_key="别的字号")
    refresh_doubles()
    kept = LikelyDouble.objects.values_list("pk", "one", "other")
    assert named(firms, [pair[1:] for pair in kept]) == {pair for pair in expected if "typo" not in pair}
    assert {pair[0] for pair in kept} <= first


def test_a_key_that_many_share_says_nothing(django_assert_max_num_queries):
    EnterpriseFactory.create_batch(25, contact_phone="13800000009", address="样例工业园一号")
    with django_assert_max_num_queries(2):
        assert compare_all() == {}


def test_one_firm_is_compared_by_a_few_look_ups(django_assert_num_queries):
    firms, admin = register(), UserFactory(admin=True)
    for name, others in (("kept", {"same"}), ("renamed", {"former"}), ("former", {"renamed"}), ("other", set())):
        with django_assert_num_queries(4):
            found = doubles_of(firms[name], admin)
        assert {one for one, firm in firms.items() if firm in [row for row, _ in found]} == others
    new = Enterprise(name="津市市样例盐业有限责任公司")
    new.fill_keys()
    assert {row for row, _ in doubles_of(new, admin)} == {firms["kept"], firms["same"]}


def test_a_likely_double_is_told_when_a_firm_is_registered_and_on_its_page(client, coordinator):
    EnterpriseFactory(name="津市样例盐业有限公司", uscc=CODE, contact_phone="13800000001", address="样例路100号")
    client.force_login(coordinator)
    typed = {"name": "湘北物流公司", "kind": "enterprise", "is_active": "on", "uscc": ""}
    same = {"contact_phone": "138 0000 0001", "address": "津市市样例路100号"}
    answer = client.post(reverse("enterprises:enterprise-create"), typed | same)
    assert "（电话相同；地址相同；有一家没有信用代码）" in answer.content.decode()
    client.post(reverse("enterprises:enterprise-create"), typed | same | {"confirmed": "on"})
    made = Enterprise.objects.get(name="湘北物流公司")
    page = client.get(reverse("enterprises:enterprise-detail", args=[made.pk])).content.decode()
    assert "可能重复" in page
    assert "是同一家的，请告诉政法委办公室合并。" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, admin, django_assert_num_queries, rows):
    for n in range(rows):
        EnterpriseFactory(name=f"津市样例{n}盐业公司", uscc=None)
        EnterpriseFactory(name=f"样例{n}盐业有限公司")
    refresh_doubles()
    client.force_login(admin)
    client.get(reverse("enterprises:double-list"))
    with django_assert_num_queries(8):
        page = client.get(reverse("enterprises:double-list")).content.decode()
    assert page.count("名称只差地名或公司形式；有一家没有信用代码") == rows


def test_told_apart_is_remembered_with_who_and_why_and_can_be_asked_again(client, admin):
    firms = register()
    refresh_doubles()
    client.force_login(admin)
    one, other = firms["same"], firms["kept"]
    apart = reverse("enterprises:double-apart", args=[one.pk, other.pk])
    client.post(apart, {"reason": " "})
    assert not NotDoubles.objects.exists()
    client.post(apart, {"reason": "分公司"})
    client.post(apart, {"reason": "又说一遍"})
    decided = NotDoubles.objects.get()
    told = (decided.one, decided.other, decided.reason, decided.decided_by)
    assert told == (other, one, "分公司", admin)
    listed = client.get(reverse("enterprises:double-list")).context["pairs"]
    assert {one.pk, other.pk} not in [{pair.one_id, pair.other_id} for pair, _ in listed]
    assert other not in [row for row, _ in doubles_of(one, admin)]
    page = client.get(reverse("enterprises:double-list"), {"shown": "decided"}).content.decode()
    assert f"{admin.name}，" in page
    assert "分公司" in page
    client.post(reverse("enterprises:double-again", args=[decided.pk]))
    assert not NotDoubles.objects.exists()


def sent(comparison_page, **changes):
    form = comparison_page.context["form"]
    data = {bound.html_name: bound.value() or "" for bound in form}
    return data | changes


def test_the_page_lays_both_side_by_side_merges_and_takes_back(client, admin):
    two = Two()
    client.force_login(admin)
    address = reverse("enterprises:double-compare", args=[two.gone.pk, two.kept.pk])
    page = client.get(address)
    assert page.context["comparison"].keep == "other"
    assert f"{two.officer.name}与两家都有结对，合为一条：2023-01-01 到 2023-12-31" in page.content.decode()
    assert "请写明" not in page.content.decode()
    again = client.post(address, sent(page, reason=""))
    assert again.context["form"].errors["reason"]
    data = sent(page, reason="同一张执照", take_name="one", take_notes="one")
    answer = client.post(address, data)
    merge = EnterpriseMerge.objects.get()
    detail = reverse("enterprises:merge-detail", args=[merge.pk])
    assert answer.headers["Location"] == detail
    assert client.post(address, data).status_code == 302
    assert EnterpriseMerge.objects.count() == 1
    kept = Enterprise.objects.get()
    assert (kept.pk, kept.name, kept.notes, kept.uscc) == (two.kept.pk, "样例盐业公司", "旧名录", two.kept.uscc)
    body = client.get(detail).content.decode()
    assert "津市样例盐业有限公司" in body
    client.post(reverse("enterprises:merge-undo", args=[merge.pk]), {"reason": ""})
    assert Enterprise.objects.count() == 1
    client.post(reverse("enterprises:merge-undo", args=[merge.pk]), {"reason": "其实是两家"})
    assert set(Enterprise.objects.all()) == {two.kept, two.gone}
    assert "其实是两家" in client.get(detail).content.decode()


def test_two_codes_must_be_chosen_between_and_an_old_page_is_shown_anew(client, admin):
    one, other = EnterpriseFactory(name="样例盐业公司", uscc=CODE), EnterpriseFactory(name="样例盐业厂", uscc=FAR)
    client.force_login(admin)
    address = reverse("enterprises:double-compare", args=[one.pk, other.pk])
    page = client.get(address)
    data = sent(page, reason="换证")
    assert client.post(address, data).context["form"].errors["take_uscc"]
    Enterprise.objects.filter(pk=other.pk).update(version=9, notes="刚改的")
    answer = client.post(address, data | {"take_uscc": "other"})
    assert "其中一家刚被别人改过" in answer.content.decode()
    assert "刚改的" in answer.content.decode()
    assert "换证" in answer.content.decode()
    client.post(address, sent(answer, reason="换证", take_uscc="other"))
    assert list(Enterprise.objects.values_list("pk", "uscc")) == [(one.pk, FAR)]


def test_the_trace_leads_to_the_firm_it_is_part_of_and_is_nowhere_else(client, admin):
    two = Two()
    two.merge()
    client.force_login(admin)
    for name in ("enterprise-detail", "enterprise-edit", "double-choose"):
        answer = client.get(reverse(f"enterprises:{name}", args=[two.gone.pk]), follow=True)
        assert answer.redirect_chain == [(reverse("enterprises:enterprise-detail", args=[two.kept.pk]), 302)]
        assert "“样例盐业公司”已于" in answer.content.decode()
    compared = client.get(reverse("enterprises:double-compare", args=[two.kept.pk, two.gone.pk]))
    assert compared.headers["Location"] == reverse("enterprises:enterprise-detail", args=[two.kept.pk])
    listed = client.get(reverse("enterprises:enterprise-list"))
    assert list(listed.context["page"]) == [two.kept]


def test_what_was_entered_at_the_very_moment_follows_and_goes_back_with_the_merge():
    two = Two()
    merge = two.merge()
    late = ActivityFactory(enterprise=two.gone, happened_on=date(2023, 5, 9))
    assert gather_left_behind() == 1
    assert ServiceActivity.objects.get(pk=late.pk).enterprise == two.kept
    assert gather_left_behind() == 0
    two.undo(merge, at=timezone.now())
    assert ServiceActivity.objects.get(pk=late.pk).enterprise == two.gone
