using System.Text;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry.Pages;
using P2PShare.Server.Tests.Registry;

namespace P2PShare.Server.Tests.Cluster.Messages;

/// <summary>Short ways to make messages of a cluster.</summary>
internal static class Messages
{
    public static UserName User(string name) =>
        UserName.TryParse(Encoding.UTF8.GetBytes(name), out var user, out var refusal) ? user : throw new ArgumentException(refusal);

    /// <summary>A page of session number n, whose address is that of owner n, with entries of known content and parts.</summary>
    public static byte[] Page(long version, long session, string[] names, params int[] parts)
    {
        using var page = new RegistryPage();
        page.Owner = session;
        page.Since = 5;
        foreach (var name in names)
            page.Rows.Add(Entries.Entry(session, name, content: name.Length));
        page.Parts.AddRange(parts.Select(Entries.Id));
        if (parts.Length > 0)
            page.PartsAddress = Entries.Address(session);
        return Page(version, page, new SessionDescription(User("ayse"), null));
    }

    public static byte[] Page(long version, RegistryPage page, SessionDescription session)
    {
        var writer = new MessageWriter(MessageBounds.MaxPageBytes);
        PageMessage.Write(writer, version, page, session);
        return writer.Written.ToArray();
    }

    public static byte[] Tombstone(long version)
    {
        var writer = new MessageWriter(MessageBounds.MaxPageBytes);
        PageMessage.WriteTombstone(writer, version);
        return writer.Written.ToArray();
    }

    public static byte[] Lease(LeaseMessage lease)
    {
        var writer = new MessageWriter(MessageBounds.MaxLeaseBytes);
        lease.Write(writer);
        return writer.Written.ToArray();
    }

    public static byte[] Lease(long version, ServerState state = ServerState.Serving) =>
        Lease(new LeaseMessage { Version = version, Epoch = 1, State = state, Address = "a.example:8080" });
}
