"""`playbook diff`: revisions from git, three formats, exit codes; the manual's examples are run."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.runtime.cli.command import BAD, GOOD, ROOTS, Done, playbook, process
from tests.runtime.cli.test_main import HEAVY, PROBE

from playbook_compiler.schema import schema_text
from playbook_runtime import revisions
from playbook_runtime.output.diff_json import diff_schema

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
PAGE = REFERENCE / "diff.md"
LATER = GOOD.replace("subject: Hi", "subject: Hello")


def git(where: Path, *arguments: str) -> str:
    environment = {name: text for name, text in os.environ.items() if name[:4] != "GIT_"}
    done = subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e@x.example", *arguments],
        cwd=where,
        env=environment | {"GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def commit(where: Path, files: dict[str, str], word: str = "a word") -> str:
    for name, text in files.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    git(where, "add", "-A")
    git(where, "commit", "-q", "-m", word)
    return git(where, "rev-parse", "HEAD")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with the playbook `shop`, committed as good, then changed in the work tree."""
    top = tmp_path / "repository"
    top.mkdir()
    git(top, "init", "-q", "-b", "main")
    commit(top, {"shop/playbook.yaml": GOOD, "readme.md": "words"})
    (top / "shop" / "playbook.yaml").write_text(LATER)
    return top


CHANGED = """\
main -> work tree: 1 message modified; 1 flow affected through others

~ message hello  (main:shop/playbook.yaml:8 -> playbook.yaml:8)
    subject: Hi -> Hello  (line 8)

* flow welcome  (main:shop/playbook.yaml:10 -> playbook.yaml:10): \
uses message hello in step send-hello
"""


def test_a_revision_against_the_work_tree(shop: Path) -> None:
    done = playbook("diff", "main", cwd=shop / "shop")
    assert (done.returncode, done.stdout, done.stderr) == (0, CHANGED, "")


def test_two_revisions_against_each_other_from_any_folder(shop: Path) -> None:
    commit(shop, {})
    (shop / "shop" / "playbook.yaml").write_text("not: even a playbook")
    (shop / "deep" / "er").mkdir(parents=True)
    done = playbook("diff", "HEAD~1", "main", "--path", "../../shop", cwd=shop / "deep" / "er")
    assert done.returncode == 0
    assert (
        "~ message hello  (HEAD~1:shop/playbook.yaml:8 -> main:shop/playbook.yaml:8)" in done.stdout
    )


def test_the_place_of_a_revision_is_one_that_git_shows(shop: Path) -> None:
    done = playbook("diff", "main", cwd=shop / "shop")
    match = re.search(r"\((main:[^ ]+):8 ", done.stdout)
    assert match is not None
    assert git(shop, "show", match[1]) == GOOD.strip()


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (f"# a word\n{GOOD}", 0), (LATER, 2)])
def test_the_detailed_exit_code(shop: Path, text: str, code: int) -> None:
    (shop / "shop" / "playbook.yaml").write_text(text)
    done = playbook("diff", "main", "--path", "shop", "--detailed-exitcode", cwd=shop)
    assert done.returncode == code
    assert playbook("diff", "main", "--path", "shop", cwd=shop).returncode == 0
    meant = " in meaning (comments, order or layout only)" if text != GOOD else ""
    assert (done.stdout == f"main -> work tree: nothing changed{meant}\n") is (code == 0)


@pytest.mark.parametrize("arguments", [(), ("a", "b", "c"), ("main", "--format", "html")])
def test_wrong_usage_is_2_and_says_nothing_on_stdout(shop: Path, arguments: tuple[str]) -> None:
    done = playbook("diff", *arguments, "--detailed-exitcode", cwd=shop)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")


