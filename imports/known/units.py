"""Units by the short names people give them: 公安, 市法院, 检察院. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from common.text import name_key
from imports.errors import CellError

# Of our own city only: 县公安局 and 常德市公安局 are other bodies.
OURS = re.compile(r"^(?:(?:湖南省?)?(?:常德市)?津市市?|本市|我市|全市|市)+")
BODY = re.compile(r"(?:委员会|大队|支队|中队|局|院|委|队)$")
SAME = {"公安交警": "交警", "交通警察": "交警", "公安交通警察": "交警", "公安机关": "公安"}


def core(name: str) -> str:
    """What is left of a unit's name without the city and the kind of body: `市公安局` → `公安`; 市局 leaves nothing."""
    text = OURS.sub("", name_key(name)).replace("人民", "")
    text = text.removeprefix("委") if text.startswith("委政法") else text
    bare = BODY.sub("", text)
    return SAME.get(bare, text if len(bare) == 1 else bare)  # 法院 is not 法


def meant_unit(words: str, units: Iterable[Any]) -> Any:
    """The one unit that a short name means; None where it means none of them.

    Raises:
        CellError: it may mean several; the message names them.
    """
    wanted, in_use = core(words), {unit.pk: unit for unit in units if unit.is_active}.values()
    if wanted:
        found = [unit for unit in in_use if wanted in {core(unit.name), core(unit.short_name or unit.name)}]
    else:
        kind = BODY.search(name_key(words))
        found = [unit for unit in in_use if kind and unit.name.endswith(kind[0])]
    if len(found) > 1 or (found and not wanted):
        names = "、".join(unit.name for unit in found)
        raise CellError(f"“{words[:30]}”说不准是哪个单位，可能是：{names[:200]}；请写全称")
    return found[0] if found else None
