"""Help is there for everything, reads well and comes at once."""

from __future__ import annotations

import inspect
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import corridor_sim
from corridor_sim.cli.app import COMMANDS, app
from corridor_sim.errors import CorridorError

ALL = [command for commands in COMMANDS.values() for command in commands]
PATHS = [[], *([c.__name__] for c in COMMANDS[app]), ["results"], ["results", "ls"], ["results", "show"], ["results", "rm"]]
BARE = """
import typer
app = typer.Typer()
@app.command()
def one(x: int = 1):
    'One.'
@app.command()
def two():
    'Two.'
app()
"""


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_is_data_and_no_mistake(path, call) -> None:
    answer = call(*path, "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "Usage" in answer.out


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.__name__)
def test_a_command_says_in_one_sentence_what_it_does(command) -> None:
    first = (command.__doc__ or "").splitlines()[0]
    assert re.fullmatch(r"[A-Z].*\.", first)


def test_every_option_has_help() -> None:
    def options(group):
        for command in group.commands.values():
            if hasattr(command, "commands"):
                yield from options(command)
            else:
                yield from ((command.name, parameter) for parameter in command.params)

    silent = [f"{name} {p.name}" for name, p in options(typer.main.get_command(app)) if not p.help]
    assert silent == []


def test_help_costs_at_most_half_more_than_a_bare_app() -> None:
    def cpu_s(*words: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    pairs = [(cpu_s("-c", BARE, "--help"), cpu_s("-m", "corridor_sim", "--help")) for _ in range(7)]
    bare, ours = (min(costs) for costs in zip(*pairs, strict=True))
    assert ours <= 1.5 * bare


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, corridor_sim.cli as c\ntry: c.main(['-h'])\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "scipy", "simpy", "pyarrow", "matplotlib", "networkx", "pydantic", "ruamel.yaml", "jinja2"}
    assert heavy & set(done.stderr.split()) == set()


def test_the_version_stands_in_one_place(call) -> None:
    assert call("--version").out == f"corridor-sim {corridor_sim.__version__}\n"
    assert 'dynamic = ["version"]' in (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")


def test_the_public_names_come_lazily() -> None:
    for name in corridor_sim.__all__:
        thing = getattr(corridor_sim, name)
        assert not inspect.ismodule(thing)
    with pytest.raises(AttributeError, match="no attribute 'sweeep'"):
        corridor_sim.sweeep  # noqa: B018 - the look-up is the point
    assert set(dir(corridor_sim)) == set(corridor_sim.__all__)


def test_an_error_crosses_a_process_boundary() -> None:
    import pickle

    assert pickle.loads(pickle.dumps(CorridorError("a", "b"))).faults == CorridorError("a", "b").faults
