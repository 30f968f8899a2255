using NATS.Client.Core;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>How a server connects to NATS.</summary>
internal static class NatsOptions
{
    private const string Credentials = "-----BEGIN NATS USER JWT-----";

    /// <summary>
    /// The library would connect again by itself and send then what was published before. Here a connection that is lost is given up,
    /// so that what was under way is known to be without a result.
    /// </summary>
    /// <exception cref="ClusterException">The file with the credentials cannot be read.</exception>
    public static NatsOpts Of(ClusterSettings settings) => NatsOpts.Default with
    {
        Url = string.Join(',', settings.Urls),
        Name = "P2PShare server",
        AuthOpts = settings.Credentials is null ? NatsAuthOpts.Default : AuthOf(settings.Credentials),
        MaxReconnectRetry = 0,
        RetryOnInitialConnect = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        RequestTimeout = TimeSpan.FromSeconds(5),
        PingInterval = TimeSpan.FromSeconds(2),
    };

    private static NatsAuthOpts AuthOf(string file)
    {
        try
        {
            return File.ReadAllText(file).Contains(Credentials, StringComparison.Ordinal)
                ? NatsAuthOpts.Default with { CredsFile = file }
                : NatsAuthOpts.Default with { NKeyFile = file };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ClusterException($"--cluster-credentials cannot be read: {e.Message}");
        }
    }
}
