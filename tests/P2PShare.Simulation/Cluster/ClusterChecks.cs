using P2PShare.Server.Tests.Cluster;
using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>The rules of a cluster, compared with what clients have shared.</summary>
internal sealed class ClusterChecks(EventQueue events, ModelStream stream, ClusterServers servers, ClusterClients clients)
{
    // A change is known everywhere after this time, where nothing disturbs those who tell and hear it.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(6);

    // A server that has ended is forgotten after 15 seconds, its messages may have been late, and the others look four times a second.
    private static readonly TimeSpan UntilForgotten = TimeSpan.FromSeconds(21);

    /// <summary>How many registries were compared.</summary>
    public int Count { get; private set; }

    /// <summary>Whatever an undisturbed server's session shares is found at every undisturbed server, and nothing else of it.</summary>
    public void CheckUndisturbed()
    {
        foreach (var server in servers.Alive.Where(server => server.IsUndisturbed(Quiet)))
        {
            Count++;
            var found = server.Registry.Contents(clients.PartIds).ToLookup(item => item.Address);
            foreach (var client in clients.All.Where(IsUndisturbed))
                Compare(client, server, found[client.Address]);
        }
    }

    /// <summary>
    /// To be called when nothing has disturbed anybody for so long that servers that have ended are forgotten: all registries are equal.
    /// </summary>
    public void CheckAll()
    {
        var expected = clients.All.Where(client => client.Server is not null).SelectMany(client => client.Items).ToHashSet();
        var count = servers.Alive.Count();
        foreach (var server in servers.Alive)
        {
            Count++;
            var found = server.Registry.Contents(clients.PartIds);
            if (expected.Except(found).FirstOrDefault() is { Name: not null } missing)
                throw Violation(server, $"does not find {Describe(missing)}");
            if (found.Except(expected).FirstOrDefault() is { Name: not null } unexpected)
                throw Violation(server, $"finds {Describe(unexpected)}");
            if (server.Others != (count - 1, 0))
                throw Violation(server, $"knows {server.Others} other servers of {count - 1}");
            foreach (var client in clients.All)
                CheckPresence(client, server);
        }
    }

    /// <summary>The stream has no message of a server that has ended.</summary>
    public void CheckStream()
    {
        var alive = servers.Alive.Select(server => server.Id).ToHashSet();
        if (stream.Servers.FirstOrDefault(id => !alive.Contains(id)) is { Value: not 0 } dead)
            throw new InvariantViolationException($"the stream still has messages of {dead}, which has ended");
    }

    private bool IsUndisturbed(ClusterClient client) =>
        events.GetTimestamp() - client.ChangedAt >= Quiet.Ticks
        && (client.Server is null || client.Server.IsUndisturbed(Quiet));

    private void Compare(ClusterClient client, ClusterMember server, IEnumerable<SharedItem> found)
    {
        var items = client.Server is null ? [] : client.Items;
        if (items.Except(found).FirstOrDefault() is { Name: not null } missing)
            throw Violation(server, $"does not find {Describe(missing)} of server {client.Server?.Number}");

        // What its older session had is found until the older server can tell the others, or is forgotten.
        var mayBeOld = events.GetTimestamp() - client.ServerLostAt <= UntilForgotten.Ticks
            || client.Servers.Any(older => older.IsAlive && !older.IsUndisturbed(Quiet));
        if (!mayBeOld && found.Except(items).FirstOrDefault() is { Name: not null } unexpected)
            throw Violation(server, $"finds {Describe(unexpected)} of server {client.Server?.Number}");
    }

    private void CheckPresence(ClusterClient client, ClusterMember server)
    {
        var rows = server.Directory.Find(client.Address);
        if (client.Server is null && rows.Count > 0)
            throw Violation(server, $"has {rows.Count} sessions at {client.Address}, which has left");
        if (client.Server is not null && client.Items.Count > 0 && (rows.Count != 1 || rows[0].User != client.User))
            throw Violation(server, $"has {rows.Count} sessions at {client.Address} instead of that of {client.User}");
    }

    private static string Describe(SharedItem item) =>
        item.Name.Length == 0 ? $"the part of {item.Id?.Short} at {item.Address}" : $"'{item.Name}' ({item.Id?.Short}) at {item.Address}";

    private InvariantViolationException Violation(ClusterMember server, string what) =>
        new(FormattableString.Invariant($"at {events.GetTimestamp() / 1e7:F3} server {server.Number} {what}"));
}