def test_errors_of_a_revision_are_shown_as_its_own(shop: Path) -> None:
    commit(shop, {"shop/playbook.yaml": BAD})
    (shop / "shop" / "playbook.yaml").write_text(GOOD)
    done = playbook("diff", "main", "--path", "shop", "--detailed-exitcode", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("main does not compile:\nerror[unknown-event]: ")
    assert "--> main:shop/playbook.yaml:11:" in done.stderr
    assert "    trigger: sign_upp" in done.stderr
    back = playbook("diff", "HEAD~1", "main", "--path", "shop", cwd=shop)
    assert back.returncode == 1
    assert "main does not compile" in back.stderr


def test_errors_of_the_work_tree_too(shop: Path) -> None:
    (shop / "shop" / "playbook.yaml").write_text(BAD)
    done = playbook("diff", "main", "--path", "shop", "--format", "json", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("work tree does not compile:\n")
    assert "--> shop/playbook.yaml:11:" in done.stderr


@pytest.mark.parametrize(
    ("revision", "said", "advice"),
    [
        ("mian", "there is no revision `mian`", "did you mean `main`?"),
        ("v1", "there is no revision `v1`", "did you mean `v1.0`?"),
        ("topic", "there is no revision `topic`", "did you mean `origin/topic`?"),
        ("zzzz", "there is no revision `zzzz`", "write a branch, a tag or a commit"),
        ("shop", "there is no revision `shop`", "--path shop"),
        ("main..v1.0", "is a range", "playbook diff main v1.0"),
        ("main...v1.0", "is a range", "playbook diff $(git merge-base main v1.0) v1.0"),
        ("HEAD:shop", "there is no revision", ""),
        ("HEAD^{tree}", "there is no revision", ""),
        ("a\x1b[31m", "`a\\u001b[31m` cannot be a revision", ""),
    ],
)
def test_an_unknown_revision_is_told_with_what_to_write(
    shop: Path, revision: str, said: str, advice: str
) -> None:
    git(shop, "tag", "v1.0")
    git(shop, "update-ref", "refs/remotes/origin/topic", "HEAD")
    done = playbook("diff", revision, cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert advice in done.stderr


@pytest.mark.parametrize("revision", ["--upload-pack=touch x", "-h", "--all", ""])
def test_an_option_is_no_revision(shop: Path, revision: str) -> None:
    done = playbook("diff", "--", revision, cwd=shop)
    assert done.returncode == 1
    assert "cannot be a revision" in done.stderr


def test_outside_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(GOOD)
    done = playbook("diff", "main", cwd=tmp_path)
    assert done.returncode == 1
    assert "lies in no git repository" in done.stderr


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "playbook.yaml").write_text(GOOD)
    assert "no commit yet" in playbook("diff", "main", cwd=tmp_path).stderr


def test_no_playbook_on_either_side(shop: Path) -> None:
    done = playbook("diff", "main", "--path", "nowhere", cwd=shop)
    assert done.returncode == 1
    assert "there is no playbook `nowhere` in `main`" in done.stderr


def test_a_new_playbook_is_all_added_and_a_deleted_one_removed(shop: Path) -> None:
    (shop / "new").mkdir()
    (shop / "new" / "playbook.yaml").write_text(GOOD)
    done = playbook("diff", "main", "--path", "new", "--detailed-exitcode", cwd=shop)
    assert done.returncode == 2
    assert "main has no playbook here: all of it is added." in done.stdout
    assert (
        "+ flow welcome {trigger: sign_up}  (new/playbook.yaml:10)\n    + 1 step\n" in done.stdout
    )
    (shop / "shop" / "playbook.yaml").unlink()
    (shop / "shop").rmdir()
    gone = playbook("diff", "main", "--path", "shop", cwd=shop)
    assert "work tree has no playbook here: all of it is removed." in gone.stdout
    assert "- message hello " in gone.stdout


@pytest.mark.parametrize("renamed", [True, False])
def test_a_folder_whose_playbook_is_gone_has_none(shop: Path, renamed: bool) -> None:
    file = shop / "shop" / "playbook.yaml"
    file.rename(shop / "shop" / "growth.yaml") if renamed else file.unlink()
    gone = playbook("diff", "main", "--path", "shop", cwd=shop)
    assert (gone.returncode, gone.stderr) == (0, "")
    assert "work tree has no playbook here: all of it is removed." in gone.stdout
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "gone")
    later = playbook("diff", "main~1", "main", "--path", "shop", cwd=shop)
    assert "main has no playbook here: all of it is removed." in later.stdout
    back = playbook("diff", "main", "main~1", "--path", "shop", cwd=shop)
    assert "main has no playbook here: all of it is added." in back.stdout


def test_files_that_nobody_touched_have_not_changed(shop: Path) -> None:
    (shop / "shop" / "playbook.yaml").write_text(GOOD)
    for named in (("main",), ("main", "main")):
        done = playbook("diff", *named, "--path", "shop", cwd=shop)
        assert done.stdout == f"main -> {[*named, 'work tree'][1]}: nothing changed\n"


def test_the_checklist_of_a_tactic_is_placed_at_the_tactic(shop: Path) -> None:
    tactic = "\n".join(
        (
            "tactic: own-list",
            "about: A list to tick.",
            "strategy: [F1]",
            "checklists:",
            "  boxes: [{item: A card lies in every box, owner: packing}]",
            "",
        )
    )
    used = f"{GOOD}use: {{own-list: {{}}}}\n"
    commit(shop, {"shop/playbook.yaml": used, "shop/tactics/own-list.yaml": tactic})
    (shop / "shop" / "playbook.yaml").write_text(GOOD)
    done = playbook("diff", "main", "--path", "shop", cwd=shop)
    assert done.stderr == ""
    assert "- checklist own-list/boxes" in done.stdout
    assert "(main:shop/tactics/own-list.yaml:5)" in done.stdout


def test_a_single_file_with_what_lies_beside_it(shop: Path) -> None:
    text = GOOD.replace('"Welcome. {{ sender_address }} {{ unsubscribe_url }}"', "hello.md")
    body = "Welcome. {{ sender_address }} {{ unsubscribe_url }}\n"
    commit(shop, {"one.yaml": text, "hello.md": body})
    (shop / "hello.md").write_text(body.replace("Welcome", "Hello"))
    done = playbook("diff", "main", "--path", "one.yaml", cwd=shop)
    assert '    body: "Welcome. {{ sender' in done.stdout
    assert "~ message hello  (main:one.yaml:8 -> one.yaml:8)" in done.stdout


def test_included_files_come_from_the_same_revision(shop: Path) -> None:
    head, flows = GOOD.split("flows:\n")
    files = {"shop/playbook.yaml": f"{head}include: flows/*.yaml\n"}
    commit(shop, {**files, "shop/flows/welcome.yaml": f"flows:\n{flows}"})
    (shop / "shop" / "flows" / "welcome.yaml").unlink()
    (shop / "shop" / "flows" / "other.yaml").write_text(f"\nflows:\n{flows}    priority: 20\n")
    done = playbook("diff", "main", "--path", "shop", cwd=shop)
    places = "(main:shop/flows/welcome.yaml:2 -> shop/flows/other.yaml:3)"
    assert f"~ flow welcome  {places}\n    priority: 50 (default) -> 20" in done.stdout


def test_environment_and_working_directory_do_not_mislead_git(shop: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", "-b", "main")
    commit(other, {"shop/playbook.yaml": BAD})
    hostile = {
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "nothing"),
        "GIT_OBJECT_DIRECTORY": str(other),
        "GIT_NAMESPACE": "x",
        "GIT_CONFIG_COUNT": "nonsense",
        "GIT_TRACE": "1",
        "GIT_LITERAL_PATHSPECS": "0",
    }
    done = process("diff", "main", cwd=shop / "shop", environment=hostile)
    assert (done.returncode, done.stdout, done.stderr) == (0, CHANGED, "")


def test_a_git_beside_the_playbook_is_never_run(shop: Path) -> None:
    trap = shop / "shop" / "git"
    trap.write_text("#!/bin/sh\ntouch trapped\n")
    trap.chmod(0o755)
    path = os.pathsep.join((".", "", os.environ["PATH"]))
    done = process("diff", "main", cwd=shop / "shop", environment={"PATH": path})
    assert done.returncode == 0
    assert not (shop / "shop" / "trapped").exists()


def test_nothing_of_a_repository_runs(shop: Path) -> None:
    trap = shop / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {shop}/trapped\ncat\n")
    trap.chmod(0o755)
    commit(shop, {".gitattributes": "*.yaml filter=x diff=x\n", "shop/playbook.yaml": GOOD})
    for key in ("core.fsmonitor", "core.pager", "filter.x.smudge", "diff.x.textconv"):
        git(shop, "config", key, str(trap))
    (shop / "shop" / "playbook.yaml").write_text(LATER)
    assert playbook("diff", "main", cwd=shop / "shop").stdout == CHANGED
    assert not (shop / "trapped").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("target", ["{secret}", "../../secret.yaml", "loop.yaml", "inner/out.yaml"])
def test_links_of_a_revision_are_not_followed_out(shop: Path, tmp_path: Path, target: str) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("flows: {stolen: {trigger: sign_up, steps: [{task: a}]}}")
    text = GOOD + "include: loop.yaml\n"
    folder = shop / "shop"
    (folder / "loop.yaml").symlink_to(target.format(secret=secret))
    (folder / "inner").symlink_to("../..")
    (tmp_path / "out.yaml").write_text(secret.read_text())
    commit(shop, {"shop/playbook.yaml": text})
    (folder / "playbook.yaml").write_text(GOOD)
    done = playbook("diff", "main", cwd=folder)
    assert done.returncode == 1
    assert "main does not compile" in done.stderr
    assert "error[path-outside]" in done.stderr
    assert "stolen" not in done.stdout + done.stderr


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_link_inside_is_followed_and_a_main_file_that_leads_out_is_not(
    shop: Path, tmp_path: Path
) -> None:
    folder = shop / "shop"
    (folder / "real.yaml").write_text(LATER)
    (folder / "playbook.yaml").unlink()
    (folder / "playbook.yaml").symlink_to("real.yaml")
    commit(shop, {})
    done = playbook("diff", "HEAD~1", "HEAD", cwd=folder)
    assert "subject: Hi -> Hello" in done.stdout
    (tmp_path / "secret.yaml").write_text(GOOD)
    (folder / "playbook.yaml").unlink()
    (folder / "playbook.yaml").symlink_to(tmp_path / "secret.yaml")
    commit(shop, {})
    out = playbook("diff", "HEAD~1", "HEAD", cwd=folder)
    assert out.returncode == 1
    assert "HEAD does not compile" in out.stderr


def test_submodules_and_files_of_another_kind_are_left_out(shop: Path) -> None:
    head = git(shop, "rev-parse", "HEAD")
    git(shop, "update-index", "--add", "--cacheinfo", f"160000,{head},shop/sub")
    git(shop, "commit", "-q", "-m", "a submodule")
    (shop / "shop" / "picture.png").write_bytes(bytes(100))
    assert playbook("diff", "main", cwd=shop / "shop").stdout == CHANGED


def test_git_is_missing(shop: Path) -> None:
    done = process("diff", "main", cwd=shop, environment={"PATH": str(shop)})
    assert done.returncode == 1
    assert "git is not installed" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a shell script plays git")
def test_a_git_that_hangs_is_given_up(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(slow.parent) + os.pathsep + os.environ["PATH"])
    monkeypatch.setattr(revisions, "SECONDS_LIMIT", 0.2)
    start = time.monotonic()
    done = playbook("diff", "main", cwd=shop)
    assert done.returncode == 1
    assert "git did not answer within" in done.stderr
    assert time.monotonic() - start < 20


def test_json_fits_its_published_schema(shop: Path, update: bool) -> None:
    published = REFERENCE / "diff.schema.json"
    if update:
        published.write_text(schema_text(diff_schema()), encoding="utf-8")
    schema = json.loads(published.read_text(encoding="utf-8"))
    assert schema == diff_schema()
    text = LATER.replace("trigger: sign_up", "trigger: sign_up\n    priority: 20").replace(
        "[{send: hello}]", "[{send: hello, id: first}, {if: orders = 0, then: [{task: a}]}]"
    )
    (shop / "shop" / "playbook.yaml").write_text(text)
    data = json.loads(playbook("diff", "main", "--format", "json", cwd=shop / "shop").stdout)
    Draft202012Validator(schema).validate(data)
    assert data["changed"] is True
    assert data["old"]["commit"] == git(shop, "rev-parse", "main")
    assert data["new"]["revision"] is None
    flow = data["entries"][0]
    assert (flow["kind"], flow["id"], flow["change"]) == ("flow", "welcome", "modified")
    assert flow["old"] == {"file": "main:shop/playbook.yaml", "line": 10, "column": 3}
    assert flow["changes"][0]["old"] == {"value": "50", "default": True, **flow["old"]}
    assert [(one["id"], one["was"], one["change"]) for one in flow["steps"]] == [
        ("first", "send-hello", "renamed"),
        ("if-orders-is-0", None, "added"),
        ("if-orders-is-0.then.task-a", None, "added"),
    ]
    for wrong in (data | {"version": 2}, data | {"entries": [flow | {"change": "maybe"}]}):
        assert list(Draft202012Validator(schema).iter_errors(wrong))


def test_json_of_equal_sides(shop: Path) -> None:
    done = playbook("diff", "main", "main", "--path", "shop", "--format", "json", cwd=shop)
    data = json.loads(done.stdout)
    assert (data["changed"], data["entries"]) == (False, [])
    assert data["old"]["digest"] == data["new"]["digest"]


def test_markdown_begins_with_a_marker_that_stays(shop: Path) -> None:
    first = playbook("diff", "main", "--format", "markdown", "--path", "shop", cwd=shop)
    (shop / "shop" / "playbook.yaml").write_text(GOOD)
    equal = playbook("diff", "main", "--format", "markdown", cwd=shop / "shop")
    marker = "<!-- playbook-diff: shop -->"
    assert first.stdout.splitlines()[0] == equal.stdout.splitlines()[0] == marker
    assert len(equal.stdout.splitlines()) == 2
    assert "nothing changed." in equal.stdout
    assert "|" not in equal.stdout


def test_markdown_lets_no_text_out_of_its_cell(shop: Path) -> None:
    hostile = (
        "</code><script>x</script> | new cell `code` @everyone #1 [a](javascript:x) ![i](http://x)"
        " https://phish.example www.phish.example *b* __c__ <!-- --> &lt; ~~s~~ \\ $x$"
    )
    subject = json.dumps(hostile)
    (shop / "shop" / "playbook.yaml").write_text(GOOD.replace("subject: Hi", f"subject: {subject}"))
    found = playbook("diff", "main", "--format", "json", "--path", "shop", cwd=shop)
    [change] = json.loads(found.stdout)["entries"][0]["changes"]
    assert change["new"]["value"] == json.dumps(hostile)
    done = playbook("diff", "main", "--format", "markdown", "--path", "shop", cwd=shop)
    [row] = [line for line in done.stdout.splitlines() if line.startswith("| message")]
    cells = row.removeprefix("| ").removesuffix(" |").split(" | ")
    assert len(cells) == 4
    text = cells[3].removeprefix("<code>").removesuffix("</code>")
    assert len(text) > 80
    assert not re.search(r"[<>|`@\[\]*_!\\~$]|#(?!\d+;)|&(?!#\d+;)|://|www\.", text)
    # Unquoted from HTML it is what was written, cut.
    assert json.dumps(hostile).startswith(html.unescape(text).removesuffix("…"))


def test_long_texts_are_cut_around_their_difference(shop: Path) -> None:
    words = "word " * 200
    for text, end in ((GOOD, "left"), (LATER, "right")):
        long = text.replace("Welcome.", f"Welcome. {words}{end} {words}")
        path = shop / "shop" / "playbook.yaml"
        path.write_text(long)
        if end == "left":
            commit(shop, {})
    done = playbook("diff", "main", "--path", "shop", cwd=shop)
    [line] = [line for line in done.stdout.splitlines() if line.startswith("    body: ")]
    assert re.search(r"…[word ]+left[word ]+… -> …[word ]+right[word ]+…", line)
    assert len(line) < 300


def test_nothing_heavy_is_imported(shop: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "diff", "main", "--path", "shop"],
        cwd=shop,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(ROOTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "subject: Hi -> Hello" in done.stdout
    assert not set(done.stderr.split()) & set(HEAVY)


def test_nothing_is_left_in_the_temporary_folder(shop: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = process("diff", "main", cwd=shop / "shop", environment={"TMPDIR": str(scratch)})
    assert done.returncode == 0
    assert list(scratch.iterdir()) == []


def test_the_manuals_examples_are_what_is_printed(tmp_path: Path, update: bool) -> None:
    """Blocks of YAML: the committed playbook, then the edited one. Blocks that begin with `$` are
    run in the folder of the playbook."""
    page = PAGE.read_text(encoding="utf-8")
    before, after = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, {"playbook.yaml": before})
    (tmp_path / "playbook.yaml").write_text(after)
    blocks = re.findall(r"```(?:text|markdown)\n\$ playbook (.*?)\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 2
    for words, printed in blocks:
        done: Done = playbook(*words.split(), cwd=tmp_path)
        if update:
            block = f"$ playbook {words}\n"
            page = page.replace(block + printed, block + done.stdout + done.stderr)
        else:
            assert printed == done.stdout + done.stderr, "pytest --update rewrites it"
    if update:
        PAGE.write_text(page, encoding="utf-8")
