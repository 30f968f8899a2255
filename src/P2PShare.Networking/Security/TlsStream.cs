using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using P2PShare.Networking.Streams;

namespace P2PShare.Networking.Security;

/// <summary>
/// The plaintext of a TLS connection. It is used as a socket's stream is: whatever breaks it is an <see cref="IOException"/>, and a
/// zero-byte read waits without holding a buffer.
/// </summary>
internal sealed class TlsStream(SslStream tls, TlsTransport transport) : AsyncStream
{
    // What one record can hold (RFC 8446, section 5.1).
    private const int RecordBytes = 16 * 1024;

    /// <summary>Called when the stream is disposed.</summary>
    public Action? Disposed { get; set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.Length <= RecordBytes
            ? tls.WriteAsync(buffer, cancellationToken)
            : WriteRecordsAsync(buffer, cancellationToken);

    /// <summary>Sends close_notify (RFC 8446, section 6.1). Does not throw when the connection is already gone.</summary>
    public async Task ShutdownAsync()
    {
        try
        {
            await tls.ShutdownAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or AuthenticationException)
        {
            // There is nobody to tell.
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Disposed?.Invoke();
            tls.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRecordsAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        transport.CollectWrites();
        try
        {
            await tls.WriteAsync(buffer, cancellation);
        }
        finally
        {
            await transport.SendCollectedAsync(cancellation);
        }
    }
}
