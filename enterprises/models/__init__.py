from enterprises.models.matters import Industry, Workstream
from enterprises.models.pairings import Pairing
from enterprises.models.register import Enterprise, EnterpriseKind, KeyProject, Named

__all__ = ["Enterprise", "EnterpriseKind", "Industry", "KeyProject", "Named", "Pairing", "Workstream"]
