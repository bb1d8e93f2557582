"""The recipes of the README and of migrate-git(7): recipes.py README MAN compare | recipes.py README MAN NAME [JOB]

`compare` fails where the two do not say the same. With a NAME ("check-migrations.yml", ".gitlab-ci.yml") the shell lines
of that file are printed, as CI runs them: each step by a shell of its own, which ends at the first that fails.
"""
import re
import sys


def of_readme(text):
    return re.findall(r"^```yaml\n(.*?)^```$", text, re.S | re.M)


def of_man(text):
    blocks = re.findall(r"^\.nf\n(# \.git.*?)^\.fi$", text.replace("\\-", "-").replace("\\&", ""), re.S | re.M)
    return [block.replace("\\e", "\\").replace("\\(dq", '"') for block in blocks]


def steps(recipe, job):
    """Of all jobs of GitHub, or of one job of GitLab."""
    lines = recipe.split("\n")
    if job:
        first = lines.index(job + ":")
        last = next((i for i in range(first + 1, len(lines)) if re.match(r"\S", lines[i])), len(lines))
        lines = lines[first:last]
        lines = lines[lines.index("  script:") + 1:]
        pattern = r"(    )- (.*)$"
    else:
        pattern = r"(      )- run: (.*)$"
    found = []
    while lines:
        line = lines.pop(0)
        match = re.match(pattern, line)
        if not match:
            if job and not line.startswith("    "):
                break
            continue
        if match[2] != "|":
            found.append(match[2])
            continue
        block = []
        deeper = len(match[1]) + 2
        while lines and (not lines[0].strip() or len(lines[0]) - len(lines[0].lstrip()) >= deeper):
            block.append(lines.pop(0))
        indent = min(len(part) - len(part.lstrip()) for part in block if part.strip())
        found.append("\n".join(part[indent:] for part in block).strip("\n"))
    return found


readme, man, name = sys.argv[1:4]
with open(readme, encoding="utf-8") as file:
    recipes = of_readme(file.read())
if name == "compare":
    with open(man, encoding="utf-8") as file:
        others = of_man(file.read())
    assert len(recipes) >= 4, recipes
    for ours, theirs in zip(recipes, others):
        assert ours == theirs, "README:\n%s\nmigrate-git.7:\n%s" % (ours, theirs)
    assert len(recipes) == len(others), (len(recipes), len(others))
else:
    [recipe] = [text for text in recipes if name in text.split("\n")[0]]
    found = steps(recipe, sys.argv[4] if len(sys.argv) > 4 else None)
    assert found
    for step in found:
        print("sh -e <<'STEP' || exit\n%s\nSTEP" % step)
