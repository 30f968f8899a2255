using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Configuration;
using P2PShare.Server.Members;

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

    /// <summary>The subject of the member list of a private cluster.</summary>
    public static string MembersSubjectOf(string cluster) => $"p2pshare-members.{cluster}";

    /// <exception cref="ClusterException">There is such a stream, which these servers cannot use.</exception>
    public static Task<INatsJSStream> OpenAsync(
        NatsJSContext context, ClusterSettings settings, ClusterSubjects subjects, CancellationToken cancellation) =>
        OpenAsync(context, ConfigOf(NameOf(settings.Name), settings, subjects.All, MessageBounds.MaxPageBytes), cancellation);

    /// <summary>The stream of the member list of a private cluster.</summary>
    /// <inheritdoc cref="OpenAsync(NatsJSContext, ClusterSettings, ClusterSubjects, CancellationToken)"/>
    public static Task<INatsJSStream> OpenMembersAsync(
        NatsJSContext context, ClusterSettings settings, CancellationToken cancellation)
    {
        var (name, subject) = (MembersNameOf(settings.Name), MembersSubjectOf(settings.Name));
        return OpenAsync(context, ConfigOf(name, settings, subject, SharedMembersMessage.MaxBytes), cancellation);
    }

    /// <summary>Whether private servers have joined the cluster.</summary>
    public static async Task<bool> HasMembersAsync(NatsJSContext context, ClusterSettings settings, CancellationToken cancellation)
    {
        try
        {
            await context.GetStreamAsync(MembersNameOf(settings.Name), cancellationToken: cancellation);
            return true;
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return false;
        }
    }

    private static string MembersNameOf(string cluster) => $"{NameOf(cluster)}_members";

    private static async Task<INatsJSStream> OpenAsync(NatsJSContext context, StreamConfig wanted, CancellationToken cancellation)
    {
        try
        {
            var stream = await context.GetStreamAsync(wanted.Name!, cancellationToken: cancellation);
            Check(stream.Info.Config, wanted.Subjects!.Single());
            return stream;
        }
        catch (NatsJSApiException e) when (e.Error.Code == NotFound)
        {
            return await context.CreateStreamAsync(wanted, cancellation);
        }
    }

    private static StreamConfig ConfigOf(string name, ClusterSettings settings, string subject, int maxBytes) => new(name, [subject])
    {
        Description = Description + MessageBounds.Format,
        MaxMsgsPerSubject = 1,
        MaxMsgSize = maxBytes,
        NumReplicas = settings.Replicas,
        Retention = StreamConfigRetention.Limits,
        Discard = StreamConfigDiscard.Old,
        Storage = StreamConfigStorage.File,
        AllowDirect = true,
    };

    private static void Check(StreamConfig config, string subject)
    {
        var isOurs = config.Description?.StartsWith(Description, StringComparison.Ordinal) == true;
        if (isOurs && int.TryParse(config.Description![Description.Length..], out var format) && format > MessageBounds.Format)
            throw new ClusterException($"the stream {config.Name} is of a newer version of this program; update this server");
        if (config.MaxMsgsPerSubject != 1 || config.Subjects?.Contains(subject) != true || config.DenyPurge)
            throw new ClusterException(
                $"the stream {config.Name} does not keep exactly the newest message of each subject below {subject}, or cannot be "
                + "purged; delete it, or give the cluster another name with --cluster-name");
    }
}
