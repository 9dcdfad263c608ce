#!/usr/bin/env python3
"""Checks licences, bans, sources and Rust versions of every package in the tree against deny.toml.

A small stand-in for `cargo deny check bans licenses sources`, which takes minutes to build.
Exits 1 and names every offender.
"""
import json
import os
import re
import subprocess
import sys
import tomllib

CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def allowed(expression: str, allow: set[str]) -> bool:
    """Whether an SPDX expression can be met with the allowed licences."""
    expression = expression.replace("/", " OR ")
    tokens = re.findall(r"\(|\)|[^\s()]+", expression)
    terms, position = [], 0
    while position < len(tokens):
        token = tokens[position]
        if token in ("(", ")"):
            terms.append(token)
        elif token in ("AND", "OR"):
            terms.append(token.lower())
        else:
            name = token
            if position + 2 < len(tokens) and tokens[position + 1] == "WITH":
                name = f"{token} WITH {tokens[position + 2]}"
                position += 2
            # An exception only widens a licence.
            bare = name.split(" WITH ")[0]
            terms.append(str(name in allow or bare in allow))
        position += 1
    return bool(eval(" ".join(terms), {"__builtins__": {}}))  # only True, False, and, or, ( and )


def version(text: str) -> tuple[int, ...]:
    """1.89 and 1.89.0 alike."""
    parts = [int(part) for part in text.split(".")]
    return tuple(parts + [0] * (3 - len(parts)))


def check(metadata: dict, policy: dict, msrv: str = "1.89") -> list[str]:
    members = set(metadata["workspace_members"])
    allow = set(policy["licenses"]["allow"])
    denied = set(policy["bans"]["deny"])
    problems = []
    for package in metadata["packages"]:
        name = f"{package['name']} {package['version']}"
        if package["name"] in denied:
            problems.append(f"{name} is banned")
        if not allowed(package["license"] or "none", allow):
            problems.append(f"{name} has licence {package['license']!r}")
        # What has no source is in this repository, beside the workspace.
        own = package["source"] is None and package["manifest_path"].startswith(os.getcwd() + os.sep)
        if package["id"] not in members and not own and package["source"] != CRATES_IO:
            problems.append(f"{name} comes from {package['source']}")
        if version(package.get("rust_version") or "1.0") > version(msrv):
            problems.append(f"{name} needs Rust {package['rust_version']}, the workspace promises {msrv}")
        for dependency in package["dependencies"] if package["id"] in members else []:
            if dependency["req"] == "*" and not dependency.get("path"):
                problems.append(f"{name} asks for any version of {dependency['name']}")
    return problems


def self_test(policy: dict) -> None:
    """The control: each rule catches a package that breaks it."""
    good = {"name": "fine", "version": "1.0.0", "license": "MIT OR Apache-2.0", "id": "fine",
            "source": CRATES_IO, "dependencies": [], "manifest_path": "/elsewhere/Cargo.toml"}
    bad = [
        {**good, "name": "reqwest"},
        {**good, "license": "GPL-3.0-only"},
        {**good, "license": "MIT AND GPL-3.0-only"},
        {**good, "license": None},
        {**good, "rust_version": "1.90"},
        {**good, "source": "git+https://example.org/x"},
        {**good, "source": None},
    ]
    assert check({"workspace_members": [], "packages": [good]}, policy) == []
    for package in bad:
        assert check({"workspace_members": [], "packages": [package]}, policy), package


def main() -> int:
    with open("deny.toml", "rb") as file:
        policy = tomllib.load(file)
    self_test(policy)
    found = 0
    # libFuzzer is under LLVM's old licence, and is in nothing that ships.
    fuzz = {**policy, "licenses": {"allow": [*policy["licenses"]["allow"], "NCSA"]}}
    for manifest, rules in (("Cargo.toml", policy), ("fuzz/Cargo.toml", fuzz)):
        output = subprocess.run(
            ["cargo", "metadata", "--format-version", "1", "--all-features", "--locked",
             "--manifest-path", manifest],
            check=True, capture_output=True,
        ).stdout
        metadata = json.loads(output)
        problems = check(metadata, rules)
        for problem in problems:
            print(f"deny: {manifest}: {problem}", file=sys.stderr)
        print(f"deny: {manifest}: {len(metadata['packages'])} packages, {len(problems)} problems")
        found += len(problems)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
