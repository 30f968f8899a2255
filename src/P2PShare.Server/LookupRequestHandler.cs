using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;

namespace P2PShare.Server;

/// <summary>
/// Executes the commands of one session that look something up and are answered with a short list: LOCATE, LOCATE_ID, WHOIS and SERVERS
/// (PROTOCOL.md, sections 5, 5.3 and 5.5).
/// </summary>
/// <param name="presence">The session's way to those of all sessions.</param>
/// <param name="registry">Who shares what.</param>
/// <param name="servers">The other servers; null where this server is in no cluster.</param>
internal sealed class LookupRequestHandler(SessionPresence presence, IFileRegistry registry, IServerList? servers)
{
    /// <param name="verb">LOCATE, LOCATE_ID, WHOIS, or SERVERS where this server is in a cluster.</param>
    /// <param name="arguments">What follows the verb.</param>
    /// <param name="output">Where the reply is composed.</param>
    /// <param name="isFound">Whether the reply has a row.</param>
    /// <param name="error">Why the line is refused.</param>
    public bool TryExecute(
        Verb verb,
        ReadOnlyMemory<byte> arguments,
        IBufferWriter<byte> output,
        out bool isFound,
        [NotNullWhen(false)] out string? error)
    {
        isFound = false;
        return verb switch
        {
            Verb.Locate => TryLocate(arguments, output, ref isFound, out error),
            Verb.LocateId => TryLocateId(arguments, output, ref isFound, out error),
            Verb.Whois => TryWhois(arguments, output, ref isFound, out error),
            Verb.Servers => TryServers(arguments, output, ref isFound, out error),
            _ => throw new ArgumentOutOfRangeException(nameof(verb)),
        };
    }

    private bool TryLocate(
        ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, ref bool isFound, [NotNullWhen(false)] out string? error)
    {
        if (!Locate.TryParse(arguments, out var locate, out error))
            return false;
        using var found = new FileRows(Limits.MaxLocatedOwners);
        registry.Find(locate.Name, found);
        isFound = WriteOwners(found, output);
        return true;
    }

    private bool TryLocateId(
        ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, ref bool isFound, [NotNullWhen(false)] out string? error)
    {
        if (!LocateId.TryParse(arguments, out var locate, out error))
            return false;
        using var found = new FileRows(Limits.MaxLocatedOwners);
        registry.Find(locate.Id, found);
        isFound = WriteOwners(found, output);
        return true;
    }

    private bool TryWhois(
        ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, ref bool isFound, [NotNullWhen(false)] out string? error)
    {
        if (!Whois.TryParse(arguments, out var whois, out error))
            return false;
        var rows = presence.Find(whois.Peer);
        foreach (var row in rows)
            row.WriteTo(output);
        FixedReplies.Write(output, FixedReplies.WhoisEnd);
        isFound = rows.Count > 0;
        return true;
    }

    private bool TryServers(
        ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, ref bool isFound, [NotNullWhen(false)] out string? error)
    {
        if (!ListServers.TryParse(arguments, out _, out error))
            return false;
        var others = servers!.Others;
        var count = Math.Min(others.Count, Limits.MaxServerRows);
        for (var i = 0; i < count; i++)
            others[(int)((presence.Number + i) % others.Count)].WriteTo(output);
        FixedReplies.Write(output, FixedReplies.ServersEnd);
        isFound = count > 0;
        return true;
    }

    private static bool WriteOwners(FileRows found, IBufferWriter<byte> output)
    {
        for (var i = 0; i < found.Count; i++)
            new OwnerRow(found[i].Identity, found[i].Address, found[i].Name).WriteTo(output);
        FixedReplies.Write(output, FixedReplies.LocateEnd);
        return found.Count > 0;
    }
}
