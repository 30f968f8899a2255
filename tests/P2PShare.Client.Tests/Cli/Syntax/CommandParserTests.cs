using P2PShare.Client.Cli.Syntax;

namespace P2PShare.Client.Tests.Cli.Syntax;

/// <summary>Typed lines: correct, mistyped and hostile.</summary>
public sealed class CommandParserTests
{
    public static TheoryData<string, object> ValidLines => new()
    {
        { "ANNOUNCE a.txt", new Command.Announce("a.txt") },
        { "announce a.txt", new Command.Announce("a.txt") },
        { "aNNouNCe a.txt", new Command.Announce("a.txt") },
        { "LIST_FILES", new Command.ListFiles("", ListsOwners: false) },
        { "list_files", new Command.ListFiles("", ListsOwners: false) },
        { "REQUEST a.txt", new Command.Request("a.txt", null, InBackground: false) },
        { "REQUEST a.txt#cafe", new Command.Request("a.txt#cafe", null, InBackground: false) },
        { "REQUEST photos/", new Command.Request("photos/", null, InBackground: false) },
        { "SEARCH *.txt", new Command.Search("*.txt") },
        { "WITHDRAW a.txt", new Command.Withdraw("a.txt") },
        { "SHARED", new Command.Shared() },
        { "REPAIR a.txt", new Command.Repair("a.txt", InBackground: false) },
        { "UPDATE a.txt", new Command.Update("a.txt", InBackground: false) },
        { "update a AS b &", new Command.Update("a AS b", InBackground: true) },
        { "JOBS", new Command.Jobs() },
        { "CANCEL 3", new Command.Cancel(3) },
        { "WAIT", new Command.Wait(null) },
        { "WAIT 12", new Command.Wait(12) },
        { "HELP", new Command.Help() },
        { "EXIT", new Command.Exit() },
        { "exit", new Command.Exit() },

        // Names with spaces need no quotes; quotes around the whole argument, as in a shell, are removed.
        { "ANNOUNCE yaz tatili ğüşıöç.txt", new Command.Announce("yaz tatili ğüşıöç.txt") },
        { "ANNOUNCE \"yaz tatili.txt\"", new Command.Announce("yaz tatili.txt") },
        { "ANNOUNCE 'yaz tatili.txt'", new Command.Announce("yaz tatili.txt") },
        { "ANNOUNCE \" a \"", new Command.Announce(" a ") },
        { "ANNOUNCE \"\"a\"\"", new Command.Announce("\"a\"") },
        { "ANNOUNCE \"a' b", new Command.Announce("\"a' b") },
        { "ANNOUNCE \"a'", new Command.Announce("\"a'") },
        { "ANNOUNCE \"", new Command.Announce("\"") },
        { "ANNOUNCE it's", new Command.Announce("it's") },
        { "ANNOUNCE \"a\" b", new Command.Announce("\"a\" b") },

        // Options stand before the path; "--" and quotes end them.
        { "ANNOUNCE --once photos", new Command.Announce("photos") { Once = true } },
        { "ANNOUNCE --once  my photos", new Command.Announce("my photos") { Once = true } },
        { "ANNOUNCE \"--once\"", new Command.Announce("--once") },
        { "ANNOUNCE -- --once", new Command.Announce("--once") },
        { "ANNOUNCE --once -- --once", new Command.Announce("--once") { Once = true } },
        { "ANNOUNCE photos --once", new Command.Announce("photos --once") },
        { "ANNOUNCE --oncemore", new Command.Announce("--oncemore") },
        { "ANNOUNCE --", new Command.Announce("--") },

        // What follows a name, and the quotes that make it a part of the name.
        { "LIST_FILES *.txt", new Command.ListFiles("*.txt", ListsOwners: false) },
        { "LIST_FILES --owners", new Command.ListFiles("", ListsOwners: true) },
        { "LIST_FILES --owners yaz tatili", new Command.ListFiles("yaz tatili", ListsOwners: true) },
        { "LIST_FILES \"--owners\"", new Command.ListFiles("--owners", ListsOwners: false) },
        { "REQUEST a &", new Command.Request("a", null, InBackground: true) },
        { "REQUEST a&", new Command.Request("a&", null, InBackground: false) },
        { "REQUEST \"a &\"", new Command.Request("a &", null, InBackground: false) },
        { "REQUEST \"a &\" &", new Command.Request("a &", null, InBackground: true) },
        { "REQUEST a AS b c", new Command.Request("a", "b c", InBackground: false) },
        { "REQUEST a AS \"b &\" &", new Command.Request("a", "b &", InBackground: true) },
        { "REQUEST a AS b AS c", new Command.Request("a AS b", "c", InBackground: false) },
        { "REQUEST 'a AS b' AS c", new Command.Request("a AS b", "c", InBackground: false) },
        { "REQUEST 'a AS b'", new Command.Request("a AS b", null, InBackground: false) },
        { "REQUEST save as me.txt", new Command.Request("save as me.txt", null, InBackground: false) },
        { "REQUEST 'it''s' AS b", new Command.Request("it''s", "b", InBackground: false) },
        { "REPAIR a &", new Command.Repair("a", InBackground: true) },
        { "REPAIR a AS b", new Command.Repair("a AS b", InBackground: false) },

        // Surrounding white space, carriage returns, byte order marks.
        { "  REQUEST \t a b  \t", new Command.Request("a b", null, InBackground: false) },
        { "REQUEST  a  b", new Command.Request("a  b", null, InBackground: false) },
        { "REQUEST a\r", new Command.Request("a", null, InBackground: false) },
        { "REQUEST\u00a0a", new Command.Request("a", null, InBackground: false) },
        { "\ufeffREQUEST a", new Command.Request("a", null, InBackground: false) },
        { "REQUEST -- a", new Command.Request("-- a", null, InBackground: false) },
        { "", new Command.Empty() },
        { " \t \u3000", new Command.Empty() },
        { "\ufeff", new Command.Empty() },
    };

