from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class JinshiConfig(AppConfig):
    name = "jinshi_zf"
    verbose_name = "津市政法派驻服务"

    def ready(self) -> None:
        from jinshi_zf import checks  # noqa: F401, PLC0415 -- registers itself


class MaintenanceConfig(AdminConfig):
    """Django admin behind the office's own sign-in, for superusers only."""

    default_site = "jinshi_zf.door.MaintenanceSite"
