using P2PShare.Client.Cli.Commands;

namespace P2PShare.Client.Tests.Cli.Commands;

/// <summary>Typed lines: correct, mistyped and hostile.</summary>
public sealed class CommandParserTests
{
    public static TheoryData<string, object> ValidLines => new()
    {
        { "ANNOUNCE a.txt", new Command.Announce("a.txt") },
        { "announce a.txt", new Command.Announce("a.txt") },
        { "aNNouNCe a.txt", new Command.Announce("a.txt") },
        { "LIST_FILES", new Command.ListFiles() },
        { "list_files", new Command.ListFiles() },
        { "REQUEST a.txt", new Command.Request("a.txt") },
        { "REQUEST a.txt#cafe", new Command.Request("a.txt#cafe") },
        { "REQUEST photos/", new Command.Request("photos/") },
        { "SEARCH *.txt", new Command.Search("*.txt") },
        { "WITHDRAW a.txt", new Command.Withdraw("a.txt") },
        { "SHARED", new Command.Shared() },
        { "REPAIR a.txt", new Command.Repair("a.txt") },
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

        // Surrounding white space, carriage returns, byte order marks.
        { "  REQUEST \t a b  \t", new Command.Request("a b") },
        { "REQUEST  a  b", new Command.Request("a  b") },
        { "REQUEST a\r", new Command.Request("a") },
        { "REQUEST\u00a0a", new Command.Request("a") },
        { "\ufeffREQUEST a", new Command.Request("a") },
        { "REQUEST -- a", new Command.Request("-- a") },
        { "", new Command.Empty() },
        { " \t \u3000", new Command.Empty() },
        { "\ufeff", new Command.Empty() },
    };

    [Theory]
    [MemberData(nameof(ValidLines))]
    public void Line_is_parsed(string line, object command) => CommandParser.Parse(line).Should().Be((Command)command);

    [Theory]
    [InlineData("ANNOUNCE", "ANNOUNCE <file or folder>")]
    [InlineData("announce \"\"", "ANNOUNCE <file or folder>")]
    [InlineData("REQUEST ", "REQUEST <file>")]
    [InlineData("search", "SEARCH <text>")]
    [InlineData("WITHDRAW", "WITHDRAW <file>")]
    [InlineData("REPAIR", "REPAIR <file>")]
    [InlineData("LIST_FILES *.txt", "LIST_FILES")]
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
    [InlineData("LISTFILES", "LIST_FILES")]
    [InlineData("list-files", "LIST_FILES")]
    [InlineData("LST_FILES", "LIST_FILES")]
    [InlineData("serach x", "SEARCH")]
    [InlineData("SHARE", "SHARED")]
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
        CommandParser.Parse($"REQUEST {pasted}").Should().Be(new Command.Request(pasted));
    }

    [Fact]
    public void Every_command_word_is_parsed_and_named_in_HELP()
    {
        var words = ValidLines.Select(row => ((Command)row[1]).Word).Where(word => word.Length > 0).Distinct().ToList();

        words.Should().HaveCount(9);
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
