using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;

namespace P2PShare.Peer.Tests.Downloads;

/// <summary>A folder whose large files have owners of parts, which no list names.</summary>
public sealed class SwarmFolderTests : DownloadScene
{
    [Fact]
    public async Task Owners_of_parts_of_a_folders_large_files_are_found_a_few_files_at_a_time()
    {
        const int Files = 6;
        await using var peer = new SharingPeer();
        var index = new TableIndex(Features.Swarm | Features.Parts);
        var gone = PeerAddress.Create(System.Net.IPAddress.Loopback, 1);
        var contents = new List<byte[]>();
        for (var file = 0; file < Files; file++)
        {
            contents.Add(new SeededBytes(70UL + (ulong)file).Create(MiB + 1 + file));
            var row = await peer.ShareAsync($"d/{file}", contents[^1]);
            index.Add(row with { Owner = gone });
            index.AddPart(row.Identity!.Value.Id, peer.Address);
        }

        var outcome = await NewDownloader(index).FetchFolderAsync(SharingPeer.NameOf("d"), null, _observer, CancellationToken.None);

        outcome.Should().BeOfType<DownloadOutcome.FolderFetched>().Which.Files.Saved.Should().Be(Files);
        for (var file = 0; file < Files; file++)
            Saved($"d/{file}").AsSpan().SequenceEqual(contents[file]).Should().BeTrue();
        index.MostLocatedAtOnce.Should().BeInRange(1, 4);
    }
}
