using System.Net;
using System.Text;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Registry;
using P2PShare.Server.Tests.Cluster;
using P2PShare.Simulation.Swarms;

namespace P2PShare.Simulation.Cluster;

/// <summary>The clients of a run, and what they do at random.</summary>
internal sealed class ClusterClients
{
    private const int Names = 8;
    private const int Contents = 6;

    private readonly EventQueue _events;
    private readonly Random _random;
    private readonly ClusterServers _servers;
    private readonly FileIdentity[] _contents = [.. Enumerable.Range(1, Contents).Select(CreateIdentity)];
    private int _names;

    public ClusterClients(EventQueue events, Random random, ClusterServers servers, int count)
    {
        (_events, _random, _servers) = (events, random, servers);
        for (var number = 0; number < count; number++)
            All.Add(new ClusterClient(PeerAddress.Create(new IPAddress([10, 0, 0, (byte)(number / 2)]), 9000 + number)));
    }

    public List<ClusterClient> All { get; } = [];

    /// <summary>The ids of which there may be parts.</summary>
    public IEnumerable<FileId> PartIds => _contents.Select(content => content.Id);

    public int Operations { get; private set; }

    /// <summary>A server has ended or has taken a new id: what the others have of its sessions stays for a while.</summary>
    public void NoteLost(ClusterMember server)
    {
        foreach (var client in All.Where(client => client.Servers.Contains(server)))
        {
            client.ServerLostAt = _events.GetTimestamp();
            if (client.Server != server)
                continue;
            client.ChangedAt = _events.GetTimestamp();
            if (!server.IsAlive)
                (client.Server, client.Presence) = (null, null);
        }
    }

    public void DoSomething()
    {
        var client = All[_random.Next(All.Count)];
        if (client.Server?.IsStopped == true)
            return;
        Operations++;
        client.ChangedAt = _events.GetTimestamp();
        if (client.Server is not { } server)
        {
            if (_random.Next(2) == 0)
                Join(client);
            return;
        }

        switch (_random.Next(16))
        {
            case < 6:
                Share(client, server, NewItem(client));
                break;
            case < 9:
                Withdraw(client, server);
                break;
            case < 12:
                Share(client, server, new SharedItem(client.Address, "", _contents[_random.Next(Contents)].Id));
                break;
            case 12:
                Rename(client);
                break;
            case 13:
                Leave(client, server);
                break;
            case 14:
                Leave(client, server);
                Join(client);
                break;
            default:
                // A burst that fills several pages.
                for (var i = 0; i < Names; i++)
                    Share(client, server, new SharedItem(client.Address, $"name {i}", _contents[i % Contents].Id));
                break;
        }
    }

    private static FileIdentity CreateIdentity(int number)
    {
        var hash = new byte[Limits.HashBytes];
        hash[0] = (byte)number;
        FileIdentity.TryCreate(new FileId(hash), 1000 * number, out var identity);
        return identity;
    }

    private SharedItem NewItem(ClusterClient client)
    {
        FileId? id = _random.Next(8) == 0 ? null : _contents[_random.Next(Contents)].Id;
        return new SharedItem(client.Address, $"name {_random.Next(Names)}", id);
    }

    private void Join(ClusterClient client)
    {
        var candidates = _servers.Alive.Where(server => !server.IsStopped).ToList();
        if (candidates.Count == 0)
            return;
        var server = client.Server = candidates[_random.Next(candidates.Count)];
        client.Servers.Add(server);
        client.User = CreateUser();
        client.Presence = server.Register(client.Address.Ip, client.User, out var session);
        client.Session = session;
        foreach (var item in client.Items.ToList())
            Share(client, server, item);
    }

    private void Rename(ClusterClient client)
    {
        client.User = CreateUser();
        client.Presence!.Rename(client.User);
    }

    private UserName CreateUser() =>
        UserName.TryParse(Encoding.UTF8.GetBytes($"user {++_names}"), out var user, out var refusal)
            ? user
            : throw new InvalidOperationException(refusal);

    private static FileName Name(SharedItem item) =>
        FileName.TryParse(item.Name, out var name, out var refusal) ? name : throw new InvalidOperationException(refusal);

    private void Share(ClusterClient client, ClusterMember server, SharedItem item)
    {
        if (item.Name.Length > 0)
        {
            var identity = item.Id is { } id ? _contents.First(content => content.Id == id) : (FileIdentity?)null;
            client.Items.RemoveWhere(other => other.Name == item.Name || (other.Name.Length == 0 && other.Id == item.Id));
            server.Registry.Put(new FileEntry(client.Session, Name(item), client.Address, identity));
        }
        else
        {
            server.Registry.PutPart(client.Session, item.Id!.Value, client.Address);
            if (client.Items.Any(other => other.Name.Length > 0 && other.Id == item.Id))
                return;
        }

        client.Presence!.Announced(client.Address.Port);
        client.Items.Add(item);
    }

    private void Withdraw(ClusterClient client, ClusterMember server)
    {
        if (client.Items.Count == 0)
            return;
        var item = client.Items.ElementAt(_random.Next(client.Items.Count));
        client.Items.Remove(item);
        if (item.Name.Length > 0)
            server.Registry.Remove(client.Session, Name(item));
        else
            server.Registry.RemovePart(client.Session, item.Id!.Value);
    }

    private static void Leave(ClusterClient client, ClusterMember server)
    {
        client.Presence!.Leave();
        server.Registry.RemoveAll(client.Session);
        (client.Server, client.Presence) = (null, null);
    }
}
