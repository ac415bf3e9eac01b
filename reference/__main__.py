"""Start the reference backend: `python -m reference --help`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import ipaddress
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reference import journal
from reference.engines import RECOGNISERS
from reference.settings import SettingError, Settings, SharedSettings, describe, read
from reference.storage.aws import REGION
from reference.storage.emulator import Emulator
from reference.system import buckets, catalogue, parts, queues, setting_kinds, systems, tables
from reference.tokens import SHORTEST_SECRET_BYTES

if TYPE_CHECKING:
    from reference.control.attached import Control
    from reference.twins.twin import Twin
    from reference.world import World

SECRET_VARIABLE = "EARSHOT_TOKEN_SECRET"
SAMPLES = Path(__file__).parent.parent / "audio_samples"

TURN_S = 0.0005
"""How long a thread may keep the others waiting. The loop takes turns with a dozen that talk to AWS; with Python's 5 ms
for each of them, audio of a hundred sessions is late."""

WRONG_USAGE = 2
CANNOT_START = 1


class CannotStart(Exception):
    """The service cannot start; the text is one sentence for the person who started it."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the service until it is stopped; return the exit code."""
    options = _parser().parse_args(arguments)
    if options.list_twins:
        from reference.twins.twin import known

        print(json.dumps([_of_twin(twin) for twin in known().values()]))
        return 0
    try:
        if options.twin:
            _become(options.twin)
        given = {name: value for name, value in vars(options).items() if value is not None}
        settings = read(setting_kinds(), given, environment)
        secret = _secret(options.token_secret_file, environment)
        _check_host(options.host)
    except SettingError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_USAGE
    try:
        retention_hours = settings.of(SharedSettings).data_retention_hours
        journal.configure(options.log_level, options.log_file, retention_hours=retention_hours)
        # Started before anything heavy is loaded: its own loading then passes beside ours.
        emulator = None if options.aws_endpoint else Emulator()
        try:
            endpoint = options.aws_endpoint or (emulator.endpoint_url() if emulator else "")
            _run(options, settings, secret, endpoint)
        finally:
            if emulator is not None:
                emulator.stop()
    except (CannotStart, OSError) as reason:
        print(reason, file=sys.stderr)
        return CANNOT_START
    return 0


def _of_twin(twin: Twin) -> dict[str, object]:
    return {
        "name": twin.name,
        "system": twin.system,
        "sound": twin.is_sound,
        "breaks": twin.breaks,
        "sentence": twin.sentence,
        "declares": twin.declares,
    }


def _become(names: str) -> None:
    from reference.twins.twin import find

    for name in names.split(","):
        twin = find(name)
        if twin is None:
            raise SettingError(f"--twin {name}: there is no such twin; --list-twins prints those that are.")
        twin.apply()


def _run(options: argparse.Namespace, settings: Settings, secret: str, aws_endpoint: str) -> None:
    try:
        import uvloop
    except ImportError:
        factory = None
    else:
        factory = uvloop.new_event_loop
    sys.setswitchinterval(TURN_S)
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(_serve(options, settings, secret, aws_endpoint))


async def _serve(options: argparse.Namespace, settings: Settings, secret: str, aws_endpoint: str) -> None:
    from reference import engines
    from reference.app import App
    from reference.background import Background
    from reference.http.listening import PortUnusable
    from reference.monitoring.alarms import create as create_alarms
    from reference.monitoring.cloudwatch import CloudWatchMetrics
    from reference.storage import aws
    from reference.storage.buckets import Buckets
    from reference.storage.clock import SystemClock
    from reference.storage.ids import RandomIds
    from reference.storage.queues import Queues
    from reference.storage.tables import names
    from reference.storage.topics import Topics
    from reference.world import World

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if options.stop_with_stdin:
        threading.Thread(target=_await_end_of_stdin, args=(loop, stopped), daemon=True).start()
    table_names = names(tables(), options.table_prefix)
    speech = engines.load(options.recogniser, options.samples)
    warming_up = Background().run(speech.warm_up(), name="warm-up")
    clock, store = SystemClock(), aws.connect(aws_endpoint, region=options.aws_region)
    # Made where they are first needed, on a thread, because that takes a tenth of a second.
    connect = functools.cache(lambda: aws.connect(aws_endpoint, "cloudwatch", options.aws_region))
    clients = aws.Clients(aws_endpoint, options.aws_region)
    bucket_names = {one: f"{options.table_prefix}{one}" for one in buckets()}
    files = Buckets(lambda: clients.of("s3"), bucket_names, options.aws_region)
    waiting = Queues(lambda: clients.of("sqs"), options.table_prefix)
    news = Topics(lambda: clients.of("sns"), options.table_prefix, waiting)
    metrics = CloudWatchMetrics(catalogue(), connect, clock)
    ids = RandomIds()
    world = World(settings, speech, store, table_names, secret, clock, ids, files, metrics, clients, waiting, news)
    control = None if options.control_port is None else _control(options.control_port, world)
    app = App(world if control is None else control.world)
    if control is not None:
        control.start(app)
    try:
        addresses = await app.start(options.host, {one.name: getattr(options, f"{one.name}_port") for one in parts()})
    except PortUnusable as failure:
        raise _unusable(options.host, failure.port, failure) from None
    alarms = [alarm for one in parts() for alarm in one.alarms()]
    names_of_systems = [one.name for one in systems()]
    creation = create_alarms(connect, alarms, catalogue(), options.table_prefix)
    raising_alarms = Background().run(creation, name="create-alarms")
    ready = {
        "ready": True,
        "endpoints": {name: addresses[name] for name in names_of_systems},
        "companions": {name: address for name, address in addresses.items() if name not in names_of_systems},
        "accounts": world.accounts,
        "tables": table_names,
        "buckets": bucket_names,
        "queues": {one: f"{options.table_prefix}{one}" for one in queues()},
        "aws_endpoint": aws_endpoint,
        "aws_region": options.aws_region,
        "alarm_prefix": options.table_prefix,
        "log": str(options.log_file) if options.log_file else None,
        "control_url": None if control is None else control.url,
        "control_token": None if control is None else control.token,
        "settings": settings.by_variable(),
        "pid": os.getpid(),
    }
    print(json.dumps(ready), flush=True)
    await stopped.wait()
    if control is not None:
        control.release()
    await app.stop()
    if control is not None:
        await control.stop()
    await metrics.close()
    await asyncio.gather(warming_up, raising_alarms)


