"""Settings of one process, read once from the environment (prefix FAWEN_); a missing secret stops the start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROLE = "{role}"
SHORTEST_SECRET = 16


class Settings(BaseSettings):
    """Everything a process needs to know about where it runs. Frozen; one instance for each process."""

    model_config = SettingsConfigDict(env_prefix="FAWEN_", frozen=True, extra="ignore", secrets_dir=None)

    profile: Literal["local", "production"] = "production"
    database_url: str = Field(description="Postgres address; {role} is replaced by the role of each service")
    admin_url: str | None = Field(default=None, description="Owner's address; only `migrate` needs it")
    private_database_url: str | None = Field(
        default=None, description="Address under a service's second role, which alone reads personal data; relays only"
    )
    database_passwords: SecretStr | None = Field(
        default=None, description="Passwords that `migrate` gives the services' roles, as role=password,role=password"
    )
    pool_size: int = Field(default=8, ge=1, le=200)
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    blobs: str = Field(description="Folder or s3:// address of the content store")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    listen_fd: int | None = Field(default=None, ge=3, description="A listening socket handed over by a supervisor")
    public_url: str = "http://127.0.0.1:8080"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    mail_from: str = "fawen@localhost"
    comment_domain: str = Field(default="", description="Mail to a window's box there is a comment; empty: no mail in")
    comment_mail_port: int = Field(default=8024, ge=0, le=65535, description="Where the receiver of mails listens")
    comment_mail_fd: int | None = Field(default=None, ge=3, description="Its socket, handed over by a supervisor")
    comment_mail_protocol: Literal["lmtp", "smtp"] = "lmtp"
    comment_mail_bytes: int = Field(default=30 * 1024 * 1024, ge=1024, description="Largest mail that is taken")
    comment_mail_checker: str = Field(
        default="", description="Name of the mail server whose Authentication-Results are believed; empty: none are"
    )
    comment_mails_a_second: float = Field(default=5.0, gt=0, description="Mails to commenters that one relay sends")
    secret: SecretStr = Field(description="Signs cookies and form tokens", min_length=SHORTEST_SECRET)
    signing_secret: SecretStr | None = Field(
        default=None, description="Encrypts persons' signing keys, for review's pages only; earlier ones follow a comma"
    )
    signing_key_file: Path | None = Field(default=None, description="The same from a file, a secret a line")
    signing_algorithm: Literal["Ed25519", "SM2-SM3"] = "Ed25519"
    overlays: Annotated[tuple[str, ...], NoDecode] = ()
    rules_dir: Path | None = Field(default=None, description="Local rule overlays, one YAML file each")
    register_file: Path | None = Field(
        default=None,
        description="Laws and documents with their status, for the precheck (CSV: name,number,status,since,by)",
    )
    faces_dir: Path | None = Field(
        default=None, description="Typefaces of official documents (方正小标宋, 仿宋_GB2312 …) for papers in print"
    )
    calendar_dir: Path | None = Field(default=None, description="Holiday notices loaded by the operator")
    time_zone: str = "Asia/Shanghai"
    office_name: str = "云溪区"
    report_unit: str = Field(default="", description="Unit whose annual report is gathered by schedule")
    report_cron: str = Field(default="0 8 4 1 *", description="When it is gathered, in the office's time zone")
    campaign_size: int = Field(default=100, ge=2, description="Opinions from which a group is shown as a campaign")
    campaign_an_hour: int = Field(default=30, ge=2, description="The same, of opinions within one hour of the clock")
    max_upload_bytes: int = Field(default=50 * 1024 * 1024, ge=1)
    comment_period_seconds: int = Field(default=600, ge=1, description="Over which comments of an address are counted")
    comment_limit_plain: int = Field(
        default=20, ge=1, description="Comments of an address in a period, without a proof"
    )
    comment_limit_proved: int = Field(default=600, ge=1, description="And with a proof of work for each")
    comment_surge: int = Field(
        default=3000, ge=1, description="Comments on a window in a period that make proofs harder"
    )
    comment_proof_work: int = Field(
        default=50_000, ge=1, description="Hashes that a proof takes at most, in quiet times"
    )
    comment_proof_most_work: int = Field(default=1_000_000, ge=1, description="And in the greatest surge")
    comment_proof_seconds: int = Field(default=600, ge=1, description="How long a challenge holds")
    comment_form_seconds: float = Field(default=2.0, ge=0, description="How long nobody can have read the form yet")
    comment_files: int = Field(default=10, ge=0, description="Files that a comment may bring")
    comment_file_bytes: int = Field(default=10 * 1024 * 1024, ge=1, description="Largest file of a comment")
    comment_files_bytes: int = Field(default=20 * 1024 * 1024, ge=1, description="All files of a comment together")
    comment_room: int = Field(default=2000, ge=1, description="Comments that one process lets wait for their commit")
    traces_file: Path | None = Field(default=None, description="Local span log, one JSON object a line")
    keys_file: Path | None = Field(default=None, description="Where the local profile puts its demo keys")
    trace_ratio: float = Field(default=1.0, ge=0, le=1)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("overlays", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @model_validator(mode="after")
    def _demo_stays_local(self) -> Settings:
        if self.profile != "local" and "demo" in self.overlays:
            raise ValueError("the demo overlay shortens statutory windows: it needs FAWEN_PROFILE=local")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone, in which its days begin and end."""
        return ZoneInfo(self.time_zone)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The secrets that open persons' signing keys, today's first. Raises ValueError where none is set or one is
        short; a local stack may do with its one secret."""
        given = self.signing_key_file.read_text("utf-8").splitlines() if self.signing_key_file else []
        given += self.signing_secret.get_secret_value().split(",") if self.signing_secret else []
        found = tuple(secret.strip() for secret in given if secret.strip())
        if not found and self.profile == "local":
            return (self.secret.get_secret_value(),)
        if not found or min(map(len, found)) < SHORTEST_SECRET:
            raise ValueError("FAWEN_SIGNING_SECRET is not set or too short: it encrypts the keys that sign")
        return found

    def url_for(self, role: str) -> str:
        """The database address of the service role `fawen_<role>`."""
        return self.database_url.replace(ROLE, f"fawen_{role}")

    def private_url_for(self, role: str) -> str:
        """The database address under `fawen_<role>`, beside the service's own. Raises ValueError where none is set."""
        if self.private_database_url is not None:
            return self.private_database_url
        if ROLE not in self.database_url:
            raise ValueError(f"FAWEN_PRIVATE_DATABASE_URL is not set: this process needs the address of fawen_{role}")
        return self.url_for(role)
