"""The production topology holds together: the file is valid, and says what our processes understand."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from services.kernel.runtime.settings import Settings
from tests.house.compose import FILE, VARIABLE, Block, blocks, document, secrets, variables
from tests.house.tree import ROOT, SERVICES

SCHEMA = ROOT / "tests" / "vendor" / "compose-spec" / "compose-spec.json"
OURS = [pytest.param(block, id=block.name) for block in blocks() if block.is_ours]
MODULES = sorted({block.command[2] for block in blocks() if block.is_ours})
NOT_OURS = {"OTEL_EXPORTER_OTLP_ENDPOINT", "FORWARDED_ALLOW_IPS"}  # read by libraries
GATEWAY = ROOT / "deploy" / "gateway" / "nginx.conf"
SECRET = re.compile(r"PASSWORD|PWD|SECRET|TOKEN|ADMIN_URL|DATABASE_URL")


def test_the_file_is_valid_by_the_compose_specification() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document())


def test_every_process_of_every_service_runs() -> None:
    expected = {f"services.{service} {process}" for service in SERVICES for process in ("web", "worker", "relay")}
    expected |= {"workflows worker", "services migrate", "services.intake mail"}
    assert {" ".join(block.command[2:]) for block in blocks() if block.is_ours} == expected


@pytest.mark.parametrize("module", MODULES)
def test_a_command_is_one_that_its_program_offers(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for block in blocks():
        if block.command[:3] == ["python", "-m", module]:
            assert block.command[3] in done.stdout


@pytest.mark.parametrize("block", OURS)
def test_a_process_gets_the_settings_it_needs_and_no_others(block: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(block.environment)
    for name in block.secret_files:
        given |= secrets()[name]
    known = {f"FAWEN_{field.upper()}" for field in Settings.model_fields}
    assert set(given) - known - NOT_OURS == set()
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.profile == "production"


def test_a_service_knows_only_its_own_password() -> None:
    made = secrets()
    for service in SERVICES:
        assert f"//fawen_{service}:" in made[service]["FAWEN_DATABASE_URL"]
        assert "FAWEN_ADMIN_URL" not in made[service]
    knowing = [block.name for block in blocks() if block.is_ours and "migrate" in block.secret_files]
    assert knowing == ["migrate"]


def test_only_the_relay_of_intake_may_read_who_commented() -> None:
    assert "//fawen_contacts:" in secrets()["contacts"]["FAWEN_PRIVATE_DATABASE_URL"]
    assert [block.name for block in blocks() if "contacts" in block.secret_files] == ["intake-relay"]


def test_no_secret_stands_in_the_file() -> None:
    assert [(b.name, name) for b in blocks() for name in b.environment if SECRET.search(name)] == []
    assert [match.group(0) for match in VARIABLE.finditer(FILE.read_text("utf-8")) if SECRET.search(match[1])] == []


def test_secrets_are_written_once_for_their_owner_only(tmp_path: Path) -> None:
    make = [sys.executable, str(ROOT / "deploy" / "make_secrets.py"), str(tmp_path / "made")]
    assert subprocess.run(make, check=False, capture_output=True).returncode == 0
    before = {path: path.read_text() for path in (tmp_path / "made").iterdir()}
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o600}
    assert subprocess.run(make, check=False, capture_output=True).returncode == 1
    assert {path: path.read_text() for path in before} == before


def test_workers_and_relays_run_twice() -> None:
    alone = [
        block.name
        for block in blocks()
        if block.is_ours and block.command[3] in ("worker", "relay") and block.content["deploy"]["replicas"] < 2
    ]
    assert alone == []


def test_what_is_asked_over_the_network_has_a_health_check() -> None:
    asked = {f"{service}-web" for service in SERVICES} | {"postgres", "temporal", "gateway"}
    assert {block.name for block in blocks() if "healthcheck" in block.content} == asked


@pytest.mark.parametrize("service", SERVICES)
def test_a_web_is_asked_for_its_health_where_it_answers(service: str) -> None:
    (web,) = (block for block in blocks() if block.name == f"{service}-web")
    assert web.content["healthcheck"]["test"][-1].endswith(
        f"urlopen('http://127.0.0.1:8080/{service}/healthz', timeout=3)"
    )


def test_only_the_gateway_is_reached_from_outside_the_host() -> None:
    open_ports = {b.name for b in blocks() for port in b.content.get("ports", []) if not port.startswith("127.0.0.1:")}
    assert open_ports == {"gateway"}


def test_images_are_pinned_and_none_is_deprecated() -> None:
    images = {str(block.content["image"]) for block in blocks()}
    assert [image for image in images if ":" not in image or image.endswith(":latest")] == []
    assert [image for image in images if "auto-setup" in image or "jaegertracing/all-in-one" in image] == []


def test_postgres_keeps_its_data_where_version_18_looks_for_it() -> None:
    postgres = next(block for block in blocks() if block.name == "postgres")
    assert "postgres:/var/lib/postgresql" in postgres.content["volumes"]


def test_files_that_are_mounted_or_built_from_are_there() -> None:
    mounted = [volume.split(":")[0] for b in blocks() for volume in b.content.get("volumes", [])]
    named = [path for path in mounted if path.startswith("./")] + ["deploy/Dockerfile"]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_what_a_block_waits_for_exists() -> None:
    names = {block.name for block in blocks()}
    assert {other for block in blocks() for other in block.content.get("depends_on", {})} <= names


def test_the_gateway_knows_every_service_by_its_prefix() -> None:
    routed = dict(re.findall(r"location /(\w*)\s*\{ set \$to http://([\w-]+)(?::8080)?;", GATEWAY.read_text("utf-8")))
    assert routed == {service: f"{service}-web" for service in SERVICES} | {"": "notify-web"}


def test_the_gateway_brings_the_comments_of_one_window_to_one_process() -> None:
    (pattern,) = re.findall(r'"~(\S+ \S+)" \$window;', GATEWAY.read_text("utf-8"))
    one = "0198c0de-0000-7000-8000-000000000001"
    dealt = re.compile(pattern.replace("?<", "?P<"))
    by_form, by_program = (
        dealt.match(f"POST /intake/{way}") for way in (f"consultation/{one}", f"windows/{one}/comments")
    )
    assert by_form is not None
    assert by_program is not None
    assert by_form["window"] == by_program["window"] == one
    assert not any(
        dealt.match(each) for each in (f"GET /intake/consultation/{one}", f"POST /intake/windows/{one}/acts")
    )


def test_shell_scripts_can_be_read_by_a_shell() -> None:
    for script in (*(ROOT / "deploy").rglob("*.sh"), ROOT / ".ci" / "run", ROOT / ".ci" / "chromium"):
        done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_example_sets_nothing_secret() -> None:
    assert [name for name in variables() if SECRET.search(name)] == []
