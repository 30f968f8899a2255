using System.Text;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Presence;

namespace P2PShare.Server.Tests;

/// <summary>A cluster whose other servers are given as the rows of SERVERS.</summary>
internal sealed class FixedServers(params string[] rows) : IServerList
{
    public IReadOnlyList<ServerRow> Others { get; set; } = [.. rows.Select(Row)];

    public static ServerRow Row(string line) =>
        ServerRow.TryParse(Encoding.UTF8.GetBytes(line), out var row) ? row : throw new ArgumentException("no row", nameof(line));
}
