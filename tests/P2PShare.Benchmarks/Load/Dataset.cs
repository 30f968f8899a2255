using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace P2PShare.Benchmarks.Load;

/// <summary>The names that both programs are asked for, of 32 bytes each.</summary>
/// <param name="Names">The number of names.</param>
/// <param name="Owners">The number of owners, among whom the names are divided equally.</param>
internal sealed record Dataset(int Names, int Owners)
{
    private const int BatchLines = 500;

    public const string Greeting = "PROTO_VERSION 1.0\nREGISTER load\n";

    public int PerOwner => Names / Owners;

    public static string NameOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"library/{number % 1000:D3}/doc-{number:D12}.pdf");

    /// <summary>The peer port of the owner of a file.</summary>
    public int PortOf(int number) => 10_000 + number / PerOwner % 50_000;

    /// <summary>REQUEST in random order, answered by one line.</summary>
    public Requests ToServer() => Requests.Of(Names, number => $"REQUEST {NameOf(number)}\n", lineEndsPerReply: 1);

    /// <summary>GET in the same order, answered by a bulk string: a line with the length, and one with the value.</summary>
    public Requests ToRedis() => Requests.Of(Names, number => $"*2\r\n$3\r\nGET\r\n$32\r\n{NameOf(number)}\r\n", lineEndsPerReply: 2);

    /// <summary>Announces every name. The entries last as long as the returned connections.</summary>
    public IReadOnlyList<Socket> AnnounceTo(int serverPort) =>
        [.. Enumerable.Range(0, Owners).Select(owner => Announce(serverPort, owner))];

    /// <summary>Announces the files of one owner.</summary>
    public Socket Announce(int serverPort, int owner)
    {
        var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, serverPort), Greeting);
        var first = owner * PerOwner;
        Exchange(socket, first, first + PerOwner, number => $"ANNOUNCE {NameOf(number)} {PortOf(number)}\n", lineEndsPerReply: 1);
        return socket;
    }

    /// <summary>Announces files of a further owner, whose names sort among all others.</summary>
    public static Socket AnnounceAmong(int serverPort, int files)
    {
        var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, serverPort), Greeting);
        Exchange(socket, 0, files, number => $"ANNOUNCE {NameAmong(number)} 9001\n", lineEndsPerReply: 1);
        return socket;
    }

    public static string NameAmong(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"library/{number % 1000:D3}/own-{number:D12}.pdf");

    /// <summary>Stores the names as keys in Redis, with the addresses of the owners as values.</summary>
    public void SetIn(int redisPort)
    {
        using var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, redisPort), "");
        Exchange(
            socket,
            0,
            Names,
            number => $"*3\r\n$3\r\nSET\r\n$32\r\n{NameOf(number)}\r\n$15\r\n127.0.0.1 {PortOf(number)}\r\n",
            lineEndsPerReply: 1);
    }

    /// <summary>Checks a sample of the names.</summary>
    /// <exception cref="InvalidDataException">The program does not find a name.</exception>
    public void MustBeFound(int port, Func<int, string> request, Func<int, string> reply, string greeting)
    {
        using var socket = LineLoad.Connect(new IPEndPoint(IPAddress.Loopback, port), greeting);
        var buffer = new byte[200];
        for (var number = 0; number < Names; number += Names / 10)
        {
            socket.Send(Encoding.ASCII.GetBytes(request(number)));
            var text = Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
            if (text != reply(number))
                throw new InvalidDataException($"{request(number)} was answered {text}");
        }
    }

    private static void Exchange(Socket socket, int first, int end, Func<int, string> form, int lineEndsPerReply)
    {
        var text = new StringBuilder();
        for (; first < end; first += BatchLines)
        {
            var count = Math.Min(BatchLines, end - first);
            text.Clear();
            for (var number = first; number < first + count; number++)
                text.Append(form(number));
            LineExchange.Run(socket, Encoding.ASCII.GetBytes(text.ToString()), count * lineEndsPerReply);
        }
    }
}
