using System.Net;
using System.Net.Sockets;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Networking.Tests;

public sealed class ConnectionListenerTests : IAsyncLifetime
{
    private readonly RecordedLog _events = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConnectionListener _listener;
    private Task _listening = Task.CompletedTask;

    public ConnectionListenerTests() =>
        _listener = new ConnectionListener(
            new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(_events).CreateLogger(),
            TimeProvider.System,
            ConnectionFactory.ForEventLoops());

    public Task InitializeAsync()
    {
        _listener.Bind(IPAddress.Loopback, 0);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening.WaitAsync(TimeSpan.FromSeconds(30));
        _listener.Dispose();
        _stop.Dispose();
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException), "A connection ended because of an internal error")]
    [InlineData(typeof(IOException), "A connection ended: *")]
    [InlineData(typeof(ObjectDisposedException), "A connection ended: *")]
    public async Task A_failed_connection_is_logged_and_the_next_one_is_served(Type failure, string line)
    {
        var served = 0;
        _listening = _listener.RunAsync(
            (_, _) => Interlocked.Increment(ref served) > 1 ? Task.CompletedTask : throw (Exception)Activator.CreateInstance(failure, "x")!,
            _stop.Token);

        await ConnectAndWaitForEndAsync();
        await ConnectAndWaitForEndAsync();

        served.Should().Be(2);
        await Eventually.True(() => _events.Lines.Count > 0, "the failure to be logged");
        _events.Lines.Should().ContainSingle().Which.Should().Match(line);
    }

    [Fact]
    public async Task Cancelling_waits_for_connections_that_are_still_served()
    {
        var (begun, end) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        _listening = _listener.RunAsync(
            (_, _) =>
            {
                begun.SetResult();
                return end.Task;
            },
            _stop.Token);
        using var client = await ConnectAsync();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await _stop.CancelAsync();
        _listening.IsCompleted.Should().BeFalse();
        end.SetResult();

        await _listening.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task After_the_stop_a_connection_is_refused()
    {
        var port = _listener.LocalEndPoint.Port;
        _listening = _listener.RunAsync((_, _) => Task.CompletedTask, _stop.Token);
        await ConnectAndWaitForEndAsync();

        await _stop.CancelAsync();
        await _listening.WaitAsync(TimeSpan.FromSeconds(30));

        using var late = new TcpClient();
        await late.Invoking(client => client.ConnectAsync(IPAddress.Loopback, port)).Should().ThrowAsync<SocketException>();
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_listener.LocalEndPoint);
        return client;
    }

    private async Task ConnectAndWaitForEndAsync()
    {
        using var client = await ConnectAsync();
        (await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Should().Be(0);
    }
}
