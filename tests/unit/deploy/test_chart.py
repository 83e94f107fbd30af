"""The Helm chart: Helm's own library renders it, and Kubernetes's schemas judge what comes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import kubernetes_validate
import pytest
import yaml
from tests.unit.deploy.promises import DEPLOY, find_longest_stop, find_unknown

from trunkline import __version__
from trunkline.faces.operations import router
from trunkline.vault.root_key import CREDENTIAL_NAME

helm = pytest.importorskip("helm_python", reason="Helm's library has no package for this machine")

CHART = DEPLOY / "helm" / "trunkline"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
VERSIONS = ["1.27.0", "1.32.0", "1.37.0"]
"""Of Kubernetes: the oldest that the chart allows, one between, and the newest whose schemas there are."""

SMALL: dict[str, Any] = {"image": {"repository": "registry.example.com/trunkline"}}
SECRETS: dict[str, Any] = {
    **SMALL,
    "database": {"existingSecret": "trunkline"},
    "rootKey": {"existingSecret": "trunkline"},
}
EVERYTHING: dict[str, Any] = {
    **SECRETS,
    "imagePullSecrets": [{"name": "registry"}],
    "redis": {"existingSecret": "trunkline"},
    "admin": {"existingSecret": "admin"},
    "publicUrl": "https://ai.example.com",
    "forwardedAllowIps": "10.0.0.0/8",
    "settings": {"TRUNKLINE_SIGNUP": "open", "TRUNKLINE_MAX_CALLS": 100, "TRUNKLINE_OTEL": True},
    "extraEnv": [{"name": "TRUNKLINE_SMTP_URL", "valueFrom": {"secretKeyRef": {"name": "mail", "key": "url"}}}],
    "storage": {"className": "fast"},
    "service": {"annotations": {"example.com/a": "b"}},
    "autoscaling": {"enabled": True},
    "networkPolicy": {
        "from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}],
        "to": [{"to": [{"podSelector": {}}], "ports": [{"port": 5432}, {"port": 6379}]}],
    },
    "metrics": {
        "existingSecret": "trunkline",
        "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    },
    "podAnnotations": {"example.com/a": "b"},
    "podLabels": {"team": "ai"},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "ai", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {}},
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "trunkline"}},
        }
    ],
    "priorityClassName": "high",
}
NOTHING: dict[str, Any] = {**SMALL, "disruptionBudget": {"enabled": False}, "networkPolicy": {"enabled": False}}
GIVEN = {"small": SMALL, "secrets": SECRETS, "everything": EVERYTHING, "nothing": NOTHING}


@contextmanager
def loaded() -> Iterator[Any]:
    with helm.Chart.load(str(CHART)) as chart:
        yield chart


def render(values: dict[str, Any], name: str = "trunkline") -> list[dict[str, Any]]:
    """The objects that an installation makes."""
    with loaded() as chart:
        files: dict[str, str] = chart.render(values, name=name, namespace="ai")
    return [found for text in files.values() for found in yaml.safe_load_all(text) if found]


def pick(values: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [one for one in render(values) if one["kind"] == kind]
    return found


def find_pod(values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pod and its container."""
    pod = pick(values, "StatefulSet")["spec"]["template"]["spec"]
    return pod, pod["containers"][0]


def read_environment(values: dict[str, Any]) -> dict[str, Any]:
    listed = find_pod(values)[1]["env"]
    environment = {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in listed}
    assert len(environment) == len(listed), "a name comes twice"
    return environment


def test_it_installs_this_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == __version__
    assert find_pod(SMALL)[1]["image"] == f"registry.example.com/trunkline:{__version__}"


def test_helm_finds_nothing_wrong() -> None:
    found = helm.lint(str(CHART))
    assert found["errors"] == []
    assert [message["error"] for message in found["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("given", GIVEN)
def test_kubernetes_takes_what_it_makes(given: str, version: str) -> None:
    for found in render(GIVEN[given]):
        if found["kind"] != "ServiceMonitor":  # of the Prometheus operator, not of Kubernetes
            kubernetes_validate.validate(found, version, strict=True)


def test_what_kubernetes_does_not_take_would_be_found() -> None:
    made = pick(SMALL, "StatefulSet")
    made["spec"]["replica"] = 1
    with pytest.raises(kubernetes_validate.ValidationError, match="replica"):
        kubernetes_validate.validate(made, VERSIONS[-1], strict=True)


def test_it_makes_what_it_is_told_to_and_no_more() -> None:
    kinds = {name: sorted(found["kind"] for found in render(values)) for name, values in GIVEN.items()}
    always = ["Service", "Service", "StatefulSet"]
    usual = ["NetworkPolicy", "PodDisruptionBudget", *always]
    assert kinds == {
        "small": usual,
        "secrets": usual,
        "everything": sorted(["HorizontalPodAutoscaler", "ServiceMonitor", *usual]),
        "nothing": always,
    }


def test_two_installations_in_one_namespace_share_nothing() -> None:
    for one, other in zip(render(EVERYTHING, "first"), render(EVERYTHING, "second"), strict=True):
        assert one["metadata"]["name"] != other["metadata"]["name"]


def test_settings_that_it_names_exist() -> None:
    assert find_unknown(read_environment(EVERYTHING)) == set()


def test_every_value_is_described_and_the_schema_knows_it() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert set(schema["properties"]) - {"global"} == set(VALUES)
    for name, value in VALUES.items():
        described = schema["properties"][name].get("properties")
        if described is not None:
            assert set(described) == set(value), name


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "image.repository"),
        ({**SMALL, "replicas": 2}, "set database.existingSecret"),
        ({**SMALL, "autoscaling": {"enabled": True}}, "set database.existingSecret"),
        ({**SMALL, "database": {"existingSecret": "trunkline"}}, "set rootKey.existingSecret"),
        ({**SMALL, "metrics": {"serviceMonitor": {"enabled": True}}}, "metrics.existingSecret"),
        ({**SMALL, "replica": 2}, "'replica' not allowed"),
        ({**SMALL, "settings": {"TRUNKLINE_PORT": 8800}}, "TRUNKLINE_PORT"),
        ({**SMALL, "workers": 0}, "/workers"),
    ],
)
def test_what_cannot_work_is_refused_by_name(values: dict[str, Any], said: str) -> None:
    with pytest.raises(helm.HelmError, match=said):
        render(values)


