"""The register's work in the background."""

from typing import Any

from enterprises.services.comparing import FIND, refresh_doubles
from enterprises.services.merging import gather_left_behind
from jobs.registry import handles
from jobs.runner import JobContext


@handles(FIND, "查找重复登记的企业")
def run_find(context: JobContext) -> dict[str, Any]:
    context.progress(0, 1, "正在比对企业名录")
    followed = gather_left_behind()
    return {"pairs": refresh_doubles(), "followed": followed}
