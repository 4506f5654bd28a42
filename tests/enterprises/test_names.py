"""Cores of names, and which of them are near."""

from importlib import import_module

import pytest
from django.apps import apps

from enterprises.models import Enterprise, KeyProject
from enterprises.names import core, one_apart, shapes
from tests.factories import EnterpriseFactory, KeyProjectFactory


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("津市市样例盐业有限责任公司", "样例盐业"),
        ("湖南省常德市津市市样例盐业集团有限公司", "样例盐业"),
        ("样例盐业（常德）有限公司", "样例盐业"),
        ("样例 盐业【津市】厂", "样例盐业"),
        ("津市市场物业公司", "市场物业"),
        ("津市港有限公司", "津市港"),
        ("甲厂", "甲厂"),
        ("公司", "公司"),
        ("津市", "津市"),
        ("样例餐饮店（个体工商户）", "样例餐饮店"),
        ("", ""),
    ],
)
def test_place_and_legal_form_are_set_aside(name, left):
    assert core(name) == left


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("样例盐业", "样例盐叶", True),
        ("样例盐业", "样例盐业科", True),
        ("样例盐业科技", "样例业科技", True),
        ("样例盐业", "样例盐业", False),
        ("样例盐业", "样列盐叶", False),
        ("样例盐", "样列盐", False),
        ("样例0001", "样例0002", False),
        ("样例0001", "样例00011", False),
        ("样例一分社", "样例二分社", False),
        ("城东菜市场", "城西菜市场", False),
        ("样例a座物业", "样例b座物业", False),
        ("样例甲门诊", "样例门诊部", False),
    ],
)
def test_cores_are_near_when_one_character_differs_that_tells_nothing_apart(one, other, near):
    assert (one_apart(one, other), one_apart(other, one)) == (near, near)
    assert not near or shapes(one) & shapes(other)


@pytest.mark.django_db
def test_the_core_is_kept_with_the_enterprise_and_follows_its_name():
    enterprise = EnterpriseFactory(name="津市市样例盐业有限公司")
    enterprise.name = "样例物流厂"
    enterprise.save()
    assert Enterprise.objects.values_list("core_key").get() == ("样例物流",)


@pytest.mark.django_db
def test_enterprises_registered_before_get_their_core():
    EnterpriseFactory(name="津市市样例盐业有限公司")
    Enterprise.objects.update(core_key="")
    import_module("enterprises.migrations.0004_fill_core_key").fill(apps, None)
    assert Enterprise.objects.values_list("core_key").get() == ("样例盐业",)


@pytest.mark.django_db
def test_keys_stored_before_follow_the_rule_for_dots_except_where_two_would_be_one():
    clear, held, twin = (
        EnterpriseFactory(name=name, uscc=None) for name in ("津市阿里·样例店", "津市样例·甲店", "津市样例乙店")
    )
    coded, project = EnterpriseFactory(name="津市样例•丙店"), KeyProjectFactory(name="样例·公路")
    Enterprise.objects.filter(pk=held.pk).update(name="津市样例•乙店")  # the same as its twin, as it turns out
    for record in (clear, held, coded, project):
        type(record).objects.filter(pk=record.pk).update(name_key=f"旧•{record.pk}")
    import_module("enterprises.migrations.0005_fill_name_key").fill(apps, None)
    keys = dict(Enterprise.objects.values_list("pk", "name_key"))
    assert keys == {
        clear.pk: "津市阿里样例店", held.pk: f"旧•{held.pk}", twin.pk: "津市样例乙店", coded.pk: "津市样例丙店",
    }  # fmt: skip
    assert KeyProject.objects.values_list("name_key").get() == ("样例公路",)
