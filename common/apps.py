from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.db.backends.signals import connection_created


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        from common.sent import numbers, seeking  # noqa: F401, PLC0415 -- both register lookups, once there are fields

        connection_created.connect(seeking.install, dispatch_uid="folding")


class StaticConfig(StaticFilesConfig):
    """Serves what pages load, not all that npm brings: sources and unused builds stay out of STATIC_ROOT."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.scss",
        "*.html",
        "*.ts",
        "*.mjs*",
        "*rtl*",
        "package.json",
        "extension",
        "plugins",
        "ext",  # htmx's extensions and its next release
        "htmax-4*",
        "htmx-4*",
        "tabler-[!i]*",  # flags, payments …: their pictures are not served either
        "tabler.css*",
        "tabler.js*",
        "tabler.esm*",
        "tabler-icons-*",  # other weights; the plain one is tabler-icons.*
        "tabler-icons.css",
        "echarts.[!c]*",  # all but echarts.common.min.js
        "echarts.common.js*",
        "tom-select.base*",
        "tom-select.popular*",
        "tom-select.complete.js*",
        "tom-select.bootstrap4*",
        "tom-select.bootstrap5.css*",
        "tom-select.default*",
        "tom-select.css*",
        "tom-select.min.css*",
    ]
