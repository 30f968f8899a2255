using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Members;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Server.Tests.Members;

/// <summary>
/// What one private server of a cluster keeps of its members: a folder of its own, and the key and the value that all have.
/// </summary>
internal sealed class ClusterMemberServer : IAsyncDisposable
{
    private readonly ManualTimeProvider _time;
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource _connection = new();
    private Task _following = Task.CompletedTask;

    public ClusterMemberServer(ProgramKey key, ManualTimeProvider time)
    {
        _time = time;
        File = new MemberFile(_folder.Path);
        var log = new LoggerConfiguration().WriteTo.Sink(Events).CreateLogger();
        Shared = new SharedMembers(File, key, time, log);
        Registry = new MemberRegistry(File, key, time, log, Shared);
        Registry.Load();
        Running = Registry.RunAsync(_stop.Token);
    }

    public MemberFile File { get; }

    public RecordedLog Events { get; } = new();

    public SharedMembers Shared { get; }

    public MemberRegistry Registry { get; }

    private Task Running { get; }

    public async Task ConnectAsync(ISharedValue value)
    {
        await Shared.BeginAsync(value, CancellationToken.None);
        _following = Shared.FollowAsync(_connection.Token);
    }

    public async Task DisconnectAsync()
    {
        await _connection.CancelAsync();
        await _following;
        _connection.Dispose();
        _connection = new CancellationTokenSource();
    }

    /// <summary>As the command beside the server does.</summary>
    public InvitationSecret Invite(string user)
    {
        var secret = InvitationSecret.Create();
        var now = _time.GetUtcNow();
        File.TryChange(list => list.Invite(new Invitation(MemberState.User(user), secret.Hash, now.AddDays(1)), now)).Should().BeTrue();
        return secret;
    }

    /// <summary>As the command beside the server does.</summary>
    public void Revoke(string user) =>
        File.TryChange(list => list.Revoke(MemberState.User(user), _time.GetUtcNow())).Should().BeTrue();

    public Task<Member?> JoinAsync(InvitationSecret secret, string user, byte key) =>
        Registry.JoinAsync(secret, MemberState.User(user), MemberState.Key(key), CancellationToken.None);

    public bool Knows(byte key) => Registry.Find(MemberState.Key(key)) is not null;

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        await _stop.CancelAsync();
        await Running;
        _stop.Dispose();
        _connection.Dispose();
        _folder.Dispose();
    }
}
