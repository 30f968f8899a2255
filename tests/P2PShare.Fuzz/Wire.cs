using System.Net;
using P2PShare.Networking;
using P2PShare.Testing;

namespace P2PShare.Fuzz;

/// <summary>A connection in memory whose far end says prepared bytes, closes, and takes in whatever it is told.</summary>
internal sealed class Wire : IDisposable
{
    private const int MostAnswered = 64 * 1024 * 1024;

    private readonly StreamPair _pair = new();
    private readonly MemoryStream _heard = new();

    public Wire() => Near = new StreamConnection(_pair.Near, new IPEndPoint(IPAddress.Loopback, 12345), _pair.Reset, _pair.Near.CloseOutput);

    public Connection Near { get; }

    /// <summary>Ends when everything is said and the near end has closed. Gives what the near end said.</summary>
    public async Task<byte[]> SpeakAsync(IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        var hearing = HearAsync();
        try
        {
            foreach (var slice in slices)
                await _pair.Far.WriteAsync(slice);
            _pair.Far.CloseOutput();
        }
        catch (IOException)
        {
            // The near end has had enough, as it may.
        }

        await hearing;
        return _heard.ToArray();
    }

    public void Dispose() => _pair.Dispose();

    private async Task HearAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await _pair.Far.ReadAsync(buffer) is > 0 and var count)
            {
                _heard.Write(buffer, 0, count);
                _heard.Length.Should(length => length < MostAnswered, "an answer has an end");
            }
        }
        catch (IOException)
        {
            // Reset.
        }
    }
}
