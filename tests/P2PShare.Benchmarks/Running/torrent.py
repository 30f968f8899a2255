"""libtorrent as a rival: make FILE TORRENT; seed FILE TORRENT PORT; fetch TORRENT FOLDER PORT (prints the seconds it took)."""
import os
import sys
import time

import libtorrent as lt


def session(port):
    return lt.session({
        "listen_interfaces": f"127.0.0.1:{port}", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
        "enable_natpmp": False, "allow_multiple_connections_per_ip": True, "enable_incoming_utp": False,
        "enable_outgoing_utp": False, "in_enc_policy": 2, "out_enc_policy": 2, "aio_threads": 4, "hashing_threads": 2,
        "alert_mask": lt.alert.category_t.status_notification, "max_out_request_queue": 1500,
        "send_buffer_watermark": 4 * 1024 * 1024, "send_buffer_watermark_factor": 200, "max_allowed_in_request_queue": 4000,
    })


def make(path, torrent):
    files = lt.file_storage()
    lt.add_files(files, path)
    creator = lt.create_torrent(files, 1024 * 1024, lt.create_torrent.v1_only)
    lt.set_piece_hashes(creator, os.path.dirname(path))
    with open(torrent, "wb") as out:
        out.write(lt.bencode(creator.generate()))


def add(at, torrent, folder, flags):
    parameters = lt.add_torrent_params()
    parameters.ti = lt.torrent_info(torrent)
    parameters.save_path = folder
    parameters.flags = flags
    return at.add_torrent(parameters)


def seed(path, torrent, port):
    at = session(port)
    add(at, torrent, os.path.dirname(path), lt.torrent_flags.seed_mode | lt.torrent_flags.upload_mode)
    print("seeding", flush=True)
    sys.stdin.read()


def fetch(torrent, folder, port):
    at = session(0)
    start = time.monotonic()
    handle = add(at, torrent, folder, lt.torrent_flags.default_flags & ~lt.torrent_flags.paused & ~lt.torrent_flags.auto_managed)
    handle.connect_peer(("127.0.0.1", int(port)))
    while not handle.status().is_seeding:
        at.wait_for_alert(10)
        at.pop_alerts()
    print(f"{time.monotonic() - start:.3f}", flush=True)


{"make": make, "seed": seed, "fetch": fetch}[sys.argv[1]](*sys.argv[2:])
