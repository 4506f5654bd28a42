from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = "问题台账"

    def ready(self) -> None:
        from accounts.leaving import register_work  # noqa: PLC0415
        from common.closing import register_keeper  # noqa: PLC0415 -- models are loaded by now
        from common.sent.amounts import register_rule  # noqa: PLC0415
        from enterprises.timeline import register  # noqa: PLC0415
        from jobs.signals import given_up  # noqa: PLC0415
        from ledger import tasks  # noqa: F401, PLC0415 -- the job handlers must be known to every process
        from ledger.closed import guard  # noqa: PLC0415
        from ledger.services import leaving  # noqa: PLC0415
        from ledger.services.messages.failures import tell_admins  # noqa: PLC0415
        from ledger.services.money.rule import ask_from  # noqa: PLC0415
        from ledger.timeline import Money, Problems, Surveys, Visits  # noqa: PLC0415

        register_rule(ask_from)
        given_up.connect(tell_admins)
        register_keeper(guard)
        register_work(leaving)
        for provider in (Visits(), Problems(), Money(), Surveys()):
            register(provider)
