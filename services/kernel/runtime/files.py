"""Reading a file that somebody sends: its text, or a refusal that says what to send instead.

A file is judged by its content and then parsed in a worker process with limits on memory and time:
a hostile or broken document costs its sender an answer, and nobody else anything.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

import puremagic

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.runtime.extract.worker import Answer, WorkerLost, Workers

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF, HTML, PLAIN = "application/pdf", "text/html", "text/plain"
MAX_BYTES = 20 * 1024 * 1024

XLSX, OFD = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/ofd"
PNG, JPEG = "image/png", "image/jpeg"

_PICTURES = {b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
_KEPT = {
    PDF: (".pdf",), DOCX: (".docx",), XLSX: (".xlsx",), OFD: (".ofd",), PLAIN: (".txt", ".text"),
    PNG: (".png",), JPEG: (".jpg", ".jpeg"),
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXTENSIONS = {
    ".txt": PLAIN, ".text": PLAIN, ".html": HTML, ".htm": HTML, ".docx": DOCX, ".pdf": PDF,
    ".doc": "legacy", ".wps": "legacy",
}  # fmt: skip
_MAX_ENTRIES, _MAX_UNPACKED, _MAX_RATIO = 2_000, 150 * 1024 * 1024, 200
_RATIO_FLOOR = 1024 * 1024
_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The text of a file, what kind of file it was, and how many pages where it has pages."""

    text: str
    media_type: str
    pages: int | None


class FileRefused(Invalid):
    """A file that cannot be taken. `problem` completes the sentence about the named file."""

    code = "file.refused"
    problem: ClassVar[Words] = Words("不能受理。", "cannot be taken.")

    def __init__(self, name: str) -> None:
        problem = type(self).problem
        shown = PurePath(name).name[:120] or "?"
        detail = Words(f"文件“{shown}”{problem.zh}", f'The file "{shown}" {problem.en}')
        super().__init__(detail, field="file")


class EmptyFile(FileRefused):
    """No bytes, or no words."""

    code = "file.empty"
    title = Words("文件是空的", "Empty file")
    problem = Words("没有任何文字。", "holds no text.")
    remedy = Words("请检查文件内容后重新上传。", "Check the file and upload it again.")


class TooLarge(FileRefused):
    """More bytes than the limit."""

    code = "file.too_large"
    status = 413
    title = Words("文件过大", "File too large")
    problem = Words("超过了大小限制。", "is over the size limit.")
    remedy = Words("请删去图片等附件，或者只上传正文。", "Remove pictures, or upload the main text only.")


class LegacyDocument(FileRefused):
    """The binary .doc or .wps format."""

    code = "file.legacy_doc"
    status = 415
    title = Words("旧版文档格式", "Legacy document format")
    problem = Words("是旧版 .doc 或 .wps 格式。", "is in the old .doc or .wps format.")
    remedy = Words("请在 Word 或 WPS 中另存为 DOCX 后上传。", "Save it as DOCX in Word or WPS and upload that.")


class ScannedPdf(FileRefused):
    """A PDF of pictures: nothing in it can be read as text."""

    code = "file.scanned_pdf"
    title = Words("扫描件没有文字层", "Scan without a text layer")
    problem = Words("是扫描图片，没有可读取的文字。", "is a scan: it has no text layer.")
    remedy = Words(
        "请上传由文字处理软件导出的 PDF，或者 DOCX。",
        "Upload the PDF exported from the word processor, or a DOCX.",
    )


class EncryptedFile(FileRefused):
    """A password stands before the content."""

    code = "file.encrypted"
    title = Words("文件已加密", "Encrypted file")
    problem = Words("设有密码，无法读取。", "is protected by a password.")
    remedy = Words("请去除密码后重新上传。", "Remove the password and upload it again.")


class ArchiveBomb(FileRefused):
    """A compressed file that would unpack beyond reason, or outside its place."""

    code = "file.bomb"
    title = Words("压缩内容异常", "Suspicious compressed content")
    problem = Words("解压后的内容超出安全限度。", "unpacks beyond the safe limits.")
    remedy = Words("请在文字处理软件中重新另存为 DOCX 后上传。", "Save it anew as DOCX and upload that.")


class XmlEntities(FileRefused):
    """A DTD or entities inside a DOCX: no word processor writes them."""

    code = "file.xml_entities"
    title = Words("文档含有不允许的 XML 声明", "Forbidden XML declarations")
    problem = Words("含有 DTD 或实体声明。", "declares a DTD or XML entities.")
    remedy = Words("请在文字处理软件中重新另存为 DOCX 后上传。", "Save it anew as DOCX and upload that.")


class WrongExtension(FileRefused):
    """The name says one thing and the content another."""

    code = "file.wrong_extension"
    status = 415
    title = Words("扩展名与内容不符", "Extension and content differ")
    problem = Words("的扩展名与实际内容不一致。", "is not what its extension says.")
    remedy = Words(
        "请用正确的格式另存后上传，不要只改文件名。",
        "Save it in the right format; renaming a file does not convert it.",
    )


class UnknownType(FileRefused):
    """A kind of file that is not read here."""

    code = "file.unknown_type"
    status = 415
    title = Words("不支持的文件类型", "Unsupported file type")
    problem = Words("不是可以读取的文件类型。", "is not a type that can be read.")
    remedy = Words("请上传 TXT、HTML、DOCX 或文字版 PDF。", "Upload TXT, HTML, DOCX or a text PDF.")


