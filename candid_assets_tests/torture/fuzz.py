"""Fuzzes what people, programs and files send: `python -m candid_assets_tests.torture.fuzz`.

    python -m candid_assets_tests.torture.fuzz --runs 500
    python -m candid_assets_tests.torture.fuzz --target contract --seed 12 --runs 100000
    python -m candid_assets_tests.torture.fuzz --target query --atheris

Each input is made from a seed by a number, so that a fault is repeated by `--seed`. With
`--atheris`, where that library is installed, inputs are led by the code that they reach. An input
that found a fault is written to `fuzz_inputs/<target>/`, where a test reads it ever after.
"""

import argparse
import copy
import hashlib
import json
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from candid_assets_tests.torture.fuzz_targets import Target, outcome, targets

INPUTS = Path(__file__).with_name("fuzz_inputs")
SLOW_SECONDS = 10.0
ODD = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xf0\x9f\x98\x80",
    b"'",
    b'"',
    b"`",
    b"--",
    b";",
    b"{{",
    b"[" * 300,
    b"{" * 300,
    b"&a [*a]",
    b"!!python/object:os.system ",
    b"../" * 9,
    b"<script>",
    b"=1+1",
    b"9" * 400,
    b"1e999",
    b"-1",
    b"null",
    b"true",
    b"\n",
    b"\t",
    b"\r",
    b": ",
    b"%",
    b"%25%00",
    b"\\",
    b"(" * 200,
    b"A" * 70_000,
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return content with one to six random changes of bytes, tokens or lines."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        length = min(len(changed) - at, chance.choice((0, 1, 2, 5, 20, 100)))
        match chance.randrange(7):
            case 0:
                del changed[at : at + length]
            case 1:
                changed[at:at] = chance.choice(ODD)
            case 2:
                changed[at : at + length] = chance.choice(ODD)
            case 3 if changed:
                place = chance.randrange(len(changed))
                changed[place] ^= 1 << chance.randrange(8)
            case 4:
                changed[at:at] = changed[at : at + length] * chance.choice((1, 2, 50))
            case 5:
                lines = bytes(changed).splitlines(keepends=True)
                chance.shuffle(lines) if chance.random() < 0.2 else lines.reverse()
                if chance.random() < 0.3:
                    changed = bytearray(b"".join(lines))
            case _:
                other = chance.randrange(len(changed) + 1)
                changed[at : at + length] = changed[other : other + length]
    return bytes(changed)


ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5e300,
    "",
    "\ud800",
    "'; drop table x; --",
    "../../etc/passwd",
    "9" * 5_000,
    [],
    {},
    [[[]]],
    {"": None},
)


def mutated_json(content: bytes, chance: random.Random) -> bytes:
    """Return JSON with one to four values or keys changed, dropped or moved."""
    document = json.loads(content)
    for _ in range(chance.randint(1, 4)):
        places = list(_places(document))
        if not places:
            break
        holder, key = chance.choice(places)
        match chance.randrange(4):
            case 0:
                del holder[key]
            case 1:
                other, name = chance.choice(places)
                holder[key] = copy.deepcopy(other[name])
            case 2 if isinstance(holder, dict):
                holder[f"{key}x"] = holder.pop(key)
            case _:
                holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1)
    return f"{text}\n".encode("utf-8", "surrogatepass")


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every holder and key below a value of JSON."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


def made(target: Target, seed: int) -> bytes:
    """Return the input of a number."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable input, not a secret
    seed_content = chance.choice(target.seeds)
    if seed_content[:1] in (b"{", b"[") and chance.random() < 0.7:
        return mutated_json(seed_content, chance)
    return mutated(seed_content, chance)


def main() -> int:
    """Fuzz and print how many inputs were taken and refused; 1 if one was a fault."""
    known = targets()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--target", choices=sorted(known), action="append")
    parser.add_argument("--runs", type=int, default=300, help="inputs of each target")
    parser.add_argument("--seed", type=int, default=0, help="number of the first input")
    parser.add_argument("--atheris", action="store_true", help="for one target, until interrupted")
    given = parser.parse_args()
    chosen = given.target or sorted(known)
    if given.atheris:
        return _led(known[chosen[0]])
    faults = 0
    for name in chosen:
        counts: Counter[str] = Counter()
        began, slowest = time.monotonic(), 0.0
        for seed in range(given.seed, given.seed + given.runs):
            content, start = made(known[name], seed), time.monotonic()
            try:
                counts[outcome(known[name], content)] += 1
            except Exception:
                counts["fault"] += 1
                print(f"{name}: seed {seed}, kept as {_kept(name, content)}")
                traceback.print_exc(limit=-3)
            slowest = max(slowest, time.monotonic() - start)
        seconds = time.monotonic() - began
        print(f"{name:12} {dict(counts)}  {seconds:.1f} s, slowest {slowest:.2f} s", flush=True)
        faults += counts["fault"] + (slowest > SLOW_SECONDS)
    return 1 if faults else 0


def _kept(name: str, content: bytes) -> str:
    file = INPUTS / name / hashlib.sha256(content).hexdigest()[:12]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return f"{file.parent.name}/{file.name}"


def _led(target: Target) -> int:
    import atheris

    atheris.instrument_all()
    atheris.Setup(sys.argv[:1], lambda content: outcome(target, content) and None)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
