using System.Net;
using P2PShare.Peer.Index;
using P2PShare.Peer.Index.Servers;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Index.Servers;

/// <summary>JOIN, and what a server can answer.</summary>
public sealed class InvitationTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly EndPoint Address = new IPEndPoint(IPAddress.Loopback, 8080);

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedServer _server = new();
    private readonly InvitationCode _code = new(KeyFingerprint.OfHash(new byte[32]), InvitationSecret.Create());

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task An_invitation_is_shown_with_the_users_name_and_JOIN_OK_takes_it()
    {
        var joining = UseAsync();
        await _server.ExpectAsync($"JOIN {_code.Secret.Reveal()} yigido");

        await _server.SendAsync("JOIN_OK\n");

        await joining.WaitAsync(Deadline);
        (await _server.ReceiveAsync()).Should().BeNull("the session is another connection");
        _time.ArmedTimers.Should().Be(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("JOIN_FAIL\n")]
    [InlineData("JOIN_OKAY\n")]
    [InlineData("VERSION_OK\n")]
    [InlineData("ERROR no\n")]
    [InlineData("\n")]
    public async Task Any_other_answer_and_none_is_a_refusal(string answer)
    {
        var joining = UseAsync();
        await _server.ReceiveAsync();

        await _server.SendAsync(answer);
        _server.Close();

        await joining.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<InvitationRefusedException>();
    }

    [Fact]
    public async Task The_reason_of_a_server_that_cannot_decide_now_is_told()
    {
        var joining = UseAsync();
        await _server.ReceiveAsync();

        await _server.SendAsync("JOIN_FAIL it cannot be decided\n");

        (await joining.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<InvitationRefusedException>())
            .Which.Reason.Should().Be("it cannot be decided");
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_waited_for_as_long_as_for_a_handshake()
    {
        var joining = UseAsync();
        await _server.ReceiveAsync();
        _time.Advance(Limits.HandshakeTimeout - TimeSpan.FromTicks(1));
        joining.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromTicks(1));

        await joining.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<ServerTimeoutException>();
    }

    [Fact]
    public async Task The_end_of_the_client_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var joining = UseAsync(stop.Token);
        await _server.ReceiveAsync();

        await stop.CancelAsync();

        await joining.Invoking(task => task.WaitAsync(Deadline)).Should().ThrowAsync<OperationCanceledException>();
    }

    private Task UseAsync(CancellationToken cancellation = default) =>
        new Invitation(_code, ScriptedServer.User, _time).UseAsync(_server.DialAsync, Address, cancellation);
}
