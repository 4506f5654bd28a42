"""What `manage.py check` says beyond Django's own."""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def frontend_packages_installed(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    missing = [name for name in settings.NPM.values() if not (settings.BASE_DIR / "node_modules" / name).is_dir()]
    if not missing:
        return []
    return [
        Error(
            f"前端组件缺失：{', '.join(missing)}",
            hint="运行 script/setup（npm ci）",
            id="jinshi.E001",
        )
    ]


@register()
def xml_is_defused(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    if find_spec("defusedxml"):
        return []
    return [
        Error(
            "未安装 defusedxml，表格文件中的恶意 XML 无法拦截",
            hint="运行 script/setup",
            id="jinshi.E002",
        )
    ]
