using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using P2PShare.Networking;
using P2PShare.Testing;

namespace P2PShare.Fuzz;

/// <summary>A connection in memory, at whose far end a foreign implementation speaks TLS.</summary>
internal sealed class TlsClient : IDisposable
{
    private readonly StreamPair _pair = new();
    private readonly SslStream _tls;

    /// <param name="between">What is between the far end and its bytes.</param>
    public TlsClient(Func<Stream, Stream> between)
    {
        Near = new StreamConnection(_pair.Near, new IPEndPoint(IPAddress.Loopback, 12345), _pair.Reset, _pair.Near.CloseOutput);
        _tls = new SslStream(between(_pair.Far));
    }

    public Connection Near { get; }

    /// <summary>Does the handshake, sends the bytes, ends, and waits until the near end has closed.</summary>
    /// <returns>The bytes that the near end sent.</returns>
    public async Task<byte[]> ExchangeAsync(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        using var received = new MemoryStream();
        try
        {
            await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            });
            await Task.WhenAll(SendAsync(slices), _tls.CopyToAsync(received));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The near end refused what was changed, or closed first, which it may.
        }
        finally
        {
            _pair.Far.Dispose();
        }

        return received.ToArray();
    }

    public void Dispose()
    {
        _tls.Dispose();
        _pair.Dispose();
    }

    private async Task SendAsync(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        foreach (var slice in slices)
            await _tls.WriteAsync(slice);
        await _tls.ShutdownAsync();
        _pair.Far.CloseOutput();
    }
}
