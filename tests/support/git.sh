# Git repositories for tests of the real program, built without the git program. Use, behind tap.sh:
#   . "$(dirname "$0")/../support/git.sh"
# All of these work in the repository of the current folder; `in_git FOLDER COMMAND…` in another one's. Commits are by
# Ada <ada@example.org> from 2026-01-01T00:00:00Z on, a minute apart; `by "Grace <grace@example.org>" [DATE] COMMAND…`
# names somebody else. What makes a commit prints its id.
#   git_init [--bare] [FOLDER]              on the unborn branch main
#   git_commit MESSAGE                      all of the working folder, onto HEAD
#   git_branch NAME [REF]                   makes or moves a branch, does not check it out
#   git_checkout REF                        a branch; anything else detaches HEAD; local changes are lost
#   git_switch NAME [REF]                   both
#   git_merge REF [MESSAGE] [ours|theirs]   into HEAD, always with a commit; where both changed the same, ours
#   git_tag NAME [REF] [MESSAGE]            annotated with a message
#   git_id [REF]                            of a commit
#   git_config KEY VALUE
#   git_unborn BRANCH                       HEAD on a branch without a commit; files stay
#   git_pack                                all objects into one pack, all references into packed-refs
#   git_clone [--bare] FROM FOLDER          FROM is a folder or file://…
#   git_shallow FROM FOLDER DEPTH [BRANCH]  as git clone --depth
#   git_partial FROM FOLDER                 as git clone --filter=blob:none
#   git_worktree FOLDER BRANCH              the branch is made at HEAD where it is new
#   git_submodule FROM PATH                 and commits that
#   git_history COMMITS REVISIONS FOLDER    many commits, fast: revisions 000000000001… in one line below FOLDER, and
#                                           changes of src/ between them
: "${B:=$ROOT/build}"
case $B in /*) ;; *) B=$ROOT/$B ;; esac
GIT_FIXTURE=$B/tests/support/git-fixture
# Nobody's configuration but the test's.
export HOME="$WORK/home" XDG_CONFIG_HOME="$WORK/home/.config" GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_CEILING_DIRECTORIES GIT_CONFIG_COUNT
mkdir -p "$HOME"
git_fixture() { "$GIT_FIXTURE" ${GIT_FOLDER:+-C "$GIT_FOLDER"} "$@"; }
in_git() { # FOLDER COMMAND…
    local GIT_FOLDER=$1
    shift
    "$@"
}
by() { # AUTHOR [DATE] COMMAND…
    local GIT_FIXTURE_AUTHOR=$1 GIT_FIXTURE_DATE=
    shift
    case $1 in [0-9]*) GIT_FIXTURE_DATE=$1 && shift ;; esac
    export GIT_FIXTURE_AUTHOR
    if [ -n "$GIT_FIXTURE_DATE" ]; then export GIT_FIXTURE_DATE; else unset GIT_FIXTURE_DATE; fi
    "$@"
}
git_init() { git_fixture init "$@"; }
git_commit() { git_fixture commit "$@"; }
git_branch() { git_fixture branch "$@"; }
git_checkout() { git_fixture checkout "$@"; }
git_switch() { git_fixture branch "$@" && git_fixture checkout "$1"; }
git_merge() { git_fixture merge "$@"; }
git_tag() { git_fixture tag "$@"; }
git_id() { git_fixture id "$@"; }
git_config() { git_fixture config "$@"; }
git_unborn() { git_fixture unborn "$@"; }
git_pack() { git_fixture pack; }
git_clone() { git_fixture clone "$@"; }
git_shallow() { git_fixture shallow "$@"; }
git_partial() { git_fixture partial "$@"; }
git_worktree() { git_fixture worktree "$@"; }
git_submodule() { git_fixture submodule "$@"; }
git_history() { git_fixture history "$@"; }
