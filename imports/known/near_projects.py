"""Stored projects whose names come near those of a file: few enough to be held in memory, found without a query."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from enterprises.models import KeyProject
from enterprises.names import core_key, one_apart, shapes
from imports.errors import Question, option
from imports.known.asking import answer
from imports.known.register import Register
from imports.tables.adjust import NEW

SHOWN = 8


class NearProjects:
    def __init__(self, stored: Iterable[KeyProject] = ()) -> None:
        self.by_core: dict[str, list[KeyProject]] = defaultdict(list)
        for project in stored:
            self.by_core[core_key(project.name)].append(project)
        self.by_shape: dict[str, set[str]] = defaultdict(set)
        for core in self.by_core:
            for shape in shapes(core):
                self.by_shape[shape].add(core)

    def find(self, name: str) -> list[KeyProject]:
        """Those whose name differs by place or form only, then those whose core is one letter apart."""
        core = core_key(name)
        others = {other for shape in shapes(core) for other in self.by_shape.get(shape, ()) if one_apart(core, other)}
        cores = [core, *sorted(others)]
        return [project for core in cores for project in self.by_core.get(core, ())][:SHOWN]


def near_project(name: str, row: Any, register: Register) -> KeyProject | None:
    """The stored project that somebody says a name of nearly its spelling means; None where it is a new one.

    Raises:
        UnsureError: there are such, and nobody has said yet.
    """
    near = {f"project-{project.pk}": project for project in register.near_projects.find(name)}
    if not near:
        return None
    options = [option(key, project.name, project.number or "") for key, project in near.items()]
    question = Question(
        field="name",
        name=name,
        key=f"project:{name}",
        reason=f"系统里没有“{name[:60]}”，有 {len(near)} 个名称相近的项目",
        options=(*options, option(NEW, "都不是，登记为新项目")),
        prompt="是哪一个？",
        done="就是这一个",
    )
    return near.get(answer(register, row, question))
