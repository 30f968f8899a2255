using P2PShare.Client.Tests.Cli.Display;

namespace P2PShare.Client.Tests.Cli.Commands;

/// <summary>Ctrl+C, and the end of the program, cancel the running command.</summary>
public sealed class CommandInterruptTests
{
    [Theory]
    [InlineData("REQUEST a", "LOCATE a", "a is cancelled. What is verified is kept; REQUEST it again to go on.")]
    [InlineData("REQUEST a/", "LIST_SHARES a/", "a/ is cancelled. What is verified is kept; REQUEST it again to go on.")]
    [InlineData("LIST_FILES", "LIST_SHARES", "LIST_FILES is cancelled.")]
    [InlineData("SEARCH a", "SEARCH a", "SEARCH is cancelled.")]
    public async Task Ctrl_C_cancels_the_running_command_and_the_client_goes_on(string typed, string sent, string line)
    {
        await using var scene = await CommandScene.ConnectedAsync();

        var typing = scene.TypeAsync($"{typed}\nSHARED\n");
        await scene.Server.ExpectAsync(sent);
        scene.Interrupts.TryInterrupt().Should().BeTrue();

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal(line);
        scene.Test.OutputLines.Should().Equal("0 files");
        scene.Interrupts.TryInterrupt().Should().BeFalse("no command runs any more");
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_hashing_of_a_file_and_nothing_is_shared()
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
        (await scene.Server.ReceivePendingAsync()).Should().BeNull();
    }

    [Fact]
    public async Task End_of_the_program_ends_the_wait_for_input()
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
        scene.Test.Output.Should().EndWith("> \n", "the shell's prompt needs a line of its own");
        never.Set();
    }
}
