using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Peer.Downloads;
using P2PShare.Peer.Tests.Peers;
using P2PShare.Peer.Tests.Uploads;
using P2PShare.Protocol.Identity;
using P2PShare.Testing;
using P2PShare.Testing.Peers;

namespace P2PShare.Peer.Tests.Downloads.Swarm;

/// <summary>Owners that break the rules of the conversation: each is left out by name, and the file comes whole from an honest one.</summary>
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
    public async Task An_answer_that_breaks_the_rules_is_the_owner_s_last(string asked, string lie, string reason)
    {
        var outcome = await FetchBesideAsync((verb, _) => verb == asked ? [.. Encoding.ASCII.GetBytes(lie), .. new byte[128]] : null);

        outcome.Summary.Should().EndWith($"Left out for wrong answers: {Liar}.");
        _notes.Sentences.Where(sentence => sentence.StartsWith("Owner", StringComparison.Ordinal)).Should().ContainSingle().Which.Should().Be($"Owner {Liar} is left out: {reason}.");
    }

    [Fact]
    public async Task A_DATA_longer_than_its_length_is_found_out_by_what_follows_it()
    {
        var outcome = await FetchBesideAsync((verb, honest) => verb == "GET" ? [.. honest, 0] : null);

        outcome.Summary.Should().EndWith($"Left out for wrong answers: {Liar}.");
    }

    [Fact]
    public async Task Answers_to_questions_not_asked_are_the_owner_s_last()
    {
        var outcome = await FetchBesideAsync((verb, honest) => verb == "GET" ? [.. "NOT_SHARED\n"u8, .. honest, .. honest] : null);

        outcome.Summary.Should().EndWith($"Left out for wrong answers: {Liar}.");
    }

    [Theory]
    [InlineData("PROTO_VERSION")]
    [InlineData("HASHES")]
    [InlineData("GET")]
    public async Task A_line_without_an_end_ends_the_connection(string asked)
    {
        await FetchBesideAsync((verb, _) => verb == asked ? new byte[100_000] : null);
    }

    // The honest owner is met only when the liar has had its say, so that no lie is missed.
    private async Task<DownloadOutcome> FetchBesideAsync(Func<string, byte[], byte[]?> lie)
    {
        var content = new SeededBytes(31).Create(Size);
        await using var owner = new SharingPeer();
        var row = await owner.ShareAsync("a", content);
        var played = new PlayedOwner(content, owner.Layers.TryGet(row.Identity!.Value)!.Hashes);
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

            await Eventually.True(() => liar.Connections > 0 && liar.IsIdle, "the liar to be left", cancellationToken: cancellation);
            return await Dialer.ConnectAsync(to, cancellation);
        }).FetchFileAsync(SharingPeer.NameOf("a"), null, _notes, CancellationToken.None);

        outcome.Succeeded.Should().BeTrue(outcome.Summary);
        Saved("a").AsSpan().SequenceEqual(content).Should().BeTrue();
        Leftovers().Should().BeEmpty();
        return outcome;
    }
}