    [Theory]
    [MemberData(nameof(ValidLines))]
    public void Line_is_parsed(string line, object command) => CommandParser.Parse(line).Should().Be((Command)command);

    [Theory]
    [InlineData("ANNOUNCE --exclude *.tmp photos", "photos", "*.tmp")]
    [InlineData("ANNOUNCE --exclude \"my drafts/\"  --exclude '*.a b' my photos", "my photos", "my drafts/", "*.a b")]
    [InlineData("ANNOUNCE --exclude --once x", "x", "--once")]
    public void Excluded_globs_are_parsed(string line, string path, params string[] globs) =>
        CommandParser.Parse(line).Should().BeEquivalentTo(new Command.Announce(path) { Excluded = globs });

    [Theory]
    [InlineData("ANNOUNCE --once", "ANNOUNCE [--once] [--exclude <glob>] <file or folder>")]
    [InlineData("ANNOUNCE --exclude", "ANNOUNCE [--once] [--exclude <glob>] <file or folder>")]
    [InlineData("ANNOUNCE --exclude *.tmp", "ANNOUNCE [--once] [--exclude <glob>] <file or folder>")]
    [InlineData("ANNOUNCE", "ANNOUNCE [--once] [--exclude <glob>] <file or folder>")]
    [InlineData("announce \"\"", "ANNOUNCE [--once] [--exclude <glob>] <file or folder>")]
    [InlineData("REQUEST ", "REQUEST <file> [AS <path>] [&]")]
    [InlineData("REQUEST &", "REQUEST <file> [AS <path>] [&]")]
    [InlineData("REQUEST a AS ''", "REQUEST <file> [AS <path>] [&]")]
    [InlineData("CANCEL", "CANCEL <job>")]
    [InlineData("CANCEL all", "CANCEL <job>")]
    [InlineData("CANCEL 0", "CANCEL <job>")]
    [InlineData("WAIT -1", "WAIT [<job>]")]
    [InlineData("JOBS 1", "JOBS")]
    [InlineData("search", "SEARCH <text>")]
    [InlineData("WITHDRAW", "WITHDRAW <file>")]
    [InlineData("REPAIR", "REPAIR <file> [&]")]
    [InlineData("UPDATE &", "UPDATE <file> [&]")]
    [InlineData("SHARED x", "SHARED")]
    [InlineData("HELP me", "HELP")]
    [InlineData("EXIT now", "EXIT")]
    public void Command_with_a_missing_or_surplus_argument_tells_its_usage(string line, string usage) =>
        CommandParser.Parse(line).Should().Be(new Command.Misused(usage));

    [Theory]
    [InlineData("ANOUNCE x", "ANNOUNCE")]
    [InlineData("anounce x", "ANNOUNCE")]
    [InlineData("announ", "ANNOUNCE")]
    [InlineData("REQEST x", "REQUEST")]
    [InlineData("reqeust x", "REQUEST")]
    [InlineData("REQ x", "REQUEST")]
    [InlineData("LIST", "LIST_FILES")]
    [InlineData("Download", "REQUEST")]
    [InlineData("quit", "EXIT")]
    [InlineData("?", "HELP")]
    [InlineData("LISTFILES", "LIST_FILES")]
    [InlineData("list-files", "LIST_FILES")]
    [InlineData("LST_FILES", "LIST_FILES")]
    [InlineData("serach x", "SEARCH")]
    [InlineData("SHARE", "ANNOUNCE")]
    [InlineData("WITDHRAW x", "WITHDRAW")]
    [InlineData("REPIAR x", "REPAIR")]
    [InlineData("HLEP", "HELP")]
    [InlineData("EXTI", "EXIT")]
    [InlineData("EXIT;", "EXIT")]
    [InlineData("REQUEST:a", "REQUEST")]
    public void Mistyped_command_suggests_the_nearest_one(string line, string nearest) =>
        CommandParser.Parse(line).Should().BeOfType<Command.Unknown>().Which.Nearest.Should().Be(nearest);

    [Theory]
    [InlineData("?")]
    [InlineData("rm -rf /")]
    [InlineData("\0")]
    [InlineData("\u001b[2J")]
    [InlineData("\ud800")]
    [InlineData("İSTEK a")]
    public void Nonsense_is_an_unknown_command(string line) => CommandParser.Parse(line).Should().BeOfType<Command.Unknown>();

    [Fact]
    public void Pasted_megabyte_is_parsed()
    {
        var pasted = new string('R', 1024 * 1024);

        CommandParser.Parse(pasted).Should().BeOfType<Command.Unknown>();
        CommandParser.Parse($"REQUEST {pasted}").Should().Be(new Command.Request(pasted, null, InBackground: false));
    }

    [Fact]
    public void Every_command_word_is_parsed_and_named_in_HELP()
    {
        var words = ValidLines.Select(row => ((Command)row[1]).Word).Where(word => word.Length > 0).Distinct().ToList();

        words.Should().HaveCount(13);
        foreach (var word in words)
        {
            CommandParser.Parse($"{word} x").Should().Match<Command>(command => command.Word == word || command is Command.Misused);
            HelpText.Text.Should().Contain(word);
        }
    }

    [Fact]
    public void HELP_fits_a_terminal_of_24_lines_of_80_columns_with_the_prompt()
    {
        var lines = HelpText.Text.Split('\n');

        lines.Should().HaveCountLessThanOrEqualTo(23).And.OnlyContain(line => line.TrimEnd('\r').Length <= 80);
    }
}
