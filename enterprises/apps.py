from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业与项目"

    def ready(self) -> None:
        from enterprises import tasks  # noqa: F401, PLC0415 -- the job handlers must be known to every process
