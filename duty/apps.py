from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "duty"
    verbose_name = "值班"

    def ready(self) -> None:
        from accounts.leaving import register_aside  # noqa: PLC0415 -- models are loaded by now
        from duty import tasks  # noqa: F401, PLC0415 -- the job handlers must be known to every process
        from duty.selectors.gaps import shifts_ahead  # noqa: PLC0415

        register_aside(shifts_ahead)
