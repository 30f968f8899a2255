using P2PShare.Networking.Storage;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    private string Target => _folder.File("state");

    [Fact]
    public void A_file_is_made_where_there_is_none()
    {
        AtomicFile.TryCreate(Target, "one"u8).Should().BeTrue();

        File.ReadAllText(Target).Should().Be("one");
        FilesInFolder().Should().Equal("state");
    }

    [Fact]
    public void A_file_that_exists_is_not_made_again()
    {
        AtomicFile.TryCreate(Target, "one"u8);

        AtomicFile.TryCreate(Target, "two"u8).Should().BeFalse();

        File.ReadAllText(Target).Should().Be("one");
        FilesInFolder().Should().Equal("state");
    }

    [Fact]
    public void A_file_is_replaced_as_a_whole()
    {
        AtomicFile.Write(Target, "a longer content"u8);
        AtomicFile.Write(Target, "two"u8);

        File.ReadAllText(Target).Should().Be("two");
        FilesInFolder().Should().Equal("state");
    }

    [Fact]
    public void Only_its_owner_can_read_a_file_even_where_it_replaces_one_that_others_could_read()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.WriteAllText(Target, "old");
        File.SetUnixFileMode(Target, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        AtomicFile.Write(Target, "new"u8);

        File.GetUnixFileMode(Target).Should().Be(OwnerOnly);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_content_and_no_other_file()
    {
        Directory.CreateDirectory(Target);

        var write = () => AtomicFile.Write(Target, "new"u8);

        write.Should().Throw<Exception>().Which.Should().Match(e => e is IOException || e is UnauthorizedAccessException);
        Directory.Exists(Target).Should().BeTrue();
        Directory.GetFiles(_folder.Path).Should().BeEmpty("the temporary file is removed");
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error_and_is_not_made()
    {
        var write = () => AtomicFile.TryCreate(Path.Combine(_folder.Path, "none", "state"), "new"u8);

        write.Should().Throw<IOException>();
        Directory.GetFileSystemEntries(_folder.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task A_reader_sees_the_old_content_or_the_new_one_and_never_a_part_of_it()
    {
        var contents = new[] { new byte[40_000], new byte[90_000] };
        contents[1].AsSpan().Fill(1);
        AtomicFile.Write(Target, contents[0]);
        using var written = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            while (!written.IsCancellationRequested)
                AssertIsOneOf(contents, File.ReadAllBytes(Target));
        });

        for (var round = 1; round <= 50 && !reading.IsCompleted; round++)
            AtomicFile.Write(Target, contents[round % 2]);
        await written.CancelAsync();

        await reading;
    }

    [Fact]
    public void Of_several_that_make_a_file_at_once_exactly_one_does()
    {
        for (var round = 0; round < 100; round++)
        {
            var path = _folder.File($"state {round}");
            var made = new bool[4];

            Parallel.For(0, made.Length, writer => made[writer] = AtomicFile.TryCreate(path, [(byte)writer]));

            made.Count(isMade => isMade).Should().Be(1);
            File.ReadAllBytes(path).Should().Equal((byte)Array.IndexOf(made, true));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertIsOneOf(byte[][] contents, byte[] read) =>
        contents.Any(content => content.AsSpan().SequenceEqual(read)).Should().BeTrue("a file is replaced in one step");

    private IEnumerable<string?> FilesInFolder() => Directory.GetFiles(_folder.Path).Select(Path.GetFileName);
}
