from enterprises.models.doubles import (
    EnterpriseMerge,
    FormerName,
    LikelyDouble,
    MergedRow,
    NameOrigin,
    NotDoubles,
    RowFate,
)
from enterprises.models.matters import Industry, Workstream
from enterprises.models.pairings import Pairing
from enterprises.models.register import Enterprise, EnterpriseKind, KeyProject, Named

__all__ = [
    "Enterprise",
    "EnterpriseKind",
    "EnterpriseMerge",
    "FormerName",
    "Industry",
    "KeyProject",
    "LikelyDouble",
    "MergedRow",
    "NameOrigin",
    "Named",
    "NotDoubles",
    "Pairing",
    "RowFate",
    "Workstream",
]
