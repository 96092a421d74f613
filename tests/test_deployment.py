"""What is written for compose and Kubernetes: complete, known to the settings, and with least rights."""

import re
from pathlib import Path

import pytest
import yaml

from tests.processes import ROOT
from tests.test_docs import documented

KUBERNETES = ROOT / "deploy" / "kubernetes"
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
KUSTOMIZATION = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())


def objects() -> list[dict]:
    files = [KUBERNETES / name for name in KUSTOMIZATION["resources"]]
    return [each for file in files for each in yaml.safe_load_all(file.read_text())]


def pods() -> dict[str, dict]:
    """The pod of each that starts one."""
    found = {}
    for each in objects():
        spec = each.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            found[f"{each['kind']} {each['metadata']['name']}"] = template["spec"]
    return found


def portal_services() -> dict[str, dict]:
    return {
        name: each for name, each in COMPOSE["services"].items() if each["image"].startswith("aarhuskompas")
    }


def test_every_file_of_the_folder_belongs_to_it():
    there = {path.name for path in KUBERNETES.glob("*.yaml")} - {"kustomization.yaml"}
    assert set(KUSTOMIZATION["resources"]) == there


def given_settings() -> set[str]:
    literals = KUSTOMIZATION["configMapGenerator"][0]["literals"]
    in_pods = [env["name"] for pod in pods().values() for env in pod["containers"][0].get("env", [])]
    in_compose = [name for each in portal_services().values() for name in each["environment"]]
    return {line.partition("=")[0] for line in literals} | set(in_pods) | set(in_compose)


def test_every_setting_that_is_given_is_one():
    known = documented() | {"DRAIN_SECONDS"}
    assert {name.removesuffix("_FILE") for name in given_settings()} - known == set()


def test_no_setting_of_compose_needs_another_file_than_env():
    """Single sign-on, a new key: what is secret is a file of its own, all else a line of .env."""
    for each in portal_services().values():
        assert each["env_file"] == [{"path": ".env", "required": False}]
        files = {
            path.rpartition("/")[2] for name, path in each["environment"].items() if name.endswith("_FILE")
        }
        assert {"oidc_client_secret", "secret_key_fallbacks"} <= files == set(each["secrets"])


def test_what_an_installation_needs_is_what_the_page_makes():
    made = (ROOT / "docs/operations/install.md").read_text().partition("docker compose up")[0]
    assert [name for name in COMPOSE["secrets"] if name not in made] == []


def test_no_secret_stands_in_an_environment():
    secret = {
        "SECRET_KEY", "SECRET_KEY_FALLBACKS", "EMAIL_URL", "OIDC_CLIENT_SECRET", "DATABASE_PASSWORD",
        "DATABASE_OWNER_PASSWORD",
    }  # fmt: skip
    assert given_settings() & secret == set()
    addresses = re.findall(r"postgres://[^@\s]+@", (ROOT / "compose.yaml").read_text())
    addresses += re.findall(r"postgres://[^@\s]+@", "".join(p.read_text() for p in KUBERNETES.glob("*.yaml")))
    assert addresses
    assert [address for address in addresses if address.count(":") > 1] == []


@pytest.mark.parametrize("name", pods(), ids=str)
def test_a_pod_may_do_nothing_but_its_work(name):
    pod = pods()[name]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsGroup"]) == (True, 0)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/data", "/tmp"}  # noqa: S108
    assert container["resources"]["limits"]["memory"]


def test_only_prepare_is_given_the_owners_password():
    assert [name for name, pod in pods().items() if "database-owner" in str(pod)] == ["Job prepare"]
    owners = [name for name, each in portal_services().items() if "owner_password" in each["secrets"]]
    assert owners == ["prepare"]


def test_the_pages_take_their_leave_within_the_time_they_are_given():
    pod = pods()["Deployment pages"]
    literals = dict(line.split("=", 1) for line in KUSTOMIZATION["configMapGenerator"][0]["literals"])
    (container,) = pod["containers"]
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1]) + int(literals["DRAIN_SECONDS"]) + 3
    assert waits < pod["terminationGracePeriodSeconds"]
    notices = container["readinessProbe"]["periodSeconds"] * container["readinessProbe"]["failureThreshold"]
    assert notices < int(literals["DRAIN_SECONDS"])
    assert not any("host" in container[probe]["httpGet"] for probe in ["livenessProbe", "readinessProbe"])


@pytest.mark.parametrize("name", COMPOSE["services"], ids=str)
def test_a_service_of_compose_is_kept_small_and_comes_again(name):
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if name in {"database", "pages", "jobs"}:
        assert service["restart"] == "unless-stopped"
        assert service["deploy"]["resources"]["limits"]["memory"]
    assert set(service["secrets"]) <= set(COMPOSE["secrets"])


def test_the_database_is_reached_from_inside_alone():
    assert COMPOSE["services"]["database"]["networks"] == ["inside"]
    assert "ports" not in COMPOSE["services"]["database"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_what_is_kept_lies_in_volumes():
    for name in portal_services():
        assert "data:/data" in COMPOSE["services"][name]["volumes"]
    assert set(COMPOSE["volumes"]) == {"database", "data"}


@pytest.mark.parametrize("file", sorted((ROOT / "deploy").rglob("*.sh")), ids=lambda file: file.name)
def test_a_script_stops_at_the_first_thing_that_fails(file: Path):
    assert re.search(r"^set -eu$", file.read_text(), re.MULTILINE)
