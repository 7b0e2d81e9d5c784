"""The same handler bare: FastAPI, its model, one insert of one comment, and no limits, proofs, traces, keys, contacts."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from services.intake.actions.comment import Opinion, new_comment
from services.intake.domain.comments import Channel
from services.kernel.runtime.db import Database

POOL = 8
TAKE = """
with standing as (
    select w.id, w.version, clock_timestamp() as at from windows w
     where w.id = $2 and window_is_open(w, clock_timestamp())
       for key share of w
)
insert into comments (id, window_id, receipt, channel, clause, body, body_hash, likeness, received_at, text_version)
select $1, s.id, $3, $4, $5, $6, $7, $8, s.at, s.version from standing s
returning received_at
"""


class Said(BaseModel):
    body: str
    clause: str = ""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.db = await Database.connect(os.environ["FAWEN_DATABASE_URL"], schema="intake", size=POOL)
    yield
    await app.state.db.close()


app = FastAPI(lifespan=lifespan)


@app.post("/windows/{window_id}/comments", status_code=201)
async def post_comment(window_id: UUID, said: Said) -> dict[str, Any]:
    comment = new_comment(window_id, Opinion(said.body, said.clause), Channel.API)
    async with app.state.db.read() as conn:
        at = await conn.fetchval(
            TAKE, comment.id, window_id, comment.receipt, "api", comment.clause, comment.body, comment.body_hash,
            comment.likeness,
        )  # fmt: skip
    return {"code": comment.receipt, "received_at": at, "body_hash": comment.body_hash}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
