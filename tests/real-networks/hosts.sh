# shellcheck shell=bash
# Hosts as network namespaces, each with its own address, connected by one switch.

net=p2pshare-$$
declare -A number=([server]=1 [yigido]=2 [ayse]=3 [mehmet]=4)

on() { ip netns exec "$net-$1" "${@:2}"; }

address() {
    case $family in
        4) echo "10.77.0.${number[$1]}" ;;
        6) echo "fd00::${number[$1]}" ;;
    esac
}

# $1 is the address family of the hosts, 4 or 6.
build_network() {
    family=$1
    ip netns add "$net-switch"
    ip -n "$net-switch" link add switch type bridge
    ip -n "$net-switch" link set switch up
    for host in "${!number[@]}"; do add_host "$host"; done
}

add_host() {
    ip netns add "$net-$1"
    ip -n "$net-switch" link add "$1" type veth peer name eth0 netns "$net-$1"
    ip -n "$net-switch" link set "$1" master switch up
    case $family in
        4) ip -n "$net-$1" address add "$(address "$1")/24" dev eth0 ;;
        6) ip -n "$net-$1" address add "$(address "$1")/64" dev eth0 nodad ;;
    esac
    ip -n "$net-$1" link set lo up
    ip -n "$net-$1" link set eth0 up
}

remove_network() {
    for host in switch "${!number[@]}"; do ip netns delete "$net-$host" 2>/dev/null || true; done
}

# The link is set down at the switch, so that the host keeps its address, as when a cable is unplugged.
unplug() { ip -n "$net-switch" link set "$1" down; }
plug() { ip -n "$net-switch" link set "$1" up; }

# Sets the queueing discipline (tc) of what the host sends.
shape() { tc -n "$net-$1" qdisc add dev eth0 root "${@:2}"; }

has_received() { [ "$(on "$1" cat /sys/class/net/eth0/statistics/rx_bytes)" -ge "$2" ]; }

# Tries what the scenarios need. Calls skip with a reason where the machine does not support it.
probe_machine() {
    [ "$EUID" = 0 ] || skip "network namespaces need root"
    for program in ip tc python3; do or_skip "$program is missing" command -v "$program"; done
    or_skip "network namespaces are not permitted" ip netns add "$net-probe"
    or_skip "network namespaces cannot be entered" on probe true
    or_skip "the kernel has no veth" ip -n "$net-probe" link add probe0 type veth peer name probe1
    or_skip "the kernel has no bridge" ip -n "$net-probe" link add probe2 type bridge
    or_skip "the kernel has no tbf" tc -n "$net-probe" qdisc add dev probe0 root tbf rate 8mbit burst 64k latency 200ms
    has_netem=no
    ! tc -n "$net-probe" qdisc add dev probe1 root netem delay 1ms 2>/dev/null || has_netem=yes
    ip netns delete "$net-probe"
}

or_skip() { "${@:2}" >/dev/null 2>&1 || skip "$1"; }
