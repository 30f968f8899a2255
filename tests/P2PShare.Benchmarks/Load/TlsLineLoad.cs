using System.Diagnostics;

namespace P2PShare.Benchmarks.Load;

/// <summary>
/// As <see cref="LineLoad"/>, in TLS: each connection sends a batch of requests, and the next one after all replies. It takes more of the
/// processor than the measured programs, so that the processor time of these says more than the rate.
/// </summary>
internal sealed class TlsLineLoad : IDisposable
{
    private readonly TlsSession[] _sessions;
    private readonly Requests _requests;
    private readonly int _inFlight;
    private int _batch;

    private TlsLineLoad(TlsSession[] sessions, Requests requests, int inFlight) =>
        (_sessions, _requests, _inFlight) = (sessions, requests, inFlight);

    /// <inheritdoc cref="LineLoad(int, int, int, Requests, string)"/>
    public static async Task<TlsLineLoad> ConnectAsync(int port, int connections, int inFlight, Requests requests, string greeting) =>
        new(
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => TlsSession.ConnectAsync(port, greeting))),
            requests,
            inFlight);

    /// <inheritdoc cref="LineLoad.Run"/>
    public async Task<LoadFigures> RunAsync(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(_sessions.Select(session => Task.Run(() => RunAsync(session, start, time))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var all = times.SelectMany(one => one).Order().ToArray();
        return new LoadFigures(all.Length * _inFlight, all.Length * _inFlight / seconds, all[(int)(all.Length * 0.99)]);
    }

    public void Dispose()
    {
        foreach (var session in _sessions)
            session.Dispose();
    }

    // The time of each batch in milliseconds.
    private async Task<List<double>> RunAsync(TlsSession session, long start, TimeSpan time)
    {
        var times = new List<double>();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            var sent = Stopwatch.GetTimestamp();
            await session.ExchangeAsync(NextBatch(), _inFlight * _requests.LineEndsPerReply);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return times;
    }

    private ReadOnlyMemory<byte> NextBatch()
    {
        var batch = (int)((uint)Interlocked.Increment(ref _batch) % (Requests.Count / _inFlight));
        return _requests.Bytes.AsMemory(batch * _inFlight * _requests.Length, _inFlight * _requests.Length);
    }
}
