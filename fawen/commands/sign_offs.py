"""`fawen sign-offs` takes the signatures of a document out as a file; `fawen verify` verifies it without the service."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from fawen.commands.place import As, Key, Place, Url, console, errors, place_of, run
from services.kernel.contracts import sign_offs as contract
from services.kernel.contracts.sign_offs import Finding, PublicKey, SignOffFile, seat_of

MARKS = {True: "✓", False: "■", None: "◇"}
KEYS: TypeAdapter[list[PublicKey]] = TypeAdapter(list[PublicKey])


def sign_offs(
    document_id: UUID,
    out: Annotated[Path, typer.Option("--out", dir_okay=False, help="写到哪个文件 the file to write")],
    keys: Annotated[
        Path | None, typer.Option("--keys", dir_okay=False, help="同时存下公钥名册 also the register of keys")
    ] = None,
    url: Url = None,
    key: Key = None,
    person: As = None,
) -> None:
    """把一份文件的全部签署连同公钥存成文件，离线也能核对。 Save a document's sign-offs with their public keys."""
    place = place_of(url, key, person)
    out.write_text(json.dumps(run(lambda: _file(place, document_id)), ensure_ascii=False), "utf-8")
    console.print(f"✓ {out}", markup=False)
    if keys is not None:
        keys.write_text(json.dumps(run(lambda: _keys(place))), "utf-8")
        console.print(f"✓ {keys}", markup=False)


async def _file(place: Place, document_id: UUID) -> dict[str, Any]:
    async with place.client() as office:
        return await office.sign_off_file(document_id)


async def _keys(place: Place) -> list[dict[str, Any]]:
    async with place.client() as office:
        return await office.signing_keys()


def verify_sign_offs(content: dict[str, Any], register: Path | None) -> bool:
    """Say of every record what holds and what does not; whether nothing speaks against the file."""
    try:
        file = SignOffFile.model_validate(content)
    except ValidationError as error:
        _tell_broken(error)
        return False
    findings = contract.verify(file)
    for position, signed in enumerate(file.sign_offs, start=1):
        _tell(position, signed.record, [finding for finding in findings if finding.position == position])
    known = _compared(file, register)
    if contract.verdict(findings) and known:
        console.print(f"✓ {len(file.sign_offs)}项签署全部成立。 All {len(file.sign_offs)} sign-offs hold.")
        return True
    errors.print("■ 有签署不成立。 Not every sign-off holds.")
    return False


def _tell(position: int, record: dict[str, Any], found: Iterable[Finding]) -> None:
    signer = record.get("signer")
    name = signer.get("name") if isinstance(signer, dict) else None
    console.print(
        f"{position}  {name or '—'}　{record.get('outcome', '—')}　{record.get('signed_at', '—')}", markup=False
    )
    if said := seat_of(record):
        console.print(f"   {said}", markup=False)
    for one in found:
        place = errors if one.holds is False else console
        place.print(f"   {MARKS[one.holds]} {one.words.zh} {one.words.en}", markup=False)


def _compared(file: SignOffFile, register: Path | None) -> bool:
    """Whether the keys are those of the register; without one, people are told what to compare."""
    if register is None:
        console.print("◇ 公钥是文件自带的；请与公钥名册核对指纹，或者加上--keys。")
        console.print("  The keys are the file's own: compare them with the register, or give --keys.")
        for key in file.keys:
            console.print(f"   {key.person_id}　{key.algorithm}　{key.fingerprint}", markup=False)
        return True
    known = _register(register)
    strange = [key for key in file.keys if known.get(key.id) != key]
    for key in strange:
        errors.print(f"■ 公钥与名册不符 not in the register: {key.person_id} {key.fingerprint}", markup=False)
    return not strange


def _register(path: Path) -> dict[str, PublicKey]:
    try:
        return {key.id: key for key in KEYS.validate_json(path.read_bytes())}
    except (ValidationError, OSError) as error:
        errors.print(f"■ {path.name}不是公钥名册。 This is no register of keys.", markup=False)
        raise typer.Exit(1) from error


def _tell_broken(error: ValidationError) -> None:
    places: Sequence[str] = [".".join(map(str, one["loc"])) for one in error.errors(include_url=False)]
    errors.print(f"■ 文件残缺或者改动过：{'、'.join(places[:5])}。 The file is broken there.", markup=False)
