#!/usr/bin/env python3
"""Holds coverage.toml to the privacy policy on one side and to the tests on the other.

Every sentence of the policy has one row, and a row names tests that exist and run, or a decision, or
what is open. With --release nothing may be open. Exits 1 and names every problem.

Tests are named as
  captcha-core::privacy::consent::tests::name   a Rust test: crate, module or test file, function
  case:name                                     a case of the HTTP contract, as its source writes it
  browser:title                                 a browser test
  check:tests/deny.py                           a script that tests/run runs
"""
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ROW_KEYS = {"id", "says", "feature", "tests", "decision", "open"}

# Sentences per clause of the policy of 2024-10-04; 0 is its date and introduction, and a clause
# without a dot is the text before its first subclause.
SENTENCES = {
    "0": 4,
    "1.1": 1, "1.2": 5, "1.3": 4, "1.4": 3,
    "2.1": 5, "2.2": 3, "2.3": 2,
    "3": 1, "3.1": 2, "3.2": 2, "3.3": 2, "3.4": 1, "3.5": 1, "3.6": 2,
    "4.1": 6, "4.2": 2,
    "5": 4,
    "6": 2, "6.1": 2, "6.2": 2,
    "7": 4,
    "8": 3,
}
CRATES = {
    "captcha-core": "captcha-core",
    "captcha-axum": "captcha-axum",
    "captcha-actix": "captcha-actix",
    "captcha-rocket": "captcha-rocket",
    "contract": "tests/contract",
}

RUST_TEST = re.compile(r"((?:^[ \t]*#\[[^\]]*\]\n)+)[ \t]*(?:async )?fn (\w+)\(", re.M)
INNER_MODULE = re.compile(r"^mod (\w+) \{", re.M)
CASE = re.compile(r'Case::new\(\s*(?:format!\(\s*)?"((?:[^"\\]|\\.)*)"')
ON_EACH = re.compile(r"^on_each_adapter! \{([\s\w]*)\}", re.M)
BROWSER = re.compile(r"""\b((?:test|it)(?:\.\w+)?)\(\s*(["'`])((?:(?!\2)[^\\\n]|\\.)*)\2""")


def ids() -> list[str]:
    return [f"{clause}-{chr(ord('a') + n)}" for clause, count in SENTENCES.items() for n in range(count)]


def uncommented(text: str) -> str:
    return re.sub(r"^[ \t]*//.*\n", "", text, flags=re.M)


def scan_rust(module: str, text: str) -> dict[str, str | None]:
    """The tests of a file, each with the reason why it does not run, if there is one."""
    text, found = uncommented(text), {}
    inner = INNER_MODULE.search(text)
    for match in RUST_TEST.finditer(text):
        attributes = re.findall(r"#\[([^\]]*)\]", match[1])
        if not any(re.match(r"(\w+::)*(async_)?test\b", attribute) for attribute in attributes):
            continue
        inside = f"::{inner[1]}" if inner and match.start() > inner.start() else ""
        skipped = [a for a in attributes if re.match(r"ignore\b|cfg\b|cfg_attr\b", a)]
        found[f"{module}{inside}::{match[2]}"] = f"has #[{skipped[0]}]" if skipped else None
    for name in " ".join(ON_EACH.findall(text)).split():
        # A function without an attribute, which a macro calls with each adapter.
        if re.search(rf"^(?<!\]\n)fn {name}\(", text, re.M):
            found[f"{module}::{name}"] = None
    return found


def scan_cases(text: str) -> dict[str, str | None]:
    text, found = uncommented(text), {}
    cases = list(CASE.finditer(text))
    for case, following in zip(cases, cases[1:] + [None]):
        body = text[case.start():following.start() if following else len(text)]
        found[f"case:{case[1]}"] = "is not for all adapters" if ".only_on(" in body else None
    return found


def scan_browser(text: str) -> dict[str, str | None]:
    text, found = uncommented(text), {}
    only = re.search(r"\b(?:test|it|describe|suite)\.only\(|\bonly: *true", text)
    whole = re.search(r"\b(?:describe|suite)\.(?:skip|todo)\(", text)
    for match in BROWSER.finditer(text):
        why = None
        if match[1] not in ("test", "it"):
            why = f"is {match[1]}"
        elif re.match(r"\s*,\s*\{[^}]*\b(?:skip|todo)\b", text[match.end():]):
            why = "is skipped"
        elif only or whole:
            why = f"stands beside {(only or whole)[0]}"
        found[f"browser:{match[3]}"] = why
    return found


def scan(path: str, text: str) -> dict[str, str | None]:
    for crate, folder in CRATES.items():
        inside = path.removeprefix(f"{folder}/")
        if inside == path or not path.endswith(".rs"):
            continue
        found = scan_cases(text) if inside.startswith("src/cases") else {}
        parts = inside.removesuffix(".rs").split("/")[1:]
        if parts[-1] in ("mod", "lib", "main"):
            parts.pop()
        return found | scan_rust("::".join([crate, *parts]), text)
    if path.endswith(".test.mjs"):
        return scan_browser(text)
    if path == "tests/run":
        return {f"check:{script}": None for script in re.findall(r"^check .*\b(tests/\S+)", text, re.M)}
    return {}


