using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security;

/// <summary>A connection in TLS over another connection.</summary>
internal sealed class TlsConnection : Connection
{
    // Handshakes compute for about a millisecond each. All but one of the cores may work on them, so that lookups never wait for them.
    private static readonly SemaphoreSlim Handshakes = new(Math.Max(1, Environment.ProcessorCount - 1));

    // Timers take no more than some weeks.
    private static readonly TimeSpan MaxLife = TimeSpan.FromDays(1);

    private readonly Connection _inner;
    private readonly TlsStream _stream;

    private TlsConnection(Connection inner, TlsStream stream, KeyFingerprint? remoteKey)
    {
        _inner = inner;
        _stream = stream;
        RemoteKey = remoteKey;
    }

    public override Stream Stream => _stream;

    public override IPEndPoint Remote => _inner.Remote;

    public override KeyFingerprint? RemoteKey { get; }

    public override bool IsEncrypted => true;

    public override int? UntakenBytes => _inner.UntakenBytes;

    /// <summary>Does the handshake.</summary>
    /// <param name="inner">Owned from now on: it is closed where this throws.</param>
    /// <param name="authenticate">Does the handshake over a stream.</param>
    /// <param name="remoteKey">The key of the other side, known after the handshake.</param>
    /// <param name="cancellation">Ends the handshake.</param>
    /// <exception cref="TlsException">The other side does not speak TLS 1.3, or its certificate was refused.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<TlsConnection> OpenAsync(
        Connection inner,
        Func<SslStream, CancellationToken, Task> authenticate,
        Func<KeyFingerprint?> remoteKey,
        CancellationToken cancellation)
    {
        var transport = new TlsTransport(inner.Stream, Handshakes);
        var tls = new SslStream(transport, leaveInnerStreamOpen: false);
        try
        {
            await transport.BeginHandshakeAsync(cancellation);
            await authenticate(tls, cancellation);
            return new TlsConnection(inner, new TlsStream(tls, transport), remoteKey());
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            await inner.DisposeAsync();
            if (e is AuthenticationException)
                throw new TlsException(e.InnerException?.Message ?? e.Message, e) { ClearText = transport.ClearText };
            throw;
        }
        finally
        {
            transport.EndHandshake();
        }
    }

    /// <summary>Ends the connection after this time, or a day, if it still exists then.</summary>
    public void AbortAfter(TimeSpan life, TimeProvider time)
    {
        var left = life > MaxLife ? MaxLife : life > TimeSpan.Zero ? life : TimeSpan.Zero;
        _stream.Disposed = time.CreateTimer(_ => Abort(), null, left, Timeout.InfiniteTimeSpan).Dispose;
    }

    public override void Abort()
    {
        _inner.Abort();
        _stream.Dispose();
    }

    public override void CloseSending() => _ = CloseSendingAsync();

    public override void LimitUnsent(int bytes) => _inner.LimitUnsent(bytes);

    public override ValueTask WaitForBatchAsync() => _inner.WaitForBatchAsync();

    public override ValueTask<bool> YieldAsync() => _inner.YieldAsync();

    public override ValueTask<int> PeekByteAsync(CancellationToken cancellation) => throw new NotSupportedException();

    private async Task CloseSendingAsync()
    {
        await _stream.ShutdownAsync();
        _inner.CloseSending();
    }
}
