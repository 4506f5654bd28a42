from django.utils import timezone

from imports.models import HeaderMapping, HeaderSynonym, ImportBatch
from tests.access import ADMIN, Access


def batch(unit):
    return {"pk": ImportBatch.objects.create(kind="surveys", name="样例.xlsx", sha256="0" * 64, size=1).pk}


def synonym(unit):
    words = HeaderSynonym(kind="surveys", field="name", words="企业大名", key="企业大名", added_at=timezone.now())
    words.save()
    return {"pk": words.pk}


def layout(unit):
    return {"pk": HeaderMapping.objects.create(kind="surveys", fingerprint="0" * 64, made_at=timezone.now()).pk}


TABLE = {
    "imports:batch-list": Access({ADMIN}),
    "imports:batch-export": Access({ADMIN}),
    "imports:upload": Access({ADMIN}, method="post"),
    "imports:template": Access({ADMIN}, lambda unit: {"kind": "surveys"}),
    "imports:synonym-list": Access({ADMIN}),
    "imports:synonym-export": Access({ADMIN}),
    "imports:synonym-add": Access({ADMIN}, method="post"),
    "imports:synonym-delete": Access({ADMIN}, synonym, method="post"),
    "imports:mapping-delete": Access({ADMIN}, layout, method="post"),
    "imports:batch-mapping": Access({ADMIN}, batch),
    "imports:batch-detail": Access({ADMIN}, batch),
    "imports:batch-confirm": Access({ADMIN}, batch, method="post"),
    "imports:batch-cancel": Access({ADMIN}, batch, method="post"),
    "imports:batch-retry": Access({ADMIN}, batch, method="post"),
    "imports:batch-again": Access({ADMIN}, batch, method="post"),
    "imports:rows-explain": Access({ADMIN}, batch, method="post"),
    "imports:batch-undo": Access({ADMIN}, batch),
    "imports:batch-records": Access({ADMIN}, batch),
    "imports:batch-records-export": Access({ADMIN}, batch),
    "imports:batch-wrong": Access({ADMIN}, batch),
    "imports:batch-marked": Access({ADMIN}, batch),
    "imports:row-correct": Access({ADMIN}, batch, method="post"),
    "imports:row-choose": Access({ADMIN}, batch, method="post"),
    "imports:row-join": Access({ADMIN}, batch, method="post"),
    "imports:row-leave-out": Access({ADMIN}, batch, method="post"),
    "imports:row-take-back": Access({ADMIN}, batch, method="post"),
    "imports:rows-leave-out": Access({ADMIN}, batch, method="post"),
    "imports:rows-take-back": Access({ADMIN}, batch, method="post"),
}
