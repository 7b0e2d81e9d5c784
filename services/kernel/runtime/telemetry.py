"""Traces, metrics and logs: one trace from the POST to the last signal. No personal data in any of them."""

from __future__ import annotations

import json
import logging
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from opentelemetry import metrics, propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBasedTraceIdRatio, Sampler, SamplingResult
from opentelemetry.trace import INVALID_SPAN, Span, SpanKind
from temporalio.contrib.opentelemetry import create_tracer_provider

from services.kernel.runtime.settings import Settings

tracer = trace.get_tracer("fawen")
meter = metrics.get_meter("fawen")


class SpanLog(SpanExporter):
    """Spans as JSON lines in a local file, for `fawen trace` on a machine without a collector."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._path.open("a", encoding="utf-8") as out:
            out.writelines(json.dumps(_plain(span), ensure_ascii=False) + "\n" for span in spans)
        return SpanExportResult.SUCCESS


class Drawn(Sampler):
    """Takes what was drawn already, see `drawn_span`, and asks `others` of the rest."""

    def __init__(self, others: Sampler) -> None:
        self._others = others

    def should_sample(self, parent_context: Context | None, *args: Any, **given: Any) -> SamplingResult:
        sampler = ALWAYS_ON if parent_context is DRAWN else self._others
        return sampler.should_sample(parent_context, *args, **given)

    def get_description(self) -> str:
        return f"Drawn({self._others.get_description()})"


# Whoever sends a request does not decide whether it is traced: this context has no parent.
DRAWN = Context()


def configure(settings: Settings, process: str) -> None:
    """Set up traces, metrics and logs of this process. OTLP goes where OTEL_EXPORTER_OTLP_ENDPOINT says."""
    resource = Resource.create({"service.name": f"fawen-{process}", "service.namespace": "fawen"})
    provider = create_tracer_provider(resource=resource, sampler=Drawn(ParentBasedTraceIdRatio(settings.trace_ratio)))
    if settings.traces_file is not None:
        provider.add_span_processor(BatchSpanProcessor(SpanLog(settings.traces_file), schedule_delay_millis=500))
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        metrics.set_meter_provider(MeterProvider(resource=resource, metric_readers=[reader]))
    trace.set_tracer_provider(provider)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level.upper())),
    )


def carrier() -> dict[str, str]:
    """The current trace as headers, to be stored beside what continues it later."""
    headers: dict[str, str] = {}
    propagate.inject(headers)
    return headers


def trace_id() -> str | None:
    """The id of the current trace in hex, or None outside of one."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


@contextmanager
def span(
    name: str,
    *,
    parent: Mapping[str, str] | None = None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int | float | bool] | None = None,
) -> Iterator[Span]:
    """A span under `parent` (stored headers) or under the current one."""
    context = propagate.extract(dict(parent)) if parent else None
    with tracer.start_as_current_span(name, context=context, kind=kind, attributes=dict(attributes or {})) as opened:
        yield opened


def drawn_span(name: str, share: float) -> Span:
    """A server's span without parent, for that share (0 to 1) of the calls: the others cost nothing, not even an id."""
    if random.random() >= share:  # noqa: S311 - nobody gains by guessing it
        return INVALID_SPAN
    return tracer.start_span(name, context=DRAWN, kind=SpanKind.SERVER)


def _with_trace(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    found = trace_id()
    return {**event, "trace_id": found} if found else event


def _plain(span_: ReadableSpan) -> dict[str, object]:
    context, parent = span_.get_span_context(), span_.parent
    return {
        "trace_id": format(context.trace_id, "032x") if context else None,
        "span_id": format(context.span_id, "016x") if context else None,
        "parent_id": format(parent.span_id, "016x") if parent else None,
        "name": span_.name,
        "service": span_.resource.attributes.get("service.name"),
        "start": span_.start_time,
        "end": span_.end_time,
        "status": span_.status.status_code.name,
        "attributes": dict(span_.attributes or {}),
    }
