"""How the stack knows that a child is ready: it answers in its own protocol."""

from __future__ import annotations

import asyncio

import httpx
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError

from fawen.stack.children import Probe
from fawen.stack.ports import LOOPBACK
from fawen.stack.temporal import NAMESPACE, Temporal
from services.kernel.contracts.messages import Queue

_WORKFLOW = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
_ACTIVITY = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY


def answers_http(url: str) -> Probe:
    """A GET is answered without a server error."""

    async def probe() -> bool:
        try:
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                return (await client.get(url)).status_code < httpx.codes.INTERNAL_SERVER_ERROR
        except httpx.TransportError:
            return False

    return probe


def answers_smtp(port: int) -> Probe:
    """The greeting 220 comes."""

    async def probe() -> bool:
        try:
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            return False
        greeting = await reader.readline()
        writer.close()
        return greeting.startswith(b"220")

    return probe


def workflows_wait_for_work(temporal: Temporal) -> Probe:
    """Somebody polls the queue of the workflows, so that a start is picked up at once."""

    async def probe() -> bool:
        return await _polled(temporal, Queue.WORKFLOWS, _WORKFLOW)

    return probe


def activities_wait_for_work(temporal: Temporal) -> Probe:
    """Somebody polls the activity queue of every service."""

    async def probe() -> bool:
        queues = [queue for queue in Queue if queue is not Queue.WORKFLOWS]
        return all([await _polled(temporal, queue, _ACTIVITY) for queue in queues])

    return probe


async def _polled(temporal: Temporal, queue: Queue, kind: TaskQueueType.ValueType) -> bool:
    request = DescribeTaskQueueRequest(
        namespace=NAMESPACE, task_queue=TaskQueue(name=queue.value), task_queue_type=kind
    )
    try:
        client = await temporal.client()
        answer = await client.workflow_service.describe_task_queue(request)
    except (RPCError, RuntimeError):
        return False
    return bool(answer.pollers)
