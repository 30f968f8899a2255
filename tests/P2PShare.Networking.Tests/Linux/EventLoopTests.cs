using System.Runtime.Versioning;
using P2PShare.Networking.Linux;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Linux;

[SupportedOSPlatform("linux")]
public sealed class EventLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [LinuxFact]
    public async Task Dispose_ends_the_thread_and_a_disposed_loop_takes_no_sockets()
    {
        var loop = new EventLoop();
        loop.Dispose();
        loop.Dispose();

        await Eventually.True(() => IsRefused(loop), "the thread to end and close its descriptors");
    }

    [LinuxFact]
    public async Task Dispose_on_the_loop_s_own_thread_ends_it_too()
    {
        var loop = new EventLoop();
        using var pair = new SocketPair();
        await using var near = new PolledStream(pair.Near, loop);
        var disposing = Task.Run(async () =>
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            loop.Dispose();
        });

        pair.Far.Send("x"u8);
        await disposing.WaitAsync(Patience);

        await Eventually.True(() => IsRefused(loop), "the thread to end and close its descriptors");
    }

    [LinuxFact]
    public async Task A_stream_can_be_disposed_after_its_loop_and_its_waiting_read_ends()
    {
        var loop = new EventLoop();
        using var pair = new SocketPair();
        var near = new PolledStream(pair.Near, loop);
        var reading = near.ReadAsync(new byte[1]).AsTask();
        loop.Dispose();
        await Eventually.True(() => IsRefused(loop), "the thread to end");

        await near.DisposeAsync();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [LinuxFact]
    public async Task A_probe_waits_as_long_as_the_loop_is_held_up()
    {
        using var loop = new EventLoop();
        await loop.ProbeAsync().WaitAsync(Patience);
        using var pair = new SocketPair();
        await using var near = new PolledStream(pair.Near, loop);
        using var held = new ManualResetEventSlim();
        using var released = new ManualResetEventSlim();
        var holding = HoldAsync();
        pair.Far.Send("x"u8);
        await Task.Run(held.Wait).WaitAsync(Patience);

        var probe = loop.ProbeAsync();
        probe.IsCompleted.Should().BeFalse("the loop's thread is held");
        released.Set();

        await probe.WaitAsync(Patience);
        await holding.WaitAsync(Patience);

        // The read waits before the byte is sent, and what follows it runs on the loop's thread.
        async Task HoldAsync()
        {
            _ = await near.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
            held.Set();
            released.Wait();
        }
    }

    private static bool IsRefused(EventLoop loop)
    {
        using var pair = new SocketPair();
        try
        {
            using var stream = new PolledStream(pair.Near, loop);
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
