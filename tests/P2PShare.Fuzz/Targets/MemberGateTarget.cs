using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Guards;
using P2PShare.Server.Members;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Fuzz.Targets;

/// <summary>A stranger at a private server: no byte is sent to it but JOIN_OK, and that only where its key is a member's then.</summary>
internal sealed class MemberGateTarget : IFuzzTarget, IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private static readonly byte[][] Lines = new[] { $"JOIN {Secret} ayse", "PROTO_VERSION 1.0" }.Select(Mutator.Line).ToArray();
    private static readonly KeyFingerprint Stranger = KeyFingerprint.OfHash(new byte[32]);

    private readonly TempFolder _folder = new();
    private readonly ProgramKey _key = ProgramKey.Create();

    public string Name => "strangers at a private server";

    public async Task RunCaseAsync(Mutator mutator)
    {
        var time = new ManualTimeProvider();
        var file = new MemberFile(_folder.Path);
        file.TryChange(_ => Invited(time.GetUtcNow()));
        var members = new MemberRegistry(file, _key, time, Logger.None);
        members.Load();
        using var connection = new ScriptedConnection(Stranger);
        var serving = ServeAsync(new MemberGate(members, time), connection, time);

        var answers = await connection.ExchangeAsync(mutator.Slice(mutator.Conversation(Lines)));
        await serving;

        var hasJoined = file.Read().Find(Stranger) is not null;
        answers.MustSatisfy(
            bytes => hasJoined ? "JOIN_OK\n"u8.StartsWith(bytes) : bytes.Length == 0, "a stranger gets no byte, and a new member JOIN_OK");
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private static async Task ServeAsync(MemberGate gate, ScriptedConnection connection, TimeProvider time)
    {
        await using var owned = connection.Near;
        try
        {
            var member = await gate.AdmitAsync(owned, new RefusalLog(time), Logger.None, CancellationToken.None);
            member.MustSatisfy(admitted => admitted is null, "a connection that joins is no session");
        }
        catch (IOException)
        {
            // The connection broke.
        }
    }

    private static MemberList Invited(DateTimeOffset now)
    {
        var isSecret = InvitationSecret.TryParse(System.Text.Encoding.ASCII.GetBytes(Secret), out var secret);
        var isUser = UserName.TryParse("ayse"u8, out var user, out _);
        (isSecret && isUser).MustSatisfy(parsed => parsed, "the invitation is valid");
        return MemberList.Empty.Invite(new Invitation(user, secret!.Hash, now.AddDays(1)), now)!;
    }
}
