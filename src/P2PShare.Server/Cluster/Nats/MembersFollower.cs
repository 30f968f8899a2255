using NATS.Client.JetStream;
using P2PShare.Server.Configuration;
using P2PShare.Server.Members;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>Keeps the members of a private server equal with those of its cluster, as long as one connection to NATS lasts.</summary>
internal sealed class MembersFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _following;

    private MembersFollower(SharedMembers members) => _following = members.FollowAsync(_end.Token);

    /// <summary>Takes the members of the cluster over, before the server joins it.</summary>
    /// <param name="members">Null where the server is not private.</param>
    /// <param name="context">The connection.</param>
    /// <param name="settings">Names the cluster.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Follows further until disposed of; null where the server is not private.</returns>
    /// <exception cref="ClusterException">
    /// The cluster is private and this server is not; the members are those of another key, or the list cannot be read.
    /// </exception>
    public static async Task<MembersFollower?> BeginAsync(
        SharedMembers? members, NatsJSContext context, ClusterSettings settings, CancellationToken cancellation)
    {
        if (members is null)
        {
            return await StreamSetup.HasMembersAsync(context, settings, cancellation)
                ? throw new ClusterException(
                    $"the cluster {settings.Name} is private; copy key.pem from the state folder of one of its servers, and start with "
                    + "--private, or give --cluster-name another name")
                : null;
        }

        var stream = await MembersStream.OpenAsync(context, settings, cancellation);
        try
        {
            await members.BeginAsync(stream, cancellation);
        }
        catch (InvalidDataException e)
        {
            throw new ClusterException(e.Message);
        }

        return new MembersFollower(members);
    }

    /// <summary>Checks, before a private server joins for the first time, that the servers of the cluster are private.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="settings">Names the cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ClusterException">They are not.</exception>
    public static async Task CheckOthersArePrivateAsync(
        NatsJSContext context, ClusterSettings settings, TimeProvider time, CancellationToken cancellation)
    {
        // A private server has the member list before its lease. So the list is looked for after the leases.
        var others = await ClusterReader.ReadAsync(context, settings, time, cancellation);
        if (others.Count > 0 && !await StreamSetup.HasMembersAsync(context, settings, cancellation))
            throw new ClusterException(
                $"the servers of the cluster {settings.Name} are not private, and tell everybody what is shared at one of them; stop them, "
                + "or give --cluster-name another name");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _following;
        _end.Dispose();
    }
}
