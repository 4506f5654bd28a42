from tests.access import ADMIN, AUDITOR, EVERYONE, Access

TABLE = {
    "accounts:password-change": Access(EVERYONE),
    "accounts:profile": Access(EVERYONE),
    "accounts:draft": Access(EVERYONE, method="post"),
    "accounts:user-list": Access({ADMIN}),
    "accounts:audit-list": Access({AUDITOR}),
    "accounts:export-list": Access({AUDITOR}),
}
