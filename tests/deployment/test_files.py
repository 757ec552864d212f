"""The deployment files, judged by the tools that will read them."""

import subprocess

import pytest

from . import stack

PROFILES = ["replica", "tools", "upgrade"]
#: services that hold the suite's code
ODOO_SERVICES = ["backup", "init", "jobs", "restore", "upgrade", "web"]


@pytest.fixture(scope="module")
def services():
    return stack.compose_services()


@pytest.mark.parametrize("profiles", [[], *([name] for name in PROFILES), PROFILES])
def test_compose_accepts_the_file(profiles):
    flags = [flag for name in profiles for flag in ("--profile", name)]

    done = stack.compose(*flags, "config", "--quiet")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "right, wrong",
    [
        ("healthcheck:", "heathcheck:"),
        ("condition: service_healthy", "condition: healthy"),
        ("- proxy-cache:/var", "- proxy-cash:/var"),
        ("networks: [front]", "networks: [from]"),
    ],
)
def test_compose_finds_a_mistake(tmp_path, right, wrong):
    text = stack.COMPOSE_FILE.read_text()
    assert right in text
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(text.replace(right, wrong))

    done = stack.compose("config", "--quiet", file=broken)

    assert done.returncode != 0


def test_profiles_add_services_and_change_no_other():
    plain = stack.compose("config", "--services").stdout.split()

    assert sorted(plain) == ["db", "init", "jobs", "proxy", "web"]
    added = {
        name: set(
            stack.compose("--profile", name, "config", "--services").stdout.split()
        )
        - set(plain)
        for name in PROFILES
    }
    assert added == {
        "replica": {"db-replica"},
        "tools": {"backup", "restore"},
        "upgrade": {"upgrade"},
    }


def test_only_the_proxy_has_ports(services):
    assert [name for name, service in services.items() if service.get("ports")] == [
        "proxy"
    ]


def test_database_is_reachable_only_inside():
    done = stack.compose("--profile", "*", "config", "--format", "json")
    config = stack.json.loads(done.stdout)

    assert config["networks"]["back"]["internal"] is True
    for name in ("db", "db-replica"):
        assert list(config["services"][name]["networks"]) == ["back"]
    # shops, carriers and mail servers are reached from these two
    assert "outgoing" in config["services"]["jobs"]["networks"]
    assert "front" in config["services"]["web"]["networks"]


def test_every_service_is_limited_and_logs_rotate(services):
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["deploy"]["resources"]["limits"]["memory"]) > 0, name
        assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}
        assert "container_name" not in service, f"{name} could not be scaled"


def test_services_that_stay_have_a_health_check(services):
    for name, service in services.items():
        one_shot = service.get("restart") == "no"
        assert service["healthcheck"].get("disable", False) is one_shot, name


def test_configuration_is_mounted_read_only(services):
    for name, service in services.items():
        for volume in service.get("volumes", ()):
            if volume["type"] == "bind":
                assert volume.get("read_only"), f"{name}: {volume['source']}"


def test_no_secret_is_in_the_environment(services):
    for name, service in services.items():
        for key, value in (service.get("environment") or {}).items():
            secret = "PASSWORD" in key or "SECRET" in key
            assert not secret or key.endswith("_FILE"), f"{name}: {key}={value}"


def test_images_carry_a_version(services):
    for name, service in services.items():
        _image, _colon, tag = service["image"].partition(":")
        assert tag and tag[0].isdigit(), f"{name}: {service['image']}"


def test_variables_reach_their_service():
    services = stack.compose_services(
        {
            "SUITE_MODULES": "stock_sync,crm_plus",
            "WEB_WORKERS": "9",
            "JOB_CHANNELS": "root:5",
            "DB_REPLICA_HOST": "db-replica",
            "HTTPS_PORT": "8443",
            "BACKUP_DIR": "/srv/backups",
        }
    )

    assert services["init"]["environment"]["SUITE_MODULES"] == "stock_sync,crm_plus"
    assert "--workers=9" in services["web"]["command"]
    assert services["web"]["environment"]["DB_REPLICA_HOST"] == "db-replica"
    assert services["jobs"]["environment"]["ODOO_QUEUE_JOB_CHANNELS"] == "root:5"
    assert services["web"]["environment"]["ODOO_QUEUE_JOB_CHANNELS"] == "root:0"
    assert services["proxy"]["environment"]["HTTPS_PORT"] == "8443"
    assert services["proxy"]["ports"][1]["published"] == "8443"
    assert "/srv/backups" in [v["source"] for v in services["backup"]["volumes"]]


def test_default_is_no_replica(services):
    for name in ODOO_SERVICES:
        assert services[name]["environment"]["DB_REPLICA_HOST"] == ""


def test_hadolint_finds_nothing():
    done = subprocess.run(
        ["hadolint", stack.SOURCE / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_finds_a_mistake(tmp_path):
    broken = tmp_path / "Dockerfile"
    text = (stack.SOURCE / "Dockerfile").read_text()
    broken.write_text(text.replace("--no-cache-dir ", ""))

    assert subprocess.run(["hadolint", broken], capture_output=True).returncode != 0


def test_image_build_sees_no_secret():
    """Everything is left out of the build but what the Dockerfile copies."""
    lines = (stack.SOURCE / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    dockerfile = (stack.SOURCE / "Dockerfile").read_text()
    copied = {
        words[-2]
        for words in map(str.split, dockerfile.splitlines())
        if words[:1] == ["COPY"]
    }

    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied


def test_odoo_conf_is_safe():
    conf = stack.read_conf(stack.SOURCE / "odoo.conf")
    options = conf["options"]

    assert options["list_db"] == "False"
    assert options["proxy_mode"] == "True"
    assert options["x_sendfile"] == "False"
    assert int(options["workers"]) > 0
    assert options["server_wide_modules"].split(",") == [
        "base",
        "web",
        "rpc",
        "queue_job",
    ]
    assert int(options["limit_memory_soft"]) < int(options["limit_memory_hard"])
    assert "db_password" not in options and "admin_passwd" not in options
    assert options["dbfilter"] == f"^{options['db_name']}$"
    assert set(conf.sections()) == {"options", "queue_job"}


def test_one_worker_is_left_when_all_jobs_run(services):
    command = services["jobs"]["command"]
    (workers,) = [int(word[10:]) for word in command if word.startswith("--workers=")]
    channels = services["jobs"]["environment"]["ODOO_QUEUE_JOB_CHANNELS"]

    assert workers > int(channels.split(",")[0].split(":")[1])


def test_scripts_are_executable_and_parse():
    scripts = [*stack.DEPLOY.glob("*.sh"), *stack.DEPLOY.glob("initdb/*.sh")]
    assert len(scripts) >= 8
    for script in scripts:
        executable = bool(script.stat().st_mode & 0o100)
        assert executable is (script.name != "lib.sh"), script
        assert subprocess.run(["bash", "-n", script]).returncode == 0
