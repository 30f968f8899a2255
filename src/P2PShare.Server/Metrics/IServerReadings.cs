namespace P2PShare.Server.Metrics;

/// <summary>What is read from a running server when its metrics are asked for. Any thread may call any member.</summary>
internal interface IServerReadings
{
    /// <summary>The connections of now.</summary>
    int Sessions { get; }

    /// <summary>All connections so far, with those that were refused.</summary>
    long Connections { get; }

    /// <summary>Whether a new connection would be served: it listens, is not stopping, and is not full.</summary>
    bool AcceptsSessions { get; }

    /// <summary>How many lines and connections were refused for each reason.</summary>
    IReadOnlyDictionary<string, long> Refusals { get; }

    /// <summary>Measures for each event loop how long a socket that becomes ready now waits for its turn.</summary>
    /// <param name="atMost">The result for a loop that takes longer.</param>
    Task<IReadOnlyList<TimeSpan>> MeasureLoopLagsAsync(TimeSpan atMost);
}
