"""What each role lands on: one function a page, each returning everything its template shows."""

from reports.home.coordinator import unit_work
from reports.home.office import audit_state, data_state
from reports.home.staff import my_work

__all__ = ["audit_state", "data_state", "my_work", "unit_work"]
