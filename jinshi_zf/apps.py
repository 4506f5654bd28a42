from django.apps import AppConfig


class JinshiConfig(AppConfig):
    name = "jinshi_zf"
    verbose_name = "津市政法派驻服务"

    def ready(self) -> None:
        from jinshi_zf import checks  # noqa: F401, PLC0415 -- registers itself
