"""Drafts: nothing typed is lost, also when the session ends in the middle of a sentence.

Every form page carries `draft_key` and a signed `draft_owner`. Typing is saved as a Draft every few seconds
(`static/js/sending/drafts.js`); a POST that meets an expired session is kept in the new anonymous session and becomes
a Draft when the same person signs in again.
"""

from typing import Any

from django.core import signing

from accounts.decorators import AuthedRequest
from accounts.kept.files import KEPT, drop, keep
from accounts.models import Draft, DraftFile, User

STASH = "typed_text"
SKIP = {"csrfmiddlewaretoken", "draft_owner", "draft_key", "submission_key", "password", "another_key", KEPT}
OWNER_SALT = "draft-owner"
MAX_DRAFT_CHARS = 100_000


def owner_token(user: User) -> str:
    return signing.dumps(user.pk, salt=OWNER_SALT)


def typed(post: Any) -> dict[str, list[str]]:
    """Every field as typed."""
    names = [name for name in post if name not in SKIP and "password" not in name]
    return {name: post.getlist(name) for name in names}


def slot(key: str) -> str:
    """The key as it is stored."""
    return key[:200]


def save_draft(*, user: User, key: str, data: dict[str, list[str]]) -> Draft:
    draft, _ = Draft.objects.update_or_create(owner=user, key=slot(key), defaults={"data": data})
    return draft


def load_draft(*, user: User, key: str) -> Draft | None:
    return Draft.objects.visible_to(user).filter(key=slot(key)).first()


def drop_draft(*, user: User, key: str) -> None:
    """With the files chosen for the form."""
    Draft.objects.visible_to(user).filter(key=slot(key)).delete()
    drop(DraftFile.objects.visible_to(user).filter(key=slot(key)))


def drop_typed(request: AuthedRequest, key: str) -> None:
    """Drops the draft of a form that has been saved; also that of another page whose words were sent to it."""
    for one in {key, request.POST.get("draft_key", key)}:
        drop_draft(user=request.user, key=one)


def stash(request: Any) -> bool:
    """Keeps an unauthenticated POST, its files too, for the person who typed it; False when it doesn't say whose it
    was."""
    post = request.POST
    token, key, data = post.get("draft_owner", ""), post.get("draft_key", ""), typed(post)
    if not token or not key or sum(len(v) for values in data.values() for v in values) > MAX_DRAFT_CHARS:
        return False
    try:
        owner = User.objects.filter(pk=signing.loads(token, salt=OWNER_SALT, max_age=24 * 3600)).first()
    except signing.BadSignature:
        return False
    if owner is None:
        return False
    waiting = [row.pk for name in request.FILES for row in
               keep(owner, slot(key), name[:50], request.FILES.getlist(name), waiting=True)]  # fmt: skip
    request.session[STASH] = {"owner": owner.pk, "key": key, "data": data, "files": waiting}
    return True


def unstash(session: Any, user: User) -> bool:
    """After sign-in: what was kept becomes the same person's draft; anyone else's is dropped unseen."""
    kept = session.pop(STASH, None)
    if not kept:
        return False
    waiting = DraftFile.objects.filter(pk__in=kept["files"], owner=kept["owner"], is_waiting=True)
    if kept["owner"] != user.pk:
        drop(waiting)
        return False
    save_draft(user=user, key=kept["key"], data=kept["data"])
    waiting.update(is_waiting=False)
    return True


def begun_anew(request: AuthedRequest, key: str) -> str:
    """`?fresh=1` drops the draft; gives back the clean address to go on to, since one that stayed would drop later
    drafts too. Empty where nothing is asked anew."""
    if request.method != "GET" or "fresh" not in request.GET:
        return ""
    drop_draft(user=request.user, key=key)
    rest = request.GET.copy()
    del rest["fresh"]
    return f"{request.path}?{rest.urlencode()}" if rest else request.path


def restore(*, user: User, key: str) -> dict[str, Any]:
    """A draft as form initial values: single values as they were typed, several as lists; empty without a draft."""
    draft = load_draft(user=user, key=key)
    data = draft.data if draft else {}
    return {name: values[0] if len(values) == 1 else values for name, values in data.items() if values != [""]}
