using P2PShare.Networking.Security.Identities;

namespace P2PShare.Server.Members;

/// <summary>
/// The member list of a cluster as its servers exchange it: <c>format u8, fingerprint of the authority's key (32 bytes), signature of all
/// the rest (64 bytes), list (JSON, as in the file)</c>. All servers have the key. Without it nobody who can write to NATS makes members.
/// </summary>
internal static class SharedMembersMessage
{
    /// <summary>Bytes of the longest message: a little less than what NATS takes by default, and about 4,000 members.</summary>
    public const int MaxBytes = 1_000_000;

    private const byte CurrentFormat = 1;
    private const int FingerprintBytes = 32;
    private const int SignatureBegin = 1 + FingerprintBytes;
    private const int ListBegin = SignatureBegin + ProgramKey.SignatureBytes;

    /// <exception cref="InvalidDataException">The list is too long.</exception>
    public static byte[] Format(MemberList list, ProgramKey key)
    {
        byte[] head = [CurrentFormat, .. Convert.FromHexString(key.Fingerprint.ToString())];
        var json = MemberListJson.FormatCompact(list);
        if (ListBegin + json.Length > MaxBytes)
            throw new InvalidDataException($"the cluster's member list would be longer than {MaxBytes} bytes");
        return [.. head, .. key.SignData([.. head, .. json]), .. json];
    }

    /// <exception cref="InvalidDataException">It is no list of this authority; the message says what to do.</exception>
    public static MemberList Parse(ReadOnlySpan<byte> message, ProgramKey key)
    {
        if (message.Length is < ListBegin or > MaxBytes)
            throw new InvalidDataException("the cluster's member list is none");
        if (message[0] != CurrentFormat)
            throw new InvalidDataException("the cluster's member list is of a newer version of this program; update this server");
        if (!message[1..SignatureBegin].SequenceEqual(Convert.FromHexString(key.Fingerprint.ToString())))
        {
            throw new InvalidDataException(
                "its members are those of another key; copy key.pem from the state folder of one of its servers into that of this server");
        }

        var json = message[ListBegin..];
        return key.HasSigned([.. message[..SignatureBegin], .. json], message[SignatureBegin..ListBegin])
            ? MemberListJson.Parse(json)
            : throw new InvalidDataException("the cluster's member list was not signed by a server of this cluster");
    }
}
