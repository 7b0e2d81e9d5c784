"""The local stack: a real PostgreSQL, a real Temporal, the four services and the workflows, one call."""

from __future__ import annotations

from fawen.stack.children import Child, StackFailed
from fawen.stack.progress import Step
from fawen.stack.stack import Stack

__all__ = ["Child", "Stack", "StackFailed", "Step"]
