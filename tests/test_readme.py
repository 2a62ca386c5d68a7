"""What the README promises is what is tested: its commands, its scenario, its pictures and its links."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from corridor_sim import compare, load_scenario
from corridor_sim.cases import comparison_lines

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def block(mark: str) -> str:
    """Return the fenced block below `<!-- mark -->`."""
    found = re.search(rf"^<!-- {re.escape(mark)} -->\n```\w+\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no block marked {mark!r}"
    return found[1]


def block_of(beginning: str) -> str:
    """Return the fenced block that begins with these words."""
    found = re.search(rf"^```\w+\n({re.escape(beginning)}.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert found, f"README.md has no block that begins with {beginning!r}"
    return found[1]


def words_of(command: str) -> list[list[str]]:
    """Return the words of each command of a line joined by `&&`."""
    return [shlex.split(part) for part in command.strip().split("&&")]


@pytest.mark.parametrize("name", ["main", "test"])
def test_a_command_is_one_line_that_makes_its_own_environment(name: str) -> None:
    lines = block(f"command: {name}").strip().splitlines()
    assert len(lines) == 1
    first, second, _ = words_of(lines[0])
    assert first == ["python3", "-m", "venv", ".venv"]
    assert second[:2] == [".venv/bin/pip", "install"]
    assert second[second.index("-c") + 1] == "constraints.txt"


def test_the_main_command_runs_a_shipped_scenario() -> None:
    *_, (program, command, file) = words_of(block("command: main"))
    assert (program, command) == (".venv/bin/corridor-sim", "run")
    assert (ROOT / file).is_file()


def test_ci_takes_both_commands_from_here() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command test" in script
    assert "readme_command main" in script
    assert "--replications 1" in script


@pytest.fixture
def first_steps(tmp_path: Path) -> Path:
    """Return the file of the README's scenario."""
    file = tmp_path / "first_steps.yaml"
    file.write_text(block("scenario"), encoding="utf-8")
    return file


def test_the_scenario_of_the_readme_is_about_twenty_lines_and_valid(first_steps: Path) -> None:
    assert len(block("scenario").splitlines()) <= 25
    assert load_scenario(first_steps)


def test_the_scenario_of_the_readme_answers_what_is_printed_there(first_steps: Path) -> None:
    comparison = compare(first_steps, out=None, workers=1)
    said = [line for line in comparison_lines(comparison) if re.search("against|transit mean:.*->", line)]
    assert "\n".join(said) == block_of("third_ship against").strip()


def test_the_place_that_is_added_in_the_docs_is_valid(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    text = re.search(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "add-a-place.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert text
    (tmp_path / "scenarios" / "with_uzgen.yaml").write_text(text[1], encoding="utf-8")
    loaded = load_scenario(tmp_path / "scenarios" / "with_uzgen.yaml")
    assert [str(warned) for warned in loaded.warnings if "uzgen" in warned.path] == []


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    exec(block_of("from corridor_sim import").replace("replications=4", "replications=1"), {})
    assert "south" in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_is_there(page: Path) -> None:
    named = re.findall(r"`((?:src|scenarios|docs|tests|benchmarks)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_named_exists() -> None:
    from corridor_sim.cli.app import app, results

    known = {command.callback.__name__ for command in [*app.registered_commands, *results.registered_commands] if command.callback}
    named = set(re.findall(r"`(?:\.venv/bin/)?corridor-sim (\w+)", README)) - {"COMMAND"}
    assert named <= known | {"results"}
