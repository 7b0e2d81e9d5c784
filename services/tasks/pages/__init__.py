"""The pages for people: forms without script, links that open records. No SQL, no decisions."""

from __future__ import annotations

from services.tasks.pages.away import router as away
from services.tasks.pages.board import router as board
from services.tasks.pages.filters import router as filters
from services.tasks.pages.inbox import router as inbox
from services.tasks.pages.inspections import router as inspections
from services.tasks.pages.programs import router as programs
from services.tasks.pages.task import router as task
from services.tasks.pages.verbs import router as verbs

ROUTERS = (inspections, filters, verbs, inbox, away, programs, board, task)
