import pytest

from jobs.registry import HANDLERS, handles
from tests.brokers import broker


@pytest.fixture
def work():
    """Registers a function as the handler of the kind “sample” for one test."""

    def register(function):
        handles("sample")(function)
        return function

    yield register
    HANDLERS.pop("sample", None)


@pytest.fixture
def dead_broker():
    """A Redis address where nothing listens."""
    with broker("redis://127.0.0.1:1/0"):
        yield
