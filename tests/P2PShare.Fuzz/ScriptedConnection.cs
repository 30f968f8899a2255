using System.Net;
using P2PShare.Networking;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Fuzz;

/// <summary>A connection in memory. Its far end sends prepared bytes, closes its sending direction, and records what it receives.</summary>
internal sealed class ScriptedConnection : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;

    private readonly StreamPair _pair = new();
    private readonly MemoryStream _received = new();

    /// <param name="remoteKey">What the near end believes that the far end has proved.</param>
    public ScriptedConnection(KeyFingerprint? remoteKey = null) => Near = new StreamConnection(
        _pair.Near, new IPEndPoint(IPAddress.Loopback, 12345), _pair.Reset, _pair.Near.CloseOutput, remoteKey);

    public Connection Near { get; }

    /// <summary>Sends the bytes and waits until the near end has closed.</summary>
    /// <returns>The bytes that the near end sent.</returns>
    public async Task<byte[]> ExchangeAsync(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        var receiving = ReceiveAsync();
        try
        {
            foreach (var slice in slices)
                await _pair.Far.WriteAsync(slice);
            _pair.Far.CloseOutput();
        }
        catch (IOException)
        {
            // The near end closed first, which it may.
        }

        await receiving;
        return _received.ToArray();
    }

    public void Dispose() => _pair.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await _pair.Far.ReadAsync(buffer) is > 0 and var count)
            {
                _received.Write(buffer, 0, count);
                _received.Length.MustSatisfy(length => length < MaxAnswerBytes, "an answer is bounded");
            }
        }
        catch (IOException)
        {
            // Reset.
        }
    }
}