def test_probes_ask_what_the_server_answers() -> None:
    paths = {getattr(route, "path", None) for route in router.routes}
    probes = {name: find_pod(SMALL)[1][name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {probe["path"] for probe in probes.values()} <= paths
    assert probes["livenessProbe"]["path"] == "/healthz", "a database that is down is no reason to start a pod again"
    assert pick(EVERYTHING, "ServiceMonitor")["spec"]["endpoints"][0]["path"] in paths


@pytest.mark.parametrize("drain", [0, 120, 600])
def test_a_pod_has_the_time_that_stopping_takes(drain: int) -> None:
    pod, container = find_pod({**SMALL, "drainSeconds": drain})
    assert read_environment({**SMALL, "drainSeconds": drain})["TRUNKLINE_DRAIN_SECONDS"] == str(drain)
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] >= pause + find_longest_stop(drain)


def test_a_service_of_its_name_does_not_set_its_port() -> None:
    """Kubernetes would make TRUNKLINE_PORT=tcp://… of it: https://kubernetes.io/docs/concepts/services-networking/service/."""
    assert find_pod(SMALL)[0]["enableServiceLinks"] is False


def test_it_may_do_nothing_but_serve() -> None:
    pod, container = find_pod(SMALL)
    (user,) = {pod["securityContext"][name] for name in ("runAsUser", "runAsGroup", "fsGroup")}
    assert f"USER {user}:{user}\n" in (DEPLOY / "Dockerfile").read_text()
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_every_pod_keeps_its_journal() -> None:
    stateful = pick(EVERYTHING, "StatefulSet")["spec"]
    mounts = {mount["name"]: mount["mountPath"] for mount in find_pod(EVERYTHING)[1]["volumeMounts"]}
    assert f"VOLUME {mounts['data']}\n" in (DEPLOY / "Dockerfile").read_text()
    assert read_environment(EVERYTHING)["TRUNKLINE_DATA_DIR"].startswith(f"{mounts['data']}/")
    assert [claim["metadata"]["name"] for claim in stateful["volumeClaimTemplates"]] == ["data"]
    assert set(stateful["persistentVolumeClaimRetentionPolicy"].values()) == {"Retain"}


def test_the_root_key_is_where_the_server_looks_for_it_and_nobody_else_may_read_it() -> None:
    pod, container = find_pod(SECRETS)
    (volume,) = [volume["secret"] for volume in pod["volumes"] if volume["name"] == "credentials"]
    (mount,) = [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "credentials"]
    assert read_environment(SECRETS)["CREDENTIALS_DIRECTORY"] == mount
    assert [item["path"] for item in volume["items"]] == [CREDENTIAL_NAME]
    assert volume["defaultMode"] & 0o007 == 0
    assert "CREDENTIALS_DIRECTORY" not in read_environment(SMALL)


def test_the_autoscaler_alone_says_how_many_pods_there_are() -> None:
    assert pick({**SECRETS, "replicas": 3}, "StatefulSet")["spec"]["replicas"] == 3
    assert pick({**SECRETS, "replicas": 0}, "StatefulSet")["spec"]["replicas"] == 0
    assert "replicas" not in pick(EVERYTHING, "StatefulSet")["spec"]
    target = pick(EVERYTHING, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("StatefulSet", pick(EVERYTHING, "StatefulSet")["metadata"]["name"])


def test_all_that_selects_pods_selects_these() -> None:
    made = render(EVERYTHING)
    labels = pick(EVERYTHING, "StatefulSet")["spec"]["template"]["metadata"]["labels"].items()
    services = [one for one in made if one["kind"] == "Service"]
    selectors = [one["spec"]["selector"] for one in services]
    selectors += [one["spec"]["selector"]["matchLabels"] for one in made if one["kind"] == "PodDisruptionBudget"]
    selectors += [one["spec"]["podSelector"]["matchLabels"] for one in made if one["kind"] == "NetworkPolicy"]
    assert all(selector.items() <= labels for selector in selectors)
    # The monitor finds one of the two Services, so that nothing is counted twice.
    wanted = pick(EVERYTHING, "ServiceMonitor")["spec"]["selector"]["matchLabels"].items()
    assert [wanted <= service["metadata"]["labels"].items() for service in services] == [True, False]


def test_pods_reach_names_the_internet_and_what_is_named() -> None:
    egress = pick(EVERYTHING, "NetworkPolicy")["spec"]["egress"]
    ports = [{port["port"] for port in rule["ports"]} for rule in egress]
    assert ports == [{53}, {443}, {5432, 6379}]
    (everywhere, _) = (peer["ipBlock"] for peer in egress[1]["to"])
    assert "169.254.0.0/16" in everywhere["except"], "metadata services"
