using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Configuration;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// The stream of a cluster: it keeps the newest message of each subject. The first server makes it; one that an operator has made, for
/// example in memory, is taken as it is.
/// </summary>
internal static class StreamSetup
{
    private const string Description = "P2PShare cluster ";
    private const int NotFound = 404;

    /// <summary>The stream's name.</summary>
    public static string NameOf(string cluster) => $"P2PSHARE_{cluster}";

    /// <exception cref="ClusterException">There is such a stream, which these servers cannot use.</exception>
    public static async Task<INatsJSStream> OpenAsync(
        NatsJSContext context, ClusterSettings settings, ClusterSubjects subjects, CancellationToken cancellation)
    {
        var name = NameOf(settings.Name);
        try
        {
            var stream = await context.GetStreamAsync(name, cancellationToken: cancellation);
            Check(stream.Info.Config, subjects);
            return stream;
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return await context.CreateStreamAsync(ConfigOf(name, settings, subjects), cancellation);
        }
    }

    private static StreamConfig ConfigOf(string name, ClusterSettings settings, ClusterSubjects subjects) => new(name, [subjects.All])
    {
        Description = Description + MessageBounds.Format,
        MaxMsgsPerSubject = 1,
        MaxMsgSize = MessageBounds.MaxPageBytes,
        NumReplicas = settings.Replicas,
        Retention = StreamConfigRetention.Limits,
        Discard = StreamConfigDiscard.Old,
        Storage = StreamConfigStorage.File,
        AllowDirect = true,
    };

    private static void Check(StreamConfig config, ClusterSubjects subjects)
    {
        var isOurs = config.Description?.StartsWith(Description, StringComparison.Ordinal) == true;
        if (isOurs && int.TryParse(config.Description![Description.Length..], out var format) && format > MessageBounds.Format)
            throw new ClusterException($"the stream {config.Name} is of a newer version of this program; update this server");
        if (config.MaxMsgsPerSubject != 1 || config.Subjects?.Contains(subjects.All) != true || config.DenyPurge)
            throw new ClusterException(
                $"the stream {config.Name} does not keep exactly the newest message of each subject below {subjects.All}, or cannot be "
                + "purged; delete it, or give the cluster another name with --cluster-name");
    }
}
