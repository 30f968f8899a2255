using P2PShare.Client.Tests.Cli.Display;
using P2PShare.Networking;

namespace P2PShare.Client.Tests.Cli.Commands;

/// <summary>Typed lines, the lines printed for them, and the commands that the server receives.</summary>
public sealed class CommandLoopTests
{
    private const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";

    [Fact]
    public async Task Lines_run_in_order_up_to_EXIT()
    {
        await using var scene = await CommandScene.ConnectedAsync();

        (await scene.TypeAsync("help\n\n   \nshared\nExIt\nNONSENSE\n")).Should().BeTrue();

        scene.Test.OutputLines[0].Should().StartWith("ANNOUNCE <file>");
        scene.Test.OutputLines[^1].Should().Be("0 files");
        scene.Test.Errors.Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("EXIT")]
    public async Task Empty_input_succeeds(string typed)
    {
        await using var scene = await CommandScene.ConnectedAsync();

        (await scene.TypeAsync(typed)).Should().BeTrue();

        scene.Test.Output.Should().BeEmpty();
    }

    [Theory]
    [InlineData("ANNOUNCE", "Usage: ANNOUNCE [--once] [--exclude <glob>] <file or folder>; HELP tells more.")]
    [InlineData("EXIT now", "Usage: EXIT; HELP tells more.")]
    [InlineData("REQEST a", "REQEST is no command; did you mean REQUEST? HELP lists them all.")]
    [InlineData("\u001b[2J", "\\u{1b}[2J is no command; did you mean ")]
    [InlineData("ANNOUNCE a\0b", "There is no file or folder a\\u{0}b.")]
    [InlineData("ANNOUNCE no such file", "There is no file or folder ")]
    [InlineData("ANNOUNCE \"\u001b[2J\"", "There is no file or folder ")]
    [InlineData("REQUEST ../../etc/passwd", "../../etc/passwd cannot be shared by anybody: ")]
    [InlineData("REQUEST a\u0007b", "a\\u{7}b cannot be shared by anybody: ")]
    [InlineData("REQUEST /", "/ cannot be shared by anybody: ")]
    [InlineData("REQUEST a//", "a// cannot be shared by anybody: ")]
    [InlineData("REPAIR a/", "a/ cannot be shared by anybody: ")]
    [InlineData("WITHDRAW a", "a is not shared; SHARED lists the files that are, each by its own name.")]
    [InlineData("WITHDRAW \u202ea", "\\u{202e}a is not shared; SHARED lists the files that are, each by its own name.")]
    [InlineData("SEARCH a\u001bb", "SEARCH takes up to 256 bytes of text, with no control character in it.")]
    public async Task Failed_command_prints_one_line_and_the_next_one_runs(string typed, string line)
    {
        await using var scene = await CommandScene.ConnectedAsync();

        (await scene.TypeAsync($"{typed}\nSHARED\n")).Should().BeFalse();

        scene.Test.ErrorLines.Should().ContainSingle().Which.Should().StartWith(line);
        scene.Test.Errors.Should().NotContain("\u001b");
        scene.Test.OutputLines.Should().Equal("0 files");
    }

    [Fact]
    public async Task Device_is_not_announced()
    {
        // Without Linux system calls it cannot be told from an empty file.
        if (!Platform.UsesLinuxCalls)
            return;
        await using var scene = await CommandScene.ConnectedAsync();

        await scene.TypeAsync("ANNOUNCE /dev/zero\n");

        scene.Test.ErrorLines.Should().Equal("/dev/zero is not announced: it is no regular file.");
    }

    [Fact]
    public async Task Pasted_megabyte_is_refused_with_a_short_line()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var pasted = new string('a', 1024 * 1024);

        foreach (var word in new[] { "", "REQUEST ", "REPAIR ", "WITHDRAW ", "SEARCH ", "ANNOUNCE " })
            (await scene.TypeAsync($"{word}{pasted}\n")).Should().BeFalse();
        (await scene.TypeAsync($"REQUEST {pasted}/\n")).Should().BeFalse();

