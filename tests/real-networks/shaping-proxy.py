"""A TCP relay that makes a fast network slow, where the kernel cannot: 100 ms later each way, and 2 % of it later still.

TCP repairs a lost packet before a program sees it, so what a program sees of a loss is a pause, with everything behind it held
up as well; 200 to 400 ms are what a sender takes to notice and send again. Nothing is dropped, and the order is kept.

    shaping-proxy.py LISTEN_ADDRESS LISTEN_PORT TARGET_ADDRESS TARGET_PORT
"""
import asyncio
import random
import sys

DELAY = 0.1
LOSS = 0.02
RESEND = (0.2, 0.4)
CHUNK = 16 * 1024
IN_FLIGHT = 64  # chunks on their way: a megabyte, which is what a window of TCP grows to


async def take(reader, chunks):
    """Reads on while former chunks are still on their way, so that a delay costs time and no throughput."""
    clock = asyncio.get_running_loop().time
    while True:
        chunk = await reader.read(CHUNK)
        due = clock() + DELAY
        if random.random() < LOSS:
            due += random.uniform(*RESEND)
        await chunks.put((due, chunk))
        if not chunk:
            return


async def give(chunks, writer):
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
        tasks += asyncio.create_task(take(reader, chunks)), asyncio.create_task(give(chunks, writer))
    try:
        await asyncio.gather(*tasks)
    except OSError:
        # One side broke off: so does the other, with a reset, which cannot be mistaken for the end of a file.
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
