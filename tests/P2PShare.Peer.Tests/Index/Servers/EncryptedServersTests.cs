using System.Net;
using System.Net.Sockets;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>Which servers are talked to in TLS, and whom a client believes (PROTOCOL.md, section 2.1).</summary>
public sealed class EncryptedServersTests : IDisposable
{
    private const string Name = "example.org:8080";
    private static readonly EndPoint Address = new DnsEndPoint("example.org", 8080);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly ProgramKey _ownKey = ProgramKey.Create();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _otherKey = ProgramKey.Create();
    private readonly SessionToken _token = SessionToken.Create();
    private readonly KnownServers _known;
    private readonly List<(string Server, KeyFingerprint Key)> _met = [];
    private readonly List<string> _notRemembered = [];

    public EncryptedServersTests() => _known = new KnownServers(_folder.File("known_servers"));

    [Fact]
    public async Task A_server_that_offers_TLS_is_met_in_TLS_and_remembered()
    {
        using var server = new MetServer { Key = _key };

        await using var index = await OpenAsync(server);

        index.ServerKey.Should().Be(_key.Fingerprint);
        _met.Should().Equal((Name, _key.Fingerprint));
        _known.Find(Name).Should().Be(_key.Fingerprint);
        _notRemembered.Should().BeEmpty();
    }

    [Fact]
    public async Task The_user_name_and_the_token_are_not_sent_in_clear_text_to_a_server_that_offers_TLS()
    {
        using var server = new MetServer { Key = _key };

        await using var index = await OpenAsync(server);

        server.ClearLines.Should().Equal("PROTO_VERSION 1.0");
        server.EncryptedLines.Should().HaveCount(3).And.StartWith(["PROTO_VERSION 1.0", "REGISTER yigido"]);
        server.EncryptedLines[2].Should().StartWith("RESUME ");
    }

    [Fact]
    public async Task A_known_server_is_asked_nothing_in_clear_text_and_is_not_met_again()
    {
        using var server = new MetServer { Key = _key };
        _known.Remember(Name, _key.Fingerprint);

        await using var index = await OpenAsync(server);

        index.ServerKey.Should().Be(_key.Fingerprint);
        server.ClearLines.Should().BeEmpty();
        server.Connections.Should().Be(1);
        _met.Should().BeEmpty();
    }

    [Fact]
    public async Task A_server_without_TLS_is_talked_to_in_clear_text_over_the_first_connection()
    {
        using var server = new MetServer { Version = "VERSION_OK" };

        await using var index = await OpenAsync(server);

        index.ServerKey.Should().BeNull();
        server.ClearLines.Should().Equal("PROTO_VERSION 1.0", "REGISTER yigido");
        server.Connections.Should().Be(1);
        _met.Should().BeEmpty();
        File.Exists(_known.Path).Should().BeFalse();
    }

    [Fact]
    public async Task A_server_that_requires_TLS_refuses_clear_text_and_is_met_in_TLS()
    {
        using var server = new MetServer { Key = _key, Version = "VERSION_FAIL" };

        await using var index = await OpenAsync(server);

        index.ServerKey.Should().Be(_key.Fingerprint);
        server.ClearLines.Should().Equal("PROTO_VERSION 1.0");
        _known.Find(Name).Should().Be(_key.Fingerprint);
    }

    [Theory]
    [InlineData("VERSION_FAIL\n")]
    [InlineData("ERROR what?\n")]
    [InlineData(null)]
    public async Task A_program_of_another_kind_that_refuses_the_version_has_refused_it(string? handshakeAnswer)
    {
        using var server = new MetServer { Version = "VERSION_FAIL", HandshakeAnswer = handshakeAnswer };

        await FailAsync<VersionRefusedException>(server);

        server.ClearLines.Should().Equal("PROTO_VERSION 1.0");
        _known.Find(Name).Should().BeNull();
        _met.Should().BeEmpty();
    }

    [Theory]
    [InlineData("VERSION_FAIL\n")]
    [InlineData(null)]
    public async Task A_server_that_offers_TLS_and_does_not_speak_it_is_not_talked_to_in_clear_text(string? handshakeAnswer)
    {
        using var server = new MetServer { HandshakeAnswer = handshakeAnswer };

        (await FailAsync<IOException>(server)).Should().NotBeOfType<VersionRefusedException>();

        server.ClearLines.Should().Equal("PROTO_VERSION 1.0");
        _known.Find(Name).Should().BeNull();
    }