        scene.Test.ErrorLines.Should().HaveCount(7).And.OnlyContain(line => line.Length < 500);
    }

    [Fact]
    public async Task File_is_announced_under_its_own_name_however_its_path_is_written()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var path = scene.Folder.Write("notlar/yaz tatili [ğü].txt", "merhaba\n"u8);

        foreach (var written in new[] { path, $"\"{path}\"", $"'{path}'  ", Path.GetRelativePath(Environment.CurrentDirectory, path) })
        {
            var typing = scene.TypeAsync($"announce {written}\n");
            await scene.Server.ExpectAsync($"SHARE {Id} 8 9001 yaz tatili [ğü].txt");
            await scene.Server.SendAsync("SHARE_OK\n");
            (await typing).Should().BeTrue();
            scene.Test.OutputLines.TakeLast(2).Should().Equal(
                $"Announced yaz tatili [ğü].txt: 8 B, id {Id}",
                $"Anyone fetches it with: client friend 127.0.0.1 8080 0 -c 'REQUEST yaz tatili [ğü].txt#{Id}'");
        }
    }

    [Fact]
    public async Task File_that_the_server_refuses_is_not_shared_and_its_reason_is_escaped()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var path = scene.Folder.Write("a.txt", "merhaba\n"u8);

        var typing = scene.TypeAsync($"ANNOUNCE {path}\n");
        await scene.Server.ReceiveAsync();
        await scene.Server.SendAsync("SHARE_FAIL full\u001b[2J.\n");

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal($"{path} is not announced: full\\u{{1b}}[2J.");
        scene.Shared.Snapshot().Should().BeEmpty();
    }

    [Fact]
    public async Task LIST_FILES_prints_an_aligned_table_and_a_count()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK");

        var typing = scene.TypeAsync("list_files\n");
        await scene.Server.ExpectAsync("LIST_FILES");
        await scene.Server.SendAsync("a 10.0.0.1 1\n../b 10.0.0.2 2\n文件.txt 10.0.0.3 3\n[red]:bomb: 10.0.0.4 4\nLIST_END\n");

        (await typing).Should().BeTrue();
        scene.Test.OutputLines.Should().Equal(
            "NAME         SIZE  ID  OWNER",
            "a            -     -   10.0.0.1:1",
            "[red]:bomb:  -     -   10.0.0.4:4",
            "文件.txt     -     -   10.0.0.3:3",
            "3 files");
    }

    [Fact]
    public async Task SEARCH_and_SHARED_print_tables()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var path = scene.Folder.Write("a.txt", "merhaba\n"u8);

        var typing = scene.TypeAsync($"ANNOUNCE {path}\nSHARED\nSEARCH *a b*\n");
        await scene.Server.ReceiveAsync();
        await scene.Server.SendAsync("SHARE_OK\n");
        await scene.Server.ExpectAsync("SEARCH *a b*");
        await scene.Server.SendAsync($"{Id} 8 12 ba b.txt\nSEARCH_END MORE\n");

        (await typing).Should().BeTrue();
        scene.Test.OutputLines.Skip(2).Should().Equal(
            "NAME   SIZE  ID        UPLOADED  PATH",
            $"a.txt  8 B   de208334  0 B       {path}",
            "1 file",
            "NAME      SIZE  ID        OWNERS",
            "ba b.txt  8 B   de208334  12",
            "1 hit; there are more; a longer text finds fewer");
    }

    [Fact]
    public async Task List_that_the_server_refuses_is_an_error_and_not_an_empty_list()
    {
        await using var scene = await CommandScene.ConnectedAsync();

        var typing = scene.TypeAsync("LIST_FILES\n");
        await scene.Server.ExpectAsync("LIST_SHARES");
        await scene.Server.SendAsync("ERROR too busy\u0007.\n");

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal("LIST_FILES failed: the server refuses: too busy\\u{7}.");
        scene.Test.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task SEARCH_is_not_sent_to_a_server_without_the_feature()
    {
        await using var scene = await CommandScene.ConnectedAsync("VERSION_OK SWARM");

        (await scene.TypeAsync("SEARCH a\n")).Should().BeFalse();

        scene.Test.ErrorLines.Should().ContainSingle().Which.Should().Contain("does not know SEARCH");
        (await scene.Server.ReceivePendingAsync()).Should().BeNull();
    }

    [Theory]
    [InlineData("REQUEST a#cafe", "a#cafe", "Nobody shares a with an id that begins with cafe; LIST_FILES shows the ids.", "a")]
    [InlineData("REQUEST a#b#CAFE", "a#b#CAFE", "Nobody shares a#b with an id that begins with CAFE; LIST_FILES shows the ids.", "a#b")]
    [InlineData("REQUEST a#caf", "a#caf", "Nobody else shares a#caf. LIST_FILES lists what is shared; "
        + "a folder is fetched with REQUEST a#caf/", null)]
    [InlineData("REQUEST a#cafg", "a#cafg", "Nobody else shares a#cafg. LIST_FILES lists what is shared; "
        + "a folder is fetched with REQUEST a#cafg/", null)]
    [InlineData("REQUEST #cafe", "#cafe", "Nobody else shares #cafe. LIST_FILES lists what is shared; "
        + "a folder is fetched with REQUEST #cafe/", null)]
    public async Task Text_after_a_hash_is_an_id_unless_a_file_has_that_name(string typed, string first, string line, string? second)
    {
        await using var scene = await CommandScene.ConnectedAsync();

        var typing = scene.TypeAsync($"{typed}\n");
        await scene.Server.ExpectAsync($"LOCATE {first}");
        await scene.Server.SendAsync("LOCATE_END\n");
        if (second is not null)
        {
            await scene.Server.ExpectAsync($"LOCATE {second}");
            await scene.Server.SendAsync("LOCATE_END\n");
        }

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal(line);
    }

    [Fact]
    public async Task REQUEST_of_a_name_that_ends_in_a_slash_fetches_a_folder()
    {
        await using var scene = await CommandScene.ConnectedAsync();

        var typing = scene.TypeAsync("request \"my photos/\"\n");
        await scene.Server.ExpectAsync("LIST_SHARES my photos/");
        await scene.Server.SendAsync("LIST_SHARES_END\n");

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal("Nobody else shares a file under my photos/; LIST_FILES lists what is shared.");
    }

    [Fact]
    public async Task Downloads_folder_that_became_a_file_is_an_error()
    {
        await using var scene = await CommandScene.ConnectedAsync();
        var downloads = scene.Folder.Write("downloads", "a file"u8);

        var typing = scene.TypeAsync("REQUEST a\n");
        await scene.Server.ExpectAsync("LOCATE a");
        await scene.Server.SendAsync($"{Id} 8 127.0.0.1 1 a\nLOCATE_END\n");

        (await typing).Should().BeFalse();
        scene.Test.ErrorLines.Should().Equal($"a cannot be saved: {downloads} is in the way. "
            + "Move that, or fetch with REQUEST ... AS <path>.");
    }

    [Fact]
    public async Task Terminal_shows_a_prompt_for_each_line_and_errors_among_the_results()
    {
        await using var scene = await CommandScene.ConnectedAsync(test: TestScreen.OfTerminal());

        (await scene.TypeAsync("SHARED\nSHAERD\n")).Should().BeFalse();

        scene.Test.Output.Should().Be("> 0 files\n> SHAERD is no command; did you mean SHARED? HELP lists them all.\n> \n");
    }
}
