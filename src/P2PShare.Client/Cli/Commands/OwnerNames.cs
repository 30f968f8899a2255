using P2PShare.Peer.Index;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Cli.Commands;

/// <summary>The user names beside the addresses of a list. Each address is asked for once.</summary>
internal sealed class OwnerNames
{
    /// <summary>Addresses that are asked for: more owners than a screen shows, and their names arrive in one round trip.</summary>
    public const int MaxAddresses = 50;

    private readonly Dictionary<PeerAddress, string> _names = [];

    /// <summary>
    /// Asks for the first <see cref="MaxAddresses"/> different addresses. Where the server fails, there are no names: the list is useful
    /// without them.
    /// </summary>
    public static async Task<OwnerNames> FindAsync(IndexClient index, IEnumerable<PeerAddress> owners, CancellationToken cancellation)
    {
        var found = new OwnerNames();
        var asked = owners.Distinct().Take(MaxAddresses).ToList();
        try
        {
            var users = await index.WhoisAsync(asked, cancellation);
            foreach (var (address, rows) in asked.Zip(users).Where(pair => pair.Second.Count > 0))
                found._names.Add(address, rows[0].User.Text);
        }
        catch (IOException)
        {
            // The server is away or refuses.
        }

        return found;
    }

    /// <summary>The name of the newest session with this address, which is untrusted text; null where it is not known.</summary>
    public string? Of(PeerAddress owner) => _names.GetValueOrDefault(owner);
}
