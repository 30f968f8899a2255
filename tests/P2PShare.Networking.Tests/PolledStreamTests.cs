using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests;

/// <summary>A socket on an event loop is a stream like any other, however its bytes and its end come.</summary>
public sealed class PolledStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<IDisposable> _opened = [];

    public void Dispose() => _opened.ForEach(one => one.Dispose());

    [Fact]
    public async Task What_came_before_the_first_read_is_read()
    {
        var (near, far) = Connect();
        far.Send("hello"u8);

        (await ReadAsync(near, 100)).Should().Equal("hello"u8.ToArray());
    }

    [Fact]
    public async Task A_read_waits_for_what_comes_later_and_more_than_its_room_is_there_for_the_next()
    {
        var (near, far) = Connect();
        var reading = ReadAsync(near, 3);
        reading.IsCompleted.Should().BeFalse();
        far.Send("hello"u8);

        (await reading).Should().Equal("hel"u8.ToArray());
        (await ReadAsync(near, 3)).Should().Equal("lo"u8.ToArray());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(100)]
    public async Task An_end_that_came_with_the_last_bytes_is_seen_after_them(int room)
    {
        var (near, far) = Connect();
        var reading = ReadAsync(near, room);
        far.Send("ab"u8);
        far.Shutdown(SocketShutdown.Send);

        (await reading).Should().Equal("ab"u8.ToArray());
        (await ReadAsync(near, room)).Should().BeEmpty();
        (await ReadAsync(near, room)).Should().BeEmpty("the end stays");
    }

    [Fact]
    public async Task A_read_with_room_for_nothing_ends_when_there_is_something_and_takes_nothing()
    {
        var (near, far) = Connect();
        var waiting = near.ReadAsync(Memory<byte>.Empty).AsTask();
        waiting.IsCompleted.Should().BeFalse();
        far.Send("x"u8);

        (await waiting.WaitAsync(Patience)).Should().Be(0);
        (await ReadAsync(near, 1)).Should().Equal((byte)'x');
    }

    [Fact]
    public async Task Those_who_are_found_ready_together_have_all_read_before_the_first_of_them_goes_on()
    {
        var loop = new EventLoop();
        var said = new List<string>();
        var (gate, opener) = ConnectSockets();
        var pairs = Enumerable.Range(0, 3).Select(_ => ConnectSockets()).ToList();
        using var reached = new ManualResetEventSlim();
        using var opened = new ManualResetEventSlim();

        // Not from here: the tests' own scheduler would have them go on elsewhere than on the loop.
        var waiting = await Task.Run(() => pairs
            .Select(pair => ReadAndTakeTurnAsync(Opened(new PolledStream(pair.Near, loop))))
            .Append(HoldLoopAsync(Opened(new PolledStream(gate, loop))))
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

        async Task ReadAndTakeTurnAsync(PolledStream near)
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            _ = await near.ReadAsync(new byte[1]);
            said.Add("read");
            await near.TakeTurnAsync();
            said.Add("went on");
        }
    }

    [Fact]
    public async Task Who_gives_way_goes_on_behind_those_who_are_ready_and_is_told_whether_there_were_any()
    {
        var loop = new EventLoop();
        var said = new ConcurrentQueue<string>();
        var (patient, far) = ConnectSockets();
        var (other, otherFar) = ConnectSockets();
        using var reached = new ManualResetEventSlim();
        using var opened = new ManualResetEventSlim();
        var waiting = await Task.Run(() => new[]
        {
            WorkAsync(Opened(new PolledStream(patient, loop))),
            ReadAsync(Opened(new PolledStream(other, loop))),
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
            said.Enqueue(await near.GiveWayAsync() ? "there were others" : "nobody was there");
            said.Enqueue(await near.GiveWayAsync() ? "still others" : "there were none");
        }

        async Task ReadAsync(PolledStream near)
        {
            _ = await near.ReadAsync(Memory<byte>.Empty);
            said.Enqueue("the other reads");
        }
    }

    [Fact]
    public void Who_is_on_no_loop_s_thread_waits_for_nobody()
    {
        var near = Opened(new PolledStream(ConnectSockets().Near, new EventLoop()));

        near.TakeTurnAsync().AsTask().IsCompletedSuccessfully.Should().BeTrue();
        near.TakeTurnAsync().AsTask().IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task A_read_that_is_cancelled_has_taken_nothing()
    {
        var (near, far) = Connect();
        using var cancelling = new CancellationTokenSource();
        var reading = near.ReadAsync(new byte[10], cancelling.Token).AsTask();
        await cancelling.CancelAsync();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<OperationCanceledException>();
        far.Send("later"u8);
        (await ReadAsync(near, 10)).Should().Equal("later"u8.ToArray());
    }

    [Fact]
    public async Task Closing_it_ends_a_read_that_waits()
    {
        var (near, _) = Connect();
        var reading = near.ReadAsync(new byte[10]).AsTask();
        await near.DisposeAsync();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Fact]
    public async Task A_reset_is_an_exception_for_who_reads_and_for_who_writes()
    {
        var (near, far) = Connect();
        var reading = near.ReadAsync(new byte[10]).AsTask();
        far.LingerState = new LingerOption(true, 0);
        far.Dispose();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<IOException>();
        await near.Invoking(stream => stream.WriteAsync(new byte[10]).AsTask()).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_write_waits_for_a_reader_that_is_slow_and_every_byte_arrives_in_order()
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

    [Fact]
    public async Task Two_hundred_conversations_at_once_and_one_after_the_other_keep_apart()
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

    private (Stream Near, Socket Far) Connect()
    {
        var (near, far) = ConnectSockets();
        return (Opened(ConnectionStreams.OnEventLoop(near)), far);
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
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        far.Connect(listener.LocalEndPoint!);
        return (listener.Accept(), Opened(far));
    }
}
