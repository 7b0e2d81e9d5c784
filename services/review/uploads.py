"""Files that people attach: read for secrets, kept by their hash, given back as downloads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile

from services.kernel.contracts.refusals import Invalid, NotFound, Words
from services.kernel.runtime import csrf
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.files import EmptyFile, ScannedPdf, UnknownType, read_file
from services.kernel.runtime.pages import as_download
from services.kernel.text.checks import secrecy_mark
from services.kernel.text.normal import normalise
from services.review.domain.commands import Command, FileStep
from services.review.materials import materials_of
from services.review.store import papers, rounds
from services.review.store.papers import NewPaper

OCTETS = "application/octet-stream"
LONGEST_NAME = 200


class ClassifiedPaper(Invalid):
    """A classified paper does not enter this system."""

    code = "paper.classified"
    rule = "record.secrecy"
    title = Words("没有收下：材料带有密级", "Not accepted: the paper is classified")
    remedy = Words("涉密材料请走涉密渠道，不要上传到本系统。", "Send classified papers by the channel for them.")


@dataclass(frozen=True)
class Upload:
    """A file as it came: what it is, its name, its bytes."""

    role: str
    name: str
    data: bytes


async def papers_body(request: Request) -> tuple[Upload, ...]:
    """The `files` of a form, under its `role`. Raises EmptyFile when there is none."""
    uploads = await uploads_of(await request.form())
    if not uploads:
        raise EmptyFile("files")
    return uploads


async def step_body(request: Request) -> tuple[FileStep, tuple[Upload, ...]]:
    """A step from JSON, or from a form with files. Raises RequestValidationError, as FastAPI's own bodies do."""
    try:
        if not csrf.is_form(request):
            return FileStep.model_validate_json(await request.body()), ()
        form = await request.form()
        return FileStep.model_validate(step_fields(form)), await uploads_of(form)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def json_body(command: type[Command], others: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """How the description names a body that a route reads by itself: JSON of that command, and `others`."""
    schema = command.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}, **others}}}


PapersBody = Annotated[tuple[Upload, ...], Depends(papers_body)]
StepBody = Annotated[tuple[FileStep, tuple[Upload, ...]], Depends(step_body)]
STEP_BODY = json_body(FileStep, {"multipart/form-data": {"schema": {"type": "object"}}})


def step_fields(form: FormData) -> dict[str, Any]:
    """The fields of a step's form; the exemption stands in fields of its own."""
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    step = {
        name: given[name] for name in FileStep.model_fields if name in given and name not in ("exemption", "passkey")
    }
    exemption = {
        name.removeprefix("exemption_"): value
        for name, value in given.items()
        if name.startswith("exemption_") and value
    }
    return {**step, "exemption": exemption or None}


async def uploads_of(form: FormData) -> tuple[Upload, ...]:
    """The files of a form; an empty file field is no file."""
    role = form.get("role")
    files = [value for value in form.getlist("files") if isinstance(value, UploadFile) and value.filename]
    return tuple(
        [
            Upload(
                role if isinstance(role, str) else "",
                PurePath(file.filename or "").name[-LONGEST_NAME:],
                await file.read(),
            )
            for file in files
        ]
    )


async def kept(blobs: Blobs, uploads: Sequence[Upload]) -> tuple[NewPaper, ...]:
    """Keep uploads in the content store, after a look for secrets. Raises EmptyFile, ClassifiedPaper, FileRefused."""
    for upload in uploads:
        await _refuse_secrets(upload)
    return tuple(
        [NewPaper(upload.role, await blobs.put(upload.data), upload.name, len(upload.data)) for upload in uploads]
    )


async def _refuse_secrets(upload: Upload) -> None:
    if not upload.data:
        raise EmptyFile(upload.name)
    try:
        read = await read_file(upload.data, name=upload.name)
    except (ScannedPdf, UnknownType):
        # A scan of a signed opinion is a paper like others; nobody can look into it but a person.
        return
    if secrecy_mark(normalise(read.text)) is not None:
        raise ClassifiedPaper(field="files")


async def download(conn: Connection, blobs: Blobs, round_id: UUID, file_hash: str) -> Response:
    """A file of the round by its hash. Raises NotFound for a hash that the round does not name."""
    round_ = await rounds.get_round(conn, round_id)
    names = {paper.file_hash: paper.name for paper in await papers.papers_of(conn, round_.document_id)}
    names |= {material.file_hash: material.name for material in await materials_of(blobs, round_.materials_hash)}
    if file_hash not in names:
        raise NotFound(Words("这一轮没有这份材料。", "The round has no such paper."), field="file_hash")
    return as_download(await blobs.get(file_hash), names[file_hash])
