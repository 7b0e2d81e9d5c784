"""Sheets by stage: what a recorded step collects before it may be filed. A stage without one needs paper or words only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.review.domain.heard import BUSINESSES, GROUP
from services.review.sheets.assessment import AssessmentSheet
from services.review.sheets.catalogue import CatalogueSheet
from services.review.sheets.competition import CompetitionSheet
from services.review.sheets.consultation import ConsultationSheet
from services.review.sheets.experts import ExpertSheet
from services.review.sheets.heard import HeardSheet
from services.review.sheets.hearing import HearingSheet
from services.review.sheets.initiation import InitiationSheet
from services.review.sheets.reporting import ReportingSheet
from services.review.sheets.reporting.domain import CONGRESS, PARTY
from services.review.sheets.risk import RiskSheet
from services.review.sheets.sealing import SealingSheet
from services.review.sheets.sheet import Sheet

SHEETS: Final[Mapping[str, Sheet]] = {
    "assessment": AssessmentSheet(),
    "risk_assessment": RiskSheet(),
    "hearing": HearingSheet(),
    "expert_argument": ExpertSheet(),
    "fair_competition_review": CompetitionSheet(),
    "consultation": ConsultationSheet(),
    BUSINESSES.stage: HeardSheet(BUSINESSES),
    GROUP.stage: HeardSheet(GROUP),
    "annual_catalogue": CatalogueSheet(),
    PARTY.stage: ReportingSheet(PARTY),
    CONGRESS.stage: ReportingSheet(CONGRESS),
    "sealing": SealingSheet(),
    "initiation": InitiationSheet(),
}
