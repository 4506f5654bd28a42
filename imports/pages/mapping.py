"""Saying what headings mean: for the layout of a file and the next one like it, or for a word wherever it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import User
from common.text import clean
from imports.errors import ImportRefusedError
from imports.models import BatchState, HeaderMapping, HeaderSynonym, ImportBatch
from imports.pages.correcting import log
from imports.pages.mapping_given import changes_told, given_now
from imports.plans.remembered import known_words, print_of
from imports.resources.kinds import RESOURCES
from imports.tables.seen import FORM, Heading, Seen
from imports.tables.table import fingerprint, heading_key, layout_key
from imports.writing.services import ask
from imports.writing.states import change_state

OPEN = (BatchState.MAPPING, BatchState.PLANNED)


@dataclass(frozen=True)
class Answer:
    """What an admin says of one layout: the field of each heading ("": not imported), or that it is left out.

    `version`: of the remembered mapping as it was shown, 0 where there was none.
    """

    seen: Seen
    columns: Sequence[str]
    is_left_out: bool = False
    version: int = 0
    always: Sequence[tuple[str, str]] = ()  # field, heading: to be read so wherever it stands
    given: Mapping[str, str] = field(default_factory=dict)  # field → its value for all rows of this file's tables

    @property
    def is_form(self) -> bool:
        return self.seen.choice == FORM

    @property
    def pairs(self) -> list[tuple[Heading, str]]:
        """Headings with their fields; of a form the labels only that mean something: the rest may be values."""
        pairs = list(zip(self.seen.headings, self.columns, strict=True))
        return [(heading, name) for heading, name in pairs if not self.is_form or name or heading.is_said]

    @property
    def earlier_print(self) -> str:
        """The fingerprint that these headings had while brackets did not count."""
        return fingerprint([heading_key(heading.text) for heading in self.seen.headings], is_form=self.is_form)

    @property
    def fingerprint(self) -> str:
        if not self.is_form:
            return self.seen.fingerprint
        return fingerprint([layout_key(heading.text) for heading, _ in self.pairs], is_form=True)


@transaction.atomic
def map_headings(batch: ImportBatch, answers: Sequence[Answer], *, actor: User, at: datetime) -> int:
    """Keeps what was said of a file's headings and has it read again, with the others that wait for the like.

    Returns how many other files are read again.

    Raises:
        ImportRefusedError: the batch waits for nothing, or somebody has just said otherwise; nothing is kept.
    """
    if batch.state not in OPEN:
        raise ImportRefusedError("这个批次现在不能改表头对应，请刷新后查看")
    given = dict(batch.given)
    for answer in answers:
        remember(batch.kind, answer, actor=actor, at=at)
        for name, words in answer.always:
            add_synonym(kind=batch.kind, field=name, words=words, actor=actor, at=at)
        was = given.pop(answer.fingerprint, {})
        now = given_now(was, answer.given, actor.name, at.isoformat())
        given |= {answer.fingerprint: now} if now else {}
        if told := changes_told(batch.kind, was, now):
            log(batch, told)
    change_state(batch, batch.state, BatchState.UPLOADED, message="", given=given)
    ask(batch, "imports.read", actor)
    return read_waiting(batch.kind, actor)


def remember(kind: str, answer: Answer, *, actor: User, at: datetime) -> HeaderMapping:
    print_ = answer.fingerprint
    known = HeaderMapping.objects.select_for_update().filter(kind=kind, fingerprint__in=[print_, answer.earlier_print])
    stored = next((one for one in known if print_of(one) == print_), None)
    if stored and stored.version != answer.version:
        by = stored.made_by.name if stored.made_by else "系统"
        raise ImportRefusedError(f"“{answer.seen.titles[0]}”的表头刚由{by}对应过，与您打开时不同；请核对后再保存")
    mapping = stored or HeaderMapping(kind=kind, fingerprint=print_, version=0)
    mapping.fingerprint = print_
    mapping.headings = [heading.text for heading, _ in answer.pairs]
    mapping.columns = ["" if answer.is_left_out else name for _, name in answer.pairs]
    mapping.is_form, mapping.is_left_out = answer.is_form, answer.is_left_out
    mapping.version += 1
    mapping.made_by, mapping.made_at = actor, at
    try:
        with transaction.atomic():
            mapping.save()
    except IntegrityError as error:
        raise ImportRefusedError("别人刚对应过同样的表头，请刷新后核对") from error
    return mapping


def read_waiting(kind: str, actor: User) -> int:
    """Has every file of this kind read again that waits for its headings: what was said now may be what it lacks."""
    waiting = ImportBatch.objects.visible_to(actor).filter(kind=kind, state=BatchState.MAPPING)
    for batch in waiting:
        change_state(batch, BatchState.MAPPING, BatchState.UPLOADED, message="")
        ask(batch, "imports.read", actor)
    return len(waiting)


@transaction.atomic
def forget(mapping: HeaderMapping) -> None:
    """The next file of this layout is looked at as if nobody had said anything."""
    mapping.delete()


def meaning(kind: str, words: str) -> str:
    """What a word already means among the headings of a kind: a field, or empty."""
    return known_words(kind).get(heading_key(words), "")


@transaction.atomic
def add_synonym(*, kind: str, field: str, words: str, actor: User, at: datetime) -> HeaderSynonym | None:
    """Another word for a column; None when it means that already.

    Raises:
        ImportRefusedError: no such column, nothing in the word to know it by, or it means another column.
    """
    columns, words = RESOURCES[kind].columns(), clean(words)
    if field not in columns:
        raise ImportRefusedError("请选择这个叫法说的是哪一列")
    if not heading_key(words) or len(words) > 100:
        raise ImportRefusedError("叫法要有文字或数字，不超过 100 个字；括号里的单位不算")
    known = meaning(kind, words)
    if known == field:
        return None
    if known:
        raise ImportRefusedError(
            f"“{words}”已经是“{columns[known].column_name}”的叫法，不能再作“{columns[field].column_name}”"
        )
    try:
        with transaction.atomic():
            return HeaderSynonym.objects.create(
                kind=kind, field=field, words=words, key=heading_key(words), added_by=actor, added_at=at
            )
    except IntegrityError as error:
        raise ImportRefusedError(f"“{words}”刚由别人添加，请刷新后查看") from error


@transaction.atomic
def delete_synonym(synonym: HeaderSynonym) -> None:
    synonym.delete()
