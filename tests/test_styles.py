"""The style sheets as a system: every class has one home, is used, and no page uses one that nobody defined."""

import re
from collections import defaultdict
from itertools import product
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
SHEETS = sorted((ROOT / "static/css").glob("*.css"))
LIBRARIES = [
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/icons-webfont/dist/tabler-icons.min.css",
    "tom-select/dist/css/tom-select.bootstrap5.min.css",
]
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
# Pages on paper repeat what they change; the wall screen is a page without the others.
REPEATING = {"papers.css", "wall.css"}
# Not styled: scripts and other rules find their elements by them.
HOOKS = {"pick", "job"}
MADE_BY_TOM_SELECT = {"item", "ts-control", "ts-dropdown", "ts-wrapper"}

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTORS = re.compile(r"([^{};]+)\{")
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")
ATTRIBUTE = re.compile(r"""class=(?:"([^"]*)"|'([^']*)')""")
CHOICE = re.compile(r"([\w-]*-)\{% if [^%]*%\}(.*?)\{% endif %\}([\w-]*)", re.DOTALL)
WIDGET = re.compile(r"""(?<!\w)["']?class["']?\s*[:=]\s*((?:f?["'][\w -]+["'][,\s]*)+)""")
SCRIPTED = re.compile(r"""(?:className\s*=|classList\.\w+\()\s*((?:["'][\w -]+["'][,\s]*)+)""")


def classes_of(sheet: str) -> set[str]:
    selectors = SELECTORS.findall(COMMENT.sub("", sheet))
    return {name for selector in selectors if not selector.lstrip().startswith("@") for name in CLASS.findall(selector)}


def expanded(value: str) -> str:
    """`ti-{% if a %}x{% else %}y{% endif %}` is `ti-x` or `ti-y`; `light-{{ colour }}` is any that begins so."""

    def choices(found: re.Match[str]) -> str:
        words = re.split(r"\{% (?:else|elif [^%]*)%?\s*%?\}", found[2])
        return " ".join(
            f"{before}{word.strip()}{after}" for before, word, after in product([found[1]], words, [found[3]])
        )

    return re.sub(r"\{%.*?%\}", " ", CHOICE.sub(choices, re.sub(r"\{\{.*?\}\}", "*", value)))


def named_in_templates() -> dict[str, set[str]]:
    """Class, or its beginning with a star where the rest is a value → the templates."""
    found = defaultdict(set)
    for template in (ROOT / "templates").rglob("*.html"):
        for attribute in ATTRIBUTE.finditer(template.read_text(encoding="utf-8")):
            for name in expanded(attribute[1] or attribute[2] or "").split():
                found[name].add(template.name)
    return found


def named_in_code() -> dict[str, set[str]]:
    """Class → the scripts and forms that give it to an element."""
    found = defaultdict(set)
    for path in [*(ROOT / "static/js").rglob("*.js"), *(path for app in APPS for path in (ROOT / app).rglob("*.py"))]:
        for literals in (SCRIPTED if path.suffix == ".js" else WIDGET).findall(path.read_text(encoding="utf-8")):
            for name in re.findall(r"[\w-]+", literals):
                found[name].add(path.name)
    return found


def libraries() -> set[str]:
    return set().union(*(classes_of((ROOT / "node_modules" / path).read_text(encoding="utf-8")) for path in LIBRARIES))


def test_every_class_of_the_sheets_is_used():
    named = {**named_in_templates(), **named_in_code()}
    beginnings = tuple(name.split("*")[0] for name in named if "*" in name)
    unused = {
        f"{sheet.name}: .{name}"
        for sheet in SHEETS
        for name in classes_of(sheet.read_text(encoding="utf-8")) - MADE_BY_TOM_SELECT
        if name not in named and not name.startswith(beginnings)
    }
    assert unused == set()


def test_every_class_that_a_page_or_script_names_exists():
    known = libraries().union(HOOKS, *(classes_of(sheet.read_text(encoding="utf-8")) for sheet in SHEETS))
    unknown = {
        name: sorted(files)
        for named in (named_in_templates(), named_in_code())
        for name, files in named.items()
        if not any(one.startswith(name.split("*")[0]) for one in known if one == name or "*" in name)
    }
    assert unknown == {}


def test_a_class_has_one_home():
    """The rule of a class alone (`.chip-on { … }`) stands in one sheet, once outside media queries."""
    homes = defaultdict(list)
    for sheet in SHEETS:
        plain = re.sub(
            r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", COMMENT.sub("", sheet.read_text(encoding="utf-8"))
        )
        for selector in SELECTORS.findall(plain):
            for one in selector.split(","):
                if re.fullmatch(r"\.[\w-]+", one.strip()) and sheet.name not in REPEATING:
                    homes[one.strip()].append(sheet.name)
    twice = {name: files for name, files in homes.items() if len(set(files)) > 1}
    assert twice == {}
