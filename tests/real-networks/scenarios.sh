# shellcheck shell=bash
# Runs scenarios and counts them. $title begins the last line.

skip() {
    echo "$title: skipped, $1"
    exit 0
}

# Runs a scenario in a subshell, whose exit trap always stops the programs and removes the network.
run() {
    local started=$SECONDS result=ok
    (
        temp=$(mktemp -d)
        trap 'stop_programs; remove_network; rm -rf "$temp"' EXIT
        trap 'exit 143' TERM
        "${@:2}"
    ) &
    scenario=$!
    if wait "$scenario"; then passed=$((passed + 1)); else result="NOT OK" failed=$((failed + 1)); fi
    scenario=
    echo "$result: $1 ($((SECONDS - started)) s)"
}

stop() {
    [ -z "$scenario" ] || { kill "$scenario" && wait "$scenario"; } 2>/dev/null || true
    ip netns delete "$net-probe" 2>/dev/null || true
}

scenario='' passed=0 failed=0
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The script's exit code is whether all scenarios are as they should be.
summarize() {
    echo "$title: $passed ok, $failed not"
    [ "$failed" = 0 ]
}