    [Fact]
    public async Task A_server_whose_key_changed_is_refused_and_the_known_key_stays()
    {
        using var server = new MetServer { Key = _otherKey };
        _known.Remember(Name, _key.Fingerprint);

        var e = await FailAsync<ServerKeyChangedException>(server);

        (e.Server, e.Known, e.Actual).Should().Be((Name, _key.Fingerprint, _otherKey.Fingerprint));
        server.ClearLines.Should().BeEmpty();
        server.EncryptedLines.Should().BeEmpty();
        _known.Find(Name).Should().Be(_key.Fingerprint);
    }

    [Theory]
    [InlineData("VERSION_FAIL\n")]
    [InlineData("VERSION_OK SWARM\n")]
    [InlineData("ERROR bad line\n")]
    public async Task A_known_server_that_answers_in_clear_text_has_lost_its_encryption(string handshakeAnswer)
    {
        using var server = new MetServer { Version = "VERSION_OK SWARM", HandshakeAnswer = handshakeAnswer };
        _known.Remember(Name, _key.Fingerprint);

        (await FailAsync<EncryptionLostException>(server)).Server.Should().Be(Name);

        server.ClearLines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_known_server_that_closes_in_the_handshake_is_not_talked_to_in_clear_text()
    {
        using var server = new MetServer { Version = "VERSION_OK SWARM", HandshakeAnswer = null };
        _known.Remember(Name, _key.Fingerprint);

        await FailAsync<IOException>(server);

        server.ClearLines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_known_server_that_names_no_TLS_over_TLS_is_the_one_that_it_was()
    {
        using var server = new MetServer { Key = _key, EncryptedVersion = "VERSION_OK SWARM" };
        _known.Remember(Name, _key.Fingerprint);

        await using var index = await OpenAsync(server);

        index.ServerKey.Should().Be(_key.Fingerprint);
    }

    [Fact]
    public async Task A_server_at_another_port_is_another_server()
    {
        using var server = new MetServer { Key = _otherKey };
        _known.Remember("example.org:8081", _key.Fingerprint);

        await using var index = await OpenAsync(server);

        _met.Should().Equal((Name, _otherKey.Fingerprint));
    }

    [Fact]
    public async Task A_pinned_key_is_demanded_from_the_first_connection_on_and_remembered()
    {
        using var server = new MetServer { Key = _key };

        await using var index = await OpenAsync(server, pinned: _key.Fingerprint);

        index.ServerKey.Should().Be(_key.Fingerprint);
        server.ClearLines.Should().BeEmpty();
        _met.Should().BeEmpty("the user knows the key");
        _known.Find(Name).Should().Be(_key.Fingerprint);
    }

    [Fact]
    public async Task A_server_with_another_key_than_the_pinned_one_is_refused_even_where_its_own_is_known()
    {
        using var server = new MetServer { Key = _key };
        _known.Remember(Name, _key.Fingerprint);

        var e = await FailAsync<ServerKeyChangedException>(server, pinned: _otherKey.Fingerprint);

        (e.Known, e.Actual).Should().Be((_otherKey.Fingerprint, _key.Fingerprint));
    }

    [Fact]
    public async Task A_pinned_key_needs_no_list_of_known_servers()
    {
        using var server = new MetServer { Key = _key };
        _folder.Write("known_servers", "broken\n"u8);

        await using var index = await OpenAsync(server, pinned: _key.Fingerprint);

        index.ServerKey.Should().Be(_key.Fingerprint);
        _notRemembered.Should().ContainSingle();
    }

    [Fact]
    public async Task Without_encryption_a_known_server_is_not_talked_to()
    {
        using var server = new MetServer { Key = _key };
        _known.Remember(Name, _key.Fingerprint);

        (await FailAsync<EncryptionLostException>(server, encrypts: false)).Message.Should().Contain("--no-encryption");

        server.Connections.Should().Be(0);
    }

    [Fact]
    public async Task Without_encryption_a_server_that_offers_TLS_and_is_not_known_is_talked_to_in_clear_text()
    {
        using var server = new MetServer { Key = _key };

        await using var index = await OpenAsync(server, encrypts: false);

        index.ServerKey.Should().BeNull();
        server.ClearLines.Should().Contain("REGISTER yigido");
        server.Connections.Should().Be(1);
    }

    [Fact]
    public async Task Without_encryption_a_server_that_requires_TLS_has_refused_the_version()
    {
        using var server = new MetServer { Key = _key, Version = "VERSION_FAIL" };

        await FailAsync<VersionRefusedException>(server, encrypts: false);

        server.Connections.Should().Be(1);
    }

    [Fact]
    public async Task Nobody_is_connected_to_where_the_list_of_known_servers_cannot_be_read()
    {
        using var server = new MetServer { Key = _key };
        _folder.Write("known_servers", "example.org:8080 no-fingerprint\n"u8);

        (await FailAsync<IOException>(server)).Message.Should().Contain(_known.Path);

        server.Connections.Should().Be(0);
    }

    [Fact]
    public async Task A_key_that_cannot_be_remembered_is_told_and_the_connection_is_used()
    {
        using var server = new MetServer { Key = _key };
        _folder.Write("folder", "a file in the place of the folder"u8);

        await using var index = await OpenAsync(server, known: new KnownServers(_folder.File("folder/known_servers")));

        index.ServerKey.Should().Be(_key.Fingerprint);
        _notRemembered.Should().ContainSingle();
        _met.Should().ContainSingle("the user can still compare the key");
    }

    [Fact]
    public async Task A_server_that_another_client_met_meanwhile_with_another_key_is_refused()
    {
        using var server = new MetServer { Key = _otherKey };
        Task<Connection> DialAndMeet(EndPoint to, CancellationToken cancellation)
        {
            if (server.Connections == 1)
                _known.Remember(Name, _key.Fingerprint);
            return server.DialAsync(to, cancellation);
        }

        var opening = OpenAsync(DialAndMeet, true, null, _known);

        var e = await opening.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<ServerKeyChangedException>();
        (e.Which.Known, e.Which.Actual).Should().Be((_key.Fingerprint, _otherKey.Fingerprint));
        _met.Should().BeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_server_answers_in_TLS_is_told_as_in_clear_text(bool isKnown)
    {
        using var server = new MetServer { Key = _key, EncryptedVersion = "BUSY 30" };
        if (isKnown)
            _known.Remember(Name, _key.Fingerprint);

        await FailAsync<ServerBusyException>(server);
    }

    [Fact]
    public async Task Failover_does_not_go_past_a_server_that_is_not_the_one_that_it_was()
    {
        using var server = new MetServer { Key = _otherKey };
        _known.Remember(Name, _key.Fingerprint);
        var failover = new ServerFailover(
            [Address, new DnsEndPoint("second.org", 8080)], (to, _) => OpenAsync(server, to: to.Address), Logger.None);

        await failover.Invoking(servers => servers.OpenAsync(default).WaitAsync(Deadline)).Should()
            .ThrowAsync<ServerKeyChangedException>();

        failover.Current.Should().Be(Address);
        _known.Find("second.org:8080").Should().BeNull("it is not tried");
    }

    [Fact]
    public async Task Failover_goes_past_a_server_that_does_not_answer_to_one_that_is_met()
    {
        using var server = new MetServer { Key = _key };
        var second = new DnsEndPoint("second.org", 8080);
        var failover = new ServerFailover(
            [Address, second],
            (to, _) => to.Address == Address
                ? throw new SocketException((int)SocketError.ConnectionRefused)
                : OpenAsync(server, to: to.Address),
            Logger.None);

        await using var index = await failover.OpenAsync(default).WaitAsync(Deadline);

        failover.Current.Should().Be(second);
        _met.Should().Equal(("second.org:8080", _key.Fingerprint));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _ownKey.Dispose();
        _key.Dispose();
        _otherKey.Dispose();
    }

    private async Task<TException> FailAsync<TException>(MetServer server, bool encrypts = true, KeyFingerprint? pinned = null)
        where TException : Exception
    {
        var opening = OpenAsync(server, encrypts, pinned);
        return (await opening.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TException>()).Which;
    }

    private Task<IndexConnection> OpenAsync(
        MetServer server, bool encrypts = true, KeyFingerprint? pinned = null, KnownServers? known = null, EndPoint? to = null) =>
        OpenAsync(server.DialAsync, encrypts, pinned, known ?? _known, to).WaitAsync(Deadline);

    private Task<IndexConnection> OpenAsync(Dial dial, bool encrypts, KeyFingerprint? pinned, KnownServers known, EndPoint? to = null)
    {
        var tls = encrypts ? new TlsDialer(new OpenIdentity(_ownKey), Deadline, TimeProvider.System) : null;
        var servers = new EncryptedServers(dial, tls, known, pinned);
        servers.Met += (server, key) => _met.Add((server, key));
        servers.NotRemembered += _notRemembered.Add;
        var address = to ?? Address;
        return servers.OpenAsync(
            address,
            (connect, refusesOfferedTls) => IndexConnection.OpenAsync(
                connect, address, ScriptedServer.User, _token, refusesOfferedTls, TimeProvider.System, default),
            default);
    }
}
