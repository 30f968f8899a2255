namespace P2PShare.Client.Tests.Cli.Commands;

/// <summary>Commands while the server is unavailable.</summary>
public sealed class CommandsWithoutServerTests
{
    [Theory]
    [InlineData("LIST_FILES", "LIST_FILES failed: the server is away. The connection is being made again; try it when it is back.")]
    [InlineData("REQUEST a", "REQUEST failed: the server is away. The connection is being made again; try it when it is back.")]
    [InlineData("SEARCH a", "SEARCH failed: the server is away. The connection is being made again; try it when it is back.")]
    public async Task Command_fails_with_one_line_after_5_s(string typed, string line)
    {
        await using var scene = await CommandScene.ConnectedAsync();
        await scene.LoseServerAsync();

        var typing = scene.TypeAsync($"{typed}\n");
        await AdvanceUntilEndedAsync(scene, typing);

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal(line);
    }

    [Fact]
    public async Task ANNOUNCE_and_WITHDRAW_change_what_is_shared_although_they_fail()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var path = scene.Folder.Write("a.txt", "merhaba\n"u8);
        await scene.LoseServerAsync();

        var announcing = scene.TypeAsync($"ANNOUNCE {path}\n");
        await AdvanceUntilEndedAsync(scene, announcing);
        (await announcing).Should().BeFalse();
        scene.Shared.Snapshot().Should().ContainSingle();
        var withdrawing = scene.TypeAsync("WITHDRAW a.txt\n");
        await AdvanceUntilEndedAsync(scene, withdrawing);

        (await withdrawing).Should().BeFalse();
        scene.Shared.Snapshot().Should().BeEmpty();
        scene.Test.ErrorLines.Should().Equal(
            $"The server is away. {path} is shared, and the server will be told when it is back.",
            "The server is away. a.txt is no longer shared all the same.");
    }

    private static Task AdvanceUntilEndedAsync(CommandScene scene, Task typing) =>
        scene.Time.AdvanceUntilEndedAsync(typing, () => TimeSpan.FromSeconds(1));
}
