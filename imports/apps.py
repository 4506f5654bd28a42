from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = "数据导入"

    def ready(self) -> None:
        from imports import tasks  # noqa: F401, PLC0415 -- registers the job handlers; models must be loaded first
