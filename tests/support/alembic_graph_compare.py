#!/usr/bin/python3
"""Compares Alembic's answers with ours: alembic_graph_compare.py FOLDER MIGRATE.

Prints TAP. Where we differ on purpose, DIFFERENCES says where exactly and why; anything else fails, and so does a reason
that nothing needed. That two refuse with different words is no difference.
"""
import collections
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from alembic_graph import Asked, names_of  # noqa: E402


class Question:
    def __init__(self, asked, kind, rows, spec, alembic, ours):
        self.asked, self.kind, self.rows, self.spec = asked, kind, rows.split(), spec
        self.alembic, self.ours = alembic.lstrip("~"), ours
        self.unordered = alembic.startswith("~")
        self.alembic_refuses, self.we_refuse = alembic.startswith("!"), ours.startswith("!")
        self.relative = re.fullmatch(r"(?:(.+)@)?(\w+)?([+-]\d+)", spec)
        self.words = spec.split(" ")

    @staticmethod
    def parts(answer):
        steps, _, rows = answer.partition("|")
        return steps.split(), rows.split()

    def same(self):
        if self.alembic_refuses and self.we_refuse or self.alembic == self.ours:
            return True
        if self.alembic_refuses or self.we_refuse or not self.unordered:
            return False
        mine, theirs = self.parts(self.ours), self.parts(self.alembic)
        return sorted(mine[0]) == sorted(theirs[0]) and mine[1] == theirs[1] and self.is_sorted(mine[0])

    def is_sorted(self, names):
        """Whether everything comes on its side of what it stands on."""
        if self.kind == "upgrade":
            names = names[::-1]
        place = {name: i for i, name in enumerate(names)}
        return all(place[name] < place[below] for name in names
                   for below in self.asked.map.get_revision(name)._all_down_revisions if below in place)

    # Facts about the graph.
    def below(self, names):
        return {r.revision for r in self.asked.map._get_ancestor_nodes(self.asked.map.get_revisions(tuple(names)))}

    def above(self, names):
        return {r.revision for r in self.asked.map._get_descendant_nodes(self.asked.map.get_revisions(tuple(names)))}

    def lineage(self, name):
        revision = [self.asked.map.get_revision(name)]
        return {r.revision for nodes in (self.asked.map._get_ancestor_nodes, self.asked.map._get_descendant_nodes)
                for r in nodes(revision, include_dependencies=False)}

    def tips(self, names):
        """The version rows of a database where these and all they stand on are applied."""
        names = self.below(names)
        return sorted(n for n in names if not self.asked.map.get_revision(n)._all_nextrev & names)

    def targets(self):
        """Of a stamp whose words are no relative specs."""
        return [r.revision for word in self.words for r in self.asked.script.get_revisions(word)]

    def nothing_done(self):
        return self.ours == " ".join(["|"] + self.rows)


def stamped(q):
    """What a stamp of several, or of "heads", should be: each takes the place of the rows above and below it."""
    targets = q.targets()
    others = [row for row in q.rows if row not in q.below(targets) | q.above(targets)]
    return q.ours == " ".join(["|"] + q.tips(set(targets) | set(others)))


def stamped_base(q):
    """BRANCH@base: what comes down with the branch is gone, but for what the rows of other branches stand on."""
    branch = q.spec.partition("@")[0]
    name = q.asked.map.get_revision(branch).revision
    lineage = q.lineage(branch)
    down = q.above([n for n in lineage if q.asked.map.get_revision(n).is_base])
    others = [row for row in q.rows if row not in q.below([name]) | q.above([name])]
    left = q.below(q.rows) - (down - q.below(others))
    return q.ours == " ".join(["|"] + q.tips(left))


def overlapping(q, names):
    return any(a != b and a in q.below([b]) for a in names for b in names)


