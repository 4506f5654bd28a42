"""What is too long for every run of the tests and is done at night: one function a drill (docs/drills.md)."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import servers
from run_tests import pytest, without_servers, worst


def crossing() -> int:
    """5,000 steps on each database; every night another seed, which is told."""
    seed = f"{datetime.now(UTC):%Y%m%d}"
    walked = {"CROSSING_STEPS": "5000", "CROSSING_SEED": seed}
    walked |= {name: value for name, value in os.environ.items() if name.startswith("CROSSING_")}
    print(" ".join(f"{name}={value}" for name, value in walked.items()), flush=True)
    codes = [pytest(["tests/crossing/test_crossing.py"], "", without_servers() | walked)]
    with servers.postgres() as database:
        codes.append(
            pytest(
                ["tests/crossing/test_crossing.py"], "", {"TEST_DATABASE_URL": database, "TEST_REDIS_URL": ""} | walked
            )
        )
    return worst(codes)


DRILLS: dict[str, tuple[str, Callable[[], int]]] = {
    "crossing": ("台账上什么都可能碰上什么：随机走 5,000 步，每一步之后该成立的都成立", crossing),
}


def main() -> None:
    told = "\n".join(f"  {name}  {words}" for name, (words, _) in DRILLS.items())
    parser = argparse.ArgumentParser(
        prog="script/drill",
        description="夜间演练，见 docs/drills.md",
        epilog=told,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=DRILLS, metavar="名字", help="、".join(DRILLS))
    sys.exit(DRILLS[parser.parse_args().name][1]())


if __name__ == "__main__":
    main()
