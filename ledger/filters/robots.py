import django_filters

from common.forms.filters import FilterForm, ListFilter
from ledger.models import MessageState, Robot, RobotEvent, RobotMessage


class MessageFilter(ListFilter):
    robot = django_filters.ModelChoiceFilter(label="机器人", queryset=Robot.objects.all())
    event = django_filters.ChoiceFilter(label="事项", choices=RobotEvent)
    state = django_filters.ChoiceFilter(label="状态", choices=MessageState)

    main = ("q", "robot", "event", "state")
    sorts = {"made": "made_at", "robot": "robot__name", "state": "state"}
    default_sort = ("-pk",)

    class Meta:
        model = RobotMessage
        fields: list[str] = []
        form = FilterForm
