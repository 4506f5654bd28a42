from django.urls import path

from imports.views import batches, mapping, records, rows

app_name = "imports"
urlpatterns = [
    path("", batches.batch_list, name="batch-list"),
    path("export/", batches.batch_export, name="batch-export"),
    path("upload/", batches.upload, name="upload"),
    path("templates/<slug:kind>/", batches.kind_template, name="template"),
    path("words/", mapping.synonym_list, name="synonym-list"),
    path("words/export/", mapping.synonym_export, name="synonym-export"),
    path("words/add/", mapping.synonym_add, name="synonym-add"),
    path("words/<int:pk>/delete/", mapping.synonym_delete, name="synonym-delete"),
    path("layouts/<int:pk>/delete/", mapping.mapping_delete, name="mapping-delete"),
    path("<int:pk>/mapping/", mapping.batch_mapping, name="batch-mapping"),
    path("<int:pk>/", batches.batch_detail, name="batch-detail"),
    path("<int:pk>/confirm/", batches.batch_confirm, name="batch-confirm"),
    path("<int:pk>/cancel/", batches.batch_cancel, name="batch-cancel"),
    path("<int:pk>/retry/", batches.batch_retry, name="batch-retry"),
    path("<int:pk>/again/", batches.batch_again, name="batch-again"),
    path("<int:pk>/undo/", batches.batch_undo, name="batch-undo"),
    path("<int:pk>/rows/correct/", rows.row_correct, name="row-correct"),
    path("<int:pk>/rows/choose/", rows.row_choose, name="row-choose"),
    path("<int:pk>/rows/join/", rows.row_join, name="row-join"),
    path("<int:pk>/rows/leave-out/", rows.row_leave_out, name="row-leave-out"),
    path("<int:pk>/rows/take-back/", rows.row_take_back, name="row-take-back"),
    path("<int:pk>/rows/leave-out-all/", rows.rows_leave_out, name="rows-leave-out"),
    path("<int:pk>/rows/take-back-all/", rows.rows_take_back, name="rows-take-back"),
    path("<int:pk>/closed-reason/", rows.rows_explain, name="rows-explain"),
    path("<int:pk>/records/", records.batch_records, name="batch-records"),
    path("<int:pk>/records/export/", records.batch_records_export, name="batch-records-export"),
    path("<int:pk>/wrong-rows/", batches.batch_wrong, name="batch-wrong"),
    path("<int:pk>/marked/", batches.batch_marked, name="batch-marked"),
]
