using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.Versioning;
using P2PShare.Networking.Linux;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Linux;

/// <summary>A socket on an event loop is a stream like any other, however its bytes and its end arrive.</summary>
[SupportedOSPlatform("linux")]
public sealed class PolledStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly EventLoop _loop = new();
    private readonly List<IDisposable> _opened = [];

    public void Dispose()
    {
        _opened.ForEach(one => one.Dispose());
        _loop.Dispose();
    }

    [LinuxFact]
    public async Task Bytes_that_came_before_the_first_read_are_read()
    {
        var (near, far) = Connect();
        far.Send("hello"u8);

        (await ReadAsync(near, 100)).Should().Equal("hello"u8.ToArray());
    }

    [LinuxFact]
    public async Task A_read_waits_for_bytes_and_leaves_what_does_not_fit_to_the_next_read()
    {
        var (near, far) = Connect();
        var reading = ReadAsync(near, 3);
        reading.IsCompleted.Should().BeFalse();
        far.Send("hello"u8);

        (await reading).Should().Equal("hel"u8.ToArray());
        (await ReadAsync(near, 3)).Should().Equal("lo"u8.ToArray());
    }

    [LinuxTheory]
    [InlineData(2)]
    [InlineData(100)]
    public async Task An_end_that_came_together_with_the_last_bytes_is_read_after_them(int room)
    {
        var (near, far) = Connect();
        var reading = ReadAsync(near, room);
        far.Send("ab"u8);
        far.Shutdown(SocketShutdown.Send);

        (await reading).Should().Equal("ab"u8.ToArray());
        (await ReadAsync(near, room)).Should().BeEmpty();
        (await ReadAsync(near, room)).Should().BeEmpty("the end stays");
    }

    [LinuxFact]
    public async Task A_zero_byte_read_completes_when_there_is_input_and_consumes_none()
    {
        var (near, far) = Connect();
        var waiting = near.ReadAsync(Memory<byte>.Empty).AsTask();
        waiting.IsCompleted.Should().BeFalse();
        far.Send("x"u8);

        (await waiting.WaitAsync(Patience)).Should().Be(0);
        (await ReadAsync(near, 1)).Should().Equal((byte)'x');
    }

    [LinuxFact]
    public async Task Streams_that_are_ready_together_have_all_read_before_WaitForBatch_completes()
    {
        var said = new List<string>();
        var (gate, opener) = ConnectSockets();
        var pairs = Enumerable.Range(0, 3).Select(_ => ConnectSockets()).ToList();
        using var reached = new ManualResetEventSlim();
        using var opened = new ManualResetEventSlim();

        // Not from here: the tests' own scheduler would have them go on elsewhere than on the loop.
        var waiting = await Task.Run(() => pairs
            .Select(pair => ReadAndWaitForBatchAsync(Opened(new PolledStream(pair.Near, _loop))))
            .Append(HoldLoopAsync(Opened(new PolledStream(gate, _loop))))
            .ToList());

        opener.Send("x"u8);
        reached.Wait(Patience).Should().BeTrue();
        foreach (var (_, far) in pairs)
            far.Send("x"u8);
        await Eventually.True(() => pairs.TrueForAll(pair => pair.Near.Available > 0), "all bytes to be there");
        opened.Set();
        await Task.WhenAll(waiting).WaitAsync(Patience);

        said.Should().Equal("read", "read", "read", "went on", "went on", "went on");

        async Task HoldLoopAsync(PolledStream near)
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            reached.Set();
            opened.Wait(Patience);
        }

        async Task ReadAndWaitForBatchAsync(PolledStream near)
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            _ = await near.ReadAsync(new byte[1]);
            said.Add("read");
            await near.WaitForBatchAsync();
            said.Add("went on");
        }
    }

    [LinuxFact]
    public async Task Yield_resumes_after_the_streams_that_are_ready_and_tells_whether_there_were_any()
    {
        var said = new ConcurrentQueue<string>();
        var (patient, far) = ConnectSockets();
        var (other, otherFar) = ConnectSockets();
        using var reached = new ManualResetEventSlim();
        using var opened = new ManualResetEventSlim();
        var waiting = await Task.Run(() => new[]
        {
            WorkAsync(Opened(new PolledStream(patient, _loop))),
            ReadAsync(Opened(new PolledStream(other, _loop))),
        });

        far.Send("x"u8);
        reached.Wait(Patience).Should().BeTrue();
        otherFar.Send("x"u8);
        await Eventually.True(() => other.Available > 0, "the byte to be there");
        opened.Set();
        await Task.WhenAll(waiting).WaitAsync(Patience);

        said.Should().Equal("the other reads", "there were others", "there were none");

        async Task WorkAsync(PolledStream near)
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            reached.Set();
            opened.Wait(Patience);
            said.Enqueue(await near.YieldAsync() ? "there were others" : "there were none at first");
            said.Enqueue(await near.YieldAsync() ? "there were others again" : "there were none");
        }

        async Task ReadAsync(PolledStream near)
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            said.Enqueue("the other reads");
        }
    }

    [LinuxFact]
    public void WaitForBatch_completes_at_once_outside_the_loop_s_thread()
    {
        var near = Opened(new PolledStream(ConnectSockets().Near, _loop));

        near.WaitForBatchAsync().AsTask().IsCompletedSuccessfully.Should().BeTrue();
        near.WaitForBatchAsync().AsTask().IsCompletedSuccessfully.Should().BeTrue();
    }

    [LinuxFact]
    public async Task A_cancelled_read_consumes_nothing()
    {
        var (near, far) = Connect();
        using var cancelling = new CancellationTokenSource();
        var reading = near.ReadAsync(new byte[10], cancelling.Token).AsTask();
        await cancelling.CancelAsync();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        far.Send("later"u8);
        (await ReadAsync(near, 10)).Should().Equal("later"u8.ToArray());
    }

    [LinuxFact]
    public async Task Disposing_the_stream_ends_a_waiting_read()
    {
        var (near, _) = Connect();
        var reading = near.ReadAsync(new byte[10]).AsTask();
        await near.DisposeAsync();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [LinuxFact]
    public async Task A_reset_fails_the_waiting_read_and_the_next_write()
    {
        var (near, far) = Connect();
        var reading = near.ReadAsync(new byte[10]).AsTask();
        far.LingerState = new LingerOption(true, 0);
        far.Dispose();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<IOException>();
        await near.Invoking(stream => stream.WriteAsync(new byte[10]).AsTask()).Should().ThrowAsync<IOException>();
    }

    [LinuxFact]
    public async Task A_write_waits_for_a_slow_reader_and_every_byte_arrives_in_order()
    {
        var (near, far) = Connect();
        var content = new SeededBytes(1).Create(32 * 1024 * 1024);
        var writing = near.WriteAsync(content).AsTask();
        writing.IsCompleted.Should().BeFalse("no socket takes so much at once");

        var received = new byte[content.Length];
        await new NetworkStream(far).ReadExactlyAsync(received).AsTask().WaitAsync(Patience);
        await writing.WaitAsync(Patience);

        received.AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    [LinuxFact]
    public async Task Two_hundred_concurrent_conversations_on_reused_slots_do_not_mix()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                var (near, far) = Connect();
                var echo = EchoAsync(near);
                var word = BitConverter.GetBytes(number * 1000 + round);
                await far.SendAsync(word);
                (await ReadAsync(new NetworkStream(far), 4)).Should().Equal(word);
                far.Shutdown(SocketShutdown.Send);
                await echo.WaitAsync(Patience);
            }
        })));
    }

    private static async Task EchoAsync(Stream stream)
    {
        await using (stream)
        {
            var buffer = new byte[16];
            while (await stream.ReadAsync(buffer) is > 0 and var count)
                await stream.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int room)
    {
        var buffer = new byte[room];
        return buffer[..await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience)];
    }

    private (PolledStream Near, Socket Far) Connect()
    {
        var (near, far) = ConnectSockets();
        return (Opened(new PolledStream(near, _loop)), far);
    }

    private T Opened<T>(T one)
        where T : IDisposable
    {
        lock (_opened)
            _opened.Add(one);
        return one;
    }

    private (Socket Near, Socket Far) ConnectSockets()
    {
        var pair = Opened(new SocketPair());
        return (pair.Near, pair.Far);
    }
}
