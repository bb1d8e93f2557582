#!/usr/bin/python3
"""Asks Debian's Alembic about many revision graphs in one process.

alembic_graph.py FOLDER SEED COUNT writes COUNT random graphs below FOLDER, and those of GRAPHS. Each has a folder with
alembic/versions/*.py (Alembic's files), migrations/versions/*.sql (the same revisions for migrate), questions (KIND, the
version rows and a spec, tab between them) and answers (Alembic's, a line for each question). An answer is the revisions
in order, "|" and the version rows afterwards; "!" and a message when Alembic refuses; "~" before an answer whose order
comes from a Python set, so that only its members count.
"""
import os
import random
import sys
import warnings

from alembic.runtime.migration import HeadMaintainer
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

warnings.simplefilter("ignore")
# Alembic keeps the order in which the folder lists its files, which is the file system's own.
listdir = os.listdir
os.listdir = lambda *arguments: sorted(listdir(*arguments))

# "id < down_revision + depends_on # label", as in the unit tests.
GRAPHS = {
    "linear": "a001 <; a002 < a001; a003 < a002; a004 < a003; a005 < a004",
    "branch": "a001 <; a002 < a001; b001 < a002; b002 < b001; c001 < a002; c002 < c001; c003 < c002",
    "labels": "a001 <; a002 < a001; b001 < a002 # billing; b002 < b001; c001 < a002 # cart; c002 < c001; d001 < c001",
    "merge": "a001 <; a002 < a001; b001 < a002 # billing; c001 < a002 # cart; m001 < b001,c001; m002 < m001",
    "bases": "a001 < # aa; a002 < a001; b001 < # bb; b002 < b001; b003 < b002; c001 < # cc",
    "depends": "a001 < # aa; a002 < a001; a003 < a002; b001 < # bb; b002 < b001 + a002; b003 < b002; c001 < # cc; "
    "c002 < c001 + b002",
    "depends_again": "a001 < # aa; a002 < a001; a003 < a002; b001 < # bb; b002 < b001 + a002; b003 < b002 + a003; "
    "b004 < b003 + a003; b005 < b004 + a003",
    "depends_merge": "a001 < # aa; a002 < a001; b001 < # bb; b002 < b001 + a002; m001 < a002,b002; m002 < m001",
    "depends_on_head": "a001 < # aa; b001 < # bb; b002 < b001 + a001; b003 < b002",
    "depends_both_ways": "a001 < # aa; a002 < a001; a003 < a002 + b002; b001 < # bb; b002 < b001 + a001; b003 < b002 + a002",
    "depends_inside": "a001 <; b001 < a001 # bb; b002 < b001; c001 < a001 # cc; c002 < c001 + b001; m001 < b002,c002",
    "prefixes": "ae1027 <; ae10ff < ae1027 # billing; ae20 < ae10ff; be1027 < ae10ff",
    "several_roots": "a001 <; b001 <; m001 < a001,b001; m002 < m001; c001 < m001",
}


def parse(text):
    graph = []
    for part in text.split(";"):
        part, _, labels = part.partition("#")
        part, _, depends = part.partition("+")
        name, _, revises = part.partition("<")
        words = [[word.strip() for word in field.split(",") if word.strip()] for field in (revises, depends, labels)]
        graph.append((name.strip(), *words))
    return graph


def random_graph(rnd):
    graph, names = [], []
    for i in range(rnd.randint(1, 14)):
        name = "%06x" % rnd.getrandbits(24)
        while name in names or name.isdigit():
            name = "%06x" % rnd.getrandbits(24)
        revises, depends, labels = [], [], []
        if names and rnd.random() < 0.85:
            revises = [names[max(0, i - rnd.randint(1, 4))]]
            if rnd.random() < 0.2:
                revises = sorted({revises[0], rnd.choice(names)}, key=lambda _: rnd.random())
        if names and rnd.random() < 0.25:
            depends = [rnd.choice(names)]
        if rnd.random() < 0.2:
            labels = ["label%d" % i]
        names.append(name)
        graph.append((name, revises, depends, labels))
    return graph


def write(folder, graph):
    for part in ("alembic/versions", "migrations/versions"):
        os.makedirs(os.path.join(folder, part))
    with open(os.path.join(folder, "migrate.ini"), "w") as ini:
        ini.write("[migrate]\nscript_location = %(here)s/migrations\nurl = sqlite:///app.db\n")
    for name, revises, depends, labels in graph:
        with open(os.path.join(folder, "alembic/versions", name + "_step.py"), "w") as file:
            file.write("revision = %r\ndown_revision = %r\nbranch_labels = %r\ndepends_on = %r\n"
                       "def upgrade(): pass\ndef downgrade(): pass\n"
                       % (name, tuple(revises) or None, tuple(labels) or None, tuple(depends) or None))
        with open(os.path.join(folder, "migrations/versions", name + "_step.sql"), "w") as file:
            file.write("-- Message: step\n-- Revision: %s\n-- Revises: %s\n-- Branch-Labels: %s\n-- Depends-On: %s\n\n"
                       "-- migrate:up\n-- migrate:down\n"
                       % (name, ", ".join(revises), ", ".join(labels), ", ".join(depends)))


class Rows(HeadMaintainer):
    """Alembic's keeper of the version rows, without a database."""

    def __init__(self, heads):
        self.heads = set(heads)

    def _insert_version(self, version):
        assert version not in self.heads
        self.heads.add(version)

    def _delete_version(self, version):
        self.heads.remove(version)

    def _update_version(self, from_, to_):
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)


def names_of(folder):
    return [name.split("_")[0] for name in os.listdir(os.path.join(folder, "alembic/versions")) if name.endswith(".py")]