class Unreadable(FileRefused):
    """Damaged, or not text in a known encoding, or beyond the limits of time and memory."""

    code = "file.unreadable"
    title = Words("文件无法读取", "Unreadable file")
    problem = Words("已损坏或者编码无法识别。", "is damaged or in an unknown encoding.")
    remedy = Words(
        "请重新导出文件；文本文件请用 UTF-8 或 GB18030 编码。",
        "Export the file again; text must be UTF-8 or GB18030.",
    )


_REFUSALS: dict[str, type[FileRefused]] = {
    kind.code: kind for kind in (EmptyFile, ScannedPdf, EncryptedFile, XmlEntities, ArchiveBomb, Unreadable)
}
_workers = Workers()


async def read_file(data: bytes, *, name: str, max_bytes: int = MAX_BYTES, seconds: float = _SECONDS) -> ReadFile:
    """The text of a file; raises a `FileRefused` that names the file and the remedy."""
    if len(data) > max_bytes:
        raise TooLarge(name)
    if not data.strip():
        raise EmptyFile(name)
    media_type = _media_type(data, name)
    if media_type == PLAIN:
        return ReadFile(_words(decode(data, name), name), PLAIN, None)
    return _read(await parsed(media_type, data, name, seconds), media_type, name)


async def parsed(kind: str, data: bytes, name: str, seconds: float = _SECONDS) -> Answer:
    """What a worker makes of a file, under its limits. Raises Unreadable when it dies of it."""
    try:
        return await asyncio.to_thread(_workers.ask, kind, data, seconds)
    except WorkerLost as lost:
        raise Unreadable(name) from lost


async def sniffed(data: bytes, *, name: str) -> str:
    """The media type of a file that is kept as it is and never opened, by its content.

    Raises EmptyFile, WrongExtension, LegacyDocument, EncryptedFile, ArchiveBomb, Unreadable, UnknownType.
    """
    if not data:
        raise EmptyFile(name)
    found = await asyncio.to_thread(_kind_of, data, name)
    if found == "legacy":
        raise LegacyDocument(name)
    if found not in _KEPT:
        raise UnknownType(name)
    if PurePath(name.replace("\\", "/")).suffix.lower() not in _KEPT[found]:
        raise WrongExtension(name)
    return found


def decode(data: bytes, name: str) -> str:
    """Text bytes as UTF-8 or GB18030; anything else is refused, never mended."""
    if b"\x00" in data:
        raise Unreadable(name)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(ord(char) < 32 and char not in "\t\n\r\x0b\x0c" for char in text) * 50 > len(text):
            break
        return text
    raise Unreadable(name)


def _read(answer: Answer, media_type: str, name: str) -> ReadFile:
    if answer.refusal:
        raise _REFUSALS.get(answer.refusal, Unreadable)(name)
    return ReadFile(_words(answer.text, name), media_type, answer.pages)


def _words(text: str, name: str) -> str:
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise EmptyFile(name)
    return text


def _media_type(data: bytes, name: str) -> str:
    """What the content is, held against what the name says."""
    declared = _EXTENSIONS.get(PurePath(name.replace("\\", "/")).suffix.lower())
    found = _by_content(data, name, declared)
    if declared == "legacy" and found == "legacy":
        raise LegacyDocument(name)
    if found in (XLSX, OFD):
        raise UnknownType(name)
    if found == "legacy":
        raise (LegacyDocument if declared is None else WrongExtension)(name)
    if declared == HTML and found == PLAIN:
        return HTML
    if declared is not None and declared != found:
        raise WrongExtension(name)
    return found


def _kind_of(data: bytes, name: str) -> str:
    for start, picture in _PICTURES.items():
        if data.startswith(start):
            return picture
    return _by_content(data, name, None)


def _by_content(data: bytes, name: str, declared: str | None) -> str:
    if data.startswith(_OLE):
        # An encrypted OOXML file is an OLE file with these two streams in its directory.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedFile(name)
        return "legacy"
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(data, name)
    if known := _known_binary(data):
        # A picture that calls itself a document is a mistake in the name, not a type to ask for.
        raise (WrongExtension if declared else UnknownType)(name) from ValueError(known)
    text = decode(data, name)
    start = text[:4096].lower()
    marks = ("<!doctype html", "<html", "<head>", "<body")
    return HTML if start.lstrip().startswith("<") and any(m in start for m in marks) else PLAIN


def _known_binary(data: bytes) -> str | None:
    if data.startswith(b"{\\rtf"):
        return "application/rtf"
    if b"\x00" not in data[:65536]:
        return None
    try:
        matches = puremagic.magic_string(data[:65536])
    except (puremagic.PureError, ValueError):
        return None
    sure = [match for match in matches if match.confidence >= 0.4 and match.mime_type]
    return sure[0].mime_type if sure else None


def _zip_type(data: bytes, name: str) -> str:
    """DOCX, XLSX or OFD by its main part."""
    names = zip_names(data, name)
    for part, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX)):
        if "[Content_Types].xml" in names and part in names:
            return kind
    if "OFD.xml" in names:
        return OFD
    raise UnknownType(name)


def zip_names(data: bytes, name: str) -> set[str]:
    """The parts of an archive that may be opened at all. Raises Unreadable, ArchiveBomb, EncryptedFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as damaged:
        raise Unreadable(name) from damaged
    if _is_bomb(entries):
        raise ArchiveBomb(name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise EncryptedFile(name)
    return {entry.filename for entry in entries}


def _is_bomb(entries: list[zipfile.ZipInfo]) -> bool:
    if len(entries) > _MAX_ENTRIES or sum(e.file_size for e in entries) > _MAX_UNPACKED:
        return True
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if ".." in parts or entry.filename.startswith(("/", "\\")):
            return True
        if entry.file_size > _RATIO_FLOOR and entry.file_size > _MAX_RATIO * max(entry.compress_size, 1):
            return True
    return False
