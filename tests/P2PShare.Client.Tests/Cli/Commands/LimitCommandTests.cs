namespace P2PShare.Client.Tests.Cli.Commands;

public sealed class LimitCommandTests
{
    [Fact]
    public async Task LIMIT_changes_one_direction_and_prints_both()
    {
        await using var scene = await CommandScene.ConnectedAsync();

        (await scene.TypeAsync("LIMIT up 5M\nlimit DOWN 16.5k\nLIMIT up off\nLIMIT\n")).Should().BeTrue();

        (scene.Limits.Up.BytesPerSecond, scene.Limits.Down.BytesPerSecond).Should().Be((0, 16_896));
        scene.Test.Output.Should().Contain("All uploads together: 5 MiB/s.").And.Contain("All downloads together: 16.5 KiB/s.")
            .And.Contain("All uploads together: no limit.");
    }

    [Theory]
    [InlineData("LIMIT up")]
    [InlineData("LIMIT up 5M now")]
    [InlineData("LIMIT sideways 5M")]
    [InlineData("LIMIT up fast")]
    [InlineData("LIMIT down 1")]
    public async Task What_is_no_limit_changes_nothing_and_fails(string line)
    {
        await using var scene = await CommandScene.ConnectedAsync();

        (await scene.TypeAsync(line)).Should().BeFalse();

        (scene.Limits.Up.IsOff, scene.Limits.Down.IsOff).Should().Be((true, true));
    }
}