DIFFERENCES = [
    ("-N takes a merge down; Alembic finds the walk below it ambiguous, though nothing has to be walked there",
     "downgrade", lambda q: q.alembic == "!Ambiguous walk" and not q.we_refuse and q.relative and q.relative[3][0] == "-"),
    ("REV-N that ends at base takes down what REV stands on, not every other branch as well",
     "downgrade", lambda q: q.relative and q.relative[2] and q.alembic.endswith("|") and not q.we_refuse
     and set(q.parts(q.ours)[0]) < set(q.parts(q.alembic)[0])),
    ("a downgrade to what is applied, and has nothing of the branch above it, is done already",
     "downgrade", lambda q: "not a valid downgrade target" in q.alembic and q.nothing_done()),
    ("BRANCH@REV below the fork means both sides of it, when BRANCH is below it, too",
     "downgrade", lambda q: q.alembic == "!Not a valid downgrade target from current heads" and "@" in q.spec),
    ("BRANCH@head in a downgrade is the head of that branch; Alembic reads 'head' alone",
     "downgrade", lambda q: "@head" in q.spec),
    ("+0 is where it stands", "upgrade|downgrade|stamp", lambda q: q.spec == "+0" and q.nothing_done()),
    ("a row that another row stands on is no row: Alembic corrected this in 1.13.1",
     "downgrade", lambda q: not q.alembic_refuses and q.parts(q.ours)[0] == q.parts(q.alembic)[0]
     and overlapping(q, q.parts(q.alembic)[1]) and q.parts(q.ours)[1] == q.tips(set(q.parts(q.alembic)[1]))),
    ("-N from several version rows is refused; Alembic warns that it will be",
     "downgrade", lambda q: re.fullmatch(r"-\d+", q.spec) and len(q.rows) > 1 and "is ambiguous" in q.ours),
    ("BRANCH@REV has to be on BRANCH; Alembic's downgrade looks only where it must choose",
     "downgrade", lambda q: re.fullmatch(r".+@\w+", q.spec) and (
         "is not in branch" in q.ours or "no revision or branch" in q.ours)),
    ("the beginning of an id or a label is looked for on BRANCH in a downgrade, too",
     "downgrade|stamp", lambda q: re.fullmatch(r".+@\w+", q.spec) and q.alembic.startswith("!Can't locate")),
    ("BRANCH@-N takes down its steps and what stands on them, not what else of BRANCH stands beside them",
     "downgrade", lambda q: q.relative and q.relative[1] and q.relative[3][0] == "-"
     and set(q.parts(q.ours)[0]) < set(q.parts(q.alembic)[0])),
    ("stamp knows relative specs, and counts from where the database stands; Alembic knows only -N, and counts it from "
     "the heads of the files",
     "stamp", lambda q: re.search(r"[+-]\d+$", q.spec) and (q.alembic_refuses or re.search(r"(^|@)-\d", q.spec))),
    ("a stamp of two that overlap is refused", "stamp", lambda q: len(q.words) > 1 and "which overlap" in q.ours
     and overlapping(q, q.targets())),
    ("a stamp of several moves each branch by itself; Alembic loses rows, or fails",
     "stamp", lambda q: (len(q.words) > 1 or q.spec.endswith("heads")) and stamped(q)),
    ("a stamp of BRANCH@REV moves the rows that REV stands on or that stand on it",
     "stamp", lambda q: re.fullmatch(r".+@\w+", q.spec) and not q.spec.endswith("@base") and stamped(q)),
    ("a stamp of BRANCH@base keeps what is applied of other branches", "stamp",
     lambda q: q.spec.endswith("@base") and stamped_base(q)),
    ("an upgrade to what is below the base has nothing to do; Alembic stops with an assertion",
     "upgrade", lambda q: q.alembic.startswith("!AssertionError") and q.nothing_done()),
    ("steps from BRANCH@head stay on BRANCH", "upgrade", lambda q: q.alembic == "!Ambiguous walk" and "@head" in q.spec),
    ("BRANCH@heads where one head depends on another", "upgrade",
     lambda q: "overlaps with other" in q.alembic and q.spec.endswith("@heads") and not q.we_refuse),
    ("Alembic's keeper of the version rows deletes a row that is not there",
     "upgrade|stamp", lambda q: q.alembic.startswith("!KeyError") and not q.we_refuse),
    ("a range whose ends are related only through Depends-On; Alembic stops with an assertion",
     "history", lambda q: q.alembic.startswith("!AssertionError")),
    ("`current` of an empty database is base; Alembic takes it for 'not given'",
     "history", lambda q: not q.rows and "current" in q.spec),
    ("a step in a range counts from the other end, and stays on its BRANCH; Alembic counts from the heads",
     "history", lambda q: re.search(r"[+-]\d", q.spec)),
    ("BRANCH@base: goes up to the heads of BRANCH, also when another branch depends on them",
     "history", lambda q: re.fullmatch(r"\w+@base:", q.spec) and not q.we_refuse),
]


