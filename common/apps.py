from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class CommonConfig(AppConfig):
    name = "common"


class StaticConfig(StaticFilesConfig):
    """Serves what pages load, not all that npm brings: sources and unused builds stay out of STATIC_ROOT."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.scss",
        "*.html",
        "*.ts",
        "*.mjs",
        "*rtl*",
        "package.json",
        "extension",
        "tabler-icons-200*",
        "tabler-icons-300*",
        "tabler-icons-filled*",
        "tabler-icons-outline*",
    ]
