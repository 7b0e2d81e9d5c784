"""The interface for programs: JSON in, JSON out. No SQL, no decisions."""

from __future__ import annotations

from services.tasks.api.absences import router as absences
from services.tasks.api.filters import router as filters
from services.tasks.api.inspections import router as inspections
from services.tasks.api.items import router as items
from services.tasks.api.keys import router as keys
from services.tasks.api.plans import router as plans
from services.tasks.api.verbs import router as verbs

ROUTERS = (inspections, items, filters, verbs, absences, keys, plans)
