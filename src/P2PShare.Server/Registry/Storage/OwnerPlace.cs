using System.Net;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Server.Registry.Storage;

/// <summary>Where an owner is, and what its rows of LIST_FILES end with.</summary>
/// <param name="session">The session's number.</param>
/// <param name="ip">The session's address.</param>
/// <param name="port">Of its first entry; all others have the same, unless a program does what none has a reason to.</param>
internal sealed class OwnerPlace(long session, IPAddress ip, ushort port)
{
    private readonly byte[] _ending = EndingOf(ip, port);

    public long Session => session;

    public IPAddress Ip => ip;

    public ushort Port => port;

    /// <summary>The ending of an entry's row. For another port than the first entry's it is composed each time.</summary>
    public ReadOnlySpan<byte> EndingFor(ushort entryPort) => entryPort == port ? _ending : EndingOf(ip, entryPort);

    private static byte[] EndingOf(IPAddress ip, ushort port)
    {
        Span<byte> ending = stackalloc byte[FileRow.MaxEndingBytes];
        return ending[..FileRow.WriteEnding(ending, ip, port)].ToArray();
    }
}
