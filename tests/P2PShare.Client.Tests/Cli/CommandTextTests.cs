using P2PShare.Client.Cli;

namespace P2PShare.Client.Tests.Cli;

/// <summary>What is typed, by people who are careful, careless or hostile.</summary>
public sealed class CommandTextTests
{
    public static TheoryData<string, object> Understood => new()
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

        // Names with spaces need no quotes; quotes round the whole are the shell's habit and are taken off.
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

        // Space around it, and what files from elsewhere bring along.
        { "  REQUEST \t a b  \t", new Command.Request("a b") },
        { "REQUEST  a  b", new Command.Request("a  b") },
        { "REQUEST a\r", new Command.Request("a") },
        { "REQUEST\u00a0a", new Command.Request("a") },
        { "\ufeffREQUEST a", new Command.Request("a") },
        { "REQUEST -- a", new Command.Request("-- a") },
        { "", new Command.Nothing() },
        { " \t \u3000", new Command.Nothing() },
        { "\ufeff", new Command.Nothing() },
    };

    [Theory]
    [MemberData(nameof(Understood))]
    public void A_line_is_understood(string line, object command) => CommandText.Parse(line).Should().Be((Command)command);

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
    public void A_command_without_what_it_needs_or_with_more_tells_its_usage(string line, string usage) =>
        CommandText.Parse(line).Should().Be(new Command.Incomplete(usage));

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
    public void What_is_no_command_is_told_the_nearest_one(string line, string nearest) =>
        CommandText.Parse(line).Should().BeOfType<Command.Unknown>().Which.Nearest.Should().Be(nearest);

    [Theory]
    [InlineData("?")]
    [InlineData("rm -rf /")]
    [InlineData("\0")]
    [InlineData("\u001b[2J")]
    [InlineData("\ud800")]
    [InlineData("İSTEK a")]
    public void Nonsense_is_no_command(string line) => CommandText.Parse(line).Should().BeOfType<Command.Unknown>();

    [Fact]
    public void A_pasted_megabyte_is_understood_in_no_time()
    {
        var pasted = new string('R', 1024 * 1024);

        CommandText.Parse(pasted).Should().BeOfType<Command.Unknown>();
        CommandText.Parse($"REQUEST {pasted}").Should().Be(new Command.Request(pasted));
    }

    [Fact]
    public void Every_command_knows_its_own_word_and_HELP_names_it()
    {
        var words = Understood.Select(row => ((Command)row[1]).Word).Where(word => word.Length > 0).Distinct().ToList();

        words.Should().HaveCount(9);
        foreach (var word in words)
        {
            CommandText.Parse($"{word} x").Should().Match<Command>(command => command.Word == word || command is Command.Incomplete);
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
