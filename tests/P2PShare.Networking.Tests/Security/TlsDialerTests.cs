using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security;

/// <summary>The side that connects, with conforming, foreign and broken servers.</summary>
public sealed class TlsDialerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _serverKey = ProgramKey.Create();
    private readonly TlsDialer _dialer;

    public TlsDialerTests() => _dialer = new TlsDialer(new OpenIdentity(_key), Patience, _time);

    [Fact]
    public async Task A_server_with_the_expected_key_is_accepted()
    {
        using var pair = new ConnectionPair();
        var accepting = Acceptor().AcceptAsync(pair.Near, default);

        var connection = await _dialer.SecureAsync(pair.Far, key => key == _serverKey.Fingerprint, default).WaitAsync(Deadline);

        connection.IsEncrypted.Should().BeTrue();
        connection.RemoteKey.Should().Be(_serverKey.Fingerprint);
        (await accepting.WaitAsync(Deadline)).RemoteKey.Should().Be(_key.Fingerprint);
        _time.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_server_with_another_key_is_refused_and_its_key_is_told()
    {
        using var pair = new ConnectionPair();
        var accepting = Acceptor().AcceptAsync(pair.Near, default);

        var dialling = _dialer.SecureAsync(pair.Far, key => key == _key.Fingerprint, default);

        (await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<WrongKeyException>())
            .Which.Key.Should().Be(_serverKey.Fingerprint);
        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>();
        (await pair.Near.Stream.Invoking(near => near.ReadAsync(new byte[1]).AsTask().WaitAsync(Deadline)).Should()
            .ThrowAsync<Exception>("the connection is closed")).Which.Should().NotBeOfType<TimeoutException>();
    }

    [Fact]
    public async Task A_server_with_another_key_does_not_get_to_know_this_programs_key()
    {
        using var pair = new ConnectionPair();
        var identity = new AskedIdentity(new OpenIdentity(_serverKey));
        var accepting = new TlsAcceptor(identity, Deadline, TimeProvider.System).AcceptAsync(pair.Near, default);

        var dialling = _dialer.SecureAsync(pair.Far, _ => false, default);

        await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<WrongKeyException>();
        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>();
        identity.Shown.Should().BeEmpty();
    }

    [Fact]
    public async Task Nobody_on_the_way_can_read_the_keys_the_names_or_the_content()
    {
        RecordingStream? sent = null, received = null;
        using var pair = new ConnectionPair(near => received = new RecordingStream(near), far => sent = new RecordingStream(far));
        var accepting = Acceptor().AcceptAsync(pair.Near, default);
        var connection = await _dialer.SecureAsync(pair.Far, _ => true, default).WaitAsync(Deadline);
        var accepted = await accepting.WaitAsync(Deadline);

        await connection.Stream.WriteAsync("REGISTER yigido\n"u8.ToArray());
        await accepted.Stream.WriteAsync("REGISTER_OK\n"u8.ToArray());

        foreach (var bytes in new[] { sent!.Written, received!.Written })
        {
            bytes.Should().NotBeEmpty();
            foreach (var key in new[] { _key, _serverKey })
                bytes.AsSpan().IndexOf(key.Certificate.GetPublicKey()).Should().Be(-1);
            foreach (var text in new[] { "P2PShare", "REGISTER", "yigido", Environment.MachineName })
                bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)).Should().Be(-1, text);
        }
    }

    [Theory]
    [InlineData("VERSION_FAIL\nERROR bad command\n", "VERSION_FAIL")]
    [InlineData("VERSION_OK SWARM", "VERSION_OK SWARM")]
    [InlineData("BUSY 30\n", "BUSY 30")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("a line of many more than 64 characters, of which only the first ones are kept here\n",
        "a line of many more than 64 characters, of which only the first ")]
    public async Task A_server_that_answers_in_clear_text_is_refused_and_its_first_line_kept(string answer, string line)
    {
        using var pair = new ConnectionPair();
        await pair.Near.Stream.WriteAsync(Encoding.UTF8.GetBytes(answer));

        var dialling = _dialer.SecureAsync(pair.Far, _ => true, default);

        var refusal = (await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>()).Which;
        refusal.Should().NotBeOfType<WrongKeyException>();
        Encoding.UTF8.GetString(refusal.ClearText.Span).Should().Be(line);
    }

    [Fact]
    public async Task A_server_of_TLS_12_is_refused()
    {
        using var pair = new ConnectionPair();
        await using var server = new SslStream(pair.Near.Stream);
        var accepting = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _serverKey.CertificateContext,
            EnabledSslProtocols = SslProtocols.Tls12,
        });

        var dialling = _dialer.SecureAsync(pair.Far, _ => true, default);

        await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>();
        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<Exception>();
    }

    [Fact]
    public async Task A_server_that_closes_in_the_handshake_is_a_broken_connection()
    {
        using var pair = new ConnectionPair();
        var dialling = _dialer.SecureAsync(pair.Far, _ => true, default);
        await pair.Near.DisposeAsync();

        (await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>())
            .Which.Should().NotBeOfType<TlsException>();
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_up_when_the_patience_ends()
    {
        using var pair = new ConnectionPair();
        var dialling = _dialer.SecureAsync(pair.Far, _ => true, default);
        await Eventually.True(() => _time.ArmedTimers == 1, "the timer");

        _time.Advance(Patience - TimeSpan.FromTicks(1));
        dialling.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        (await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>())
            .Which.Should().NotBeOfType<TlsException>("a server that hangs may speak TLS");
        await pair.Near.Stream.CopyToAsync(Stream.Null).WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_caller_that_cancels_ends_the_handshake()
    {
        using var pair = new ConnectionPair();
        using var cancel = new CancellationTokenSource();
        var dialling = _dialer.SecureAsync(pair.Far, _ => true, cancel.Token);

        await cancel.CancelAsync();

        await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<OperationCanceledException>();
    }

    public void Dispose()
    {
        _key.Dispose();
        _serverKey.Dispose();
    }

    private TlsAcceptor Acceptor() => new(new OpenIdentity(_serverKey), Deadline, TimeProvider.System);

    /// <summary>Keeps the keys that it was shown.</summary>
    private sealed class AskedIdentity(TlsIdentity inner) : TlsIdentity
    {
        public List<KeyFingerprint?> Shown { get; } = [];

        internal override SslStreamCertificateContext CertificateContext => inner.CertificateContext;

        internal override bool Accepts(X509Certificate? certificate, out RemoteIdentity remote)
        {
            var isAccepted = inner.Accepts(certificate, out remote);
            Shown.Add(remote.Key);
            return isAccepted;
        }
    }
}
