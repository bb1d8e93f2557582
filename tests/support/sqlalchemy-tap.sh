# For tests of contrib/sqlalchemy; to be sourced behind tap.sh. SQLAlchemy itself creates the tables, and its Inspector
# says what two databases hold.
PYTHON=/usr/bin/python3
MODELS_JSON=$ROOT/contrib/sqlalchemy/models_json.py
MODELS=$ROOT/tests/support/sqlalchemy
export PYTHONDONTWRITEBYTECODE=1
$PYTHON -c 'import sqlalchemy' || { echo "Bail out! no SQLAlchemy"; exit 1; }
by_sqlalchemy() { $PYTHON "$MODELS/create_all.py" "$@"; }
reflect() { $PYTHON -W ignore "$MODELS/reflect.py" "$@"; }
# A project whose model is what the script prints: sqlalchemy_project NAME URL TARGET…
sqlalchemy_project() {
    local name=$1 url=$2
    shift 2
    mkdir -p "$WORK/$name" && cd "$WORK/$name" && migrate -q init --url "$url" >/dev/null &&
        sed -i "s#^models.*#models = exec:$PYTHON $MODELS_JSON --path $MODELS $*#" migrate.ini
}
# What SQLAlchemy creates is what the model says; and what migrate makes of the model is what SQLAlchemy makes.
both_ways() { # URL OTHER_URL OURS_FOR_SQLALCHEMY THEIRS_FOR_SQLALCHEMY NAME [SCHEMA…]
    local url=$1 other=$2 reflect_url=$3 reflect_other=$4 name=$5
    shift 5
    run migrate --url "$url" check
    exits 0 "$name: check finds nothing in what SQLAlchemy created"
    run migrate --url "$other" revision --autogenerate -m all
    exits 0 "$name: autogenerate"
    run migrate -q --url "$other" upgrade head
    exits 0 "$name: upgrade"
    reflect "$reflect_url" "$@" >"$WORK/theirs.txt"; ok "$name: SQLAlchemy's tables reflected"
    reflect "$reflect_other" "$@" >"$WORK/ours.txt"; ok "$name: migrate's tables reflected"
    [ "$(wc -l <"$WORK/theirs.txt")" -gt 10 ]; ok "$name: there is something to compare"
    same "$(cat "$WORK/ours.txt")" "$(cat "$WORK/theirs.txt")" "$name: the same tables"
    run migrate --url "$other" check
    exits 0 "$name: and check finds nothing"
}
