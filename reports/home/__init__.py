"""What each role lands on: one function a page, each returning everything its template shows."""

from reports.home.coordinator import unit_work
from reports.home.office import audit_state, data_state
from reports.home.staff import my_work
from reports.home.waiting import Panel, panels, waiting_count

__all__ = ["Panel", "audit_state", "data_state", "my_work", "panels", "unit_work", "waiting_count"]
