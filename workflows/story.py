"""What is written and told about one document while its life goes on."""

from __future__ import annotations

from temporalio import workflow

from workflows.calls import ask

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import intake, lifecycle, notify
    from services.kernel.contracts.almanac import Plan
    from services.kernel.contracts.lifecycle import StartLifecycle


class Story:
    """The document, its procedure and where it stands; entries of its dossier, and words to its drafting office."""

    def __init__(self, start: StartLifecycle) -> None:
        self.document = start.document
        self.text = start.text
        self.plan = Plan(stages=())
        self.doc_number: str | None = None
        self.lasting: str | None = None  # what the document is shown as from its publication on
        self._ordinals: dict[str, int] = {}

    async def record(
        self,
        stage: str,
        event: str,
        *,
        outcome: str | None = None,
        state: str | None = None,
        codes: tuple[str, ...] = (),
        accepts_versions: bool = False,
        actor_id: str | None = None,
        record_hash: str | None = None,
    ) -> None:
        """Write into the dossier what happened to a stage."""
        ordinal = self._next(f"{stage}#{event}")
        await ask(
            intake.RECORD_STAGE,
            intake.RecordStage.model_validate(
                {
                    "key": f"{self._id}/{stage}#{event}{ordinal}",
                    "document_id": self.document.document_id,
                    "stage": stage,
                    "ordinal": max(1, self._ordinals.get(stage, 1)),
                    "event": event,
                    "state": state or self.lasting or stage,
                    "outcome": outcome,
                    "text_hash": self.text.text_hash,
                    "rule_id": self._rule(stage),
                    "occurred_at": workflow.now(),
                    "accepts_versions": accepts_versions,
                    "codes": codes,
                    "doc_number": self.doc_number,
                    "actor_id": actor_id,
                    "record_hash": record_hash,
                }
            ),
        )

    async def tell(self, event: notify.Event, fact: str, *, stage: str, link: str, outcome: str | None = None) -> None:
        """Tell the drafting office."""
        await ask(
            notify.TELL,
            notify.Tell(
                fact=f"{fact}#{event}",
                event=event,
                document=self.document,
                stage=stage,
                role="drafter",
                unit_id=self.document.drafting_unit,
                rule_id=self._rule(stage),
                link=link,
                outcome=outcome,
                doc_number=self.doc_number,
            ),
        )

    def applies(self, stage: str) -> bool:
        """Does this document's procedure hold `stage`, and do its answers ask for it?"""
        plan = self.plan.stage(stage)
        return plan is not None and plan.applies

    @property
    def _id(self) -> str:
        return lifecycle.lifecycle_id(self.document.document_id)

    def _rule(self, stage: str) -> str | None:
        plan = self.plan.stage(stage)
        return plan.rule_id if plan else None

    def _next(self, what: str) -> int:
        self._ordinals[what] = self._ordinals.get(what, 0) + 1
        return self._ordinals[what]
