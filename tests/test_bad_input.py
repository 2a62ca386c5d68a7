"""Every mistake gives a fault that names its line and says what was expected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from bad_scenarios import GOOD, MISTAKES

from corridor_sim.errors import CorridorError
from corridor_sim.loading import load_scenario


def faults_of(path: Path) -> list[str]:
    with pytest.raises(CorridorError) as caught:
        load_scenario(path)
    return [str(fault) for fault in caught.value.faults]


def write(folder: Path, text: str, name: str = "bad.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_scenario_without_mistakes_is_valid(tmp_path) -> None:
    loaded = load_scenario(write(tmp_path, GOOD))
    assert loaded.warnings == ()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_its_line_and_what_was_expected(name, tmp_path) -> None:
    old, new, said = MISTAKES[name]
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    faults = faults_of(write(tmp_path, text))
    found = [fault for fault in faults if said in fault]
    assert found, faults
    marked = [number for number, line in enumerate(text.splitlines(), 1) if "#!" in line]
    assert not marked or f"bad.yaml:{marked[0]}:" in found[0]


def test_a_mistake_is_said_once_and_alone(tmp_path) -> None:
    for name in ("text for a number", "unknown key", "negative speed", "unknown place", "list for a map", "gauge break"):
        old, new, _ = MISTAKES[name]
        assert len(faults_of(write(tmp_path, GOOD.replace(old, new, 1)))) == 1, name


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file(tmp_path) -> None:
    text = GOOD
    for name in ("unknown key", "negative length", "unknown place", "unknown patch", "percent for a share"):
        old, new, _ = MISTAKES[name]
        text = text.replace(old, new, 1)
    faults = faults_of(write(tmp_path, text))
    lines = [int(fault.split("bad.yaml:")[1].split(":")[0]) for fault in faults]
    assert len(faults) >= 5
    assert lines == sorted(lines)


def test_a_missing_file_names_the_one_that_is_there(tmp_path) -> None:
    write(tmp_path, GOOD, "corridor.yaml")
    assert faults_of(tmp_path / "coridor.yaml") == [f"{tmp_path}/coridor.yaml: no such file, did you mean 'corridor.yaml'?"]


def test_a_directory_is_no_scenario(tmp_path) -> None:
    assert "expected a file, got a directory" in faults_of(tmp_path)[0]


def test_an_empty_file_is_no_scenario(tmp_path) -> None:
    assert "got an empty file" in faults_of(write(tmp_path, ""))[0]
    assert "got an empty file" in faults_of(write(tmp_path, "# only a comment\n"))[0]


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n"])
def test_a_list_or_a_word_is_no_scenario(text, tmp_path) -> None:
    assert "expected a map of keys" in faults_of(write(tmp_path, text))[0]


def test_a_binary_file_is_refused(tmp_path) -> None:
    (tmp_path / "bad.yaml").write_bytes(b"PK\x03\x04\x00\x00\x00\x00")
    assert "expected text (YAML in UTF-8), got a binary file" in faults_of(tmp_path / "bad.yaml")[0]


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path) -> None:
    (tmp_path / "bad.yaml").write_bytes("name: a\ntitle: Größe\n".encode("latin-1"))
    assert "bad.yaml:2: expected text in UTF-8" in faults_of(tmp_path / "bad.yaml")[0]


def test_a_file_of_100_mb_is_refused_without_reading_it(tmp_path) -> None:
    with (tmp_path / "bad.yaml").open("wb") as stream:
        stream.truncate(100 * 2**20)
    assert "expected a scenario of at most 16 MB, got 100 MB" in faults_of(tmp_path / "bad.yaml")[0]


def test_a_pipe_is_refused_without_waiting(tmp_path) -> None:
    os.mkfifo(tmp_path / "bad.yaml")
    assert "expected an ordinary file" in faults_of(tmp_path / "bad.yaml")[0]


def test_an_alias_bomb_is_refused(tmp_path) -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert "expected at most 200,000 values once aliases are written out" in faults_of(write(tmp_path, "\n".join(lines)))[0]


def test_an_alias_that_holds_itself_is_refused(tmp_path) -> None:
    assert "does an alias contain itself?" in faults_of(write(tmp_path, "a: &x [1, *x]\n"))[0]


def test_deep_nesting_is_refused(tmp_path) -> None:
    assert "expected at most 40 levels" in faults_of(write(tmp_path, "a: " + "[" * 5000))[0]


def test_honest_aliases_are_fine(tmp_path) -> None:
    text = GOOD.replace("carries: {wagons: 54, teu: 108}", "carries: &train {wagons: 54, teu: 108}", 1)
    text = text.replace("carries: {wagons: 54, teu: 108}", "carries: *train", 1)
    assert load_scenario(write(tmp_path, text)).scenario.services["train_west"].carries.teu == 108


def test_files_that_extend_each_other_show_the_chain(tmp_path) -> None:
    for name, base in (("a", "b"), ("b", "c"), ("c", "a")):
        write(tmp_path, f"extends: {base}.yaml\n", f"{name}.yaml")
    faults = faults_of(tmp_path / "a.yaml")
    assert faults == [f"{tmp_path}/c.yaml:1:1: extends: files extend each other: a.yaml -> b.yaml -> c.yaml -> a.yaml"]


@pytest.mark.parametrize("name", ["../outside.yaml", "sub/../../outside.yaml"])
def test_extends_can_not_leave_the_tree(name, tmp_path) -> None:
    write(tmp_path, GOOD, "outside.yaml")
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    faults = faults_of(write(tmp_path / "tree", f"extends: {name}\n"))
    assert "expected a file inside tree" in faults[0]
    assert "bad.yaml:1:1" in faults[0]


@pytest.mark.parametrize("name", ["/etc/passwd", "file:///etc/passwd", "C:\\base.yaml", ""])
def test_extends_takes_relative_paths_only(name, tmp_path) -> None:
    assert "expected a relative path" in faults_of(write(tmp_path, f"extends: '{name}'\n"))[0]


def test_a_link_can_not_leave_the_tree(tmp_path) -> None:
    write(tmp_path, GOOD, "outside.yaml")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    assert "outside it" in faults_of(write(tmp_path / "tree", "extends: link.yaml\n"))[0]


def test_the_table_of_sources_can_not_lie_outside(tmp_path) -> None:
    (tmp_path / "tree").mkdir()
    write(tmp_path, "id,title\n", "outside.csv")
    assert "outside it" in faults_of(write(tmp_path / "tree", f"sources: ../outside.csv\n{GOOD}"))[0]


def test_a_marked_tree_may_be_climbed(tmp_path) -> None:
    (tmp_path / ".corridor-tree").touch()
    (tmp_path / "studies").mkdir()
    write(tmp_path, GOOD, "corridor.yaml")
    loaded = load_scenario(write(tmp_path / "studies", "extends: ../corridor.yaml\nname: study\n"))
    assert loaded.scenario.name == "study"


def test_a_base_that_is_missing_is_named(tmp_path) -> None:
    assert "base.yaml: no such file" in faults_of(write(tmp_path, "extends: base.yaml\n"))[0]


def test_faults_of_a_base_stand_in_its_own_file(tmp_path) -> None:
    write(tmp_path, GOOD.replace("    vessels: 3", "    vesels: 3"), "base.yaml")
    assert f"{tmp_path}/base.yaml:27:5: services.feeder.vesels" in faults_of(write(tmp_path, "extends: base.yaml\n"))[0]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "no such file, it is named as the table of sources"),
        ("title\nx\n", "expected the columns id, title, url, date, note, got no id"),
        ("id,title\nW1,x\nW1,y\n", "expected an id once, got 'W1' again"),
        ("id,title\nW11,x\nW2,y\n", "there is no source 'W1' in the table, did you mean 'W11'?"),
    ],
)
def test_a_bad_table_of_sources_is_named(table, said, tmp_path) -> None:
    if table is not None:
        write(tmp_path, table, "ids.csv")
    text = GOOD.replace("t_per_unit: 12}", "t_per_unit: 12, source: W1}") + "sources: ids.csv\n"
    faults = faults_of(write(tmp_path, text))
    assert said in faults[0]
    assert len(faults) == 1


def test_a_case_that_is_not_there_names_the_nearest(tmp_path) -> None:
    path = write(tmp_path, GOOD)
    with pytest.raises(CorridorError, match="there is no case 'mor', did you mean 'more'"):
        load_scenario(path, "mor")
    with pytest.raises(CorridorError, match="there is no patch 'fith_ship', did you mean 'fifth_ship'"):
        load_scenario(path, ["fith_ship"])
