"""The grown form's files: what docker-compose itself accepts, and what every service there must have."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.settings import ROOT, Settings

COMPOSE = shutil.which("docker-compose")
OURS = {"web-1", "web-2", "crawler", "tagger-1", "tagger-2", "indexer", "mailer"}
OTHERS = {"postgres", "elasticsearch", "proxy"}


@pytest.fixture(scope="module")
def services() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


@pytest.mark.skipif(not COMPOSE, reason="docker-compose is not installed: apt-get install docker-compose")
def test_docker_compose_accepts_the_file() -> None:
    assert COMPOSE
    checked = subprocess.run([COMPOSE, "-f", str(ROOT / "docker-compose.yml"), "config", "-q"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_every_process_of_the_grown_form_is_there(services: Any) -> None:
    assert set(services["services"]) == OURS | OTHERS
    commands = {name: " ".join(one["command"]) for name, one in services["services"].items() if name in OURS}
    assert commands == {
        "web-1": "serve",
        "web-2": "serve",
        "crawler": "crawl --forever",
        "tagger-1": "work --only tag",
        "tagger-2": "work --only tag",
        "indexer": "work --only index",
        "mailer": "work --only send",
    }


def test_no_service_is_root_or_may_become_it(services: Any) -> None:
    for name, one in services["services"].items():
        assert one["user"].split(":")[0] not in ("", "0", "root"), name
        assert one["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in one["security_opt"], name
        assert "healthcheck" in one, name
        assert one["restart"] == "unless-stopped", name
        assert one.get("read_only") or name == "elasticsearch", name
        assert "privileged" not in one, name


def test_secrets_come_from_files_and_volumes_have_names(services: Any) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    assert "password:" not in text.lower().replace("postgres_password:", "")
    assert all("file" in secret for secret in services["secrets"].values())
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text("utf-8")
    named = set(services["volumes"])
    for one in services["services"].values():
        for volume in one.get("volumes", []):
            assert volume.split(":")[0] in named or volume.endswith(":ro")


def test_only_the_proxy_is_reached_from_outside_and_it_is_the_one_believed(services: Any) -> None:
    open_ones = {name for name, one in services["services"].items() if "ports" in one}
    assert open_ones == {"proxy"}
    believed = services["services"]["web-1"]["environment"]["RASAD_BEHIND_PROXY"]
    assert services["services"]["proxy"]["networks"]["inner"]["ipv4_address"] == believed
    assert services["networks"]["inner"]["internal"] is True


def test_every_setting_in_the_file_exists(services: Any) -> None:
    known = {f"RASAD_{name.upper()}" for name in Settings.model_fields}
    for name in OURS:
        for variable in services["services"][name]["environment"]:
            assert variable.removesuffix("_FILE") in known, variable


def test_the_entrypoint_reads_secrets_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql://rasad:secret@postgres/rasad", encoding="utf-8")
    (tmp_path / "rasad").write_text('#!/bin/sh\necho "$RASAD_DATABASE_URL|${RASAD_DATABASE_URL_FILE-none}|$*"\n', encoding="utf-8")
    (tmp_path / "rasad").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "RASAD_DATABASE_URL_FILE": str(secret)}
    ran = subprocess.run(
        ["sh", str(ROOT / "deploy" / "entrypoint.sh"), "serve"], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "postgresql://rasad:secret@postgres/rasad|none|serve"


def test_the_image_runs_as_nobody_special() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    assert "USER rasad" in lines
    assert any(line.startswith("ENTRYPOINT") for line in lines)
    assert any("--require-hashes" in line for line in lines)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed: apt-get install systemd")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "rasad.service"
    text = (ROOT / "deploy" / "rasad.service").read_text("utf-8")
    unit.write_text(text.replace("/opt/rasad/.venv/bin/rasad", "/bin/true"), encoding="utf-8")
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "rasad.service" not in checked.stderr, checked.stderr
