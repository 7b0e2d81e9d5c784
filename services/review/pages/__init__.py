"""Review for people: rounds, meetings, and what was signed."""

from __future__ import annotations

from fastapi import APIRouter

routers: list[APIRouter] = []
