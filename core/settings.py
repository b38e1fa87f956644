"""Every setting of Rasad, read from ``RASAD_…`` variables; a bad value refuses the start and names key and value."""

from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The settings; each field is the variable ``RASAD_`` + its name in capitals. ``docs/settings.md`` lists them all."""

    model_config = SettingsConfigDict(env_prefix="RASAD_", frozen=True, extra="ignore")

    data: Path = Field(Path("var"), description="folder of the archive, the index and the outbox")
    config: Path = Field(ROOT / "config", description="folder of outlets.toml and entities.toml")
    outlets: Path | None = Field(None, description="another file of outlets than outlets.toml in the config folder")
    database_url: str = Field("", description="SQLAlchemy address of the records; empty: SQLite in the data folder")
    elasticsearch_url: str = Field("", description="address of an Elasticsearch 9 server; empty: the embedded index in the data folder")
    elasticsearch_shards: int = Field(1, ge=1, le=64, description="shards of each year's index; `rasad reindex` makes them anew")
    elasticsearch_replicas: int = Field(0, ge=0, le=8, description="copies of each shard on other nodes")
    host: str = Field("127.0.0.1", description="address the web service listens on")
    port: int = Field(8000, ge=1, le=65535, description="port the web service listens on")
    web_processes: int = Field(1, ge=1, le=64, description="processes that answer on this port; one a core serves many people at once")
    base_url: str = Field("", description="address of the service in mails; empty: made of host and port")
    allow_addresses: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="private addresses or networks that may be fetched, parted by commas"
    )
    proxy: str = Field("", description="HTTP proxy for all outlets; exempt from the private-address check")
    poll_seconds: int = Field(300, ge=5, description="seconds between two readings of an outlet's feeds")
    retry_seconds: int = Field(120, ge=1, description="seconds before the first retry of a failed address; doubles each time")
    fetch_seconds: int = Field(60, ge=1, description="seconds until an answer must be complete")
    page_bytes: int = Field(8_000_000, ge=10_000, description="largest page in bytes, after decompression")
    smtp_url: str = Field("", description="smtp://user:password@host:port or smtps://…; empty: mails are written to the outbox folder")
    mail_from: str = Field("rasad@localhost", description="sender of the digest")
    dkim_key: Path | None = Field(None, description="file of the private key that signs mails (DKIM); none: unsigned")
    dkim_selector: str = Field("rasad", description="DKIM selector under which the public key stands in the DNS")
    tone_model: str = Field(
        "", description="another tone model than the bundled one: a folder made by `rasad model export`, or a hub's name"
    )
    tone_labels: str = Field("", description="what that model's labels mean: LABEL_0=negative,LABEL_1=neutral,LABEL_2=positive")
    behind_proxy: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="addresses of the https proxy in front, parted by commas: it is believed about callers, and cookies demand https"
    )
    requests_per_minute: int = Field(600, ge=1, description="requests that one API key, or one user of the API, may make in a minute")
    open: str = Field("", pattern="^(|read)$", description="read: anyone may read desk and API; set by the demo, only on loopback")
    own_model: Path | None = Field(None, description="folder that `rasad model train --corrections` wrote; none: the bundled model alone")
    log_format: str = Field("text", pattern="^(text|json)$", description="how a log line is written: for people, or one JSON object each")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least level that is logged")

    @field_validator("open")
    @classmethod
    def _opens_only_here(cls, value: str, info: ValidationInfo) -> str:
        if value and (info.data.get("behind_proxy") or not _is_loopback(str(info.data.get("host", "")))):
            raise ValueError("an open desk is for this machine alone: it needs RASAD_HOST=127.0.0.1 and no RASAD_BEHIND_PROXY")
        return value

    @field_validator("allow_addresses", "behind_proxy", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allow_addresses", "behind_proxy")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            ip_network(part, strict=False)
        return value

    @classmethod
    def load(cls, **overrides: object) -> Self:
        """The settings of this process. Raises SettingError naming the variable and the value."""
        try:
            return cls(**overrides)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors()[0]
            key = "RASAD_" + str(first["loc"][0]).upper() if first["loc"] else "RASAD_*"
            raise SettingError(key, first.get("input"), first["msg"]) from None

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy address, made from the data folder when none is set."""
        return self.database_url or f"sqlite:///{(self.data / 'rasad.sqlite').resolve()}"

    @cached_property
    def public_url(self) -> str:
        """The address that links in mails begin with, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def outlets_file(self) -> Path:
        """The file that lists the outlets."""
        return self.outlets or self.config / "outlets.toml"

    @property
    def index_folder(self) -> Path:
        """Where the embedded search index lies."""
        return self.data / "index"

    @property
    def outbox_folder(self) -> Path:
        """Where mails are written when no mail server is set."""
        return self.data / "outbox"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
