using System.Globalization;
using System.Text.RegularExpressions;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests.Members;

/// <summary>Invitations, members and their revocation, with the published programs.</summary>
public sealed partial class PrivateServerTests
{
    private const int BadArguments = 2;
    private const int Refused = 3;
    private const int ServerNotTrusted = 6;
    private const int NotAMember = 7;
    private const int InvitationRefused = 8;

    [Fact]
    public async Task The_three_commands_of_the_README_make_a_private_circle_and_the_client_needs_no_code_afterwards()
    {
        var commands = (await ReadCommandsAsync()).Select(line => line.Split(' ')).ToList();
        commands.Should().HaveCount(3);
        commands.Select(words => words[0]).Should().Equal("server", "server", "client");
        var user = commands[1][2];
        await using var server = await RunningServer.StartAsync(0, commands[0][2..]);
        await using var invite = ProgramProcess.Start(Programs.Server, commands[1][1..], server.Folder.Path);
        (await invite.WaitForExitAsync()).Should().Be(0);
        var printed = invite.Output.Lines[0];
        printed.Should().MatchRegex("^P2P[A-Za-z0-9_-]{64}$");
        using var home = new TempFolder();
        string[] Real(IEnumerable<string> words) =>
        [
            .. words.Select(word => word switch
            {
                "203.0.113.7" => "127.0.0.1",
                "8080" => server.Port.ToString(CultureInfo.InvariantCulture),
                "9001" => "0",
                _ => word.StartsWith("P2P", StringComparison.Ordinal) ? printed : word,
            }),
        ];
        var typed = Real(commands[2].Skip(1));
        typed.Should().Contain(printed).And.Contain(user);

        await using (var client = RunningClient.Launch(home, [.. typed, "-c", "LIST_FILES"]))
            (await client.WaitForExitAsync()).Should().Be(0, client.Errors.Text);
        await using var again = RunningClient.Launch(home, [.. typed.TakeWhile(word => word != "--invite"), "-c", "LIST_FILES"]);

        (await again.WaitForExitAsync()).Should().Be(0, again.Errors.Text);
        again.Output.Lines.Should().Contain("0 files");
    }

