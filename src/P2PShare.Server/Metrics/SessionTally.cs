using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Transport;

namespace P2PShare.Server.Metrics;

/// <summary>
/// What one session counts between two sends of replies, before it adds that to the <see cref="ServerCounters"/>. A request is counted
/// with one comparison and one addition; the timestamps and the atomic additions are paid once a batch of requests.
/// </summary>
/// <param name="counters">Of all sessions.</param>
/// <param name="time">The clock of the latencies.</param>
internal sealed class SessionTally(ServerCounters counters, TimeProvider time)
{
    // Requests in a row of the same verb and outcome.
    private Verb _verb;
    private Outcome _outcome;
    private int _run;

    private bool _isTimed;
    private long _began;
    private int _requests;
    private long _received;
    private long _sent;

    /// <summary>
    /// Input has arrived, and no whole request was waiting: the latency of those up to <see cref="EndBatch"/> begins.
    /// </summary>
    public void BeginBatch() => (_isTimed, _began) = (true, time.GetTimestamp());

    public void Count(Verb verb, Outcome outcome)
    {
        _requests++;
        if (verb != _verb || outcome != _outcome)
        {
            AddRun();
            (_verb, _outcome) = (verb, outcome);
        }

        _run++;
    }

    /// <summary>Every reply was sent, or the session ends.</summary>
    public void EndBatch(LineChannel channel)
    {
        AddRun();
        AddBytes(channel);
        if (_isTimed && _requests > 0)
            counters.AddLatency(time.GetElapsedTime(_began), _requests);
        (_isTimed, _requests) = (false, 0);
    }

    /// <summary>Adds what was received and sent since the last call: also in the middle of a batch, which may be a long list.</summary>
    public void AddBytes(LineChannel channel)
    {
        var (received, sent) = (channel.ReceivedBytes, channel.FlushedBytes);
        counters.AddBytes(received - _received, sent - _sent);
        (_received, _sent) = (received, sent);
    }

    private void AddRun()
    {
        if (_run > 0)
            counters.AddRequests(_verb, _outcome, _run);
        _run = 0;
    }
}
