"""The sign-offs of a document as a file, and what whoever holds it can verify by himself, without the service.

Pure, and needed on both sides: review writes the file and shows its own verdict by it, `fawen verify` verifies by it.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.kernel.contracts.passkeys import Assertion, NotProven, challenge_of, proven
from services.kernel.contracts.refusals import Words
from services.kernel.contracts.signatures import NoSuchAlgorithm, canonical, hash_of, signer_for

FILE: Final = "fawen.sign-offs/1"
UNSIGNED, SIGNED = "fawen.sign-off.1", "fawen.sign-off.2"
GENESIS: Final = ""

Hex = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
What = Literal["chain", "hash", "signature", "key", "passkey", "seat"]
# How several people decide one round (会签、或签、按比例).
JOINT_RULES: Mapping[str, Words] = {
    "all": Words("会签：全部同意", "all must agree"),
    "any": Words("或签：一人同意即可", "one is enough"),
    "ratio": Words("按比例同意", "a share must agree"),
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class SignedRecord(_Frozen):
    """One record with its signature (base64), which records from before signatures lack."""

    record: dict[str, Any]
    record_hash: Hex
    key_id: str | None = None
    signature: str | None = None


class PublicKey(_Frozen):
    """A person's key: when it was valid, and why it ended. It stays for verification."""

    id: str
    person_id: str
    algorithm: str
    public_key: str
    fingerprint: str
    valid_from: AwareDatetime
    valid_to: AwareDatetime | None = None
    ended_why: Literal["rotated", "revoked"] | None = None


class PublicPasskey(_Frozen):
    """A passkey's public half (COSE, base64url), and from when to when it counted."""

    credential_id: str
    person_id: str
    public_key: str
    enrolled_at: AwareDatetime
    revoked_at: AwareDatetime | None = None


class Site(_Frozen):
    """Where the passkeys belong: the relying party and the origin of its pages."""

    rp_id: str
    origin: str


class SeatRecord(_Frozen):
    """A seat of a joint round, and what became of it if it did not sign: `ended` is removed or withdrawn."""

    id: str
    ordinal: int
    unit_id: str
    unit_name: str = ""
    role: str = ""
    person_id: str | None = None
    ended: str | None = None
    ended_reason: str = ""


class JointRecord(_Frozen):
    """A round that several decided: its rule (`part` of `whole` for a ratio), and every seat that there ever was."""

    round_id: str
    rule: str
    part: int = 1
    whole: int = 1
    seats: tuple[SeatRecord, ...] = ()


class SignOffFile(_Frozen):
    """Everything that is needed to verify the sign-offs of one document. Files from before seats have no `joint`."""

    format: Literal["fawen.sign-offs/1"] = "fawen.sign-offs/1"
    document_id: str
    title: str = ""
    exported_at: AwareDatetime
    site: Site
    sign_offs: tuple[SignedRecord, ...]
    keys: tuple[PublicKey, ...] = ()
    passkeys: tuple[PublicPasskey, ...] = ()
    joint: tuple[JointRecord, ...] = ()


class Finding(NamedTuple):
    """One thing that was verified of one record; `holds` is None where there was nothing to verify."""

    position: int
    what: What
    holds: bool | None
    words: Words


HOLDS: Mapping[What, Words] = {
    "chain": Words("与前一条相接", "follows the one before"),
    "hash": Words("内容与指纹相符", "content and hash agree"),
    "signature": Words("签名有效", "the signature is good"),
    "key": Words("签署时密钥有效，属于签署人", "the key was the signer's and valid at the time"),
    "passkey": Words("通行密钥对这份记录的确认有效", "the passkey confirmed this very record"),
    "seat": Words("签在自己的会签席位上，席位没有重复", "signed in a seat of the signer's own, filled once"),
}
FAILS: Mapping[What, Words] = {
    "chain": Words("与前一条接不上：有增删、调换", "does not follow the one before: added, left out or moved"),
    "hash": Words("内容与指纹不符：改动过", "content and hash differ: it was changed"),
    "signature": Words("签名不成立", "the signature is not good"),
    "key": Words("密钥不属于签署人，或者签署时无效", "the key is not the signer's, or was not valid at the time"),
    "passkey": Words("通行密钥的确认不成立", "the passkey's confirmation does not hold"),
    "seat": Words(
        "会签席位对不上：不存在、已减去、属于别人或者重复", "no such seat, taken away, another's, or filled twice"
    ),
}
NO_SIGNATURE = Words("签于启用电子签名之前，没有签名", "from before signatures: none to verify")
NO_PASSKEY = Words("没有使用通行密钥", "no passkey was used")
NO_LIBRARY = Words(
    "本机没有国密算法库，没有核对（pip install 'fawen[gm]'）", "no SM2 here, not verified (pip install 'fawen[gm]')"
)


def verify(file: SignOffFile) -> list[Finding]:
    """Everything that can be said of the file, record by record, in the order of its chain."""
    keys = {key.id: key for key in file.keys}
    passkeys = {passkey.credential_id: passkey for passkey in file.passkeys}
    found: list[Finding] = []
    joint = {one.round_id: one for one in file.joint}
    filled: set[str] = set()
    previous, signed_before = GENESIS, False
    for position, signed in enumerate(file.sign_offs, start=1):
        found += _of_chain(position, signed, previous, file.document_id)
        found += _of_signature(position, signed, keys, must=signed_before)
        found += _of_passkey(position, signed, passkeys, file.site)
        found += _of_seat(position, signed.record, joint, filled)
        previous, signed_before = signed.record_hash, signed_before or signed.signature is not None
    return found


