using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Members;

/// <summary>Executes what only the sessions of members ask (PROTOCOL.md, section 5.4).</summary>
/// <param name="member">Whose session it is.</param>
/// <param name="members">Makes the certificates.</param>
/// <param name="time">The clock of how often they are made.</param>
internal sealed class MemberRequestHandler(Member member, MemberRegistry members, TimeProvider time)
{
    // Signing costs as much as a thousand lookups. Within this time, the last certificate is given again.
    private static readonly TimeSpan BetweenSignatures = TimeSpan.FromSeconds(30);

    private CertificateReply? _last;
    private long _signedAt;

    /// <summary>A user name belongs to one key. Null where this member may have it.</summary>
    public string? WhyNotNamed(UserName user) =>
        user == member.User ? null : $"this server knows you as {member.User.Text}; start with that name";

    /// <summary>CERTIFY.</summary>
    public bool TryCertify(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, [NotNullWhen(false)] out string? error)
    {
        if (!Certify.TryParse(arguments, out var certify, out error))
            return false;
        if (!MemberRegistry.IsKeyOf(member, certify.PublicKey.Span))
        {
            error = "that is not the key of this session";
            return false;
        }

        if (_last is null || time.GetElapsedTime(_signedAt) >= BetweenSignatures)
            (_last, _signedAt) = (members.Certify(certify.PublicKey.Span), time.GetTimestamp());
        _last.Value.WriteTo(output);
        return true;
    }
}
