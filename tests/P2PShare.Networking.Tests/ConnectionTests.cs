using System.Net;
using Serilog;

namespace P2PShare.Networking.Tests;

public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly ConnectionListener _listener = new(new LoggerConfiguration().CreateLogger(), TimeProvider.System, ConnectionStreams.OnEventLoop);
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
            (connection, _) =>
            {
                _accepted.TrySetResult(connection);
                return _done.Task;
            },
            _stop.Token);
        _far = await Dialer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _listener.LocalEndPoint.Port), CancellationToken.None);
        _near = await _accepted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async Task DisposeAsync()
    {
        _done.TrySetResult();
        await _far.Stream.DisposeAsync();
        await _stop.CancelAsync();
        await _listening.WaitAsync(TimeSpan.FromSeconds(30));
        _listener.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public void The_other_side_is_shown_as_IPv4_where_a_socket_for_both_families_maps_it() =>
        _near.Remote.Address.Should().Be(IPAddress.Loopback);

    [Fact]
    public async Task Aborting_resets_the_connection()
    {
        _near.Abort();

        var read = async () => await _far.Stream.ReadAsync(new byte[1]);
        await read.Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_side_that_finished_sending_still_receives()
    {
        _near.FinishSending();
        (await _far.Stream.ReadAsync(new byte[1])).Should().Be(0);

        await _far.Stream.WriteAsync("x"u8.ToArray());
        (await _near.Stream.ReadAsync(new byte[1])).Should().Be(1);
    }

    [Fact]
    public async Task A_connection_that_is_gone_can_be_aborted_and_finished_all_the_same()
    {
        await _near.Stream.DisposeAsync();

        _near.Invoking(near => near.Abort()).Should().NotThrow("time-outs abort connections, and may come at the moment of their end");
        _near.Invoking(near => near.FinishSending()).Should().NotThrow();
    }

    [Fact]
    public void The_same_port_cannot_be_listened_on_twice()
    {
        using var second = new ConnectionListener(new LoggerConfiguration().CreateLogger(), TimeProvider.System, ConnectionStreams.OnEventLoop);

        second.Invoking(listener => listener.Bind(null, _listener.LocalEndPoint.Port)).Should().Throw<System.Net.Sockets.SocketException>();
    }
}
