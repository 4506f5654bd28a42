from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "统计与报告"

    def ready(self) -> None:
        from reports import tasks  # noqa: F401, PLC0415 -- the job handler must be known to every process
