using NATS.Client.Core;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>How a server connects to NATS.</summary>
internal static class NatsOptions
{
    /// <summary>
    /// The library would connect again by itself and send then what was published before. Here a connection that is lost is given up,
    /// so that what was under way is known to be without a result.
    /// </summary>
    /// <exception cref="ClusterException">The file with the credentials cannot be read, or has none.</exception>
    public static NatsOpts Of(ClusterSettings settings) => NatsOpts.Default with
    {
        Url = string.Join(',', settings.Urls),
        Name = "P2PShare server",
        AuthOpts = settings.Credentials is null ? NatsAuthOpts.Default : CredentialsFile.Read(settings.Credentials),
        MaxReconnectRetry = 0,
        RetryOnInitialConnect = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),

        // What is asked while the servers of a NATS cluster elect a leader is never answered; it is asked again then.
        RequestTimeout = TimeSpan.FromSeconds(2),
        PingInterval = TimeSpan.FromSeconds(2),
    };
}
