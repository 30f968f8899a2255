using System.Net;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>Whom a client believes at an address that another server named (PROTOCOL.md, section 5.5).</summary>
public sealed class LearnedServerTests : IDisposable
{
    private const string Name = "second.org:8080";
    private static readonly EndPoint Address = new DnsEndPoint("second.org", 8080);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ProgramKey _ownKey = ProgramKey.Create();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _otherKey = ProgramKey.Create();
    private readonly KnownServers _known;
    private readonly List<string> _met = [];

    public LearnedServerTests() => _known = new KnownServers(_folder.File("known_servers"));

    [Fact]
    public async Task A_server_with_the_learned_key_is_talked_to_in_TLS_only_and_its_key_is_not_remembered()
    {
        using var server = new MetServer { Key = _key };

        await using var index = await OpenAsync(server, _key.Fingerprint);

        index.ServerKey.Should().Be(_key.Fingerprint);
        server.ClearLines.Should().BeEmpty();
        _known.Find(Name).Should().BeNull("nobody compared it");
        _met.Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_with_another_key_than_the_learned_one_is_refused()
    {
        using var server = new MetServer { Key = _otherKey };

        var e = await FailAsync<ServerKeyChangedException>(server, _key.Fingerprint);

        (e.Known, e.Actual).Should().Be((_key.Fingerprint, _otherKey.Fingerprint));
        server.EncryptedLines.Should().BeEmpty();
        server.ClearLines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_that_speaks_clear_text_at_an_address_with_a_learned_key_is_refused()
    {
        using var server = new MetServer { Version = "VERSION_OK SWARM" };

        await FailAsync<EncryptionLostException>(server, _key.Fingerprint);

        server.ClearLines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_known_server_whose_remembered_key_is_not_the_learned_one_is_not_connected_to()
    {
        using var server = new MetServer { Key = _key };
        _known.Remember(Name, _otherKey.Fingerprint);

        var e = await FailAsync<ServerKeyChangedException>(server, _key.Fingerprint);

        (e.Known, e.Actual).Should().Be((_otherKey.Fingerprint, _key.Fingerprint));
        server.Connections.Should().Be(0);
        _known.Find(Name).Should().Be(_otherKey.Fingerprint);
    }

    [Fact]
    public async Task A_known_server_that_is_said_not_to_encrypt_is_talked_to_with_its_remembered_key_only()
    {
        using var server = new MetServer { Version = "VERSION_OK SWARM" };
        _known.Remember(Name, _key.Fingerprint);

        await FailAsync<EncryptionLostException>(server, learned: null);

        server.ClearLines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_learned_key_holds_for_its_server_instead_of_the_key_that_the_user_gave_for_another_one()
    {
        using var server = new MetServer { Key = _key };

        await using var index = await OpenAsync(server, _key.Fingerprint, pinned: _otherKey.Fingerprint);

        index.ServerKey.Should().Be(_key.Fingerprint);
        _known.Find(Name).Should().BeNull();
    }

    [Fact]
    public async Task A_server_without_a_key_is_not_connected_to_where_the_user_gave_one()
    {
        using var server = new MetServer { Version = "VERSION_OK SWARM" };

        await FailAsync<EncryptionLostException>(server, learned: null, pinned: _otherKey.Fingerprint);

        server.Connections.Should().Be(0);
    }

    [Fact]
    public async Task A_server_without_a_key_is_talked_to_like_one_that_the_user_named()
    {
        using var server = new MetServer { Version = "VERSION_OK SWARM" };

        await using var index = await OpenAsync(server, learned: null);

        index.ServerKey.Should().BeNull();
        server.Connections.Should().Be(1);
    }

    [Fact]
    public async Task Without_encryption_a_server_with_a_learned_key_is_not_connected_to()
    {
        using var server = new MetServer { Key = _key };

        await FailAsync<EncryptionLostException>(server, _key.Fingerprint, encrypts: false);

        server.Connections.Should().Be(0);
    }

    [Fact]
    public async Task An_invitation_is_not_shown_to_a_learned_server()
    {
        using var server = new MetServer { Key = _key, ClosesInTls = true };
        var code = new InvitationCode(_key.Fingerprint, InvitationSecret.Create());
        var invitation = new Invitation(code, ScriptedServer.User, TimeProvider.System);

        await FailAsync<NotAMemberException>(server, _key.Fingerprint, invitation: invitation);

        server.EncryptedLines.Should().Equal("PROTO_VERSION 1.0");
    }

    [Fact]
    public async Task Servers_that_do_not_encrypt_are_not_learned_from_one_that_does()
    {
        using var server = new MetServer { Key = _key, Servers = $"SERVER a.org:1 -\nSERVER b.org:2 {_otherKey.Fingerprint}\nSERVERS_END" };
        await using var index = await OpenAsync(server, _key.Fingerprint);

        var servers = await index.ServersAsync(default).WaitAsync(Deadline);

        servers.Should().ContainSingle().Which.Server.ToString().Should().Be("b.org:2");
    }

    public void Dispose()
    {
        foreach (var disposable in new IDisposable[] { _folder, _ownKey, _key, _otherKey })
            disposable.Dispose();
    }

    private async Task<TException> FailAsync<TException>(
        MetServer server,
        KeyFingerprint? learned,
        bool encrypts = true,
        KeyFingerprint? pinned = null,
        Invitation? invitation = null)
        where TException : Exception
    {
        var opening = () => OpenAsync(server, learned, encrypts, pinned, invitation);
        return (await opening.Should().ThrowAsync<TException>()).Which;
    }

    private async Task<IndexConnection> OpenAsync(
        MetServer server,
        KeyFingerprint? learned,
        bool encrypts = true,
        KeyFingerprint? pinned = null,
        Invitation? invitation = null)
    {
        var tls = encrypts ? new TlsDialer(new OpenIdentity(_ownKey), Deadline, TimeProvider.System) : null;
        var servers = new EncryptedServers(server.DialAsync, tls, _known, pinned, invitation);
        servers.Met += (name, _) => _met.Add(name);
        var opening = servers.OpenAsync(
            new ServerCandidate(Address, IsLearned: true, learned),
            (dial, refusesOfferedTls) => IndexConnection.OpenAsync(
                dial, Address, ScriptedServer.User, SessionToken.Create(), refusesOfferedTls, TimeProvider.System, default),
            default);
        return await opening.WaitAsync(Deadline);
    }
}
