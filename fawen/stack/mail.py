"""The local post office: takes every mail by SMTP, keeps it as a file, shows it in the browser.

Run as its own process: `python -m fawen.stack.mail FOLDER SMTP_PORT WEB_PORT`. It delivers nothing.
"""

from __future__ import annotations

import email
import email.policy
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import DictLoader, Environment
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from fawen.stack.mail_pages import PAGES
from fawen.stack.ports import LOOPBACK

_HEADERS = ("From", "To", "Cc", "Subject", "Date", "Message-ID", "List-Unsubscribe")


@dataclass(frozen=True)
class Mail:
    """One message as the pages and the programs see it."""

    id: str
    to: tuple[str, ...]
    sender: str
    subject: str
    received_at: datetime
    headers: tuple[tuple[str, str], ...]
    text: str


class Mailbox:
    """Messages as files, one each; the name is the time of arrival, so the names sort."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        """aiosmtpd calls this once for each message."""
        content = envelope.content or b""
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        recipients = ",".join(envelope.rcpt_tos)
        name = f"{time.time_ns():020d}"
        draft = self._folder / f"{name}.part"
        draft.write_bytes(b"X-Envelope-To: " + recipients.encode() + b"\r\n" + data)
        draft.rename(self._folder / f"{name}.eml")
        return "250 Message accepted for delivery"

    def newest_first(self) -> list[Mail]:
        return [_read(path) for path in sorted(self._folder.glob("*.eml"), reverse=True)]

    def find(self, mail_id: str) -> Mail | None:
        path = self._folder / f"{mail_id}.eml"
        return _read(path) if mail_id.isdigit() and path.exists() else None


def _read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return Mail(
        id=path.stem,
        to=tuple(str(message["X-Envelope-To"] or "").split(",")),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        received_at=datetime.fromtimestamp(int(path.stem) / 1e9, UTC).astimezone(),
        headers=tuple((name, str(message[name])) for name in _HEADERS if message[name]),
        text=_text(message),
    )


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if body is not None else ""


def pages(mailbox: Mailbox) -> Starlette:
    """The list, one message, and the same list for programs."""
    templates = Environment(loader=DictLoader(PAGES), autoescape=True)

    async def show_list(_request: Request) -> Response:
        return HTMLResponse(templates.get_template("list").render(mails=mailbox.newest_first()))

    async def show_one(request: Request) -> Response:
        mail = mailbox.find(request.path_params["mail_id"])
        if mail is None:
            raise HTTPException(404, "没有这封邮件 / no such mail")
        return HTMLResponse(templates.get_template("mail").render(mail=mail))

    async def list_for_programs(_request: Request) -> Response:
        return JSONResponse(
            [
                {"id": m.id, "to": m.to, "from": m.sender, "subject": m.subject, "text": m.text}
                for m in mailbox.newest_first()
            ]
        )

    return Starlette(
        routes=[Route("/", show_list), Route("/mails.json", list_for_programs), Route("/{mail_id}", show_one)]
    )


def main(folder: str, smtp_port: str, web_port: str) -> None:
    """Serve both until told to stop."""
    mailbox = Mailbox(Path(folder))
    post = Controller(mailbox, hostname=LOOPBACK, port=int(smtp_port), decode_data=False)
    post.start()
    try:
        uvicorn.run(pages(mailbox), host=LOOPBACK, port=int(web_port), log_level="warning")
    finally:
        post.stop()


if __name__ == "__main__":
    main(*sys.argv[1:4])
