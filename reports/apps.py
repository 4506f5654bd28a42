from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计与报告"

    def ready(self) -> None:
        from ledger.selectors.due_work import register_waiting  # noqa: PLC0415 -- models are loaded by now
        from reports import tasks  # noqa: F401, PLC0415 -- the job handler must be known to every process
        from reports.closing.reminding import signatures_due  # noqa: PLC0415

        register_waiting(signatures_due)
