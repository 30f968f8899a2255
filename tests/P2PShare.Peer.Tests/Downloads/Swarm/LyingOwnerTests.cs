using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>Owners that break the protocol: each is rejected and reported, and the file comes whole from an honest owner.</summary>
public sealed class LyingOwnerTests : DownloadScene
{
    private const int Size = 3 * MiB + 5;

    private static readonly PeerAddress Liar = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001);

    [Theory]
    [InlineData("GET", "DATA 1048577\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "DATA 1048575\n", "it sent another length than was asked for")]
    [InlineData("GET", "DATA 0\n", "it sent another length than was asked for")]
    [InlineData("GET", "DATA -1\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "DATA 2147483648\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "DATA 9223372036854775807\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "DATA 9223372036854775808\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "DATA\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "VERSION_OK SWARM\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "ERROR what?\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "BUSY 9223372036854775808\n", "it sent an answer that the protocol does not know")]
    [InlineData("GET", "\n", "it sent an answer that the protocol does not know")]
    [InlineData("HASHES", "DATA 96\n", "it sent a piece layer of the wrong length")]
    [InlineData("HASHES", "DATA 160\n", "it sent a piece layer of the wrong length")]
    [InlineData("HASHES", "DATA 0\n", "it sent a piece layer of the wrong length")]
    [InlineData("HASHES", "DATA 4294967424\n", "it sent an answer that the protocol does not know")]
    [InlineData("HASHES", "DATA 128\n", "it sent a piece layer that does not lead to the file id")]
    public async Task A_reply_that_breaks_the_protocol_gets_its_owner_rejected(string asked, string lie, string reason)
    {
        var outcome = await FetchBesideHonestOwnerAsync(
            (verb, _) => verb == asked ? [.. Encoding.ASCII.GetBytes(lie), .. new byte[128]] : null);

        outcome.Transfer.RejectedOwners.Should().Equal(Liar);
        _observer.Events.OfType<DownloadEvent.OwnerRejected>().Should().Equal(new DownloadEvent.OwnerRejected(Liar, reason));
    }

    [Fact]
    public async Task DATA_longer_than_its_announced_length_gets_its_owner_rejected()
    {
        var outcome = await FetchBesideHonestOwnerAsync((verb, honest) => verb == "GET" ? [.. honest, 0] : null);

        outcome.Transfer.RejectedOwners.Should().Equal(Liar);
    }

    [Fact]
    public async Task Replies_without_a_request_get_their_owner_rejected()
    {
        var outcome = await FetchBesideHonestOwnerAsync(
            (verb, honest) => verb == "GET" ? [.. "NOT_SHARED\n"u8, .. honest, .. honest] : null);

        outcome.Transfer.RejectedOwners.Should().Equal(Liar);
    }

    [Theory]
    [InlineData("PROTO_VERSION")]
    [InlineData("HASHES")]
    [InlineData("GET")]
    public async Task A_line_that_never_ends_closes_the_connection(string asked)
    {
        await FetchBesideHonestOwnerAsync((verb, _) => verb == asked ? new byte[100_000] : null);
    }

    // The honest owner is dialled only after the liar has sent everything, so that no lie goes unread.
    private async Task<DownloadOutcome.Saved> FetchBesideHonestOwnerAsync(Func<string, byte[], byte[]?> lie)
    {
        var content = new SeededBytes(31).Create(Size);
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("a", content);
        var played = new HonestOwner(content, owner.Layers.TryGet(row.Identity!.Value)!.Hashes);
        await using var liar = new CuttingPeer(line =>
        {
            var honest = played.Answer(line).ToArray();
            return lie(line.Split(' ')[0], honest) ?? honest;
        }, long.MaxValue);
        _index.Add(row with { Owner = Liar });
        _index.Add(row);

        var outcome = await NewDownloader(_index, dial: async (to, cancellation) =>
        {
            if (to.Equals(new IPEndPoint(Liar.Ip, Liar.Port)))
            {
                var pair = liar.Connect();
                return new StreamConnection(pair.Near, (IPEndPoint)to, pair.Reset);
            }

            await Eventually.True(
                () => liar.Connections > 0 && liar.IsIdle, "the liar to be disconnected", cancellationToken: cancellation);
            return await Dialer.ConnectAsync(to, cancellation);
        }).FetchFileAsync(new FileRequest(SharingPeer.NameOf("a")), _observer, CancellationToken.None);

        Saved("a").AsSpan().SequenceEqual(content).Should().BeTrue();
        Leftovers().Should().BeEmpty();
        return outcome.Should().BeOfType<DownloadOutcome.Saved>().Subject;
    }
}
