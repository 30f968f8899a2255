using P2PShare.Client.Cli.Input;
using P2PShare.Testing;

namespace P2PShare.Client.Tests.Cli.Input;

public sealed class HistoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string FilePath => _folder.File("state/p2pshare/history");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_there_in_the_next_run_and_only_the_user_may_read_them()
    {
        var first = new History(FilePath);
        first.Add("one");
        first.Add("yaz tatili ğü");

        var second = new History(FilePath);

        second.Older("").Should().Be("yaz tatili ğü");
        second.Older("").Should().Be("one");
        second.Older("").Should().BeNull();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(FilePath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" secret")]
    [InlineData("a\u001b[2J")]
    public void Line_that_is_empty_or_begins_with_a_space_or_has_control_characters_is_not_kept(string line)
    {
        var history = new History(FilePath);

        history.Add(line);

        history.Older("").Should().BeNull();
        File.Exists(FilePath).Should().BeFalse();
    }

    [Fact]
    public void Same_line_twice_is_kept_once()
    {
        var history = new History(FilePath);
        history.Add("a");
        history.Add("a");

        File.ReadAllText(FilePath).Should().Be("a\n");
    }

    [Fact]
    public void File_does_not_grow_for_ever()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllLines(FilePath, Enumerable.Range(0, 3 * History.MaxLines).Select(line => $"line {line}"));

        var history = new History(FilePath);

        File.ReadLines(FilePath).Should().HaveCount(History.MaxLines);
        history.Older("").Should().Be($"line {3 * History.MaxLines - 1}");
    }

    [Fact]
    public void Unreadable_file_is_an_empty_history()
    {
        Directory.CreateDirectory(FilePath);

        var history = new History(FilePath);
        history.Add("a");

        history.Older("").Should().Be("a");
    }
}
