"""Units come with the migrations; here are the made-up people who work in them."""

import secrets

from django.contrib.auth.hashers import make_password

from accounts.models import Unit, User, WorkGroup
from accounts.rights.permissions import Role
from jinshi_zf.demo.world import World

# username, role, kind of unit, city-wide, post: the sign-ins that are printed
SIGN_INS = [
    ("officer", Role.STAFF, "public_security", False, "派驻干警"),
    ("coordinator", Role.COORDINATOR, "public_security", False, "单位联络员"),
    ("office", Role.COORDINATOR, "commission", True, "政法委办公室联络员"),
    ("leader", Role.LEADER, "public_security", False, "单位领导"),
    ("city", Role.LEADER, "commission", True, "市级领导"),
    ("admin", Role.ADMIN, "commission", False, "系统管理员"),
    ("auditor", Role.AUDITOR, "", False, "审计员"),
]
OFFICERS = {
    "commission": 4,
    "court": 8,
    "procuratorate": 7,
    "public_security": 8,
    "justice_bureau": 7,
    "traffic_police": 6,
}
LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


def new_password() -> str:
    """Random, three classes of characters, nothing that reads like something else."""
    words = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{words[:4].capitalize()}-{words[4:]}-{''.join(secrets.choice(DIGITS) for _ in range(4))}"


def add_people(world: World, password: str) -> None:
    """About sixty people over the six units; all share one demo password, so one hash serves."""
    hashed = make_password(password)
    world.units = {unit.kind: unit for unit in Unit.objects.all()}
    drafts = [
        draft(number, username, role, world.units.get(kind), hashed, city_wide=city, post=post)
        for number, (username, role, kind, city, post) in enumerate(SIGN_INS, 1)
    ]
    for kind, count in OFFICERS.items():
        unit = world.units[kind]
        named = {(one.role, one.unit_id) for one in drafts}
        missing = [role for role in (Role.COORDINATOR, Role.LEADER) if (role, unit.pk) not in named]
        staff = [Role.STAFF] * (count - ((Role.STAFF, unit.pk) in named))
        for role in [*missing, *staff]:
            number = len(drafts) + 1
            post = {Role.COORDINATOR: "单位联络员", Role.LEADER: "单位领导"}.get(role, "派驻干警")
            drafts.append(draft(number, f"ZF{number:04d}", role, unit, hashed, post=post))
    groups = list(WorkGroup.objects.order_by("pk"))
    for number, user in enumerate(one for one in drafts if one.role == Role.STAFF):
        user.work_group = groups[number % len(groups)] if groups else None
    for user in drafts:
        user.save()
    world.people = {user.username: user for user in drafts}
    world.officers = [user for user in drafts if user.role == Role.STAFF]
    world.coordinators = {user.unit_id: user for user in reversed(drafts) if user.role == Role.COORDINATOR}
    for group in groups:
        group.head = next(user for user in world.officers if user.work_group_id == group.pk)
        group.save()


def draft(number: int, username: str, role: Role, unit: Unit | None, hashed: str, **more: object) -> User:
    return User(
        username=username,
        name=f"干警{number:04d}",
        role=role,
        unit=unit,
        password=hashed,
        phone=f"1390000{number:04d}",
        is_demo=True,
        **more,
    )
