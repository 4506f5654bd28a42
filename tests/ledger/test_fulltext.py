"""Both databases find by the same rule: a run of characters anywhere in an entry, folded as names are."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common.text import name_key
from ledger.models import EntryEvent, ProblemEntry
from ledger.states import Action
from tests.factories import EnterpriseFactory, EntryFactory, KeyProjectFactory, UserFactory, move

# few letters, so that words are found often; among them what LIKE, arrays, case folding and UTF-8 treat apart
LETTERS = "工资拖欠aAéÉＡ%_\\'?,{}（)·．㎡ß𠮷 　"
texts = st.text(LETTERS, max_size=12)
words = st.text(LETTERS.replace(" ", "").replace("　", ""), min_size=1, max_size=5)


def found(asked: str) -> set[int]:
    return set(ProblemEntry.objects.search(asked).values_list("pk", flat=True))


class TestRandomTexts(TestCase):
    @settings(max_examples=60)
    @given(st.lists(st.tuples(texts, texts, texts), min_size=3, max_size=6), st.lists(words, min_size=4, max_size=8))
    def test_are_found_by_exactly_the_words_they_hold(self, written, asked):
        first = EntryFactory(enterprise=None)
        entries = [
            ProblemEntry(number=f"N{n}", title=title, content=content, **self.common(first))
            for n, (title, content, _note) in enumerate(written)
        ]
        ProblemEntry.objects.bulk_create(entries)
        EntryEvent.objects.bulk_create(
            self.event(entry, note) for entry, (_, _, note) in zip(entries, written, strict=True)
        )
        held = {
            entry.pk: "|".join(map(name_key, (entry.number, *row))) for entry, row in zip(entries, written, strict=True)
        }
        for word in asked:
            expected = {pk for pk, text in held.items() if name_key(word) in text}
            assert found(word) - {first.pk} == expected, word

    @staticmethod
    def common(like: ProblemEntry) -> dict:
        return {"category": like.category, "unit": like.unit, "registered_on": like.registered_on}

    @staticmethod
    def event(entry: ProblemEntry, note: str) -> EntryEvent:
        day = entry.registered_on
        at = ProblemEntry.objects.latest("pk").created_at
        return EntryEvent(
            entry=entry, seq=1, action=Action.REGISTER, to_state=entry.state, unit=entry.unit, occurred_at=at,
            happened_on=day, note=note,
        )  # fmt: skip


@pytest.mark.django_db
class TestSearch:
    def test_follows_every_way_a_text_is_written(self, police, office):
        handler = UserFactory(unit=police)
        firm, project = EnterpriseFactory(name="津市样例盐化有限公司"), KeyProjectFactory(name="样例码头")
        entry = EntryFactory(unit=police, title="道路被占", content="货车进不来", enterprise=firm, project=project)
        entry = move(entry, Action.ACCEPT, actor=office)
        everywhere = (entry.number[3:], "道路", "货车", "盐化", "yhyx", "码头")
        assert [found(word) for word in everywhere] == [{entry.pk}] * 6

        move(entry, Action.ASSIGN, actor=office, lead_unit=police, handler=handler, deadline=entry.registered_on)
        move(entry, Action.ACKNOWLEDGE, actor=handler)
        move(entry, Action.PROGRESS, actor=handler, note="城管局已到场清障")
        ProblemEntry.objects.filter(pk=entry.pk).update(title="门口堵塞", outcome="恢复通行")
        firm.name = "津市样例制盐有限公司"
        firm.save()
        assert [found(word) for word in ("清障", "堵塞", "通行", "制盐")] == [{entry.pk}] * 4
        assert [found(word) for word in ("道路", "盐化")] == [set()] * 2

        entry.notices.all().delete()
        entry.events.all()._raw_delete("default")
        ProblemEntry.objects.filter(pk=entry.pk)._raw_delete("default")
        assert found("堵塞") == set()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM ledger_entry_text")
                assert cursor.fetchone() == (0,)

    def test_wants_every_word_and_takes_signs_as_they_stand(self, police):
        first = EntryFactory(unit=police, title="拖欠工资30%", content="a_b")
        second = EntryFactory(unit=police, title="拖欠货款", content="axb")
        assert found("拖欠") == {first.pk, second.pk}
        assert found("拖欠　工资") == found("0%") == found("A_B") == found("资") == {first.pk}
        assert found("欠拖") == found("工资 货款") == set()
