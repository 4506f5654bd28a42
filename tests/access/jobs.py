from jobs.models import Job
from tests.access import ADMIN, EVERYONE, Access


def job(unit):
    return {"pk": Job.objects.create(kind="sample").pk}


TABLE = {
    "jobs:job-list": Access(EVERYONE),
    "jobs:export-list": Access(EVERYONE),
    "jobs:export-download": Access(set(), job),
    "jobs:job-status": Access({ADMIN}, job),
    "jobs:job-cancel": Access({ADMIN}, job, method="post"),
    "jobs:job-retry": Access({ADMIN}, job, method="post"),
}
