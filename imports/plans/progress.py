"""What a long import says of itself while it runs: which step, how far, what is wrong so far, how long still."""

import time
from collections.abc import Callable

READING, LOOKING = "第 1 步，共 3 步：读取", "第 2 步，共 3 步：查找已有记录"
CHECKING = "第 3 步，共 3 步：逐格核对、比对"
WRITING = "正在写入，全部成功才算数"
SAVED_EVERY = 1.0  # seconds; each saving is an UPDATE, and the moment at which a cancelled reading stops
SURE_AFTER = 3.0  # seconds of a step before its speed says something

Step = Callable[[int, int, str, int], None]  # done, total (0: not known), which step, wrong cells so far


class Reporter:
    """Passes progress on at most once a second, with the time left by the speed of the step so far."""

    def __init__(self, save: Callable[[int, int, str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.save, self.clock = save, clock
        self.words = ""
        self.began = self.saved = 0.0

    def __call__(self, done: int, total: int, words: str, wrong: int = 0) -> None:
        """Raises whatever saving raises: the job was cancelled, or another worker has it now."""
        now = self.clock()
        if words != self.words:
            self.words, self.began = words, now
        elif now - self.saved < SAVED_EVERY:
            return
        self.saved = now
        parts = [words, f"已发现 {wrong} 处错误" if wrong else "", self.time_left(done, total, now - self.began)]
        self.save(done, total, "，".join(part for part in parts if part))

    def time_left(self, done: int, total: int, spent: float) -> str:
        if spent < SURE_AFTER or not done or done >= total:
            return ""
        seconds = spent * (total - done) / done
        if seconds < 60:
            return f"约还需 {max(round(seconds / 5), 1) * 5} 秒"
        return f"约还需 {round(seconds / 60)} 分钟"


def silent(done: int, total: int, words: str, wrong: int = 0) -> None:
    """For whoever waits for the end anyway: the command, and tests."""
