# SPDX-License-Identifier: Apache-2.0
"""The README and the guides: their code runs, and their links lead somewhere.

A page is read from top to bottom, so all its code is one program. Each is run
by a process of its own, as a reader would start it, and takes the ten seconds
in which TensorFlow is imported: the README has one for each of its sections
with code, every guide one.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.layers import table_of_layers

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
INDEX = ROOT / "docs" / "README.md"
GUIDES = sorted(set(INDEX.parent.glob("*.md")) - {INDEX})
#: What the lectures' experiments show, a page each.
LECTURES = sorted(set((INDEX.parent / "lectures").glob("*.md")))
#: All pages whose links must lead somewhere.
PAGES = [*sorted(ROOT.glob("*.md")), INDEX, *GUIDES, *LECTURES]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Whatever leads out of a page: the text, where to, and the heading there.
LINK = re.compile(r"\[[^]]*\]\(([^)#\s]*)(?:#([^)\s]+))?\)")


def text(page):
    return page.read_text(encoding="utf-8")


def prose(page):
    """The page without its code, in which # begins a comment."""
    return FENCED.sub("", text(page))


def name(page):
    return page.relative_to(ROOT).as_posix()


def program(markdown):
    """The Python of a text, block after block."""
    return "\n".join(
        code for kind, code in FENCED.findall(markdown) if kind == "python"
    )


def headings(page):
    return re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)


def anchor(heading):
    """What GitHub calls a heading in a link."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.replace(" ", "-")


SECTIONS = re.split(r"^## ", text(README), flags=re.MULTILINE)
PROGRAMS = {
    **{
        f"README, {section.splitlines()[0]}": program(section)
        for section in SECTIONS
    },
    **{name(page): program(text(page)) for page in [*GUIDES, *LECTURES]},
}
PROGRAMS = {title: code for title, code in PROGRAMS.items() if code}


@pytest.mark.parametrize("title", PROGRAMS)
def test_the_code_of_every_page_runs(title, tmp_path):
    code = PROGRAMS[title].replace("/tmp/", f"{tmp_path.as_posix()}/")
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_to_files_and_headings_that_exist(page):
    for target, heading in LINK.findall(prose(page)):
        if "://" in target:
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), target
        if heading:
            anchors = [anchor(title) for title in headings(found)]
            assert heading in anchors, (target, heading)


@pytest.mark.parametrize("page", [README, INDEX, *GUIDES, *LECTURES], ids=name)
def test_every_heading_of_a_page_stands_once(page):
    found = [anchor(title) for title in headings(page)]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("page", GUIDES, ids=name)
def test_a_guide_is_a_question_and_begins_with_its_code(page):
    opening, *rest = re.split(r"^## ", text(page), flags=re.MULTILINE)
    assert re.match(r"# [^\n]*\?\n", opening)
    has_code = any(FENCED.search(section) for section in rest)
    assert FENCED.search(opening) or not has_code


@pytest.mark.parametrize("page", LECTURES, ids=name)
def test_a_lecture_has_a_script_a_small_picture_and_exercises(page):
    script = ROOT / "examples" / "lectures" / f"{page.stem}.py"
    assert f"examples/lectures/{script.name}" in text(page)
    assert "Exercises" in headings(page)
    targets = {target for target, _ in LINK.findall(prose(page))}
    picture = page.with_suffix(".png")
    assert picture.name in targets
    assert picture.stat().st_size < 200_000
    assert f"lectures/{page.name}" in text(INDEX)


def test_every_script_of_a_lecture_has_its_page():
    scripts = (ROOT / "examples" / "lectures").glob("*.py")
    assert {s.stem for s in scripts} == {page.stem for page in LECTURES}


def test_the_index_lists_every_guide_with_its_question():
    rows = re.findall(r"^\| \[(\S+)\]\(\1\) \| (.*) \|$", text(INDEX), re.M)
    assert dict(rows) == {page.name: headings(page)[0] for page in GUIDES}


def test_the_readme_leads_to_every_guide():
    targets = {target for target, _ in LINK.findall(prose(README))}
    assert targets >= {name(page) for page in GUIDES}


def test_the_readme_is_short():
    assert len(text(README).splitlines()) <= 250


def test_the_first_example_is_short():
    kind, code = FENCED.search(text(README)).groups()
    assert kind == "python"
    assert len([line for line in code.splitlines() if line]) <= 15


def test_the_table_of_layers_is_that_of_its_rows():
    page = text(README)
    assert table_of_layers.written(page) == table_of_layers.table(), (
        "Run `python -m tests.written`."
    )


def test_the_test_command_is_the_one_that_ci_runs():
    script = text(ROOT / ".ci" / "run")
    assert "<!-- test command -->" in script
    assert "<!-- test command -->\n```bash\n" in text(README)
