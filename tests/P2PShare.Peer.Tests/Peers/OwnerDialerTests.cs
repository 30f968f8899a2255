using System.Net;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Peer.Peers;
using P2PShare.Peer.Tests.Index.Servers;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Peers;

/// <summary>Which owners are talked to in TLS, and with which keys.</summary>
public sealed class OwnerDialerTests : IDisposable
{
    private static readonly IPEndPoint End = new(IPAddress.Loopback, 9001);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly ProgramKey _ownKey = ProgramKey.Create();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _otherKey = ProgramKey.Create();
    private readonly MetServer _owner = new() { HandshakeAnswer = "VERSION_FAIL\n" };
    private readonly List<PeerAddress> _asked = [];
    private readonly OwnerDialer _dialer;
    private IReadOnlyList<KeyFingerprint?>? _named;

    public OwnerDialerTests()
    {
        var tls = new TlsDialer(new OpenIdentity(_ownKey), Deadline, TimeProvider.System);
        _dialer = new OwnerDialer(
            _owner.DialAsync,
            tls,
            (address, _) =>
            {
                _asked.Add(address);
                return Task.FromResult(_named);
            },
            _time);
    }

    [Fact]
    public async Task An_owner_is_talked_to_in_TLS_with_the_key_that_the_server_names()
    {
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);

        await using var connection = await ConnectAsync();

        connection.RemoteKey.Should().Be(_key.Fingerprint);
        _asked.Should().Equal(PeerAddress.Create(IPAddress.Loopback, 9001));
    }

    [Fact]
    public async Task An_owner_with_another_key_is_refused()
    {
        (_owner.Key, _named) = (_otherKey, [_key.Fingerprint]);

        (await FailAsync<WrongKeyException>()).Key.Should().Be(_otherKey.Fingerprint);

        _asked.Should().ContainSingle("the answer was fresh");
        _owner.ClearLines.Should().BeEmpty();
    }

    [Fact]
    public async Task An_owner_that_should_speak_TLS_and_answers_in_clear_text_is_refused()
    {
        _named = [_key.Fingerprint];

        await FailAsync<TlsException>();

        _owner.Connections.Should().Be(1, "it is not tried in clear text");
    }

    [Fact]
    public async Task An_owner_in_clear_text_is_talked_to_in_clear_text()
    {
        _named = [null];

        await using var connection = await ConnectAsync();

        connection.IsEncrypted.Should().BeFalse();
    }

    [Fact]
    public async Task Where_the_server_cannot_tell_the_owner_is_talked_to_in_clear_text_and_the_server_is_asked_again_the_next_time()
    {
        await using var first = await ConnectAsync();
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);
        await using var second = await ConnectAsync();

        first.IsEncrypted.Should().BeFalse();
        second.RemoteKey.Should().Be(_key.Fingerprint);
    }

    [Fact]
    public async Task Where_nobody_serves_any_more_nobody_is_connected_to_and_the_server_is_asked_again_the_next_time()
    {
        (_owner.Key, _named) = (_key, []);
        await FailAsync<IOException>();
        _owner.Connections.Should().Be(0);

        _named = [_key.Fingerprint];
        await using var connection = await ConnectAsync();

        connection.RemoteKey.Should().Be(_key.Fingerprint);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Of_several_owners_at_one_address_each_is_accepted(int owner)
    {
        _owner.Key = new[] { _key, _otherKey }[owner];
        _named = [_key.Fingerprint, _otherKey.Fingerprint];

        await using var connection = await ConnectAsync();

        connection.RemoteKey.Should().Be(_owner.Key.Fingerprint);
    }

    [Fact]
    public async Task One_in_clear_text_among_several_at_an_address_does_not_make_the_others_less_safe()
    {
        _named = [null, _key.Fingerprint];
        await FailAsync<TlsException>();

        _owner.Key = _otherKey;
        await FailAsync<WrongKeyException>();

        _owner.Key = _key;
        await using var connection = await ConnectAsync();
        connection.RemoteKey.Should().Be(_key.Fingerprint);
    }

    [Fact]
    public async Task The_server_is_not_asked_again_for_half_a_minute()
    {
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);

        for (var connection = 0; connection < 3; connection++)
            await (await ConnectAsync()).DisposeAsync();
        _time.Advance(Remembered - TimeSpan.FromTicks(1));
        await (await ConnectAsync()).DisposeAsync();
        _asked.Should().ContainSingle();

        _time.Advance(TimeSpan.FromTicks(1));
        await (await ConnectAsync()).DisposeAsync();
        _asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task Where_a_remembered_key_has_changed_the_server_is_asked_once_more()
    {
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);
        await (await ConnectAsync()).DisposeAsync();

        (_owner.Key, _named) = (_otherKey, [_otherKey.Fingerprint]);
        await using var connection = await ConnectAsync();

        connection.RemoteKey.Should().Be(_otherKey.Fingerprint);
        _asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task Where_a_remembered_owner_does_not_encrypt_any_more_the_server_is_asked_once_more()
    {
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);
        await (await ConnectAsync()).DisposeAsync();

        (_owner.Key, _named) = (null, [null]);
        await using var connection = await ConnectAsync();

        connection.IsEncrypted.Should().BeFalse();
        _asked.Should().HaveCount(2);
    }

    [Fact]
    public async Task Where_a_remembered_key_has_changed_and_the_server_does_not_know_it_the_owner_is_refused()
    {
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);
        await (await ConnectAsync()).DisposeAsync();

        _owner.Key = _otherKey;
        await FailAsync<WrongKeyException>();

        _asked.Should().HaveCount(2);
        _owner.Connections.Should().Be(3);
    }

    [Fact]
    public async Task Each_address_has_its_own_keys()
    {
        (_owner.Key, _named) = (_key, [_key.Fingerprint]);
        await (await ConnectAsync()).DisposeAsync();

        _named = [_otherKey.Fingerprint];
        var connecting = _dialer.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 9002), default);

        await connecting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<WrongKeyException>();
    }

    public void Dispose()
    {
        _owner.Dispose();
        _ownKey.Dispose();
        _key.Dispose();
        _otherKey.Dispose();
    }

    private Task<Connection> ConnectAsync() => _dialer.ConnectAsync(End, default).WaitAsync(Deadline);

    private async Task<TException> FailAsync<TException>()
        where TException : Exception
    {
        var connecting = _dialer.ConnectAsync(End, default);
        return (await connecting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TException>()).Which;
    }
}
