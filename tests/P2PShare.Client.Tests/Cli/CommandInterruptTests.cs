namespace P2PShare.Client.Tests.Cli;

/// <summary>What ends a command that runs: Ctrl+C, and the end of the program.</summary>
public sealed class CommandInterruptTests
{
    [Theory]
    [InlineData("REQUEST a", "LOCATE a", "a is cancelled. What is verified is kept; REQUEST it again to go on.")]
    [InlineData("REQUEST a/", "LIST_SHARES a/", "a/ is cancelled. What is verified is kept; REQUEST it again to go on.")]
    [InlineData("LIST_FILES", "LIST_SHARES", "LIST_FILES is cancelled.")]
    [InlineData("SEARCH a", "SEARCH a", "SEARCH is cancelled.")]
    public async Task Control_C_ends_the_command_that_runs_and_not_the_client(string typed, string heard, string line)
    {
        await using var scene = await CommandScene.ConnectedAsync();

        var typing = scene.TypeAsync($"{typed}\nSHARED\n");
        await scene.Server.ExpectAsync(heard);
        scene.Interrupts.TryInterrupt().Should().BeTrue();

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal(line);
        scene.Test.OutputLines.Should().Equal("0 files");
        scene.Interrupts.TryInterrupt().Should().BeFalse("at the prompt it ends the client");
    }

    [Fact]
    public async Task Control_C_ends_the_hashing_of_a_file_and_shares_nothing()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var path = scene.Folder.File("large.bin");
        await using (var file = File.Create(path))
            file.SetLength(64L * 1024 * 1024 * 1024);

        var typing = scene.TypeAsync($"ANNOUNCE {path}\nSHARED\n");
        await scene.Test.WaitForOutputAsync("hashing 64 GiB");
        scene.Interrupts.TryInterrupt().Should().BeTrue();

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal("ANNOUNCE is cancelled; SHARED lists what is shared.");
        scene.Test.OutputLines[^1].Should().Be("0 files");
        (await scene.Server.OverhearAsync()).Should().BeNull();
    }

    [Fact]
    public async Task The_end_of_the_program_ends_a_command_and_a_wait_for_input()
    {
        await using var scene = await CommandScene.ConnectedAsync(test: TestScreen.OfTerminal());
        using var ending = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();

        var typing = scene.TypeAsync(() =>
        {
            never.Wait();
            return null;
        }, ending.Token);
        await scene.Test.WaitForOutputAsync("> ");
        await ending.CancelAsync();

        await typing.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        scene.Test.Output.Should().EndWith("> \n", "the shell's prompt has a line of its own");
        never.Set();
    }
}
