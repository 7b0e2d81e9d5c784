"""Reading a submission from a request: JSON, or a multipart form with the same names."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from services.intake.domain.submission import Submission, Upload
from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.runtime import csrf

FILE, ATTACHMENT = "file", "attachment."
NESTED = ("predicates.", "comment.")
WHOLE = ("predicates", "comment")
SUBMISSION = "submission"
M = TypeVar("M", bound=BaseModel)


class Unreadable(Invalid):
    """A body that is no JSON object and no form."""

    code = "input.unreadable"
    title = Words("读不懂提交的内容", "Unreadable request")
    remedy = Words("请发送JSON对象，或者multipart表单。", "Send a JSON object, or a multipart form.")


def _bytes(value: object) -> object:
    if isinstance(value, str):
        try:
            return b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("not base64") from error
    return value


class FileIn(BaseModel):
    """A file in JSON: its name, and its bytes in base64."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=200)
    content: Annotated[bytes, BeforeValidator(_bytes)] = Field(description="base64")

    @property
    def upload(self) -> Upload:
        """The file as it came."""
        return Upload(self.name, self.content)


class AttachmentIn(BaseModel):
    """A paper and what it is."""

    model_config = ConfigDict(frozen=True)

    role: str
    file: FileIn


class SubmissionIn(Submission):
    """A submission with its text: inline, or in one file."""

    text: str | None = None
    file: FileIn | None = None
    attachments: tuple[AttachmentIn, ...] = ()


class VersionIn(BaseModel):
    """Another text of a document."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str | None = None
    file: FileIn | None = None
    attachments: tuple[AttachmentIn, ...] = ()
    note: str = Field(default="", max_length=100_000)
    change_note: str = Field(default="", max_length=2000)
    hear_again: bool = False


@dataclass(frozen=True)
class Received:
    """What came: the fields, the text or the file, the papers."""

    fields: dict[str, Any]
    text: str | None
    file: Upload | None
    attachments: tuple[tuple[str, Upload], ...]


async def received(request: Request) -> Received:
    """Read the request's body, whichever way it is encoded. Raises Unreadable."""
    if csrf.is_form(request):
        return await from_form(await request.form())
    try:
        given = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(given, dict):
        raise Unreadable
    parts = validated(VersionIn, given)
    return Received(
        fields=given,
        text=parts.text,
        file=parts.file.upload if parts.file else None,
        attachments=tuple((paper.role, paper.file.upload) for paper in parts.attachments),
    )


Body = Annotated[Received, Depends(received)]


async def from_form(form: FormData) -> Received:
    """A form: dotted names make nested fields, `submission` may hold them all as JSON, `attachment.<role>` are files."""
    fields: dict[str, Any] = {}
    file, papers = None, []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if not value.filename:
                continue
            upload = Upload(value.filename, await value.read())
            if name == FILE:
                file = upload
            elif name.startswith(ATTACHMENT):
                papers.append((name.removeprefix(ATTACHMENT), upload))
        else:
            _put(fields, name, value)
    if (whole := fields.pop(SUBMISSION, None)) is not None:
        fields = {**_object(whole, SUBMISSION), **fields}
    text = fields.get("text")
    return Received(fields, text if isinstance(text, str) else None, file, tuple(papers))


def validated(model: type[M], given: dict[str, Any]) -> M:
    """`given` as `model`; what is wrong is answered field by field, as FastAPI's own bodies are."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def described(model: type[BaseModel], *, form: bool = True) -> dict[str, Any]:
    """The body in the interface's description."""
    schema = model.model_json_schema()
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if form:
        content["multipart/form-data"] = {"schema": {"type": "object", "additionalProperties": True}}
    return {"requestBody": {"required": True, "content": content}}


def _put(fields: dict[str, Any], name: str, value: str) -> None:
    if name in WHOLE and value.lstrip().startswith("{"):
        fields[name] = _object(value, name)
    elif name == "comment.channels":
        fields.setdefault("comment", {}).setdefault("channels", []).append(value)
    elif name == "joint_units":
        fields.setdefault(name, []).append(value)
    elif name.startswith(NESTED):
        _put_nested(fields, name.split("."), value)
    else:
        fields[name] = value


def _object(written: str, field: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except (ValueError, RecursionError) as error:
        raise Unreadable(field=field) from error
    if not isinstance(found, dict):
        raise Unreadable(field=field)
    return found


def _put_nested(fields: dict[str, Any], path: Sequence[str], value: str) -> None:
    place = fields
    for part in path[:-1]:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise Unreadable(field=".".join(path))
    place[path[-1]] = value or None if path[-1] in ("answer", "opens_at", "closes_at", "days") else value