def _control(port: int, world: World) -> Control:
    from reference.control.attached import Control

    try:
        return Control(port, world)
    except OSError as failure:
        raise _unusable("127.0.0.1", port, failure) from None


def _unusable(host: str, port: int, failure: OSError) -> CannotStart:
    return CannotStart(f"Port {port} of {host} cannot be used: {os.strerror(failure.errno or 0)}.")


def _await_end_of_stdin(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    while os.read(0, 4096):
        continue
    # The loop may be gone already, if a signal came first.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stopped.set)


def _secret(path: Path | None, environment: Mapping[str, str]) -> str:
    if path is not None:
        try:
            secret = path.read_text(encoding="utf-8").strip()
        except OSError as failure:
            raise SettingError(f"--token-secret-file {path} cannot be read: {failure.strerror}.") from None
    else:
        secret = environment.get(SECRET_VARIABLE, "")
    if len(secret.encode()) < SHORTEST_SECRET_BYTES:
        raise SettingError(
            f"A token secret of at least {SHORTEST_SECRET_BYTES} bytes is needed, in the environment "
            f"variable {SECRET_VARIABLE} or in a file named by --token-secret-file."
        )
    return secret


def _check_host(host: str) -> None:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingError(f"--host wants an address of this machine only, such as 127.0.0.1, not {host!r}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m reference",
        description=f"The reference backend: {', '.join(one.name for one in systems())}, on this machine only.",
        epilog=f"Speakers' tokens are HS256 JWTs signed with the secret in {SECRET_VARIABLE}. "
        "When the service is ready it prints one JSON line with its endpoints, tables and settings.",
        allow_abbrev=False,
    )
    run = parser.add_argument_group("how to run")
    run.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default %(default)s)")
    for one in parts():
        title = one.name.replace("_", " ")
        names, about = (
            (f"--{one.name.replace('_', '-')}-port", *one.port_options),
            f"port of the {title}; 0: any (default)",
        )
        run.add_argument(*names, type=int, default=0, metavar="PORT", help=about)
    run.add_argument(
        "--control-port",
        type=int,
        help="port of the control plane on 127.0.0.1, for tests; 0 means any (default: no control plane)",
    )
    run.add_argument("--log-file", type=Path, help="file for the JSON log lines (default: standard error)")
    run.add_argument("--log-level", choices=journal.LEVELS, default="INFO", help="default %(default)s")
    run.add_argument("--stop-with-stdin", action="store_true", help="end when standard input is closed")
    run.add_argument("--token-secret-file", type=Path, help=f"file with the secret, instead of {SECRET_VARIABLE}")
    stands = parser.add_argument_group("what it stands on")
    stands.add_argument(
        "--aws-endpoint", help="URL of the store, such as another emulator (default: an emulator of its own)"
    )
    stands.add_argument(
        "--aws-region",
        default=REGION,
        metavar="REGION",
        help="where tables and figures are; each region of an emulator is a world of its own (default: %(default)s)",
    )
    stands.add_argument("--table-prefix", default="", help="put before every table name (default: nothing)")
    stands.add_argument("--recogniser", choices=RECOGNISERS, default=RECOGNISERS[0], help="default %(default)s")
    stands.add_argument(
        "--samples",
        type=Path,
        default=SAMPLES,
        help="folder of phrasebook and recordings (default %(default)s)",
    )
    faulty = parser.add_argument_group(
        "twins", "Variants to try tests with: with one promise broken, or sound and otherwise."
    )
    faulty.add_argument("--twin", metavar="NAME[,NAME]", help="be this twin, or all of these at once")
    faulty.add_argument("--list-twins", action="store_true", help="print them as JSON and end")
    limits = parser.add_argument_group("settings", "Limits and timers of the service; durations accept fractions.")
    for setting in describe(setting_kinds()):
        limits.add_argument(setting.option, dest=setting.name, metavar="VALUE", help=setting.help)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