class Asked:
    def __init__(self, folder, names, labels):
        self.script = ScriptDirectory(os.path.join(folder, "alembic"))
        self.map = self.script.revision_map
        self.names, self.labels = names, labels
        self.map._revision_map  # loads the files
        revisions = [self.map.get_revision(name) for name in self.names]
        self.unordered = any(len(r._normalized_resolved_dependencies) > 1 for r in revisions)

    def rows_of(self, names):
        """The version rows of a database where these and all they need are applied."""
        applied = {r.revision for r in self.map._get_ancestor_nodes(self.map.get_revisions(tuple(names)))}
        return sorted(n for n in applied if not self.map.get_revision(n)._all_nextrev & applied)

    def steps(self, kind, rows, spec):
        if kind == "upgrade":
            return self.script._upgrade_revs(spec, rows)
        if kind == "downgrade":
            return self.script._downgrade_revs(spec, rows)
        return self.script._stamp_revs(tuple(spec.split(" ")) if " " in spec else spec, rows)

    def ask(self, kind, rows, spec):
        if kind == "heads":
            return sorted(self.map.heads)
        if kind == "real_heads":
            return sorted(self.map._real_heads)
        if kind == "bases":
            return sorted(self.map.bases)
        if kind == "branch_points":
            return sorted(n for n in self.names if self.map.get_revision(n).is_branch_point)
        if kind == "current":
            return sorted(r.revision for r in self.script.get_all_current(tuple(rows)))
        if kind == "history":
            base, head = [rows if end == "current" else end for end in spec.split(":")]
            return [r.revision for r in self.script.walk_revisions(base=base or "base", head=head or "heads")]
        steps = self.steps(kind, tuple(rows), spec)
        keeper = Rows(rows)
        for step in steps:
            keeper.update_to_step(step)
        done = [] if kind == "stamp" else [step.revision.revision for step in steps]
        return done + ["|"] + sorted(keeper.heads)

    def answer(self, kind, rows, spec):
        try:
            answer = self.ask(kind, rows, spec)
        except (CommandError, RevisionError) as error:
            return "!" + str(error).replace("\n", " ")
        except Exception as error:  # an assertion, a KeyError: a refusal as well
            return "!%s %s" % (type(error).__name__, str(error).replace("\n", " "))
        ordered = kind not in ("upgrade", "downgrade", "history") or not self.unordered
        return ("" if ordered else "~") + " ".join(answer)


def specs(asked, rnd, rows, all_of_them):
    """Specs that make sense in a graph: names, labels, beginnings, steps, branches."""
    names = asked.names + asked.labels
    here = names if all_of_them else rnd.sample(names, min(len(names), 5))
    signs = ["+1", "+2", "-1", "-2", "-3"]
    found = ["head", "heads", "base", "nothere", "zz"] + signs + ["+0"]
    for name in here:
        steps = signs if all_of_them else rnd.sample(signs, 2)
        found += [name, name + "@head", name + "@heads", name + "@base"]
        found += [name + step for step in steps] + [name + "@" + step for step in steps]
        found += [name[:3], name[:4], name[:5], name + "@" + rnd.choice(names), rnd.choice(names) + "@" + name[:4]]
        found += [name + "@" + rnd.choice(["head-1", "base+1", "base+2", "heads-1"])]
    return list(dict.fromkeys(found))


def ranges(asked, rnd):
    name, other = rnd.choice(asked.names), rnd.choice(asked.names + asked.labels)
    steps = rnd.randint(1, 3)
    return ["current:", ":current", "-%d:current" % steps, "current:" + other, other + ":current", name + ":+%d" % steps,
            "%s-%d:%s" % (name, steps, name), "%s:%s+%d" % (name, name, steps), other + "@base:", ":" + other + "@head",
            ":%s@head-%d" % (other, steps), "-%d:%s" % (steps, name), "current:head", "head:current", "base:base"]


def questions(asked, rnd, all_of_them):
    for kind in ("heads", "real_heads", "bases", "branch_points"):
        yield kind, (), ""
    yield "history", (), ":"
    for spec in [rnd.choice(asked.names) + ":" for _ in range(3)] + [":" + rnd.choice(asked.names) for _ in range(3)]:
        yield "history", (), spec
    for _ in range(6):
        yield "history", (), rnd.choice(asked.names) + ":" + rnd.choice(asked.names)
    states = [(), asked.map._real_heads]
    states += [rnd.sample(asked.names, rnd.randint(1, min(2, len(asked.names)))) for _ in range(4 if all_of_them else 3)]
    for state in dict.fromkeys(tuple(asked.rows_of(state)) for state in states):
        yield "current", state, ""
        for spec in ranges(asked, rnd):
            yield "history", state, spec
        for spec in specs(asked, rnd, state, all_of_them):
            for kind in ("upgrade", "downgrade", "stamp"):
                yield kind, state, spec
        for _ in range(3):
            yield "stamp", state, rnd.choice(asked.names) + " " + rnd.choice(asked.names)


def main():
    folder, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    graphs = [(name, parse(text), True) for name, text in GRAPHS.items()]
    rnd = random.Random(seed)
    graphs += [("random%03d" % i, random_graph(rnd), False) for i in range(count)]
    for name, graph, all_of_them in graphs:
        here = os.path.join(folder, name)
        write(here, graph)
        asked = Asked(here, [name for name, *_ in graph], [label for *_, labels in graph for label in labels])
        with open(os.path.join(here, "questions"), "w") as ask, open(os.path.join(here, "answers"), "w") as answers:
            for kind, rows, spec in questions(asked, rnd, all_of_them):
                ask.write("%s\t%s\t%s\n" % (kind, " ".join(rows), spec))
                answers.write(asked.answer(kind, rows, spec) + "\n")


if __name__ == "__main__":
    main()
