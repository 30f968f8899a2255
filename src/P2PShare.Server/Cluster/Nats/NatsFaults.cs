using NATS.Client.Core;
using NATS.Client.JetStream;
using P2PShare.Protocol.Text;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>What the exceptions of NATS mean for a server.</summary>
internal static class NatsFaults
{
    // Error codes of the JetStream API.
    private const int NotEnabled = 10076;
    private const int NotEnabledForAccount = 10039;
    private const int ReplicasNeedCluster = 10074;

    private const string NoJetStream = "NATS runs there without JetStream; start it with 'nats-server --jetstream'";

    /// <summary>The reason for which the connection has ended, in one line.</summary>
    public static string Reason(Exception e) => e switch
    {
        NatsServerException server => Line(server.Error),
        NatsJSApiException api => Line(api.Error.Description),
        NatsJSApiNoResponseException or NatsNoRespondersException => "JetStream does not answer",
        _ when e is not AggregateException && e.InnerException is not null => $"{Line(e.Message)} ({Line(e.GetBaseException().Message)})",
        _ => Line(e.Message),
    };

    /// <summary>What to change where trying again does not help; null where it may.</summary>
    public static string? WhyHopeless(Exception e) => e switch
    {
        ClusterException => e.Message,
        _ when IsRefused(e) || (e.InnerException is { } inner && IsRefused(inner)) =>
            "NATS refuses the credentials; give the right ones with --cluster-credentials FILE, or in the URL",
        NatsJSApiException { Error.ErrCode: NotEnabled or NotEnabledForAccount } => NoJetStream,
        NatsJSApiException { Error.ErrCode: ReplicasNeedCluster } =>
            "NATS runs there as a single server, which keeps one replica; start it as a cluster, or give --cluster-replicas 1",
        _ => null,
    };

    /// <summary>
    /// The same for a request of JetStream that nobody has answered. Nobody answers, either, while the servers of a NATS cluster elect a
    /// leader; so what the server has said of itself decides.
    /// </summary>
    public static string? WhyUnanswered(Exception e, INatsServerInfo? server) =>
        (e is NatsJSApiNoResponseException or NatsNoRespondersException) && server is { JetStreamAvailable: false } ? NoJetStream : null;

    private static bool IsRefused(Exception e) =>
        e is NatsServerException { IsAuthError: true }
        || e.Message.Contains("Authorization Violation", StringComparison.OrdinalIgnoreCase);

    private static string Line(string? text) => Printable.Of((text ?? "unknown").TrimEnd('.'));
}
