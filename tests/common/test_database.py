"""Bulk writes give the same rows as save() does, on both databases."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.rows.database import ReadyRecords, give_ids, insert_rows, reserve_ids, set_column
from enterprises.models import Enterprise, EnterpriseKind, KeyProject
from imports.models import ImportBatch, ImportRow
from tests.factories import EnterpriseFactory

pytestmark = pytest.mark.django_db


def stored(pk):
    return Enterprise.objects.filter(pk=pk).values().get()


def write(records):
    ready = ReadyRecords(Enterprise)
    ready.add(records)
    ready.insert()


def test_records_written_in_bulk_are_as_if_saved():
    values = {
        "name": "津市样例\t甲厂",
        "kind": EnterpriseKind.ASSOCIATION,
        "registered_on": date(2019, 3, 1),
        "registered_capital": Decimal("1234.56"),
        "is_above_scale": True,
        "notes": '一行\n"两行"\\N',
    }
    saved, bulk = Enterprise(**values), Enterprise(**values)
    bulk.fill_keys()
    give_ids(Enterprise, [bulk])
    write([bulk])
    row = stored(bulk.pk)
    with transaction.atomic():
        Enterprise.objects.filter(pk=bulk.pk).delete()
        saved.save()
    apart = ("id", "created_at")
    assert {name: row[name] for name in row if name not in apart} == {
        name: value for name, value in stored(saved.pk).items() if name not in apart
    }
    assert abs((row["created_at"] - timezone.now()).total_seconds()) < 60


def test_ids_are_never_given_twice_and_later_rows_come_after_them():
    before = EnterpriseFactory()
    first, second = list(reserve_ids(Enterprise, 3)), list(reserve_ids(Enterprise, 2))
    after = EnterpriseFactory()
    given = [before.pk, *first, *second, after.pk]
    assert given == sorted(set(given))


def test_a_new_record_gets_the_id_of_the_new_record_it_refers_to_and_keeps_it_at_hand(django_assert_num_queries):
    enterprise, project = Enterprise(name="甲厂", name_key="甲厂"), KeyProject(name="乙项目")
    project.enterprise = enterprise
    give_ids(Enterprise, [enterprise])
    give_ids(KeyProject, [project])
    with django_assert_num_queries(0):
        assert (project.enterprise_id, project.enterprise) == (enterprise.pk, enterprise)


def test_plain_values_fill_the_named_fields_and_defaults_the_others():
    batch = ImportBatch.objects.create(kind="surveys", name="样例.xlsx", sha256="0" * 64, size=1)
    told = {"备注": ['引号"', "\t", None, 1.5, True]}
    insert_rows(ImportRow, ["batch", "sheet", "row_no", "outcome", "values"], [(batch.pk, "汇总", 2, "create", told)])
    names = ["batch", "sheet", "values", "changes", "errors", "label", "object_id"]
    assert ImportRow.objects.values_list(*names).get() == (batch.pk, "汇总", told, {}, [], "", None)


def test_many_rows_get_a_number_each_in_one_statement_and_others_keep_theirs(django_assert_num_queries):
    batch = ImportBatch.objects.create(kind="surveys", name="样例.xlsx", sha256="0" * 64, size=1)
    rows = [(batch.pk, "汇总", number, "create", {}) for number in (2, 3, 4)]
    insert_rows(ImportRow, ["batch", "sheet", "row_no", "outcome", "values"], rows)
    first, second, third = ImportRow.objects.order_by("id").values_list("id", flat=True)
    with django_assert_num_queries(1):
        set_column(ImportRow, "object_id", iter([(third, 2**40), (first, 7)]))
    assert list(ImportRow.objects.order_by("id").values_list("id", "object_id")) == [
        (first, 7),
        (second, None),
        (third, 2**40),
    ]


def test_a_row_that_is_there_already_is_an_integrity_error():
    known = EnterpriseFactory()
    again = Enterprise.objects.get(pk=known.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        write([again])
