"""Drafts: nothing typed is lost, also when the session ends in the middle of a sentence.

Every form page carries `draft_key` and a signed `draft_owner`. Typing is saved as a Draft every few seconds
(`static/js/app.js`); a POST that meets an expired session is kept in the new anonymous session and becomes
a Draft when the same person signs in again.
"""

from typing import Any

from django.core import signing

from accounts.models import Draft, User

STASH = "typed_text"
SKIP = {"csrfmiddlewaretoken", "draft_owner", "draft_key", "submission_key", "password"}
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
    Draft.objects.visible_to(user).filter(key=slot(key)).delete()


def stash(session: Any, post: Any) -> bool:
    """Keeps an unauthenticated POST for the person who typed it; False when it doesn't say whose it was."""
    token, key = post.get("draft_owner", ""), post.get("draft_key", "")
    data = typed(post)
    if not token or not key or sum(len(v) for values in data.values() for v in values) > MAX_DRAFT_CHARS:
        return False
    try:
        owner = signing.loads(token, salt=OWNER_SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return False
    session[STASH] = {"owner": owner, "key": key, "data": data}
    return True


def unstash(session: Any, user: User) -> bool:
    """After sign-in: the kept text becomes the same person's draft; anyone else's is dropped unseen."""
    kept = session.pop(STASH, None)
    if not kept or kept["owner"] != user.pk:
        return False
    save_draft(user=user, key=kept["key"], data=kept["data"])
    return True


def restore(*, user: User, key: str) -> dict[str, Any]:
    """A draft as form initial values: single values as they were typed, several as lists; empty without a draft."""
    draft = load_draft(user=user, key=key)
    data = draft.data if draft else {}
    return {name: values[0] if len(values) == 1 else values for name, values in data.items() if values != [""]}
