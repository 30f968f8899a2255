using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol;
using P2PShare.Server.Guards;
using P2PShare.Server.Members;
using P2PShare.Testing;

namespace P2PShare.Server.Tests.Members;

/// <summary>Members and strangers at the gate of a private server, in TLS over a connection in memory.</summary>
public sealed class MemberGateTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly IPEndPoint Remote = new(IPAddress.Loopback, 5000);

    private readonly MemberState _state = new();
    private readonly ProgramKey _stranger = ProgramKey.Create();
    private readonly MemberGate _gate;

    public MemberGateTests() => _gate = new MemberGate(_state.Registry, _state.Time);

    public static TheoryData<string> RefusedLines => new(
        "PROTO_VERSION 1.0\n",
        "PROTO_VERSION 1.0",
        "\0\u0001garbage\n",
        "\n",
        "JOIN\n",
        "JOIN 0 ayse\n",
        $"JOIN {new string('0', 32)} ayse\n",
        $"JOIN {new string('0', 32)} \n",
        $"join {new string('0', 32)} ayse\n",
        "CERTIFY AAAA\n",
        new string('x', 2 * Limits.MaxLineBytes));

    public void Dispose()
    {
        _stranger.Dispose();
        _state.Dispose();
    }

    [Fact]
    public async Task A_member_is_let_in_without_a_question()
    {
        var member = _state.Join("ayse", _stranger.Fingerprint);

        var (admitted, answer) = await VisitAsync("PROTO_VERSION 1.0\n");

        admitted.Should().Be(member);
        answer.Should().BeEmpty("the session answers, and not the gate");
    }

    [Theory]
    [MemberData(nameof(RefusedLines))]
    public async Task A_stranger_gets_no_byte_in_answer_to_anything_but_an_invitation(string line)
    {
        _state.Invite("ayse");

        var (admitted, answer) = await VisitAsync(line);

        admitted.Should().BeNull();
        answer.Should().BeEmpty();
        _state.Events.Lines.Should().ContainSingle().Which.Should().StartWith("refused (");
    }

    [Fact]
    public async Task A_client_that_shows_no_key_gets_no_byte()
    {
        using var pair = new StreamPair();
        await using var keyless = new StreamConnection(pair.Near, Remote, pair.Reset);
        await pair.Far.WriteAsync(Encoding.UTF8.GetBytes($"JOIN {_state.Invite("ayse").Reveal()} ayse\n"));

        (await AdmitAsync(keyless).WaitAsync(Patience)).Should().BeNull();
        await keyless.DisposeAsync();

        (await ReadToEndAsync(pair.Far)).Should().BeEmpty();
        _state.File.Read().Members.Should().BeEmpty();
    }

    [Fact]
    public async Task A_stranger_that_is_silent_is_dropped_when_the_time_for_a_first_line_is_over()
    {
        using var pair = new StreamPair();
        var (near, far) = await SecureAsync(pair);
        var admitting = AdmitAsync(near);
        await Eventually.True(() => _state.Time.ArmedTimers == 1, "the time-out");

        _state.Time.Advance(Limits.HandshakeTimeout - TimeSpan.FromTicks(1));
        admitting.IsCompleted.Should().BeFalse();
        _state.Time.Advance(TimeSpan.FromTicks(1));

        (await admitting.WaitAsync(Patience)).Should().BeNull();
        await near.DisposeAsync();
        (await ReadToEndAsync(far.Stream)).Should().BeEmpty();
    }

    [Fact]
    public async Task An_invitation_makes_the_key_a_members_and_is_answered_and_the_connection_ends()
    {
        var secret = _state.Invite("ali veli");

        var (admitted, answer) = await VisitAsync($"JOIN {secret.Reveal()} ali veli\n");

        admitted.Should().BeNull("its session is another connection");
        answer.Should().Be("JOIN_OK\n");
        _state.Registry.Find(_stranger.Fingerprint)!.User.Should().Be(MemberState.User("ali veli"));
        (await VisitAsync("")).Admitted.Should().NotBeNull();
        _state.Events.Lines.Should().NotContain(line => line.Contains(secret.Reveal(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invitation_for_another_name_stays_and_one_that_has_expired_is_of_no_use()
    {
        var secret = _state.Invite("ayse");
        (await VisitAsync($"JOIN {secret.Reveal()} veli\n")).Answer.Should().BeEmpty();
        _state.File.Read().Invitations.Should().ContainSingle();

        _state.Time.Advance(TimeSpan.FromDays(1));

        (await VisitAsync($"JOIN {secret.Reveal()} ayse\n")).Answer.Should().BeEmpty();
        _state.Registry.Find(_stranger.Fingerprint).Should().BeNull();
    }

    [Fact]
    public async Task After_ten_wrong_invitations_a_right_one_of_that_address_gets_no_answer_for_a_minute()
    {
        var join = $"JOIN {_state.Invite("ayse").Reveal()} ayse\n";
        for (var attempt = 0; attempt < 10; attempt++)
            (await VisitAsync($"JOIN {new string('0', 32)} ayse\n")).Answer.Should().BeEmpty();

        (await VisitAsync(join)).Answer.Should().BeEmpty();
        _state.Registry.Find(_stranger.Fingerprint).Should().BeNull();
        _state.Time.Advance(TimeSpan.FromMinutes(1));

        (await VisitAsync(join)).Answer.Should().Be("JOIN_OK\n");
    }

    [Fact]
    public async Task An_invitation_gets_no_answer_while_the_file_of_the_members_is_broken()
    {
        var join = $"JOIN {_state.Invite("ayse").Reveal()} ayse\n";
        var whole = await File.ReadAllBytesAsync(_state.FilePath);
        await File.WriteAllTextAsync(_state.FilePath, "broken");

        (await VisitAsync(join)).Answer.Should().BeEmpty();
        _state.Events.Lines.Should().Contain(line => line.StartsWith("an invitation cannot be used", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(_state.FilePath, whole);

        (await VisitAsync(join)).Answer.Should().Be("JOIN_OK\n");
    }

    [Fact]
    public async Task Without_the_cluster_whoever_has_an_invitation_is_told_so_and_others_get_no_byte()
    {
        await using var server = new ClusterMemberServer(_state.ServerKey, _state.Time);
        var secret = server.Invite("ayse").Reveal();
        var gate = new MemberGate(server.Registry, _state.Time);

        (await VisitAsync($"JOIN {secret} ayse\n", gate)).Answer.Should().StartWith("JOIN_FAIL the server cannot reach").And.EndWith("\n");

        (await VisitAsync($"JOIN {secret} veli\n", gate)).Answer.Should().BeEmpty();
        (await VisitAsync($"JOIN {new string('0', 32)} ayse\n", gate)).Answer.Should().BeEmpty();
        server.File.Read().Invitations.Should().ContainSingle("it stays good");
    }

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received).WaitAsync(Patience);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }

    private Task<Member?> AdmitAsync(Connection connection, MemberGate? gate = null) =>
        (gate ?? _gate).AdmitAsync(connection, new RefusalLog(_state.Time), _state.Log, default);

    // Sends the line, half-closes as a client that asks nothing more, and reads what comes until the end.
    private async Task<(Member? Admitted, string Answer)> VisitAsync(string line, MemberGate? gate = null)
    {
        using var pair = new StreamPair();
        var (near, far) = await SecureAsync(pair);
        await far.Stream.WriteAsync(Encoding.UTF8.GetBytes(line)).AsTask().WaitAsync(Patience);
        far.CloseSending();
        var reading = ReadToEndAsync(far.Stream);

        var admitted = await AdmitAsync(near, gate).WaitAsync(Patience);
        await near.DisposeAsync();

        return (admitted, await reading);
    }

    private async Task<(Connection Near, Connection Far)> SecureAsync(StreamPair pair)
    {
        var acceptor = new TlsAcceptor(new OpenIdentity(_state.ServerKey), Patience, TimeProvider.System);
        var dialer = new TlsDialer(new OpenIdentity(_stranger), Patience, TimeProvider.System);
        var accepting = acceptor.AcceptAsync(new StreamConnection(pair.Near, Remote, pair.Reset, pair.Near.CloseOutput), default);
        var far = await dialer.SecureAsync(
            new StreamConnection(pair.Far, Remote, pair.Reset, pair.Far.CloseOutput), _ => true, default).WaitAsync(Patience);
        return (await accepting.WaitAsync(Patience), far);
    }
}
