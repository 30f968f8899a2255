using P2PShare.Protocol;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Server.Cluster.Messages;

/// <summary>The bounds of what servers of a cluster tell each other. A message beyond one of them is refused as a whole.</summary>
internal static class MessageBounds
{
    /// <summary>The first byte of every message. A server refuses the messages of a format that it does not know.</summary>
    public const byte Format = 1;

    /// <summary>The highest version of a message. A server that counted to it published a message each nanosecond for a century.</summary>
    public const long MaxVersion = 1L << 62;

    /// <summary>The highest <see cref="RegistryPage.Since"/>: registries can count on from it for longer than they will run.</summary>
    public const long MaxSince = 1L << 62;

    /// <summary>The most files, parts or sessions that a lease may count: sums of 64 of them do not overflow.</summary>
    public const long MaxCount = 1L << 48;

    /// <summary>Bytes of the longest address of a server: a host name of 255 characters (RFC 1035), and a port.</summary>
    public const int MaxAddressBytes = 300;

    /// <summary>UTF-8 bytes of the longest name of a user.</summary>
    public const int MaxUserNameBytes = 4 * Limits.MaxUserNameCharacters;

    /// <summary>Bytes of a page's format, version and numbers of items.</summary>
    public const int PageHeaderBytes = 1 + 8 + 1 + 1;

    // Session, since, user, key, IP address, port of the parts.
    private const int MaxSessionBytes = 8 + 8 + 2 + MaxUserNameBytes + 1 + Limits.HashBytes + 1 + MaxIpBytes + 2;
    private const int MaxEntryBytes = 2 + Limits.MaxFileNameBytes + 2 + 1 + Limits.HashBytes + 8;

    /// <summary>Bytes of an IPv6 address.</summary>
    public const int MaxIpBytes = 16;

    /// <summary>Bytes of the longest page: entries are longer than parts. A message of NATS may have 1 MiB by default.</summary>
    public const int MaxPageBytes = PageHeaderBytes + MaxSessionBytes + (RegistryPage.MaxItems * MaxEntryBytes);

    /// <summary>Bytes of the longest lease.</summary>
    public const int MaxLeaseBytes = 1 + 8 + 4 + 1 + 8 + 2 + MaxAddressBytes + 1 + Limits.HashBytes + (3 * 8) + 4 + 8;
}
