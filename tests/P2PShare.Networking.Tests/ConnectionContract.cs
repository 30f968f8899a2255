using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Networking.Tests;

/// <summary>What every connection over a socket does: the accepted one is under test, and the other side is dialled.</summary>
public abstract class ConnectionContract(ConnectionFactory factory) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConnectionListener _listener = new(new LoggerConfiguration().CreateLogger(), TimeProvider.System, factory);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Connection> _accepted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _listening = Task.CompletedTask;
    private Connection _near = null!;
    private Connection _far = null!;

    public async Task InitializeAsync()
    {
        _listener.Bind(null, 0);
        _listening = _listener.RunAsync(
            async (connection, cancellation) =>
            {
                _accepted.TrySetResult(await AcceptAsync(connection, cancellation));
                await _done.Task;
            },
            _stop.Token);
        var end = new IPEndPoint(IPAddress.Loopback, _listener.LocalEndPoint.Port);
        _far = await OpenAsync(await Dialer.ConnectAsync(end, CancellationToken.None));
        _near = await _accepted.Task.WaitAsync(Patience);
    }

    /// <summary>What is done with an accepted connection before it is under test.</summary>
    protected virtual Task<Connection> AcceptAsync(Connection connection, CancellationToken cancellation) => Task.FromResult(connection);

    /// <summary>What is done at the other side.</summary>
    protected virtual Task<Connection> OpenAsync(Connection connection) => Task.FromResult(connection);

    /// <summary>The connection under test.</summary>
    protected Connection Near => _near;

    /// <summary>Its other side.</summary>
    protected Connection Far => _far;

    public async Task DisposeAsync()
    {
        _done.TrySetResult();
        await _far.Stream.DisposeAsync();
        await _stop.CancelAsync();
        await _listening.WaitAsync(Patience);
        _listener.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public void An_IPv4_client_of_a_dual_mode_listener_has_its_IPv4_address() =>
        _near.Remote.Address.Should().Be(IPAddress.Loopback);

    [Fact]
    public async Task Abort_resets_the_connection()
    {
        _near.Abort();

        var read = async () => await _far.Stream.ReadAsync(new byte[1]);
        await read.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task After_CloseSending_the_other_side_reads_the_end_and_its_bytes_still_arrive()
    {
        _near.CloseSending();
        (await _far.Stream.ReadAsync(new byte[1])).Should().Be(0);

        await _far.Stream.WriteAsync("x"u8.ToArray());
        (await _near.Stream.ReadAsync(new byte[1])).Should().Be(1);
    }

    [Fact]
    public async Task A_closed_connection_can_be_aborted_and_half_closed_without_an_exception()
    {
        await _near.Stream.DisposeAsync();

        _near.Invoking(near => near.Abort()).Should().NotThrow("timers abort connections, and may come at the moment of their end");
        _near.Invoking(near => near.CloseSending()).Should().NotThrow();
    }

    [Theory]
    [InlineData(0, 1_500_000, 1_500_000)]
    [InlineData(700_001, 300_000, 300_000)]
    [InlineData(1_499_000, 5_000, 1_000)]
    [InlineData(1_500_000, 1, 0)]
    [InlineData(10, 0, 0)]
    public async Task A_part_of_a_file_is_sent_and_what_lies_behind_its_end_is_not(int offset, int length, int expected)
    {
        using var folder = new TempFolder();
        var content = new SeededBytes(1).Create(1_500_000);
        using var file = File.OpenHandle(folder.Write("content", content));

        var sending = SendAsync();
        var received = new MemoryStream();
        await _far.Stream.CopyToAsync(received).WaitAsync(Patience);

        (await sending).Should().Be(expected);
        received.ToArray().Should().Equal(content.AsSpan(offset, expected).ToArray());

        async Task<long> SendAsync()
        {
            var sent = await _near.SendFileAsync(file, offset, length, CancellationToken.None);
            _near.CloseSending();
            return sent;
        }
    }

    [Fact]
    public async Task Without_other_connections_the_wait_for_the_batch_and_a_yield_end()
    {
        await _near.WaitForBatchAsync().AsTask().WaitAsync(Patience);

        (await _near.YieldAsync().AsTask().WaitAsync(Patience)).Should().BeFalse();
    }

    [Fact]
    public void A_port_that_is_listened_on_cannot_be_bound_again()
    {
        using var second = new ConnectionListener(
            new LoggerConfiguration().CreateLogger(), TimeProvider.System, ConnectionFactory.ForThreadPool());

        second.Invoking(listener => listener.Bind(null, _listener.LocalEndPoint.Port)).Should().Throw<SocketException>();
    }
}