def seat_of(record: Mapping[str, Any]) -> str:
    """The seat in which a record was signed, as it is printed; empty where one person decided."""
    ordinal, rule = (_in(record, "details", "seat", name) for name in ("ordinal", "rule"))
    words = JOINT_RULES.get(str(rule))
    return f"会签第{ordinal}席（{words.zh}）" if words else ""


def verdict(findings: Sequence[Finding]) -> bool:
    """Whether nothing speaks against the file. What could not be verified is not counted as good or bad."""
    return all(finding.holds is not False for finding in findings)


def _finding(position: int, what: What, *, holds: bool) -> Finding:
    return Finding(position, what, holds, HOLDS[what] if holds else FAILS[what])


def _of_chain(position: int, signed: SignedRecord, previous: str, document_id: str) -> Iterator[Finding]:
    record = signed.record
    place = (record.get("position"), record.get("prev_hash"), _in(record, "document", "id"))
    yield _finding(position, "chain", holds=place == (position, previous, document_id))
    yield _finding(position, "hash", holds=_hashed(record) == signed.record_hash)


def _of_signature(
    position: int, signed: SignedRecord, keys: Mapping[str, PublicKey], *, must: bool
) -> Iterator[Finding]:
    if signed.signature is None or signed.key_id is None:
        if must or signed.record.get("format") != UNSIGNED:
            yield _finding(position, "signature", holds=False)
        else:
            yield Finding(position, "signature", None, NO_SIGNATURE)
        return
    key = keys.get(signed.key_id)
    try:
        good = key is not None and _is_signed(signed, key)
    except NoSuchAlgorithm:
        yield Finding(position, "signature", None, NO_LIBRARY)
    else:
        yield _finding(position, "signature", holds=good)
    yield _finding(position, "key", holds=key is not None and _was_valid(signed.record, key))


def _is_signed(signed: SignedRecord, key: PublicKey) -> bool:
    signer = signer_for(key.algorithm)
    try:
        message, signature = canonical(signed.record), b64decode(signed.signature or "", validate=True)
        return signer.verify(b64decode(key.public_key, validate=True), message, signature)
    except ValueError:
        return False


def _was_valid(record: Mapping[str, Any], key: PublicKey) -> bool:
    """Whether the record names this key as its signer's own, and was signed while the key was valid."""
    named = (_in(record, "key", "id"), _in(record, "key", "public_key"), _in(record, "signer", "person_id"))
    at = _instant(record.get("signed_at"))
    if named != (key.id, key.public_key, key.person_id) or at is None:
        return False
    return key.valid_from <= at and (key.valid_to is None or at < key.valid_to)


def _of_seat(
    position: int, record: Mapping[str, Any], joint: Mapping[str, JointRecord], filled: set[str]
) -> Iterator[Finding]:
    """In a joint round each record names a seat: there, not taken away, of the signer's unit or person, and its own."""
    round_ = joint.get(str(_in(record, "round", "id")))
    if round_ is None:
        return
    named = str(_in(record, "details", "seat", "id"))
    seat = next((one for one in round_.seats if one.id == named and one.ended is None), None)
    signers = (_in(record, "signer", "person_id"), _in(record, "signer", "on_behalf_of", "person_id"))
    own = seat is not None and (
        seat.person_id in signers if seat.person_id else seat.unit_id == _in(record, "signer", "unit_id")
    )
    yield _finding(position, "seat", holds=own and named not in filled)
    filled.add(named)


def _of_passkey(
    position: int, signed: SignedRecord, passkeys: Mapping[str, PublicPasskey], site: Site
) -> Iterator[Finding]:
    said = signed.record.get("passkey")
    if said is None:
        if signed.record.get("format") == SIGNED:
            yield Finding(position, "passkey", None, NO_PASSKEY)
        return
    yield _finding(position, "passkey", holds=_is_confirmed(signed.record, said, passkeys, site))


def _is_confirmed(record: Mapping[str, Any], said: Any, passkeys: Mapping[str, PublicPasskey], site: Site) -> bool:
    try:
        assertion = Assertion.model_validate(said)
        passkey = passkeys[assertion.credential_id]
        challenge = challenge_of(record, assertion.nonce)
        proven(assertion, challenge=challenge, public_key=passkey.public_key, origin=site.origin, rp_id=site.rp_id)
    except (KeyError, ValueError, NotProven):
        return False
    at = _instant(record.get("signed_at"))
    in_time = at is not None and passkey.enrolled_at <= at and (passkey.revoked_at is None or at < passkey.revoked_at)
    return in_time and passkey.person_id == _in(record, "signer", "person_id")


def _hashed(record: Mapping[str, Any]) -> str | None:
    try:
        return hash_of(record)
    except (ValueError, RecursionError):
        return None


def _in(record: Mapping[str, Any], *path: str) -> Any:
    found: Any = record
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _instant(written: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None
