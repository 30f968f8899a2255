using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Fuzz.Targets;

/// <summary>Valid messages of a cluster, to be mutated.</summary>
internal static class ClusterSamples
{
    private static readonly string[] Names =
        ["a", "photos/2024/a.jpg", "yaz tatili ğüşıöç.txt", "日本語/名前", "a b  c", new('x', 250)];

    /// <summary>A page with random entries and parts.</summary>
    public static byte[] Page(Random random, long version)
    {
        var ip = random.Next(2) == 0 ? IPAddress.Parse("192.0.2.1") : IPAddress.Parse("2001:db8::1");
        using var page = new RegistryPage();
        (page.Owner, page.Since) = (1 + random.Next(4), random.Next());
        for (var rows = random.Next(1, 5); rows > 0; rows--)
        {
            var name = Encoding.UTF8.GetBytes(Names[random.Next(Names.Length)]);
            page.Rows.Add(page.Owner, name, ip, random.Next(1, 65536), random.Next(2) == 0 ? null : Identity(random));
        }

        for (var parts = random.Next(3); parts > 0; parts--)
        {
            page.Parts.Add(Identity(random).Id);
            page.PartsAddress = PeerAddress.Create(ip, 9001);
        }

        UserName.TryParse("ayşe"u8, out var user, out _).MustSatisfy(parsed => parsed, "the name is valid");
        var writer = new MessageWriter(MessageBounds.MaxPageBytes);
        PageMessage.Write(writer, version, page, new SessionDescription(user, random.Next(2) == 0 ? null : Key(random)));
        return writer.Written.ToArray();
    }

    public static byte[] Tombstone(long version)
    {
        var writer = new MessageWriter(MessageBounds.MaxPageBytes);
        PageMessage.WriteTombstone(writer, version);
        return writer.Written.ToArray();
    }

    public static byte[] Lease(Random random, long version, uint epoch) => Write(new LeaseMessage
    {
        Version = version,
        Epoch = epoch,
        State = random.Next(8) == 0 ? ServerState.Ended : ServerState.Serving,
        Address = "example.org:8080",
        Key = random.Next(2) == 0 ? null : Key(random),
        Counts = new LeaseCounts(random.Next(), random.Next(), random.Next()),
    });

    public static byte[] Write(LeaseMessage lease)
    {
        var writer = new MessageWriter(MessageBounds.MaxLeaseBytes);
        lease.Write(writer);
        return writer.Written.ToArray();
    }

    private static FileIdentity Identity(Random random)
    {
        var hash = new byte[Limits.HashBytes];
        random.NextBytes(hash);
        return FileIdentity.TryCreate(new FileId(hash), random.Next(1, int.MaxValue), out var identity) ? identity : default;
    }

    private static KeyFingerprint Key(Random random)
    {
        var hash = new byte[Limits.HashBytes];
        random.NextBytes(hash);
        return KeyFingerprint.OfHash(hash);
    }
}
