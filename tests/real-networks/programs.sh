# shellcheck shell=bash
# The programs on their hosts, each with its own folder in $temp: input, output and shared files.

declare -A typing=() asked_at=()
programs=()

port() { echo $((9000 + ${number[$1]})); }

# The address as LIST_FILES prints it.
owner() {
    case $family in
        4) echo "$(address "$1"):$(port "$1")" ;;
        6) echo "[$(address "$1")]:$(port "$1")" ;;
    esac
}

fail() {
    echo "    $1"
    for folder in "$temp"/*/; do
        tail -n 12 "$folder/printed" | sed "s|^|    $(basename "$folder"): |"
    done
    exit 1
}

# Waits until a command succeeds, at most this number of seconds: SECONDS DESCRIPTION COMMAND...
await() {
    local deadline=$((SECONDS + $1))
    until "${@:3}"; do
        [ "$SECONDS" -lt "$deadline" ] || fail "not within $1 s: $2"
        sleep 0.1
    done
}

start_program() {
    local home=$temp/$1 descriptor
    mkdir -p "$home"
    mkfifo "$home/typed"
    touch "$home/printed"
    exec {descriptor}<>"$home/typed"
    typing[$1]=$descriptor
    (cd "$home" && exec env HOME="$home" XDG_STATE_HOME="$home/state" XDG_CACHE_HOME="$home/cache" \
        ip netns exec "$net-$1" "${@:2}" <typed >>printed 2>&1) &
    programs+=($!)
}

start_server() {
    start_program server "$dist/server" 8080 "$@"
    await_says server 10 '^Listening on '
}

start_client() {
    start_program "$1" "$dist/client" "$1" "$(address server)" 8080 "$(port "$1")" "${@:2}"
    await_says "$1" 10 '^Connected to '
}

start_all() {
    build_network "$1"
    start_server
    for user in yigido ayse mehmet; do start_client "$user"; done
}

# The proxy listens on the owner's port, so the owner's client must be started with --bind 127.0.0.1.
start_proxy() {
    (exec ip netns exec "$net-$1" python3 "$proxy" "$(address "$1")" "$(port "$1")" 127.0.0.1 "$(port "$1")" >"$temp/$1/proxy") &
    programs+=($!)
    await 10 "the proxy listens" test -s "$temp/$1/proxy"
}

stop_programs() {
    [ ${#programs[@]} = 0 ] || kill "${programs[@]}" 2>/dev/null || true
    for program in "${programs[@]}"; do
        timeout 10 tail -s 0.1 -f --pid="$program" /dev/null || kill -KILL "$program"
    done
}

# Sends a command. Later checks consider only output after it.
ask() {
    asked_at[$1]=$(stat -c %s "$temp/$1/printed")
    printf '%s\n' "$2" >&"${typing[$1]}"
}

printed() { tail -c "+$((${asked_at[$1]:-0} + 1))" "$temp/$1/printed"; }
says() { grep -qE -- "$2" < <(printed "$1"); }
await_says() { await "$2" "$1 prints \"$3\"" says "$1" "$3"; }

lists() { awk -v name="$2 " -v owner="$3" 'index($0, name) == 1 && index($0 " ", " " owner " ") { found = 1 } END { exit !found }' < <(printed "$1"); }
expect_listed() { lists "$1" "$2" "$(owner "$3")" || fail "$1 does not list $2 at $(owner "$3")"; }

# NAME BYTES
make_file() { head -c "$2" /dev/urandom >"$temp/$1"; }

announce() {
    cp "$temp/$2" "$temp/$1/$2"
    ask "$1" "ANNOUNCE $2"
    await_says "$1" 20 "^Announced $2: "
}

await_whole() {
    await_says "$1" "$3" '^Saved '
    cmp "$temp/$2" "$temp/$1/downloads/$2" || fail "$2 is not what was shared"
}

# Sends raw lines, each of which is answered by one line: HOST ADDRESS PORT LINE...
converse() {
    on "$1" timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/$1"; shift; printf "%s\n" "$@" >&3; head -n $# <&3' "${@:2}"
}

# Prints the last answer in a session of version 1.0: HOST LINE...
converse_plainly() { converse "$1" "$(address server)" 8080 'PROTO_VERSION 1.0' 'REGISTER x' "${@:2}" | tail -n 1; }
expect_found() { [ "$1" = "FOUND $(address "$2") $3" ] || fail "REQUEST was answered \"$1\", and not with $2's address and $3"; }
