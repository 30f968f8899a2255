using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Registry.Tables.Owners;

/// <summary>The servers whose sessions come last in every choice.</summary>
internal sealed class DoubtfulServers
{
    private readonly HashSet<int> _servers = [];

    public bool Any { get; private set; }

    public void Set(int server, bool isDoubtful)
    {
        if (isDoubtful)
            _servers.Add(server);
        else
            _servers.Remove(server);
        Any = _servers.Count > 0;
    }

    public bool Have(long session) => Any && _servers.Contains(PageKey.ServerOf(session));
}