    [Fact]
    public async Task A_member_fetches_a_file_from_another_member()
    {
        await using var circle = await PrivateCircle.StartAsync();
        var (ownerHome, home) = (circle.CreateHome(), circle.CreateHome());
        var content = new SeededBytes(5).Create(3_000_001);
        ownerHome.Write("film.bin", content);
        var (owner, _) = await circle.JoinAsync(ownerHome, "yigido");
        await owner.SendLineAsync("ANNOUNCE film.bin");
        await owner.WaitForLineAsync("Announced");

        var (member, _) = await circle.JoinAsync(home, "ayse");
        await member.SendLineAsync("REQUEST film.bin");
        await member.WaitForLineAsync("Saved");

        File.ReadAllBytes(home.File("downloads/film.bin")).AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    [Fact]
    public async Task A_code_works_once_and_for_its_name_only()
    {
        await using var circle = await PrivateCircle.StartAsync();
        var code = await circle.InviteAsync("ayse");

        (await circle.RefusedAsync(circle.CreateHome(), "veli", "--invite", code)).Should().Be(InvitationRefused, "another name");
        await circle.ConnectAsync(circle.CreateHome(), "ayse", "--invite", code);
        (await circle.RefusedAsync(circle.CreateHome(), "ayse", "--invite", code)).Should().Be(InvitationRefused, "it was used");
    }

    [Fact]
    public async Task A_cut_code_and_a_code_of_another_server_are_refused_before_anything_is_sent_to_the_server()
    {
        await using var circle = await PrivateCircle.StartAsync();
        await using var other = await PrivateCircle.StartAsync();
        var code = await circle.InviteAsync("ayse");
        foreach (var cut in new[] { code[..^1], code[1..], code + "A" })
            (await circle.RefusedAsync(circle.CreateHome(), "ayse", "--invite", cut)).Should().Be(BadArguments);

        var foreign = await other.InviteAsync("ayse");
        (await circle.RefusedAsync(circle.CreateHome(), "ayse", "--invite", foreign)).Should().Be(ServerNotTrusted);

        await circle.ConnectAsync(circle.CreateHome(), "ayse", "--invite", code);
    }

    [Fact]
    public async Task A_code_that_has_expired_is_refused()
    {
        await using var circle = await PrivateCircle.StartAsync();
        var code = await circle.InviteAsync("ayse");
        var list = await File.ReadAllTextAsync(circle.MembersFile);
        await File.WriteAllTextAsync(circle.MembersFile, Until().Replace(list, "$1\"2020-01-01T00:00:00+00:00\""));

        (await circle.RefusedAsync(circle.CreateHome(), "ayse", "--invite", code)).Should().Be(InvitationRefused);

        (await circle.RunAsync("members")).Output.Text.Should().NotContain("invited");
    }

    [Fact]
    public async Task A_members_name_is_of_no_use_with_another_key()
    {
        await using var circle = await PrivateCircle.StartAsync();
        await circle.JoinAsync(circle.CreateHome(), "ayse");
        var veli = circle.CreateHome();
        var (client, _) = await circle.JoinAsync(veli, "veli");
        await circle.EndAsync(client);

        (await circle.RefusedAsync(circle.CreateHome(), "ayse")).Should().Be(NotAMember);
        var refused = circle.Launch(veli, "ayse");
        (await refused.WaitForExitAsync()).Should().Be(Refused);
        refused.Errors.Text.Should().Contain("veli");
        var (exitCode, output, errors) = await circle.RunAsync("invite", "ayse");
        exitCode.Should().Be(1);
        output.Text.Should().BeEmpty();
        errors.Lines.Should().ContainSingle().Which.Should().Contain("ayse is a member already");
    }

    [Fact]
    public async Task A_revoked_member_loses_its_session_and_its_client_says_so()
    {
        await using var circle = await PrivateCircle.StartAsync();
        var (home, other) = (circle.CreateHome(), circle.CreateHome());
        var (ayse, _) = await circle.JoinAsync(home, "ayse");
        var (veli, _) = await circle.JoinAsync(other, "veli");

        (await circle.RunAsync("revoke", "ayse")).ExitCode.Should().Be(0);

        await circle.Server.Process.WaitForLineAsync("no longer a member");
        await ayse.WaitForLineAsync("may be no member any more");
        await veli.SendLineAsync("LIST_FILES");
        await veli.WaitForLineAsync("0 files");
        veli.Output.Text.Should().NotContain("is lost", "the others keep their sessions");
        await circle.EndAsync(ayse);
        (await circle.RefusedAsync(home, "ayse")).Should().Be(NotAMember);
        (await circle.RunAsync("revoke", "ayse")).ExitCode.Should().Be(1, "there is nobody of this name any more");
        await circle.JoinAsync(home, "ayse");
    }

    [Fact]
    public async Task The_members_and_the_open_invitations_are_listed()
    {
        await using var circle = await PrivateCircle.StartAsync();
        (await circle.RunAsync("members")).Output.Text.Should().StartWith("Nobody yet");
        var (ayse, _) = await circle.JoinAsync(circle.CreateHome(), "ayse");
        await ayse.SendLineAsync("FINGERPRINT");
        var key = (await ayse.WaitForLineAsync("This client:"))["This client: ".Length..];
        var code = await circle.InviteAsync("veli");

        var listed = await circle.RunAsync("members");

        listed.Output.Lines.Should().HaveCount(2);
        listed.Output.Lines[0].Should().StartWith($"ayse  {key}  since ");
        listed.Output.Lines[1].Should().StartWith("veli  invited until ");
        File.ReadAllText(circle.MembersFile).Should().NotContain(code, "the secret is not kept");
        (await circle.RunAsync("revoke", "veli")).ExitCode.Should().Be(0);
        (await circle.RefusedAsync(circle.CreateHome(), "veli", "--invite", code)).Should().Be(InvitationRefused);
    }

    [Fact]
    public async Task Members_are_still_members_after_the_server_was_killed()
    {
        await using var circle = await PrivateCircle.StartAsync();
        var home = circle.CreateHome();
        var (connected, _) = await circle.JoinAsync(circle.CreateHome(), "ayse");
        var (left, _) = await circle.JoinAsync(home, "veli");
        await circle.EndAsync(left);
        var code = await circle.InviteAsync("ali");

        await circle.KillAndRestartServerAsync();

        await connected.WaitForLineAsync("is back");
        await circle.ConnectAsync(home, "veli");
        await circle.ConnectAsync(circle.CreateHome(), "ali", "--invite", code);
    }

    private static async Task<string[]> ReadCommandsAsync()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "P2PShare.sln")))
                continue;
            var readme = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "README.md"));
            return Circle().Match(readme).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }

        throw new FileNotFoundException("README.md");
    }

    [GeneratedRegex("### A private circle.*?```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Circle();

    [GeneratedRegex("(\"until\": )\"[^\"]*\"")]
    private static partial Regex Until();
}
