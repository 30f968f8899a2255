using System.Net;
using System.Net.Sockets;
using P2PShare.Testing.Peers;

namespace P2PShare.Testing.Nats;

/// <summary>A network between two programs on this machine: forwards connections to a port, and can hold or break them.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly Lock _lock = new();
    private TaskCompletionSource _flowing = Completed();
    private CancellationTokenSource _broken = new();
    private bool _refuses;

    /// <param name="target">The port on the loopback address; 0 where it is not known yet, and connections are closed at once.</param>
    public TcpRelay(int target = 0)
    {
        Target = target;
        _listener = new LoopbackListener(ServeAsync);
    }

    public int Port => _listener.Port;

    /// <summary>The port to which new connections are forwarded.</summary>
    public int Target { get; set; }

    /// <summary>Holds all bytes, in both directions, with the connections open: a cable that was pulled.</summary>
    public void Hold()
    {
        lock (_lock)
            _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Closes all connections, and new ones at once.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _refuses = true;
            _broken.Cancel();
            _broken = new CancellationTokenSource();
        }
    }

    /// <summary>Ends <see cref="Hold"/> and <see cref="Break"/>: what was held arrives.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _refuses = false;
            _flowing.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Heal();
        await _listener.DisposeAsync();
        _broken.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private async Task ServeAsync(NetworkStream near, CancellationToken cancellation)
    {
        CancellationTokenSource ended;
        lock (_lock)
        {
            if (_refuses || Target == 0)
                return;
            ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _broken.Token);
        }

        using (ended)
        {
            using var other = new TcpClient { NoDelay = true };
            near.Socket.NoDelay = true;
            await other.ConnectAsync(IPAddress.Loopback, Target, ended.Token);
            var far = other.GetStream();
            Task[] copies = [CopyAsync(near, far, ended.Token), CopyAsync(far, near, ended.Token)];
            await Task.WhenAny(copies);
            await ended.CancelAsync();
            await Task.WhenAll(copies);
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            Task flowing;
            lock (_lock)
                flowing = _flowing.Task;
            await flowing.WaitAsync(cancellation);
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }
    }
}
