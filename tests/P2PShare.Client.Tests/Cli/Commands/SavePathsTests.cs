using P2PShare.Client.Cli.Commands;
using P2PShare.Testing;

namespace P2PShare.Client.Tests.Cli.Commands;

public sealed class SavePathsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private SavePaths Paths => new(_folder.File("downloads"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Name_without_a_separator_is_one_in_the_downloads_folder() =>
        OfFile("b c.txt").Should().Be(_folder.File("downloads/b c.txt"));

    [Fact]
    public void Relative_path_begins_at_the_current_folder() =>
        OfFile("./b.txt").Should().Be(Path.Combine(Environment.CurrentDirectory, "b.txt"));

    [Fact]
    public void Tilde_is_the_home_folder() =>
        OfFile("~/b.txt").Should().Be(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "b.txt"));

    [Fact]
    public void Folder_that_exists_or_ends_in_a_slash_takes_the_file_under_its_name()
    {
        OfFile(_folder.File("new/")).Should().Be(_folder.File("new/a.txt"));
        Directory.CreateDirectory(_folder.File("old"));
        OfFile(_folder.File("old")).Should().Be(_folder.File("old/a.txt"));
        OfFile("..").Should().Be(Path.GetFullPath(Path.Combine("..", "a.txt")));
    }

    [Fact]
    public void Folder_is_saved_as_the_typed_path() => Paths.OfFolder(_folder.File("x/")).Should().Be(_folder.File("x"));

    [Fact]
    public void Nothing_typed_is_the_usual_place()
    {
        OfFile(null).Should().BeNull();
        Paths.OfFolder(null).Should().BeNull();
    }

    [Fact]
    public void NUL_is_refused() => FluentActions.Invoking(() => OfFile("a\0b")).Should().Throw<IOException>();

    private string? OfFile(string? typed) => Paths.OfFile(typed, CommandScene.Name("folder/a.txt"));
}
