#!/usr/bin/env bash
# Captures all that the published programs send to each other, once in TLS and once in clear text, and looks for what nobody on the way
# may read. The capture in clear text shows that the search finds it. Needs root, iproute2, python3 and tcpdump. Where the machine does
# not permit that, it prints a reason and exits with 0. The last line is "captured traffic: N ok, M not".
set -euo pipefail
cd "$(dirname "$0")/.."

title="captured traffic"
dist=$PWD/dist
. tests/real-networks/hosts.sh
. tests/real-networks/programs.sh
. tests/real-networks/scenarios.sh

name='gizli rapor ğüşıöç.bin'
folder_name='yaz tatili'
content=2000000

# Everything crosses the switch.
start_capture() {
    ip netns exec "$net-switch" tcpdump -i switch -s 0 -B 65536 -U --immediate-mode -Z root -w "$temp/capture" 2>"$temp/tcpdump" &
    capture=$!
    programs+=("$capture")
    await 10 "tcpdump captures" grep -q 'listening on' "$temp/tcpdump"
}

stop_capture() {
    kill -INT "$capture"
    wait "$capture" || true
}

# A text that is searched for, again and again. Short texts would be found in random bytes by chance.
make_content() {
    marker="marker-$(od -An -N 8 -t x8 /dev/urandom | tr -d ' ')"
    head -c "$content" < <(yes "$marker") >"$temp/$name"
}

# OPTION... of all programs. Announces, lists, searches and fetches.
exchange() {
    build_network 4
    start_capture
    start_server "$@"
    for user in yigido mehmet; do start_client "$user" "$@"; done
    make_content
    announce yigido "$name"
    mkdir "$temp/yigido/$folder_name"
    cp "$temp/$name" "$temp/yigido/$folder_name/one.txt"
    ask yigido "ANNOUNCE $folder_name"
    await_says yigido 20 '^Announced '
    ask mehmet 'LIST_FILES --owners'
    await_says mehmet 10 '^2 files$'
    ask mehmet 'SEARCH gizli*'
    await_says mehmet 10 '^1 hit$'
    ask mehmet "REQUEST $name"
    await_whole mehmet "$name" 20
    stop_capture
    [ "$(stat -c %s "$temp/capture")" -ge "$content" ] || fail "the capture does not hold the whole exchange"
}

holds() { grep -qaF -- "$1" "$temp/capture"; }

# TEXT WHAT
expect_readable() { holds "$1" || fail "the capture does not hold $2: the search is wrong"; }
expect_hidden() { ! holds "$1" || fail "the capture holds $2"; }

clear_text_is_readable() {
    exchange --no-encryption
    for text in "$name" "$folder_name" yigido mehmet REGISTER SEARCH "$marker"; do expect_readable "$text" "\"$text\""; done
    grep -aoE 'SHARE [0-9a-f]{64}' "$temp/capture" >/dev/null || fail "the capture does not hold the file's id: the search is wrong"
}

nothing_is_readable_in_tls() {
    exchange
    for text in "$name" "$folder_name" yigido mehmet REGISTER ANNOUNCE SHARE LOCATE "$marker"; do
        expect_hidden "$text" "\"$text\""
    done
    ! grep -aqE '[0-9a-f]{64}' "$temp/capture" || fail "the capture holds an id"
    expect_only_greetings
}

# Who meets a server says this much in clear text, to learn whether it speaks TLS.
expect_only_greetings() {
    local readable
    readable=$(tcpdump -r "$temp/capture" -A 2>/dev/null | grep -oE '(PROTO_VERSION|VERSION_OK)[^.]*' | sort -u | cut -d ' ' -f 1)
    [ "$readable" = $'PROTO_VERSION\nVERSION_OK' ] || fail "in clear text were: $readable"
}

probe_machine
or_skip "tcpdump is missing" command -v tcpdump
if [ ! -x dist/server ] || [ ! -x dist/client ]; then dotnet publish -c Release; fi

run "a capture in clear text holds names, ids and content" clear_text_is_readable
run "a capture in TLS holds no name, no id and no content" nothing_is_readable_in_tls

summarize
