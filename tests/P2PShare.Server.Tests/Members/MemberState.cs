using System.Text;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Members;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Server.Tests.Members;

/// <summary>The folder of a private server, its key, its members, and a clock that the test advances.</summary>
internal sealed class MemberState : IDisposable
{
    private readonly TempFolder _folder = new();

    public MemberState()
    {
        File = new MemberFile(_folder.Path);
        Log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(Events).CreateLogger();
        Registry = new MemberRegistry(File, ServerKey, Time, Log);
        Registry.Load();
    }

    public ManualTimeProvider Time { get; } = new();

    public ProgramKey ServerKey { get; } = ProgramKey.Create();

    public MemberFile File { get; }

    public string FilePath => _folder.File("members.json");

    public string FolderPath => _folder.Path;

    public RecordedLog Events { get; } = new();

    public ILogger Log { get; }

    public MemberRegistry Registry { get; }

    public static UserName User(string text) => UserName.TryParse(Encoding.UTF8.GetBytes(text), out var user, out var refusal)
        ? user
        : throw new ArgumentException(refusal, nameof(text));

    /// <summary>A fingerprint whose bytes all have this value.</summary>
    public static KeyFingerprint Key(byte value) => KeyFingerprint.OfHash(Enumerable.Repeat(value, 32).ToArray());

    /// <summary>Invites a user for a day, as the command beside the server does.</summary>
    public InvitationSecret Invite(string user)
    {
        var secret = InvitationSecret.Create();
        var now = Time.GetUtcNow();
        File.TryChange(list => list.Invite(new Invitation(User(user), secret.Hash, now.AddDays(1)), now)).Should().BeTrue();
        return secret;
    }

    /// <summary>Invites a user and makes the key a member's. Where there is no cluster to ask, nothing is waited for.</summary>
    public Member Join(string user, KeyFingerprint key) =>
        Registry.JoinAsync(Invite(user), User(user), key, CancellationToken.None).GetAwaiter().GetResult()!;

    /// <summary>Ends a membership, as the command beside the server does.</summary>
    public void Revoke(string user) => File.TryChange(list => list.Revoke(User(user), Time.GetUtcNow())).Should().BeTrue();

    public void Dispose()
    {
        ServerKey.Dispose();
        _folder.Dispose();
    }
}
