using System.Buffers;
using System.Net;
using System.Text;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;
using P2PShare.Server.Registry.Tables;
using P2PShare.Testing;
using Serilog;

namespace P2PShare.Server.Tests;

/// <summary>A request handler without a connection: literal lines in, literal lines out.</summary>
internal sealed class HandledLines
{
    public const string Id = "de208334b2d386b0f38c8f3123c149ace9cba507cbe33a89dd28958efb98ee4f";
    public const string EmptyId = "0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly ILogger Silent = new LoggerConfiguration().CreateLogger();

    private readonly ArrayBufferWriter<byte> _output = new();

    public HandledLines(long owner = 1, string ip = "127.0.0.1", IFileRegistry? registry = null, IServerList? servers = null)
    {
        var presence = new SessionPresence(new SessionDirectory(), IPAddress.Parse(ip), null);
        Registry = registry ?? new InMemoryFileRegistry(TimeProvider.System, ServerBounds.Default);
        Handler = new RequestHandler(owner, presence, Registry, new RefusalLog(new ManualTimeProvider()), Silent, servers);
    }

    public IFileRegistry Registry { get; }

    public RequestHandler Handler { get; }

    /// <summary>Whether the connection stays open after the last line.</summary>
    public bool StaysOpen { get; private set; } = true;

    /// <summary>A handler that has executed PROTO_VERSION, and REGISTER where a user is given.</summary>
    public static HandledLines Greeted(string? user = null, long owner = 1, string ip = "127.0.0.1", IFileRegistry? registry = null)
    {
        var lines = new HandledLines(owner, ip, registry);
        lines.Ask("PROTO_VERSION 1.0");
        if (user is not null)
            lines.Ask("REGISTER " + user).Should().Equal("REGISTER_OK");
        return lines;
    }

    public List<string> Ask(string line) => Ask(Encoding.UTF8.GetBytes(line));

    public List<string> Ask(byte[] line)
    {
        _output.ResetWrittenCount();
        StaysOpen = Handler.Handle(line, _output);
        while (Handler.List is not null)
            Handler.ContinueList(_output);
        var text = Encoding.UTF8.GetString(_output.WrittenSpan);
        text.Should().EndWith("\n");
        return [.. text[..^1].Split('\n')];
    }
}
