import hashlib
from datetime import datetime

import factory

from common.periods import SHANGHAI
from reports.briefing.word.document import default_template
from reports.models import Briefing, BriefingParagraph, BriefingStatus, BriefingTemplate, IssuedBriefing
from tests.factories.accounts import UserFactory

AT = datetime(2023, 7, 10, 9, tzinfo=SHANGHAI)


class BriefingFactory(factory.django.DjangoModelFactory):
    """A draft of 2023H1 with one paragraph; no annexes, which take their time."""

    class Meta:
        model = Briefing
        skip_postgeneration_save = True

    period = "2023H1"
    title = factory.Sequence(lambda n: f"样例汇报{n:02d}")
    with_annexes = False
    author = factory.SubFactory(UserFactory)
    created_at = AT

    @factory.post_generation
    def text(self, create, text, **kwargs):
        BriefingParagraph.objects.create(briefing=self, order=1, text=text or "化解困难{problems_resolved}。平安。")


class BriefingTemplateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BriefingTemplate

    name = factory.Sequence(lambda n: f"样例模板{n:02d}")
    content = factory.LazyFunction(default_template)
    size = factory.LazyAttribute(lambda row: len(row.content))
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    uploaded_by = "干警0001"
    uploaded_at = AT


class IssuedBriefingFactory(factory.django.DjangoModelFactory):
    """A briefing as it went out, by its author."""

    class Meta:
        model = IssuedBriefing
        skip_postgeneration_save = True

    briefing = factory.SubFactory(BriefingFactory)
    content = b"document"
    sha256 = factory.LazyAttribute(lambda row: hashlib.sha256(row.content).hexdigest())
    body = factory.List([])
    figures = factory.List([])
    figure_count = 0
    issued_by = factory.SelfAttribute("briefing.author")
    issued_name = factory.LazyAttribute(lambda row: row.issued_by.name)
    issued_at = AT

    @factory.post_generation
    def status(self, create, status, **kwargs):
        Briefing.objects.filter(pk=self.briefing_id).update(status=BriefingStatus.ISSUED)
