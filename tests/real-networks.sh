#!/usr/bin/env bash
# Runs the published programs on real networks: a server and three peers, each on its own host (a network namespace with an
# address), connected by one switch. Needs root, iproute2 and python3. Where the machine does not permit that, it prints a reason
# and exits with 0. The last line is "real networks: N ok, M not".
set -euo pipefail
cd "$(dirname "$0")/.."

title="real networks"
dist=$PWD/dist
proxy=$PWD/tests/real-networks/shaping-proxy.py
. tests/real-networks/hosts.sh
. tests/real-networks/programs.sh
. tests/real-networks/scenarios.sh

owners_have_their_addresses() {
    start_all "$1"
    make_file ortak.bin 3000000
    make_file 'yaz tatili ğüşıöç.txt' 100
    announce yigido ortak.bin
    announce ayse ortak.bin
    announce ayse 'yaz tatili ğüşıöç.txt'
    ask mehmet 'LIST_FILES --owners'
    await_says mehmet 10 '^3 files$'
    expect_listed mehmet ortak.bin yigido
    expect_listed mehmet ortak.bin ayse
    expect_listed mehmet 'yaz tatili ğüşıöç.txt' ayse
    expect_found "$(converse_plainly mehmet 'REQUEST yaz tatili ğüşıöç.txt')" ayse "$(port ayse)"
    expect_found "$(converse_plainly mehmet 'ANNOUNCE eski.txt 9009' 'REQUEST eski.txt')" mehmet 9009
    ask mehmet 'REQUEST ortak.bin'
    await_whole mehmet ortak.bin 20
}

an_owner_is_disconnected() {
    start_all 4
    make_file film.bin 24000000
    for user in yigido ayse; do
        shape "$user" tbf rate 16mbit burst 64k latency 200ms
        announce "$user" film.bin
    done
    ask mehmet 'REQUEST film.bin'
    await 30 "a quarter of the file" has_received mehmet 6000000
    unplug yigido
    ! says mehmet '^Saved ' || fail "the download ended before the owner was disconnected"
    await_whole mehmet film.bin 90
    says mehmet ' from 2 owners\. ' || fail "the disconnected owner had sent nothing"
}

the_server_is_disconnected() {
    local user pulled
    start_all 4
    for user in yigido ayse mehmet; do
        make_file "$user.bin" 20000000
        announce "$user" "$user.bin"
    done
    shape yigido tbf rate 6mbit burst 64k latency 200ms
    ask mehmet 'REQUEST yigido.bin'
    await 30 "the download has begun" has_received mehmet 1000000
    unplug server
    pulled=$SECONDS
    await_whole mehmet yigido.bin 38
    for user in yigido ayse mehmet; do await_says "$user" $((pulled + 40 - SECONDS)) ' is lost; '; done
    until [ "$SECONDS" -ge $((pulled + 40)) ]; do sleep 0.2; done
    plug server
    for user in yigido ayse mehmet; do await_says "$user" 60 ' is back; '; done
    for user in yigido ayse mehmet; do
        ask "$user" 'LIST_FILES --owners'
        await_says "$user" 10 '^4 files$'
        for host in yigido ayse mehmet; do expect_listed "$user" "$host.bin" "$host"; done
        expect_listed "$user" yigido.bin mehmet
    done
}

the_network_is_slow() {
    local bytes=20000000 started
    build_network 4
    start_server
    start_client ayse
    if [ "$has_netem" = yes ]; then
        bytes=4000000 # TCP reaches only about 60 kB/s here
        start_client yigido
        for user in yigido ayse; do shape "$user" netem delay 100ms loss 2%; done
    else
        start_client yigido --bind 127.0.0.1
        start_proxy yigido
    fi
    make_file film.bin "$bytes"
    announce yigido film.bin
    started=$(date +%s%3N)
    converse ayse "$(address yigido)" "$(port yigido)" 'PROTO_VERSION 1.0' >"$temp/answer" || fail "the owner does not answer"
    [ $(($(date +%s%3N) - started)) -ge 200 ] || fail "the network is not slow"
    ask ayse 'REQUEST film.bin'
    await_whole ayse film.bin 300
}

probe_machine
if [ ! -x dist/server ] || [ ! -x dist/client ]; then dotnet publish -c Release; fi

slow="200 ms of delay and 2 % of loss"
[ "$has_netem" = yes ] || slow="$slow (from a proxy)"
run "files are listed and found with the addresses of their owners" owners_have_their_addresses 4
run "the same with IPv6 addresses only" owners_have_their_addresses 6
run "a download continues after one of two owners is disconnected" an_owner_is_disconnected
run "the server is disconnected for 40 s: downloads continue, and all clients reconnect" the_server_is_disconnected
run "a file arrives unchanged over a network with $slow" the_network_is_slow

summarize
