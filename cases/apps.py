from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "涉企案件"

    def ready(self) -> None:
        from cases.timeline import Cases  # noqa: PLC0415 -- models are loaded only now
        from enterprises.timeline import register  # noqa: PLC0415

        register(Cases())
