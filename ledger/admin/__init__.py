"""The maintenance door; registering is all these modules do."""

from ledger.admin import records, rules

__all__ = ["records", "rules"]
