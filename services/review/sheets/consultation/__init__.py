"""征求部门意见、会签: units are asked, reply, and are heeded or told why not; what stays in dispute is ruled on."""

from __future__ import annotations

from services.review.sheets.consultation.sheet import ConsultationSheet

__all__ = ["ConsultationSheet"]
