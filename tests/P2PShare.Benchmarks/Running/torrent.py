"""libtorrent as a rival. With one client on this machine:
make FILE TORRENT KIB (the size of a piece); seed FILE TORRENT PORT; fetch TORRENT FOLDER PORT (prints the seconds it took).
In a swarm, where each is on a host of its own: share FILE TORRENT ADDRESS; join TORRENT FOLDER ADDRESS OTHERS... (begins when it
reads a line, prints "finished" and goes on sharing). Both print "ready", and end with their input."""
import os
import sys
import time

import libtorrent as lt

SWARM_PORT = 6881
NO_DISCOVERY = {
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False, "enable_incoming_utp": False,
    "enable_outgoing_utp": False, "in_enc_policy": 2, "out_enc_policy": 2,
    "alert_mask": lt.alert.category_t.status_notification,
}


def session(port):
    return lt.session({
        **NO_DISCOVERY, "listen_interfaces": f"127.0.0.1:{port}", "allow_multiple_connections_per_ip": True, "aio_threads": 4,
        "hashing_threads": 2, "max_out_request_queue": 1500, "send_buffer_watermark": 4 * 1024 * 1024,
        "send_buffer_watermark_factor": 200, "max_allowed_in_request_queue": 4000,
    })


def make(path, torrent, kibibytes):
    files = lt.file_storage()
    lt.add_files(files, path)
    creator = lt.create_torrent(files, int(kibibytes) * 1024, lt.create_torrent.v1_only)
    lt.set_piece_hashes(creator, os.path.dirname(path))
    with open(torrent, "wb") as out:
        out.write(lt.bencode(creator.generate()))


def add(at, torrent, folder, flags):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags = flags
    return at.add_torrent(parameters)


def started():
    return lt.torrent_flags.default_flags & ~lt.torrent_flags.paused & ~lt.torrent_flags.auto_managed


def seed(path, torrent, port):
    at = session(port)
    add(at, torrent, os.path.dirname(path), lt.torrent_flags.seed_mode | lt.torrent_flags.upload_mode)
    print("seeding", flush=True)
    sys.stdin.read()


def fetch(torrent, folder, port):
    at = session(0)
    start = time.monotonic()
    handle = add(at, torrent, folder, started())
    handle.connect_peer(("127.0.0.1", int(port)))
    while not handle.status().is_seeding:
        at.wait_for_alert(10)
        at.pop_alerts()
    print(f"{time.monotonic() - start:.3f}", flush=True)


def swarm_session(address):
    return lt.session({**NO_DISCOVERY, "listen_interfaces": f"{address}:{SWARM_PORT}"})


def share(path, torrent, address):
    at = swarm_session(address)
    add(at, torrent, os.path.dirname(path), started() | lt.torrent_flags.seed_mode | lt.torrent_flags.disable_pex)
    print("ready", flush=True)
    sys.stdin.read()


def join(torrent, folder, address, *others):
    at = swarm_session(address)
    # Without PEX: the torrent is given every address.
    handle = add(at, torrent, folder, started() | lt.torrent_flags.disable_pex)
    wait_for(at, lt.torrent_checked_alert)
    print("ready", flush=True)
    sys.stdin.readline()
    for other in others:
        handle.connect_peer((other, SWARM_PORT))
    wait_for(at, lt.torrent_finished_alert)
    print("finished", flush=True)
    sys.stdin.read()


def wait_for(at, kind):
    # Alerts instead of the status: 50 processes that ask for it every 10 ms would take much of the processors.
    while not any(isinstance(alert, kind) for alert in at.pop_alerts()):
        at.wait_for_alert(1000)


{"make": make, "seed": seed, "fetch": fetch, "share": share, "join": join}[sys.argv[1]](*sys.argv[2:])
