using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security;

/// <summary>One port for TLS and clear text, with conforming, foreign and broken clients.</summary>
public sealed class TlsAcceptorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly ProgramKey _key = ProgramKey.Create();
    private readonly ProgramKey _clientKey = ProgramKey.Create();
    private readonly TlsAcceptor _acceptor;

    public TlsAcceptorTests() => _acceptor = new TlsAcceptor(new OpenIdentity(_key), Patience, _time);

    [Fact]
    public async Task Clear_text_arrives_unchanged_at_every_split_point()
    {
        var text = "PROTO_VERSION 1.0\nREGISTER ali\n"u8.ToArray();
        for (var split = 1; split <= text.Length; split++)
        {
            var at = split;
            using var pair = new ConnectionPair(near => new SlicedStream(near, [at, int.MaxValue]));
            await pair.Far.Stream.WriteAsync(text);

            var accepted = await _acceptor.AcceptAsync(pair.Near, default).WaitAsync(Deadline);

            accepted.Should().BeSameAs(pair.Near);
            accepted.IsEncrypted.Should().BeFalse();
            var read = new byte[text.Length];
            await accepted.Stream.ReadExactlyAsync(read);
            read.Should().Equal(text);
        }

        _time.ArmedTimers.Should().Be(0, "the first byte ends the wait");
    }

    [Fact]
    public async Task Every_first_byte_but_that_of_TLS_is_clear_text()
    {
        for (var first = 0; first <= byte.MaxValue; first++)
        {
            if (first == TlsAcceptor.FirstByte)
                continue;
            using var pair = new ConnectionPair();
            await pair.Far.Stream.WriteAsync(new byte[] { (byte)first });

            (await _acceptor.AcceptAsync(pair.Near, default).WaitAsync(Deadline)).Should().BeSameAs(pair.Near);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public async Task A_handshake_succeeds_however_its_bytes_are_divided(int bytesPerRead)
    {
        using var pair = new ConnectionPair(near => new SlicedStream(near, bytesPerRead), far => new SlicedStream(far, bytesPerRead));

        var dialling = Dialer().SecureAsync(pair.Far, key => key == _key.Fingerprint, default);
        var accepted = await _acceptor.AcceptAsync(pair.Near, default).WaitAsync(Deadline);
        var dialled = await dialling.WaitAsync(Deadline);

        accepted.RemoteKey.Should().Be(_clientKey.Fingerprint);
        await dialled.Stream.WriteAsync("merhaba"u8.ToArray());
        var read = new byte[7];
        await accepted.Stream.ReadExactlyAsync(read);
        read.Should().Equal("merhaba"u8.ToArray());
        _time.ArmedTimers.Should().Be(0, "the end of the handshake ends the wait");
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_accepted_and_has_no_key()
    {
        var (accepted, _) = await AcceptAsync(new SslClientAuthenticationOptions());

        accepted.IsEncrypted.Should().BeTrue();
        accepted.RemoteKey.Should().BeNull();
    }

    [Fact]
    public async Task A_client_with_a_key_of_another_kind_is_accepted_by_the_fingerprint_of_that_key()
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=somebody", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));

        var (accepted, _) = await AcceptAsync(new SslClientAuthenticationOptions
        {
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
        });

        accepted.RemoteKey!.ToString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(rsa.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public async Task A_client_of_TLS_12_is_refused()
    {
        using var pair = new ConnectionPair();
        var accepting = _acceptor.AcceptAsync(pair.Near, default);
        await using var client = new SslStream(pair.Far.Stream);
        var dialling = client.AuthenticateAsClientAsync(Trusting(new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12,
        }));

        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>();
        await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<Exception>();
    }

    [Theory]
    [InlineData("another version", "1609090005010000010300000000")]
    [InlineData("a record with no handshake in it", "160301000548454C4C4F0A")]
    [InlineData("a handshake that begins with the end", "16030100041400000000")]
    [InlineData("a line of text behind the first byte", "1650524F544F5F56455253494F4E20312E300A")]
    public async Task The_first_byte_of_TLS_with_something_else_behind_it_is_refused_and_the_connection_is_closed(
        string what, string bytes)
    {
        using var pair = new ConnectionPair();
        await pair.Far.Stream.WriteAsync(Convert.FromHexString(bytes));

        var accepting = _acceptor.AcceptAsync(pair.Near, default);

        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>(what);
        await AssertClosedAsync(pair.Far);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task A_client_that_stalls_before_or_in_its_first_message_is_disconnected_when_the_patience_ends(int bytes)
    {
        StallingStream? stalling = null;
        using var pair = new ConnectionPair(near => stalling = new StallingStream(near, bytes));
        var dialling = Dialer().SecureAsync(pair.Far, _ => true, default);

        await AssertDisconnectedAfterPatienceAsync(_acceptor.AcceptAsync(pair.Near, default), stalling!);

        await dialling.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task A_client_that_does_not_answer_the_servers_message_is_disconnected_when_the_patience_ends()
    {
        StallingStream? stalling = null;
        using var pair = new ConnectionPair(far: far => stalling = new StallingStream(far, 5));
        var dialling = Dialer().SecureAsync(pair.Far, _ => true, default);

        await AssertDisconnectedAfterPatienceAsync(_acceptor.AcceptAsync(pair.Near, default), stalling!);

        dialling.IsCompleted.Should().BeFalse("it waits for bytes that do not arrive");
    }

    [Fact]
    public async Task A_client_that_sends_a_byte_now_and_then_gets_no_more_time()
    {
        using var pair = new ConnectionPair();
        var accepting = _acceptor.AcceptAsync(pair.Near, default);
        await Eventually.True(() => _time.ArmedTimers == 1, "the timer");
        foreach (var one in new byte[] { 0x16, 3, 1, 1, 0 })
        {
            accepting.IsCompleted.Should().BeFalse();
            await pair.Far.Stream.WriteAsync(new[] { one });
            _time.Advance(Patience / 5);
        }

        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>();
    }

    [Fact]
    public async Task A_client_that_closes_before_its_first_byte_is_not_an_error()
    {
        using var pair = new ConnectionPair();
        await pair.Far.DisposeAsync();

        var accepted = await _acceptor.AcceptAsync(pair.Near, default).WaitAsync(Deadline);

        accepted.Should().BeSameAs(pair.Near);
        (await accepted.Stream.ReadAsync(new byte[1])).Should().Be(0);
    }

    [Fact]
    public async Task A_client_that_resets_before_its_first_byte_is_a_broken_connection()
    {
        using var pair = new ConnectionPair();
        var accepting = _acceptor.AcceptAsync(pair.Near, default);
        pair.Reset();

        (await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>())
            .Which.Should().NotBeOfType<TlsException>();
    }

    [Fact]
    public async Task A_client_that_closes_in_the_handshake_is_a_broken_connection()
    {
        using var pair = new ConnectionPair();
        await pair.Far.Stream.WriteAsync(new byte[] { TlsAcceptor.FirstByte, 3, 1 });
        await pair.Far.DisposeAsync();

        var accepting = _acceptor.AcceptAsync(pair.Near, default);

        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<IOException>();
    }

    [Fact]
    public async Task The_end_of_the_program_ends_the_wait()
    {
        using var pair = new ConnectionPair();
        using var stop = new CancellationTokenSource();
        var accepting = _acceptor.AcceptAsync(pair.Near, stop.Token);

        await stop.CancelAsync();

        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<OperationCanceledException>();
        _time.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task Handshakes_that_stall_do_not_hold_up_the_others()
    {
        var stalled = new List<ConnectionPair>();
        for (var client = 0; client < 4 * Environment.ProcessorCount; client++)
        {
            var pair = new ConnectionPair();
            stalled.Add(pair);
            await pair.Far.Stream.WriteAsync(new byte[] { TlsAcceptor.FirstByte, 3, 1 });
            _ = _acceptor.AcceptAsync(pair.Near, default);
        }

        var (accepted, _) = await AcceptAsync(new SslClientAuthenticationOptions());

        accepted.IsEncrypted.Should().BeTrue();
        stalled.ForEach(pair => pair.Dispose());
    }

    public void Dispose()
    {
        _key.Dispose();
        _clientKey.Dispose();
    }

    private static SslClientAuthenticationOptions Trusting(SslClientAuthenticationOptions options)
    {
        options.TargetHost = "";
        options.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null;
        return options;
    }

    private TlsDialer Dialer() => new(new OpenIdentity(_clientKey), Deadline, TimeProvider.System);

    private static async Task AssertClosedAsync(Connection far)
    {
        try
        {
            // What comes before the end is the alert.
            await far.Stream.CopyToAsync(Stream.Null).WaitAsync(Deadline);
        }
        catch (IOException)
        {
            // It was reset, which is an end, too.
        }
    }

    private async Task AssertDisconnectedAfterPatienceAsync(Task<Connection> accepting, StallingStream stalling)
    {
        await stalling.Stalled.WaitAsync(Deadline);
        _time.Advance(Patience - TimeSpan.FromTicks(1));
        accepting.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromTicks(1));

        await accepting.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<TlsException>();
        _time.ArmedTimers.Should().Be(0);
    }

    private async Task<(Connection Accepted, SslStream Client)> AcceptAsync(SslClientAuthenticationOptions options)
    {
        // The pair holds nothing but memory, and lives as long as its ends.
        var pair = new ConnectionPair();
        var accepting = _acceptor.AcceptAsync(pair.Near, default);
        var client = new SslStream(pair.Far.Stream);
        await client.AuthenticateAsClientAsync(Trusting(options)).WaitAsync(Deadline);
        return (await accepting.WaitAsync(Deadline), client);
    }
}
