using System.Globalization;
using System.Net;
using System.Text;
using P2PShare.Networking;
using P2PShare.Protocol;
using P2PShare.Protocol.Transport;
using P2PShare.Testing;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// An owner that names PIECES. It answers most commands as an owner may, with the kinds of answer in a random order, and some with
/// mutated lines. After a number of answers it closes the connection.
/// </summary>
/// <param name="mutator">Decides everything; no other thread uses it.</param>
/// <param name="content">The content, of two pieces.</param>
/// <param name="layer">Its piece layer.</param>
internal sealed class PiecesOwner(Mutator mutator, byte[] content, byte[] layer) : IDisposable
{
    private const int MaxAnswers = 40;
    private const int Pieces = 2;

    private readonly StreamPair _pair = new();

    public Connection Connect()
    {
        Answering = Task.Run(AnswerAsync);
        return new StreamConnection(_pair.Near, new IPEndPoint(IPAddress.Loopback, 12345), _pair.Reset, _pair.Near.CloseOutput);
    }

    /// <summary>Ends when it has closed the connection, or the other side has.</summary>
    public Task Answering { get; private set; } = Task.CompletedTask;

    public void Dispose() => _pair.Dispose();

    private async Task AnswerAsync()
    {
        try
        {
            var channel = new LineChannel(_pair.Far);
            for (var left = mutator.Random.Next(MaxAnswers); left > 0; left--)
            {
                if (await channel.ReadLineAsync(CancellationToken.None) is not { } line)
                    break;
                var answer = AnswerTo(Encoding.UTF8.GetString(line.Span).Split(' '));
                foreach (var slice in mutator.Slice(mutator.Random.Next(40) == 0 ? mutator.Change(answer) : answer))
                    await _pair.Far.WriteAsync(slice);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The other side closed first.
        }

        _pair.Far.Dispose();
    }

    private byte[] AnswerTo(string[] command) => command[0] switch
    {
        "PROTO_VERSION" => Mutator.Line("VERSION_OK SWARM PIECES META"),
        "HASHES" => [.. Mutator.Line($"DATA {layer.Length}"), .. layer],
        "META" => Mutator.Line(AnswerToMeta()),
        "FOLDERS" => Mutator.Line("FOLDERS_END"),
        "WATCH" => Mutator.Line(AnswerToWatch(int.Parse(command[2], CultureInfo.InvariantCulture))),
        _ => AnswerToGet(int.Parse(command[2], CultureInfo.InvariantCulture), int.Parse(command[3], CultureInfo.InvariantCulture)),
    };

    private string AnswerToMeta() => mutator.Random.Next(6) switch
    {
        < 2 => "META_OK 1772366400000000000 x",
        2 => "META_OK - -",
        3 => "META_NONE",
        4 => "META_OK 9223372036854775807 x",
        _ => mutator.Random.Next(4) == 0 ? "META_OK" : "META_OK  x x",
    };

    private string AnswerToWatch(int known) => mutator.Random.Next(24) switch
    {
        < 5 => "UNCHOKED 1",
        < 7 => "UNCHOKED 8 1 0",
        7 => "UNCHOKED 1 0-1 1 0",
        < 11 => $"HAVE {known}",
        < 15 => known < Pieces ? $"HAVE {known + 1} {known}" : $"HAVE {Pieces}",
        < 18 => known < Pieces ? $"HAVE {Pieces} {(known == 0 ? "0-1" : "1")}" : "HAVE 0",
        18 => "HAVE 1 1",
        19 => "HAVE_NONE",
        20 => $"HAVE {mutator.Random.Next(4)} {mutator.Random.Next(3)}",
        21 => $"UNCHOKED {mutator.Random.Next(3)} {mutator.Random.Next(4)}",
        22 => $"HAVE {Limits.MaxPieces} 0-{Limits.MaxPieces - 1}",
        _ => "CHOKED",
    };

    private byte[] AnswerToGet(int offset, int length) => mutator.Random.Next(16) switch
    {
        < 5 => Mutator.Line("CHOKED"),
        5 => Mutator.Line("NOT_SHARED"),
        6 => mutator.Random.Next(3) == 0 ? Mutator.Line("CHANGED") : Mutator.Line("BUSY 1"),
        7 => mutator.Random.Next(4) == 0 ? Mutator.Line("UNCHOKED 1") : Mutator.Line("CHOKED"),
        _ => [.. Mutator.Line($"DATA {length}"), .. content.AsSpan(offset, length)],
    };
}
