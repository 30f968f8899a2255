using System.Globalization;
using P2PShare.Client.Cli.Commands;
using P2PShare.Client.Tests.Cli.Display;

namespace P2PShare.Client.Tests.Cli.Commands;

/// <summary>The user names beside the addresses of LIST_FILES.</summary>
public sealed class ListedOwnersTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";
    private const string Rows =
        $"{Id} 8 10.0.0.1 1 a\n{Id} 8 10.0.0.2 2 a\n{Id} 8 10.0.0.2 2 b\n{Id} 8 10.0.0.3 3 c\nLIST_SHARES_END\n";

    [Fact]
    public async Task Each_address_is_asked_for_once_and_its_newest_user_is_shown()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK SWARM WHOIS");

        var typing = scene.TypeAsync("LIST_FILES --owners\n");
        await scene.Server.ExpectAsync("LIST_SHARES");
        await scene.Server.SendAsync(Rows);
        await scene.Server.ExpectAsync("WHOIS 10.0.0.1 1");
        await scene.Server.ExpectAsync("WHOIS 10.0.0.2 2");
        await scene.Server.ExpectAsync("WHOIS 10.0.0.3 3");
        await scene.Server.SendAsync("PEER - ali veli\nPEER - older\nWHOIS_END\nWHOIS_END\nPEER - a\u001b[2Jb\nWHOIS_END\n");

        (await typing).Should().BeTrue();
        scene.Test.OutputLines.Select(line => line.TrimEnd()).Should().Equal(
            "NAME  SIZE  ID        OWNER",
            "a     8 B   de208334  10.0.0.1:1 (ali veli)",
            "a     8 B   de208334  10.0.0.2:2",
            "b     8 B   de208334  10.0.0.2:2",
            "c     8 B   de208334  10.0.0.3:3",
            "4 files");
    }

    [Fact]
    public async Task User_stands_before_the_number_of_other_owners()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK SWARM WHOIS");

        var typing = scene.TypeAsync("LIST_FILES a\n");
        await scene.Server.ExpectAsync("LIST_SHARES");
        await scene.Server.SendAsync(Rows);
        await scene.Server.ExpectAsync("WHOIS 10.0.0.1 1");
        await scene.Server.SendAsync("PEER - ay\u200bşe\nWHOIS_END\n");

        (await typing).Should().BeTrue();
        scene.Test.OutputLines[1].TrimEnd().Should().Be("a     8 B   de208334  10.0.0.1:1 (ay\\u{200b}şe) +1");
    }

    [Fact]
    public async Task Json_has_the_user_where_it_is_known()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK SWARM WHOIS", TestScreen.OfPipe(isJson: true));

        var typing = scene.TypeAsync("LIST_FILES\n");
        await scene.Server.ExpectAsync("LIST_SHARES");
        await scene.Server.SendAsync(Rows);
        for (var number = 1; number <= 3; number++)
            await scene.Server.ExpectAsync($"WHOIS 10.0.0.{number} {number}");
        await scene.Server.SendAsync("PEER - ayse\nWHOIS_END\nWHOIS_END\nWHOIS_END\n");

        (await typing).Should().BeTrue();
        scene.Test.OutputLines[0].Should().Contain("\"owner\":\"10.0.0.1:1\",\"user\":\"ayse\",\"owners\":2");
        scene.Test.OutputLines[1].Should().Contain("\"owner\":\"10.0.0.2:2\",\"owners\":1");
    }

    [Fact]
    public async Task List_is_printed_without_names_where_the_server_refuses_them()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK SWARM WHOIS");

        var typing = scene.TypeAsync("LIST_FILES a\n");
        await scene.Server.ExpectAsync("LIST_SHARES");
        await scene.Server.SendAsync(Rows);
        await scene.Server.ExpectAsync("WHOIS 10.0.0.1 1");
        await scene.Server.SendAsync("ERROR too busy\n");

        (await typing).Should().BeTrue();
        scene.Test.OutputLines[1].TrimEnd().Should().EndWith("10.0.0.1:1 +1");
        scene.Test.Errors.Should().BeEmpty();
    }

    [Fact]
    public async Task At_most_fifty_addresses_of_a_list_are_asked_for()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK SWARM WHOIS");

        var typing = scene.TypeAsync("LIST_FILES\nSHARED\n");
        await scene.Server.ExpectAsync("LIST_SHARES");
        var rows = Enumerable.Range(1, OwnerNames.MaxAddresses + 1).Select(
            port => string.Create(CultureInfo.InvariantCulture, $"- - 10.0.0.1 {port} file {port}\n"));
        await scene.Server.SendAsync(string.Concat(rows) + "LIST_SHARES_END\n");
        for (var port = 1; port <= OwnerNames.MaxAddresses; port++)
            await scene.Server.ExpectAsync($"WHOIS 10.0.0.1 {port}");
        await scene.Server.SendAsync(string.Concat(Enumerable.Repeat("PEER - ayse\nWHOIS_END\n", OwnerNames.MaxAddresses)));

        (await typing).Should().BeTrue();
        (await scene.Server.ReceivePendingAsync()).Should().BeNull("the fifty-first is not asked for");
        scene.Test.OutputLines.Count(line => line.TrimEnd().EndsWith("(ayse)", StringComparison.Ordinal)).Should().Be(50);
    }
}
