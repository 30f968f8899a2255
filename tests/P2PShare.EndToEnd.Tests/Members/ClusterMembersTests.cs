using System.Diagnostics;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>Private servers that are in one cluster have the same members, with the published programs and a real NATS server.</summary>
public sealed class ClusterMembersTests
{
    private const int CannotJoin = 4;
    private const int NotAMember = 7;
    private const int InvitationRefused = 8;

    [NatsFact]
    public async Task An_invitation_of_one_server_is_good_at_the_other_once_and_its_member_is_one_at_both()
    {
        await using var circle = await ClusterCircle.StartAsync();
        var (one, other) = (await circle.StartServerAsync(), await circle.StartServerAsync());
        var home = circle.CreateHome();
        var code = await InvitedAsync(one, other, "ayse");

        (await circle.VisitAsync(other, home, "ayse", "--invite", code)).Should().Be(0);

        (await circle.VisitAsync(one, circle.CreateHome(), "ayse", "--invite", code)).Should().Be(InvitationRefused);
        await Eventually.True(() => one.Members.Contains("since"), "the member to come");
        await Eventually.True(async () => await circle.VisitAsync(one, home, "ayse") == 0, "the server to know the member");
    }

    [NatsFact]
    public async Task Of_two_that_use_an_invitation_at_the_same_instant_at_two_servers_one_joins()
    {
        await using var circle = await ClusterCircle.StartAsync();
        var (one, other) = (await circle.StartServerAsync(), await circle.StartServerAsync());
        for (var round = 0; round < 3; round++)
        {
            var user = $"user{round}";
            var code = await InvitedAsync(one, other, user);

            var exitCodes = await Task.WhenAll(
                circle.VisitAsync(one, circle.CreateHome(), user, "--invite", code),
                circle.VisitAsync(other, circle.CreateHome(), user, "--invite", code));

            exitCodes.Should().BeEquivalentTo([0, InvitationRefused]);
        }
    }

    [NatsFact]
    public async Task A_revocation_at_one_server_ends_the_session_at_the_other_within_two_seconds_or_so()
    {
        await using var circle = await ClusterCircle.StartAsync();
        var (one, other) = (await circle.StartServerAsync(), await circle.StartServerAsync());
        var home = circle.CreateHome();
        var client = circle.Launch(other, home, "ayse", "--invite", await InvitedAsync(one, other, "ayse"));
        await client.WaitForLineAsync("peers reach me on port");
        await Eventually.True(() => one.Members.Contains("since"), "the member to come");

        await one.RevokeAsync("ayse");
        var clock = Stopwatch.StartNew();
        await other.Server.Process.WaitForLineAsync("no longer a member");

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(5), "it takes a second and a half, and more where the machine is busy");
        await client.WaitForLineAsync("may be no member any more");
        (await circle.VisitAsync(one, home, "ayse")).Should().Be(NotAMember);
    }

    [NatsFact]
    public async Task A_server_that_was_down_learns_a_revocation_when_it_is_back()
    {
        await using var circle = await ClusterCircle.StartAsync();
        var (one, other) = (await circle.StartServerAsync(), await circle.StartServerAsync());
        var home = circle.CreateHome();
        (await circle.VisitAsync(other, home, "ayse", "--invite", await InvitedAsync(one, other, "ayse"))).Should().Be(0);
        await Eventually.True(() => one.Members.Contains("since"), "the member to come");
        other.Server.Process.Kill();
        await other.Server.Process.WaitForExitAsync();

        await one.RevokeAsync("ayse");
        other.Members.Should().Contain("since", "it is down");
        var back = await circle.StartServerAsync(other.State);

        await Eventually.True(() => !back.Members.Contains("since"), "the revocation to be learnt");
        await Eventually.True(async () => await circle.VisitAsync(back, home, "ayse") == NotAMember, "the member to be none");
        one.Members.Should().NotContain("since", "an old file brings nobody back");
    }

    [NatsFact]
    public async Task Without_NATS_members_are_served_and_nobody_joins()
    {
        await using var circle = await ClusterCircle.StartAsync();
        var server = await circle.StartServerAsync();
        var home = circle.CreateHome();
        (await circle.VisitAsync(server, home, "ayse", "--invite", await server.InviteAsync("ayse"))).Should().Be(0);
        await circle.Nats.KillAsync();
        await server.Server.Process.WaitForLineAsync("no connection to the cluster");
        var code = await server.InviteAsync("veli");

        var refused = circle.Launch(server, circle.CreateHome(), "veli", "--invite", code);

        (await refused.WaitForExitAsync()).Should().Be(InvitationRefused);
        refused.Errors.Text.Should().Contain("cannot reach the other servers of its cluster").And.Contain("Try again later");
        (await circle.VisitAsync(server, circle.CreateHome(), "veli", "--invite", code[..^1] + (code[^1] == 'A' ? 'Q' : 'A')))
            .Should().Be(InvitationRefused);
        server.Server.Log.Should().Contain("an invitation cannot be used: there is no connection to the cluster");
        (await circle.VisitAsync(server, home, "ayse")).Should().Be(0);
    }

    [NatsFact]
    public async Task A_private_server_with_another_key_ends_with_one_line_that_says_to_copy_the_key()
    {
        await using var circle = await ClusterCircle.StartAsync();
        await circle.StartServerAsync();

        var state = circle.CreateHome();
        await using var stranger = ProgramProcess.Start(Programs.Server, ["0", .. circle.Options(state)], state.Path);

        (await stranger.WaitForExitAsync()).Should().Be(CannotJoin);
        stranger.Errors.Lines.Should().ContainSingle().Which.Should().Contain("copy key.pem");
    }

    [NatsFact]
    public async Task A_server_that_is_not_private_ends_with_one_line_where_the_cluster_is()
    {
        await using var circle = await ClusterCircle.StartAsync();
        await circle.StartServerAsync();

        var state = circle.CreateHome();
        await using var open = ProgramProcess.Start(Programs.Server, ["0", "--cluster", circle.Nats.Url], state.Path);

        (await open.WaitForExitAsync()).Should().Be(CannotJoin);
        open.Errors.Lines.Should().ContainSingle().Which.Should().Contain("the cluster home is private");
    }

    [NatsFact]
    public async Task A_private_server_ends_with_one_line_where_the_servers_of_the_cluster_are_not_private()
    {
        await using var circle = await ClusterCircle.StartAsync();
        await using var open = await RunningServer.StartAsync(0, ["--verbose", "--cluster", circle.Nats.Url]);
        await open.Process.WaitForLineAsync("joined the cluster");

        var state = circle.CreateHome();
        await using var late = ProgramProcess.Start(Programs.Server, ["0", .. circle.Options(state)], state.Path);

        (await late.WaitForExitAsync()).Should().Be(CannotJoin);
        late.Errors.Lines.Should().ContainSingle().Which.Should().Contain("the servers of the cluster home are not private");
    }

    // The other server takes half a second to learn of it.
    private static async Task<string> InvitedAsync(ClusterServer one, ClusterServer other, string user)
    {
        var code = await one.InviteAsync(user);
        await Eventually.True(() => other.Members.Contains($"\"{user}\""), "the invitation to come");
        return code;
    }
}
