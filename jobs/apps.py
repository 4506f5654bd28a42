from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        from accounts.trail import exports as below  # noqa: PLC0415 -- models must be loaded
        from jobs import exports  # noqa: PLC0415

        if exports.later not in below.LATER:
            below.LATER.append(exports.later)
