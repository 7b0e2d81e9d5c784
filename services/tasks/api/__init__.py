"""The interface for programs: JSON in, JSON out. No SQL, no decisions."""

from __future__ import annotations

from services.tasks.api.items import router as items
from services.tasks.api.plans import router as plans

ROUTERS = (items, plans)