def read_questions(folder, asked):
    def lines(name):
        with open(os.path.join(folder, name)) as file:
            return file.read().split("\n")[:-1]

    asked_lines, theirs, ours = lines("questions"), lines("answers"), lines("ours")
    assert len(asked_lines) == len(theirs) == len(ours), folder
    for line, alembic, our in zip(asked_lines, theirs, ours):
        yield Question(asked, *line.split("\t"), alembic, our)


class Tap:
    def __init__(self):
        self.number, self.failed = 0, 0

    def ok(self, good, name, *details):
        self.number += 1
        self.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", self.number, name))
        for detail in details if not good else ():
            print("# " + detail)


def program(migrate, folder, *arguments):
    """The ids that the real program prints: behind the arrow, or the first word of each line."""
    done = subprocess.run([migrate, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        return ["exit %d: %s" % (done.returncode, done.stderr)]
    return [re.sub(r"^.* -> ", "", line).split(" ")[0].rstrip(",") for line in done.stdout.split("\n") if line]


def compare_program(tap, folder, migrate, asked, unordered):
    revisions = asked.map
    wanted = {"heads": sorted(revisions.heads), "heads --resolve-dependencies": sorted(revisions._real_heads),
              "history": [r.revision for r in asked.script.walk_revisions("base", "heads")]}
    for command, ids in wanted.items():
        ours = program(migrate, folder, *command.split())
        if unordered and command == "history":
            ids, ours = sorted(ids), sorted(ours)
        tap.ok(ours == ids, "%s: migrate %s" % (os.path.basename(folder), command), "Alembic: " + " ".join(ids),
               "migrate: " + " ".join(ours))


def main():
    root, migrate = sys.argv[1], sys.argv[2]
    tap, used, found = Tap(), collections.Counter(), []
    total = refused = 0
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        asked = Asked(folder, names_of(folder), [])
        compare_program(tap, folder, migrate, asked, asked.unordered)
        for q in read_questions(folder, asked):
            total += 1
            refused += q.alembic_refuses and q.we_refuse
            if q.same():
                continue
            reason = next((r for r, kinds, holds in DIFFERENCES if re.fullmatch(kinds, q.kind) and holds(q)), None)
            used[reason] += 1
            if reason is None:
                found.append("%s: %s from '%s': '%s'\n#   Alembic: %s\n#   migrate: %s"
                             % (name, q.kind, " ".join(q.rows), q.spec, q.alembic, q.ours))
    tap.ok(not found, "%d questions, no difference without a reason" % total, *found[:20], "%d in all" % len(found))
    for reason, *_ in DIFFERENCES:
        tap.ok(used[reason] > 0, "needed %d times: %s" % (used[reason], reason))
    same = total - sum(used.values())
    tap.ok(total > 50000 and same - refused > total / 3, "%d same answers, %d refused by both" % (same - refused, refused))
    print("1..%d" % tap.number)
    return tap.failed > 0


if __name__ == "__main__":
    sys.exit(main())
