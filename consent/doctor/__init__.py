"""Does a site that runs do what its configuration promises? Asked from outside, as visitors ask."""

from consent.doctor.findings import Check, Finding, Report, Status
from consent.doctor.whole import examine

__all__ = ["Check", "Finding", "Report", "Status", "examine"]
