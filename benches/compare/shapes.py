"""Writes traces of several shapes, of which docs/speed.md counts the instructions a byte.

    python shapes.py FOLDER [CALLS]

The same number of calls gives the same bytes on every machine. They are decided under the policy of
`make_trace`.
"""

import json
import random
import sys
from pathlib import Path

TOOLS = 96
GRANTS = 20_000
SECONDS = 6 * 3_600
START = 1_772_323_200
COMPACT = (",", ":")
WORDS = (
    'the quick "brown" fox\njumps over\tthe lazy dog C:\\temp\\x naïve 東京 path/to/file.rs '
    'fn main() { println!("hi\\n"); } — end'
).split(" ")


def words(count):
    return " ".join(random.choice(WORDS) for _ in range(count))


def call(number, calls):
    seconds, thousandths = divmod(number * SECONDS * 1_000 // calls, 1_000)
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{thousandths:03}"
    # The product of two makes some grants busy and most of them quiet.
    grant = random.randrange(GRANTS) * random.randrange(GRANTS) // GRANTS
    noise = f"{random.getrandbits(128):032x}"
    return {
        "ts": f"2026-03-01T{time}Z",
        "grant": f"grant-{grant:05}",
        "session": f"s-{random.getrandbits(32):08x}",
        "server": "octopus",
        "tool": f"tool_{random.randrange(TOOLS):02}",
        "args": {
            "project": f"alpha-{random.randrange(100)}",
            "env": random.choice(["dev", "staging", "test", "prod"]),
            "count": random.randrange(1_000),
            "force": random.random() < 1 / 16,
            "note": f"{noise} nightly run, see the linked ticket for the whole reason",
            "tags": ["a", "b"],
        },
        "id": f"c-{number:07}",
        "result": "ok",
    }


def nested(depth):
    if depth == 0:
        return random.choice([1, 2.5, -3, True, None, "x", 'a"b'])
    count = random.randrange(1, 4)
    if random.random() < 0.5:
        return {random.choice("abcdefgh") + str(k): nested(depth - 1) for k in range(count)}
    return [nested(depth - 1) for _ in range(count)]


def shuffled(members):
    members = list(members.items())
    random.shuffle(members)
    return dict(members)


def bench(call, when):
    return json.dumps(call, separators=COMPACT)


def order(call, when):
    call["args"] = shuffled(call["args"] | {"note": words(12), "deep": nested(3)})
    return json.dumps(shuffled(call), separators=COMPACT)


def spaced(call, when):
    call["args"]["note"] = words(12)
    return json.dumps(call, sort_keys=True)


def long(call, when):
    call["args"]["content"] = "\n".join(words(10) for _ in range(40))
    return json.dumps(call, separators=COMPACT, ensure_ascii=False)


def deep(call, when):
    call["args"]["edits"] = [nested(5) for _ in range(4)]
    return json.dumps(call, separators=COMPACT)


def unlike(call, when):
    count = random.randrange(12)
    args = {f"k{random.getrandbits(20):x}": nested(random.randrange(3)) for _ in range(count)}
    args |= {name: value for name, value in call["args"].items() if random.random() < 0.6}
    call["args"] = shuffled(args)
    for name in ("session", "server", "id", "result"):
        if random.random() < 0.4:
            del call[name]
    if random.random() < 0.3:
        call["ts"] = START + when * SECONDS
    if random.random() < 0.3:
        call["team"] = {"x": nested(2)}
    separators = random.choice([COMPACT, (", ", ": ")])
    return json.dumps(shuffled(call), separators=separators)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: shapes.py FOLDER [CALLS]")
    folder, calls = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 40_000
    folder.mkdir(parents=True, exist_ok=True)
    for shape in (bench, order, spaced, long, deep, unlike):
        random.seed(7)
        with open(folder / f"{shape.__name__}.jsonl", "w", encoding="utf-8") as file:
            for number in range(calls):
                print(shape(call(number, calls), number / calls), file=file)


if __name__ == "__main__":
    main()
