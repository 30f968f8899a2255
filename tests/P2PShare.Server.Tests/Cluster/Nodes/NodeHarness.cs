using P2PShare.Server.Cluster;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Servers;
using P2PShare.Server.Presence;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Cluster.Nodes;

/// <summary>A node with a model of the registry, and in the hands of the test what it receives and when.</summary>
internal sealed class NodeHarness : IClusterOutput, IDisposable
{
    private const int ItemsInPage = 2;
    private static readonly long Start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private readonly ClusterSubjects _subjects = new("home");
    private ulong _lastId = 0x1000;

    public NodeHarness(ClusterBounds? bounds = null)
    {
        Directory.Registered = Registry.MarkSessionChanged;
        var self = new ClusterSelf("self.example:8080", null, 0, () => new LeaseCounts(1, 2, 3), () => new ServerId(++_lastId));
        Node = new ClusterNode(_subjects, self, Registry, Directory, this, bounds);
    }

    public ClusterNode Node { get; }

    public PageRegistryModel Registry { get; } = new(ItemsInPage);

    public SessionDirectory Directory { get; } = new();

    public TimeSpan Now { get; private set; } = TimeSpan.FromHours(1);

    /// <summary>What the node has published, until <see cref="TakePublished"/>.</summary>
    public List<Publication> Published { get; } = [];

    public List<(ServerId Server, long NotHeardSince)> Purged { get; } = [];

    public int Replays { get; private set; }

    /// <summary>The time stamp of a message that is stored now.</summary>
    public long StoredNow => Start + Now.Ticks;

    public static ServerId Other(int number) => new((ulong)number);

    public void Dispose() => Node.Dispose();

    public void Advance(double seconds) => Now += TimeSpan.FromSeconds(seconds);

    /// <summary>Connects, and lets the node receive its first lease, so that it has caught up.</summary>
    public void ConnectAndCatchUp()
    {
        Node.Connected(Now);
        LoopBack();
        Node.Status.IsCaughtUp.Should().BeTrue();
    }

    /// <summary>What was published since the last call.</summary>
    public List<Publication> TakePublished()
    {
        var taken = Published.ToList();
        Published.Clear();
        return taken;
    }

    /// <summary>Confirms what was published since the last call and lets the node receive it.</summary>
    public List<Publication> LoopBack()
    {
        var taken = TakePublished();
        foreach (var publication in taken)
        {
            Node.Published(publication.Number, succeeded: true, Now);
            Node.Received($"p2pshare.home.{publication.Server}.{publication.Subject}", publication.Payload, StoredNow, Now);
        }

        return taken;
    }

    /// <summary>Lets the time pass in steps in which the node ticks, and confirms and receives what it publishes.</summary>
    public void Run(double seconds, Action? eachStep = null)
    {
        for (var step = 0; step < seconds * 4; step++)
        {
            Advance(0.25);
            eachStep?.Invoke();
            Node.Tick(Now);
            LoopBack();
        }
    }

    public void Receive(ServerId server, string subject, byte[] payload, long? stored = null) =>
        Node.Received($"p2pshare.home.{server}.{subject}", payload, stored ?? StoredNow, Now);

    public void ReceiveLease(int server, long version, ServerState state = ServerState.Serving) =>
        Receive(Other(server), "lease", Messages.Messages.Lease(version, state));

    /// <summary>A page of session number 100 * server, with these names.</summary>
    public void ReceivePage(int server, int page, long version, params string[] names) =>
        Receive(Other(server), $"{page}", Messages.Messages.Page(version, 100 * server, names));

    public void ReceiveTombstone(int server, int page, long version) =>
        Receive(Other(server), $"{page}", Messages.Messages.Tombstone(version));

    /// <summary>Registers a session, so that its pages can be published.</summary>
    public SessionPresence Register(long session, string user = "ayse")
    {
        var presence = new SessionPresence(Directory, Entries.Address(session).Ip, null, session);
        presence.Rename(Messages.Messages.User(user));
        return presence;
    }

    public void Share(long session, params string[] names)
    {
        foreach (var name in names)
            Registry.Put(Entries.Entry(session, name, content: 1));
    }

    /// <summary>The names that the registry has, sorted.</summary>
    public IEnumerable<string> Names() => Registry.Contents([]).Select(item => item.Name).Order();

    /// <summary>Ticks, and returns the pages that are published: their subjects, and whether they are tombstones.</summary>
    public List<(string Page, bool IsTombstone)> PublishPages()
    {
        Node.Tick(Now);
        return [.. Published.Where(publication => publication.Subject != "lease").Select(publication =>
            (publication.Subject, PageMessage.TryReadHeader(publication.Payload, out var header) && header.IsTombstone))];
    }

    void IClusterOutput.Publish(string subject, ReadOnlyMemory<byte> payload, long publication)
    {
        var parts = subject.Split('.');
        Published.Add(new Publication(parts[3], parts[2], payload.ToArray(), publication));
    }

    void IClusterOutput.Purge(ServerId server, long notHeardSince) => Purged.Add((server, notHeardSince));

    void IClusterOutput.Replay() => Replays++;
}
