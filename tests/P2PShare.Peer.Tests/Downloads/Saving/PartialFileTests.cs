using P2PShare.Peer.Downloads.Buffers;
using P2PShare.Peer.Downloads.Saving;
using P2PShare.Protocol;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads.Saving;

/// <summary>A partial file is resumed only for its own destination and content, and becomes the finished file in one step.</summary>
public sealed class PartialFileTests : IDisposable
{
    private const int Size = 3 * 1024 * 1024 + 5;

    private readonly TempFolder _folder = new();
    private readonly byte[] _content = new SeededBytes(1).Create(Size);

    private string Destination => _folder.File("report.pdf");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_partial_file_is_resumed_with_what_was_written()
    {
        using (var part = PartialFile.Open(Destination, Identity(1)))
        {
            part.IsResumed.Should().BeFalse();
            part.Write(1, _content.AsSpan(1 << 20, 1 << 20));
        }

        using var again = PartialFile.Open(Destination, Identity(1));
        again.IsResumed.Should().BeTrue();
        again.Path.Should().Be(Destination + ".part");
        var found = new byte[1 << 20];
        RandomAccess.Read(again.Handle, found, 1 << 20);
        found.AsSpan().SequenceEqual(_content.AsSpan(1 << 20, 1 << 20)).Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_large_file_is_written_right_from_aligned_and_unaligned_memory(bool isAligned)
    {
        var content = new SeededBytes(2).Create((20 * Limits.PieceBytes) + 5);
        var buffer = isAligned ? new PieceBuffers().Rent().Memory : new byte[Limits.PieceBytes + 1].AsMemory(1);
        using (var part = PartialFile.Open(Destination, Identity(1, content.Length)))
        {
            foreach (var (index, piece) in content.Chunk(Limits.PieceBytes).Index().Reverse())
            {
                piece.CopyTo(buffer);
                part.Write(index, buffer.Span[..piece.Length]);
            }

            part.Finish([Destination]);
        }

        File.ReadAllBytes(Destination).AsSpan().SequenceEqual(content).Should().BeTrue();
    }

    [Fact]
    public void Partial_files_of_other_contents_or_in_use_and_users_files_are_left_alone()
    {
        PartialFile.Open(Destination, Identity(2)).Dispose();
        var mine = _folder.Write("report.pdf.1.part", "mine"u8);
        using var first = PartialFile.Open(Destination, Identity(1));
        using var second = PartialFile.Open(Destination, Identity(1));

        first.Path.Should().Be(Destination + ".2.part");
        second.Path.Should().Be(Destination + ".3.part");
        File.ReadAllText(mine).Should().Be("mine");
    }

    [Fact]
    public void A_folder_with_the_name_is_left_alone()
    {
        Directory.CreateDirectory(Destination + ".part");

        using var part = PartialFile.Open(Destination, Identity(1));

        part.Path.Should().Be(Destination + ".1.part");
    }

    [Fact]
    public void A_partial_file_whose_trailer_is_damaged_at_any_byte_is_not_resumed()
    {
        for (var place = 0; place < 48; place++)
        {
            PartialFile.Open(Destination, Identity(1)).Dispose();
            using (var file = File.OpenHandle(Destination + ".part", FileMode.Open, FileAccess.ReadWrite))
            {
                var damaged = new byte[1];
                RandomAccess.Read(file, damaged, Size + place);
                damaged[0] ^= 1;
                RandomAccess.Write(file, damaged, Size + place);
            }

            using (var part = PartialFile.Open(Destination, Identity(1)))
                part.IsResumed.Should().BeFalse();
            foreach (var left in Directory.GetFiles(_folder.Path))
                File.Delete(left);
        }
    }

    [Fact]
    public void A_symbolic_link_with_the_name_is_not_followed()
    {
        var victim = _folder.Write("victim", _content);
        File.CreateSymbolicLink(Destination + ".part", victim);
        File.CreateSymbolicLink(Destination + ".1.part", _folder.File("not there"));

        using var part = PartialFile.Open(Destination, Identity(1));

        part.Path.Should().Be(Destination + ".2.part");
        File.ReadAllBytes(victim).AsSpan().SequenceEqual(_content).Should().BeTrue();
    }

    [Fact]
    public void A_finished_file_has_its_own_length_and_the_first_free_name()
    {
        _folder.Write("report.pdf", "mine"u8);
        var part = PartialFile.Open(Destination, Identity(1));
        for (var piece = 0; piece < 4; piece++)
            part.Write(piece, _content.AsSpan(piece << 20, Math.Min(1 << 20, Size - (piece << 20))));

        var finished = part.Finish(FinalName.Candidates(Destination));
        part.Dispose();

        finished.Should().Be(_folder.File("report (1).pdf"));
        File.ReadAllBytes(finished).AsSpan().SequenceEqual(_content).Should().BeTrue();
        File.ReadAllText(Destination).Should().Be("mine");
        File.Exists(Destination + ".part").Should().BeFalse();
    }

    [Fact]
    public void A_partial_file_that_could_not_be_renamed_can_still_be_resumed()
    {
        using (var part = PartialFile.Open(Destination, Identity(1)))
        {
            FluentActions.Invoking(() => part.Finish([_folder.File("no/such/folder/report.pdf")])).Should().Throw<IOException>();
        }

        using var again = PartialFile.Open(Destination, Identity(1));
        again.IsResumed.Should().BeTrue();
    }

    [Fact]
    public void A_name_of_the_maximum_length_has_a_partial_file_too()
    {
        var destination = _folder.File(new string('ğ', 127));

        using var part = PartialFile.Open(destination, Identity(1));

        File.Exists(part.Path).Should().BeTrue();
        Path.GetDirectoryName(part.Path).Should().Be(_folder.Path);
    }

    [Fact]
    public async Task Concurrent_renames_to_one_name_each_get_a_name_of_their_own()
    {
        var sources = Enumerable.Range(0, 16).Select(n => _folder.Write($"source {n}", "x"u8)).ToList();

        string Rename(string source) => FinalName.Candidates(Destination).First(candidate => FinalName.TryRename(source, candidate));
        var names = await Task.WhenAll(sources.Select(source => Task.Run(() => Rename(source))));

        names.Should().OnlyHaveUniqueItems();
        Directory.GetFiles(_folder.Path).Should().HaveCount(16);
    }

    private static FileIdentity Identity(byte first, int size = Size)
    {
        var id = new byte[32];
        id[0] = first;
        FileIdentity.TryCreate(new FileId(id), size, out var identity).Should().BeTrue();
        return identity;
    }
}
