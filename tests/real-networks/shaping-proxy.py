"""A TCP relay that emulates a slow network where the kernel has no netem: a delay of 100 ms each way, and 2 % of simulated loss.

TCP retransmits a lost packet, so a program sees a loss as a pause of all following bytes. A sender needs 200 to 400 ms to detect
the loss and retransmit. The relay drops nothing and keeps the order.

    shaping-proxy.py LISTEN_ADDRESS LISTEN_PORT TARGET_ADDRESS TARGET_PORT
"""
import asyncio
import random
import sys

DELAY = 0.1
LOSS = 0.02
RESEND = (0.2, 0.4)
CHUNK = 16 * 1024
IN_FLIGHT = 64  # chunks in transit: one megabyte, the size to which a TCP window grows


async def read_delayed(reader, chunks):
    """Keeps reading while earlier chunks are in transit, so that the delay does not reduce the throughput."""
    clock = asyncio.get_running_loop().time
    while True:
        chunk = await reader.read(CHUNK)
        due = clock() + DELAY
        if random.random() < LOSS:
            due += random.uniform(*RESEND)
        await chunks.put((due, chunk))
        if not chunk:
            return


async def write_due(chunks, writer):
    clock = asyncio.get_running_loop().time
    while True:
        due, chunk = await chunks.get()
        await asyncio.sleep(due - clock())
        if not chunk:
            writer.write_eof()
            return
        writer.write(chunk)
        await writer.drain()


async def relay(near_reader, near_writer, target):
    far_reader, far_writer = await asyncio.open_connection(*target)
    tasks = []
    for reader, writer in ((near_reader, far_writer), (far_reader, near_writer)):
        chunks = asyncio.Queue(IN_FLIGHT)
        tasks += asyncio.create_task(read_delayed(reader, chunks)), asyncio.create_task(write_due(chunks, writer))
    try:
        await asyncio.gather(*tasks)
    except OSError:
        # After a failure on one side, both are reset: an orderly close would look like the end of a file.
        near_writer.transport.abort()
        far_writer.transport.abort()
    finally:
        for task in tasks:
            task.cancel()
        near_writer.close()
        far_writer.close()


async def main(address, port, *target):
    server = await asyncio.start_server(lambda reader, writer: relay(reader, writer, target), address, int(port))
    print("Listening", flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