def read_sources() -> dict[str, str]:
    files = [ROOT / "tests/run", *(ROOT / "tests/browser").glob("*.test.mjs")]
    for folder in CRATES.values():
        files += [*(ROOT / folder / "src").rglob("*.rs"), *(ROOT / folder / "tests").rglob("*.rs")]
    return {str(file.relative_to(ROOT)): file.read_text() for file in files}


def check(rows: list[dict], known: dict[str, str | None], release: bool) -> list[str]:
    problems, seen = [], set()
    for row in rows:
        name = row.get("id", "a row without an id")
        if name in seen:
            problems.append(f"{name} has two rows")
        seen.add(name)
        if extra := set(row) - ROW_KEYS:
            problems.append(f"{name} has unknown keys {sorted(extra)}")
        if not all(row.get(key, "").strip() for key in ("says", "feature")):
            problems.append(f"{name} does not say what is asked and what answers it")
        tests = row.get("tests", [])
        if not (tests or row.get("decision", "").strip() or row.get("open", "").strip()):
            problems.append(f"{name} has neither tests nor a decision nor what is open")
        if release and "open" in row:
            problems.append(f"{name} is open: {row['open']}")
        for test in tests:
            if test not in known:
                problems.append(f"{name} names a test that is not there: {test}")
            elif known[test]:
                problems.append(f"{name} names a test that {known[test]}: {test}")
    for name in ids():
        if name not in seen:
            problems.append(f"{name} has no row")
    problems += [f"{name} is no sentence of the policy" for name in sorted(seen - set(ids()))]
    return problems


def disabled(path: str, test: str) -> list[tuple[str, str]]:
    """What to replace in a file, and by what, so that the test does not run any more."""
    if test.startswith("case:"):
        text = test.removeprefix("case:")
        return [(f'"{text}"', f'"{text} "')]
    if test.startswith("browser:"):
        title = test.removeprefix("browser:")
        opened = [f"test({quote}{title}{quote}" for quote in "\"'`"]
        return [pair for old in opened for pair in (
            (old, old.replace("test(", "test.skip(", 1)), (old, old.replace("test(", "test.only(", 1)),
            (old, old.replace(title, title + " ")), (old, f"// {old}"))]
    if test.startswith("check:"):
        return [(test.removeprefix("check:"), "tests/other.py")]
    name = test.rsplit("::", 1)[1]
    return [(f"fn {name}(", f"fn {name}_("), (f"fn {name}(", f"#[ignore]\nfn {name}("),
            (f"fn {name}(", f"#[cfg(any())]\nfn {name}("), (f"\n    {name}\n", "\n")]


def self_test(rows: list[dict], sources: dict[str, str], known: dict, where: dict[str, str]) -> int:
    """The controls: every deleted row and every test that is renamed or does not run is caught."""
    caught = 0

    def must_fail(what: str, rows: list[dict], known: dict, release: bool = False) -> None:
        nonlocal caught
        assert check(rows, known, release), f"not caught: {what}"
        caught += 1

    good = [{"id": name, "says": "x", "feature": "x", "decision": "x"} for name in ids()]
    assert check(good, {}, True) == []
    first = good[0]
    for what, row in [
        ("nothing", {"id": first["id"], "says": "x", "feature": "x"}),
        ("no tests", {**first, "decision": "", "tests": []}),
        ("a typo", {**first, "test": ["x"]}),
        ("no feature", {**first, "feature": " "}),
        ("an unknown test", {**first, "tests": ["case:x"]}),
        ("an unknown sentence", {**first, "id": "9.9-a"}),
    ]:
        must_fail(what, [row, *good[1:]], {})
    must_fail("open at release", [{**first, "open": "x"}, *good[1:]], {}, release=True)
    must_fail("a case for some adapters", [{**first, "tests": ["case:x"]}, *good[1:]],
              scan_cases('Case::new("x", run).only_on(&SOME)'))
    for position, row in enumerate(rows):
        must_fail(f"{row['id']} deleted", rows[:position] + rows[position + 1:], known)
        must_fail(f"{row['id']} doubled", [*rows, row], known)
    for test in sorted({test for row in rows for test in row.get("tests", [])}):
        path, changed = where[test], 0
        for old, new in disabled(path, test):
            if old not in sources[path]:
                continue
            others = {name: why for name, why in known.items() if where[name] != path}
            must_fail(f"{test}: {new}", rows, others | scan(path, sources[path].replace(old, new)))
            changed += 1
        assert changed, f"no control changes {test}"
    return caught


def main() -> int:
    with open(HERE / "coverage.toml", "rb") as file:
        rows = tomllib.load(file)["sentence"]
    sources = read_sources()
    known, where = {}, {}
    for path, text in sources.items():
        for name, why in scan(path, text).items():
            known[name], where[name] = why, path
    problems = check(rows, known, release="--release" in sys.argv[1:])
    for problem in problems:
        print(f"policy: {problem}", file=sys.stderr)
    controls = self_test(rows, sources, known, where) if not problems else 0
    open_rows = [row for row in rows if "open" in row]
    proven = [row for row in rows if "open" not in row and row.get("tests")]
    decided = len(rows) - len(open_rows) - len(proven)
    tests = {test for row in rows for test in row.get("tests", [])}
    print(f"policy: {len(ids())} sentences: {len(proven)} proven by {len(tests)} tests, {decided} decided, "
          f"{len(open_rows)} open; {controls} controls, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
