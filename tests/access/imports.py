from imports.models import ImportBatch
from tests.access import ADMIN, Access


def batch(unit):
    return {"pk": ImportBatch.objects.create(kind="surveys", name="样例.xlsx", sha256="0" * 64, size=1).pk}


TABLE = {
    "imports:batch-list": Access({ADMIN}),
    "imports:batch-export": Access({ADMIN}),
    "imports:upload": Access({ADMIN}, method="post"),
    "imports:template": Access({ADMIN}, lambda unit: {"kind": "surveys"}),
    "imports:batch-detail": Access({ADMIN}, batch),
    "imports:batch-confirm": Access({ADMIN}, batch, method="post"),
    "imports:batch-cancel": Access({ADMIN}, batch, method="post"),
    "imports:batch-retry": Access({ADMIN}, batch, method="post"),
    "imports:batch-again": Access({ADMIN}, batch, method="post"),
    "imports:batch-undo": Access({ADMIN}, batch),
    "imports:batch-wrong": Access({ADMIN}, batch),
    "imports:batch-marked": Access({ADMIN}, batch),
}
