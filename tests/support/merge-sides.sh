# Two sides for merge --auto, behind tap.sh, in a project on a server.
base() { # the revision before both: its SQL on stdin
    { printf -- '-- migrate:up\n'; cat; printf -- '\n-- migrate:down\n'; } | revision_file 0001 "" base
}
sides() { # 0002 on stdin, up to a line "---", beside 0003
    local text side
    text=$(cat)
    rm -f migrations/versions/000[2-9]*
    side=${text%%$'\n'---*}
    printf -- '-- migrate:up\n%s\n-- migrate:down\n' "$side" | revision_file 0002 0001 left
    side=${text##*---$'\n'}
    printf -- '-- migrate:up\n%s\n-- migrate:down\n' "$side" | revision_file 0003 0001 right
}
ops_side() { # ONE OPERATION: the same 0002 as a file of operations, beside 0003 on stdin
    rm -f migrations/versions/000[2-9]*
    printf '{"revision": "0002", "down_revision": "0001", "message": "left", "upgrade": [%s], "downgrade": []}\n' "$1" \
        >migrations/versions/0002_left.json
    { printf -- '-- migrate:up\n'; cat; printf -- '\n-- migrate:down\n'; } | revision_file 0003 0001 right
}
meet() { # OBJECTS NAME [OPERATION]: both sides touch these, and nothing is written
    if [ $# = 3 ]; then ops_side "$3"; else sides; fi
    run migrate merge --auto --rev-id 0009 --json
    same "$status $(jq -r '[.overlaps[].object] | sort | join(" ")' <<<"$out")" "3 $1" "$2"
    [ "$status" = 3 ] || explain
    [ ! -e migrations/versions/0009_merge_0002_and_0003.sql ]
    ok "$2: nothing is written"
}
untold() { # REVISION NAME: what its statement touches cannot be told
    sides
    run migrate merge --auto --rev-id 0009 --json
    same "$status $(jq -r '[.cannot_be_told[].revision] | unique | join(" ")' <<<"$out")" "3 $1" "$2"
    [ "$status" = 3 ] || explain
    [ ! -e migrations/versions/0009_merge_0002_and_0003.sql ]
    ok "$2: nothing is written"
}
apart() { # NAME: they touch nothing in common
    sides
    run migrate merge --auto --rev-id 0009 --json
    same "$status $(jq -r '.both_orders_agree' <<<"$out")" "0 true" "$1"
    [ "$status" = 0 ] || explain
}
